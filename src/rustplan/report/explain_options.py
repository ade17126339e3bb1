"""The five options of a step in the terminal, with what they rest on: cost, residual risk, places, blockers and comparable ports."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.roadmap import OptionAssessment, Step
from rustplan.model.score import ComponentScore
from rustplan.report.terminal import Terminal
from rustplan.report.view.numbers import counted, effort_range

_SHOWN = 3
_INDENT = " " * 10


def option_lines(step: Step, terminal: Terminal) -> Iterator[str]:
    """All five options, each with its cost, what it leaves, and its places; nothing when the step has none."""
    if not step.assessments:
        return
    yield terminal.paint("bold", "Options")
    for one in step.assessments:
        yield from _option(one, step, terminal)
    for blocker in step.blockers:
        places = ", ".join(f"{place.path}:{place.line}" for place in blocker.evidence[:_SHOWN])
        text = f"c2rust: {blocker.words} ({blocker.grade}); {counted(blocker.places, 'place')}, such as {places}"
        yield from terminal.wrap(terminal.plain(text), indent=_INDENT, first="  ")
    for port in step.comparable:
        text = (
            f"Public port, {port.outcome}: {port.name}. Comparable in: {port.comparable_in}; differs in: {port.differs_in}. "
            f"{port.effort} {port.caveat} ({port.source}, checked {port.checked})"
        )
        yield from terminal.wrap(terminal.plain(text), indent=_INDENT, first="  ")


def oracle_lines(score: ComponentScore, terminal: Terminal) -> Iterator[str]:
    """The grade of what could compare old and new, with its reason."""
    if score.oracle is not None:
        text = f"Oracle grade {score.oracle.grade} (A to E): {score.oracle.because}"
        yield from terminal.wrap(terminal.plain(text))


def _option(one: OptionAssessment, step: Step, terminal: Terminal) -> Iterator[str]:
    mark = (
        "chosen"
        if one.option is step.choice.option
        else "runner-up"
        if one.option is step.runner_up.option
        else "lost"
        if one.is_available
        else "not available"
    )
    cost = f"{effort_range(one.p10, one.p50, one.p90)} PM" if one.p50 is not None else "not estimated"
    yield terminal.plain(f"  {one.option.value:<8} {mark}, {cost}")
    yield from terminal.wrap(terminal.plain(one.because), indent=_INDENT, first=_INDENT)
    if one.p50 is None:
        yield from (
            terminal.paint("dim", line)
            for line in terminal.wrap(terminal.plain(one.cost_because), indent=_INDENT, first=_INDENT)
        )
    text = f"Leaves: {one.residual} (from: {one.residual_source})"
    yield from terminal.wrap(terminal.plain(text), indent=_INDENT, first=_INDENT)
    for place in one.evidence[:_SHOWN]:
        words = f"{_INDENT}{place.path}:{place.line} {place.what}"
        yield terminal.paint("dim", terminal.fit(terminal.plain(words), terminal.width))
