"""Java methods and classes that may allocate on a hot path, best first. Static evidence names candidates; only a profile says "hot"."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from rustplan.catalog import EntryPoints
from rustplan.model.evidence import Evidence
from rustplan.model.finding import RuleSummary
from rustplan.model.score import Candidate, EvidenceLevel
from rustplan.model.source import Role
from rustplan.score.heat import Heat
from rustplan.score.java.classes import fused_classes
from rustplan.score.java.measured import Measured, join, read_measured
from rustplan.score.java.names import class_of, outermost, plain_name
from rustplan.score.java.nearness import signs_of_nearness
from rustplan.score.java.overloads import Charged, charge
from rustplan.score.java.route import hottest_caller, route_to
from rustplan.score.java.sites import Sites, allocation_sites, bytes_of, heaviest
from rustplan.score.wording import count, name_list

NO_PROFILE = "candidate: no profile given"
MOST_SITES = 8
"""Places that a candidate lists."""

_NEVER_SEEN = 1e-6
"""Runs, and likelihood, of a method to which no way from an entry point was found: below all others."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Methods and classes, each best first."""

    methods: tuple[Candidate, ...] = ()
    classes: tuple[Candidate, ...] = ()


def list_candidates(
    heat: Heat, owners: Mapping[str, str], rules: Mapping[str, RuleSummary], evidence: Evidence, table: EntryPoints
) -> Candidates:
    """Return every method that has an allocation site or was measured to allocate, and the classes that hold them.

    Code of role source alone is listed, and no benchmark: it is no part of the product.
    """
    sites = allocation_sites(heat.graph, table)
    product = {file.path for file in heat.graph.hierarchy.files if file.role is Role.SOURCE}
    own = {name for name, one in heat.methods.items() if one.path in product and not one.is_benchmark}
    measured = read_measured(evidence)
    estimates = {name: score for name in sites if name in own and (score := _estimate(name, heat, sites, table)) > 0}
    near = signs_of_nearness(heat, measured.allocation or measured.cpu) if measured.is_sampled else {}
    scores = {name: score for name, score in join(estimates, measured, near, table).items() if name in own}
    fused = {} if measured.is_sampled else fused_classes(heat, sites, measured, table)
    writer = _Writer(heat, sites, measured, owners, rules, table)
    methods = sorted((writer.method(name, score) for name, score in scores.items()), key=_best_first)
    described = [writer.describe(one) for one in methods[: table.described]]
    return Candidates((*described, *methods[table.described :]), writer.classes(methods, fused))


def _estimate(name: str, heat: Heat, sites: Mapping[str, Sites], table: EntryPoints) -> float:
    """The static estimate: runs and bytes, each believed half, and how likely it is that the overloads that allocate run."""
    charged = charge(heat, sites, name)
    amount = max(charged.amount, _NEVER_SEEN * bytes_of(sites, name)) ** table.estimate_exponent
    return float(amount * max(charged.likelihood, _NEVER_SEEN) ** table.likelihood_exponent)


def _best_first(one: Candidate) -> tuple[float, str, str, str]:
    return (-one.score, one.class_name, one.method, one.path)


