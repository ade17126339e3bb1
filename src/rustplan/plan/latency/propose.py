"""From latency candidates to seam proposals: the best of each component, each with its cluster, factors, boundary and advice."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rustplan.catalog.crossings import CrossingCosts
from rustplan.model.roadmap import SeamProposal
from rustplan.model.score import Candidate, EvidenceLevel, Factor
from rustplan.plan.latency.advice import advice_for
from rustplan.plan.latency.calls import CONSTRUCTOR, Method, Methods
from rustplan.plan.latency.choice import NONE, Case, Choice, choose, plain_call
from rustplan.plan.latency.cluster import Callers, Cluster, find_cluster, reachable
from rustplan.plan.latency.factors import (
    Gain,
    crossing_ns,
    gain_factor,
    grain_factor,
    seam_of,
    shape_factors,
    upcalls_ns,
)
from rustplan.plan.latency.situation import Situation
from rustplan.plan.latency.types import TypeNames, type_names
from rustplan.plan.wording import count

_STATIC_INITIALISER = "<clinit>"
_STAGES = frozenset({"run", "call", "doWork", "action", "main"})
"""Methods that a thread is started with: a loop without an end anywhere else is mostly one that tries again."""


def propose_seams(
    methods: Methods, candidates: Sequence[Candidate], situation: Situation, costs: CrossingCosts
) -> tuple[SeamProposal, ...]:
    """Return a proposal for the first candidates of every component: measured ones first, then by seam, then in their own order."""
    names, estimates = type_names(methods.files), _estimates(candidates)
    chosen = _chosen(methods, candidates, estimates, costs)
    limit = costs.score.most_members
    plain = {name.rpartition(".")[2] for _, root in chosen for name in reachable(methods, root, limit)}
    callers = Callers(methods, plain)
    proposals = [
        _propose(candidate, find_cluster(methods, root, callers, limit), names, methods, estimates, situation, costs)
        for candidate, root in chosen
    ]
    return tuple(sorted(proposals, key=lambda one: (not one.level.is_measured, -one.seam)))


def name_of(candidate: Candidate) -> str:
    """Return the qualified name of a candidate's method."""
    return f"{candidate.class_name}.{candidate.method}"


def _chosen(
    methods: Methods,
    candidates: Sequence[Candidate],
    estimates: Mapping[str, tuple[Candidate, float]],
    costs: CrossingCosts,
) -> list[tuple[Candidate, Method]]:
    """The first candidates that are methods of the tree: some of each component, so many in all, measured ones before the others.

    Of those that are not measured, constructors and what allocates next to nothing by the estimate are left out: no cut around them
    could win anything.
    """
    taken: Counter[str] = Counter()
    chosen: list[tuple[Candidate, Method]] = []
    seen: set[str] = set()
    usable = [one for one in candidates if one.method not in ("", _STATIC_INITIALISER)]
    for candidate in sorted(usable, key=lambda one: (not one.level.is_measured, -one.score, name_of(one), one.path)):
        root = methods.largest(name_of(candidate), _line_of(candidate))
        is_full = taken[candidate.component] >= costs.score.most_each_component
        if root is None or is_full or root.name in seen or _is_slight(candidate, estimates, costs):
            continue
        seen.add(root.name)
        taken[candidate.component] += 1
        chosen.append((candidate, root))
        if len(chosen) >= costs.score.most_proposals:
            break
    return chosen


def _line_of(candidate: Candidate) -> int:
    """The line of its heaviest site, which tells its overload; else its own."""
    sites = sorted(candidate.sites, key=lambda site: (-site.bytes, site.path, site.line))
    return sites[0].line if sites else candidate.line


def _is_slight(candidate: Candidate, estimates: Mapping[str, tuple[Candidate, float]], costs: CrossingCosts) -> bool:
    share = estimates[name_of(candidate)][1]
    return not candidate.level.is_measured and (candidate.method == CONSTRUCTOR or share < costs.score.least_share)


