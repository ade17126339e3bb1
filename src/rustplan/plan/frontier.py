"""How much risk can be removed for how much effort: the best sets of components to port, with the crossings between them counted once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rustplan.catalog import EffortModel
from rustplan.model.finding import Track
from rustplan.model.roadmap import Crossing, Direction, Frontier, FrontierPoint, Option
from rustplan.plan.draws import drawn, quantiles, team_draws
from rustplan.plan.effort import Estimate, estimate
from rustplan.plan.frontier_search import Problem, exact, fill, hull
from rustplan.plan.java_memory import is_java_memory
from rustplan.plan.subject import Subject
from rustplan.plan.waves import REMOVES, Move
from rustplan.plan.wording import count

EXACT, MIN_CUT, FILLED, PLAN = "branch-and-bound", "min-cut", "filled", "plan"
UNUSED = 0.7
"""Share of a budget below which a corner leaves too much of it unused."""


def find_frontier(moves: Sequence[Move], planned: Iterable[str], effort: EffortModel) -> Frontier:
    """Return the frontier of the memory-safety track. `planned` names the components that stand in a wave."""
    native = [move.subject for move in moves if _is_native(move.subject)]
    everything = math.fsum(subject.file_risk for subject in native)
    priced, left_out = _priced(native, effort)
    if len(priced) < 2 or everything <= 0:
        return Frontier(because=_why_none(len(priced), everything), left_out=left_out, priced=len(priced))
    pool = _Pool.of(priced, everything, effort)
    points = _points(pool, effort)
    in_waves = set(planned)
    gone = {
        move.subject.name
        for move in moves
        if move.option in REMOVES and move.subject.name in in_waves and _is_native(move.subject)
    }
    chosen = frozenset(place for place, name in enumerate(pool.names) if name in gone)
    plan = pool.point(chosen, PLAN) if chosen else None
    method = "" if not points else EXACT if all(point.method == EXACT for point in points) else MIN_CUT
    return Frontier(
        because=_because(method, priced, left_out), method=method, points=points, plan=plan,
        priced=len(priced), left_out=left_out, total_months=round(pool.problem.cost(pool.problem.everything), 2),
    )  # fmt: skip


def frontier_problem(subjects: Sequence[tuple[Subject, Estimate]], effort: EffortModel) -> Problem:
    """Return the knapsack: value is the risk of the files, cost the work on the code and at the border to what no item is.

    A symbol whose definition is chosen and whose users are not costs its hours, shared among its users; a chosen user pays them whole for
    what it still calls in old code. So a component alone costs what its own boundary says.
    """
    places = {subject.name: place for place, (subject, _) in enumerate(subjects)}
    fixed, shared = _hours(subjects, places)
    monthly = effort.productivity.hours_per_month
    return Problem(
        values=tuple(subject.file_risk for subject, _ in subjects),
        costs=tuple(
            max(effort.productivity.least_months, found.spread) + fixed[place] / monthly
            for place, (_, found) in enumerate(subjects)
        ),
        edges=tuple((one, other, hours / monthly) for (one, other), hours in sorted(shared.items()) if hours > 0),
    )


def _is_native(subject: Subject) -> bool:
    track = subject.score.track
    return track is Track.MEMORY_SAFETY and not is_java_memory(subject.component, track)


def _priced(subjects: Sequence[Subject], effort: EffortModel) -> tuple[list[tuple[Subject, Estimate]], tuple[str, ...]]:
    """Components with an estimate, riskiest first, and the names of the others."""
    found: list[tuple[Subject, Estimate]] = []
    left: list[str] = []
    for subject in sorted(subjects, key=lambda item: (-item.file_risk, item.name)):
        months = estimate(subject, Option.REWRITE, effort)
        if months is None or len(found) >= effort.frontier.most_components:
            left.append(subject.name)
        else:
            found.append((subject, months))
    return found, tuple(sorted(left))


def _hours(
    subjects: Sequence[tuple[Subject, Estimate]], places: Mapping[str, int]
) -> tuple[dict[int, float], dict[tuple[int, int], float]]:
    """Hours at the border to what no item is, by item, and hours by (chosen, not chosen) pair."""
    fixed: dict[int, float] = defaultdict(float)
    users: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    shared: dict[tuple[int, int], float] = defaultdict(float)
    outbound = [
        (place, crossing)
        for place, (subject, _) in enumerate(subjects)
        for crossing in subject.boundary.crossings
        if crossing.direction is Direction.OUTBOUND
    ]
    for place, crossing in outbound:
        owner = places.get(crossing.other)
        if owner is None or owner == place:
            fixed[place] += crossing.hours
        else:
            shared[place, owner] += crossing.hours
            users[owner, crossing.path, crossing.symbol].add(place)
    for place, (subject, _) in enumerate(subjects):
        for crossing in subject.boundary.crossings:
            if crossing.direction is Direction.INBOUND:
                _share_inbound(place, crossing, users, places, fixed, shared)
    return fixed, shared


def _share_inbound(
    place: int,
    crossing: Crossing,
    users: Mapping[tuple[int, str, str], set[int]],
    places: Mapping[str, int],
    fixed: dict[int, float],
    shared: dict[tuple[int, int], float],
) -> None:
    known = users.get((place, crossing.path, crossing.symbol), set()) - {place}
    other = places.get(crossing.other)
    if other is None or other == place or not known:
        fixed[place] += crossing.hours
        return
    for user in known:
        shared[place, user] += crossing.hours / len(known)


def _points(pool: _Pool, effort: EffortModel) -> tuple[FrontierPoint, ...]:
    """Best sets, cheapest first: exact for a row of budgets when there are few items, else the corners of the hull."""
    limits, problem = effort.frontier, pool.problem
    corners = hull(problem, limits.most_corners)
    if len(problem.values) > limits.exact_components:
        return _along(pool, corners, limits.budgets)
    whole = problem.cost(problem.everything)
    found: dict[frozenset[int], FrontierPoint] = {}
    for share in limits.budgets:
        budget = whole * share
        start = max((one for one in corners if problem.cost(one) <= budget), key=problem.value)
        best, is_exact = exact(problem, budget, start, limits.most_nodes)
        if best and best not in found:
            found[best] = pool.point(best, EXACT if is_exact else MIN_CUT, budget if is_exact else None)
    return tuple(sorted(found.values(), key=lambda point: (point.months, point.components)))


def _along(pool: _Pool, corners: Sequence[frozenset[int]], budgets: Sequence[float]) -> tuple[FrontierPoint, ...]:
    """For each budget the last corner within it; where that leaves half of the budget unused, more items of the next corner."""
    problem = pool.problem
    whole = problem.cost(problem.everything)
    found: dict[frozenset[int], str] = {}
    for share in budgets:
        budget = whole * share
        place = max(number for number, one in enumerate(corners) if problem.cost(one) <= budget + 1e-9)
        low = corners[place]
        found.setdefault(low, MIN_CUT)
        if place + 1 < len(corners) and problem.cost(low) < UNUSED * budget:
            found.setdefault(fill(problem, low, corners[place + 1], budget), FILLED)
    found.pop(frozenset(), None)
    points = (pool.point(chosen, method) for chosen, method in found.items())
    return _rising(sorted(points, key=lambda point: (point.months, -point.risk_share, point.components)))


def _rising(points: Iterable[FrontierPoint]) -> tuple[FrontierPoint, ...]:
    """Leave out what costs more than the point before it and removes no more."""
    kept: list[FrontierPoint] = []
    for point in points:
        if not kept or point.risk_share > kept[-1].risk_share:
            kept.append(point)
    return tuple(kept)


@dataclass(slots=True, kw_only=True)
class _Pool:
    """The items with their draws, made once."""

    problem: Problem
    names: tuple[str, ...]
    risk: float
    effort: EffortModel
    fixed: tuple[float, ...]
    draws: list[list[float]] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, priced: Sequence[tuple[Subject, Estimate]], risk: float, effort: EffortModel) -> _Pool:
        """Draw every item without its boundary; `risk` is that of all files of the track."""
        problem = frontier_problem(priced, effort)
        team = team_draws(effort)
        least = effort.productivity.least_months
        pool = cls(
            problem=problem, names=tuple(subject.name for subject, _ in priced), risk=risk, effort=effort,
            fixed=tuple(
                cost - max(least, item.spread) for cost, (_, item) in zip(problem.costs, priced, strict=True)
            ),
            draws=[
                [max(least, months) for months in drawn(f"{subject.name}:{subject.score.track.value}", item.spread, 0.0, team, effort)]
                for subject, item in priced
            ],
        )  # fmt: skip
        pool.whole = pool._sum(problem.everything)
        return pool

    def point(self, chosen: frozenset[int], method: str, budget: float | None = None) -> FrontierPoint:
        """Describe a set."""
        problem = self.problem
        totals = self._sum(chosen)
        low, middle, high = quantiles([part / all_of_it for part, all_of_it in zip(totals, self.whole, strict=True)])
        p10, p50, p90 = quantiles(totals)
        return FrontierPoint(
            components=tuple(sorted(self.names[place] for place in chosen)),
            risk_share=round(min(1.0, problem.value(chosen) / self.risk), 6),
            effort_share=round(middle, 6), effort_share_low=round(low, 6), effort_share_high=round(high, 6),
            months=round(problem.cost(chosen), 2), p10=round(p10, 2), p50=round(p50, 2), p90=round(p90, 2),
            boundary_hours=round(self._boundary(chosen) * self.effort.productivity.hours_per_month, 1),
            method=method, budget=None if budget is None else round(budget, 2),
        )  # fmt: skip

    def _sum(self, chosen: frozenset[int]) -> list[float]:
        """Person-months of a set in each draw, with what it costs at its border."""
        totals = [self._boundary(chosen)] * self.effort.productivity.draws
        for place in sorted(chosen):
            totals = [total + months for total, months in zip(totals, self.draws[place], strict=True)]
        return totals

    def _boundary(self, chosen: frozenset[int]) -> float:
        """Person-months at the border of a set."""
        own = math.fsum(self.fixed[place] for place in sorted(chosen))
        leaving = [cost for one, other, cost in self.problem.edges if one in chosen and other not in chosen]
        return own + math.fsum(leaving)


def _why_none(priced: int, risk: float) -> str:
    if risk <= 0:
        return "No file of C or C++ carries a risk, so there is nothing to weigh against effort."
    return f"{count(priced, 'component')} could be priced: with fewer than two there is nothing to choose from."


def _because(method: str, priced: Sequence[object], left_out: Sequence[str]) -> str:
    how = (
        f"For {count(len(priced), 'component')} every budget was searched to its end (branch and bound), so no other set removes more for it."
        if method == EXACT
        else f"{count(len(priced), 'component')} are too many to try every set: min-cut gives the sets that nothing beats at their own cost; "
        "between two of them, sets filled up with the most risk for the cost are good and not proven best."
    )
    rest = (
        f" {count(len(left_out), 'component')} without an estimate: their risk stays in the total." if left_out else ""
    )
    return (
        f"{how} Every component is priced as a rewrite, whatever the plan chose for it, and neighbours that move together pay nothing "
        f"for the border between them.{rest}"
    )
