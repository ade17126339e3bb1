"""The facts that the page's what-if computes with: no conclusion is in here, only what ranking, waves and quarters are made of."""

from __future__ import annotations

import base64
import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import msgspec

from rustplan.catalog.anchors import load_anchors
from rustplan.catalog.effort import EffortModel, load_effort
from rustplan.catalog.overrides import effort_names, with_effort
from rustplan.model.finding import Track
from rustplan.model.roadmap import Option, Step
from rustplan.model.score import ComponentScore
from rustplan.report.escape import visible
from rustplan.report.view.lookup import CARDS, PageIndex, shown
from rustplan.report.view.shapes import View
from rustplan.report.view.words import TRACK_WORDS

MOST_ROWS = 1000
_TRACKS = list(Track)
_P10, _P90 = 0.1, 0.9


class WhatIfView(View, frozen=True, kw_only=True):
    """The form of the what-if with the values that the page was made with, and the facts behind it.

    `parts` are the parts of risk of each track by place; `matters` the best-ranked components with their criticality.
    """

    facts: dict[str, Any]
    exponents: tuple[tuple[str, str, str], ...]
    team: dict[str, Any]
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    matters: tuple[tuple[str, str, str], ...]


def build_what_if(index: PageIndex) -> WhatIfView | None:
    """Return the what-if, None where there are no facts for one."""
    facts = what_if_facts(index)
    if facts is None:
        return None
    names = ("risk", "feasibility", "value")
    first = {row["place"]: row for row in sorted(facts["rows"], key=lambda row: row["was"][0], reverse=True)}
    return WhatIfView(
        facts=facts,
        exponents=tuple(
            (letter, name, f"{value:g}") for letter, name, value in zip("abc", names, facts["exponents"], strict=True)
        ),
        team=facts["team"],
        parts=tuple(
            (TRACK_WORDS[track], tuple((f"w{place}-{part}", words) for part, words in enumerate(facts["parts"][place])))
            for place, track in enumerate(Track)
            if facts["parts"][place]
        ),
        matters=tuple(
            (f"v{row['place']}", row["name"], f"{row['value']:g}")
            for row in sorted(first.values(), key=lambda row: (row["was"][0], row["track"]))[:CARDS]
        ),
    )


def what_if_facts(index: PageIndex) -> dict[str, Any] | None:
    """Return the facts, None when nothing is ranked, there is too much of it, or an older version saved the analysis."""
    scores = [score for track in Track for score in index.ranked[track]]
    if (
        index.is_redacted
        or not scores
        or len(scores) > MOST_ROWS
        or not all(_is_complete(index, score) for score in scores)
    ):
        return None
    places = {name: place for place, name in enumerate(sorted(index.components))}
    if any(score.component not in places for score in scores):
        return None
    draws = {key: place for place, key in enumerate(sorted(_draw_name(score) for score in scores))}
    parts = [sorted({part.name for score in index.ranked[track] for part in score.risk_factors}) for track in Track]
    shares = _risk_shares(index)
    return {
        "tracks": [track.value for track in Track],
        "exponents": index.analysis.scorecard.exponents,
        "parts": [[shown(name, 40) for name in names] for names in parts],
        "rows": [_row(index, score, places, parts, shares, draws[_draw_name(score)]) for score in scores],
        "needs": [
            [places[one.dependent], places[one.dependency], one.weight]
            for one in index.analysis.graph.dependencies
            if one.dependent in places and one.dependency in places
        ],
        "limits": _limits(_model(index)),
        "pilot": places.get(index.analysis.roadmap.pilot.component, -1) if index.analysis.roadmap.pilot else -1,
        "team": _team(index),
        "weights": _weights(index),
    }


def _is_complete(index: PageIndex, score: ComponentScore) -> bool:
    step = index.steps.get((score.component, score.track))
    return step is not None and (step.effort.p50 is None or step.effort.spread is not None)


def _row(
    index: PageIndex,
    score: ComponentScore,
    places: Mapping[str, int],
    parts: list[list[str]],
    shares: Mapping[str, float],
    draw: int,
) -> dict[str, Any]:
    """One component on one track: the parts of its score, and what the plan knows of its step."""
    name, track = score.component, _TRACKS.index(score.track)
    step = index.steps[name, score.track]
    return {
        "name": shown(name, 60),
        "key": name if visible(name) == name else None,
        "href": index.anchor(name),
        "track": track,
        "place": places[name],
        "was": [index.ranks[name, score.track], step.wave or 0],
        "risk": score.risk,
        "feasible": score.feasibility,
        "value": score.value,
        "parts": [[parts[track].index(part.name), part.weight, part.level] for part in score.risk_factors],
        "step": _step(index, step, score, places) | {"draw": draw},
        "share": shares.get(name, 0.0) if score.track is Track.MEMORY_SAFETY else 0.0,
    }


