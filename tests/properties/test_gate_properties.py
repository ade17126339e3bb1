"""What may happen to code without anything becoming new, and what must never pass."""

from __future__ import annotations

import re

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gate_code import TODAY, analysis_of
from rustplan.gate import GateInputs, baseline_of, compare, decode_baseline, encode_baseline, evaluate
from rustplan.model.options import ComponentPolicy, GateOptions

FUNCTIONS = (
    "void put(char *to, const char *from) { strcpy(to, from); strcat(to, from); }",
    "void twice(void) { char *p = malloc(10); free(p); free(p); }",
    "int sum(const int *v, int n) { int s = 0; for (int i = 0; i < n; i++) { s += v[i]; } return s; }",
    'void say(char *out, const char *who) { sprintf(out, "hello %s", who); printf("%s", out); }',
    "int get(int i) { int table[4] = {0, 1, 2, 3}; if (i > 2) { return table[4]; } return table[1]; }",
    "struct node { struct node *next; char name[8]; };",
    "void name(struct node *n, const char *s) { strncpy(n->name, s, 8); n->next = 0; }",
)
HEAD = "#include <stdlib.h>\n#include <string.h>\n"
TOKEN = re.compile(r'"[^"]*"|\w+|[-+*/<>=!&|]+|.', re.DOTALL)

functions = st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=len(FUNCTIONS), unique=True)


@st.composite
def layouts(draw: st.DrawFn, code: str) -> str:
    """The same tokens with other white space and comments between them; no two functions end up in one line."""
    tokens = [token for token in TOKEN.findall(code) if not token.isspace()]
    gaps = draw(st.lists(st.sampled_from([" ", "\n", "\n\t", "  ", " /* note */ "]), min_size=64, max_size=64))
    laid, depth = "", 0
    for number, token in enumerate(tokens):
        depth += (token == "{") - (token == "}")
        is_end = depth == 0 and token in "};"
        laid += token + ("\n" if is_end else gaps[number % 64])
    return laid


@settings(max_examples=60, deadline=None)
@given(st.data(), functions)
def test_reformatting_makes_nothing_new(data: st.DataObject, chosen: list[str]) -> None:
    before = {"net/a.c": HEAD + "\n".join(chosen) + "\n"}
    after = {"net/a.c": HEAD + data.draw(layouts("\n".join(chosen)))}
    assert compare(analysis_of(after), baseline_of(analysis_of(before)), TODAY).new == ()


@settings(max_examples=40, deadline=None)
@given(functions, st.randoms(use_true_random=False))
def test_moving_functions_and_renaming_files_makes_nothing_new(chosen: list[str], random: object) -> None:
    shuffled = list(chosen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    half = len(shuffled) // 2
    before = {"net/a.c": HEAD + "\n".join(chosen) + "\n"}
    after = {
        "net/moved.c": HEAD + "\n".join(shuffled[:half]) + "\n",
        "net/rest.c": HEAD + "\n".join(shuffled[half:]) + "\n",
    }
    told = compare(analysis_of(after), baseline_of(analysis_of(before)), TODAY)
    assert told.new == ()
    assert told.unchanged == 0


@settings(max_examples=40, deadline=None)
@given(functions, functions)
def test_new_and_fixed_add_up(before: list[str], after: list[str]) -> None:
    old = baseline_of(analysis_of({"net/a.c": HEAD + "\n".join(before)}))
    now = analysis_of({"net/a.c": HEAD + "\n".join(after)})
    told = compare(now, old, TODAY)
    assert old.size == told.unchanged + told.moved + told.fixed
    assert baseline_of(now).size == told.unchanged + told.moved + sum(new.places for new in told.new)
    again = compare(now, baseline_of(now, old), TODAY)
    assert (again.new, again.fixed) == ((), 0)


@settings(max_examples=40, deadline=None)
@given(functions, functions)
def test_no_growth_of_a_frozen_component_passes(before: list[str], after: list[str]) -> None:
    old = baseline_of(analysis_of({"net/a.c": HEAD + "\n".join(before)}))
    now = analysis_of({"net/a.c": HEAD + "\n".join(after)})
    policy = {"net": ComponentPolicy(state="frozen")}
    verdict = evaluate(now, GateOptions(fail_on=("policy",), policy=policy), GateInputs(baseline=old, day=TODAY))
    budget, grown = old.components[0], baseline_of(now).components
    if grown and (grown[0].lines > budget.lines or grown[0].sites > budget.sites):
        assert verdict.exit_code == 1
    if before == after:
        assert verdict.exit_code == 0


@settings(max_examples=40, deadline=None)
@given(functions, st.dates(), st.dates())
def test_an_expired_entry_always_gates(chosen: list[str], end: object, day: object) -> None:
    now = analysis_of({"net/a.c": HEAD + "\n".join(chosen)})
    old = baseline_of(now)
    ends = tuple(msgspec.structs.replace(entry, expires=str(end)) for entry in old.entries)
    told = compare(now, msgspec.structs.replace(old, entries=ends), str(day))
    assert (sum(new.places for new in told.new) == old.size) is (str(end) < str(day) or old.size == 0)


@settings(max_examples=40, deadline=None)
@given(functions)
def test_the_file_comes_back_byte_for_byte(chosen: list[str]) -> None:
    data = encode_baseline(baseline_of(analysis_of({"net/a.c": HEAD + "\n".join(chosen)})))
    assert encode_baseline(decode_baseline(data, "x")) == data
