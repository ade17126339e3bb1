"""Sections 3 and 4: which component first, on each track; and is the risk concentrated?"""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from rustplan.catalog.anchors import load_anchors
from rustplan.catalog.guidance import load_guidance
from rustplan.model.component import Component
from rustplan.model.finding import Track
from rustplan.model.score import ComponentScore
from rustplan.report import words as phrases
from rustplan.report.stability_words import mark_words, rank_mark
from rustplan.report.svg.quadrant import CROWDED, NUMBERED_WHEN_CROWDED, Point, draw_quadrant
from rustplan.report.svg.treemap import Tile, draw_treemap
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import compact, counted, decimal, effort_range, whole
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.view.words import OPTION_WORDS

ROWS_FIRST, ROWS_MOST = 24, 200
MAP_TILES = 80
QUADRANT, MAP = {Track.MEMORY_SAFETY: 2, Track.LATENCY: 3}, 4


class RankRow(View, frozen=True, kw_only=True):
    """One row of a ranking. `sort_*` are the plain numbers a script may sort by."""

    rank: int
    holds: str
    component: Link
    language: str
    lines: str
    risk: str
    risk_range: str
    band: str
    score: str
    effort: str
    option: str
    wave: str
    confidence: str
    evidence: str
    sort_lines: int
    sort_risk: str
    sort_effort: str


class TrackView(View, frozen=True, kw_only=True):
    """One track: its quadrant, its ranking, and what is left out of either."""

    quadrant: Markup | None
    rows: tuple[RankRow, ...]
    more_rows: tuple[RankRow, ...]
    more: str
    firmness: str
    undrawn: str
    crowded: str


class PrioritiesView(View, frozen=True, kw_only=True):
    """Both tracks. The opening of the latency track names its source."""

    memory: TrackView
    latency: TrackView | None
    latency_source: int


class MapView(View, frozen=True, kw_only=True):
    """The risk map and its key."""

    treemap: Markup | None
    pooled: str
    bands: tuple[tuple[str, str], ...]


def build_priorities(index: PageIndex) -> PrioritiesView:
    """Return both rankings; the latency track exists only when Java was ranked."""
    has_java = bool(index.ranked[Track.LATENCY] or index.analysis.scorecard.candidates)
    return PrioritiesView(
        memory=_track(index, Track.MEMORY_SAFETY),
        latency=_track(index, Track.LATENCY) if has_java else None,
        latency_source=load_guidance().number(load_guidance().statement("java-is-safe").source),
    )


def _track(index: PageIndex, track: Track) -> TrackView:
    scores = index.ranked[track]
    rows = tuple(_row(index, score) for score in scores[:ROWS_MOST])
    points = _points(index, track)
    left_out, beyond = len(scores) - len(points), len(scores) - ROWS_MOST
    return TrackView(
        quadrant=_quadrant(track, points) if len(points) > 1 else None,
        rows=rows[:ROWS_FIRST],
        more_rows=rows[ROWS_FIRST:],
        more=f"{counted(beyond, 'component')} more in rustplan.json." if beyond > 0 else "",
        firmness=mark_words(index.analysis.scorecard.stability),
        undrawn=f"{counted(left_out, 'component')} without an estimate of effort {'is' if left_out == 1 else 'are'} not drawn."
        if left_out and len(points) > 1
        else "",
        crowded=f"Numbers for the first {NUMBERED_WHEN_CROWDED}; the others are small dots."
        if len(points) > CROWDED
        else "",
    )


def _points(index: PageIndex, track: Track) -> list[Point]:
    points = []
    for rank, score in enumerate(index.ranked[track], 1):
        step = index.steps.get((score.component, track))
        if step is not None and step.effort.p50 is not None:
            points.append(Point(rank, step.effort.p50, score.risk, index.band(score.risk)))
    return points


def _quadrant(track: Track, points: list[Point]) -> Markup:
    name = "risk" if track is Track.MEMORY_SAFETY else "collector pressure"
    return draw_quadrant(
        points,
        number=QUADRANT[track],
        risk_name=name,
        description=f"{counted(len(points), 'component')} by {name} (0 to 100) and median effort. The table below is the key and has the same data.",
    )


