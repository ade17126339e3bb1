"""The answer of the gate, with its reasons and its exit code."""

from __future__ import annotations

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One expression: whether its limit was kept, and the figures that say so. `is_idle`: there was nothing to measure."""

    expression: str
    is_met: bool
    detail: str
    is_idle: bool = False

    @property
    def line(self) -> str:
        """`passed   feed 64`, `passed, no latency track`."""
        if self.is_idle:
            return f"passed, {self.detail}"
        return f"{'passed ' if self.is_met else 'not met'}  {self.detail}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All checks, and why the scan counts as incomplete (empty when it does not)."""

    checks: tuple[Check, ...] = ()
    incomplete: tuple[str, ...] = ()
    exit_zero: bool = False

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
