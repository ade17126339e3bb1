"""Findings for people at a prompt: code frames (`full`) or one line each (`concise`)."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Excerpt, Finding, Kind
from rustplan.model.verdict import Verdict
from rustplan.report.escape import visible_code
from rustplan.report.lookup import ALERTS, Lookup
from rustplan.report.terminal import Terminal, width_of
from rustplan.report.view.numbers import counted, whole


def render_concise(analysis: Analysis, terminal: Terminal | None = None, kinds: tuple[Kind, ...] = ()) -> str:
    """One line a finding in role `source`, defects first: `path:line:column: rule severity title [CWE]`.

    `kinds` says which; defects and exposures when it is empty.
    """
    terminal = terminal or Terminal()
    lookup = Lookup(analysis)
    return "".join(f"{_line(finding, lookup, terminal)}\n" for finding in _chosen(lookup, kinds or ALERTS))


def render_full(analysis: Analysis, terminal: Terminal | None = None, kinds: tuple[Kind, ...] = ()) -> str:
    """A code frame a finding in role `source`, defects first, and a closing count of what is not shown."""
    terminal = terminal or Terminal()
    lookup = Lookup(analysis)
    shown = kinds or ALERTS
    frames = ["\n".join(_frame(finding, lookup, terminal)) for finding in _chosen(lookup, shown)]
    return "\n\n".join([*frames, _closing(lookup, shown)]) + "\n"


def render_new(analysis: Analysis, terminal: Terminal | None, verdict: Verdict) -> str:
    """One line for each new finding that broke a limit, worst first; nothing when none did."""
    terminal = terminal or Terminal()
    lookup = Lookup(analysis)
    new = {id(one): one for check in verdict.checks for one in check.findings}
    return "".join(f"{_line(one.finding, lookup, terminal)}\n" for one in new.values())


def _chosen(lookup: Lookup, kinds: tuple[Kind, ...]) -> list[Finding]:
    """The findings of these kinds, by kind and then in the order of the analysis: path and line."""
    order = list(Kind)
    found = (finding for finding in lookup.source_findings() if finding.kind in kinds)
    return sorted(found, key=lambda finding: order.index(finding.kind))


def _line(finding: Finding, lookup: Lookup, terminal: Terminal) -> str:
    place = f"{terminal.plain(finding.path)}:{finding.line}:{finding.column}:"
    return (
        f"{place} {finding.rule} {_grade(finding, terminal)} {terminal.plain(_title(finding, lookup))}{_cwe(finding)}"
    )


def _frame(finding: Finding, lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    component = terminal.plain(lookup.owners.get(finding.path, ""))
    head = (
        terminal.paint("bold", finding.rule) + f" {_grade(finding, terminal)}",
        terminal.plain(_title(finding, lookup)) + ("" if finding.cwe is None else f"  [CWE-{finding.cwe}]"),
        component,
    )
    yield "  ".join(part for part in head if part)
    excerpt = lookup.excerpts.get((finding.path, finding.line))
    last = excerpt.first_line + len(excerpt.lines) - 1 if excerpt else finding.line
    gutter = " " * max(3, len(str(last)))
    yield f"{gutter[:-1]}--> {terminal.paint('path', terminal.plain(finding.path))}:{finding.line}:{finding.column}"
    yield f"{gutter} |"
    if excerpt is None:
        yield from terminal.wrap(terminal.plain(finding.message), indent=f"{gutter} | ")
    else:
        yield from _code(finding, excerpt, gutter, terminal)
    yield f"{gutter} |"
    for related in finding.related[:5]:
        where = f"{related.path}:{related.line}" if related.path else f"line {related.line}"
        yield from _note(terminal, gutter, "note", f"{where}: {related.message}")
    rule = lookup.rules.get(finding.rule)
    if rule is not None:
        yield from _note(terminal, gutter, "why", rule.why)
        yield from _note(terminal, gutter, "rust", rule.in_rust)
    yield from _note(terminal, gutter, "help", f"rustplan explain {finding.rule}")


def _code(finding: Finding, excerpt: Excerpt, gutter: str, terminal: Terminal) -> Iterator[str]:
    """Source lines with carets below the finding's line."""
    room = max(20, terminal.width - len(gutter) - 3)
    for number, line in enumerate(excerpt.lines, start=excerpt.first_line):
        shown = terminal.fit(terminal.plain(visible_code(line)), room)
        yield f"{number:>{len(gutter)}} | {shown}".rstrip()
        if number == finding.line:
            before = width_of(terminal.plain(visible_code(_bytes_of(line, 0, finding.column - 1))))
            end = finding.end_column - 1 if finding.end_line == finding.line else len(line.encode("utf-8", "replace"))
            marked = width_of(terminal.plain(visible_code(_bytes_of(line, finding.column - 1, end)))) or 1
            start = min(before, room - 1)
            carets = "^" * max(1, min(marked, room - start))
            yield from _caret_lines(gutter, " " * start, carets, terminal, finding.message)


def _caret_lines(gutter: str, space: str, carets: str, terminal: Terminal, message: str) -> Iterator[str]:
    """The carets, with the message beside them where it fits, else below."""
    marks = terminal.paint("critical", carets)
    text = terminal.plain(message)
    if len(gutter) + 4 + len(space) + len(carets) + width_of(text) <= terminal.width:
        yield f"{gutter} | {space}{marks} {text}"
        return
    yield f"{gutter} | {space}{marks}"
    yield from terminal.wrap(text, indent=f"{gutter} | ")


def _note(terminal: Terminal, gutter: str, name: str, text: str) -> Iterator[str]:
    head = f"{gutter} = {name + ':':<5} "
    yield from terminal.wrap(terminal.plain(" ".join(text.split())), indent=" " * len(head), first=head)


def _closing(lookup: Lookup, chosen: tuple[Kind, ...]) -> str:
    kinds = lookup.kinds
    shown = sum(kinds[kind] for kind in set(chosen))
    besides = [counted(kinds[kind], kind.value) for kind in Kind if kinds[kind] and kind not in chosen]
    if lookup.elsewhere:
        besides.append(f"{whole(lookup.elsewhere)} in tests, examples, vendored and generated code")
    return f"{counted(shown, 'finding')}" + (f"; not shown: {', '.join(besides)}" if besides else "")


def _grade(finding: Finding, terminal: Terminal) -> str:
    if finding.severity is None:
        return finding.kind.value
    return terminal.paint(finding.severity.value, finding.severity.value)


def _title(finding: Finding, lookup: Lookup) -> str:
    rule = lookup.rules.get(finding.rule)
    return rule.title if rule else finding.message


def _cwe(finding: Finding) -> str:
    return "" if finding.cwe is None else f" [CWE-{finding.cwe}]"


def _bytes_of(line: str, start: int, end: int) -> str:
    """The part of `line` between two UTF-8 byte offsets."""
    return line.encode("utf-8", "surrogateescape")[start : max(start, end)].decode("utf-8", "replace")
