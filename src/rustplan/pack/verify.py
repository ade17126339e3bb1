"""Check a pack: its bytes, its digests, its views, and everything it says about a repository, computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

import rustplan
from rustplan.api import analyze, data_digest
from rustplan.config import Flag, Settings, load_settings
from rustplan.config.settings import FIELDS, FILES_OF
from rustplan.errors import InputError
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.model.source import Role
from rustplan.pack.container import STATEMENT, Pack
from rustplan.pack.differences import differences
from rustplan.pack.write import ANALYSIS, draw_views, statement
from rustplan.report import decode_analysis, encode_analysis

MOST_SHOWN = 200
_BEFORE, _AROUND = 30, 100
"""Bytes of a line shown before a difference, and in all."""
_OF_THE_RUN = ("command", "settings", "settings_digest", "data_digest", "tool")
"""Parts that say how a run was asked for, not what it learnt."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as the pack says: where, what the pack says, what was found."""

    where: str
    packed: str
    found: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, in words, and what differs. `count` counts all differences; `differences` holds the first 200."""

    checks: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    count: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """True when nothing differs."""
        return self.count == 0


def verify_pack(pack: Pack, repository: Path | None, evidence: Settings) -> Verification:
    """Check a pack, and with `repository` everything that it says of it. `evidence` names files that the analysis rests on besides the source.

    Raises InputError when the pack is too damaged to say anything.
    """
    found: list[Difference] = []
    checks = ["container", "digests"]
    if pack.damage:
        found.append(Difference(where="container", packed="as rustplan writes it", found=pack.damage))
    said, analysis = _read(pack)
    found.extend(_digests(pack, said))
    found.extend(_own_digest(analysis))
    notes: list[str] = []
    if analysis.tool.version == rustplan.__version__:
        checks.append("views")
        found.extend(_views(pack, analysis, said.predicate.reportOptions))
    else:
        notes.append(_other_version(analysis))
    if repository is not None:
        checks.append("repository")
        now = analyze(repository, _settings_of(analysis, evidence))
        notes.extend(_notes(analysis, now))
        found.extend(_files(analysis, now))
        found.extend(_numbers(analysis, now))
    return Verification(
        checks=tuple(checks), differences=tuple(found[:MOST_SHOWN]), count=len(found), notes=tuple(notes)
    )


class _Subject(msgspec.Struct):
    name: str
    digest: dict[str, str]


class _Predicate(msgspec.Struct):
    dataDigest: str
    reportOptions: ReportOptions


class _Statement(msgspec.Struct):
    subject: list[_Subject]
    predicate: _Predicate


def _read(pack: Pack) -> tuple[_Statement, Analysis]:
    missing = [name for name in (STATEMENT, ANALYSIS) if name not in pack.files]
    if missing:
        raise InputError(f"the pack lacks {' and '.join(missing)}: {pack.damage or 'it is incomplete'}")
    try:
        said = msgspec.convert(msgspec.json.decode(pack.files[STATEMENT]), type=_Statement)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(f"{STATEMENT} of the pack cannot be read: {error}", hint="the pack was changed") from None
    return said, decode_analysis(pack.files[ANALYSIS], name=f"{ANALYSIS} of the pack")


def _digests(pack: Pack, said: _Statement) -> Iterator[Difference]:
    """Compare every file with the digest that the statement gives it."""
    expected = {subject.name: subject.digest["sha256"] for subject in said.subject if "sha256" in subject.digest}
    held = {name: data for name, data in pack.files.items() if name != STATEMENT}
    for name in sorted(expected.keys() | held.keys()):
        if name not in held:
            yield Difference(where=name, packed=f"sha256 {expected[name]}", found="not in the pack")
        elif name not in expected:
            yield Difference(where=name, packed="not in the statement", found="in the pack")
        elif (digest := hashlib.sha256(held[name]).hexdigest()) != expected[name]:
            yield Difference(where=name, packed=f"sha256 {expected[name]}", found=f"sha256 {digest}")


def _own_digest(analysis: Analysis) -> Iterator[Difference]:
    """Compare the analysis with the digest that it carries."""
    digest = data_digest(analysis)
    if digest != analysis.data_digest:
        yield Difference(where=f"{ANALYSIS}: data_digest", packed=analysis.data_digest, found=digest)


def _views(pack: Pack, analysis: Analysis, options: ReportOptions) -> Iterator[Difference]:
    """Draw every view again from the analysis and compare, the statement among them."""
    drawn = draw_views(analysis, options)
    drawn[ANALYSIS] = encode_analysis(analysis)
    for name, data in sorted(drawn.items()):
        if pack.files.get(name) != data:
            yield _first_line(name, pack.files.get(name, b""), data)
    files = {name: data for name, data in pack.files.items() if name != STATEMENT}
    expected = msgspec.json.decode(msgspec.json.encode(statement(analysis, options, files)))
    for where, packed, found in differences(msgspec.json.decode(pack.files[STATEMENT]), expected):
        yield Difference(where=f"{STATEMENT}: {where}", packed=packed, found=found)


def _first_line(name: str, packed: bytes, drawn: bytes) -> Difference:
    """Name the first line of a view that is not what the analysis makes, with the text around the difference."""
    old, new = packed.split(b"\n"), drawn.split(b"\n")
    line = _first_other(old, new)
    said, says = (lines[line] if line < len(lines) else b"" for lines in (old, new))
    column = max(0, _first_other(said, says) - _BEFORE)
    return Difference(
        where=f"{name}: line {line + 1}",
        packed=_piece(said, column) if line < len(old) else "absent",
        found=_piece(says, column) if line < len(new) else "absent",
    )


def _first_other(one: Sequence[object], other: Sequence[object]) -> int:
    """The first place where two sequences differ; the end of the shorter one when it begins the other."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))


