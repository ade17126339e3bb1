"""The accepted findings of a project as a file that people review: sorted, one finding a line."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from rustplan.errors import InputError
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.source import Role

VERSION = 1
DEFAULT_NAME = "rustplan-baseline.json"
MOST_BYTES = 256 * 1024 * 1024
ACCEPTED_KINDS = (Kind.DEFECT, Kind.EXPOSURE)
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Accepted findings that look alike. `fp` is their mark, `fn` the function, `n` how many; `expires` (YYYY-MM-DD) is their last day."""

    fp: str
    rule: str
    path: str
    fn: str = ""
    n: int = 1
    reason: str = ""
    owner: str = ""
    expires: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What it is matched by first."""
        return self.path, self.fp


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a component had when the baseline was made: unsafe code lines, places of its findings, crossings of its boundary."""

    component: str
    lines: int
    sites: int
    crossings: int


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rules` is the digest of the rulebook, `commit` and `date` those of the code, "" when unknown."""

    v: int
    tool: str
    rules: str
    commit: str = ""
    date: str = ""
    entries: tuple[Entry, ...] = ()
    components: tuple[Budget, ...] = ()

    @property
    def size(self) -> int:
        """How many findings are accepted."""
        return sum(entry.n for entry in self.entries)


def baseline_of(analysis: Analysis, previous: Baseline | None = None) -> Baseline:
    """Accept all defects and exposures of role source. Reasons, owners and ends that `previous` gives for the same findings are kept."""
    said = {entry.place: entry for entry in previous.entries} if previous else {}
    counts: Counter[tuple[str, str]] = Counter()
    heads: dict[tuple[str, str], Finding] = {}
    for finding in accepted_findings(analysis):
        for mark in marks_of(finding):
            counts[finding.path, mark] += 1
            heads.setdefault((finding.path, mark), finding)
    return Baseline(
        v=VERSION,
        tool=f"{analysis.tool.name} {analysis.tool.version}",
        rules=f"sha256:{analysis.tool.rules_digest}",
        commit=analysis.project.commit or "",
        date=(analysis.project.date or "")[:10],
        entries=_sorted(_entry(key, count, heads[key], said.get(key)) for key, count in counts.items()),
        components=budgets_of(analysis),
    )


def _entry(key: tuple[str, str], count: int, finding: Finding, said: Entry | None) -> Entry:
    made = Entry(fp=key[1], rule=finding.rule, path=finding.path, fn=finding.function, n=count)
    if said is None:
        return made
    return msgspec.structs.replace(made, reason=said.reason, owner=said.owner, expires=said.expires)


def accepted_findings(analysis: Analysis) -> Iterator[Finding]:
    """The findings that a baseline speaks of, in the order of the analysis."""
    roles = {file.path: file.role for file in analysis.scorecard.files}
    for finding in analysis.findings:
        if finding.kind in ACCEPTED_KINDS and roles.get(finding.path, Role.SOURCE) is Role.SOURCE:
            yield finding


def marks_of(finding: Finding) -> tuple[str, ...]:
    """What a finding is recognised by; where the code was not at hand, its rule, function and message."""
    if finding.marks:
        return finding.marks
    words = "\0".join((finding.rule, finding.function, finding.message)).encode("utf-8", "surrogateescape")
    return (hashlib.sha256(words).hexdigest()[:16],)


def budgets_of(analysis: Analysis) -> tuple[Budget, ...]:
    """The sizes of every component on the memory-safety track, by name."""
    owner = {file.path: file.component for file in analysis.scorecard.files}
    sites: Counter[str] = Counter()
    for finding in accepted_findings(analysis):
        if Track.MEMORY_SAFETY in finding.tracks:
            sites[owner.get(finding.path, "")] += finding.places
    crossings = {
        step.component: len(step.boundary.crossings)
        for step in analysis.roadmap.steps
        if step.track is Track.MEMORY_SAFETY
    }
    return tuple(
        Budget(
            component=component.name,
            lines=component.unsafe_sloc,
            sites=sites[component.name],
            crossings=crossings.get(component.name, 0),
        )
        for component in sorted(analysis.graph.components, key=lambda one: one.name)
        if component.unsafe_sloc or sites[component.name]
    )


def encode_baseline(baseline: Baseline) -> bytes:
    """The file: a head, then one entry and one component a line, so that a change reads well in review and merges."""
    head = {
        "v": baseline.v,
        "tool": baseline.tool,
        "rules": baseline.rules,
        "commit": baseline.commit,
        "date": baseline.date,
    }
    lines = ["{" + ",".join(f"{_json(key)}:{_json(value)}" for key, value in head.items()) + ',"entries":[']
    lines.append(",\n".join(_json(msgspec.to_builtins(entry)) for entry in _sorted(baseline.entries)))
    lines.append('],"components":[')
    lines.append(",\n".join(_json(msgspec.to_builtins(budget)) for budget in baseline.components))
    lines.append("]}")
    return ("\n".join(line for line in lines if line) + "\n").encode("utf-8", "backslashreplace")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decode_baseline(data: bytes, name: str) -> Baseline:
    """Read the file; `name` stands for it in messages. Raises InputError with the next step."""
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} is larger than {MOST_BYTES} bytes", hint="make it again: rustplan baseline create")
    try:
        baseline = msgspec.json.decode(data, type=Baseline)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(
            f"{name} is no baseline of rustplan: {error}",
            hint="take it from version control again, or make it new: rustplan baseline create",
        ) from None
    if baseline.v != VERSION:
        raise InputError(
            f"{name} has version {baseline.v}, this rustplan reads version {VERSION}", hint="upgrade rustplan"
        )
    wrong = next((entry for entry in baseline.entries if entry.n < 1 or not _is_day(entry.expires)), None)
    if wrong is not None:
        raise InputError(
            f"{name}: the entry for {wrong.rule} in {wrong.path} has n {wrong.n} and expires {wrong.expires!r}",
            hint="n is 1 or more, expires is YYYY-MM-DD",
        )
    return baseline


def _is_day(text: str) -> bool:
    return not text or _DAY.fullmatch(text) is not None


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.path, entry.rule, entry.fn, entry.fp)))
