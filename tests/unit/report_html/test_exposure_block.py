"""Exposure on the card, in the terminal and in the tables: the same words, the places beside them, nothing hostile let through."""

from __future__ import annotations

import csv
import io

import html5lib
import msgspec

import builders
from html_words import words
from rustplan.model.analysis import Analysis
from rustplan.model.exposure import (
    CodePlace,
    ComponentExposure,
    ComponentRole,
    Distances,
    ExposurePath,
    InputKind,
    InputSource,
    KindCount,
    Leg,
    LegState,
    PathStep,
    RuleOfTwo,
    SiteDistance,
    StepKind,
)
from rustplan.model.finding import Confidence, Track
from rustplan.model.options import ReportOptions
from rustplan.report.csv_format import render_csv
from rustplan.report.explain import explain_component
from rustplan.report.html import render_html
from rustplan.report.json_format import decode_analysis, encode_analysis
from rustplan.report.terminal import Terminal
from sample_analysis import HOSTILE


def with_exposure(name: str = "parse_head", state: LegState = LegState.HOLDS, *, ways: int = 5) -> tuple[str, Analysis]:
    """The sample analysis with what is known of its first component."""
    analysis = builders.analysis()
    component = next(one.component for one in analysis.scorecard.components if one.track is Track.MEMORY_SAFETY)
    source = InputSource(kind=InputKind.NETWORK, path="net/s.c", line=5, function="pull", symbol="recv")
    steps = (
        PathStep("pull", "net/s.c", 5, StepKind.SOURCE),
        PathStep("fetch", "app/a.c", 7, StepKind.RETURNS),
        PathStep(name, "app/a.c", 9, StepKind.CALLS, is_ambiguous=True),
    )
    path = ExposurePath(
        source=source, steps=steps, path="fmt/p.c", line=20, function=name, rule="pointer-arithmetic", places=3
    )
    leg = Leg(
        name="unsafe language", state=LegState.HOLDS, because="10 lines of C", evidence=(CodePlace("a.c", 1, "x"),)
    )
    rule = RuleOfTwo(
        language=leg,
        untrusted=Leg(name="untrusted input", state=state, because="no way found"),
        sandbox=Leg(name="no sandbox", state=LegState.HOLDS, because="absence of evidence"),
    )
    role = ComponentRole(
        role="parser", words="decodes", places=4, confidence=Confidence.HIGH, evidence=(CodePlace("fmt/p.c", 3, name),)
    )
    found = ComponentExposure(
        component=component, rule_of_two=rule, functions=9, roles=(role,), sources=(source,), paths=(path,) * ways,
        distances=Distances(steps=(0, 0, 3, 0, 2), no_way=4, by_pointer=1, outside=6, ambiguous=2),
        source_counts=(KindCount(InputKind.NETWORK, 1),), sites=(SiteDistance("fmt/p.c", 20, name, 3, 2),),
    )  # fmt: skip
    scorecard = msgspec.structs.replace(analysis.scorecard, exposures=(found,))
    return component, msgspec.structs.replace(analysis, scorecard=scorecard)


def card(analysis: Analysis) -> str:
    page = html5lib.parse(render_html(analysis, ReportOptions()), namespaceHTMLElements=False)
    found = page.find(".//*[@class='exposure-block']")
    assert found is not None
    return words(found)


def told(component: str, analysis: Analysis) -> str:
    lines = explain_component(component, analysis, Terminal())
    assert lines is not None
    text = "\n".join(lines)
    return " ".join(text[text.index("Exposure to untrusted input") :].split())


def rows(analysis: Analysis, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(analysis)[name])))


def test_the_card_shows_roles_to_confirm_the_rule_and_three_ways() -> None:
    _, analysis = with_exposure()
    text = card(analysis)
    assert "parser ? to confirm decodes, 4 places, confidence high fmt/p.c:3" in text
    assert "all three found (to confirm)" in text
    assert "The 3 shortest ways from data to unsafe code, of 9 functions" in text
    assert text.count("pull: data enters (recv) net/s.c:5") == 3
    assert "back to fetch, which calls it app/a.c:7" in text
    assert "calls parse_head ? app/a.c:9" in text
    assert "checked 20" in text


def test_a_histogram_row_has_every_count_and_what_is_unknown() -> None:
    _, analysis = with_exposure()
    text = card(analysis)
    assert "data from outside 0 0 3 0 2 4 2 over a call that is not certain; 1 without a way" in text
    assert "15 unsafe places by calls from data" in text


def test_the_terminal_says_the_same() -> None:
    component, analysis = with_exposure()
    text = told(component, analysis)
    assert "[?] parser: decodes, 4 places, confidence high" in text
    assert "3 at 2, 2 at 4+ calls (2 of them over a call that is not certain); 4 no way found (1 in functions" in text
    assert "app/a.c:9 calls parse_head ?" in text
    assert "absence of evidence" in text
    assert "unreachable" not in text


def test_an_unclear_leg_leaves_the_rule_undecided() -> None:
    component, analysis = with_exposure(state=LegState.UNCLEAR)
    assert "Rule of 2: not decided: unclear is untrusted input" in told(component, analysis)
    (row,) = rows(analysis, "rule_of_two.csv")
    assert (row["verdict"], row["untrusted_input"]) == ("open", "unclear")


def test_without_a_way_the_card_says_no_way_found() -> None:
    component, analysis = with_exposure(ways=0)
    assert "Ways from data to unsafe code: no way found" in card(analysis)
    assert "Ways from data to unsafe code: no way found" in told(component, analysis)


def test_the_tables_hold_ways_roles_and_distances() -> None:
    component, analysis = with_exposure(ways=1)
    (path,) = rows(analysis, "exposure_paths.csv")
    assert (path["component"], path["calls"], path["ambiguous"], path["source"]) == (component, "2", "yes", "network")
    assert path["steps"] == "source pull net/s.c:5; returns fetch app/a.c:7; calls parse_head app/a.c:9 ?"
    (role,) = rows(analysis, "roles.csv")
    assert (role["role"], role["confirm"], role["path"], role["line"]) == ("parser", "yes", "fmt/p.c", "3")
    (site,) = rows(analysis, "exposure_sites.csv")
    assert (site["calls_outside"], site["calls_exported"]) == ("2", "")


def test_a_saved_analysis_keeps_it() -> None:
    _, analysis = with_exposure()
    again = decode_analysis(encode_analysis(analysis), name="x")
    assert again.scorecard.exposures == analysis.scorecard.exposures


def test_hostile_names_stay_text() -> None:
    component, analysis = with_exposure(name=HOSTILE)
    page = render_html(analysis, ReportOptions())
    assert HOSTILE not in page
    assert html5lib.parse(page, namespaceHTMLElements=False).find(".//*[@class='exposure-block']") is not None
    assert "\x1b" not in told(component, analysis)
