"""The little language of `--fail-on`: a metric, an operator and a limit."""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable
from enum import Enum

import msgspec

from rustplan.errors import ConfigError


class Metric(str, Enum):
    """What a gate can measure: the memory-safety risk, the GC pressure of the latency track, the share of code read."""

    RISK = "risk"
    GC = "gc"
    COVERAGE = "coverage"


OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_SHAPE = re.compile(r"\s*([a-z-]+)\s*(>=|<=|>|<)\s*([0-9]+(?:\.[0-9]+)?)\s*")
_NEEDS_MORE = re.compile(r"\s*(?:(new):(?:critical|high|medium|low)|(policy)|(stale-baseline))\s*")
_MISSING = {"new": "a baseline", "stale-baseline": "a baseline", "policy": "a policy"}
_EXAMPLES = "'risk>=70', 'gc>=60' or 'coverage<0.9'"


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """The gate is not met when `metric` `operator` `limit` holds. Risk and GC pressure are 0-100, coverage 0-1."""

    metric: Metric
    operator: str
    limit: float

    @property
    def text(self) -> str:
        """The expression as people write it."""
        return f"{self.metric.value}{self.operator}{self.limit:g}"

    def holds(self, value: float) -> bool:
        """True when `value` breaks the limit."""
        return OPERATORS[self.operator](value, self.limit)


def parse_expression(text: str) -> Expression:
    """Read one `--fail-on` expression. Raises ConfigError with the nearest legal form."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _refusal(text)
    name, sign, number = shape.groups()
    if name not in {metric.value for metric in Metric}:
        raise ConfigError(f"--fail-on {text!r}: there is no metric {name!r}", hint=_near(name))
    limit = float(number)
    highest = 1.0 if name == Metric.COVERAGE.value else 100.0
    if not math.isfinite(limit) or limit > highest:
        raise ConfigError(
            f"--fail-on {text!r}: {name} goes from 0 to {highest:g}, so the limit {number} never decides anything",
            hint=f"write a limit between 0 and {highest:g}",
        )
    return Expression(metric=Metric(name), operator=sign, limit=limit)


def _refusal(text: str) -> ConfigError:
    """Say why `text` is no expression: it needs more than this version has, lost its end to the shell, or is wrong."""
    later = _NEEDS_MORE.fullmatch(text)
    if later is not None:
        name = next(group for group in later.groups() if group)
        return ConfigError(
            f"--fail-on {text.strip()!r} needs {_MISSING[name]}, not available yet in this version",
            hint=f"this version gates on {_EXAMPLES}",
        )
    if text.strip() in {metric.value for metric in Metric}:
        return ConfigError(
            f"--fail-on {text!r} has no limit",
            hint=f"quote the expression, the shell takes a bare > as a redirection: {_EXAMPLES}",
        )
    return ConfigError(f"--fail-on {text!r} is not an expression", hint=_near(re.split(r"[^a-z-]", text.strip())[0]))


def _near(word: str) -> str:
    """A hint that names the closest metric, or the legal forms."""
    close = difflib.get_close_matches(word, [metric.value for metric in Metric], n=1)
    return f"did you mean {close[0]!r}? write {_EXAMPLES}" if close else f"write {_EXAMPLES}"
