"""All five options for a component with cost, residual risk and evidence, also those that lost and those that cannot be had."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from rustplan.catalog import EffortModel
from rustplan.catalog.crates import load_libraries
from rustplan.catalog.hardening import load_hardening
from rustplan.model.choices import HardeningState, Holding, Platform, Replacement
from rustplan.model.finding import Finding, Track
from rustplan.model.roadmap import Alternative, Direction, Effort, Option, OptionAssessment
from rustplan.model.score import FactorEvidence
from rustplan.plan.effort import effort_of
from rustplan.plan.hardening import Flag, measures_of, near
from rustplan.plan.java_memory import is_java_memory
from rustplan.plan.past_fixes import past_fixes
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.without_rust import no_target_words, replacement_words
from rustplan.plan.wording import count, name_list

PLACES = 4
SCAN = "this scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known of the whole tree: hardening flags and what applies, libraries, and machines."""

    flags: tuple[Flag, ...] = ()
    needs: frozenset[str] = frozenset()
    replacements: tuple[Replacement, ...] = ()
    platforms: tuple[Platform, ...] = ()


def assess(subject: Subject, decision: Decision, ground: Ground, model: EffortModel) -> tuple[OptionAssessment, ...]:
    """Return the five options in the order of `Option`; words about the chosen one and the runner-up are those of the decision."""
    makers = {
        Option.REWRITE: _rewrite,
        Option.WRAP: _wrap,
        Option.HARDEN: _harden,
        Option.REPLACE: _replace,
        Option.RETAIN: _retain,
    }
    return tuple(makers[option](_Case(subject, decision, ground, model)) for option in Option)


@dataclass(frozen=True, slots=True)
class _Case:
    subject: Subject
    decision: Decision
    ground: Ground
    model: EffortModel

    @property
    def is_java(self) -> bool:
        """True where raw memory of C or C++ is not the matter."""
        return self.subject.score.track is Track.LATENCY or is_java_memory(
            self.subject.component, self.subject.score.track
        )

    def words(self, option: Option, otherwise: str) -> str:
        """What the decision says of an option, else what is said of it in general."""
        for one in (self.decision.choice, self.decision.runner_up):
            if one.option is option:
                return one.because
        return otherwise

    def priced(
        self,
        option: Option,
        *,
        because: str,
        residual: str,
        source: str,
        evidence: tuple[FactorEvidence, ...],
        is_available: bool = True,
    ) -> OptionAssessment:
        """Make a row with the cost of the effort model; what is not available is not estimated."""
        cost = effort_of(self.subject, option, self.model) if is_available else None
        return OptionAssessment(
            option=option,
            p10=cost.p10 if cost else None,
            p50=cost.p50 if cost else None,
            p90=cost.p90 if cost else None,
            cost_because=cost.because if cost else "Not estimated: the option is not available here.",
            residual=residual,
            residual_source=source,
            because=self.words(option, because),
            evidence=evidence[:PLACES],
            is_available=is_available,
        )


def _rewrite(case: _Case) -> OptionAssessment:
    subject = case.subject
    if subject.no_rust:
        return case.priced(
            Option.REWRITE,
            because=no_target_words(subject.no_rust),
            residual="Everything stays as it is until another machine or another memory-safe language is chosen.",
            source="the platform list of rustc",
            evidence=_machine_places(subject.no_rust),
            is_available=False,
        )
    crossings = len(subject.boundary.crossings)
    residual = (
        f"{count(crossings, 'crossing')} stay unsafe by nature; errors of logic stay, and what is called in C stays."
        if crossings
        else "Errors of logic stay; so does the C that it calls."
    )
    if case.is_java and subject.score.track is Track.LATENCY:
        residual = "Java was memory-safe before: nothing is gained there, and the boundary adds unsafe code of its own."
    elif subject.unported:
        residual += (
            f" {count(subject.unported, 'place')} that no translation carries over must be redesigned or kept in C."
        )
    because = f"It removes the cause of memory errors in {count(subject.lines, 'line')}."
    if case.is_java and subject.score.track is not Track.LATENCY:
        because = "A port of its Java would earn no memory-safety credit by itself; what its native functions call is another component."
    told = past_fixes(subject)
    return case.priced(
        Option.REWRITE,
        because=f"{because} {told.words}".strip(),
        residual=residual,
        source="the boundary of this plan and the rules' notes on what Rust prevents",
        evidence=(*_defect_places(subject), *told.evidence),
    )


