"""Java methods that may allocate on a hot path, best first. Static evidence names candidates; only a profile says "hot"."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rustplan.catalog import EntryPoints
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.scan import FileScan
from rustplan.model.score import Candidate
from rustplan.score.heat import Heat, Method, is_cold
from rustplan.score.targets import class_of, plain_name
from rustplan.score.wording import count, name_list

NO_PROFILE = "candidate: no profile given"


@dataclass(slots=True)
class _Sites:
    """What one method allocates, as far as names and rules tell."""

    weight: float = 0.0
    creations: int = 0
    lines: set[int] = field(default_factory=set)
    rules: Counter[str] = field(default_factory=Counter)


def list_candidates(
    files: Sequence[FileScan], owners: Mapping[str, str], heat: Heat, table: EntryPoints
) -> tuple[Candidate, ...]:
    """Return every method with an allocation site, by score (calls x allocation), then by name."""
    found = []
    for name, sites in allocation_sites(files, table).items():
        method = heat.methods.get(name)
        if method is None or sites.weight <= 0:
            continue
        guard = table.cold_factor if is_cold(name, table) or plain_name(name) == "<clinit>" else 1.0
        score = (1.0 + heat.calls[name]) * sites.weight * guard
        found.append(
            Candidate(
                class_name=class_of(name),
                method=plain_name(name),
                score=float(f"{score:.6g}"),
                evidence=_words(name, method, sites, heat),
                path=method.path,
                line=method.line,
                component=owners.get(method.path, ""),
            )
        )
    return tuple(sorted(found, key=lambda item: (-item.score, item.class_name, item.method, item.path)))


def allocation_sites(files: Sequence[FileScan], table: EntryPoints) -> dict[str, _Sites]:
    """Collect latency exposures and object creations by method; a creation on a finding's line counts once."""
    sites: dict[str, _Sites] = defaultdict(_Sites)
    for file in files:
        for finding in file.findings:
            if is_allocation(finding) and finding.function:
                found = sites[finding.function]
                found.weight += finding.weight
                found.rules[finding.rule] += finding.places
                found.lines.update(finding.lines or (finding.line,))
        functions = file.facts.functions
        for call in file.facts.calls:
            is_creation = call.qualifier == "new" and not call.callee.endswith(("Exception", "Error"))
            if not is_creation or not 0 <= call.function < len(functions):
                continue
            found = sites[functions[call.function].qualified_name]
            if call.line not in found.lines:
                found.weight += table.creation_weight
                found.creations += 1
    return dict(sites)


def is_allocation(finding: Finding) -> bool:
    """True for an exposure of the latency track."""
    return finding.kind is Kind.EXPOSURE and Track.LATENCY in finding.tracks


def _words(name: str, method: Method, sites: _Sites, heat: Heat) -> str:
    """Say what it allocates, why it may run often, and that nobody measured it."""
    what = [f"{rule} ({number})" for rule, number in sorted(sites.rules.items(), key=lambda item: (-item[1], item[0]))]
    if sites.creations:
        what.append(count(sites.creations, "object creation"))
    return f"{name_list(what)}; {_why_often(name, method, heat)}; {NO_PROFILE}"


def _why_often(name: str, method: Method, heat: Heat) -> str:
    """Name the entry point or the heaviest caller."""
    if method.entry:
        return f"entry point: {method.entry}"
    caller, depth = heat.hottest_caller.get(name, ("", 0))
    if not caller:
        return "no caller that an entry point reaches was found"
    where = f"inside {count(depth, 'loop')} of" if depth else "by"
    magnitude = round(math.log10(1.0 + heat.calls[name]))
    return f"called {where} {caller}, frequency class {magnitude} of 6"
