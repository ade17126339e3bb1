"""Laws of effort and waves, whatever the repository."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from plan_world import World, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.roadmap import Actual, Option
from rustplan.model.source import Role
from rustplan.plan.build import subjects_of
from rustplan.plan.calibrate import calibrate
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


@QUICK
@given(parts, links)
def test_every_component_has_exactly_one_step_on_its_track_and_is_in_one_wave_or_parked(parts, links):
    world = linked(parts, links)
    roadmap = world.plan()
    keys = [(step.component, step.track) for step in roadmap.steps]
    assert sorted(keys) == sorted((card.component, card.track) for card in world.score().components)
    assert len(keys) == len(set(keys))
    parked = [(item.component, item.track) for item in roadmap.parked]
    assert len(parked) == len(set(parked))
    in_waves = {(step.component, step.track) for step in roadmap.steps if step.wave is not None}
    assert in_waves | set(parked) == set(keys)
    assert not in_waves & set(parked)
    listed = [name for wave in roadmap.waves for name in wave.components]
    assert sorted(listed) == sorted(name for name, _ in in_waves)


@QUICK
@given(parts, links)
def test_the_pilot_is_a_tested_rewrite_of_the_first_wave_and_never_the_riskiest(parts, links):
    world = linked(parts, links)
    roadmap = world.plan()
    pilot = roadmap.pilot
    assert pilot.because
    if not pilot.component:
        return
    step = next(step for step in roadmap.steps if step.component == pilot.component)
    assert (step.choice.option, step.wave) == (Option.REWRITE, 1)
    assert parts[int(pilot.component[1:])][0]
    cards = world.score().components
    if len(cards) > 1:
        assert pilot.component != min(cards, key=lambda card: (-card.risk, card.component)).component


@QUICK
@given(parts, links)
def test_more_budget_never_buys_less(parts, links):
    frontier = linked(parts, links).plan().frontier
    for smaller, larger in zip(frontier.points, frontier.points[1:], strict=False):
        assert smaller.months <= larger.months
        assert smaller.risk_share <= larger.risk_share + 1e-6
    for point in frontier.points:
        assert 0.0 <= point.risk_share <= 1.0
        assert point.p10 <= point.p50 <= point.p90


@QUICK
@given(parts, links, st.integers(0, 13))
def test_a_frontier_point_is_never_beaten_by_a_single_component(parts, links, number):
    """Whatever one component removes for its cost, the best set for that cost removes at least as much."""
    world = linked(parts, links)
    frontier = world.plan().frontier
    alone = [point for point in frontier.points if point.components == (f"c{number:02}",)]
    for point in alone:
        assert all(
            other.risk_share >= point.risk_share - 1e-6 for other in frontier.points if other.months >= point.months
        )


@QUICK
@given(parts, st.integers(0, 13), st.integers(0, 100_000))
def test_unread_code_lowers_coverage_and_never_risk_or_the_share_left_to_remove(parts, number, unread):
    place = number % len(parts)
    name = f"c{place:02}"
    _tested, defects, sloc = parts[place]
    whole, torn = linked(parts, ()), linked(parts, ())
    torn.file(f"{name}/a.c", sloc=sloc, findings=risky_findings(f"{name}/a.c", defects=defects), unread=unread)
    before, after = whole.card(name), torn.card(name)
    assert after.coverage <= before.coverage
    assert after.risk >= before.risk
    assert after.risk_high >= before.risk_high
    step = next(step for step in torn.plan().steps if step.component == name)
    if after.coverage < load_effort().productivity.least_coverage:
        assert step.effort.p50 is None
        assert step.wave is None


@QUICK
@given(parts, st.integers(0, 13), st.integers(1, 9))
def test_a_hazard_added_lowers_neither_the_risk_of_a_file_nor_what_porting_it_removes(parts, number, more):
    place = number % len(parts)
    name = f"c{place:02}"
    _tested, defects, sloc = parts[place]
    path = f"{name}/a.c"
    plain, worse = linked(parts, ()), linked(parts, ())
    worse.file(path, sloc=sloc, findings=risky_findings(path, defects=defects + more))
    before = next(file.risk for file in plain.score().files if file.path == path)
    after = next(file.risk for file in worse.score().files if file.path == path)
    assert after >= before
    assert worse.card(name).risk >= plain.card(name).risk


@QUICK
@given(parts, links, st.integers(0, 13), st.integers(100, 9000), st.integers(0, 20))
def test_another_components_change_moves_no_score(parts, links, number, sloc, defects):
    place = number % len(parts)
    name = f"c{place:02}"
    changed = [*parts[:place], (parts[place][0], defects, sloc), *parts[place + 1 :]]
    before = {card.component: card for card in linked(parts, links).score().components}
    after = {card.component: card for card in linked(changed, links).score().components}
    for other in before.keys() - {name}:
        assert (before[other].risk, before[other].score) == (after[other].risk, after[other].score)


actuals = st.lists(
    st.builds(
        Actual,
        component=st.sampled_from(["c00", "c01", "gone"]),
        lines=st.integers(100, 50_000),
        person_months=st.floats(0.1, 400),
        difficulty=st.one_of(st.none(), st.floats(0.6, 3)),
    ),
    max_size=8,
)


@QUICK
@given(actuals)
def test_calibration_stays_between_the_prior_and_the_actuals_and_only_narrows(rows):
    prior = load_effort()
    model, told = calibrate(prior, rows, {})
    paces = [row.lines * row.difficulty / row.person_months for row in told.actuals] or [0.0]
    ends = sorted([prior.productivity.lines_per_month, *paces])
    assert ends[0] - 1 <= model.productivity.lines_per_month <= ends[-1] + 1
    assert model.productivity.sigma_team <= prior.productivity.sigma_team
    assert told.is_applied == (len(rows) >= prior.calibration.least_actuals)


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


@QUICK
@given(parts, links, st.randoms(use_true_random=False))
def test_shuffled_files_and_dependencies_change_nothing(parts, links, random):
    world, shuffled = linked(parts, links), linked(parts, links)
    items = list(shuffled.files.items())
    random.shuffle(items)
    shuffled.files = dict(items)
    random.shuffle(shuffled.dependencies)
    assert world.plan() == shuffled.plan()
