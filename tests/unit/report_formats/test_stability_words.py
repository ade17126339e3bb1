"""How firmly ranks stand, in explain and in the page."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Track
from rustplan.model.options import ReportOptions
from rustplan.model.stability import NaiveComparison, NaiveDifference, RankRange, Stability
from rustplan.report import render
from rustplan.report.explain import explain_component
from rustplan.report.stability_words import comparison_words, rank_mark, rank_range
from rustplan.report.terminal import Terminal
from sample_analysis import sample_analysis

MEMORY = Track.MEMORY_SAFETY
MOVED = NaiveDifference(component="net/tls", rank=1, naive_rank=7, because="risk 80, most of it from defects")
STABILITY = Stability(
    draws=200,
    share=0.95,
    spread=0.3,
    ranges=(
        RankRange(component="net/tls", track=MEMORY, rank=1, best=1, worst=3, in_top=1.0),
        RankRange(component="util", track=MEMORY, rank=2, best=2, worst=2, in_top=0.5),
    ),
    comparisons=(NaiveComparison(name="biggest first", shared_top=3, top=5, agreement=0.25, differences=(MOVED,)),),
)


def weighed():
    sample = sample_analysis()
    return msgspec.structs.replace(sample, scorecard=msgspec.structs.replace(sample.scorecard, stability=STABILITY))


def test_ranges_say_how_sure_they_are() -> None:
    assert rank_range("net/tls", MEMORY, STABILITY) == "Ranks 1-3 in 95\xa0% of 200 draws of other weights"
    assert rank_range("util", MEMORY, STABILITY).startswith("Rank 2 in")
    assert (rank_mark("net/tls", MEMORY, STABILITY), rank_mark("util", MEMORY, STABILITY)) == ("1-3", "2")
    assert rank_range("util", Track.LATENCY, STABILITY) == rank_range("util", MEMORY, None) == ""
    assert rank_mark("other", MEMORY, STABILITY) == rank_mark("util", MEMORY, None) == ""


def test_a_comparison_says_what_is_shared() -> None:
    assert comparison_words(STABILITY.comparisons[0]) == (
        "Biggest first: 3 of its first 5 are among ours (Kendall's tau 0.25)"
    )


def test_explain_and_the_page_show_it() -> None:
    lines = explain_component("net/tls", weighed(), Terminal(width=200))
    assert lines is not None
    assert any("Ranks 1-3 in 95" in line for line in lines)
    page = render(weighed(), "html", ReportOptions())
    for words in (
        "How firmly the ranking stands",
        '<td class="n">1–3</td>',
        "Biggest first: 3 of its first 5",
        "most of it from defects",
    ):
        assert words in str(page)
    assert "How firmly" not in str(render(sample_analysis(), "html", ReportOptions()))
