"""The quick way to a canonical analysis gives what the careful one gives, and leaves to it what JSON cannot write."""

from __future__ import annotations

import math

import msgspec
import pytest

from rustplan.model.analysis import Analysis
from rustplan.report import json_format
from rustplan.report.json_format import canonical, encode_canonical
from sample_analysis import sample_analysis


def carefully(analysis: Analysis) -> Analysis:
    """Value by value, without JSON between."""
    plain = json_format._settled(msgspec.to_builtins(analysis, order="deterministic"))
    return msgspec.convert(plain, Analysis)


def with_number(number: float) -> Analysis:
    """An analysis with one float chosen."""
    analysis = sample_analysis()
    first, *rest = analysis.scorecard.components
    scorecard = msgspec.structs.replace(
        analysis.scorecard, components=(msgspec.structs.replace(first, risk=number), *rest)
    )
    return msgspec.structs.replace(analysis, scorecard=scorecard)


@pytest.mark.parametrize("number", [0.1234567891, -0.0, 1e-9, 1e22, 2.0, 123456.7654321, 5e-324, 0.5000005])
def test_both_ways_agree_on_every_number(number: float) -> None:
    analysis = with_number(number)
    found = canonical(analysis)
    assert found == carefully(analysis)
    assert encode_canonical(found) == encode_canonical(carefully(analysis))
    assert math.copysign(1, found.scorecard.components[0].risk) == math.copysign(1, number + 0.0 or 0.0)


def test_a_name_that_is_no_utf8_is_made_visible() -> None:
    analysis = sample_analysis()
    analysis = msgspec.structs.replace(analysis, project=msgspec.structs.replace(analysis.project, name="a\udcff"))
    assert canonical(analysis).project.name == "a\\xff"
