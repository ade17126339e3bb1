"""What a component's history says: how often its memory errors were mended, and how often it changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog import Anchors
from rustplan.model.evidence import Evidence
from rustplan.model.history import FileHistory, FixCommit, FixLevel, History
from rustplan.model.scan import FileScan
from rustplan.model.score import FactorEvidence
from rustplan.score.holdings import Holding, why_absent
from rustplan.score.levels import PLACES_SHOWN, Draft
from rustplan.score.wording import count, name_list, per_kloc

FIXES, CHURN = "memory-fix-history", "churn"
YEAR = 365.25
_NAMES_SHOWN = 3
_LEVELS = (FixLevel.MEMORY, FixLevel.SECURITY, FixLevel.FIX)


@dataclass(frozen=True, slots=True)
class Past:
    """The history of a run by path, and the known vulnerabilities by path; `because` says why there is no history."""

    history: History | None
    files: Mapping[str, FileHistory]
    vulnerabilities: Mapping[str, tuple[str, ...]]
    because: str

    def years(self, sum_name: str) -> float:
        """Return how many years of even activity a decayed sum holds: its window, or what was read of it, a year at least."""
        if self.history is None:
            raise ValueError("there is no history")
        half_life = self.history.half_life_days[sum_name]
        reached = max(float(self.history.reaches_days), YEAR)
        return half_life / math.log(2) / YEAR * (1.0 - math.pow(2.0, -reached / half_life))


def find_past(evidence: Evidence) -> Past:
    """Arrange the evidence once for all components."""
    history = evidence.history
    names: dict[str, set[str]] = {}
    for record in evidence.vulnerabilities.records if evidence.vulnerabilities is not None else ():
        for path in record.paths if record.is_memory_safety is not False else ():
            names.setdefault(path, set()).add(record.id)
    return Past(
        history=history,
        files={} if history is None else history.by_path(),
        vulnerabilities={path: tuple(sorted(ids)) for path, ids in names.items()},
        because=why_absent(evidence, "history", "the history was not read"),
    )


def memory_fix_history(holding: Holding, past: Past, anchors: Anchors) -> Draft:
    """Return memory-safety fixes per 1,000 lines and year, late ones most; a share of the security fixes counts as such, too."""
    known = _known(holding, past)
    if not known:
        return _absent(FIXES, past)
    named = math.fsum(history.memory_decayed for _, history in known)
    other = math.fsum(history.security_decayed for _, history in known) - named
    amount = named + anchors.files.history.memory_share_of_security * max(0.0, other)
    lines = sum(file.facts.sloc for file, _ in known)
    return Draft(
        name=FIXES,
        value=per_kloc(amount, lines, anchors.densities) / past.years("memory"),
        because=_fixes_said(known, holding, past),
        evidence=_commits(known),
    )


def churn(holding: Holding, past: Past) -> Draft:
    """Return commits per file and month, late ones most."""
    known = _known(holding, past)
    if not known:
        return _absent(CHURN, past)
    amount = math.fsum(history.commits_decayed for _, history in known)
    ordered = sorted(known, key=lambda pair: (-pair[1].commits_decayed, pair[0].path))
    recent = sum(history.recent_commits for _, history in known)
    busiest = name_list([file.path for file, history in ordered[:2] if history.recent_commits])
    return Draft(
        name=CHURN,
        value=amount / len(known) / past.years("commits") / 12.0,
        because=f"{count(recent, 'change')} to {count(len(known), 'file')} in the last 24 months of the history"
        + (f", most of them to {busiest}." if busiest else "."),
        evidence=tuple(
            FactorEvidence(
                path=file.path,
                line=1,
                what=f"{count(history.recent_commits, 'commit')} in 24 months, {history.commits:,} in all, "
                f"{count(history.authors, 'author')}",
            )
            for file, history in ordered[:PLACES_SHOWN]
            if history.commits
        ),
    )


def _known(holding: Holding, past: Past) -> list[tuple[FileScan, FileHistory]]:
    """The files that count and have a history: C and C++, or all of a component of Java alone."""
    files = holding.unsafe_sources or holding.sources
    return [(file, past.files[file.path]) for file in files if file.path in past.files]


def _fixes_said(known: Sequence[tuple[FileScan, FileHistory]], holding: Holding, past: Past) -> str:
    total = sum(history.memory_fixes for _, history in known)
    security = sum(history.security_fixes for _, history in known) - total
    said = f"Messages tell {_fixes(total, 'memory-safety')} and {_fixes(security, 'other security')}"
    said += f", a commit counted in each of {count(len(known), 'file')}" if len(known) > 1 else ""
    ids = sorted({name for file, _ in known for name in past.vulnerabilities.get(file.path, ())})
    if ids:
        shown = name_list(ids[:_NAMES_SHOWN] + ([f"{len(ids) - _NAMES_SHOWN} more"] if len(ids) > _NAMES_SHOWN else []))
        said += f"; known vulnerabilities lead here: {shown}"
    missing = len(holding.unsafe_sources or holding.sources) - len(known)
    unknown = f" {count(missing, 'file')} without history left out." if missing else ""
    return f"{said}. Most memory errors are mended without saying so: none told is not none.{unknown}"


def _fixes(number: int, kind: str) -> str:
    return f"{number:,} {kind} {'fix' if number == 1 else 'fixes'}"


def _commits(known: Sequence[tuple[FileScan, FileHistory]]) -> tuple[FactorEvidence, ...]:
    """The most telling fixes, each commit once, at the first file that it touches."""
    found: dict[str, tuple[FixCommit, str]] = {}
    for file, history in sorted(known, key=lambda pair: pair[0].path):
        for fix in history.examples:
            found.setdefault(fix.commit, (fix, file.path))
    ordered = sorted(found.values(), key=lambda pair: (_LEVELS.index(pair[0].level), pair[0].age_days, pair[0].commit))
    return tuple(
        FactorEvidence(path=path, line=1, what=f"{fix.commit[:12]} {_kind(fix)}, {_ago(fix.age_days)}: {fix.subject}")
        for fix, path in ordered[:PLACES_SHOWN]
        if fix.level is not FixLevel.FIX
    )


def _kind(fix: FixCommit) -> str:
    names = [kind.value for kind in fix.kinds]
    return f"{fix.level.value} fix" + (f" ({name_list(names)})" if names else "")


def _ago(days: int) -> str:
    """Say an age before the newest commit."""
    return f"{days:,} {'day' if days == 1 else 'days'} old" if days < 2 * YEAR else f"{days / YEAR:.0f} years old"


def _absent(name: str, past: Past) -> Draft:
    because = past.because if past.history is None else "none of its files is in the history that was read"
    return Draft(
        name=name,
        value=0.0,
        is_absent=True,
        because=f"Not available: {because}. Unknown, not zero: its weight went to the other factors.",
    )
