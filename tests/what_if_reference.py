"""What the page's what-if must say: the scan's own functions, fed with nothing but the facts that the page holds."""

from __future__ import annotations

import math
import random
from collections import defaultdict

import msgspec

from rustplan.catalog import load_effort
from rustplan.model.component import Component, Dependency, Provenance, Unit
from rustplan.model.finding import Confidence, Track
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Alternative, Boundary, Effort, Option
from rustplan.model.score import ComponentScore, Factor
from rustplan.plan import effort as efforts
from rustplan.plan.capacity import projected_quarters
from rustplan.plan.effort import Estimate, sum_quantiles
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.waves import REMOVES, Move, schedule, why_parked
from rustplan.score.rank import combined
from rustplan.score.stability import reweighted

MODEL = load_effort()
TRACKS = list(Track)


def compute(facts, settings):
    """Ranking, scores, waves and quarters of the facts under the settings."""
    rows = facts["rows"]
    scores = [_score(facts, row, settings) for row in rows]
    ranking = [
        sorted((i for i, row in enumerate(rows) if row["track"] == track), key=lambda i: (-scores[i], rows[i]["place"]))
        for track in range(len(TRACKS))
    ]
    moves = {i: _move(facts, row, scores[i]) for i, row in enumerate(rows)}
    taken, spent, following = _affordable(ranking, moves, settings["budget"])
    chosen = [i for track in ranking for i in track if i in taken]
    needs = [
        Dependency(dependent=_name(a), dependency=_name(b), weight=weight, parts={}, places=1)
        for a, b, weight in facts["needs"]
    ]
    order = {_unit_name(row): max(0, row["step"]["unit"]) for row in rows}
    planned = schedule([moves[i] for i in chosen], needs, order, MODEL, _name(facts["pilot"]))
    waves = {i: planned.waves[moves[i].key] for i in chosen if moves[i].key in planned.waves}
    return {
        "scores": scores,
        "ranking": ranking,
        "waves": _waves(facts, settings, moves, chosen, waves, planned.batches),
        "wave": [waves.get(i, 0) for i in range(len(rows))],
        "spent": spent,
        "next": following,
    }


def random_settings(facts, seed, count):
    """Settings as a reader may choose them; the first are the page's own."""
    source = random.Random(seed)
    yield plain_settings(facts)
    for _ in range(count - 1):
        is_reweighted = source.random() < 0.6
        yield {
            "exponents": [round(source.uniform(0, 2), 2) for _ in range(3)],
            "weights": [
                [round(source.uniform(0, 3), 1) if is_reweighted else 1 for _ in names] for names in facts["parts"]
            ],
            "criticality": {
                str(row["place"]): round(source.random(), 2) for row in facts["rows"] if source.random() < 0.2
            },
            "engineers": source.choice([None, 1, 2, 3, 7]),
            "start": source.choice([None, "2027-01", "2026-11", "2030-12"]),
            "availability": source.choice([None, 0.1, 0.33, 0.7, 1]),
            "experience": source.random() < 0.5,
            "budget": source.choice([None, None, 0, 0.5, 2.5, round(source.uniform(0, 60), 1)]),
        }


def plain_settings(facts):
    """The settings that the page was made with."""
    return {
        "exponents": list(facts["exponents"]),
        "weights": [[1 for _ in names] for names in facts["parts"]],
        "criticality": {},
        "budget": None,
        **facts["team"],
    }


def _name(place):
    return f"{place:06d}"


def _unit_name(row):
    """Members of a unit share its number; the name must not be read for order."""
    return f"unit {row['step']['unit']}"


def _score(facts, row, settings):
    card = _card(facts, row, 0.0)
    weights = dict(zip(facts["parts"][row["track"]], settings["weights"][row["track"]], strict=True))
    risk = row["risk"] if set(weights.values()) <= {1} else 100 * reweighted(card, weights)
    value = settings["criticality"].get(str(row["place"]), row["value"])
    return combined(risk, row["feasible"], value, tuple(settings["exponents"]))


def _card(facts, row, score):
    names = facts["parts"][row["track"]]
    return ComponentScore(
        component=_name(row["place"]), track=TRACKS[row["track"]], risk=row["risk"], risk_low=0, risk_high=100,
        feasibility=row["feasible"], value=row["value"], score=score, confidence=Confidence.HIGH, coverage=1.0,
        risk_factors=tuple(_factor(names[part], weight, level) for part, weight, level in row["parts"]),
        feasibility_factors=(msgspec.structs.replace(_factor("tests", 1, 1), value=row["step"]["tests"]),),
    )  # fmt: skip


