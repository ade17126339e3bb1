"""What other tools found: a table of their runs, and their findings by component, each with everyone to be credited."""

from __future__ import annotations

from collections import defaultdict

from rustplan.model.imported import ImportedFinding, ImportedReason, ImportedRun
from rustplan.model.source import Role
from rustplan.report.escape import clip, visible
from rustplan.report.view.frames import source_link
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, whole
from rustplan.report.view.shapes import Link, Mark, View, component_link, severity_mark
from rustplan.report.view.words import ROLE_WORDS

MOST_OF_COMPONENT = 20
MOST_ROWS = 400
MOST_RUNS = 100
MESSAGE = 300
_NAME = 60


class ImportedRunRow(View, frozen=True, kw_only=True):
    """One run of a tool and what became of its results."""

    tool: str
    file: str
    results: str
    mapped: str
    repeated: str
    duplicates: str
    own: str
    unmapped: str
    left_out: str
    reasons: tuple[str, ...]


class ImportedRow(View, frozen=True, kw_only=True):
    """One finding of another tool."""

    severity: Mark
    tools: str
    rule: str
    cwe: str
    message: str
    place: str
    href: str
    counts: str


class ImportedBlock(View, frozen=True, kw_only=True):
    """The findings in one component, worst first."""

    component: Link
    count: str
    rows: tuple[ImportedRow, ...]
    more: str


class ImportedView(View, frozen=True, kw_only=True):
    """Runs and findings; without runs nothing is shown."""

    runs: tuple[ImportedRunRow, ...] = ()
    more_runs: str = ""
    words: str = ""
    blocks: tuple[ImportedBlock, ...] = ()
    more: str = ""


def build_imported(index: PageIndex) -> ImportedView:
    """Return the block of imported findings; empty when no file was given."""
    evidence = index.analysis.evidence
    runs = evidence.imported
    counted_files = {
        file.path
        for file in index.analysis.scorecard.files
        if file.role is Role.SOURCE and file.language.is_memory_unsafe
    }
    if not runs:
        return ImportedView()
    groups: dict[str, list[ImportedFinding]] = defaultdict(list)
    listed = [finding for finding in evidence.imported_findings if not finding.is_duplicate]
    for finding in sorted(listed, key=lambda one: (one.path not in counted_files, *_worst_first(one))):
        groups[index.owners.get(finding.path, "")].append(finding)
    room = MOST_ROWS
    blocks = []
    for name in sorted(groups, key=lambda name: (not name, -sum(one.points for one in groups[name]), name)):
        rows = groups[name][: min(MOST_OF_COMPONENT, room)]
        room -= len(rows)
        if rows:
            blocks.append(_block(index, counted_files, name, groups[name], rows))
    hidden = len(groups) - len(blocks)
    return ImportedView(
        runs=tuple(map(_run, runs[:MOST_RUNS])),
        more_runs=f"{counted(len(runs) - MOST_RUNS, 'other run')} in rustplan.json." if len(runs) > MOST_RUNS else "",
        words=_words(runs, listed, counted_files),
        blocks=tuple(blocks),
        more=f"Findings in {counted(hidden, 'other component')} are in rustplan.json and imported.csv."
        if hidden
        else "",
    )


def _words(runs: tuple[ImportedRun, ...], listed: list[ImportedFinding], counted_files: set[str]) -> str:
    """Say how much was brought in, and how much of it counts."""
    own = sum(1 for finding in listed if finding.own)
    counting = sum(1 for one in listed if one.is_prevented and one.points > 0 and one.path in counted_files)
    return (
        f"{counted(sum(run.results for run in runs), 'result')} of {counted(len(runs), 'run')} of other tools; "
        f"{whole(sum(run.mapped for run in runs))} lie in files of this tree and say {counted(len(listed), 'different thing')}. "
        f"{whole(counting)} of them count in the risk of a component; {whole(own)} were found by rustplan as well"
    )


def _run(run: ImportedRun) -> ImportedRunRow:
    reasons = [_reason("unmapped", reason) for reason in run.unmapped]
    reasons += [_reason("left out", reason) for reason in run.left_out]
    reasons += [clip(visible(note), MESSAGE) for note in run.notes]
    return ImportedRunRow(
        tool=shown(f"{run.tool} {run.version}".strip(), _NAME),
        file=shown(run.file, _NAME),
        results=whole(run.results),
        mapped=whole(run.mapped),
        repeated=whole(run.repeated),
        duplicates=whole(run.duplicates),
        own=whole(run.own),
        unmapped=whole(sum(reason.count for reason in run.unmapped)),
        left_out=whole(sum(reason.count for reason in run.left_out)),
        reasons=tuple(reasons),
    )


def _reason(what: str, reason: ImportedReason) -> str:
    first = ", ".join(shown(example, _NAME) for example in reason.examples)
    return f"{whole(reason.count)} {what}: {visible(reason.because)}{f' ({first})' if first else ''}"


def _block(
    index: PageIndex, counted_files: set[str], name: str, group: list[ImportedFinding], rows: list[ImportedFinding]
) -> ImportedBlock:
    more = len(group) - len(rows)
    return ImportedBlock(
        component=component_link(index, name, 40) if name else Link(words="outside of every component"),
        count=counted(len(group), "finding"),
        rows=tuple(_row(index, counted_files, finding) for finding in rows),
        more=f"{counted(more, 'other finding')} in rustplan.json and imported.csv." if more else "",
    )


def _row(index: PageIndex, counted_files: set[str], finding: ImportedFinding) -> ImportedRow:
    place = f"{shown(finding.path)}:{finding.line}" if finding.line else shown(finding.path)
    return ImportedRow(
        severity=severity_mark(finding.severity),
        tools=", ".join(shown(tool, 40) for tool in finding.tools),
        rule=shown(finding.rule, _NAME),
        cwe=f"CWE-{finding.cwe}" if finding.cwe is not None else "",
        message=clip(visible(finding.message), MESSAGE),
        place=place,
        href=source_link(index, finding.path, max(1, finding.line)),
        counts=_counts(index.role(finding.path), finding, is_counted_file=finding.path in counted_files),
    )


def _counts(role: Role, finding: ImportedFinding, *, is_counted_file: bool) -> str:
    """Why a finding enters the risk, or why it does not."""
    if role is not Role.SOURCE:
        return f"no: {ROLE_WORDS[role]}"
    if not is_counted_file:
        return "no: neither C nor C++"
    if not finding.is_prevented:
        return "no: Rust does not prevent it" if finding.cwes else "no: names no weakness"
    if finding.own:
        return f"{'in part' if finding.points > 0 else 'no'}: rustplan's {shown(finding.own, _NAME)} counts"
    return "yes"


def _worst_first(finding: ImportedFinding) -> tuple[float, int, str, int, str, str]:
    return (
        -finding.points if finding.is_prevented else 0.0,
        finding.severity.rank,
        finding.path,
        finding.line,
        finding.tool,
        finding.rule,
    )
