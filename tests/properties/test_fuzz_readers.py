"""Whatever a document holds, its reader returns or raises the error of ours; `benchmarks/fuzz.py` tries the same far more often."""

from __future__ import annotations

import json
import random
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fuzz_mutate import mutated
from fuzz_readers import Target, emptied, targets
from rustplan.discover import discover_tree
from rustplan.errors import InputError
from rustplan.model.options import DiscoverOptions
from rustplan.report import decode_analysis

TARGETS = targets()
WHOLE_RUNS = ("whole scan", "saved analysis, every command")
"""Each example is a scan or ten commands."""


@cache
def documents(name: str) -> list[bytes]:
    return TARGETS[name].seeds(())


def damaged(name: str, seed: int) -> bytes:
    choose = random.Random(f"{seed} {name}")
    return mutated(choose.choice(documents(name)), documents(name), choose)


def read(target: Target, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target(data, emptied(Path(folder) / "work"))


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in WHOLE_RUNS])
@settings(max_examples=12, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**32))
def test_any_damage_is_survived(name: str, seed: int) -> None:
    read(TARGETS[name], damaged(name, seed))


@pytest.mark.parametrize("name", WHOLE_RUNS)
@settings(max_examples=2, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**32))
def test_any_damage_is_survived_by_whole_runs(name: str, seed: int) -> None:
    read(TARGETS[name], damaged(name, seed))


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in WHOLE_RUNS and name not in ("cache", "pack")])
def test_the_documents_are_sound_before_they_are_damaged(name: str, tmp_path: Path) -> None:
    """Otherwise only the first check of a reader would be tried."""
    TARGETS[name].run(documents(name)[0], emptied(tmp_path / "work"))


def test_build_files_declare_targets_before_they_are_damaged(tmp_path: Path) -> None:
    for name in (
        "CMakeLists.txt",
        "meson.build",
        "Makefile",
        "Makefile.am",
        "Kbuild",
        "BUILD.bazel",
        "pom.xml",
        "settings.gradle",
    ):
        folder = emptied(tmp_path / "work")
        TARGETS[f"file {name}"].run(documents(f"file {name}")[0], folder)
        assert discover_tree(folder, DiscoverOptions()).targets, name


def test_the_same_seed_damages_the_same_way() -> None:
    first = [damaged(name, 7) for name in TARGETS]
    assert first == [damaged(name, 7) for name in TARGETS]
    assert first != [damaged(name, 8) for name in TARGETS]


@pytest.mark.parametrize("text", ['"name": "\udce9"', '"name": "\udcff\udcfe"'])
def test_a_saved_analysis_of_other_bytes_is_one_clear_error(text: str) -> None:
    """Found by the fuzzer: a string that is no UTF-8 was an internal error."""
    whole = documents("saved analysis")[0].decode()
    place = whole.index('"name"')
    broken = whole[:place] + text + whole[whole.index(",", place) :]
    with pytest.raises(InputError):
        decode_analysis(broken.encode("utf-8", "surrogateescape"), name="a")


def test_a_lone_surrogate_in_an_address_of_a_log(tmp_path: Path) -> None:
    """Found by the fuzzer: it was an internal error; the result is counted as one that leads nowhere."""
    document = json.loads(documents("sarif")[0])
    place = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    place["artifactLocation"]["uri"] = "\ud800/a.c"
    TARGETS["sarif"].run(json.dumps(document).encode(), emptied(tmp_path / "work"))
