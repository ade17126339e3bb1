"""The plan on the page, in the tables and in the terminal: pilot, frontier, slices, exit criteria, calibration."""

from __future__ import annotations

import csv
import io
import re

import msgspec
import pytest
from markupsafe import Markup

import builders
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import (
    Calibration,
    CheckedActual,
    ExitCriterion,
    Frontier,
    FrontierPoint,
    GuideItem,
    Override,
    Pilot,
    Slice,
    SlicePart,
)
from rustplan.report.csv_format import render_csv
from rustplan.report.explain_plan import explain_plan
from rustplan.report.html import render_html
from rustplan.report.svg.frontier import Stop, draw_frontier
from rustplan.report.terminal import Terminal
from rustplan.report.view.calibration import build_calibration
from rustplan.report.view.frontier import build_frontier, headline
from rustplan.report.view.guidance import build_expectations
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.steps import build_steps

EVIL = "<img src=x onerror=alert(1)>\u202e"


def point(names, risk, effort, method="branch-and-bound"):
    return FrontierPoint(
        components=tuple(names), risk_share=risk, effort_share=effort, effort_share_low=effort / 2,
        effort_share_high=min(1.0, effort * 2), months=10 * effort, p10=4 * effort, p50=11 * effort, p90=30 * effort,
        boundary_hours=12.5, method=method, budget=None,
    )  # fmt: skip


def with_plan(analysis: Analysis, name: str) -> Analysis:
    """The analysis with every part of the plan about one component."""
    roadmap = msgspec.structs.replace(
        analysis.roadmap,
        pilot=Pilot(component=name, because=f"{name} teaches.", reasons=("Small: 90 lines.",), runner_up=EVIL, runner_up_because="It lost."),
        frontier=Frontier(
            because="Every budget was searched.", method="branch-and-bound", priced=3, left_out=(), total_months=20.0,
            points=(point([name], 0.3, 0.1), point([name, EVIL], 0.6, 0.4), point([name, EVIL, "c"], 1.0, 1.0)),
            plan=point([name], 0.3, 0.1, "plan"),
        ),
        slices=(
            Slice(
                component=name, number=1, lines=400, entries=("open_it",), needs=("log_it",), entry_calls=2, tests=("t/t.c",),
                parts=(SlicePart(path="a/x.c", start_line=5, end_line=90, lines=80, symbol=EVIL, is_entry=True),), because="400 code lines.",
            ),
        ),
        exit_criteria=(
            ExitCriterion(component=name, track=Track.MEMORY_SAFETY, phase="parity", criterion="tests pass on both", blank="who writes them", evidence=(EVIL,)),
        ),
        guide=(
            GuideItem(element="CMSR-3", topic="Quality control", state="computed", text="1 of 1 planned port has tests."),
            GuideItem(element="CMSR-3", topic="People", state="blank", text="who learns, and by when"),
        ),
        calibration=Calibration(
            is_applied=True, because="3 finished ports moved the prior.", label="calibrated with 3 finished ports of this team",
            before=(540.0, 1500.0, 4163.0), after=(433.0, 879.0, 1781.0), plan_before=(1.0, 2.0, 3.0), plan_after=(2.0, 3.0, 4.0),
            actuals=(CheckedActual(component="=1+1", lines=900, person_months=2.0, difficulty=1.2, difficulty_because="as the file says", p10=0.3, p50=1.0, p90=3.0, is_inside=True),),
        ),
        overrides=(Override(name="effort.crossings.hours.callback", shipped=4.0, used=6.0),),
    )  # fmt: skip
    return msgspec.structs.replace(analysis, roadmap=roadmap)


@pytest.fixture
def analysis():
    return builders.analysis()


@pytest.fixture
def told(analysis):
    name = analysis.graph.components[0].name
    return with_plan(analysis, name), name


def test_the_page_shows_every_part_and_no_markup_of_the_repository(told):
    analysis, _ = told
    html = render_html(analysis, ReportOptions())
    for words in (
        "Risk removed for effort spent",
        "What ends each step",
        "First slices",
        "What effort rests on",
        "Replaced in the configuration",
    ):
        assert words in html
    assert "<img" not in html.split('<script type="application/json"')[0]
    assert "calibrated with 3 finished ports of this team" in html


