"""Whatever is edited, in whatever order, by however many: a scan with the cache writes the bytes of a scan without."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import Phase, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from cache_world import FILES, encoded, scanned, settings, write
from rustplan.scan.identity import merkle

FEW = trying(max_examples=10, deadline=None, derandomize=True, phases=(Phase.generate,))
"""Each example is several whole scans: shrinking would take minutes."""

SWAPS = st.sampled_from(
    [
        ("include/size.h", "SIZE 32", "SIZE 16"),
        ("include/size.h", "COUNT 4", "COUNT 5"),
        ("include/box.h", "text[SIZE]", "text[COUNT]"),
        ("src/fill.c", "24);", "48);"),
        ("src/find.c", "return room;\n}", "return 0;\n}"),
        ("src/find.c", "int limit", "static int limit"),
        ("src/use.c", "return *p", "return p[3]"),
        ("src/api.c", "a + 1", "a + 2"),
        ("src/hook.h", "__attribute__((used))", "static"),
        ("src/hook.h", "HOOK __attr", "HOOKS __attr"),
    ]
)
MOVES = st.sampled_from([("src/use.c", "lib/use.c"), ("include/size.h", "src/size.h"), ("src/find.c", "src/find2.c")])
STEPS = st.lists(st.one_of(SWAPS, MOVES), min_size=2, max_size=4)


def apply(folder: Path, step: tuple[str, ...]) -> None:
    """Swap a text for another or back, or move a file there or back."""
    if len(step) == 2:
        here, there = sorted((folder / step[0], folder / step[1]), key=Path.exists, reverse=True)
        if here.exists():
            there.parent.mkdir(exist_ok=True)
            here.rename(there)
        return
    place = folder / step[0]
    if place.exists():
        text = place.read_text()
        place.write_text(text.replace(step[1], step[2]) if step[1] in text else text.replace(step[2], step[1]))


@FEW
@given(STEPS)
def test_edits_one_after_another(steps):
    chosen = settings(findings_only=True)
    with tempfile.TemporaryDirectory() as name:
        folder, cache = write(Path(name) / "repo"), Path(name) / "cache"
        for step in [("", "", ""), *steps]:
            if step[0]:
                apply(folder, step)
            assert encoded(scanned(folder, cache, chosen)) == encoded(scanned(folder, None, chosen))
        assert FILES


NODES = [f"n{number}" for number in range(7)]
EDGES = st.dictionaries(
    st.sampled_from(NODES), st.lists(st.sampled_from(NODES), unique=True, max_size=4).map(tuple), max_size=7
)


def reached(edges: dict[str, tuple[str, ...]], start: str) -> set[str]:
    found, pending = {start}, [start]
    while pending:
        for target in edges.get(pending.pop(), ()):
            if target not in found:
                found.add(target)
                pending.append(target)
    return found


@trying(max_examples=300, deadline=None, derandomize=True)
@given(EDGES, st.sampled_from(NODES))
def test_a_fingerprint_changes_with_everything_that_is_reached_and_nothing_else(edges, changed):
    whole = {node: edges.get(node, ()) for node in NODES}
    own = {node: node.encode() for node in NODES}
    before = merkle(whole, own)
    after = merkle(whole, own | {changed: b"other"})
    for node in NODES:
        assert (before[node] != after[node]) == (changed in reached(whole, node))


@trying(max_examples=300, deadline=None, derandomize=True)
@given(EDGES, st.sampled_from(NODES), st.sampled_from(NODES))
def test_a_fingerprint_changes_with_every_way_that_leads_on(edges, start, end):
    whole = {node: edges.get(node, ()) for node in NODES}
    more = whole | {start: (*whole[start], end) if end not in whole[start] else whole[start][:-1]}
    own = {node: node.encode() for node in NODES}
    before, after = merkle(whole, own), merkle(more, own)
    for node in NODES:
        if start in reached(whole, node):
            assert before[node] != after[node]