class _Writer:
    """Turns scores into candidates with words."""

    def __init__(
        self,
        heat: Heat,
        sites: Mapping[str, Sites],
        measured: Measured,
        owners: Mapping[str, str],
        rules: Mapping[str, RuleSummary],
        table: EntryPoints,
    ) -> None:
        self._heat = heat
        self._sites = sites
        self._measured = measured
        self._owners = owners
        self._rules = rules
        self._table = table

    def method(self, name: str, score: float) -> Candidate:
        """One method, without its way and sites."""
        method = self._heat.methods[name]
        charged = charge(self._heat, self._sites, name)
        level = self._measured.level(name, is_declared=method.is_declared)
        share = self._measured.share(name, level)
        places = self._sites[name].places if name in self._sites else ()
        return Candidate(
            class_name=class_of(name),
            method=plain_name(name),
            score=float(f"{score:.6g}"),
            evidence=f"{self._what(places)}; {self._why(name, charged)}; {self._known(level, share)}",
            path=method.path,
            line=self._heat.graph.hierarchy.nodes[charged.node].line
            or method.line
            or (places[0].line if places else 1),
            component=self._owners.get(method.path, ""),
            level=level,
            heat=_magnitude(charged.runs),
            bytes_per_call=float(f"{bytes_of(self._sites, name):.4g}"),
            share=None if share is None else float(f"{share:.6g}"),
            triggers=self._triggers(places),
        )

    def describe(self, one: Candidate) -> Candidate:
        """Add the way from the entry point and the heaviest places."""
        name = f"{one.class_name}.{one.method}" if one.class_name else one.method
        places = self._sites[name].places if name in self._sites else []
        node = charge(self._heat, self._sites, name).node
        return msgspec.structs.replace(one, route=route_to(self._heat, node), sites=heaviest(places, MOST_SITES))

    def classes(self, methods: Sequence[Candidate], fused: Mapping[str, float]) -> tuple[Candidate, ...]:
        """Outermost classes with the methods of all classes inside them; without fused scores a class has the sum of its methods'."""
        groups: dict[str, list[Candidate]] = defaultdict(list)
        for one in methods:
            if one.class_name:  # a compact source file has methods outside of any class
                groups[outermost(one.class_name)].append(one)
        found = sorted((self._class(name, group, fused.get(name)) for name, group in groups.items()), key=_best_first)
        return (*map(self._describe_class, found[: self._table.described]), *found[self._table.described :])

    def _class(self, name: str, group: Sequence[Candidate], fused: float | None) -> Candidate:
        first = min(group, key=lambda one: (one.level.rank, _best_first(one)))
        shares = [one.share for one in group if one.share is not None and one.level is first.level]
        score = math.fsum(one.score for one in group) if fused is None else fused
        best = ", ".join(one.method for one in group[:3])
        share = math.fsum(shares) if shares else None
        return Candidate(
            class_name=name,
            method="",
            score=float(f"{score:.6g}"),
            evidence=f"{count(len(group), 'method')} that may allocate, first {best}; {self._known(first.level, share)}",
            path=first.path,
            line=min(one.line for one in group if one.path == first.path),
            component=first.component,
            level=first.level,
            heat=max(one.heat for one in group),
            bytes_per_call=float(f"{math.fsum(one.bytes_per_call for one in group):.4g}"),
            share=None if share is None else float(f"{share:.6g}"),
            triggers=tuple(sorted({trigger for one in group for trigger in one.triggers})),
        )

    def _describe_class(self, one: Candidate) -> Candidate:
        places = [
            place
            for name, sites in self._by_class().get(one.class_name, ())
            for place in sites.places
            if name in self._heat.methods
        ]
        return msgspec.structs.replace(one, sites=heaviest(places, MOST_SITES))

    def _by_class(self) -> Mapping[str, list[tuple[str, Sites]]]:
        if not hasattr(self, "_grouped"):
            self._grouped: dict[str, list[tuple[str, Sites]]] = defaultdict(list)
            for name, sites in sorted(self._sites.items()):
                self._grouped[outermost(class_of(name))].append((name, sites))
        return self._grouped

    def _what(self, places: Sequence[object]) -> str:
        """Say what it allocates."""
        rules: dict[str, int] = defaultdict(int)
        for place in places:
            rules[getattr(place, "rule", "")] += 1
        named = [f"{rule} ({number})" for rule, number in sorted(rules.items(), key=lambda item: (-item[1], item[0]))]
        return name_list(named) if named else "no allocation site was found in its source"

    def _why(self, name: str, charged: Charged) -> str:
        """Name the entry point or the heaviest caller."""
        method = self._heat.methods[name]
        if method.entry:
            return f"entry point: {method.entry}"
        found = hottest_caller(self._heat, charged.node)
        if found is None:
            return "no caller that an entry point reaches was found"
        caller, how = found
        return f"{how} {caller}, frequency class {round(_magnitude(charged.runs))} of {round(self._table.cap)}"

    def _known(self, level: EvidenceLevel, share: float | None) -> str:
        """Say what was measured, or that nothing was."""
        names = ", ".join(self._measured.names.get(level, ()))
        if level is EvidenceLevel.MEASURED_ALLOCATION:
            return f"hot: {share or 0.0:.1%} of the bytes allocated in the scanned code by {names}"
        if level is EvidenceLevel.MEASURED_CPU:
            return f"hot: {share or 0.0:.1%} of the processor samples in the scanned code by {names}; its bytes were not measured"
        if level is EvidenceLevel.COMPILED:
            return f"candidate: compiled by the JVM ({names}), so it ran often; how much it allocates was not measured"
        if level is EvidenceLevel.DECLARED:
            return "candidate: its authors benchmark it; not measured here"
        if self._measured.allocation or self._measured.cpu or self._measured.tiers:
            return "candidate: no profile names it"
        return NO_PROFILE

    def _triggers(self, places: Sequence[object]) -> tuple[str, ...]:
        found = {
            trigger
            for place in places
            if (rule := self._rules.get(getattr(place, "rule", ""))) is not None
            for trigger in rule.triggers
        }
        return tuple(sorted(found))


def _magnitude(runs: float) -> float:
    """log10 of runs, 0 for less than one."""
    return round(math.log10(1.0 + runs), 2)
