"""Laws of effort and waves, whatever the repository."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from plan_world import World, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.roadmap import Option
from rustplan.model.source import Role
from rustplan.plan.build import subjects_of
from rustplan.plan.effort import effort_of

QUICK = settings(max_examples=40, deadline=None)
SHAPES = [(), ("int",), ("char *", "size_t"), ("struct x *",), ("void (*)(int)",)]


def with_crossings(number, shape, *, sloc=3000, tested=True):
    world = World().file("lib/a.c", component="lib", sloc=sloc, findings=risky_findings("lib/a.c"))
    world.file("app/main.c", component="app", sloc=400)
    if tested:
        world.file("tests/t.c", component="lib", role=Role.TEST, sloc=50)
    for index in range(number):
        world.define("lib/a.c", f"f{index}", types=SHAPES[shape]).edge("app/main.c", "lib/a.c", f"f{index}")
    return world


def effort(world, option):
    subjects = subjects_of(world.scan, world.components, world.graph, world.score(), load_effort())
    subject = next(subject for subject in subjects if subject.name == "lib")
    return effort_of(subject, option, load_effort())


@QUICK
@given(st.integers(0, 60), st.integers(0, 4), st.integers(1, 40_000), st.sampled_from(list(Option)))
def test_effort_is_an_ordered_range(number, shape, sloc, option):
    found = effort(with_crossings(number, shape, sloc=sloc), option)
    assert load_effort().productivity.least_months <= found.p10 <= found.p50 <= found.p90


@QUICK
@given(st.integers(0, 40), st.integers(1, 20), st.integers(0, 4), st.sampled_from(list(Option)))
def test_more_crossings_are_never_cheaper(number, more, shape, option):
    fewer = effort(with_crossings(number, shape), option)
    greater = effort(with_crossings(number + more, shape), option)
    assert greater.p10 >= fewer.p10
    assert greater.p50 >= fewer.p50
    assert greater.p90 >= fewer.p90


@QUICK
@given(st.integers(300, 30_000), st.integers(1, 5_000))
def test_more_lines_are_never_cheaper_to_rewrite(sloc, more):
    # Measures and globals grow with the lines, so that only the size differs.
    fewer = effort(with_crossings(2, 0, sloc=sloc).file("lib/b.c", component="lib", sloc=1, raw=0), Option.HARDEN)
    greater = effort(
        with_crossings(2, 0, sloc=sloc + more).file("lib/b.c", component="lib", sloc=1, raw=0), Option.HARDEN
    )
    assert greater.p50 >= fewer.p50


parts = st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(50, 20_000)), min_size=1, max_size=14)
links = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13), st.integers(1, 9)), max_size=20)


def linked(parts, links):
    """Components `c00`... with tests or not, and dependencies between them."""
    world = World()
    for index, (tested, defects, sloc) in enumerate(parts):
        name = f"c{index:02}"
        world.file(f"{name}/a.c", sloc=sloc, findings=risky_findings(f"{name}/a.c", defects=defects))
        if tested:
            world.file(f"{name}/t.c", role=Role.TEST)
    for one, other, weight in _ends(links, len(parts)):
        world.depend(f"c{one:02}", f"c{other:02}", weight=float(weight))
    return world


def _ends(links, number):
    unique = {(one, other): weight for one, other, weight in links if one != other and max(one, other) < number}
    return [(one, other, weight) for (one, other), weight in sorted(unique.items())]


@QUICK
@given(parts, links)
def test_every_component_is_in_a_wave_or_parked_and_untested_rewrites_never_open(parts, links):
    roadmap = linked(parts, links).plan()
    parked = {item.component for item in roadmap.parked}
    for step in roadmap.steps:
        assert (step.wave is None) == (step.component in parked)
        tested, _, sloc = parts[int(step.component[1:])]
        if step.choice.option is Option.REWRITE and step.wave == 1:
            assert tested
            assert sloc <= load_effort().waves.opening_lines
    for wave in roadmap.waves:
        assert wave.p10 <= wave.p50 <= wave.p90
        assert wave.components == tuple(dict.fromkeys(s.component for s in roadmap.steps if s.wave == wave.number))
    assert [wave.number for wave in roadmap.waves] == list(range(1, len(roadmap.waves) + 1))


@QUICK
@given(parts, links)
def test_small_steps_are_batched_and_never_left_out_for_their_size(parts, links):
    roadmap = linked(parts, links).plan()
    waves = {step.component: step.wave for step in roadmap.steps}
    batched = {step.component: step.first_actions[0] for step in roadmap.steps if _is_batched(step)}
    for name, said in batched.items():
        assert parts[int(name[1:])][2] < load_effort().waves.tiny_lines
        host = said.removeprefix("Batched with ").partition(":")[0]
        assert waves[name] == waves[host]
    assert all("lines (" not in item.because and "moves together" not in item.because for item in roadmap.parked)
    for wave in roadmap.waves:
        assert len([name for name in wave.components if name not in batched]) <= load_effort().waves.most_steps


def _is_batched(step):
    return bool(step.first_actions) and step.first_actions[0].startswith("Batched with ")


@QUICK
@given(st.integers(0, 8), st.randoms(use_true_random=False))
def test_the_same_world_gives_the_same_plan_in_any_order(number, random):
    world = with_crossings(number, 2)
    shuffled = with_crossings(number, 2)
    random.shuffle(shuffled.edges)
    random.shuffle(shuffled.definitions)
    shuffled.files = dict(sorted(shuffled.files.items(), reverse=True))
    assert world.plan() == shuffled.plan()
