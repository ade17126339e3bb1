"""The measures of the component benchmark, against brute force and known examples."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

import pytest

from rustplan.components.agreement import adjusted_rand

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import components as benchmark
from partition_measures import mojo, mojo_fm, pairwise_f1

Division = frozenset[frozenset[str]]


def parted(*groups: str) -> dict[str, str]:
    """`parted("ab", "c")`: two parts, named after their number."""
    return {name: str(number) for number, group in enumerate(groups) for name in group}


def every_division(names: str) -> list[tuple[str, ...]]:
    if not names:
        return [()]
    result = []
    for smaller in every_division(names[1:]):
        result.append((names[0], *smaller))
        for index, group in enumerate(smaller):
            result.append((*smaller[:index], names[0] + group, *smaller[index + 1 :]))
    return result


def as_sets(groups: tuple[str, ...]) -> Division:
    return frozenset(frozenset(group) for group in groups)


def neighbours(division: Division) -> set[Division]:
    """Everything one move of a file, also into a part of its own, or one join away."""
    found = set()
    parts = list(division)
    for part in parts:
        rest = division - {part}
        for name in part:
            left = rest | ({part - {name}} if len(part) > 1 else set())
            found |= {left - {other} | {other | {name}} for other in rest}
            found.add(left | {frozenset({name})})
        found |= {division - {part, other} | {part | other} for other in parts if other != part}
    return found


def shortest(start: Division, end: Division) -> int:
    seen, waiting = {start}, deque([(start, 0)])
    while waiting:
        division, steps = waiting.popleft()
        if division == end:
            return steps
        for other in neighbours(division) - seen:
            seen.add(other)
            waiting.append((other, steps + 1))
    raise AssertionError


@pytest.mark.parametrize("names", ["abc", "abcd", "abcde"])
def test_mojo_is_the_fewest_moves_and_joins(names: str) -> None:
    divisions = every_division(names)
    for truth in divisions[:: max(1, len(divisions) // 12)]:
        for found in divisions:
            assert mojo(parted(*found), parted(*truth)) == shortest(as_sets(found), as_sets(truth)), (found, truth)


def test_mojo_fm_is_100_for_the_truth_and_0_for_the_farthest() -> None:
    for truth in every_division("abcde"):
        values = [mojo_fm(parted(*found), parted(*truth)) for found in every_division("abcde")]
        assert max(values) == 100
        assert min(values) == (0 if len(truth) < 5 else min(values))
        assert mojo_fm(parted(*truth), parted(*truth)) == 100


def test_known_values() -> None:
    found, truth = parted("abc", "def"), parted("ab", "cd", "ef")
    assert mojo(found, truth) == 2
    assert round(adjusted_rand(found, truth), 4) == 0.2424
    assert pairwise_f1(found, truth) == pytest.approx(2 * 2 / (6 + 3))
    assert adjusted_rand(parted("abcdef"), truth) == 0
    assert adjusted_rand(parted(*"abcdef"), truth) == 0
    assert pairwise_f1(parted(*"abcdef"), truth) == 0


TRUTH = """
left_out: [{globs: ["tests/**"], why: tests}]
components:
  - {name: net, globs: ["lib/net*"], why: it sends}
  - {name: rest, globs: ["lib/*", "main.c"], why: what is left}
"""


def test_every_source_file_must_be_assigned_or_left_out(tmp_path: Path) -> None:
    (tmp_path / "truth.yaml").write_text(TRUTH)
    for name in ("lib/net.c", "lib/net_tls.h", "lib/url.c", "main.c", "tests/t.c", "lib/readme.txt"):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text("")
    truth = benchmark.read_truth(tmp_path / "truth.yaml", tmp_path / "tree")
    assert truth == {"lib/net.c": "net", "lib/net_tls.h": "net", "lib/url.c": "rest", "main.c": "rest"}
    (tmp_path / "tree/other.c").write_text("")
    with pytest.raises(SystemExit, match=r"not assigned \['other.c'\]"):
        benchmark.read_truth(tmp_path / "truth.yaml", tmp_path / "tree")


def test_a_loss_against_directories_is_said() -> None:
    truth = {"a/x.c": "one", "a/y.c": "one", "b/z.c": "two", "b/w.c": "two"}
    rows = benchmark.compare(truth, dict.fromkeys(truth, "all"))
    assert rows["depth 1"] == {"parts": 2, "MoJoFM": 100.0, "ARI": 1.0, "F1": 1.0}
    assert len(benchmark.below_directories("demo", rows)) == 3
    assert benchmark.below_directories("demo", benchmark.compare(truth, truth)) == []


def test_the_shipped_truths_give_a_reason_for_each_component() -> None:
    from rustplan.yaml_reader import read_yaml_file

    files = sorted((Path(benchmark.__file__).parent / "component_truth").glob("*.yaml"))
    assert {path.stem for path in files} >= {"curl", "zlib", "netty", "leveldb", "libpng"}
    for path in files:
        raw = read_yaml_file(path)
        assert all(entry["why"] and entry["globs"] for entry in raw["components"] + raw["left_out"]), path
        names = [entry["name"] for entry in raw["components"]]
        assert len(names) == len(set(names)), path