def _factor(name, weight, level):
    return Factor(
        name=name, value=0, unit="", anchor="", level=level, weight=weight, contribution=weight * level, because=""
    )


def _move(facts, row, score):
    step, is_memory = row["step"], row["track"] == 0
    component = Component(
        name=_name(row["place"]), files=(), provenance=Provenance(source="", because="", confidence=1), languages={},
        unsafe_sloc=step["unsafe"], sloc=step["unsafe"] + (0 if is_memory else step["lines"]),
        raw_java_sloc=step["lines"] - step["unsafe"] if is_memory else 0,
    )  # fmt: skip
    members = (_unit_name(row), "another") if step["isCycle"] else (_unit_name(row),)
    subject = Subject(
        component=component, score=_card(facts, row, score), unit=Unit(components=members), sources=(), findings={},
        boundary=Boundary(mechanism="none", because=""), file_risk=0.0,
    )  # fmt: skip
    chosen = Alternative(option=Option(step["option"]), because="")
    decision = Decision(choice=chosen, runner_up=chosen, case_against="")
    return Move(subject=subject, decision=decision, effort=_effort(row, None))


def _effort(row, least):
    step = row["step"]
    if step["spread"] is None:
        return Effort(p10=None, p50=None, p90=None, size="", because="")
    item = Estimate(spread=step["spread"], fixed=step["fixed"], because="")
    p10, p50, p90 = (efforts._quantile(item, share, MODEL, least=least) for share in (0.1, 0.5, 0.9))
    return Effort(p10=p10, p50=p50, p90=p90, size="", because="", spread=step["spread"], fixed=step["fixed"])


def _affordable(ranking, moves, budget):
    """Down the ranking until the next step would cost more than is left; rewritten members of a unit count as one."""
    taken, spent = [], 0.0
    for track in ranking:
        for i in track:
            if i in taken or why_parked(moves[i]):
                continue
            group = [i]
            if moves[i].option in REMOVES:
                group = [
                    j for j in track
                    if moves[j].option in REMOVES and moves[j].subject.unit.name == moves[i].subject.unit.name
                    and not why_parked(moves[j])
                ]  # fmt: skip
            cost = spent + math.fsum(moves[j].effort.p50 or 0.0 for j in group)
            if budget is not None and cost > budget + 1e-9:
                return taken, spent, i
            taken += group
            spent = cost
    return taken, spent, None


def _waves(facts, settings, moves, chosen, waves, batches):
    options = PlanOptions(
        engineers=settings["engineers"], start=settings["start"], availability=settings["availability"],
        rust_experience=settings["experience"],
    )  # fmt: skip
    before = efforts.ramp_up(MODEL, options).p50
    result = []
    for number in sorted(set(waves.values())):
        members = [i for i in chosen if waves.get(i) == number]
        p10, p50, p90 = _sum(facts, moves, members, batches)
        gone = [facts["rows"][i] for i in members if moves[i].option in REMOVES and facts["rows"][i]["track"] == 0]
        result.append(
            {
                "number": number, "p10": p10, "p50": p50, "p90": p90, "members": members,
                "unsafe": sum(row["step"]["unsafe"] for row in gone),
                "share": round(math.fsum(row["share"] for row in gone), 6),
                "projected": projected_quarters(options, before, p50 or 0.0, p90 or 0.0),
            }
        )  # fmt: skip
        before += p50 or 0.0
    return result


def _sum(facts, moves, members, batches):
    """As the plan adds a wave up; the names of the draws are those of the scan, read back from the seeds' own order."""
    if len(members) == 1:
        row = facts["rows"][members[0]]
        only = _effort(row, efforts.LEAST_SHOWN if moves[members[0]].key in batches else None)
        return only.p10, only.p50, only.p90
    grouped = defaultdict(list)
    for i in members:
        row = facts["rows"][i]
        if row["step"]["spread"] is not None:
            host = batches.get(moves[i].key, moves[i].subject.name)
            item = Estimate(spread=row["step"]["spread"], fixed=row["step"]["fixed"], because="")
            grouped[f"{host}:{row['track']}"].append((_draw_name(row), item))
    return sum_quantiles([grouped[name] for name in sorted(grouped)], MODEL)


def _draw_name(row):
    return f"{row['key']}:{TRACKS[row['track']].value}"
