"""The Rule of 2 for one component: unsafe language, untrusted input, no sandbox; each with what says so and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.catalog.exposure import RuleOfTwoRow
from rustplan.model.exposure import CodePlace, ComponentRole, ExposurePath, InputGroup, Leg, LegState, RuleOfTwo
from rustplan.model.finding import Finding
from rustplan.model.source import Language
from rustplan.score.holdings import Holding
from rustplan.score.wording import count, name_list

_SHOWN = 3
_NO_WAY = (
    "no way found from data outside to its unsafe code; not all calls through pointers, and no other programs, are seen"
)
_WHY_UNCLEAR = {
    InputGroup.OUTSIDE: "far off",
    InputGroup.LOCAL: "who sets it is not known",
    InputGroup.API: "who calls it, and with what, is not known",
}


def judge(
    holding: Holding,
    sure: ExposurePath | None,
    nearest: ExposurePath | None,
    roles: Sequence[ComponentRole],
    confined: Sequence[Finding],
    table: RuleOfTwoRow,
) -> RuleOfTwo:
    """Return the three legs. `sure` is the nearest way from outside over sure calls, `nearest` any; `confined` are the sandbox calls of the tree."""
    return RuleOfTwo(
        language=_language(holding),
        untrusted=_untrusted(sure, nearest, roles, table),
        sandbox=_sandbox(holding, confined),
    )


def _language(holding: Holding) -> Leg:
    files = sorted(holding.unsafe_sources, key=lambda file: (-file.facts.sloc, file.path))
    lines = sum(file.facts.sloc for file in files)
    if lines:
        names = name_list(sorted({file.facts.language.label for file in files if file.facts.sloc}))
        places = tuple(CodePlace(file.path, 1, count(file.facts.sloc, "line")) for file in files[:_SHOWN])
        return _leg("unsafe language", LegState.HOLDS, f"{count(lines, 'line')} of {names}", places)
    raw = sorted((file for file in holding.java_sources if file.raw_sloc), key=lambda one: (-one.raw_sloc, one.path))
    if raw:
        places = tuple(CodePlace(file.path, 1, count(file.raw_sloc, "line")) for file in raw[:_SHOWN])
        said = f"{Language.JAVA.label} is memory-safe, but {count(sum(one.raw_sloc for one in raw), 'line')} of it hold raw memory or are native"
        return _leg("unsafe language", LegState.UNCLEAR, said, places)
    return _leg("unsafe language", LegState.DENIED, "no C or C++ in it", ())


def _untrusted(
    sure: ExposurePath | None, nearest: ExposurePath | None, roles: Sequence[ComponentRole], table: RuleOfTwoRow
) -> Leg:
    """Data from outside within a few sure calls; a hand-written parser that is reached at all counts, too: its format is not trivial."""
    parser = next((role for role in roles if role.role == table.parser_role), None)
    if sure is not None and sure.distance <= table.holds_within:
        return _leg("untrusted input", LegState.HOLDS, _way_words(sure), _way_places(sure))
    if nearest is not None and parser is not None:
        said = f"it decodes a byte format by hand ({count(parser.places, 'place')}); {_way_words(nearest)}"
        return _leg("untrusted input", LegState.HOLDS, said, (*parser.evidence[:1], *_way_places(nearest)))
    if nearest is not None:
        why = _WHY_UNCLEAR[nearest.source.kind.group] if not nearest.is_ambiguous else "to be confirmed"
        return _leg("untrusted input", LegState.UNCLEAR, f"{_way_words(nearest)} ({why})", _way_places(nearest))
    if parser is not None:
        said = f"it decodes a byte format by hand ({count(parser.places, 'place')}), but {_NO_WAY}"
        return _leg("untrusted input", LegState.UNCLEAR, said, parser.evidence[:1])
    return _leg("untrusted input", LegState.UNCLEAR, _NO_WAY, ())


def _way_words(path: ExposurePath) -> str:
    source = path.source
    entered = f"`{source.function}`"
    if source.kind.group is InputGroup.API:
        entered += f", declared in {source.symbol}"
    away = "which holds unsafe code" if path.distance == 0 else f"{count(path.distance, 'call')} away from unsafe code"
    doubt = ", on a way that is not certain" if path.is_ambiguous else ""
    return f"{source.kind.words}: data enters at {entered}, {away}{doubt}"


def _way_places(path: ExposurePath) -> tuple[CodePlace, ...]:
    source = path.source
    return (
        CodePlace(source.path, source.line, f"{source.symbol} in {source.function}"),
        CodePlace(path.path, path.line, f"{path.rule} in {path.function}"),
    )


def _sandbox(holding: Holding, confined: Sequence[Finding]) -> Leg:
    """A missing call is no proof: containers, service managers and parent processes confine without one."""
    own = [finding for finding in confined if finding.path in set(holding.component.files)]
    if own:
        said = f"it confines its process ({count(sum(one.places for one in own), 'place')})"
        return _leg("no sandbox", LegState.DENIED, said, _places(own))
    if confined:
        said = "other code of the repository confines a process; whether it is the one that runs this is not known"
        return _leg("no sandbox", LegState.UNCLEAR, said, _places(confined))
    said = "no sandbox call found in the repository; that is absence of evidence, a container or service manager may confine it"
    return _leg("no sandbox", LegState.HOLDS, said, ())


def _places(findings: Sequence[Finding]) -> tuple[CodePlace, ...]:
    return tuple(CodePlace(one.path, one.line, one.message) for one in findings[:_SHOWN])


def _leg(name: str, state: LegState, because: str, evidence: tuple[CodePlace, ...]) -> Leg:
    return Leg(name=name, state=state, because=because, evidence=evidence)