def _step(index: PageIndex, step: Step, score: ComponentScore, places: Mapping[str, int]) -> dict[str, Any]:
    """What decides where a step stands: its option, its size, its tests, its unit, and the effort before it is made a range."""
    component = index.components[step.component]
    is_memory = step.track is Track.MEMORY_SAFETY
    unit = index.units.get(step.component)
    tests = next((factor.value for factor in score.feasibility_factors if factor.name == "tests"), 0.0)
    order = {one.name: place for place, one in enumerate(index.analysis.graph.units)}
    return {
        "option": step.choice.option.value,
        "removes": step.choice.option in (Option.REWRITE, Option.REPLACE),
        "spread": step.effort.spread,
        "fixed": step.effort.fixed,
        "lines": component.raw_sloc if is_memory else component.sloc - component.unsafe_sloc,
        "unsafe": component.unsafe_sloc,
        "tests": int(tests),
        "isJava": is_memory and not component.unsafe_sloc,
        "unit": -1 - places[step.component] if unit is None else order[unit.name],
        "isCycle": unit is not None and unit.is_cycle,
        "seed": _seed_key(f"{load_effort().productivity.seed}:{_draw_name(score)}"),
    }


def _draw_name(score: ComponentScore) -> str:
    """The name under which the plan draws a step's own part of the spread, and the order in which it adds them."""
    return f"{score.component}:{score.track.value}"


def _seed_key(text: str) -> str:
    """The integer that Python's `random.Random(text)` is seeded with, big-endian, so that the page draws the same numbers."""
    data = text.encode("utf-8", "surrogatepass")
    return base64.b64encode(data + hashlib.sha512(data).digest()).decode("ascii")


def _risk_shares(index: PageIndex) -> dict[str, float]:
    """Each component's share of the files' absolute risk."""
    sums: dict[str, list[float]] = defaultdict(list)
    for file in index.analysis.scorecard.files:
        if file.risk is not None and file.component:
            sums[file.component].append(file.risk)
    risks = {name: math.fsum(values) for name, values in sorted(sums.items())}
    everything = math.fsum(risks.values()) or 1.0
    return {name: risk / everything for name, risk in risks.items()}


def _model(index: PageIndex) -> EffortModel:
    """The effort model of the scan: what the configuration replaced, and the spread that the team's own actuals left."""
    roadmap = index.analysis.roadmap
    known = effort_names()
    used = {name: one.used for one in roadmap.overrides if (name := one.name.removeprefix("effort.")) in known}
    model = with_effort(load_effort(), used)[0]
    if roadmap.calibration is None or roadmap.calibration.sigma_team is None:
        return model
    learnt = msgspec.structs.replace(model.productivity, sigma_team=roadmap.calibration.sigma_team)
    return msgspec.structs.replace(model, productivity=learnt)


def _weights(index: PageIndex) -> dict[str, float]:
    """The weights of the parts of risk that a configuration may name, those in effect."""
    anchors = load_anchors()
    shipped = {**anchors.memory_safety.factors, **anchors.latency.factors}
    given = index.analysis.settings.get("score.weights")
    used = (
        {name: value for name, value in given.items() if isinstance(value, int | float)}
        if isinstance(given, dict)
        else {}
    )
    return {name: float(used.get(name, scale.weight)) for name, scale in shipped.items()}


def _limits(model: EffortModel) -> dict[str, Any]:
    prior, waves = model.productivity, model.waves
    sigma = math.hypot(prior.sigma_team, prior.sigma_component)
    return {
        "steps": waves.most_steps,
        "waves": waves.most_waves,
        "tiny": waves.tiny_lines,
        "opening": waves.opening_lines,
        "tie": waves.tie_points,
        "latency": waves.latency_steps,
        "least": prior.least_months,
        "draws": prior.draws,
        "seed": base64.b64encode(prior.seed.to_bytes(8, "big").lstrip(b"\0")).decode("ascii"),
        "team": prior.sigma_team,
        "own": prior.sigma_component,
        "quantiles": [math.exp(sigma * NormalDist().inv_cdf(share)) for share in (_P10, 0.5, _P90)],
        "ramp": [model.ramp_up.low, model.ramp_up.high],
    }


def _team(index: PageIndex) -> dict[str, Any]:
    settings = index.analysis.settings
    return {
        "engineers": settings.get("plan.engineers"),
        "start": settings.get("plan.start"),
        "availability": settings.get("plan.availability"),
        "experience": bool(settings.get("plan.rust-experience")),
    }
