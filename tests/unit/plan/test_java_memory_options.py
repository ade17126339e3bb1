"""Components of Java alone on the memory-safety track: safe interfaces or the code behind them, never a port of the Java."""

from __future__ import annotations

import msgspec

from plan_world import World, exposure, function, risky_findings
from rustplan.model.code_graph import EdgeKind
from rustplan.model.finding import Kind, Track
from rustplan.model.roadmap import Option
from rustplan.model.source import Language, Role


def step_of(world, name):
    return next(step for step in world.plan().steps if step.component == name and step.track is Track.MEMORY_SAFETY)


def bridge(*extra):
    """A Java component with native methods, and the C behind them."""
    found = [exposure("j/Store.java", line=1 + 10 * n, rule="native-method", weight=3.0) for n in range(3)]
    world = World().file("j/Store.java", language=Language.JAVA, findings=(*found, *extra))
    functions = [function(f"Java_Store_m{n}", line=1 + 30 * n) for n in range(3)]
    world.file("c/store.c", sloc=3000, raw=600, findings=risky_findings("c/store.c"), functions=functions)
    for number in range(3):
        world.define("c/store.c", f"Java_Store_m{number}", types=("JNIEnv *", "jclass", "jlong"))
        world.edge("j/Store.java", "c/store.c", f"Java_Store_m{number}", kind=EdgeKind.JNI)
    return world.file("c/t.c", role=Role.TEST)


def test_native_methods_alone_are_retained_and_name_the_code_behind_them():
    step = step_of(bridge(), "j")
    assert step.choice.option is Option.RETAIN
    assert "behind its 3 native functions is in c:" in step.choice.because
    assert "pure Java earns no memory-safety credit" in step.choice.because
    assert (step.boundary.mechanism, step.boundary.hours) == ("jni", 0.0)
    assert step.effort.p50 is None
    assert "no line of this Java would be ported" in step.effort.because
    assert step.first_actions == ()
    assert step.wave is None
    parked = next(one for one in bridge().plan().parked if one.component == "j" and one.track is Track.MEMORY_SAFETY)
    assert parked.because == f"Retained. {step.choice.because}"


def test_the_code_behind_is_decided_on_as_before():
    step = step_of(bridge(), "c")
    assert step.choice.option is not Option.RETAIN
    assert step.boundary.mechanism == "jni"
    assert step.boundary.hours > 0


def test_raw_memory_in_java_is_moved_to_safe_interfaces():
    raw = exposure("j/Store.java", line=80, rule="unsafe-memory", weight=20.0)
    step = step_of(bridge(raw), "j")
    assert step.choice.option is Option.HARDEN
    assert step.runner_up.option is Option.RETAIN
    assert "MemorySegment" in step.choice.because
    assert "native functions is in c:" in step.choice.because
    assert any("VarHandle" in action for action in step.first_actions)
    assert any("j/Store.java:80" in action for action in step.first_actions)
    assert not any("FORTIFY" in action or "Sanitizer" in action for action in step.first_actions)


def test_even_a_flood_of_raw_memory_in_java_is_no_reason_to_rewrite_it():
    raw = [exposure("j/Raw.java", line=line, rule="unsafe-memory", weight=500.0) for line in range(1, 400)]
    world = World().file("j/Raw.java", language=Language.JAVA, sloc=400, findings=raw)
    step = step_of(world.file("j/RawTest.java", language=Language.JAVA, role=Role.TEST), "j")
    assert step.choice.option is Option.HARDEN
    assert step.boundary.mechanism == "none"
    wave = world.plan().waves[0]
    assert "raw memory in 399 lines of Java behind checked interfaces: j" in wave.outcome
    assert wave.unsafe_sloc == 0


def test_nothing_found_behind_native_methods_is_said():
    found = exposure("j/A.java", rule="native-method", weight=1.0)
    step = step_of(World().file("j/A.java", language=Language.JAVA, findings=[found]), "j")
    assert "was not found in this tree" in step.choice.because


def test_unread_java_is_unknown_not_safe():
    found = exposure("j/A.java", rule="unsafe-memory")
    world = World().file("j/A.java", language=Language.JAVA, findings=[found], unread=20000)
    step = step_of(world, "j")
    assert step.choice.option is Option.RETAIN
    assert "unknown, not safe" in step.choice.because


def test_pure_java_keeps_its_numbers():
    def latency(world):
        card = next(card for card in world.score().components if card.component == "p")
        step = next(step for step in world.plan().steps if step.component == "p")
        return card.risk, card.score, card.risk_factors, step.choice.option, step.effort

    def pure(world):
        return world.file("p/P.java", language=Language.JAVA, functions=[function("p.P.run")])

    alone, beside = latency(pure(World())), latency(pure(bridge()))
    assert alone == beside
    tracks = [card.track for card in pure(bridge()).score().components if card.component == "p"]
    assert tracks == [Track.LATENCY]


def test_a_seam_alone_puts_no_java_on_the_track():
    seam = exposure("j/A.java", rule="manual-off-heap", weight=0.0)
    world = World().file("j/A.java", language=Language.JAVA, findings=[msgspec.structs.replace(seam, kind=Kind.SEAM)])
    assert [card.track for card in world.score().components] == [Track.LATENCY]


def test_a_few_lines_of_c_are_not_batched_with_java():
    raw = [exposure("j/Raw.java", line=line, rule="unsafe-memory") for line in range(1, 400)]
    world = World().file("j/Raw.java", language=Language.JAVA, sloc=900, findings=raw)
    world.file("c/a.c", sloc=200, raw=60, findings=risky_findings("c/a.c")).file("c/t.c", role=Role.TEST)
    actions = step_of(world.depend("j", "c", weight=50.0), "c").first_actions
    assert actions
    assert not any("Batched with" in action for action in actions)


def test_segments_of_trusted_addresses_follow_the_native_side():
    found = exposure("j/A.java", rule="foreign-segment", weight=4.0)
    step = step_of(World().file("j/A.java", language=Language.JAVA, findings=[found]), "j")
    assert step.choice.option is Option.RETAIN
    assert "The code behind its addresses was not found in this tree" in step.choice.because
