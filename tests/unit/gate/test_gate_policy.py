from __future__ import annotations

import pytest

from gate_code import TODAY, analysis_of
from rustplan.gate import GateInputs, baseline_of, evaluate
from rustplan.model.options import ComponentPolicy, GateOptions
from rustplan.model.verdict import Verdict

BEFORE = {"net/a.c": "int one(void) { return 1; }\n", "app/m.c": "int two(void) { return 2; }\n"}
LONGER = {**BEFORE, "net/a.c": "int one(void) { return 1; }\nint more(void) { return 3; }\n"}
COPYING = {**BEFORE, "net/a.c": "#include <string.h>\nint one(char *p, char *q) { strcpy(p, q); return 1; }\n"}


def judged(files: dict[str, str], state: str, since: str = "", component: str = "net") -> Verdict:
    policy = {component: ComponentPolicy(state=state, since=since)}  # type: ignore[arg-type]
    inputs = GateInputs(baseline=baseline_of(analysis_of(BEFORE)), day=TODAY)
    return evaluate(analysis_of(files), GateOptions(fail_on=("policy",), policy=policy), inputs)


@pytest.mark.parametrize(
    ("files", "state", "code"),
    [
        (BEFORE, "open", 0),
        (COPYING, "open", 0),
        (BEFORE, "no-new-unsafe", 0),
        (LONGER, "no-new-unsafe", 0),
        (COPYING, "no-new-unsafe", 1),
        (BEFORE, "no-new-c", 0),
        (LONGER, "no-new-c", 1),
        (BEFORE, "frozen", 0),
        (LONGER, "frozen", 1),
        (COPYING, "frozen", 1),
        (BEFORE, "rust-only", 1),
    ],
)
def test_each_state_forbids_what_it_says(files: dict[str, str], state: str, code: int) -> None:
    assert judged(files, state).exit_code == code


def test_another_component_is_not_judged() -> None:
    assert judged(COPYING, "frozen", component="app").exit_code == 0


def test_a_policy_holds_from_its_first_day() -> None:
    assert judged(LONGER, "frozen", since="2026-11-21").exit_code == 0
    assert judged(LONGER, "frozen", since=TODAY).exit_code == 1
    assert "not in force yet" in judged(LONGER, "frozen", since="2026-11-21").checks[0].detail


def test_a_component_that_is_gone_does_not_slip_out() -> None:
    verdict = judged(BEFORE, "frozen", component="renamed")
    assert verdict.exit_code == 1
    assert "no such component" in verdict.sentence


def test_without_policy_the_gate_says_so() -> None:
    verdict = evaluate(analysis_of(BEFORE), GateOptions(fail_on=("policy",)))
    assert verdict.checks[0].line == "passed, no policy is declared"


def test_without_a_baseline_a_ratchet_is_broken() -> None:
    policy = {"net": ComponentPolicy(state="frozen")}
    verdict = evaluate(analysis_of(BEFORE), GateOptions(fail_on=("policy",), policy=policy))
    assert "no baseline to compare with" in verdict.sentence
