"""Where each component stands on the Memory Safety Continuum of the OpenSSF, from evidence in the repository; a person confirms it."""

from __future__ import annotations

from collections import Counter

from rustplan.catalog.guidance import load_guidance
from rustplan.model.choices import HardeningState
from rustplan.model.component import Component
from rustplan.model.finding import Track
from rustplan.model.score import FactorEvidence
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted
from rustplan.report.view.shapes import Link, Mark, View, component_link, state_mark

ROWS = 60
SAFE, BETWEEN, UNSAFE = (
    "memory safe by default",
    "memory safe by default, interfacing with code that is not",
    "not memory safe by default",
)
_NATIVE_RULES = frozenset(("unsafe-memory", "native-method"))
_IN_USE = (HardeningState.SET, HardeningState.WEAKER, HardeningState.TESTS_ONLY)
_PLACES = 2


class ContinuumRow(View, frozen=True, kw_only=True):
    """One component: its band, its stage inside the band, and what says so."""

    component: Link
    band: str
    stage: str
    evidence: str
    places: tuple[str, ...]


class ContinuumView(View, frozen=True, kw_only=True):
    """All components, how many stand in each band, and the source of the bands."""

    rows: tuple[ContinuumRow, ...]
    counts: tuple[tuple[str, str], ...]
    more: str
    source: int
    state: Mark


def build_continuum(index: PageIndex) -> ContinuumView | None:
    """Return the placement of every ranked component; None when nothing is ranked or the reasons are withheld."""
    names = list(dict.fromkeys(score.component for track in Track for score in index.ranked[track]))
    known = [index.components[name] for name in names if name in index.components]
    if not known or index.is_redacted:
        return None
    rows = tuple(_row(index, component) for component in known)
    counts = Counter(row.band for row in rows)
    return ContinuumView(
        rows=rows[:ROWS],
        counts=tuple((band, counted(counts[band], "component")) for band in (SAFE, BETWEEN, UNSAFE) if counts[band]),
        more=f"{counted(len(rows) - ROWS, 'component')} more, ranked lower." if len(rows) > ROWS else "",
        source=load_guidance().number("continuum"),
        state=state_mark("draft"),
    )


def _row(index: PageIndex, component: Component) -> ContinuumRow:
    band, why = _band(index, component)
    stage, said, places = _stage(index, component, band)
    return ContinuumRow(
        component=component_link(index, component.name, 40),
        band=band,
        stage=stage,
        evidence=f"{why} {said}",
        places=tuple(f"{shown(place.path, 80)}:{place.line}" for place in places[:_PLACES]),
    )


def _band(index: PageIndex, component: Component) -> tuple[str, str]:
    """The band by the languages of its source, and by what Java hands to native code or to raw memory."""
    java = component.sloc - component.unsafe_sloc
    if component.unsafe_sloc and java > 0:
        return BETWEEN, f"{counted(component.unsafe_sloc, 'line')} of C and C++ beside {counted(java, 'line')} of Java."
    if component.unsafe_sloc:
        return UNSAFE, f"{counted(component.unsafe_sloc, 'line')} of C and C++."
    crossed = [finding for finding in index.findings_of.get(component.name, ()) if finding.rule in _NATIVE_RULES]
    if crossed:
        places = sum(finding.places for finding in crossed)
        return BETWEEN, f"Java with native methods or raw memory in {counted(places, 'place')}."
    return SAFE, "Java without native methods and raw memory, as far as it was read."


def _stage(index: PageIndex, component: Component, band: str) -> tuple[str, str, tuple[FactorEvidence, ...]]:
    """The stage inside the band. Tools on dependencies leave no trace in source text, so the first stage is never claimed."""
    if band == BETWEEN:
        return "no stages: a list of practices", "The band has best practices for interfaces instead of stages.", ()
    if band == SAFE:
        return "not told", "No tool for Java was looked for.", ()
    found: list[str] = []
    places: tuple[FactorEvidence, ...] = ()
    for score in index.ranked[Track.MEMORY_SAFETY]:
        fuzzing = next((factor for factor in score.feasibility_factors if factor.name == "fuzzing"), None)
        if score.component == component.name and fuzzing is not None and fuzzing.value > 0:
            found.append(counted(round(fuzzing.value), "fuzz harness", "fuzz harnesses"))
            places += fuzzing.evidence
    measures = [one for one in index.analysis.roadmap.hardening if one.state in _IN_USE]
    if measures:
        found.append(f"{counted(len(measures), 'measure')} of the hardening guide in the build files")
        places += tuple(place for one in measures for place in one.evidence[:1])
    if not found:
        return "practices only, if any", "No fuzz harness, sanitizer or hardening flag was found.", ()
    return "practices and tools on own code", f"Found: {' and '.join(found)}.", places