def _wrap(case: _Case) -> OptionAssessment:
    subject = case.subject
    if case.is_java and Option.WRAP not in _spoken(case):
        return case.priced(
            Option.WRAP,
            because="A checking layer guards memory-unsafe code from outside; the Java of this component checks its own accesses.",
            residual="Nothing changes.",
            source=SCAN,
            evidence=(),
            is_available=False,
        )
    places = tuple(
        FactorEvidence(path=one.path, line=one.line, what=one.symbol)
        for one in sorted(subject.boundary.crossings, key=lambda one: (-one.uses, one.symbol))
        if one.direction is Direction.INBOUND
    )
    return case.priced(
        Option.WRAP,
        because="A checking layer, or a process of its own, on what others call."
        if places
        else "No call into it from other components was found: there is no interface in the tree to put a layer on.",
        residual=f"All {count(subject.lines, 'line')} go on running behind the layer; what it lets through can still corrupt memory "
        "unless it runs in a process of its own.",
        source=SCAN,
        evidence=places,
        is_available=bool(places) or Option.WRAP in _spoken(case),
    )


def _harden(case: _Case) -> OptionAssessment:
    subject = case.subject
    if case.is_java:
        return case.priced(
            Option.HARDEN,
            because="Flags of the collector, and fixes of allocation, or checked interfaces for raw memory.",
            residual="What the flags do not reach stays; measure before and after.",
            source=SCAN,
            evidence=(),
        )
    measures = measures_of(near(case.ground.flags, subject.component.files), case.ground.needs)
    kept = [one for one in measures if one.state is HardeningState.SET]
    missing = [one.words for one in measures if one.state is HardeningState.MISSING]
    partly = [
        f"{_code(one.words)} ({one.state.value})" for one in measures if one not in kept and one.words not in missing
    ]
    said = f"Set: {name_list([_code(one.words) for one in kept], most=8) or 'nothing of the guide was found'}."
    said += f" To add: {name_list([_code(words) for words in missing], most=20)}." if missing else ""
    said += f" In part: {name_list(partly, most=8)}." if partly else ""
    said += _practices(subject)
    row = case.priced(
        Option.HARDEN,
        because=said,
        residual=f"All {count(subject.lines, 'memory-unsafe line')} stay. Flags stop some overruns at run time, mostly as a crash; use after "
        "free they hardly see.",
        source=f"{load_hardening().guide}, read {load_hardening().checked}",
        evidence=tuple(place for one in kept for place in one.evidence[:1]),
    )
    return _with_words(row, f"{case.words(Option.HARDEN, '')} {said}".strip())


def _replace(case: _Case) -> OptionAssessment:
    subject = case.subject
    held = [one for one in subject.replacements if one.holding is Holding.HELD and subject.name in one.components]
    used = [one for one in subject.replacements if one not in held and one.holding is not Holding.NAMED]
    if held:
        best = held[0]
        return case.priced(
            Option.REPLACE,
            is_available=best.is_swap or not best.is_own or Option.REPLACE in _spoken(case),
            because=replacement_words(best),
            residual=f"{best.caveat} A swap may behave differently at the edges.",
            source=f"{best.url}, checked {best.checked}",
            evidence=best.evidence,
        )
    rest = (
        f" Of what it holds or uses: {name_list([f'{one.library} ({one.crate}, C ABI: {one.c_abi})' for one in used], most=4)}."
        if used
        else ""
    )
    is_chosen = Option.REPLACE in _spoken(case)
    known = len(load_libraries().libraries)
    return case.priced(
        Option.REPLACE,
        because=f"No Rust library for it stands in the catalogue of {known} libraries.{rest}",
        residual="Unknown until a library is named; its licence, upkeep and behaviour at the edges must be checked.",
        source="the catalogue of libraries; none here does not mean none anywhere",
        evidence=used[0].evidence if used else (),
        is_available=is_chosen,
    )


