"""What the build files set of the compiler hardening guide, for the whole tree and for one component, and what was not found."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from rustplan.catalog.hardening import HardeningGuide, Measure, load_hardening
from rustplan.model.build_notes import BuildNotes, MentionKind
from rustplan.model.choices import HardeningMeasure, HardeningState, Platform
from rustplan.model.scan import TreeScan
from rustplan.model.score import FactorEvidence
from rustplan.model.source import Language, Role
from rustplan.plan.subject import has_main

RULE = "hardening-flags"
SHOWN = 4
_SAID = re.compile(r"^`([^`]{1,120})` (.{1,160})$")
_EVERYWHERE = frozenset(
    [".github", ".circleci", "cmake", "m4", "ci", "debian", "scripts", "build", "config", "buildsystem", ".gitlab"]
)
"""Folders whose files speak of the whole build, wherever the code lies."""
_ORDER = (
    HardeningState.SET,
    HardeningState.WEAKER,
    HardeningState.TESTS_ONLY,
    HardeningState.OPTIONAL,
    HardeningState.OFF,
)

Flag = tuple[str, str, FactorEvidence]
"""A flag as written, how it stands there, and where."""


def flags_of(scan: TreeScan, notes: BuildNotes) -> tuple[Flag, ...]:
    """Return every hardening flag that build, packaging and CI files hold, by path and line."""
    found = []
    for finding in scan.texts:
        said = _SAID.match(finding.message) if finding.rule == RULE else None
        if said is not None and not finding.path.startswith(".pc/"):
            flag, use = said.group(1), said.group(2)
            found.append((flag, use, FactorEvidence(path=finding.path, line=finding.line, what=f"{flag} {use}")))
    for mention in notes.mentions:
        if mention.kind is MentionKind.FLAG:
            use = "is used in a CI job" if mention.is_test else "is used"
            place = FactorEvidence(path=mention.path, line=mention.line, what=f"{mention.name} {use}")
            found.append((mention.name, use, place))
    return tuple(sorted(found, key=lambda flag: (flag[2].path, flag[2].line, flag[0])))


def measures_of(
    flags: Sequence[Flag], needs: frozenset[str], guide: HardeningGuide | None = None
) -> tuple[HardeningMeasure, ...]:
    """Return how each measure that applies stands, in the guide's order, then the sanitizer job."""
    known = guide or load_hardening()
    found = [_measure(one, flags) for one in known.measures if one.needs in needs]
    for practice in known.practices:
        if practice.set_by:
            places = [place for flag, _, place in flags if _fits(flag, practice.set_by)]
            state = HardeningState.SET if places else HardeningState.MISSING
            found.append(
                HardeningMeasure(
                    id=practice.id,
                    words=practice.title,
                    buys=practice.buys,
                    state=state,
                    evidence=tuple(places[:SHOWN]),
                )
            )
    return tuple(found)


def needs_of(scan: TreeScan, platforms: Sequence[Platform]) -> frozenset[str]:
    """Return which measures apply to a tree: C++ ones to C++, those of a machine where it is named or none is."""
    sources = tuple(file for file in scan.files if file.role is Role.SOURCE and file.facts.language.is_memory_unsafe)
    needs = {"always"} if sources else set()
    if any(file.facts.language is Language.CPP for file in sources):
        needs.add("cpp")
    if has_main(sources):
        needs.add("executable")
    machines = {one.id for one in platforms if not one.is_system}
    if sources and ("x86-64" in machines or not machines):
        needs.add("x86_64")
    if sources and ("aarch64" in machines or not machines):
        needs.add("aarch64")
    return frozenset(needs)


def near(flags: Iterable[Flag], files: Sequence[str]) -> tuple[Flag, ...]:
    """Return the flags that can reach a component: in a folder above or beside its files, or in one that speaks of the whole build."""
    folders = {posixpath.dirname(path) for path in files}
    return tuple(flag for flag in flags if _reaches(flag[2].path, folders))


def _reaches(path: str, folders: set[str]) -> bool:
    folder = posixpath.dirname(path)
    if not folder or folder.split("/")[0].lower() in _EVERYWHERE:
        return True
    return any(one == folder or one.startswith(f"{folder}/") or folder.startswith(f"{one}/") for one in folders if one)


def _measure(measure: Measure, flags: Sequence[Flag]) -> HardeningMeasure:
    found: dict[HardeningState, list[FactorEvidence]] = {}
    for flag, use, place in flags:
        is_full = _fits(flag, measure.set_by)
        if is_full or _fits(flag, measure.weaker) or (_is_against(flag, measure) and "off" in use):
            found.setdefault(_state(use, is_full), []).append(place)
    state = next((one for one in _ORDER if one in found), HardeningState.MISSING)
    places = [place for one in _ORDER for place in found.get(one, ())]
    return HardeningMeasure(
        id=measure.id,
        words=measure.flag,
        buys=measure.buys,
        state=state,
        since=measure.since,
        evidence=tuple(dict.fromkeys(places))[:SHOWN],
    )


def _fits(flag: str, patterns: Sequence[str]) -> bool:
    return any(re.search(pattern, flag) for pattern in patterns)


def _is_against(flag: str, measure: Measure) -> bool:
    """True for a flag that turns the measure off: `-fno-stack-protector` for `-fstack-protector-strong`."""
    plain = flag.replace("-fno-", "-f").replace("-U", "-D").replace(" ", "")
    return plain != flag and measure.flag.startswith(plain.split("=")[0])


def _state(use: str, is_full: bool) -> HardeningState:
    if use.startswith("is available"):
        return HardeningState.OPTIONAL
    if "off" in use:
        return HardeningState.OFF
    if use != "is used":
        return HardeningState.TESTS_ONLY
    return HardeningState.SET if is_full else HardeningState.WEAKER
