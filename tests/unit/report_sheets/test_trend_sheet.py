from __future__ import annotations

import csv
import io
import itertools

import pytest

import builders
from comparison_world import at, with_other_rules
from rustplan.gate import baseline_of
from rustplan.model.analysis import Analysis
from rustplan.report.sheet_text import sheet_as_text
from rustplan.report.terminal import Terminal
from rustplan.report.trend import Trend, point_of, rule_changes, trend_of
from rustplan.report.trend_csv import COLUMNS, trend_as_csv
from rustplan.report.view.trend import axis_of, build_trend


def trend(*analyses: Analysis) -> Trend:
    return trend_of(point_of(one) for one in analyses)


def rows(told: Trend) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(trend_as_csv(told))))


def test_the_order_is_that_of_the_commits_whatever_was_given() -> None:
    parts = [at("2026-01-01", 900), at("2026-02-01", 800), at("2026-03-01", 700)]
    for given in itertools.permutations(parts):
        assert trend_as_csv(trend(*given)) == trend_as_csv(trend(*parts))
    assert [row["unsafe_lines"] for row in rows(trend(*reversed(parts)))] == ["900", "800", "700"]


def test_growth_is_counted_for_each_language_by_itself() -> None:
    told = trend(
        at("2026-01-01", 1_000, 100),
        at("2026-02-01", 900, 400),
        at("2026-03-01", 1_000, 400),
        at("2026-04-01", 900, 400),
    )
    shares = [None if growth is None else growth.share for growth in told.growths]
    assert shares == [None, 1.0, 0.0, None]
    assert told.growths[1] is not None
    assert (told.growths[1].safe, told.growths[1].unsafe) == (300, 0)
    text = sheet_as_text(build_trend(told), Terminal(width=140))
    assert "no growth" in text


def test_lines_that_were_not_counted_leave_a_gap_and_it_is_said() -> None:
    told = trend(at("2026-01-01", 1_000, None), at("2026-02-01", 900, 400), at("2026-03-01", 900, 500))
    assert told.growths[:2] == (None, None)
    assert told.growths[2] is not None
    assert any("counted no lines outside C, C++ and Java" in note for note in told.notes)
    first = rows(told)[0]
    assert (first["safe_lines"], first["lines_rust"], first["lines_c"], first["lines_java"]) == ("", "", "1000", "0")
    assert "What grew instead is not known for every step." in build_trend(told).lead


def test_analyses_without_a_date_come_last_and_it_is_said() -> None:
    told = trend(at(None, 10), at("2026-02-01", 900), at("nonsense", 20))
    assert [point.unsafe_lines for point in told.points] == [900, 10, 20]
    assert any("2 of 3 analyses without a commit date" in note for note in told.notes)
    assert axis_of(told.points).places == (0.0, 0.5, 1.0)


def test_places_are_true_to_time() -> None:
    axis = axis_of(trend(at("2026-01-01", 3), at("2026-01-11", 2), at("2026-04-11", 1)).points)
    assert axis.places == (0.0, 0.1, 1.0)
    assert axis.words == ("2026-01", "2026-01", "2026-04")


def test_other_rules_are_said_and_marked() -> None:
    told = trend(at("2026-01-01", 3), with_other_rules(at("2026-02-01", 2)), at("2026-03-01", 1))
    assert rule_changes(told.points) == (1, 2)
    assert any(note.startswith("The rules differ") for note in told.notes)
    drawing = build_trend(told).parts[0].figures[0].drawing
    assert drawing.count('stroke-dasharray="3 3"') == 2


def test_the_same_analysis_twice_counts_once() -> None:
    told = trend(at("2026-01-01", 3), at("2026-01-01", 3), at("2026-02-01", 2))
    assert len(told.points) == 2
    assert any("1 of 3 files" in note for note in told.notes)


def test_a_baseline_size_is_what_a_baseline_would_hold() -> None:
    for analysis in (builders.analysis(), builders.hostile_analysis(), builders.large_analysis(60, 90, 8)):
        assert point_of(analysis).baseline_size == baseline_of(analysis).size


def test_one_analysis_is_no_trend() -> None:
    sheet = build_trend(trend(at("2026-01-01", 1_234, 0)))
    assert "a start and no trend: 1,234 memory-unsafe lines" in sheet.lead
    assert sheet.parts[0].figures[0].drawing.count("<circle") == 2


def test_a_gap_breaks_the_line() -> None:
    told = trend(*(at(f"2026-0{month}-01", 100, None if month == 3 else 50) for month in range(1, 6)))
    drawing = build_trend(told).parts[0].figures[0].drawing
    assert drawing.count('class="s-accent"') == 4
    assert drawing.count('class="s-safe"') == 2
    assert drawing.count('class="f-safe"') == 4


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_words_of_a_chart_stay_inside_and_apart(count: int) -> None:
    import re

    told = trend(*(at(f"20{10 + place:02}-05-01", 1_000_000 - place, 1_000_000 - place) for place in range(count)))
    drawing = str(build_trend(told).parts[0].figures[0].drawing)
    ends = [
        (float(y), words)
        for x, y, words in re.findall(r'<text x="([0-9.]+)" y="([0-9.]+)"[^>]*>([^<]*)</text>', drawing)
        if float(x) > 370
    ]
    heights = sorted(height for height, _ in ends)
    assert len(heights) == 4
    assert all(below - above >= 11 for above, below in itertools.pairwise(heights))
    assert heights[0] > 10
    assert heights[-1] < 210
    dates = [float(x) for x, y in re.findall(r'<text x="([0-9.]+)" y="([0-9.]+)"[^>]*text-anchor="middle"', drawing)]
    assert all(right - left > 45 for left, right in itertools.pairwise(dates))


def test_the_columns_are_stable() -> None:
    assert trend_as_csv(trend(builders.analysis())).splitlines()[0] == ",".join(COLUMNS)
    assert COLUMNS[:6] == ("date", "commit", "project", "tool", "rules_digest", "unsafe_lines")
    assert COLUMNS[-8:] == (
        "lines_c",
        "lines_cpp",
        "lines_csharp",
        "lines_go",
        "lines_java",
        "lines_python",
        "lines_rust",
        "lines_swift",
    )