def _retain(case: _Case) -> OptionAssessment:
    subject = case.subject
    told = past_fixes(subject)
    what = "GC pressure" if subject.score.track is Track.LATENCY else "Risk"
    risk = f"{what} {subject.score.risk:.0f} of 100 stays. {_factor_words(subject, 'defects')} {told.words}"
    return OptionAssessment(
        option=Option.RETAIN,
        p10=None,
        p50=None,
        p90=None,
        cost_because="Not estimated: it needs no work now; later fixes and advisories cost what they cost.",
        residual=" ".join(risk.split()),
        residual_source=f"{SCAN} and its history" if told.is_read else f"{SCAN}; the history was not read",
        because=case.words(Option.RETAIN, "It leaves everything as it is, said aloud."),
        evidence=(*told.evidence, *_defect_places(subject))[:PLACES],
    )


def _code(words: str) -> str:
    """Mark a flag as code; words stay words."""
    return f"`{words}`" if words.startswith("-") else words


def _practices(subject: Subject) -> str:
    """What besides flags the evidence asks for: fuzzing for readers, sizes for pointers that travel with a length."""
    said = []
    guide = {one.id: one for one in load_hardening().practices}
    readers = _first(subject, "parses-file-format", "reads-network", "untrusted-input")
    if readers is not None and not subject.harnesses:
        said.append(f"{guide['fuzzing'].title} ({readers.path}:{readers.line})")
    pairs = _first(subject, "pointer-length-pair", "length-by-hand")
    if pairs is not None:
        said.append(f"{guide['bounds'].title} ({pairs.path}:{pairs.line})")
    return f" Besides flags: {name_list(said)}." if said else ""


def _first(subject: Subject, *rules: str) -> Finding | None:
    return next((one for rule in rules for one in subject.findings.get(rule, ())), None)


def _spoken(case: _Case) -> tuple[Option, ...]:
    return case.decision.choice.option, case.decision.runner_up.option


def _with_words(row: OptionAssessment, because: str) -> OptionAssessment:
    return structs.replace(row, because=because)


def _machine_places(platforms: tuple[Platform, ...]) -> tuple[FactorEvidence, ...]:
    return tuple(place for one in platforms for place in one.evidence[:2])


def _defect_places(subject: Subject) -> tuple[FactorEvidence, ...]:
    for name in ("defects", "exposures", "raw-memory-work"):
        factor = subject.risk_factor(name)
        if factor is not None and factor.value and factor.evidence:
            return factor.evidence[:2]
    return ()


def _factor_words(subject: Subject, name: str) -> str:
    factor = subject.risk_factor(name)
    return factor.because if factor is not None else ""


def vendored_options(
    choice: Alternative,
    runner_up: Alternative,
    lines: int,
    cost: Effort,
    held: tuple[Replacement, ...],
    users: list[str],
) -> tuple[OptionAssessment, ...]:
    """Return the five options for third-party code that is not scored: only replacing it is priced."""
    spoken = {one.option: one.because for one in (choice, runner_up)}
    source = f"{held[0].url}, checked {held[0].checked}" if held else "the catalogue of libraries has no row for it"
    left = f"All {count(lines, 'line')} stay with their next advisory."
    words = {
        Option.REWRITE: ("A port of a copy would be a fork that nobody upstream follows.", left, SCAN),
        Option.WRAP: (
            "A process of its own limits what its errors reach.",
            f"{left} The layer must pass buffers, not pointers.",
            SCAN,
        ),
        Option.HARDEN: (
            "The flags of the whole build can cover it where it is compiled here.",
            f"{left} Flags stop some overruns at run time.",
            load_hardening().guide,
        ),
        Option.REPLACE: (
            replacement_words(held[0])
            if held
            else "No Rust library for it stands in the catalogue: a person must look.",
            held[0].caveat if held else "Unknown until a library is named.",
            source,
        ),
        Option.RETAIN: ("Update it with upstream, and watch its advisories.", left, SCAN),
    }
    why = "Not estimated: third-party code is not scored, and only its replacement is priced."
    return tuple(
        OptionAssessment(
            option=option,
            p10=cost.p10 if option is Option.REPLACE else None,
            p50=cost.p50 if option is Option.REPLACE else None,
            p90=cost.p90 if option is Option.REPLACE else None,
            cost_because=cost.because if option is Option.REPLACE else why,
            because=spoken.get(option, words[option][0]),
            residual=words[option][1],
            residual_source=words[option][2],
            evidence=held[0].evidence[:PLACES] if held and option is Option.REPLACE else (),
            is_available=option is not Option.REWRITE and (option is not Option.WRAP or bool(users)),
        )
        for option in Option
    )
