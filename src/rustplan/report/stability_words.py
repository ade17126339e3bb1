"""How firmly ranks stand, and where the ranking parts from naive ones, in words for every report."""

from __future__ import annotations

from rustplan.model.finding import Track
from rustplan.model.stability import NaiveComparison, Stability
from rustplan.report.view.numbers import percent, whole


def rank_range(component: str, track: Track, stability: Stability | None) -> str:
    """Where a component stands under other weights: `Rank 1-3 in 95 % of 200 draws of other weights`; "" when it was not weighed."""
    if stability is None:
        return ""
    found = next((one for one in stability.ranges if one.component == component and one.track is track), None)
    if found is None:
        return ""
    ranks = f"Rank {found.best}" if found.best == found.worst else f"Ranks {found.best}-{found.worst}"
    return f"{ranks} in {percent(stability.share)} of {whole(stability.draws)} draws of other weights"


def rank_mark(component: str, track: Track, stability: Stability | None) -> str:
    """The same for a table cell: `1-3`; "" when it was not weighed."""
    found = [] if stability is None else stability.ranges
    for one in found:
        if one.component == component and one.track is track:
            return str(one.best) if one.best == one.worst else f"{one.best}-{one.worst}"
    return ""


def mark_words(stability: Stability | None) -> str:
    """What the marks beside the ranks say, for the text over a table; "" when nothing was weighed."""
    if stability is None or not stability.ranges:
        return ""
    return (
        f"“Holds ranks” says how firmly a rank stands: the ranks of a component in {percent(stability.share)} of "
        f"{whole(stability.draws)} draws of other weights."
    )


def comparison_words(comparison: NaiveComparison) -> str:
    """What a naive ranking would have done: how many of the first it shares."""
    return (
        f"{comparison.name.capitalize()}: {whole(comparison.shared_top)} of its first {whole(comparison.top)} are among ours"
        f" (Kendall's tau {comparison.agreement:.2f})"
    )
