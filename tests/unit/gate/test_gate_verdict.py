from __future__ import annotations

import msgspec

from rustplan.gate import evaluate
from rustplan.model.analysis import Analysis
from rustplan.model.options import GateOptions
from rustplan.model.score import Scorecard
from sample_analysis import sample_analysis


def with_coverage(share: float) -> Analysis:
    analysis = sample_analysis()
    return sample_analysis(coverage=msgspec.structs.replace(analysis.coverage, share=share, skipped=(), degraded=()))


def test_no_gate_passes_whatever_was_found() -> None:
    verdict = evaluate(sample_analysis(), GateOptions())
    assert (verdict.exit_code, verdict.sentence) == (0, "Done, no gate asked. Exit 0.")


def test_risk_names_every_component_that_reaches_the_limit() -> None:
    verdict = evaluate(sample_analysis(), GateOptions(fail_on=("risk>=35",)))
    assert verdict.exit_code == 1
    assert verdict.sentence == "gate not met: risk>=35 (net/tls 87, util 35). Exit 1."


def test_risk_just_over_the_highest_passes_and_names_the_highest() -> None:
    verdict = evaluate(sample_analysis(), GateOptions(fail_on=("risk>87",)))
    assert verdict.exit_code == 0
    assert [(check.is_met, check.detail) for check in verdict.checks] == [(True, "net/tls 87")]


def test_gc_reads_the_latency_track_only() -> None:
    assert evaluate(sample_analysis(), GateOptions(fail_on=("gc>=64",))).exit_code == 1
    assert evaluate(sample_analysis(), GateOptions(fail_on=("gc>=65",))).exit_code == 0


def test_a_track_without_components_passes_and_says_so() -> None:
    verdict = evaluate(sample_analysis(scorecard=Scorecard()), GateOptions(fail_on=("gc>=1",)))
    assert verdict.exit_code == 0
    assert verdict.checks[0].line == "passed, no latency track"
    assert verdict.sentence == "gate passed: gc>=1 (no latency track). Exit 0."


def test_coverage_gate_is_1_and_min_coverage_is_3() -> None:
    assert evaluate(with_coverage(0.8999), GateOptions(fail_on=("coverage<0.9",))).exit_code == 1
    assert evaluate(with_coverage(0.8999), GateOptions(min_coverage=0.9)).exit_code == 3
    assert evaluate(with_coverage(0.9), GateOptions(fail_on=("coverage<0.9",), min_coverage=0.9)).exit_code == 0


def test_coverage_just_under_never_reads_as_the_limit() -> None:
    verdict = evaluate(with_coverage(0.8999), GateOptions(min_coverage=0.9))
    assert "coverage 89.9 % is under 90 %" in verdict.sentence


def test_coverage_that_is_not_whole_never_reads_as_all() -> None:
    verdict = evaluate(with_coverage(0.9999999999999), GateOptions(fail_on=("coverage<0.5",)))
    assert verdict.checks[0].detail == "99.9 %"
    assert evaluate(with_coverage(1.0), GateOptions(fail_on=("coverage<0.5",))).checks[0].detail == "100.0 %"


def test_incomplete_wins_and_both_are_said() -> None:
    verdict = evaluate(sample_analysis(), GateOptions(fail_on=("risk>=70",), is_strict=True))
    assert verdict.exit_code == 3
    assert verdict.sentence == (
        "scan incomplete: --strict and 1 skipped, 1 read in part; gate not met either: risk>=70 (net/tls 87). Exit 3."
    )


def test_strict_passes_when_everything_was_read() -> None:
    assert evaluate(with_coverage(1.0), GateOptions(is_strict=True)).exit_code == 0


def test_exit_zero_forgives_the_gate_but_not_the_gaps() -> None:
    forgiven = evaluate(sample_analysis(), GateOptions(fail_on=("risk>=70",), exit_zero=True))
    assert forgiven.exit_code == 0
    assert not forgiven.is_met
    assert "forgiven" in forgiven.sentence
    assert evaluate(sample_analysis(), GateOptions(is_strict=True, exit_zero=True)).exit_code == 3


def test_the_same_expression_twice_is_one_check() -> None:
    assert len(evaluate(sample_analysis(), GateOptions(fail_on=("risk>=70", "risk >= 70"))).checks) == 1
