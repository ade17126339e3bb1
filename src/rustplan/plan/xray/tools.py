"""Holds the crossings of a component against every binding tool, and finds the cheapest that carries most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rustplan.catalog.binding_tools import OTHER_SIDE, BindingTool, BindingTools
from rustplan.model.boundary import CrossingKind, Grade, HardCase, ToolVerdict
from rustplan.model.roadmap import Crossing, Direction
from rustplan.plan.wording import count, name_list

ORDER = (Grade.YES, Grade.WITH_CARE, Grade.UNKNOWN, Grade.NO, Grade.BESIDE)
"""Best first: a crossing takes the worst grade of its kinds."""

MOST_HARD = 12
"""Hard cases that are kept for a tool; they are counted in full."""

_NOT_CARRIED = (Grade.NO, Grade.BESIDE)


@dataclass(frozen=True, slots=True)
class Case:
    """Crossings that every tool treats alike: the language, whether the other side calls Rust, and the kinds."""

    abi: str
    calls_rust: bool
    kinds: tuple[CrossingKind, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The tools that leave least to write by hand, and how many crossings that is."""

    tools: tuple[BindingTool, ...]
    left: int
    unknown: int
    with_care: int


def case_of(crossing: Crossing, *, is_mirrored: bool) -> Case:
    """Return the case of a crossing. `is_mirrored`: the component stays, and what it calls becomes Rust."""
    calls_rust = (crossing.direction is Direction.INBOUND) is not is_mirrored
    kinds = tuple(sorted({aspect.kind for aspect in crossing.aspects}, key=lambda kind: kind.value))
    return Case(crossing.abi, calls_rust, kinds or (CrossingKind.FUNCTION,))


def grade_of(tool: BindingTool, case: Case) -> tuple[Grade, CrossingKind]:
    """Return the worst grade of a case, and the kind that has it."""
    if not tool.serves(case.abi, calls_rust=case.calls_rust):
        return Grade.BESIDE, case.kinds[0]
    graded = [(tool.cell(kind, calls_rust=case.calls_rust).grade, kind) for kind in case.kinds]
    return max(graded, key=lambda item: ORDER.index(item[0]))


def verdicts(tools: BindingTools, crossings: Sequence[Crossing], *, is_mirrored: bool) -> tuple[ToolVerdict, ...]:
    """Return what each tool does with the crossings, in the order of the catalogue."""
    cases = [case_of(crossing, is_mirrored=is_mirrored) for crossing in crossings]
    return tuple(_verdict(tool, crossings, cases) for tool in tools.tools)


def _verdict(tool: BindingTool, crossings: Sequence[Crossing], cases: Sequence[Case]) -> ToolVerdict:
    graded = {case: grade_of(tool, case) for case in set(cases)}
    counted = Counter(graded[case][0] for case in cases)
    hard = [
        _hard(crossing, graded[case], tool, case)
        for crossing, case in zip(crossings, cases, strict=True)
        if graded[case][0] in (Grade.NO, Grade.UNKNOWN)
    ]
    return ToolVerdict(
        tool=tool.id,
        yes=counted[Grade.YES],
        with_care=counted[Grade.WITH_CARE],
        no=counted[Grade.NO],
        unknown=counted[Grade.UNKNOWN],
        beside=counted[Grade.BESIDE],
        hard=tuple(sorted(hard)[:MOST_HARD]),
        source=tool.source,
        cells=_cells(tool, set(cases)),
    )


def _cells(tool: BindingTool, cases: Iterable[Case]) -> tuple[tuple[CrossingKind, Grade], ...]:
    """The worst grade of each kind over the sides that the tool serves."""
    found: dict[CrossingKind, Grade] = {}
    for case in cases:
        for kind in case.kinds if tool.serves(case.abi, calls_rust=case.calls_rust) else ():
            grade = tool.cell(kind, calls_rust=case.calls_rust).grade
            found[kind] = max(found.get(kind, grade), grade, key=ORDER.index)
    return tuple(sorted(found.items(), key=lambda item: item[0].value))


