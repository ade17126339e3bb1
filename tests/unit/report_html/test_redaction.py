"""An edition for publication: nothing of the source can be in it, because it does not depend on the source's words."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from typing import Any

import html5lib
import msgspec
import pytest

import builders
from html_words import words
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.report.html import render_html
from rustplan.report.redact import redact
from story_analysis import NAMES, story

WORLDS: dict[str, Callable[[], Analysis]] = {
    **{name: lambda name=name: story(name, has_team=True) for name in NAMES},
    "hostile": builders.hostile_analysis,
    "small": builders.analysis,
}
KEPT = {
    ("Project", "name"), ("Project", "commit"), ("Project", "date"), ("Analysis", "schema"), ("Analysis", "data_digest"),
    ("Analysis", "settings_digest"), ("Scorecard", "anchors_version"), ("Effort", "size"), ("Wave", "projected"),
    ("Step", "component"), ("Component", "name"), ("ComponentScore", "component"), ("Wave", "components"),
    ("Unit", "components"), ("Parked", "component"), ("Step", "unit"), ("Dependency", "dependent"),
    ("Dependency", "dependency"), ("ComponentGraph", "cycles"), ("RankRange", "component"), ("Analysis", "settings"),
}  # fmt: skip
"""Fields that are copied, or become a number; every other text of the analysis is scrambled in the proof below."""


@cache
def page(name: str, how: str = "full") -> str:
    return render_html(WORLDS[name](), ReportOptions(redact=how))


def scrambled(value: Any, place: tuple[str, str] = ("", "")) -> Any:
    """The same analysis with other words: every text outside KEPT becomes another, of another length, with no trace of the first."""
    if isinstance(value, msgspec.Struct):
        if type(value).__name__ == "Tool":
            return value
        name = type(value).__name__
        return type(value)(
            **{field: scrambled(getattr(value, field), (name, field)) for field in value.__struct_fields__}
        )
    if isinstance(value, str) and not isinstance(value, Enum):
        return (
            value
            if place in KEPT
            else f"OTHER-{place[1]}-{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        )
    if isinstance(value, tuple):
        return tuple(scrambled(one, place) for one in value)
    if isinstance(value, dict) and place not in KEPT:
        return {scrambled(key, place): scrambled(one, place) for key, one in value.items()}
    return value


@pytest.mark.parametrize("name", [*NAMES, "hostile", "small"])
def test_the_edition_does_not_depend_on_any_word_of_the_source(name: str) -> None:
    """Non-interference: with every path, symbol, message, reason and excerpt replaced, the edition has the same bytes."""
    original = WORLDS[name]()
    other = scrambled(original)
    assert [finding.path for finding in other.findings] != [finding.path for finding in original.findings] or not (
        original.findings
    )
    assert render_html(other, ReportOptions(redact="full")) == page(name)


def renamed(analysis: Analysis) -> Analysis:
    """Every component under another name that sorts as the first did."""
    names = sorted({one.name for one in analysis.graph.components})
    public = {name: f"zz{number:04d}" for number, name in enumerate(names)}

    def walk(value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            return type(value)(**{field: walk(getattr(value, field)) for field in value.__struct_fields__})
        if isinstance(value, str) and not isinstance(value, Enum):
            return public.get(value, value)
        return tuple(map(walk, value)) if isinstance(value, tuple) else value

    other = walk(analysis)
    assert isinstance(other, Analysis)
    return other


@pytest.mark.parametrize("name", NAMES)
def test_nor_on_the_names_of_components(name: str) -> None:
    analysis = WORLDS[name]()
    project = analysis.project
    other = msgspec.structs.replace(renamed(analysis), project=project)
    assert render_html(other, ReportOptions(redact="full")) == page(name)
    assert render_html(other, ReportOptions(redact="keep-names")) != page(name, "keep-names")


def secrets(analysis: Analysis) -> Iterator[str]:
    """Paths, their folders, components, functions, messages and source lines, long enough to be told from words of our own."""
    for one in analysis.graph.components:
        yield from one.files
        yield one.name
    for finding in analysis.findings:
        yield from (finding.path, finding.function, finding.message)
        yield from (related.message for related in finding.related)
    for excerpt in analysis.excerpts:
        yield from (line.strip() for line in excerpt.lines)
    for step in analysis.roadmap.steps:
        yield from (step.choice.because, step.case_against, *step.first_actions, *step.needs_confirmation)
        yield from (crossing.symbol for crossing in step.boundary.crossings)
    for file in (*analysis.coverage.skipped, *analysis.coverage.degraded):
        yield file.path


@pytest.mark.parametrize("name", [*NAMES, "hostile", "small"])
def test_no_path_symbol_message_or_excerpt_is_anywhere_in_the_bytes(name: str) -> None:
    analysis, text = WORLDS[name](), page(name)
    seen = text + html.unescape(text) + re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    own = render_html(builders.empty_analysis(), ReportOptions())
    words_of_ours = set(re.findall(r"[A-Za-z_]+", own + _templates()))
    found = {
        secret
        for secret in secrets(analysis)
        if len(secret) > 3
        and secret not in analysis.project.name  # a published roadmap says whose it is
        and re.search(rf"(?<![A-Za-z]){re.escape(secret)}(?![A-Za-z])", seen)
        and not set(re.findall(r"[A-Za-z_]+", secret)) <= words_of_ours
    }
    assert found == set()


def _templates() -> str:
    from rustplan.resources import folder

    names = ("report.css", "report.js", "whatif.js", *(f"sections/{name}.html.jinja" for name in ("method", "roadmap")))
    return "".join(folder("report_templates").joinpath(*name.split("/")).read_text(encoding="utf-8") for name in names)


def test_the_data_block_and_the_title_hold_nothing_either() -> None:
    tree = html5lib.parse(page("small"), namespaceHTMLElements=False)
    data = json.loads("".join(tree.find(".//script[@id='data']").itertext()))
    assert data["whatIf"] is None
    assert not any(data["rows"].values())
    assert data["files"] == data["messages"] == data["components"] == []
    assert words(tree.find(".//title")) == f"{builders.analysis().project.name}: memory-safety roadmap"


def test_it_says_what_it_withholds_and_claims_no_absence() -> None:
    tree = html5lib.parse(page("small"), namespaceHTMLElements=False)
    assert "Edition for publication" in words(tree.find(".//aside[@class='notice']"))
    for identity in ("s6", "s7"):
        assert words(tree.find(f".//section[@id='{identity}']")).endswith("Withheld in this edition for publication.")
    whole = words(tree.find(".//main"))
    for claim in (
        "No file was skipped",
        "Nothing that was asked for is absent",
        "0 likely bugs",
        "0 matched",
        "0 methods",
    ):
        assert claim not in whole
    assert "component 1" in words(tree.find(".//section[@id='s3']"))
    assert len(tree.findall(".//main/section")) == 9


def test_numbers_and_waves_are_those_of_the_analysis() -> None:
    analysis = story("image-codec", has_team=True)
    edition = redact(analysis)
    assert [(wave.p10, wave.p50, wave.p90, wave.risk_share) for wave in edition.roadmap.waves] == [
        (wave.p10, wave.p50, wave.p90, wave.risk_share) for wave in analysis.roadmap.waves
    ]
    assert [score.risk for score in edition.scorecard.components] == [
        score.risk for score in analysis.scorecard.components
    ]
    assert edition.data_digest == analysis.data_digest


def test_with_names_kept_only_the_names_are_more() -> None:
    analysis = builders.analysis()
    text = page("small", "keep-names")
    assert all(component.name in text for component in analysis.graph.components)
    assert not any(finding.path in text for finding in analysis.findings)


def test_a_saved_analysis_that_was_edited_smuggles_nothing_in() -> None:
    secret = "src/secret.c:12"
    analysis = builders.analysis()
    waves = tuple(msgspec.structs.replace(wave, projected=secret) for wave in analysis.roadmap.waves)
    edited = msgspec.structs.replace(
        analysis,
        data_digest=secret,
        settings={"plan.start": secret, "plan.engineers": 2, "exclude": [secret]},
        roadmap=msgspec.structs.replace(analysis.roadmap, waves=waves, capacity=secret, notes=(secret,)),
        project=msgspec.structs.replace(analysis.project, commit=secret, date=secret),
    )
    assert secret not in render_html(edited, ReportOptions(redact="full"))
