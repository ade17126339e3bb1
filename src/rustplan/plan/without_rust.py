"""Words about the libraries and machines of a component, and what is decided where the compiler has no target."""

from __future__ import annotations

from rustplan.model.choices import Holding, Platform, Replacement
from rustplan.model.roadmap import Alternative, Option
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.wording import count, name_list


def decide_without_rust(subject: Subject) -> Decision:
    """The options without Rust: hardened, and if others reach it through little, in a process of its own."""
    no_target = no_target_words(subject.no_rust)
    return Decision(
        choice=Alternative(
            option=Option.HARDEN,
            because=f"{no_target} So no port is proposed: flags, tests under a sanitizer on a machine that has one, and fuzzing lower its risk of "
            f"{subject.score.risk:.0f}.",
        ),
        runner_up=Alternative(
            option=Option.WRAP,
            because="A checking layer, or a second processor or process, in a language that the machine has lost because hardening comes sooner; "
            "weigh it where others choose what it reads.",
        ),
        case_against=f"{count(subject.lines, 'memory-unsafe line')} stay. Whether these machines still matter is for the owner to say: "
        f"without them the answer changes. {_defects(subject)}",
    )


def known_words(subject: Subject) -> str:
    """Name what the catalogue has for the library, or say that a person must look."""
    held = [one for one in subject.replacements if one.holding is Holding.HELD and subject.name in one.components]
    if held:
        return f"{replacement_words(held[0])} {held[0].caveat}"
    return "Look for a maintained memory-safe library, else follow its upstream releases."


def replacement_words(one: Replacement) -> str:
    """Say which library it is and what could take over, with the state of its C interface."""
    abi = {
        "drop-in": "has the same C interface, so callers can stay",
        "partial": "has part of the C interface",
        "own": "has a C interface of its own, so callers change",
        "none": "has no C interface: callers change, or a C layer is written for it",
    }[one.c_abi]
    what = f"It is {one.library} or a copy of it" if one.is_own else f"It holds {one.library}"
    start = " A place where a port could begin, no swap." if one.is_own and not one.is_swap else ""
    return f"{what}; {one.crate} ({one.licence}; {one.maturity}) {abi}.{start}"


def no_target_words(platforms: tuple[Platform, ...]) -> str:
    """Say for which machines rustc has no target, and where the build names them."""
    names = [
        f"{one.words} ({one.evidence[0].what} in {one.evidence[0].path}:{one.evidence[0].line})" for one in platforms
    ]
    return f"rustc has no target for the machines that its build names: {name_list(names)}."


def _defects(subject: Subject) -> str:
    factor = subject.risk_factor("defects")
    return factor.because if factor is not None else ""
