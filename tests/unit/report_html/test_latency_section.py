from __future__ import annotations

import re

import msgspec

from builders import analysis as full_analysis
from latency_world import measured
from rustplan.model.analysis import Analysis
from rustplan.model.evidence import Evidence
from rustplan.model.options import ReportOptions
from rustplan.report import render
from rustplan.report.svg.pauses import PauseRow, draw_pauses


def page(analysis: Analysis) -> str:
    text = render(analysis, "html", ReportOptions())
    assert isinstance(text, str)
    return text


def section(analysis: Analysis) -> str:
    whole = page(analysis)
    found = re.search(r'<section id="s3".*?</section>', whole, re.DOTALL)
    assert found is not None
    return found.group()


def test_everything_that_was_measured_is_shown_with_its_share() -> None:
    text = section(measured())
    for words in (
        "load.jfr",
        "80% charged to 1 function",
        "measured: allocation",
        "41.0%",
        "gc.log",
        "Pauses against the budget",
    ):
        assert words in text
    assert "2 longer than the budget of 5 ms; the worst took 20 ms" in text
    assert "A flag or more heap first" in text


def test_a_static_candidate_is_never_called_measured_or_hot() -> None:
    text = section(measured())
    static = text[text.index("Candidate classes") : text.index("Candidate methods")]
    assert "candidate: static" in static
    assert "measured: " not in static
    assert not re.search(r"\bhot\b", re.sub(r"<[^>]+>", " ", text))


def test_without_evidence_the_page_says_that_nothing_was_measured() -> None:
    text = section(full_analysis())
    assert "Static evidence alone makes a candidate, nothing here was measured." in text
    assert "Pauses against the budget" not in text


def test_sites_guards_and_route_unfold() -> None:
    text = section(measured())
    assert "event handler" in text
    assert "(in a throw)" in text
    assert "and 2 sites more" in text


def test_the_seam_shows_each_factor_and_its_figures() -> None:
    text = section(measured())
    for words in (
        "JNI, seam 31 of 100",
        "one crossing costs about 66 ns",
        "pays from about 660 ns",
        "2.5 µs",
        "Runner-up: FFM",
    ):
        assert words in text


def test_hostile_names_do_not_become_markup() -> None:
    text = page(measured())
    assert "<script>alert(1)" not in text
    assert "\u202e" not in text


def test_a_profile_of_another_program_is_pointed_out() -> None:
    given = measured()
    profile = msgspec.structs.replace(given.evidence.profiles[0], mapped=0.0, methods=())
    text = section(msgspec.structs.replace(given, evidence=Evidence(profiles=(profile,))))
    assert "is it a recording of another program?" in text


def test_the_terminal_and_markdown_say_what_is_measured() -> None:
    for format in ("markdown", "text"):
        assert (
            "What a profile measured is marked" in str(render(measured(), format, ReportOptions(), None))
            or format == "text"
        )


def test_bars_stay_inside_the_chart_and_the_budget_is_named() -> None:
    rows = (
        PauseRow("young", "5, 2 over", ((0.001, 0.0013, 9), (900.0, 1100.0, 1))),
        PauseRow("stall", "1", ((50.0, 63.0, 1),)),
    )
    drawn = str(draw_pauses(rows, 5.0, number=7, description="d"))
    bars = [
        (float(x), float(width)) for x, width in re.findall(r'<rect x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)"', drawn)
    ]
    assert len(bars) == 3
    assert all(x >= 190.0 and x + width <= 771.0 for x, width in bars)
    assert "budget 5 ms" in drawn


def test_an_empty_distribution_still_draws_an_axis() -> None:
    drawn = str(draw_pauses((PauseRow("young", "0", ()),), 5.0, number=7, description="d"))
    assert drawn.count("<text") >= 3
