"""What profiles say about methods, and how it is joined with the static estimate.

What was sampled keeps its measured share. Methods without a sample follow, never before one with: those near to sampled ones first, then
by the static estimate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from rustplan.catalog import EntryPoints
from rustplan.model.evidence import Evidence
from rustplan.model.profile import Profile, ProfileKind
from rustplan.model.score import EvidenceLevel
from rustplan.score.java.nearness import nearest_first

_MILLION = 1_000_000.0
_LEVELS = {ProfileKind.ALLOCATION: EvidenceLevel.MEASURED_ALLOCATION, ProfileKind.CPU: EvidenceLevel.MEASURED_CPU}


@dataclass(slots=True)
class Measured:
    """All profiles by method: samples and shares of allocation and CPU profiles, tiers of compiled methods, benchmarks."""

    allocation: dict[str, float] = field(default_factory=dict)
    allocation_samples: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    cpu_samples: float = 0.0
    tiers: dict[str, float] = field(default_factory=dict)
    benchmarks: frozenset[str] = frozenset()
    names: dict[EvidenceLevel, tuple[str, ...]] = field(default_factory=dict)
    """File names of the profiles by what they are evidence of."""

    @property
    def is_sampled(self) -> bool:
        """True when a profile holds samples of allocations or of processor time."""
        return bool(self.allocation or self.cpu)

    def level(self, name: str, *, is_declared: bool) -> EvidenceLevel:
        """The best evidence there is for a method."""
        if name in self.allocation:
            return EvidenceLevel.MEASURED_ALLOCATION
        if name in self.cpu:
            return EvidenceLevel.MEASURED_CPU
        if name in self.tiers:
            return EvidenceLevel.COMPILED
        return EvidenceLevel.DECLARED if is_declared or name in self.benchmarks else EvidenceLevel.STATIC

    def share(self, name: str, level: EvidenceLevel) -> float | None:
        """The measured share (0-1) that makes the level; None where nothing was measured."""
        if level is EvidenceLevel.MEASURED_ALLOCATION:
            return self.allocation[name]
        return self.cpu[name] if level is EvidenceLevel.MEASURED_CPU else None


def read_measured(evidence: Evidence) -> Measured:
    """Join the profiles of each kind; shares are of what was mapped to the tree, each profile weighing as its samples."""
    found = Measured()
    found.allocation, found.allocation_samples = _shares(evidence, ProfileKind.ALLOCATION)
    found.cpu, found.cpu_samples = _shares(evidence, ProfileKind.CPU)
    names: dict[EvidenceLevel, list[str]] = defaultdict(list)
    benchmarks: set[str] = set()
    for profile in evidence.profiles:
        level = _LEVELS.get(profile.kind, EvidenceLevel.COMPILED)
        if profile.kind is ProfileKind.COMPILED:
            for method in profile.methods:
                found.tiers[method.name] = max(found.tiers.get(method.name, 0.0), method.value)
        elif profile.kind is ProfileKind.BENCHMARK:
            benchmarks.update(method.name for method in profile.methods)
            level = EvidenceLevel.DECLARED
        names[level].append(profile.name)
    found.benchmarks = frozenset(benchmarks)
    found.names = {level: tuple(sorted(set(files))) for level, files in names.items()}
    return found


def _shares(evidence: Evidence, kind: ProfileKind) -> tuple[dict[str, float], float]:
    sums: dict[str, float] = defaultdict(float)
    samples = 0.0
    for profile in evidence.profiles:
        if profile.kind is kind and profile.mapped > 0:
            here = _samples(profile)
            samples += here
            for method in profile.methods:
                sums[method.name] += here * method.value / profile.mapped
    return ({name: value / samples for name, value in sums.items() if value > 0} if samples else {}), samples


def _samples(profile: Profile) -> float:
    """Samples that were charged to the tree; at least one for each method that has any."""
    return max(1.0, profile.events * profile.share_mapped, float(len(profile.methods)))


def compiled_factor(name: str, measured: Measured, table: EntryPoints) -> float:
    """1 for a method that the JVM compiled, or where no list of compiled methods was given; less for the others."""
    return 1.0 if not measured.tiers or name in measured.tiers else table.uncompiled_factor


def join(
    estimates: Mapping[str, float], measured: Measured, nearness: Mapping[str, int], table: EntryPoints
) -> dict[str, float]:
    """Return the score of each method; those of a class may be added up.

    With a profile a score is a share in parts per million. Without one it is the estimate to a small power: sums of estimates would say
    no more than their largest term, which is the least certain. Methods that only a profile knows come along.
    """
    estimates = {name: score * compiled_factor(name, measured, table) for name, score in estimates.items()}
    flat = {name: score**table.score_exponent for name, score in estimates.items()}
    if not measured.is_sampled:
        return flat
    if measured.allocation:
        shares, samples = measured.allocation, measured.allocation_samples
        rest = _cpu_first(flat, measured)
    else:
        shares = {name: share for name, share in measured.cpu.items() if name in estimates}
        samples, rest = measured.cpu_samples, flat
    return {
        name: _MILLION * share
        for name, share in _with_rest(shares, samples, nearest_first(rest, nearness), table).items()
    }


def _cpu_first(flat: Mapping[str, float], measured: Measured) -> dict[str, float]:
    """Add CPU shares, where there are any, to the estimates of methods that have a site."""
    most = max(flat.values(), default=0.0)
    return {
        name: score + (most * (1.0 + measured.cpu[name]) if name in measured.cpu else 0.0)
        for name, score in flat.items()
    }


def _with_rest(
    shares: Mapping[str, float], samples: float, order: Mapping[str, float], table: EntryPoints
) -> dict[str, float]:
    """Add the methods without a sample below the faintest with one; all of them together weigh at most as `prior_samples` samples."""
    rest = {name: value for name, value in order.items() if name not in shares}
    faintest = 0.5 * min(shares.values(), default=0.0)
    total, most = math.fsum(rest.values()), max(rest.values(), default=0.0)
    unit = min(table.prior_samples / samples / total, faintest / most) if total and samples else 0.0
    return {**shares, **{name: unit * value for name, value in rest.items()}}