def test_a_page_without_these_parts_still_stands(analysis):
    bare = msgspec.structs.replace(
        analysis,
        roadmap=msgspec.structs.replace(
            analysis.roadmap, pilot=None, frontier=None, slices=(), exit_criteria=(), guide=(), calibration=None, overrides=()
        ),
    )  # fmt: skip
    html = render_html(bare, ReportOptions())
    assert "Risk removed for effort spent" not in html
    assert 'id="s9"' in html


def test_the_headline_is_the_smallest_set_with_half_of_the_risk_and_the_plan(told):
    analysis, _ = told
    said = headline(analysis.roadmap.frontier).replace("\u00a0", " ")
    assert said.startswith("60 % of the risk for 40 % of the effort (20 % to 80 %): 2 components.")
    assert "The plan's own rewrites remove 30 %" in said


def test_chart_and_table_hold_the_same_points(told):
    view = build_frontier(PageIndex(told[0], ReportOptions()))
    assert [row.number for row in view.rows] == ["1", "2", "3", "plan"]
    assert isinstance(view.chart, Markup)
    assert view.chart.count("<circle") == 3


def test_the_chart_stays_inside_its_frame():
    drawn = draw_frontier([Stop(1, 0.0, 0.0, 0.0, 0.0), Stop(2, 1.5, 1, 2, 1e9)], None, number=9, description="d")
    numbers = [
        float(part) for part in drawn.replace("=", " ").replace('"', " ").split() if part.replace(".", "").isdigit()
    ]
    assert max(numbers) <= 1000


def test_steps_pilot_and_slices_are_ready_to_print(told):
    analysis, name = told
    view = build_steps(PageIndex(analysis, ReportOptions()))
    assert view.pilot.name.words == name
    assert "⟨U+202E⟩" in view.pilot.runner_up.words
    assert view.steps[0].phases[0].blank == "who writes them"
    assert view.slices[0].parts[0].place == "a/x.c:5–90"


def test_calibration_is_before_and_after(told):
    view = build_calibration(PageIndex(told[0], ReportOptions()))
    assert view.rows[0] == ("Code lines a person-month", "540–4,163 (1,500)", "433–1,781 (879)")
    assert view.overrides == (("effort.crossings.hours.callback", "4", "6"),)
    assert all(words for _, words in view.sources)


def test_the_plans_of_the_guide_carry_their_marks_and_blanks(told):
    training = next(
        entry for entry in build_expectations(PageIndex(told[0], ReportOptions()), "element") if entry.id == "CMSR-3"
    )
    assert "Quality control (computed): 1 of 1 planned port has tests." in training.facts
    assert "who learns, and by when" in training.blanks


def test_the_tables_hold_it_and_no_formula(told):
    tables = render_csv(told[0])
    for name in ("frontier.csv", "slices.csv", "exit_criteria.csv", "guide_plan.csv", "actuals.csv", "overrides.csv"):
        assert len(list(csv.reader(io.StringIO(tables[name])))) > 1, name
    assert next(csv.DictReader(io.StringIO(tables["actuals.csv"])))["component"] == "'=1+1"


def test_the_points_of_migration_tools_stand_in_the_table_only(told):
    analysis, _ = told
    rows = list(csv.DictReader(io.StringIO(render_csv(analysis)["components.csv"])))
    assert {row["mta_points"] for row in rows} <= {"", "0", "1", "3", "5", "7", "13"}
    for row in rows:
        if row["option"] == "retain":
            assert row["mta_points"] == "0"
    page = render_html(analysis, ReportOptions()).split('<script type="application/json"')[0]
    assert re.search(r"(?i)\bmta\b|migration toolkit", page.partition("<body")[2]) is None


def test_explain_tells_it_in_the_terminal(told):
    analysis, name = told
    lines = "\n".join(explain_plan(name, analysis, Terminal(width=100)))
    for words in ("Pilot", "Frontier", "Done when", "OWNER TO COMPLETE: who writes them", "Slice", "Effort is"):
        assert words in lines
    assert "\u202e" not in lines
    assert explain_plan("no such component", analysis, Terminal(width=100)) == []
