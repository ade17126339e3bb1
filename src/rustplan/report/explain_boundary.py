"""The boundary of a step in the terminal: what crosses by kind, which tools carry it, and what is left to write by hand."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.catalog.binding_tools import load_binding_tools
from rustplan.model.roadmap import Step
from rustplan.report.terminal import Column, Terminal, table
from rustplan.report.view.boundary import KIND_WORDS, carried, cheapest_words, count_words, name_of
from rustplan.report.view.numbers import whole

HARD = 5


def boundary_lines(step: Step, terminal: Terminal) -> Iterator[str]:
    """Yield the X-ray of a step; nothing where nothing crosses."""
    boundary, xray = step.boundary, step.boundary.xray
    if not xray.kinds:
        return
    if boundary.runner_up:
        yield from _wrapped(f"Runner-up boundary {boundary.runner_up}: {boundary.runner_up_because}", terminal)
    for place in boundary.evidence:
        yield terminal.fit(f"  {terminal.plain(f'{place.path}:{place.line} {place.what}')}", terminal.width)
    yield from _wrapped(f"What crosses: {count_words(boundary)}", terminal)
    columns = (
        Column(title="Kind", is_flexible=True),
        *(Column(title=name, is_right=True) for name in ("In", "Out", "Inferred")),
    )
    rows = [(KIND_WORDS[one.kind], whole(one.inbound), whole(one.outbound), whole(one.inferred)) for one in xray.kinds]
    yield from (f"  {line}" for line in table(terminal, columns, rows))
    tools = load_binding_tools()
    names = ("Tool", "Yes", "With care", "No", "Unknown", "Not its side")
    heads = tuple(Column(title=name, is_right=number > 0, is_flexible=not number) for number, name in enumerate(names))
    verdicts = [
        (
            name_of(tools.named(one.tool), one.tool),
            *map(whole, (one.yes, one.with_care, one.no, one.unknown, one.beside)),
        )
        for one in xray.verdicts
        if carried(one) + one.no + one.unknown
    ]
    yield from (f"  {line}" for line in table(terminal, heads, verdicts))
    yield from _wrapped(f"Cheapest tools: {cheapest_words(xray)}. {xray.because}", terminal)
    for case in xray.hard[:HARD]:
        words = f"{case.grade.value}: {case.symbol} ({KIND_WORDS[case.kind]}), {case.path}:{case.line}: {case.because}"
        yield terminal.fit(f"  {terminal.plain(words)}", terminal.width)
    more = max(0, len(xray.hard) - HARD) + xray.hard_more
    if more > 0:
        yield f"  and {whole(more)} more in the report"
    for words in xray.advice:
        yield from _wrapped(words, terminal)


def _wrapped(words: str, terminal: Terminal) -> list[str]:
    return terminal.wrap(terminal.plain(words), indent="  ", first="")