def _piece(line: bytes, column: int) -> str:
    return line[column : column + _AROUND].decode("utf-8", "replace").strip()


def _settings_of(analysis: Analysis, evidence: Settings) -> Settings:
    """The settings that the analysis records, with the name of the project; files besides the source come from the caller."""
    recorded = {key: value for key, value in analysis.settings.items() if key in FIELDS and key not in FILES_OF}
    recorded["name"] = analysis.project.name
    flags = {key: Flag(name=f"{key} of the pack", value=value) for key, value in recorded.items() if value is not None}
    flags |= {
        key: Flag(name=flag, value=msgspec.to_builtins(evidence.value(key)))
        for key, flag in FILES_OF.items()
        if evidence.value(key)
    }
    return load_settings(None, flags=flags, rule_folders=evidence.rule_folders)


def _notes(analysis: Analysis, now: Analysis) -> Iterator[str]:
    """What explains differences before they are listed."""
    for key, flag in FILES_OF.items():
        names = set(analysis.settings.get(key) or ()) - set(now.settings[key])
        if names:
            yield f"the pack rests on {', '.join(sorted(map(str, names)))}: give it with {flag} to check what it says"
    if analysis.tool.rules_digest != now.tool.rules_digest:
        yield "other rules: the pack was made with another rulebook (--rules DIR gives its own)"
    if analysis.tool.catalog_digest != now.tool.catalog_digest:
        yield "other facts: the pack was made with another catalogue"
    if analysis.project.commit != now.project.commit:
        yield f"the pack is of commit {analysis.project.commit or 'unknown'}, the repository is at {now.project.commit or 'unknown'}"


def _other_version(analysis: Analysis) -> str:
    made, here = analysis.tool.version, rustplan.__version__
    return f"views were not drawn again: rustplan {made} made the pack, this is {here}"


def _files(analysis: Analysis, now: Analysis) -> Iterator[Difference]:
    """Compare the digests of the files that were read."""
    packed = {file.path: file for file in analysis.scorecard.files}
    found = {file.path: file for file in now.scorecard.files}
    for path in sorted(packed.keys() | found.keys()):
        old = f"sha256 {packed[path].sha256}" if path in packed else "not read"
        new = f"sha256 {found[path].sha256}" if path in found else "not there or not read"
        if old != new:
            role = (packed.get(path) or found[path]).role
            yield Difference(
                where=f"file {path}" + ("" if role is Role.SOURCE else f" ({role.value})"), packed=old, found=new
            )


def _numbers(analysis: Analysis, now: Analysis) -> Iterator[Difference]:
    """Compare everything that was learnt, place by place."""
    old, new = _plain(analysis), _plain(now)
    for where, packed, found in differences(old, new):
        if not where.endswith(".sha256"):
            yield Difference(where=where, packed=packed, found=found)


def _plain(analysis: Analysis) -> Mapping[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(encode_analysis(analysis))
    return {key: value for key, value in document.items() if key not in _OF_THE_RUN}
