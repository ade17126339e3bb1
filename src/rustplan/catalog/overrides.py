"""Constants of the catalogues that a configuration may replace: by dotted name, within bounds, never silently."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from rustplan.catalog.anchors import Anchors
from rustplan.catalog.crates import load_libraries
from rustplan.catalog.effort import EffortModel, load_effort
from rustplan.model.options import ScoreOptions
from rustplan.model.roadmap import Override

RANGE = 100.0
"""A constant may be at most this many times larger or smaller than the shipped one, so that no estimate divides by nothing."""
FROM_ZERO = 10.0
FIXED = frozenset({"productivity.draws", "productivity.seed"})
"""Mechanics of the simulation, no opinion about effort."""
MOST_EXPONENT = 4.0
MOST_WEIGHT = 100.0


def effort_names(model: EffortModel | None = None) -> dict[str, float]:
    """Return every constant of the effort catalogue that may be replaced, by dotted name: `crossings.hours.callback` -> 4.0."""
    plain = _plain(model or load_effort())
    return {name: value for name, value in _leaves(plain, "") if name not in FIXED}


def effort_problems(overrides: Mapping[str, float]) -> Iterator[str]:
    """Say what is wrong with overrides of the effort catalogue."""
    names = effort_names()
    for name, value in sorted(overrides.items()):
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            yield f"{ascii(name)[:80]}: no such constant" + (f"; did you mean {close[0]}?" if close else "")
        elif not _is_near(value, names[name]):
            yield f"{name}: {value:g} is too far from the shipped {names[name]:g} (at most {RANGE:g} times more or less, same sign)"
    if not any(name in overrides and name not in names for name in overrides):
        yield from _contradictions({**names, **overrides})


def replacement_problems(overrides: Mapping[str, str]) -> Iterator[str]:
    """Say which rows of the catalogue of libraries do not exist."""
    known = [row.id for row in load_libraries().libraries]
    for name in sorted(overrides):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            yield f"{ascii(name)[:80]}: no such row" + (f"; did you mean {close[0]}?" if close else "")


def with_effort(model: EffortModel, overrides: Mapping[str, float]) -> tuple[EffortModel, tuple[Override, ...]]:
    """Return the effort model with constants replaced, and what was replaced. Overrides must have no problems."""
    if not overrides:
        return model, ()
    shipped = effort_names(model)
    plain = _plain(model)
    for name, value in overrides.items():
        _replace(plain, name, value)
    said = tuple(
        Override(name=f"effort.{name}", shipped=shipped[name], used=value) for name, value in sorted(overrides.items())
    )
    return msgspec.convert(plain, EffortModel), said


def weight_problems(options: ScoreOptions, anchors: Anchors) -> Iterator[str]:
    """Say what is wrong with weights of the score."""
    if options.exponents and len(options.exponents) != len(anchors.score.exponents):
        yield "score.exponents: give three numbers, for risk, feasibility and value"
    for place, value in enumerate(options.exponents):
        if not math.isfinite(value) or not 0 <= value <= MOST_EXPONENT:
            yield f"score.exponents[{place}]: {value:g} is not between 0 and {MOST_EXPONENT:g}"
    names = {**anchors.memory_safety.factors, **anchors.latency.factors}
    for name, value in sorted(options.weights.items()):
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            yield f"score.weights: {ascii(name)[:60]} is no factor" + (f"; did you mean {close[0]}?" if close else "")
        elif not math.isfinite(value) or not 0 < value <= MOST_WEIGHT:
            yield f"score.weights.{name}: {value:g} is not above 0 and at most {MOST_WEIGHT:g}"


def with_weights(anchors: Anchors, options: ScoreOptions) -> tuple[Anchors, tuple[Override, ...]]:
    """Return the anchors with weights replaced, and what was replaced. A track's weights still share 100, in the new proportion."""
    said = [
        Override(name=f"score.exponents.{name}", shipped=shipped, used=used)
        for name, shipped, used in zip(
            ("risk", "feasibility", "value"), anchors.score.exponents, options.exponents, strict=False
        )
        if shipped != used
    ]
    changed = anchors
    if options.exponents:
        a, b, c = options.exponents
        changed = msgspec.structs.replace(changed, score=msgspec.structs.replace(anchors.score, exponents=(a, b, c)))
    for section in ("memory_safety", "latency"):
        track = getattr(changed, section)
        own = {name: value for name, value in options.weights.items() if name in track.factors}
        said += [
            Override(name=f"score.weights.{name}", shipped=track.factors[name].weight, used=value)
            for name, value in own.items()
        ]
        factors = {
            name: msgspec.structs.replace(scale, weight=own.get(name, scale.weight))
            for name, scale in track.factors.items()
        }
        changed = msgspec.structs.replace(changed, **{section: msgspec.structs.replace(track, factors=factors)})
    return changed, tuple(sorted(said))


def _plain(model: EffortModel) -> Any:
    """The model as mappings and lists of its own; rows of a list stay lists, so that they can be changed in place."""
    return msgspec.json.decode(msgspec.json.encode(model))


def _leaves(value: Any, prefix: str) -> Iterator[tuple[str, float]]:
    """Numbers by dotted name; the members of a list of rows go by their `name`."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield prefix, float(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list):
        for row in value:
            if isinstance(row, dict) and isinstance(row.get("name"), str):
                yield from _leaves(row, f"{prefix}.{row['name']}")


def _replace(plain: Any, name: str, value: float) -> None:
    """Set one number in place; whole numbers stay whole."""
    *parents, last = _path(plain, name)
    holder = plain
    for key in parents:
        holder = holder[key]
    holder[last] = round(value) if isinstance(holder[last], int) else value


def _path(plain: Any, name: str) -> Sequence[Any]:
    """Keys and positions that lead to a dotted name."""
    keys: list[Any] = []
    holder = plain
    for word in name.split("."):
        if isinstance(holder, list):
            key: Any = next(place for place, row in enumerate(holder) if row["name"] == word)
        else:
            key = word
        keys.append(key)
        holder = holder[key]
    return keys


def _is_near(value: float, shipped: float) -> bool:
    if not math.isfinite(value):
        return False
    if shipped == 0.0:
        return abs(value) <= FROM_ZERO
    return 1 / RANGE <= value / shipped <= RANGE


def _contradictions(values: Mapping[str, float]) -> Iterator[str]:
    """Pairs of constants of which one must stay above the other."""
    pairs = (
        ("productivity.least_difficulty", "productivity.most_difficulty"),
        ("drivers.pointer_work.low", "drivers.pointer_work.high"),
        ("drivers.mutable_globals.low", "drivers.mutable_globals.high"),
        ("ramp_up.low", "ramp_up.high"),
        ("slices.least_lines", "slices.most_lines"),
    )
    for low, high in pairs:
        if values[low] >= values[high]:
            yield f"{low} ({values[low]:g}) must stay below {high} ({values[high]:g})"
    for name in ("waves.most_steps", "waves.most_waves", "slices.most_slices"):
        if values[name] < 1:
            yield f"{name} must be at least 1"
