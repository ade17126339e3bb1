from __future__ import annotations

import pytest

from gate_code import TODAY, analysis_of
from rustplan.gate import baseline_of, compare, finding_changes
from rustplan.model.change import ChangedFinding

COPY = """
#include <string.h>
void put(char *to, const char *from) {
    strcpy(to, from);
}
"""
TWICE = COPY.replace("    strcpy(to, from);\n", "    strcpy(to, from);\n    strcpy(to, from);\n")
LOWER = "\n\n/* a comment */\n" + COPY
OTHER = """
#include <stdlib.h>
void twice(void) {
    char *p = malloc(10);
    free(p);
    free(p);
}
"""


def places(entries: tuple[ChangedFinding, ...]) -> int:
    return sum(entry.places for entry in entries)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"net/a.c": COPY}, {"net/a.c": COPY}),
        ({"net/a.c": COPY}, {"net/a.c": TWICE}),
        ({"net/a.c": TWICE}, {"net/a.c": COPY}),
        ({"net/a.c": COPY, "net/b.c": OTHER}, {"net/c.c": COPY, "net/b.c": OTHER}),
        ({"net/a.c": OTHER}, {"net/a.c": COPY}),
        ({"net/a.c": COPY, "net/b.c": COPY}, {"net/c.c": TWICE, "net/d.c": OTHER}),
    ],
)
def test_it_counts_what_a_baseline_counts(old: dict[str, str], new: dict[str, str]) -> None:
    before, after = analysis_of(old), analysis_of(new)
    changes = finding_changes(before, after)
    told = compare(after, baseline_of(before), TODAY)
    assert places(changes.new) == sum(entry.places for entry in told.new)
    assert places(changes.fixed) == told.fixed
    assert places(changes.moved) == told.moved
    assert changes.unchanged == told.unchanged


def test_a_finding_that_only_changed_its_line_is_unchanged() -> None:
    changes = finding_changes(analysis_of({"net/a.c": COPY}), analysis_of({"net/a.c": LOWER}))
    assert (changes.new, changes.fixed, changes.moved) == ((), (), ())
    assert changes.unchanged > 0


def test_a_moved_finding_says_from_where() -> None:
    changes = finding_changes(analysis_of({"net/a.c": COPY}), analysis_of({"lib/b.c": LOWER}))
    moves = {
        (entry.before.path, entry.before.line, entry.finding.path, entry.finding.line)
        for entry in changes.moved
        if entry.before
    }
    assert moves == {("net/a.c", 4, "lib/b.c", 7)}
    assert not changes.new
    assert not changes.fixed


def test_the_order_of_files_does_not_matter() -> None:
    before = analysis_of({"net/a.c": COPY, "net/b.c": COPY})
    one = finding_changes(before, analysis_of({"x/a.c": COPY, "y/b.c": COPY}))
    assert [entry.before.path for entry in one.moved if entry.before][:1] == ["net/a.c"]
    assert one == finding_changes(before, analysis_of({"y/b.c": COPY, "x/a.c": COPY}))
