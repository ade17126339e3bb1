"""One rule, component or path in words, for the terminal: every number unfolded into what made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rustplan.model.analysis import Analysis
from rustplan.model.component import Component
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.roadmap import Parked, Step
from rustplan.model.score import ComponentScore, Factor, FileScore
from rustplan.report.explain_boundary import boundary_lines
from rustplan.report.explain_components import shape_lines
from rustplan.report.explain_exposure import exposure_lines
from rustplan.report.explain_options import option_lines, oracle_lines
from rustplan.report.explain_plan import explain_plan
from rustplan.report.lookup import ALERTS, Lookup, worst_first
from rustplan.report.past_words import file_history
from rustplan.report.stability_words import rank_range
from rustplan.report.terminal import Column, Terminal, table
from rustplan.report.view.numbers import counted, decimal, effort_range, percent, whole
from rustplan.report.view.words import reason_words
from rustplan.report.words import languages, listing, share

if TYPE_CHECKING:
    from rustplan.rulebook import Rule

_SHOWN = 8


def explain_rule(rule: Rule, analysis: Analysis | None, terminal: Terminal) -> list[str]:
    """What the rule finds, why it matters, what Rust does about it, examples, limits, and how often it fired here."""
    grade = (
        f"{rule.kind.value}{f', {rule.severity.value}' if rule.severity else ''}, confidence {rule.confidence.value}"
    )
    cwe = f", {', '.join(f'CWE-{number}' for number in rule.cwe)}" if rule.cwe else ""
    lines = [terminal.paint("bold", rule.id) + f"  {terminal.plain(rule.title)}", f"{grade}{cwe}", ""]
    for heading, text in (("What", rule.definition), ("Why", rule.why), ("In Rust", rule.in_rust)):
        lines += [*_section(heading, text, terminal), ""]
    if rule.rust_code:
        lines += [*_code(rule.rust_code, terminal), ""]
    lines.append(
        f"Rust effect: {rule.rust_effect.value}; languages: {', '.join(language.label for language in rule.languages)}"
    )
    for heading, examples in (("Found", rule.examples.fires[:1]), ("Left alone", rule.examples.quiet[:1])):
        for example in examples:
            lines += [
                "",
                terminal.paint("bold", heading) + f"  {terminal.plain(example.name)} ({example.language.label})",
            ]
            lines += _code(example.code, terminal)
    if rule.limits:
        lines += ["", terminal.paint("bold", "Limits")]
        lines += [
            line for limit in rule.limits for line in terminal.wrap(terminal.plain(limit), indent="  ", first="- ")
        ]
    if analysis is not None:
        hits = [finding for finding in analysis.findings if finding.rule == rule.id]
        lines += ["", f"In {terminal.plain(analysis.project.name)}: {counted(len(hits), 'finding')}"]
        lines += _findings(hits, terminal)
    return lines


def explain_component(name: str, analysis: Analysis, terminal: Terminal) -> list[str] | None:
    """Every factor of its scores, the choice and the runner-up, boundary, effort, neighbours; None when there is no such component."""
    lookup = Lookup(analysis)
    component = lookup.components.get(name) or next(
        (known for known in analysis.graph.components if name in known.aliases), None
    )
    if component is None:
        return None
    lines = list(_component_head(component, lookup, terminal))
    for track in Track:
        for score in (score for score in lookup.scores(track) if score.component == component.name):
            step = lookup.steps.get((component.name, track))
            lines += ["", *_track(score, step, lookup, terminal)]
    scored = {score.track for score in lookup.analysis.scorecard.components if score.component == component.name}
    for step in analysis.roadmap.steps:
        if step.component == component.name and step.track not in scored:
            lines += ["", terminal.paint("bold", f"{step.track.value} track, not scored")]
            lines += [*_decision(step, terminal), *_step_details(step, terminal)]
    for parked in analysis.roadmap.parked:
        if parked.component == component.name:
            lines += ["", *_parked(parked, terminal)]
    lines += exposure_lines(component.name, analysis, terminal)
    lines += explain_plan(component.name, analysis, terminal)
    lines += ["", *_neighbours(component, analysis, terminal)]
    lines += shape_lines(component, analysis, terminal)
    found = sorted(
        (finding for finding in lookup.source_findings() if lookup.owners.get(finding.path) == component.name),
        key=worst_first,
    )
    lines += ["", terminal.paint("bold", "Findings") + f"  {_kinds(found)}", *_findings(found, terminal)]
    return lines


def explain_path(path: str, analysis: Analysis, terminal: Terminal) -> list[str] | None:
    """The component, role and findings of a file, or why it was skipped or ignored; None when nothing is known of it."""
    lookup = Lookup(analysis)
    shown = terminal.paint("bold", terminal.plain(path))
    reasons = [
        _skipped_line(reason_words(file.reason), file.detail, "not read")
        for file in analysis.coverage.skipped
        if file.path == path
    ]
    reasons += [
        _skipped_line(reason_words(file.reason), file.detail, "read in part")
        for file in analysis.coverage.degraded
        if file.path == path
    ]
    scored = next((file for file in analysis.scorecard.files if file.path == path), None)
    if scored is None and not reasons:
        ignored = _ignored(path, analysis, terminal)
        return ignored or _manifest(path, analysis, terminal) or _folder(path, lookup, terminal)
    lines = [shown, *(terminal.plain(reason) for reason in reasons)]
    if scored is not None:
        for line in _file_lines(scored):
            lines += terminal.wrap(terminal.plain(line))
        for line in file_history(path, analysis.evidence):
            lines += terminal.wrap(terminal.plain(line))
        found = sorted((finding for finding in analysis.findings if finding.path == path), key=worst_first)
        lines += [f"findings: {_kinds(found)}", *_findings(found, terminal)]
    return lines


def _component_head(component: Component, lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    yield terminal.paint("bold", terminal.plain(component.name))
    size = f"{languages(component.languages)}, {counted(component.sloc, 'code line')} ({whole(component.unsafe_sloc)} memory-unsafe)"
    if component.raw_java_sloc:
        size += f", {counted(component.raw_java_sloc, 'line')} of Java functions that hold raw memory or are native"
    parts = (
        counted(len(component.files), "file"),
        counted(component.functions, "function"),
        counted(component.test_files, "test file"),
    )
    yield from terminal.wrap(terminal.plain(f"{size}, {', '.join(parts)}"))
    provenance = component.provenance
    yield from terminal.wrap(
        terminal.plain(
            f"a component by {provenance.source} (confidence {percent(provenance.confidence)}): {provenance.because}"
        )
    )
    if component.aliases:
        yield from terminal.wrap(terminal.plain(f"also known as {listing(component.aliases)}"))
    unit = next((unit for unit in lookup.analysis.graph.units if component.name in unit.components), None)
    if unit is not None and unit.is_cycle:
        yield from terminal.wrap(
            terminal.plain(
                f"in a cycle with {listing(name for name in unit.components if name != component.name)}: they need each other"
            )
        )


def _track(score: ComponentScore, step: Step | None, lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    rank = lookup.scores(score.track).index(score) + 1
    measure = "Risk" if score.track is Track.MEMORY_SAFETY else "GC pressure"
    yield terminal.paint("bold", f"{score.track.value} track, rank {rank} of {len(lookup.scores(score.track))}")
    firmly = rank_range(score.component, score.track, lookup.analysis.scorecard.stability)
    if firmly:
        yield from terminal.wrap(firmly)
    if step is not None:
        yield from _decision(step, terminal)
    low, high = f"{score.risk_low:.0f}", f"{score.risk_high:.0f}"
    unsure = f" ({low}-{high} with the unread code)" if low != high else ""
    yield from terminal.wrap(f"{measure} {decimal(score.risk)} of 100{unsure}, the sum of:")
    yield from _factors(score.risk_factors, terminal)
    a, b, c = lookup.analysis.scorecard.exponents
    yield from terminal.wrap(
        f"Score {decimal(score.score)} = 100 x risk {score.risk / 100:.2f}^{a:g} x feasibility {score.feasibility:.2f}^{b:g} "
        f"x value {score.value:.2f}^{c:g}; confidence {score.confidence.value}"
    )
    if score.feasibility_factors:
        yield f"Feasibility {score.feasibility:.2f}, the product of:"
        yield from _factors(score.feasibility_factors, terminal)
    yield from oracle_lines(score, terminal)
    if score.value_factors:
        yield f"Value {score.value:.2f}, the product of:"
        yield from _factors(score.value_factors, terminal)
    if step is not None:
        yield from _step_details(step, terminal)


def _factors(factors: Iterable[Factor], terminal: Terminal) -> Iterator[str]:
    """One line of arithmetic a factor, and its reason below."""
    for factor in factors:
        if factor.is_absent:
            head = f"  {'-':>6}  {factor.name}: absent"
        else:
            head = f"  {factor.contribution:>6.2f}  {factor.name}: {factor.value:g} {factor.unit}, level {factor.level:.2f} x weight {factor.weight:g}"
            head += f" ({factor.anchor})" if factor.anchor else ""
        yield from terminal.wrap(terminal.plain(head), indent=" " * 10, first="")
        if factor.because:
            yield from (
                terminal.paint("dim", line) for line in terminal.wrap(terminal.plain(factor.because), indent=" " * 10)
            )
        for place in factor.evidence[:3]:
            yield terminal.paint(
                "dim",
                terminal.fit(" " * 10 + terminal.plain(f"{place.path}:{place.line} {place.what}"), terminal.width),
            )


def _decision(step: Step, terminal: Terminal) -> Iterator[str]:
    """What to do, what not, the case against, the cut, the cost and the first actions, each in a line or two."""
    wave = f"wave {step.wave}" if step.wave is not None else "in no wave"
    yield from _section("Do", f"{step.choice.option.value}, {wave}: {step.choice.because}", terminal)
    yield from _section("Not", f"{step.runner_up.option.value} (the runner-up): {step.runner_up.because}", terminal)
    if step.case_against:
        yield from _section("Against", step.case_against, terminal)
    boundary = step.boundary
    yield from _section(
        "Boundary",
        f"{boundary.mechanism}, {counted(boundary.inbound, 'inbound crossing')}, {boundary.outbound} outbound, "
        f"{decimal(boundary.hours)} hours: {boundary.because}",
        terminal,
    )
    effort = step.effort
    figures = effort_range(effort.p10, effort.p50, effort.p90)
    yield from _section(
        "Effort",
        f"{figures} person-months, size {effort.size}: {effort.because}"
        if effort.p50 is not None
        else f"{figures}: {effort.because}",
        terminal,
    )
    for action in step.first_actions:
        yield from _section("First", action, terminal)
    yield from option_lines(step, terminal)


def _step_details(step: Step, terminal: Terminal) -> Iterator[str]:
    """The arithmetic behind the boundary and the effort."""
    yield from boundary_lines(step, terminal)
    crossings = sorted(step.boundary.crossings, key=lambda crossing: (-crossing.hours, crossing))
    if crossings:
        yield "Crossings, the costliest first:"
    for crossing in crossings[:_SHOWN]:
        line = f"{crossing.hours:>6.1f} h  {crossing.direction.value} {crossing.symbol} ({crossing.shape}) with {crossing.other}, {crossing.path}:{crossing.line}"
        yield terminal.fit("  " + terminal.plain(line), terminal.width)
    if len(crossings) > _SHOWN:
        yield f"  and {whole(len(crossings) - _SHOWN)} more in the report"
    if step.effort.factors:
        yield "Effort, factor by factor:"
        yield from _factors(step.effort.factors, terminal)


def _parked(parked: Parked, terminal: Terminal) -> Iterator[str]:
    yield from _section("Parked", f"{parked.track.value}: {parked.because}", terminal)


def _neighbours(component: Component, analysis: Analysis, terminal: Terminal) -> Iterator[str]:
    needs = [edge for edge in analysis.graph.dependencies if edge.dependent == component.name]
    needed = [edge for edge in analysis.graph.dependencies if edge.dependency == component.name]
    yield from _section(
        "Needs",
        listing((f"{edge.dependency} ({edge.places})" for edge in needs), most=_SHOWN) or "nothing in this repository",
        terminal,
    )
    yield from _section(
        "Needed by",
        listing((f"{edge.dependent} ({edge.places})" for edge in needed), most=_SHOWN) or "nothing in this repository",
        terminal,
    )


def _file_lines(file: FileScore) -> Iterator[str]:
    yield f"component: {file.component or 'none'}"
    yield f"{file.language.label}, role {file.role.value}, {counted(file.sloc, 'code line')}, {share(file.coverage)} read"
    if file.risk is not None:
        yield f"file risk {whole(file.risk)}: where fixes will land, relative to other files"
    if file.risk_per_line is not None and file.spatial is not None:
        temporal = "no history" if file.temporal is None else f"temporal {decimal(file.temporal, 2)}"
        yield (
            f"risk per line {decimal(file.risk_per_line, 2)}: what a rewritten line buys (1 = the reference corpus) = "
            f"spatial {decimal(file.spatial, 2)} (the text: errors of bounds) x {temporal} (the past: errors of lifetimes)"
        )


def _ignored(path: str, analysis: Analysis, terminal: Terminal) -> list[str] | None:
    """Why a path was left out: itself, or a folder above it."""
    for ignored in analysis.coverage.ignored:
        if path == ignored.path.rstrip("/") or path.startswith(ignored.path.rstrip("/") + "/"):
            why = f"left out on purpose: {ignored.path} matches {ignored.pattern} ({ignored.origin})"
            return [terminal.paint("bold", terminal.plain(path)), *terminal.wrap(terminal.plain(why))]
    return None


def _manifest(path: str, analysis: Analysis, terminal: Terminal) -> list[str] | None:
    """Which targets a build file declared."""
    names = [target.name for target in analysis.targets if target.manifest == path]
    if not names:
        return None
    told = f"a build file, read for components: {counted(len(names), 'target')} ({listing(names, most=_SHOWN)})"
    return [terminal.paint("bold", terminal.plain(path)), *terminal.wrap(terminal.plain(told))]


def explain_other(path: str, terminal: Terminal) -> list[str]:
    """A path that exists but of which the analysis knows nothing."""
    why = "not among the source files of this analysis: rustplan reads C, C++ and Java, and build files that declare targets"
    return [terminal.paint("bold", terminal.plain(path)), *terminal.wrap(why)]


def _folder(path: str, lookup: Lookup, terminal: Terminal) -> list[str] | None:
    """What a folder holds: its files by component and role."""
    inside = path.rstrip("/") + "/"
    files = [file for file in lookup.analysis.scorecard.files if file.path.startswith(inside)]
    if not files:
        return None
    owners = Counter(file.component or "no component" for file in files)
    roles = Counter(file.role.value for file in files)
    lines = [
        terminal.paint("bold", terminal.plain(inside)),
        f"{counted(len(files), 'file')}: {listing(f'{number} {role}' for role, number in sorted(roles.items()))}",
    ]
    columns = (Column(title="Component", is_flexible=True), Column(title="Files", is_right=True))
    return [*lines, *table(terminal, columns, [(name, whole(number)) for name, number in sorted(owners.items())])]


def _findings(found: list[Finding], terminal: Terminal) -> Iterator[str]:
    for finding in found[:_SHOWN]:
        grade = finding.severity.value if finding.severity else finding.kind.value
        line = f"{finding.path}:{finding.line} {finding.rule} {grade}: {finding.message}"
        yield terminal.fit("  " + terminal.plain(line), terminal.width)
    if len(found) > _SHOWN:
        yield f"  and {whole(len(found) - _SHOWN)} more: rustplan report -f concise"


def _kinds(found: list[Finding]) -> str:
    kinds = Counter(finding.kind for finding in found)
    order = (*ALERTS, *(kind for kind in Kind if kind not in ALERTS))
    return ", ".join(counted(kinds[kind], kind.value) for kind in order if kinds[kind]) or "none"


def _skipped_line(reason: str, detail: str, what: str) -> str:
    return f"{what}: {reason}{f' ({detail})' if detail else ''}"


def _section(heading: str, text: str, terminal: Terminal) -> list[str]:
    """A heading in a margin of ten cells and its text beside it."""
    first = f"{heading:<10}"
    lines = terminal.wrap(terminal.plain(" ".join(text.split())), indent=" " * 10, first=first)
    return [
        terminal.paint("bold", heading) + line[len(heading) :] if number == 0 else line
        for number, line in enumerate(lines)
    ]


def _code(text: str, terminal: Terminal) -> list[str]:
    return [
        terminal.fit(f"    {terminal.plain(line.replace(chr(9), '    '))}", terminal.width).rstrip()
        for line in text.rstrip("\n").split("\n")
    ]