def _estimates(candidates: Sequence[Candidate]) -> Mapping[str, tuple[Candidate, float]]:
    """Candidates by name, each with its share (0-1) of all estimated bytes."""
    weights = [(one, _estimated_bytes(one)) for one in candidates if one.method]
    total = math.fsum(weight for _, weight in weights) or 1.0
    shares: dict[str, tuple[Candidate, float]] = {}
    for one, weight in weights:
        known = shares.get(name_of(one))
        shares[name_of(one)] = (one, weight / total + (known[1] if known else 0.0))
    return shares


def _estimated_bytes(candidate: Candidate) -> float:
    if candidate.bytes_per_call > 0:
        return math.pow(10.0, min(candidate.heat, 30.0)) * candidate.bytes_per_call
    return max(0.0, candidate.score)


def _propose(
    candidate: Candidate,
    cluster: Cluster,
    names: TypeNames,
    methods: Methods,
    estimates: Mapping[str, tuple[Candidate, float]],
    situation: Situation,
    costs: CrossingCosts,
) -> SeamProposal:
    route = candidate.route[0].how if candidate.route else candidate.evidence
    gain = _gain(cluster, estimates, situation, costs)
    body, body_because = _body(cluster, candidate, estimates, costs)
    call = plain_call(situation, costs)
    upcall = costs.payload_ns(call, situation.jdk, "upcall")
    shape = shape_factors(cluster, names, route, upcall, costs.score)
    back = upcalls_ns(cluster, upcall, costs)
    crossing = crossing_ns(cluster, call, situation.jdk, costs)
    grain = grain_factor(body, crossing, body_because, costs.score)
    factors = (*shape, grain, gain_factor(gain, costs.score))
    case = Case(
        component=candidate.component,
        ret=_level(factors, "ret"), cb=_level(factors, "cb"), grain=grain.level, gain=factors[-1].level,
        body_ns=body, crossing_ns=crossing, upcalls_ns=back, result_words=_because(factors, "ret"), gain_words=gain.because,
        own_thread=_own_thread(candidate, cluster, methods), route=route,
    )  # fmt: skip
    choice = choose(case, situation, costs)
    seam = seam_of(factors)
    paid = _paid(choice, crossing + back, costs)
    return SeamProposal(
        method=cluster.root.name,
        members=tuple(dict.fromkeys(one.name for one in cluster.members)),
        path=cluster.root.path,
        line=cluster.root.function.start_line,
        component=candidate.component,
        seam=seam,
        factors=factors,
        boundary=choice.boundary,
        because=_words(candidate, choice, seam, costs),
        runner_up=choice.runner_up,
        runner_up_because=choice.runner_up_because,
        crossing_ns=paid,
        break_even_ns=_break_even(choice, paid, costs),
        body_ns=round(body, 1),
        body_because=body_because,
        advice=advice_for(candidate, choice, factors, situation, costs),
        level=candidate.level,
    )


def _words(candidate: Candidate, choice: Choice, seam: float, costs: CrossingCosts) -> str:
    """The reason, what the score says, and that nothing was measured where that is so."""
    limit = costs.score.least_seam
    formula = f"Seam {seam:.1f} of 100 = 100 x each factor's level to the power of its weight"
    if choice.boundary == NONE:
        return f"{choice.because} {formula}."
    if not candidate.level.is_measured:
        return f"If a profile confirms it: {choice.because} {formula}; a candidate, not measured."
    verdict = "worth a sketch" if seam >= limit else f"below {limit:g}: not worth a port as it stands"
    return f"{choice.because} {formula}: {verdict}."


