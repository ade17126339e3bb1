from __future__ import annotations

import pytest

from rustplan.errors import ConfigError
from rustplan.gate import Expression, parse_expression
from rustplan.gate.expression import Metric


@pytest.mark.parametrize(
    ("text", "metric", "sign", "limit"),
    [
        ("risk>=70", Metric.RISK, ">=", 70.0),
        (" gc > 60.5 ", Metric.GC, ">", 60.5),
        ("coverage<0.9", Metric.COVERAGE, "<", 0.9),
        ("coverage<=1", Metric.COVERAGE, "<=", 1.0),
    ],
)
def test_legal_expressions(text: str, metric: Metric, sign: str, limit: float) -> None:
    assert parse_expression(text) == Expression(metric=metric, operator=sign, limit=limit)


@pytest.mark.parametrize("text", ["risk>=70", "gc<5.5", "coverage<0.9"])
def test_an_expression_prints_as_it_was_written(text: str) -> None:
    assert parse_expression(text).text == text


@pytest.mark.parametrize("text", ["new:high", "policy", "stale-baseline"])
def test_words_are_expressions_too(text: str) -> None:
    assert parse_expression(f" {text} ").text == text
    assert parse_expression(text).needs_baseline is (text != "policy")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rusk>=70", "risk"),
        ("risk", "quote"),
        ("risk=70", "risk>=70"),
        ("risk>=700", "between 0 and 100"),
        ("coverage<90", "between 0 and 1"),
        ("new:bad", "critical, high, medium, low"),
        ("new:hihg", "new:high"),
        ("new:", "new:critical"),
        ("polcy", "policy"),
        ("", "risk>=70"),
        ("risk>=-1", "risk>=70"),
        ("risk>=nan", "risk>=70"),
    ],
)
def test_wrong_expressions_come_with_the_next_step(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_expression(text)
    assert caught.value.hint is not None
    assert words in caught.value.hint
