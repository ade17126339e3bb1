"""The answer of the gate, with its reasons and its exit code."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Finding


class NewFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of which `places` statements are not accepted; `has_expired` when they were until lately."""

    finding: Finding
    places: int
    has_expired: bool = False


class PolicyResult(msgspec.Struct, frozen=True, kw_only=True):
    """One component: the state, whether it is in force on that day, and what broke it ("" for nothing)."""

    component: str
    state: str
    since: str
    is_in_force: bool
    broken: str = ""

    @property
    def words(self) -> str:
        """`net/tls (frozen): 3 more unsafe lines than the 1,200 of the baseline`."""
        return f"{self.component} ({self.state}): {self.broken}"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A size of the whole code, when the baseline was made and now."""

    name: str
    before: int
    now: int

    @property
    def change(self) -> int:
        """What was added; negative when it shrank."""
        return self.now - self.before


class BaselineTally(msgspec.Struct, frozen=True, kw_only=True):
    """How the analysis stands against its baseline, in places; `age` is its age in days, None when unknown.

    `figures` compare sizes, `new_findings` are what `new` counts.
    """

    name: str
    size: int
    age: int | None
    new: int
    fixed: int
    unchanged: int
    moved: int
    expired: int
    has_other_rules: bool
    figures: tuple[Figure, ...] = ()
    new_findings: tuple[NewFinding, ...] = ()

    @property
    def line(self) -> str:
        """`412 accepted, 23 days old: 2 new, 5 fixed, 405 unchanged, 2 moved, 0 expired`."""
        old = "" if self.age is None else f", {self.age} day{'' if self.age == 1 else 's'} old"
        moved = f", {self.moved} moved" if self.moved else ""
        expired = f", {self.expired} expired" if self.expired else ""
        rules = "; it was made with other rules, which can make findings new" if self.has_other_rules else ""
        return (
            f"{self.size} accepted{old}: {self.new} new, {self.fixed} fixed, {self.unchanged} unchanged"
            f"{moved}{expired}{rules}"
        )


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One expression: whether its limit was kept, and the figures that say so. `is_idle`: there was nothing to measure.

    `findings` are the new ones that broke it.
    """

    expression: str
    is_met: bool
    detail: str
    is_idle: bool = False
    findings: tuple[NewFinding, ...] = ()

    @property
    def line(self) -> str:
        """`passed   feed 64`, `passed, no latency track`."""
        if self.is_idle:
            return f"passed, {self.detail}"
        return f"{'passed ' if self.is_met else 'not met'}  {self.detail}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All checks, and why the scan counts as incomplete (empty when it does not). `day` decided what has expired and started."""

    checks: tuple[Check, ...] = ()
    incomplete: tuple[str, ...] = ()
    exit_zero: bool = False
    baseline: BaselineTally | None = None
    policies: tuple[PolicyResult, ...] = ()
    day: str = ""
    day_because: str = ""

    @property
    def is_met(self) -> bool:
        """True when every limit was kept."""
        return all(check.is_met for check in self.checks)

    @property
    def exit_code(self) -> int:
        """3 when incomplete, else 1 when a limit was broken, else 0. `exit_zero` forgives 1 only."""
        if self.incomplete:
            return 3
        return 0 if self.is_met or self.exit_zero else 1

    @property
    def sentence(self) -> str:
        """The verdict, its reason and the exit code in one line."""
        return f"{self._words()} Exit {self.exit_code}."

    def _words(self) -> str:
        broken = "; ".join(f"{check.expression} ({check.detail})" for check in self.checks if not check.is_met)
        if self.incomplete:
            also = f"; gate not met either: {broken}" if broken else ""
            return f"scan incomplete: {'; '.join(self.incomplete)}{also}."
        if broken:
            return f"gate not met: {broken}{' (forgiven by --exit-zero)' if self.exit_zero else ''}."
        if self.checks:
            kept = (check.expression + (f" ({check.detail})" if check.is_idle else "") for check in self.checks)
            return f"gate passed: {', '.join(kept)}."
        return "Done, no gate asked."
