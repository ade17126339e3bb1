"""The factors of the seam score, each 0-1 with the words that name what lowers it and the refactoring that would raise it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rustplan.catalog.crossings import CrossingCosts, SeamConstants
from rustplan.model.score import Factor, FactorEvidence
from rustplan.plan.latency.cluster import Cluster, Upcall
from rustplan.plan.latency.types import (
    ARRAY,
    GRAPH,
    TypeNames,
    base_of,
    crosses,
    is_container,
    payload_of,
    returns,
    takes_many,
)
from rustplan.plan.wording import count, name_list

SHAPE = ("sig", "ret", "cb", "state", "batch")
LOOPED_UPCALL, PLAIN_UPCALL = 0.1, 0.6
LOGGING_SHARE = 0.5
HAZARD, CHANNEL_IO, FIELDS_HALVED = 0.5, 0.7, 3.0
RECURSIVE, PER_MESSAGE, PER_REQUEST = 0.3, 0.7, 0.9
_FILLING = frozenset({"add", "addAll", "put", "putAll", "offer", "push", "accept", "append"})


@dataclass(frozen=True, slots=True)
class Gain:
    """Share (0-1) of the allocated bytes, by measurement or by estimate, times the relevance of pauses; with its words."""

    level: float
    because: str


def shape_factors(
    cluster: Cluster, names: TypeNames, route: str, upcall_ns: float, constants: SeamConstants
) -> tuple[Factor, ...]:
    """Return the five factors of the cluster's shape.

    `route` is the first step of the way to it, in words; `upcall_ns` what one call back into Java costs.
    """
    weight = constants.shape_exponent / len(SHAPE)
    drafts = (
        _signature(cluster, names),
        _result(cluster, names),
        _callbacks(cluster, upcall_ns),
        _state(cluster),
        _batch(cluster, route),
    )
    return tuple(
        factor(name, level, weight, because, places)
        for name, (level, because, places) in zip(SHAPE, drafts, strict=True)
    )


def grain_factor(body_ns: float, crossing_ns: float, body_because: str, constants: SeamConstants) -> Factor:
    """Return how much work one call does against what the call costs: 0 when they are equal, 1 at a hundred times."""
    ratio = body_ns / crossing_ns if crossing_ns > 0 else 1.0
    level = min(1.0, max(0.0, math.log10(ratio) / 2)) if ratio > 0 else 0.0
    because = (
        f"About {nanoseconds(body_ns)} of work for a crossing of {nanoseconds(crossing_ns)}. The work: {body_because}."
    )
    if level < constants.low_factor:
        because += " To open it: hand over several items in one call, or cut at a caller that does more per call."
    return factor("grain", level, constants.shape_exponent, because, value=ratio, unit="body / crossing")


def gain_factor(gain: Gain, constants: SeamConstants) -> Factor:
    """Return what would be won."""
    return factor("gain", gain.level, constants.gain_exponent, gain.because, unit="share of allocated bytes")


def factor(
    name: str,
    level: float,
    weight: float,
    because: str,
    evidence: Sequence[FactorEvidence] = (),
    *,
    value: float | None = None,
    unit: str = "0-1",
) -> Factor:
    """Return a factor of a product: its weight is the exponent with which its level enters."""
    exact = round(min(1.0, max(0.0, level)), 4)
    return Factor(
        name=name, value=round(level if value is None else value, 4), unit=unit,
        anchor=f"enters the product to the power of {weight:g}", level=exact, weight=round(weight, 4),
        contribution=round(exact * weight, 6), because=because, evidence=tuple(evidence),
    )  # fmt: skip


def seam_of(factors: Sequence[Factor]) -> float:
    """Return 100 times the product of the levels, each to the power of its weight (0 as soon as one level is 0)."""
    product = math.prod(math.pow(one.level, one.weight) for one in factors)
    return round(100.0 * product, 2)


def crossing_ns(cluster: Cluster, boundary: str, jdk: int | None, costs: CrossingCosts) -> float:
    """Return nanoseconds of one crossing: the call, and what its parameters and its result add. Calls back into Java come on top."""
    function = cluster.root.function
    written = [parameter.type for parameter in function.parameters] + [function.return_type]
    added = math.fsum(costs.payload_ns(boundary, jdk, payload_of(text)) for text in written)
    return costs.call_ns(boundary, jdk) + added


def upcalls_ns(cluster: Cluster, upcall: float, costs: CrossingCosts) -> float:
    """Return nanoseconds of all calls back into Java in one call, those in a loop as often as it is assumed to run."""
    rounds = (math.pow(costs.score.loop_factor, min(one.depth, costs.score.deepest_loop)) for one in cluster.upcalls)
    return upcall * math.fsum(rounds)


def nanoseconds(value: float) -> str:
    """Return `4.3 ns`, `120 ns`, `1.5 us`, `2 ms`."""
    if value >= 1e6:
        return f"{value / 1e6:,.3g} ms"
    if value >= 1e3:
        return f"{value / 1e3:.3g} us"
    return f"{value:.3g} ns"


def _signature(cluster: Cluster, names: TypeNames) -> tuple[float, str, tuple[FactorEvidence, ...]]:
    function = cluster.root.function
    parts = [(parameter.name, parameter.type, crosses(parameter.type, names)) for parameter in function.parameters]
    parts.append(
        ("the result", function.return_type or function.container.rpartition(".")[2], returns_level(cluster, names))
    )
    level = math.fsum(one for _, _, one in parts) / len(parts)
    dear = [
        f"{name or 'a parameter'} ({base_of(text)})"
        for name, text, one in parts
        if one <= GRAPH and base_of(text) != "void"
    ]
    if dear:
        because = f"{name_list(dear, most=3)} cannot cross as is: pass the values that are read from it, or offsets into a buffer."
    elif level < ARRAY:
        because = "Text or boxed values cross, which are copied: pass bytes and a length, or primitives."
    else:
        because = "Plain values, arrays and buffers cross."
    return level, because, ()


def returns_level(cluster: Cluster, names: TypeNames) -> float:
    """Return the level of the result; one that is put into a collection of the caller's is a result too."""
    function = cluster.root.function
    filled = _filled(cluster)
    written = "" if function.name == "<init>" else function.return_type or "void"
    return min(GRAPH, returns(written, names)) if filled else returns(written, names)