def _hard(crossing: Crossing, graded: tuple[Grade, CrossingKind], tool: BindingTool, case: Case) -> HardCase:
    grade, kind = graded
    because = OTHER_SIDE if grade is Grade.BESIDE else tool.cell(kind, calls_rust=case.calls_rust).because
    return HardCase(
        symbol=crossing.symbol, kind=kind, grade=grade, path=crossing.path, line=crossing.line, because=because
    )


def choose(tools: BindingTools, crossings: Sequence[Crossing], *, is_mirrored: bool) -> Choice:
    """Return the tool, or the pair of tools, that leaves least to do: of those that carry all the cheapest, if there is one."""
    cases = Counter(case_of(crossing, is_mirrored=is_mirrored) for crossing in crossings)
    graded = {(tool.id, case): grade_of(tool, case)[0] for tool in tools.tools for case in cases}
    sets: list[tuple[BindingTool, ...]] = [(tool,) for tool in tools.tools]
    sets += [pair for pair in combinations(tools.tools, 2) if _complete_each_other(pair, graded, cases)]
    choices = [_choice(chosen, cases, graded) for chosen in sets]
    return min(choices, key=lambda choice: (bool(choice.left + choice.unknown), _points(choice, tools), choice.left))


def _points(choice: Choice, tools: BindingTools) -> int:
    """What a set of tools leaves to do, in points of the catalogue; the first of equals wins."""
    weights = tools.weights
    setup = sum(tool.setup for tool in choice.tools)
    by_hand = choice.left + choice.unknown
    return weights.left * by_hand + weights.with_care * choice.with_care + weights.setup * setup


def _complete_each_other(
    pair: tuple[BindingTool, BindingTool], graded: Mapping[tuple[str, Case], Grade], cases: Iterable[Case]
) -> bool:
    """Each tool of a pair must carry what the other does not: two bridges over one border are no plan."""
    one, other = ({case for case in cases if graded[tool.id, case] in (Grade.YES, Grade.WITH_CARE)} for tool in pair)
    return bool(one - other) and bool(other - one)


def _choice(
    chosen: tuple[BindingTool, ...], cases: Mapping[Case, int], graded: Mapping[tuple[str, Case], Grade]
) -> Choice:
    """Count the crossings that nobody of a set carries, those that nobody knows of, and those that need care."""
    totals: Counter[Grade] = Counter()
    for case, number in cases.items():
        totals[min((graded[tool.id, case] for tool in chosen), key=ORDER.index)] += number
    left = sum(totals[grade] for grade in _NOT_CARRIED)
    return Choice(chosen, left, totals[Grade.UNKNOWN], totals[Grade.WITH_CARE])


def words_of(choice: Choice, number: int) -> str:
    """Say what the choice rests on."""
    names = name_list([tool.name for tool in choice.tools])
    carried = number - choice.left - choice.unknown
    parts = [f"{names} {'carry' if len(choice.tools) > 1 else 'carries'} {carried} of {count(number, 'crossing')}"]
    if choice.with_care:
        parts.append(f"{choice.with_care} of them with care")
    words = ", ".join(parts)
    if not choice.left and not choice.unknown:
        return f"{words}; no cheaper set covers all."
    rest = [f"{count(choice.left, 'crossing')} left to code by hand"] if choice.left else []
    rest += [f"{choice.unknown} unknown"] if choice.unknown else []
    return f"{words}; {' and '.join(rest)}. No set of tools covers all."


def hard_cases(choice: Choice, crossings: Sequence[Crossing], *, is_mirrored: bool) -> list[HardCase]:
    """Return the crossings that none of the chosen tools carries, sorted."""
    cases = [case_of(crossing, is_mirrored=is_mirrored) for crossing in crossings]
    best: dict[Case, tuple[BindingTool, tuple[Grade, CrossingKind]]] = {}
    for case in cases:
        if case not in best:
            graded = [(tool, grade_of(tool, case)) for tool in choice.tools]
            best[case] = min(graded, key=lambda item: ORDER.index(item[1][0]))
    return sorted(
        _hard(crossing, best[case][1], best[case][0], case)
        for crossing, case in zip(crossings, cases, strict=True)
        if best[case][1][0] in (*_NOT_CARRIED, Grade.UNKNOWN)
    )
