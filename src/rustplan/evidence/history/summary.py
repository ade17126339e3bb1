"""Turns counts into the History that scoring and reports read: sorted, rounded, with what was left out in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

import msgspec

from rustplan.catalog.history import HistoryRules
from rustplan.evidence.history.isolated import Isolated, NoHistory
from rustplan.evidence.history.tally import MOST_EXAMPLES, FileTally, Tally
from rustplan.model.history import FileHistory, FixKind, FixTally, History, HistoryOptions, MarkedCommit, Partner
from rustplan.model.paths import model_path, raw_text

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Counted:
    """All commits counted; `missing` file contents were taken as empty."""

    tally: Tally
    has_lines: bool
    missing: int


def summarise(
    counted: Counted, place: Isolated, paths: list[str], prefix: bytes, rules: HistoryRules, options: HistoryOptions
) -> History:
    """Return the History of the wanted model paths. Raises NoHistory when no commit has a date."""
    tally = counted.tally
    if tally.newest is None:
        raise NoHistory("no commit has a date that is understood")
    names = [_below(prefix, tally.name(index)) for index in range(len(tally.files))]
    partners = tally.pairs.of_files(rules.limits.least_shared, rules.limits.most_partners)
    files = [_file(name, tally.files[index], partners[index], names, prefix) for index, name in enumerate(names)]
    is_cut_short = tally.seen >= options.max_commits and tally.last_had_parents
    known = set(names)
    return History(
        commit=place.commit,
        newest=day_of(tally.newest),
        commits=tally.counted,
        merges=tally.merges,
        sweeping=tally.sweeping,
        authors=tally.authors,
        reaches_days=tally.oldest_days if tally.edge_days is None else tally.edge_days,
        is_complete=not place.shallow and not is_cut_short,
        files=tuple(sorted(files, key=lambda file: file.path)),
        unknown=tuple(path for path in paths if path not in known),
        has_lines=counted.has_lines,
        cut=tally.cut,
        recent_days=rules.decay.recent_days,
        half_life_days=dict(sorted(rules.decay.half_life_days.items())),
        notes=_notes(counted, place, prefix, rules, options, is_cut_short, len(paths) - len(known)),
        marked=tuple(sorted((_marked(mark, prefix) for mark in tally.marked), key=lambda mark: mark.commit)),
    )


def day_of(time: int) -> str:
    """Return the date (YYYY-MM-DD, UTC) of a time in seconds since 1970. Raises NoHistory for one beyond the calendar."""
    try:
        return datetime.fromtimestamp(time, timezone.utc).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise NoHistory("the newest commit has a date that no calendar holds") from None


def _file(
    name: str, tally: FileTally, partners: list[tuple[int, int, float]], names: list[str], prefix: bytes
) -> FileHistory:
    examples = [fix for level in reversed(tally.examples) for fix in level][:MOST_EXAMPLES]
    return FileHistory(
        path=name,
        commits=tally.commits,
        recent_commits=tally.recent,
        added=tally.added,
        removed=tally.removed,
        commits_decayed=round(tally.commits_decayed, _DIGITS),
        churn_decayed=round(tally.churn_decayed, _DIGITS),
        first_days=tally.first,
        last_days=tally.last,
        authors=len(tally.authors),
        fixes=tally.fixes[0],
        fixes_decayed=round(tally.fixes_decayed[0], _DIGITS),
        security_fixes=tally.fixes[1],
        security_decayed=round(tally.fixes_decayed[1], _DIGITS),
        memory_fixes=tally.fixes[2],
        memory_decayed=round(tally.fixes_decayed[2], _DIGITS),
        kinds=tuple(
            FixTally(kind=kind, count=int(tally.kinds[kind][0]), decayed=round(tally.kinds[kind][1], _DIGITS))
            for kind in FixKind
            if kind in tally.kinds
        ),
        examples=tuple(examples),
        partners=tuple(
            Partner(path=names[other], shared=shared, degree=round(degree, _DIGITS))
            for other, shared, degree in partners
        ),
        former_paths=tuple(_below(prefix, former) for former in tally.former),
        sweeping=tally.sweeping,
        unknown_lines=tally.unknown_lines,
    )


def _below(prefix: bytes, path: bytes) -> str:
    """The model path of a raw one; a former path outside the scanned folder keeps its whole name."""
    return model_path(raw_text(path.removeprefix(prefix)))


def _marked(mark: MarkedCommit, prefix: bytes) -> MarkedCommit:
    start = raw_text(prefix)
    return msgspec.structs.replace(mark, paths=tuple(model_path(path.removeprefix(start)) for path in mark.paths))


def _notes(
    counted: Counted,
    place: Isolated,
    prefix: bytes,
    rules: HistoryRules,
    options: HistoryOptions,
    is_cut_short: bool,
    unknown: int,
) -> tuple[str, ...]:
    """What a reader must know of how it was counted; empty sentences are dropped."""
    tally = counted.tally
    limits = rules.limits
    notes = (
        "merge commits are left out; what they bring in is counted where it was committed",
        f"{tally.sweeping} commits touch more than {limits.sweeping_files} files, are about layout or names, or are listed in"
        " .git-blame-ignore-revs, and are left out as mass changes"
        if tally.sweeping
        else "",
        f"{tally.wide_fixes} fixes touch more than {limits.fix_source_files} source files and count for none of them"
        if tally.wide_fixes
        else "",
        f"the clone is shallow: complete for the {tally.edge_days} days before the newest commit"
        if place.shallow
        else "",
        f"only the newest {options.max_commits} commits were read" if is_cut_short else "",
        "the clone lacks file contents: lines are unknown, renames with changes are not followed"
        if not counted.has_lines
        else "",
        f"{counted.missing} file contents are missing from the clone and count as empty"
        if counted.missing and counted.has_lines
        else "",
        "only the scanned folder's history was read: renames from outside it are not followed" if prefix else "",
        f"{unknown} files are in no commit that is checked out (untracked, or in a submodule): their history is unknown"
        if unknown
        else "",
        f"{tally.undated} commits have no date that is understood and count as new" if tally.undated else "",
        "rare pairs of files that change together were forgotten to bound memory" if tally.pairs.forgotten else "",
    )
    return tuple(note for note in notes if note)
