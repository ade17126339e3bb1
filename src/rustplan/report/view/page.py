"""The whole document as one value: nine sections, the words around them, and what had to be left out."""

from __future__ import annotations

import msgspec

from rustplan.report.escape import clip, visible
from rustplan.report.view.calibration import CalibrationView, build_calibration
from rustplan.report.view.cards import CardView, build_cards
from rustplan.report.view.continuum import ContinuumView, build_continuum
from rustplan.report.view.dependencies import DependenciesView, build_dependencies
from rustplan.report.view.findings import FindingsView, build_findings
from rustplan.report.view.frontier import FrontierView, build_frontier
from rustplan.report.view.guidance import SECTIONS
from rustplan.report.view.imported import ImportedView, build_imported
from rustplan.report.view.latency import LatencyView, build_latency
from rustplan.report.view.lookup import Economy, PageIndex, shown
from rustplan.report.view.method import MethodView, build_method
from rustplan.report.view.numbers import counted, size_of, whole
from rustplan.report.view.options import TreeOptionsView, build_tree_options
from rustplan.report.view.priorities import MapView, PrioritiesView, build_map, build_priorities
from rustplan.report.view.progress import ProgressView, build_progress
from rustplan.report.view.roadmap import RoadmapView, build_roadmap
from rustplan.report.view.steps import StepsView, build_steps
from rustplan.report.view.summary import SummaryView, build_summary
from rustplan.report.view.vendored import VendoredRow, build_vendored
from rustplan.report.view.whatif import WhatIfView, build_what_if


class PageView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the templates print."""

    project: str
    project_full: str
    commit: str
    date: str
    tool: str
    running_head: str
    sections: tuple[tuple[int, str], ...]
    notices: tuple[str, ...]
    is_redacted: bool
    excerpts: int
    excerpts_words: str
    cards_words: str
    summary: SummaryView
    roadmap: RoadmapView
    steps: StepsView
    frontier: FrontierView | None
    calibration: CalibrationView | None
    priorities: PrioritiesView
    what_if: WhatIfView | None
    latency: LatencyView
    map: MapView
    continuum: ContinuumView | None
    dependencies: DependenciesView
    cards: tuple[CardView, ...]
    vendored: tuple[VendoredRow, ...]
    options: TreeOptionsView
    findings: FindingsView
    imported: ImportedView
    progress: ProgressView
    method: MethodView


def build_page(index: PageIndex) -> PageView:
    """Return the document of an analysis."""
    analysis = index.analysis
    project = analysis.project
    roadmap = build_roadmap(index)
    cards = build_cards(index)
    excerpts = sum(1 for card in cards for evidence in card.evidence if evidence.frame)
    name = shown(project.name, 60)
    commit = visible(project.commit)[:12] if project.commit else ""
    return PageView(
        project=name,
        project_full=clip(visible(project.name), 400),
        commit=commit,
        date=visible(project.date or ""),
        tool=f"{visible(analysis.tool.name)} {visible(analysis.tool.version)}",
        running_head=f"rustplan · {name}" + (f" @ {commit}" if commit else ""),
        sections=tuple(SECTIONS.items()),
        notices=_notices(index),
        is_redacted=index.is_redacted,
        excerpts=excerpts,
        excerpts_words=_excerpts_words(excerpts),
        cards_words=_cards_words(index, len(cards)),
        summary=build_summary(index, (*roadmap.elements, *roadmap.crosswalk)),
        roadmap=roadmap,
        steps=build_steps(index),
        frontier=build_frontier(index),
        calibration=build_calibration(index),
        priorities=build_priorities(index),
        what_if=build_what_if(index),
        latency=build_latency(index),
        map=build_map(index),
        continuum=build_continuum(index),
        dependencies=build_dependencies(index),
        cards=cards,
        vendored=build_vendored(index),
        options=build_tree_options(index),
        findings=build_findings(index),
        imported=build_imported(index),
        progress=build_progress(index),
        method=build_method(index),
    )


def _notices(index: PageIndex) -> tuple[str, ...]:
    return (*_edition(index), *economy_words(index.economy, index.options.max_bytes))


def _edition(index: PageIndex) -> tuple[str, ...]:
    """What an edition for publication says of itself."""
    if not index.is_redacted:
        return ()
    by_number = "" if index.options.redact == "keep-names" else " Components carry numbers instead of names."
    return (
        "Edition for publication: paths, symbols, findings, source excerpts and the reasons that name them are withheld."
        + by_number,
        "Sizes, scores, effort and waves are those of the full analysis; its data digest is in section 9.",
    )


def economy_words(economy: Economy, limit: int) -> tuple[str, ...]:
    """Say what was left out to keep the file under `limit` bytes; nothing when nothing was."""
    words = []
    if economy.are_excerpts_of_worst_only:
        words.append("Source excerpts are shown for critical and high findings only.")
    if economy.are_low_counted:
        words.append("Findings of low severity are counted by file.")
    if economy.is_capped:
        words.append("The findings table holds the worst 200,000 findings.")
    if words:
        words.append(f"This keeps the file under {size_of(limit)}; rustplan.json has everything.")
    return tuple(words)


def _excerpts_words(count: int) -> str:
    if not count:
        return "This file holds no source excerpts."
    return f"This file holds {counted(count, 'source excerpt')}: handle it as source code."


def _cards_words(index: PageIndex, count: int) -> str:
    rest = len(index.components) - count
    return (
        f"The other {whole(rest)} components are in the rankings of section 3 and in rustplan.json." if rest > 0 else ""
    )
