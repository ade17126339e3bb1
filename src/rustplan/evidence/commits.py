"""What commits and vulnerability records tell, from the settings of a run: the history, the records led to files, the commit's day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from rustplan.evidence.history import GitFolder, compact, read_date, read_history
from rustplan.evidence.osv import OsvRecords, map_osv, read_osv
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.history import History, HistoryOptions, Vulnerabilities, Vulnerability
from rustplan.model.options import EvidenceOptions

NO_RECORDS = AbsentEvidence(
    name="known vulnerabilities",
    because="no records were given (--osv)",
    effect="which commits mended memory errors is told by their messages alone",
)
SWITCHED_OFF = AbsentEvidence(
    name="history",
    because="it was switched off (--no-history)",
    effect="churn and memory-safety fixes are unknown, not zero; their weight goes to the other factors",
)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The history or why there is none, the records if any were given, and the date (YYYY-MM-DD) of the commit that is checked out."""

    history: History | AbsentEvidence = SWITCHED_OFF
    vulnerabilities: Vulnerabilities | None = None
    date: str | None = None


def read_commits(
    root: Path, repository: GitFolder | None, paths: Collection[str], options: EvidenceOptions, *, is_date_only: bool
) -> Told:
    """Read what the options ask for; `is_date_only` reads no more than the commit's day. Raises InputError for records that cannot be read."""
    if is_date_only:
        return Told(date=read_date(root, repository) if options.history else None)
    records = _records(options.osv)
    history: History | AbsentEvidence = SWITCHED_OFF
    if options.history:
        history = read_history(
            root,
            repository,
            paths,
            HistoryOptions(),
            marks=records.commits if records is not None else (),
            memory_commits=_memory_commits(records.records) if records is not None else (),
        )
    if isinstance(history, History):
        date: str | None = history.newest
    else:
        date = read_date(root, repository) if options.history else None
    return Told(history=history, vulnerabilities=None if records is None else map_osv(records, history), date=date)


def add_commits(evidence: Evidence, told: Told) -> Evidence:
    """Return the evidence with what commits and records told, and what of it is absent."""
    absent = list(evidence.absent)
    if isinstance(told.history, AbsentEvidence):
        absent.insert(0, told.history)
    if told.vulnerabilities is None:
        absent.append(NO_RECORDS)
    return msgspec.structs.replace(
        evidence,
        absent=tuple(absent),
        history=told.history if isinstance(told.history, History) else None,
        vulnerabilities=told.vulnerabilities,
    )


def bounded(evidence: Evidence, paths: Collection[str]) -> Evidence:
    """Return the evidence as an analysis keeps it: of the history the files `paths` alone, with few examples."""
    if evidence.history is None:
        return evidence
    return msgspec.structs.replace(evidence, history=compact(evidence.history, paths))


def _records(folders: Sequence[str]) -> OsvRecords | None:
    """All records of all folders; the first of an id counts."""
    if not folders:
        return None
    read = [read_osv(Path(folder)) for folder in folders]
    known: dict[str, Vulnerability] = {}
    for records in read:
        for record in records.records:
            known.setdefault(record.id, record)
    return OsvRecords(
        records=tuple(known[name] for name in sorted(known)),
        skipped=tuple(sorted(skipped for records in read for skipped in records.skipped)),
        notes=tuple(note for records in read for note in records.notes),
    )


def _memory_commits(records: Sequence[Vulnerability]) -> frozenset[str]:
    """Commits that mended a memory error by the record's own weaknesses or words."""
    return frozenset(fix.commit for record in records if record.is_memory_safety for fix in record.fixes)
