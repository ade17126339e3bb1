"""One component on one track with everything that the plan decides on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rustplan.model.choices import Platform, Replacement
from rustplan.model.component import Component, Unit
from rustplan.model.finding import Finding, Track
from rustplan.model.roadmap import Alternative, Boundary, Direction, SeamProposal
from rustplan.model.scan import FileScan
from rustplan.model.score import ComponentScore, Factor
from rustplan.model.source import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known of a component before an option is chosen. `findings` are those of role source, by rule;
    `file_risk` sums the absolute risk of its files; `vendored_lines` are third-party C and C++ lines inside it;
    `is_networked_tree` says that some component of the tree reads the network."""

    component: Component
    score: ComponentScore
    unit: Unit
    boundary: Boundary
    sources: tuple[FileScan, ...]
    findings: Mapping[str, tuple[Finding, ...]]
    file_risk: float
    vendored_lines: int = 0
    is_networked_tree: bool = False
    is_kernel_tree: bool = False
    """Most of the tree's C and C++ carries signs of a kernel or of firmware, so this runs there, too."""
    seams: tuple[SeamProposal, ...] = ()
    """Proposals for its methods, best seam first (latency track)."""
    replacements: tuple[Replacement, ...] = ()
    """Libraries that it holds or uses, for which a Rust library is known."""
    no_rust: tuple[Platform, ...] = ()
    """The machines that its build names, when rustc has a target for none of them."""

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.name

    @property
    def lines(self) -> int:
        """Code lines that this track counts: C and C++ and the Java functions that hold raw memory on the memory-safety track, Java on the other."""
        if self.score.track is Track.LATENCY:
            return self.component.sloc - self.component.unsafe_sloc
        return self.component.raw_sloc

    @property
    def test_files(self) -> int:
        """Test files that exercise it, as the scorecard counted them."""
        return int(self.factor_value("tests"))

    @property
    def harnesses(self) -> int:
        """Fuzz harnesses that reach it, as the scorecard counted them."""
        return int(self.factor_value("fuzzing"))

    @property
    def unported(self) -> int:
        """Places that no translation carries over: jumps out of functions, labels as values, inline assembly."""
        return self.places("nonlocal-jump", "computed-goto", "inline-assembly")

    @property
    def grade(self) -> str:
        """The oracle grade, A to E; empty when the scorecard has none."""
        return self.score.oracle.grade if self.score.oracle is not None else ""

    @property
    def inbound(self) -> int:
        """Symbols that others use."""
        return sum(1 for crossing in self.boundary.crossings if crossing.direction is Direction.INBOUND)

    def factor_value(self, name: str) -> float:
        """Return the value of a feasibility factor, 0 when the scorecard has none of that name."""
        return next((factor.value for factor in self.score.feasibility_factors if factor.name == name), 0.0)

    def risk_factor(self, name: str) -> Factor | None:
        """Return a risk factor by name."""
        return next((factor for factor in self.score.risk_factors if factor.name == name), None)

    def places(self, *rules: str) -> int:
        """Count the places of these rules in role source."""
        return sum(finding.places for rule in rules for finding in self.findings.get(rule, ()))


def findings_by_rule(sources: tuple[FileScan, ...]) -> dict[str, tuple[Finding, ...]]:
    """Group the findings of source files by rule."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for file in sources:
        for finding in file.findings:
            grouped[finding.rule].append(finding)
    return {rule: tuple(found) for rule, found in sorted(grouped.items())}


def has_main(sources: tuple[FileScan, ...]) -> bool:
    """True when one of the files defines a program's start."""
    return any(function.qualified_name == "main" for file in sources for function in file.facts.functions)


def source_files(component: Component, scans: Mapping[str, FileScan]) -> tuple[FileScan, ...]:
    """Return the component's scanned files of role source, by path."""
    files = (scans[path] for path in sorted(component.files) if path in scans)
    return tuple(file for file in files if file.role is Role.SOURCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The chosen option, the next best with why it lost, and what speaks against the choice."""

    choice: Alternative
    runner_up: Alternative
    case_against: str
    is_port_delayed: bool = False
    """A port is worth it, and something else has to come first."""