def _filled(cluster: Cluster) -> str:
    """Name of a parameter that the root fills with objects; "" for none."""
    containers = {one.name for one in cluster.root.function.parameters if is_container(base_of(one.type))}
    return min(
        (c.qualifier for c in cluster.root.calls if c.qualifier in containers and c.callee in _FILLING), default=""
    )


def _result(cluster: Cluster, names: TypeNames) -> tuple[float, str, tuple[FactorEvidence, ...]]:
    level, function = returns_level(cluster, names), cluster.root.function
    if level > GRAPH:
        words = "Nothing that Java would have to allocate comes back." if level > 0.8 else (
            f"Java allocates the {base_of(function.return_type)} that comes back: let the caller pass the buffer to fill."
        )  # fmt: skip
        return level, words, ()
    if function.name == "<init>":
        return (
            level,
            "It makes a Java object, which Java must allocate anyway: keep the values in a buffer that is reused.",
            (),
        )
    filled = _filled(cluster)
    what = f"the objects put into {filled}" if filled else f"the {base_of(function.return_type)}"
    return level, f"Java must allocate {what} anyway: let the caller pass the buffer to fill instead.", ()


def _callbacks(cluster: Cluster, upcall_ns: float) -> tuple[float, str, tuple[FactorEvidence, ...]]:
    if not cluster.upcalls:
        return 1.0, "No call back into Java was found.", ()
    worst = min(_callback_level(one) for one in cluster.upcalls)
    looped = [one for one in cluster.upcalls if one.depth > 0]
    first = [f"{one.name}" for one in cluster.upcalls]
    names = name_list(list(dict.fromkeys(first)), most=3)
    where = "inside a loop" if looped else "outside its loops"
    advice = "collect what it would say in a buffer and let the caller say it" if all(
        one.is_logging for one in cluster.upcalls
    ) else "fetch what they return before the loop and hand over their results after it"  # fmt: skip
    places = tuple(FactorEvidence(path=one.path, line=one.line, what=one.name) for one in cluster.upcalls[:3])
    return (
        worst,
        f"{count(len(cluster.upcalls), 'call')} back into Java {where} ({names}), {nanoseconds(upcall_ns)} each: {advice}.",
        places,
    )


def _callback_level(one: Upcall) -> float:
    penalty = 1.0 - (LOOPED_UPCALL if one.depth > 0 else PLAIN_UPCALL)
    return 1.0 - penalty * (LOGGING_SHARE if one.is_logging else 1.0)


def _state(cluster: Cluster) -> tuple[float, str, tuple[FactorEvidence, ...]]:
    level = HAZARD ** len(cluster.hazards) / (1.0 + len(cluster.fields) / FIELDS_HALVED)
    said = []
    if cluster.fields:
        names = name_list(cluster.fields, most=3)
        said.append(
            f"it writes {count(len(cluster.fields), 'field')} ({names}): move that state to the Rust side, behind a long handle"
        )
    if cluster.hazards:
        said.append(f"{name_list(cluster.hazards)} tie it to the virtual machine: settle them before the call")
    if cluster.does_io:
        level *= CHANNEL_IO
        said.append("it reads or writes through Java streams: read into a buffer first")
    words = "; ".join(said)
    return level, f"{words[:1].upper()}{words[1:]}." if words else "It writes no field.", ()


def _batch(cluster: Cluster, route: str) -> tuple[float, str, tuple[FactorEvidence, ...]]:
    function = cluster.root.function
    if cluster.is_recursive:
        return RECURSIVE, "It calls itself: walk the objects once into a flat buffer, and hand that over.", ()
    if function.loop_depth and any(takes_many(one.type) for one in function.parameters):
        return 1.0, "It takes a whole batch.", ()
    if cluster.looped_from:
        return (
            1.0,
            f"Called in a loop of {cluster.looped_from}: move that loop along, so that one call does them all.",
            (),
        )
    if "request" in route:
        return PER_REQUEST, "Once a request.", ()
    return PER_MESSAGE, "Once a message, as far as is known: let the caller collect several and pass them together.", ()
