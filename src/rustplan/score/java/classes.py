"""Which classes come first: an order by size and an order by heat, joined by rank.

More code does more, and what runs often does more; both are weak alone and err in different places. Ranks are joined, not amounts: an
estimate of frequency is a product of guesses, one of which may be wrong by orders of magnitude.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

from rustplan.catalog import EntryPoints
from rustplan.score.heat import Heat
from rustplan.score.java.measured import Measured, compiled_factor
from rustplan.score.java.names import class_of, outermost
from rustplan.score.java.overloads import charge
from rustplan.score.java.sites import Sites

_FIRST = 1_000_000.0
"""Score of a class that is first in both orders."""


def fused_classes(heat: Heat, sites: Mapping[str, Sites], measured: Measured, table: EntryPoints) -> dict[str, float]:
    """Return the score of each outermost class; a list of compiled methods, when there is one, weighs lines and heat alike."""
    lines: dict[str, float] = defaultdict(float)
    amounts: dict[str, float] = defaultdict(float)
    for name in sorted(heat.methods):
        factor = compiled_factor(name, measured, table)
        owner = outermost(class_of(name))
        lines[owner] += factor * _lines(heat, name)
        amounts[owner] += factor * charge(heat, sites, name).amount ** table.estimate_exponent
    return joined((lines, amounts), table.rank_offset)


def joined(orders: Sequence[Mapping[str, float]], offset: float) -> dict[str, float]:
    """Return the inverse of the geometric mean of (`offset` + rank) over the orders; the offset says how little the first ranks differ."""
    names = sorted({name for order in orders for name in order})
    logs = dict.fromkeys(names, 0.0)
    for order in orders:
        descending = sorted(-order.get(name, 0.0) for name in names)
        for name in names:
            logs[name] += math.log(offset + 1 + bisect_left(descending, -order.get(name, 0.0)))
    return {name: _FIRST * (offset + 1) * math.exp(-total / len(orders)) for name, total in logs.items()}


def _lines(heat: Heat, name: str) -> int:
    """Lines of all overloads."""
    declared = [heat.graph.hierarchy.nodes[index].declared for index in heat.methods[name].nodes]
    return sum(one.end_line - one.start_line + 1 for one in declared if one is not None)
