"""Analyses that differ in known ways, for tests of diff, trend and portfolio."""

from __future__ import annotations

from typing import Any

import msgspec

import builders
from rustplan.model.analysis import Analysis, LanguageCoverage
from rustplan.model.source import Language, OtherLanguage, Role


def at(date: str | None, lines: int, rust: int | None = 0, **more: Any) -> Analysis:
    """The small project at a commit of `date`, with so many lines of C and of Rust (None: not counted)."""
    whole = builders.analysis()
    read = LanguageCoverage(
        language=Language.C,
        role=Role.SOURCE,
        files=2,
        sloc=lines,
        functions=1,
        bytes=10 * lines,
        unread_bytes=0,
        masked_bytes=0,
    )
    others = None if rust is None else (OtherLanguage(name="Rust", files=1, sloc=rust),) if rust else ()
    coverage = msgspec.structs.replace(whole.coverage, languages=(read,), other_languages=others)
    project = msgspec.structs.replace(whole.project, date=date, commit=f"{lines:040x}")
    changed = {"coverage": coverage, "project": project, "data_digest": f"{date}-{lines}-{rust}", **more}
    return msgspec.structs.replace(whole, **changed)


def with_other_rules(analysis: Analysis) -> Analysis:
    """The same, made with other rules."""
    return msgspec.structs.replace(analysis, tool=msgspec.structs.replace(analysis.tool, rules_digest="e" * 64))


def renamed(analysis: Analysis, before: str, after: str) -> Analysis:
    """The same, where one component has another name."""

    def of(name: str) -> str:
        return after if name == before else name

    graph, card, plan = analysis.graph, analysis.scorecard, analysis.roadmap
    components = tuple(msgspec.structs.replace(one, name=of(one.name)) for one in graph.components)
    scores = tuple(msgspec.structs.replace(one, component=of(one.component)) for one in card.components)
    steps = tuple(msgspec.structs.replace(one, component=of(one.component)) for one in plan.steps)
    return msgspec.structs.replace(
        analysis,
        graph=msgspec.structs.replace(graph, components=components),
        scorecard=msgspec.structs.replace(card, components=scores),
        roadmap=msgspec.structs.replace(plan, steps=steps),
    )
