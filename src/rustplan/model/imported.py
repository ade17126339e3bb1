"""Findings of other tools, brought in by the user: what each run said, where it lies in this tree, and what it counts for."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Confidence, Severity


class ImportedStep(msgspec.Struct, frozen=True, array_like=True):
    """One place of the tool's chain of evidence. `path` is as the tool wrote it when it is no file of this tree."""

    path: str
    line: int
    message: str


class ImportedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One result of another tool at a file of this tree.

    `run` is its place in `Evidence.imported`; `tool` is who says it, `also` who else says the same within three lines; `own` is
    rustplan's rule that says the same, "" for none. `level` is the tool's word (error, warning, note, none), `severity` what rustplan
    makes of it. `cwes` are as given, or from the catalogue for rules that name none; `weakness` is the class they belong to, "" for
    none. `line` 0 is the whole file. `points` are severity times confidence, as far as nothing else counts them already;
    `is_prevented` says that safe Rust would do something about it: only then points count. `is_duplicate`: another tool's finding
    counts in its place.
    """

    run: int
    tool: str
    rule: str
    message: str
    path: str
    line: int
    level: str
    severity: Severity
    confidence: Confidence = Confidence.MEDIUM
    cwes: tuple[int, ...] = ()
    weakness: str = ""
    fingerprint: str = ""
    chain: tuple[ImportedStep, ...] = ()
    also: tuple[str, ...] = ()
    own: str = ""
    points: float = 0.0
    is_prevented: bool = False
    is_duplicate: bool = False

    @property
    def cwe(self) -> int | None:
        """The first weakness it names."""
        return self.cwes[0] if self.cwes else None

    @property
    def tools(self) -> tuple[str, ...]:
        """Everyone who is to be credited."""
        return (self.tool, *self.also, *(("rustplan",) if self.own and self.tool != "rustplan" else ()))


class ImportedReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why results did not become findings, how many, and the first few of them (at most 200 characters each)."""

    because: str
    count: int
    examples: tuple[str, ...] = ()


class ImportedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a tool. `results` = `mapped` + `unmapped` + `left_out`; of the mapped, `repeated` say what the tool has said before.

    Of the others, `duplicates` give way to another tool's finding, and `own` were found by rustplan as well. `file` has no folder.
    """

    file: str
    sha256: str
    tool: str
    version: str = ""
    results: int = 0
    mapped: int = 0
    repeated: int = 0
    duplicates: int = 0
    own: int = 0
    unmapped: tuple[ImportedReason, ...] = ()
    left_out: tuple[ImportedReason, ...] = ()
    notes: tuple[str, ...] = ()