def _row(index: PageIndex, score: ComponentScore) -> RankRow:
    component = index.components.get(score.component)
    step = index.steps.get((score.component, score.track))
    lines = _lines(component, score.track)
    p50 = step.effort.p50 if step else None
    return RankRow(
        rank=index.ranks[score.component, score.track],
        component=component_link(index, score.component),
        language=phrases.languages(component.languages) if component else "–",
        lines=whole(lines),
        risk=decimal(score.risk, 0),
        risk_range=_range(score),
        band=index.band(score.risk),
        score=decimal(score.score, 0),
        holds=rank_mark(score.component, score.track, index.analysis.scorecard.stability).replace("-", "–") or "–",
        effort=effort_range(step.effort.p10, step.effort.p50, step.effort.p90) if step else "–",
        option=OPTION_WORDS[step.choice.option] if step else "–",
        wave=str(step.wave) if step and step.wave is not None else "–",
        confidence=score.confidence.value,
        evidence=phrases.evidence_words(index.evidence_of.get(score.component)),
        sort_lines=lines,
        sort_risk=f"{score.risk:.3f}",
        sort_effort=f"{p50:.3f}" if p50 is not None else "",
    )


def _range(score: ComponentScore) -> str:
    low, high = decimal(score.risk_low, 0), decimal(score.risk_high, 0)
    return "" if low == high else f"{low}–{high}"


def _lines(component: Component | None, track: Track) -> int:
    if component is None:
        return 0
    return component.raw_sloc if track is Track.MEMORY_SAFETY else component.sloc - component.unsafe_sloc


def build_map(index: PageIndex) -> MapView:
    """Return the treemap of the memory-safety track, or none when no memory-unsafe line was ranked."""
    tiles = []
    for score in index.ranked[Track.MEMORY_SAFETY]:
        component = index.components.get(score.component)
        if component is not None and component.raw_sloc > 0:
            tiles.append((component.raw_sloc, score))
    tiles.sort(key=lambda tile: (-tile[0], tile[1].component))
    pooled = tiles[MAP_TILES:]
    prefix = _shared_folder([score.component for _, score in tiles[:MAP_TILES]])
    drawn = [_tile(index, lines, score, prefix) for lines, score in tiles[:MAP_TILES]]
    words = f"Labels leave out the folder {shown(prefix, 40)}, which most share. " if prefix else ""
    if pooled:
        lines = sum(lines for lines, _ in pooled)
        words += f"{counted(len(pooled), 'smaller component')} with {counted(lines, 'line')} in all {'is' if len(pooled) == 1 else 'are'} not drawn."
    return MapView(treemap=_map(drawn) if drawn else None, pooled=words, bands=_band_key())


def _map(tiles: list[Tile]) -> Markup:
    description = (
        f"{counted(len(tiles), 'component')}, largest first. The ranking table of section 3 has the same data."
    )
    return draw_treemap(tiles, number=MAP, description=description)


def _shared_folder(names: list[str]) -> str:
    """The folders that more than half of the names begin with, "" when there are none or a label would then name two components."""
    prefix = ""
    inside = [name for name in names if "/" in name]
    while inside:
        folders = Counter(name[: name.index("/", len(prefix)) + 1] for name in inside if "/" in name[len(prefix) :])
        longer, count = min(folders.items(), key=lambda item: (-item[1], item[0])) if folders else ("", 0)
        inside = [name for name in inside if name.startswith(longer)]
        if count * 2 <= len(names) or len({name.removeprefix(longer) for name in names}) < len(names):
            break
        prefix = longer
    return prefix


def _tile(index: PageIndex, lines: int, score: ComponentScore, prefix: str) -> Tile:
    return Tile(
        name=shown(score.component.removeprefix(prefix), 40),
        title=f"{shown(score.component, 200)}: risk {decimal(score.risk, 0)}, {counted(lines, 'memory-unsafe line')}",
        area=float(lines),
        band=index.band(score.risk),
        figure=decimal(score.risk, 0),
        note=f"{compact(lines)} lines",
    )


def _band_key() -> tuple[tuple[str, str], ...]:
    low, middle, high = load_anchors().score.bands
    return (
        ("low", f"low, under {low:g}"),
        ("moderate", f"moderate, {low:g} and more"),
        ("high", f"high, {middle:g} and more"),
        ("severe", f"severe, {high:g} and more"),
    )