def _gain(
    cluster: Cluster, estimates: Mapping[str, tuple[Candidate, float]], situation: Situation, costs: CrossingCosts
) -> Gain:
    """What the whole cluster allocates: measured where an allocation profile names it, else an estimate that counts less."""
    inside = dict.fromkeys(one.name for one in cluster.everything)
    known = [estimates[name] for name in inside if name in estimates]
    relevance = situation.relevance
    after = f"times {relevance:.2f}: {situation.relevance_because}"
    shares = [one.share or 0.0 for one, _ in known if one.level is EvidenceLevel.MEASURED_ALLOCATION]
    if shares or situation.has_allocation_profile:
        share = min(1.0, math.fsum(shares))
        return Gain(share * relevance, f"{share:.1%} of the allocated bytes as measured, {after}.")
    share = min(1.0, math.fsum(part for _, part in known))
    counted = share * costs.score.static_gain
    return Gain(
        counted * relevance,
        f"{share:.1%} of the bytes by static estimate, which counts {costs.score.static_gain:g}: a candidate, measure it; {after}.",
    )


def _body(
    cluster: Cluster, candidate: Candidate, estimates: Mapping[str, tuple[Candidate, float]], costs: CrossingCosts
) -> tuple[float, str]:
    """Nanoseconds of one call: statements and calls, each as often as its loops are assumed to run, and what is allocated."""
    constants = costs.score
    number = 0
    rounds = 0.0
    for method in cluster.everything:
        base = cluster.depths.get(method.name, 0)
        for depth, parts in enumerate(method.state.statements):
            number += parts
            rounds += parts * _times(base + depth, costs)
        number += len(method.calls)
        rounds += math.fsum(_times(base + call.loop_depth, costs) for call in method.calls)
    inside = dict.fromkeys(one.name for one in cluster.everything)
    allocated = math.fsum(max(0.0, estimates[name][0].bytes_per_call) for name in inside if name in estimates)
    value = constants.statement_ns * max(1.0, rounds) + constants.allocation_ns_per_byte * allocated
    because = f"{constants.statement_ns:g} ns x {count(number, 'step')} (statements and calls, each loop {constants.loop_factor:g} times)"
    if allocated:
        because += f", {constants.allocation_ns_per_byte:g} ns x {allocated:,.0f} allocated bytes"
    because += ": a guess, measure it"
    if candidate.level is EvidenceLevel.MEASURED_CPU and candidate.share is not None:
        because += f"; a profile gives it {candidate.share:.1%} of the processor time, but not the time of one call"
    return min(constants.most_body_ns, value), because


def _times(depth: int, costs: CrossingCosts) -> float:
    return math.pow(costs.score.loop_factor, min(depth, costs.score.deepest_loop))


def _paid(choice: Choice, crossing: float, costs: CrossingCosts) -> float | None:
    """Nanoseconds of one crossing of the chosen boundary; None where none was measured."""
    if choice.boundary in ("jni", "ffm"):
        return round(crossing, 1)
    return costs.call_ns(choice.boundary, None) or None


def _break_even(choice: Choice, paid: float | None, costs: CrossingCosts) -> float | None:
    if choice.boundary == "wasm":
        return costs.others.wasm_least_body_ns
    return None if paid is None else round(paid * costs.score.break_even, 1)


def _own_thread(candidate: Candidate, cluster: Cluster, methods: Methods) -> str:
    """Why the candidate runs in a loop of its own: it, or the entry that it is reached from, is a stage that loops without an end."""
    entry = [method for step in candidate.route[:1] for method in methods.overloads(step.method)]
    for method in (cluster.root, *entry):
        if method.is_endless and method.function.name in _STAGES:
            return f"A stage with a loop of its own ({method.name} in {method.path}:{method.function.start_line})"
    return ""


def _level(factors: Sequence[Factor], name: str) -> float:
    return next(one.level for one in factors if one.name == name)


def _because(factors: Sequence[Factor], name: str) -> str:
    return next(one.because for one in factors if one.name == name)


def best_by_component(proposals: Sequence[SeamProposal]) -> dict[str, tuple[SeamProposal, ...]]:
    """Return the proposals of each component, best seam first."""
    found: dict[str, list[SeamProposal]] = defaultdict(list)
    for one in proposals:
        found[one.component].append(one)
    return {name: tuple(sorted(ones, key=lambda one: (-one.seam, one.method))) for name, ones in sorted(found.items())}
