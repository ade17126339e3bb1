from __future__ import annotations

import msgspec
import pytest

from gate_code import TODAY, analysis_of
from rustplan.errors import InputError
from rustplan.gate import Baseline, GateInputs, baseline_of, compare, decode_baseline, encode_baseline, evaluate
from rustplan.gate.compare import without_stale
from rustplan.model.finding import Severity
from rustplan.model.options import GateOptions

COPY = """
#include <string.h>
void put(char *to, const char *from) {
    strcpy(to, from);
}
"""
TWO = """
#include <string.h>
void put(char *to, const char *from) {
    strcpy(to, from);
    strcpy(to, from);
}
"""
FREED = """
#include <stdlib.h>
void twice(void) {
    char *p = malloc(10);
    free(p);
    free(p);
}
"""


def accepted(files: dict[str, str]) -> Baseline:
    return baseline_of(analysis_of(files))


def test_what_is_accepted_is_not_new() -> None:
    files = {"net/a.c": COPY, "net/b.c": FREED}
    told = compare(analysis_of(files), accepted(files), TODAY)
    assert (told.new, told.fixed, told.moved) == ((), 0, 0)
    assert told.unchanged == accepted(files).size > 0


def test_two_of_a_kind_need_two() -> None:
    told = compare(analysis_of({"net/a.c": TWO}), accepted({"net/a.c": COPY}), TODAY)
    banned = [new for new in told.new if new.finding.rule == "banned-api"]
    assert [(new.places, new.finding.places) for new in banned] == [(1, 2)]


def test_a_fixed_one_is_stale_and_forgotten_by_prune() -> None:
    old = accepted({"net/a.c": TWO})
    told = compare(analysis_of({"net/a.c": COPY}), old, TODAY)
    assert not told.new
    assert told.fixed > 0
    pruned = without_stale(old, told)
    assert pruned.size == old.size - told.fixed
    assert compare(analysis_of({"net/a.c": COPY}), pruned, TODAY).fixed == 0


def test_a_renamed_file_has_moved_and_is_not_new() -> None:
    told = compare(analysis_of({"http/renamed.c": FREED}), accepted({"net/b.c": FREED}), TODAY)
    assert told.new == ()
    assert told.moved > 0
    assert told.fixed == 0


def test_an_expired_entry_counts_as_new_and_says_so() -> None:
    files = {"net/b.c": FREED}
    old = accepted(files)
    entries = tuple(msgspec.structs.replace(entry, expires="2026-11-19") for entry in old.entries)
    told = compare(analysis_of(files), msgspec.structs.replace(old, entries=entries), TODAY)
    assert told.unchanged == 0
    assert told.expired == old.size
    assert all(new.has_expired for new in told.new)
    lasting = tuple(msgspec.structs.replace(entry, expires=TODAY) for entry in old.entries)
    assert compare(analysis_of(files), msgspec.structs.replace(old, entries=lasting), TODAY).new == ()


def test_update_keeps_reasons_and_owners() -> None:
    files = {"net/b.c": FREED}
    old = accepted(files)
    said = tuple(msgspec.structs.replace(entry, reason="legacy", owner="@net") for entry in old.entries)
    made = baseline_of(analysis_of({**files, "net/a.c": COPY}), msgspec.structs.replace(old, entries=said))
    assert {entry.reason for entry in made.entries if entry.path == "net/b.c"} == {"legacy"}
    assert {entry.reason for entry in made.entries if entry.path == "net/a.c"} == {""}


def test_the_file_has_one_entry_a_line_and_comes_back() -> None:
    made = accepted({"net/a.c": TWO, "net/b.c": FREED})
    data = encode_baseline(made)
    assert decode_baseline(data, "x") == made
    assert encode_baseline(decode_baseline(data, "x")) == data
    lines = data.decode().splitlines()
    assert sum(line.startswith('{"fp":') for line in lines) == len(made.entries)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"v":1}',
        b'{"v":9,"tool":"t","rules":"r"}',
        b'{"v":1,"tool":"t","rules":"r","entries":[{"fp":"a","rule":"b","path":"c","n":0}]}',
        b'{"v":1,"tool":"t","rules":"r","entries":[{"fp":"a","rule":"b","path":"c","expires":"soon"}]}',
        b'{"v":1,"tool":"t","rules":"r","entries":[{"fp":"a","rule":"b","path":"c","line":3}]}',
        b'{"v":1,"tool":"t","rules":"r","entries":' + b"[" * 100_000,
    ],
)
def test_a_wrong_file_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        decode_baseline(data, "rustplan-baseline.json")
    assert caught.value.message.startswith("rustplan-baseline.json")
    assert caught.value.hint


def test_new_gates_by_severity_and_names_the_places() -> None:
    inputs = GateInputs(baseline=accepted({"net/a.c": COPY}), day=TODAY)
    worse = analysis_of({"net/a.c": COPY, "net/b.c": FREED})
    verdict = evaluate(worse, GateOptions(fail_on=("new:high",)), inputs)
    assert verdict.exit_code == 1
    assert "net/b.c:6 double-free" in verdict.sentence
    assert all(new.finding.severity is not None for new in verdict.checks[0].findings)
    assert {new.finding.severity for new in verdict.checks[0].findings} <= {Severity.CRITICAL, Severity.HIGH}
    assert evaluate(analysis_of({"net/a.c": COPY}), GateOptions(fail_on=("new:low",)), inputs).exit_code == 0


def test_stale_entries_gate_only_when_asked() -> None:
    inputs = GateInputs(baseline=accepted({"net/a.c": TWO}), day=TODAY)
    now = analysis_of({"net/a.c": COPY})
    assert evaluate(now, GateOptions(fail_on=("new:low",)), inputs).exit_code == 0
    verdict = evaluate(now, GateOptions(fail_on=("stale-baseline",)), inputs)
    assert verdict.exit_code == 1
    assert "net/a.c banned-api" in verdict.sentence


@pytest.mark.parametrize("expression", ["new:high", "stale-baseline"])
def test_without_a_baseline_the_next_step_is_told(expression: str) -> None:
    with pytest.raises(InputError, match="needs a baseline") as caught:
        evaluate(analysis_of({"net/a.c": COPY}), GateOptions(fail_on=(expression,)))
    assert caught.value.exit_code == 2
    assert "baseline create" in (caught.value.hint or "")


def test_the_tally_says_age_and_counts() -> None:
    old = msgspec.structs.replace(accepted({"net/a.c": TWO}), date="2026-11-01")
    verdict = evaluate(analysis_of({"net/a.c": COPY}), GateOptions(), GateInputs(baseline=old, day=TODAY))
    assert verdict.baseline is not None
    line = verdict.baseline.line
    assert "19 days old" in line
    assert "0 new" in line


def test_other_rules_are_said_aloud() -> None:
    old = msgspec.structs.replace(accepted({"net/a.c": COPY}), rules="sha256:other")
    verdict = evaluate(analysis_of({"net/a.c": COPY}), GateOptions(), GateInputs(baseline=old, day=TODAY))
    assert verdict.baseline is not None
    assert "other rules" in verdict.baseline.line
