"""Seeded draws of person-months: the team's part of the spread is shared by all, the rest is each component's own."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

from rustplan.catalog import EffortModel

TENTH, HALF, NINE_TENTHS = 0.1, 0.5, 0.9


def team_draws(model: EffortModel) -> tuple[float, ...]:
    """Return the team's part of the logarithm, one for each draw."""
    prior = model.productivity
    shared = random.Random(prior.seed)  # noqa: S311 - a simulation, not a secret
    return tuple(shared.gauss(0.0, prior.sigma_team) for _ in range(prior.draws))


def drawn(name: str, spread: float, fixed: float, team: tuple[float, ...], model: EffortModel) -> list[float]:
    """Return the person-months of one component in each draw; they depend on its name only, so another component shakes nothing."""
    prior = model.productivity
    return [spread * factor + fixed for factor in _factors(f"{prior.seed}:{name}", prior.sigma_component, team)]


@lru_cache(maxsize=128)
def _factors(seed: str, sigma: float, team: tuple[float, ...]) -> tuple[float, ...]:
    """The spread of one component in each draw; a plan asks for the same component's several times."""
    own = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    return tuple(math.exp(part + own.gauss(0.0, sigma)) for part in team)


def quantiles(totals: Sequence[float]) -> tuple[float, float, float]:
    """Return P10, P50 and P90."""
    ordered = sorted(totals)
    low, middle, high = (ordered[round(share * (len(ordered) - 1))] for share in (TENTH, HALF, NINE_TENTHS))
    return low, middle, high
