"""How far two divisions of the same files agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from math import comb


def adjusted_rand(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> float:
    """Agreement on pairs of files beyond what chance would give (Hubert and Arabie 1985): 1 when equal, about 0 by chance."""
    both, ours, theirs = shared_pairs(found, truth)
    everything = comb(len(found), 2)
    if not everything:
        return 1.0
    expected = ours * theirs / everything
    most = (ours + theirs) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def shared_pairs(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> tuple[int, int, int]:
    """Pairs of files that share a part in both, in `found`, and in `truth`."""
    cells = Counter((part, truth[path]) for path, part in found.items())
    ours, theirs = Counter(found.values()), Counter(truth[path] for path in found)
    both, in_found, in_truth = (sum(comb(size, 2) for size in count.values()) for count in (cells, ours, theirs))
    return both, in_found, in_truth
