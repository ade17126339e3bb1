"""Why a component of moderate risk is rewritten while a riskier one is retained: the reason is named, so that the plan can be argued with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rustplan.model.finding import Track
from rustplan.model.roadmap import Option
from rustplan.plan.subject import Subject
from rustplan.plan.waves import Move
from rustplan.plan.wording import count


def with_comparisons(moves: Sequence[Move]) -> list[Move]:
    """Add to each rewrite the riskiest component that is retained although its risk is higher, with what tells the two apart."""
    retained = [
        move.subject
        for move in moves
        if move.option is Option.RETAIN
        and move.subject.score.track is Track.MEMORY_SAFETY
        and move.effort.p50 is not None
    ]
    return [_compared(move, retained) for move in moves]


def _compared(move: Move, retained: Sequence[Subject]) -> Move:
    subject = move.subject
    riskier = [other for other in retained if other.score.risk > subject.score.risk]
    if move.option is not Option.REWRITE or subject.score.track is not Track.MEMORY_SAFETY or not riskier:
        return move
    other = min(riskier, key=lambda item: (-item.score.risk, item.name))
    words = f" {other.name} (risk {other.score.risk:.0f}) is retained all the same: {_difference(subject, other)}."
    choice = move.decision.choice
    decision = replace(move.decision, choice=type(choice)(option=choice.option, because=choice.because + words))
    return replace(move, decision=decision)


def _difference(chosen: Subject, other: Subject) -> str:
    """Name what the chosen component has and the retained one lacks: a way from the network, or likely defects.

    What is retained above the low band has neither; what is rewritten below the high band has one of them where the tree reads the network.
    """
    steps = chosen.score.network_steps
    if steps is not None and (other.score.network_steps is None or other.score.network_steps > steps):
        near = (
            "this one reads the network"
            if not steps
            else f"this one is {count(steps, 'call')} from a read of the network"
        )
        far = other.score.network_steps
        return f"{near}, {'no way from there to the other was found' if far is None else f'the other {far}'}"
    return "likely defects were found in this one, none in the other"
