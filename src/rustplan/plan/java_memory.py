"""Options of the memory-safety track for components of Java alone: the Java is never rewritten for memory safety; safe interfaces, or the C side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rustplan.model.component import Component
from rustplan.model.finding import Finding, Track
from rustplan.model.roadmap import Alternative, Boundary, Crossing, Direction, Effort, Option
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.wording import count, name_list

RAW_MEMORY, NATIVE = "unsafe-memory", "native-method"
SAFE_FORMS = "MemorySegment with an Arena, ByteBuffer and VarHandle check bounds and lifetimes"
_JAVA = ".java"
_PARTNERS_SHOWN = 3


def is_java_memory(component: Component, track: Track) -> bool:
    """True for a component without C and C++ lines on the memory-safety track."""
    return track is Track.MEMORY_SAFETY and not component.unsafe_sloc


def decide_java_memory(subject: Subject) -> Decision:
    """Return `harden` where its Java handles raw memory, else `retain`: native methods follow the move of the code behind them."""
    return _use_safe_forms(subject) if subject.places(RAW_MEMORY) else _follow(subject)


def boundary_of_java(crossings: Sequence[Crossing]) -> Boundary:
    """Return the boundary with the mechanism that its native side already has. It costs no hours: nothing of the Java moves."""
    crossed = [crossing for crossing in crossings if _is_to_native(crossing.direction, crossing.path)]
    if not crossed:
        return Boundary(
            mechanism="none",
            because="Nothing of this Java moves to Rust for memory safety, and no native function of the tree stands behind it.",
            crossings=tuple(crossings),
            hours=0.0,
        )
    is_jni = any(crossing.shape.startswith("jni") or crossing.shape == "unknown" for crossing in crossed)
    return Boundary(
        mechanism="jni" if is_jni else "ffm",
        because=f"Java stays on its side: {count(len(crossed), 'native function')} behind it, which a Rust library exports under the "
        "same names when the C side moves. The hours of these crossings stand there.",
        crossings=tuple(crossings),
        hours=0.0,
    )


def no_port() -> Effort:
    """Return the effort of leaving Java alone: none is estimated, because no port of it is meant."""
    return Effort(
        p10=None, p50=None, p90=None, size="not estimated",
        because="Not estimated: no line of this Java would be ported for memory safety. The effort is that of the code behind it.",
    )  # fmt: skip


def hardening_steps(subject: Subject) -> list[str]:
    """Return the first steps towards memory that the JVM guards."""
    worst = min(subject.findings[RAW_MEMORY], key=_heaviest_first) if subject.places(RAW_MEMORY) else None
    begin = f", beginning with {worst.function or 'the fields'} ({worst.path}:{worst.line})" if worst else ""
    return [
        f"Keep all of it behind one class whose bounds checks a flag turns on, and run the tests with them in CI{begin}.",
        "Replace field offsets by VarHandle, and blocks outside the heap by MemorySegment with an Arena (JDK 22) or by ByteBuffer; "
        "compare with JMH before and after.",
        "Wrap every handle in a class that is closed once and refuses use afterwards."
        if subject.places(NATIVE)
        else "",
    ]


def native_partners(subject: Subject) -> Counter[str]:
    """Count the native functions behind a Java component by the component that holds them."""
    return Counter(
        crossing.other for crossing in subject.boundary.crossings if _is_to_native(crossing.direction, crossing.path)
    )


def _use_safe_forms(subject: Subject) -> Decision:
    places, natives = subject.places(RAW_MEMORY), subject.places(NATIVE)
    behind = f" {_native_words(subject, natives)}" if natives else ""
    return Decision(
        choice=Alternative(
            option=Option.HARDEN,
            because=f"Its Java handles memory that nothing guards in {count(places, 'place')}. Safe forms exist in Java: {SAFE_FORMS}. "
            f"No Rust is needed for that, and the rest of its Java is memory-safe.{behind}",
        ),
        runner_up=Alternative(
            option=Option.RETAIN,
            because="Leaving it costs nothing today; it lost because one wrong offset corrupts the whole process, and the memory methods of "
            "sun.misc.Unsafe are deprecated for removal (JEP 471; a warning since JDK 24, JEP 498).",
        ),
        case_against="Checked access costs time where this code is hottest, which is often why it is written so, and the safe forms need a "
        "newer JDK than some users run. No defect was looked for in Java: these places are surface, not bugs.",
    )


def _follow(subject: Subject) -> Decision:
    natives = subject.places(NATIVE)
    return Decision(
        choice=Alternative(
            option=Option.RETAIN,
            because=f"Its Java stays as it is: pure Java earns no memory-safety credit. {_native_words(subject, natives)}",
        ),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="A class for each handle that is closed once and refuses use afterwards stops some misuse from the Java side; "
            "it lost because it leaves the native code as it is.",
        ),
        case_against="Until the native side moves, a handle that is stale, or a length that is wrong, reaches code that the JVM does not guard.",
    )


def _native_words(subject: Subject, natives: int) -> str:
    """Say where the native code is, and that it is what moves."""
    partners = native_partners(subject)
    said = count(natives, "native function") if natives else "addresses"
    if not partners:
        return f"The code behind its {said} was not found in this tree: who keeps it decides about Rust."
    names = sorted(partners, key=lambda name: (-partners[name], name))
    shown = names[:_PARTNERS_SHOWN]
    if len(names) > _PARTNERS_SHOWN:
        shown.append(count(len(names) - _PARTNERS_SHOWN, "other"))
    return (
        f"The code behind its {said} is in {name_list(shown)}: a Rust library with the same names replaces "
        "that, without a change in Java."
    )


def _is_to_native(direction: Direction, path: str) -> bool:
    return direction is Direction.OUTBOUND and not path.endswith(_JAVA)


def _heaviest_first(finding: Finding) -> tuple[float, str, int]:
    return -finding.weight, finding.path, finding.line
