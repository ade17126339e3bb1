"""What a change did, for the person who made it and for the one who reviews it: text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from rustplan.model.change import ChangedFinding
from rustplan.model.finding import Severity, Track
from rustplan.model.since import ComponentChange, Since
from rustplan.report.escape import visible
from rustplan.report.lookup import worst_first
from rustplan.report.markdown import escaped
from rustplan.report.terminal import Column, Terminal, table
from rustplan.report.view.numbers import counted, decimal, whole

SHOWN = 20
"""Findings of a list that are named; the rest is counted, and stands in the JSON document."""

FLOAT_DIGITS = 6
NAME_OF = {Track.MEMORY_SAFETY: "risk", Track.LATENCY: "GC pressure"}


def encode_since(since: Since) -> bytes:
    """The JSON document: keys sorted, floats with 6 decimals at most, a final newline."""
    plain = _settled(msgspec.to_builtins(since, order="deterministic"))
    return msgspec.json.format(msgspec.json.encode(plain, order="deterministic"), indent=1) + b"\n"


def _settled(value: object) -> object:
    if isinstance(value, float):
        return round(value, FLOAT_DIGITS)
    if isinstance(value, dict):
        return {key: _settled(inner) for key, inner in value.items()}
    return [_settled(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def headline(since: Since) -> str:
    """`3 new findings (1 high, 2 low), 1 fixed; risk of net/tls 41 to 43`."""
    new, fixed = _places(since.findings.new), _places(since.findings.fixed)
    if not since.files:
        return "no C, C++ or Java file differs"
    told = [
        f"{counted(new, 'new finding')}{_grades(since.findings.new)}" if new else "no new finding",
        f"{whole(fixed)} fixed",
    ]
    moved = [change for change in since.components if abs(change.moved) >= 0.05]
    first = (
        f"{NAME_OF[moved[0].track]} of {visible(moved[0].component)} {_risk(moved[0].risk_before)} to {_risk(moved[0].risk_after)}"
        if moved
        else "no risk moved"
    )
    return f"{', '.join(told)}; {first}"


def render_text(since: Since, terminal: Terminal) -> str:
    """Headline, components, new and fixed findings, and what was not looked at."""
    lines = [
        *terminal.wrap(terminal.plain(f"Against {since.called} ({since.base[:12]}): {headline(since)}."), indent=""),
        terminal.plain(
            f"{counted(len(since.files), 'source file')} of this change {'was' if len(since.files) == 1 else 'were'} compared"
        ),
    ]
    if since.components:
        columns = (
            Column(title="Component", is_flexible=True),
            Column(title="Measure"),
            Column(title="Before", is_right=True),
            Column(title="After", is_right=True),
            Column(title="Unsafe lines", is_right=True, drop_below=60),
            Column(title="New", is_right=True),
            Column(title="Fixed", is_right=True),
        )
        rows = [_row(change) for change in since.components[:SHOWN]]
        lines += ["", *table(terminal, columns, rows), *_more(len(since.components), "component")]
    for title, mark, found in (("New", "+", since.findings.new), ("Fixed", "-", since.findings.fixed)):
        if found:
            lines += ["", title, *(terminal.plain(f"{mark} {_place(one)}") for one in _worst(found)[:SHOWN])]
            lines += _more(len(found), "finding")
    lines += ["", *(line for note in since.left_out for line in terminal.wrap(note, indent=""))]
    return "\n".join(lines) + "\n"


def render_markdown(since: Since) -> str:
    """The same as Markdown, for a comment on a pull request."""
    lines = [
        f"### rustplan: {escaped(headline(since))}",
        "",
        f"Against {escaped(since.called)} (`{since.base[:12]}`).",
        "",
    ]
    if since.components:
        lines += [
            "| Component | Measure | Before | After | Unsafe lines | New | Fixed |",
            "|---|---|---:|---:|---:|---:|---:|",
        ]
        lines += [f"| {' | '.join(map(escaped, _row(change)))} |" for change in since.components[:SHOWN]]
        lines += [*_more(len(since.components), "component"), ""]
    for title, found in (("New", since.findings.new), ("Fixed", since.findings.fixed)):
        if found:
            lines += [f"**{title}**", "", *(f"- {escaped(_place(one))}" for one in _worst(found)[:SHOWN])]
            lines += [*(f"- {more}" for more in _more(len(found), "finding")), ""]
    lines += [
        f"Gate {escaped(check.expression)}: {'passed' if check.is_met else '**not met**'}, {escaped(check.detail)}."
        for check in since.verdict.checks
    ]
    return "\n".join([*lines, "", *since.left_out]).rstrip("\n") + "\n"


def _row(change: ComponentChange) -> tuple[str, ...]:
    lines = (
        f"{whole(change.lines_before)} to {whole(change.lines_after)}"
        if change.lines_before != change.lines_after
        else whole(change.lines_after)
    )
    return (
        visible(change.component),
        NAME_OF[change.track],
        _risk(change.risk_before),
        _risk(change.risk_after),
        lines,
        whole(change.added),
        whole(change.fixed),
    )


def _risk(value: float | None) -> str:
    return "none" if value is None else decimal(value)


def _worst(found: Iterable[ChangedFinding]) -> list[ChangedFinding]:
    return sorted(found, key=lambda one: worst_first(one.finding))


def _place(one: ChangedFinding) -> str:
    finding = one.finding
    grade = f" {finding.severity.value}" if finding.severity else ""
    places = f" ({one.places} places)" if one.places > 1 else ""
    return visible(f"{finding.path}:{finding.line}: {finding.rule}{grade}{places}: {finding.message}")


def _places(found: Sequence[ChangedFinding]) -> int:
    return sum(one.places for one in found)


def _grades(found: Sequence[ChangedFinding]) -> str:
    counts = {grade: sum(one.places for one in found if one.finding.severity is grade) for grade in Severity}
    told = ", ".join(f"{whole(count)} {grade.value}" for grade, count in counts.items() if count)
    return f" ({told})" if told else ""


def _more(count: int, noun: str) -> Iterator[str]:
    if count > SHOWN:
        yield f"and {counted(count - SHOWN, f'more {noun}', f'more {noun}s')}: -f json lists all"
