"""The little language of `--fail-on`: a metric with a limit, `new:` with a severity, or a word."""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable
from enum import Enum

import msgspec

from rustplan.errors import ConfigError
from rustplan.model.finding import Severity


class Metric(str, Enum):
    """What a gate can measure.

    The memory-safety risk, the GC pressure of the latency track, the share of code read, findings that the baseline does not hold, the
    components' policies, and entries of the baseline that match nothing.
    """

    RISK = "risk"
    GC = "gc"
    COVERAGE = "coverage"
    NEW = "new"
    POLICY = "policy"
    STALE = "stale-baseline"

    @property
    def has_limit(self) -> bool:
        """True for the metrics that are compared with a number."""
        return self in (Metric.RISK, Metric.GC, Metric.COVERAGE)


OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_SHAPE = re.compile(r"\s*([a-z-]+)\s*(>=|<=|>|<)\s*([0-9]+(?:\.[0-9]+)?)\s*")
_NEW = re.compile(r"\s*new\s*:\s*([a-z]+)\s*")
_WITH_LIMIT = tuple(metric.value for metric in Metric if metric.has_limit)
_EXAMPLES = "'risk>=70', 'gc>=60', 'coverage<0.9', new:high, policy or stale-baseline"


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """The gate is not met when `metric` `operator` `limit` holds, when something at least as bad as `severity` is new, or the word is true.

    Risk and GC pressure are 0-100, coverage 0-1.
    """

    metric: Metric
    operator: str = ""
    limit: float = 0.0
    severity: Severity | None = None

    @property
    def text(self) -> str:
        """The expression as people write it."""
        if self.severity is not None:
            return f"{self.metric.value}:{self.severity.value}"
        return f"{self.metric.value}{self.operator}{self.limit:g}" if self.metric.has_limit else self.metric.value

    @property
    def needs_baseline(self) -> bool:
        """True when nothing can be said without a baseline."""
        return self.metric in (Metric.NEW, Metric.STALE)

    def holds(self, value: float) -> bool:
        """True when `value` breaks the limit."""
        return OPERATORS[self.operator](value, self.limit)


def parse_expression(text: str) -> Expression:
    """Read one `--fail-on` expression. Raises ConfigError with the nearest legal form."""
    word = text.strip()
    if word in (Metric.POLICY.value, Metric.STALE.value):
        return Expression(metric=Metric(word))
    new = _NEW.fullmatch(text)
    if new is not None:
        return Expression(metric=Metric.NEW, severity=_severity(text, new.group(1)))
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _refusal(text)
    name, sign, number = shape.groups()
    if name not in _WITH_LIMIT:
        raise ConfigError(f"--fail-on {text!r}: there is no metric {name!r}", hint=_near(name))
    limit = float(number)
    highest = 1.0 if name == Metric.COVERAGE.value else 100.0
    if not math.isfinite(limit) or limit > highest:
        raise ConfigError(
            f"--fail-on {text!r}: {name} goes from 0 to {highest:g}, so the limit {number} never decides anything",
            hint=f"write a limit between 0 and {highest:g}",
        )
    return Expression(metric=Metric(name), operator=sign, limit=limit)


def _severity(text: str, word: str) -> Severity:
    words = [severity.value for severity in Severity]
    if word in words:
        return Severity(word)
    close = difflib.get_close_matches(word, words, n=1)
    told = f"did you mean new:{close[0]}?" if close else f"the severities are {', '.join(words)}"
    raise ConfigError(f"--fail-on {text!r}: there is no severity {word!r}", hint=told)


def _refusal(text: str) -> ConfigError:
    """Say why `text` is no expression: it lost its end to the shell, or is wrong."""
    word = text.strip()
    if word in _WITH_LIMIT:
        return ConfigError(
            f"--fail-on {text!r} has no limit",
            hint=f"quote the expression, the shell takes a bare > as a redirection: {_EXAMPLES}",
        )
    if word in ("new", "new:"):
        return ConfigError(
            f"--fail-on {text!r} names no severity", hint="write new:critical, new:high, new:medium or new:low"
        )
    return ConfigError(f"--fail-on {text!r} is not an expression", hint=_near(re.split(r"[^a-z-]", word)[0]))


def _near(word: str) -> str:
    """A hint that names the closest metric, or the legal forms."""
    close = difflib.get_close_matches(word, [metric.value for metric in Metric], n=1)
    return f"did you mean {close[0]!r}? write {_EXAMPLES}" if close else f"write {_EXAMPLES}"
