"""Machines and systems that build files name, what the Rust compiler has for them, and what a literal translation cannot carry over."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rustplan.catalog.targets import Machine, System, load_targets
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.choices import Platform, TranslationBlocker
from rustplan.model.finding import Finding
from rustplan.model.scan import TreeScan
from rustplan.model.score import FactorEvidence

SHOWN = 5
TIERS = ("none", "3", "2", "1")
_CI_FOLDERS = frozenset(
    [".github", ".circleci", ".gitlab", "ci", "cmake", "toolchains", "toolchain", "debian", "scripts", "build"]
)


def platforms_of(notes: BuildNotes) -> tuple[Platform, ...]:
    """Return what is named, machines without a Rust target first, then by tier and id."""
    named: dict[str, list[BuildMention]] = defaultdict(list)
    for mention in notes.mentions:
        if mention.kind is MentionKind.MACHINE:
            for one in _known(mention.name):
                named[one].append(mention)
    rows = {row.id: row for row in _rows()}
    found = [_platform(rows[one], mentions) for one, mentions in sorted(named.items())]
    return tuple(sorted(found, key=lambda one: (TIERS.index(one.tier), one.is_system, one.id)))


def without_rust(platforms: Sequence[Platform], files: Sequence[str]) -> tuple[Platform, ...]:
    """Return the machines of a component when rustc has a target for none of them; else nothing.

    What only CI jobs and tests name (the host that runs the tests) counts only where nothing else names a machine.
    """
    here = [one for one in platforms if not one.is_system and _is_here(one, files)]
    product = [one for one in here if not one.is_aside] or here
    return tuple(product) if product and not any(one.has_rust for one in product) else ()


def some_without_rust(platforms: Sequence[Platform], files: Sequence[str]) -> tuple[Platform, ...]:
    """Return the machines of a component that rustc has no target for, whatever else is named."""
    return tuple(one for one in platforms if not one.is_system and not one.has_rust and _is_here(one, files))


def blockers_of(findings: Mapping[str, Sequence[Finding]]) -> tuple[TranslationBlocker, ...]:
    """Return what a literal translation of a component cannot carry over, with its places; findings of role source by rule."""
    found = []
    for row in load_targets().translation.blockers:
        places = findings.get(row.rule, ())
        if places:
            found.append(
                TranslationBlocker(
                    rule=row.rule,
                    grade=row.grade,
                    words=row.words,
                    places=sum(one.places for one in places),
                    evidence=tuple(
                        FactorEvidence(path=one.path, line=one.line, what=row.rule) for one in places[:SHOWN]
                    ),
                )
            )
    return tuple(found)


def rust_places(scan: TreeScan, notes: BuildNotes) -> tuple[FactorEvidence, ...]:
    """Return where the repository has Rust: the rule's places, and its source files."""
    places = {
        FactorEvidence(path=one.path, line=one.line, what="Rust in the build")
        for one in scan.findings
        if one.rule == "rust-present"
    }
    files = (
        [FactorEvidence(path=notes.rust_example, line=1, what=f"one of {notes.rust_files:,} Rust files")]
        if notes.rust_files
        else []
    )
    return (*files, *sorted(places)[:SHOWN])


def _platform(row: Machine | System, mentions: Sequence[BuildMention]) -> Platform:
    ordered = sorted(mentions, key=lambda one: (one.is_test, one.path.count("/"), one.path, one.line))
    folders: dict[str, BuildMention] = {}
    for one in ordered:
        folders.setdefault(posixpath.dirname(one.path), one)
    chosen = [*folders.values(), *[one for one in ordered if one not in folders.values()]][:SHOWN]
    return Platform(
        id=row.id,
        words=row.words,
        tier=row.tier,
        std=row.std if isinstance(row, Machine) else "full",
        target=row.target if isinstance(row, Machine) else "",
        is_system=isinstance(row, System),
        also=row.also if isinstance(row, Machine) else "",
        is_aside=all(one.is_test for one in mentions),
        evidence=tuple(FactorEvidence(path=one.path, line=one.line, what=one.name) for one in chosen),
    )


def _is_here(platform: Platform, files: Sequence[str]) -> bool:
    """True when a file that names the machine lies above the component, in it, or speaks of the whole build."""
    folders = {posixpath.dirname(path) for path in files}
    for place in platform.evidence:
        folder = posixpath.dirname(place.path)
        if not folder or folder.split("/")[0].lower() in _CI_FOLDERS:
            return True
        if any(one == folder or one.startswith(f"{folder}/") or folder.startswith(f"{one}/") for one in folders if one):
            return True
    return False


def _known(name: str) -> tuple[str, ...]:
    """The ids of the machine and the systems that a name speaks of."""
    exact, starts = _names()
    whole = name.lower().rstrip(".")
    found = _one(whole, exact, starts)
    if whole.startswith("tool:") or "-" not in whole:
        return (found,) if found else ()
    parts = whole.split("-")
    machine = found or _one(parts[0], exact, starts)
    systems = [exact[part] for part in parts[1:] if part in exact and exact[part] in _systems()]
    return tuple(dict.fromkeys([one for one in (machine, *systems) if one]))


def _one(name: str, exact: Mapping[str, str], starts: Sequence[tuple[str, str]]) -> str:
    if name in exact:
        return exact[name]
    return next((found for start, found in starts if name.startswith(start)), "")


def _rows() -> list[Machine | System]:
    return [*load_targets().machines, *load_targets().systems]


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Exact names, and beginnings with the longest first."""
    rows = _rows()
    exact = {name.lower(): row.id for row in rows for name in row.names if not name.endswith("*")}
    starts = [(name[:-1].lower(), row.id) for row in rows for name in row.names if name.endswith("*")]
    return exact, tuple(sorted(starts, key=lambda pair: (-len(pair[0]), pair)))


@lru_cache(maxsize=1)
def _systems() -> frozenset[str]:
    return frozenset(row.id for row in load_targets().systems)
