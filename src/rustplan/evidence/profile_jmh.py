"""Reads the results of JMH in JSON: bytes per operation of each benchmark, as `-prof gc` measures them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from rustplan.errors import InputError
from rustplan.evidence.profile_charge import MOST_UNMAPPED, largest
from rustplan.evidence.profile_input import clean_name, open_file, shown_name
from rustplan.evidence.profile_tree import Place, TreeIndex, java_names
from rustplan.model.profile import MeasuredMethod, Profile, ProfileKind

LARGEST_FILE = 256 * 1024 * 1024
FORMAT, UNIT = "JMH JSON", "B/op"

_NORMALISED = "gc.alloc.rate.norm"
_OLD_PREFIX = "·"


def read_jmh(path: Path, index: TreeIndex, sha256: str) -> Profile:
    """Read the results. Raises InputError for what is no list of benchmarks."""
    results = _results(path)
    values: dict[str, float] = {}
    without = 0
    for result in results:
        value = _bytes_per_operation(result)
        if value is None:
            without += 1
        else:
            name = result["benchmark"]
            values[name] = max(value, values.get(name, 0.0))
    places = {name: place for name in values if (place := _place(index, name)) is not None}
    methods = (
        MeasuredMethod(name=place.name, path=place.path, line=place.line, value=values[name])
        for name, place in places.items()
    )
    return Profile(
        name=shown_name(path),
        format=FORMAT,
        kind=ProfileKind.BENCHMARK,
        unit=UNIT,
        sha256=sha256,
        events=len(results),
        total=math.fsum(values.values()),
        mapped=math.fsum(values[name] for name in places),
        methods=tuple(sorted(methods, key=lambda one: (-one.value, one.name))),
        unmapped=largest({clean_name(name): values[name] for name in values if name not in places}, MOST_UNMAPPED),
        notes=_notes(len(results) - without, len(values), without),
    )


def _results(path: Path) -> list[dict[str, Any]]:
    with open_file(path) as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise InputError(f"{shown_name(path)} is larger than {LARGEST_FILE} bytes", hint="no JMH result is that large")
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{shown_name(path)} is no complete JMH result: {str(error)[:200]}", hint="make it with: -prof gc -rf json"
        ) from None
    listed = found if isinstance(found, list) else []
    results = [one for one in listed if isinstance(one, dict) and isinstance(one.get("benchmark"), str)]
    if not results:
        raise InputError(f"{shown_name(path)} holds no benchmark", hint="make it with: -prof gc -rf json")
    return results


def _bytes_per_operation(result: dict[str, Any]) -> float | None:
    secondary = result.get("secondaryMetrics")
    if not isinstance(secondary, dict):
        return None
    metric = secondary.get(_NORMALISED, secondary.get(_OLD_PREFIX + _NORMALISED))
    score = metric.get("score") if isinstance(metric, dict) else None
    if isinstance(score, bool) or not isinstance(score, (int, float)):
        return None
    try:
        value = float(score)
    except OverflowError:
        return None
    return value if math.isfinite(value) and 0 <= value < 2.0**53 else None


def _place(index: TreeIndex, benchmark: str) -> Place | None:
    readings = ((owner, method) for owner, method in java_names(benchmark) if index.declares(owner))
    return next((place for owner, method in readings if (place := index.java(owner, method)) is not None), None)


def _notes(measured: int, names: int, without: int) -> tuple[str, ...]:
    told = []
    if measured > names:
        told.append("benchmarks with several parameters count with their largest result")
    if without:
        told.append(f"{without} results have no {_NORMALISED}: run them with -prof gc")
    return tuple(told)
