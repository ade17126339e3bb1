"""How alike two divisions of the same files are: MoJoFM, the adjusted Rand index and pairwise F1.

A division maps every file to the name of its part. Nothing here depends on those names, only on which files share one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from rustplan.components.agreement import adjusted_rand, shared_pairs

__all__ = ["Partition", "adjusted_rand", "mojo", "mojo_fm", "pairwise_f1"]

Partition = Mapping[str, str]


def mojo(found: Partition, truth: Partition) -> int:
    """The fewest moves of one file and joins of two parts that turn `found` into `truth`.

    Every found part aims at the true part it shares most files with; the other files move. Parts that aim at the same true part
    are joined; where a part may aim at several, a bipartite matching keeps as many different aims as possible.
    """
    overlap: dict[str, Counter[str]] = defaultdict(Counter)
    for path, part in found.items():
        overlap[part][truth[path]] += 1
    best = {part: max(row.values()) for part, row in overlap.items()}
    aims = {part: sorted(true for true, size in row.items() if size == best[part]) for part, row in overlap.items()}
    return len(found) - sum(best.values()) + len(overlap) - _matched(aims)


def mojo_fm(found: Partition, truth: Partition) -> float:
    """100 for `truth` itself, 0 for the division that is farthest from it."""
    farthest = _farthest(truth)
    return 100.0 if not farthest else 100.0 * (1.0 - mojo(found, truth) / farthest)


def pairwise_f1(found: Partition, truth: Partition) -> float:
    """Harmonic mean of precision and recall over pairs of files that share a part; 0 when no pair is shared."""
    both, ours, theirs = shared_pairs(found, truth)
    return 2 * both / (ours + theirs) if ours + theirs else 1.0


def _farthest(truth: Partition) -> int:
    """The distance of the division that is farthest from `truth`: parts of files that all belong to different true parts.

    Each of its parts can then keep one file only, and the k-th can still aim at a true part of its own while one of size k is left.
    """
    aims = 0
    for size in sorted(Counter(truth.values()).values()):
        aims += aims < size
    return len(truth) - aims


def _matched(aims: Mapping[str, list[str]]) -> int:
    """The size of a maximum matching of parts with their aims, by augmenting paths."""
    holder: dict[str, str] = {}

    def place(part: str, seen: set[str]) -> bool:
        for aim in aims[part]:
            if aim not in seen:
                seen.add(aim)
                if aim not in holder or place(holder[aim], seen):
                    holder[aim] = part
                    return True
        return False

    return sum(place(part, set()) for part in sorted(aims))
