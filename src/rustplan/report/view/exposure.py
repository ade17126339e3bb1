"""The part of a component card on untrusted input: roles, the Rule of 2, where data enters, how far it is to unsafe code, and the ways."""

from __future__ import annotations

from rustplan.catalog.exposure import load_exposure
from rustplan.model.exposure import ComponentExposure, Distances, ExposurePath
from rustplan.report import exposure_words as words
from rustplan.report.escape import clip
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, whole
from rustplan.report.view.shapes import View

_ROLES, _SOURCES, _TEXT = 8, 3, 300


class RoleView(View, frozen=True, kw_only=True):
    """A role, what says so, and where."""

    name: str
    words: str
    places: tuple[str, ...]
    confirm: str


class LegView(View, frozen=True, kw_only=True):
    """One of the three of the Rule of 2."""

    name: str
    because: str
    places: tuple[str, ...]


class DistanceRow(View, frozen=True, kw_only=True):
    """Unsafe places by distance from data of one sort."""

    source: str
    counts: tuple[str, ...]
    no_way: str
    note: str


class WayView(View, frozen=True, kw_only=True):
    """One way, step by step: what happens and where."""

    words: str
    steps: tuple[tuple[str, str], ...]


class ExposureView(View, frozen=True, kw_only=True):
    """Everything the card says of untrusted input."""

    roles: tuple[RoleView, ...]
    rule: str
    is_flagged: bool
    legs: tuple[LegView, ...]
    rule_source: str
    rule_checked: str
    entered: str
    entered_places: tuple[str, ...]
    columns: tuple[str, ...]
    distances: tuple[DistanceRow, ...]
    total: str
    ways: tuple[WayView, ...]
    ways_summary: str
    limits: str


def build_exposure(index: PageIndex, component: str) -> ExposureView | None:
    """Return what is known of a component; None when nothing is."""
    found = next((one for one in index.analysis.scorecard.exposures if one.component == component), None)
    if found is None:
        return None
    row = load_exposure().rule_of_two
    return ExposureView(
        roles=_roles(found),
        rule=words.rule_words(found.rule_of_two),
        is_flagged=found.rule_of_two.is_flagged,
        legs=tuple(
            LegView(name=name, because=clip(why, _TEXT), places=tuple(shown(place, 110) for place in places[:2]))
            for name, why, places in words.leg_words(found.rule_of_two)
        ),
        rule_source=row.source,
        rule_checked=row.checked,
        entered=words.source_words(found),
        entered_places=tuple(shown(place, 110) for place in words.source_places(found.sources[:_SOURCES])),
        columns=words.COLUMNS,
        distances=tuple(_row(name, distances) for name, distances in words.groups(found)),
        total=counted(found.distances.total, "unsafe place"),
        ways=tuple(_way(path) for path in found.paths[: words.PATHS]),
        ways_summary=_summary(found),
        limits=words.LIMITS,
    )


def _roles(found: ComponentExposure) -> tuple[RoleView, ...]:
    return tuple(
        RoleView(
            name=role.role,
            words=words.role_words(role).partition(": ")[2],
            places=tuple(shown(place, 90) for place in words.role_places(role)[:2]),
            confirm=words.CONFIRM if role.needs_confirmation else "",
        )
        for role in found.roles[:_ROLES]
    )


def _row(name: str, distances: Distances) -> DistanceRow:
    notes = []
    if distances.ambiguous:
        notes.append(f"{whole(distances.ambiguous)} over a call that is not certain")
    if distances.by_pointer:
        notes.append(f"{whole(distances.by_pointer)} without a way are in functions whose address is taken")
    if distances.outside:
        notes.append(f"{whole(distances.outside)} stand outside of functions")
    counts = tuple(whole(count) for count in distances.steps)
    return DistanceRow(source=name, counts=counts, no_way=whole(distances.no_way), note="; ".join(notes))


def _way(path: ExposurePath) -> WayView:
    steps = [*(words.step_words(step, path.source) for step in path.steps), words.site_words(path)]
    return WayView(words=words.path_words(path), steps=tuple((said, shown(place, 90)) for said, place in steps))


def _summary(found: ComponentExposure) -> str:
    if not found.paths:
        return ""
    first = min(words.PATHS, len(found.paths))
    return f"The {counted(first, 'shortest way', 'shortest ways')} from data to unsafe code, of {counted(found.functions, 'function')} that hold some"
