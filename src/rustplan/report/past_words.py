"""The history and the vulnerability records of a run, and of one file, in words for every report."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.evidence import Evidence
from rustplan.model.history import FileHistory, History, Vulnerabilities
from rustplan.report.view.numbers import counted, decimal, listed, percent, whole

_YEAR = 365.25
_MOST_RECORDS = 5
_LEVELS = {"memory": "memory-safety fix", "security": "security fix", "fix": "fix"}


def evidence_rows(evidence: Evidence) -> list[tuple[str, str]]:
    """What of the past was read: a name and a sentence or two each."""
    rows = []
    if evidence.history is not None:
        rows.append(("history", _history(evidence.history)))
    if evidence.vulnerabilities is not None:
        rows.append(("known vulnerabilities", _records(evidence.vulnerabilities)))
    return rows


def file_history(path: str, evidence: Evidence) -> Iterator[str]:
    """What the past says of one file, one fact a line; nothing when no history was read."""
    if evidence.history is None:
        return
    history = next((file for file in evidence.history.files if file.path == path), None)
    if history is None:
        unknown = path in evidence.history.unknown
        yield "history: unknown, the file is in no commit" if unknown else "history: nothing is kept of this file"
    else:
        yield from _file(history)
    for record in evidence.vulnerabilities.records if evidence.vulnerabilities is not None else ():
        if path in record.paths:
            yield f"known vulnerability: {record.id}{f' ({record.summary})' if record.summary else ''}"


def _history(history: History) -> str:
    left_out = [
        counted(number, noun)
        for number, noun in ((history.merges, "merge"), (history.sweeping, "mass change"))
        if number
    ]
    said = (
        f"{counted(history.commits, 'commit')} by {counted(history.authors, 'author')} in {_span(history.reaches_days)}"
    )
    said += f", the newest of {history.newest} ({history.commit[:12]})"
    said += f"; {listed(left_out)} left out" if left_out else ""
    notes = [note for note in history.notes if "merge commits" not in note and "mass changes" not in note]
    return "; ".join([said, *notes]) + ". Fixes are told by their messages: a file without any is not a safe file."


def _records(known: Vulnerabilities) -> str:
    said = f"{counted(len(known.records), 'record')}, {whole(known.mapped)} of them led to files by their fix commits"
    if known.skipped:
        said += f"; {counted(len(known.skipped), 'record')} skipped"
    lost = [record.id for record in known.records if not record.paths]
    if lost:
        more = f" and {whole(len(lost) - _MOST_RECORDS)} more" if len(lost) > _MOST_RECORDS else ""
        said += f"; without a file: {', '.join(lost[:_MOST_RECORDS])}{more}"
    return f"{said}."


def _file(history: FileHistory) -> Iterator[str]:
    yield (
        f"history: {counted(history.commits, 'commit')} ({whole(history.recent_commits)} in the last 24 months) by "
        f"{counted(history.authors, 'author')}{_ends(history)}"
    )
    if history.fixes:
        yield (
            f"fixes told by messages: {whole(history.fixes)}, of them {whole(history.security_fixes)} of security, "
            f"of these {whole(history.memory_fixes)} of memory errors"
        )
    for fix in history.examples:
        yield f"  {fix.commit[:12]} {_LEVELS[fix.level.value]}, {_span(fix.age_days)} old: {fix.subject}"
    if history.partners:
        shared = [f"{partner.path} ({percent(partner.degree)})" for partner in history.partners]
        yield f"changes together with {listed(shared)}"
    if history.former_paths:
        yield f"formerly {listed(list(history.former_paths))}"


def _ends(history: FileHistory) -> str:
    if history.first_days is None or history.last_days is None:
        return ""
    return f"; first {_span(history.first_days)}, last {_span(history.last_days)} before the newest commit"


def _span(days: int) -> str:
    return counted(days, "day") if days < 2 * _YEAR else f"{decimal(days / _YEAR, 1)} years"
