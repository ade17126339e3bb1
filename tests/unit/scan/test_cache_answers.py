"""An answer of the cache is the answer of a new scan: whatever it depends on asks for a new one, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cache_world import EDITS, edit, encoded, places, scanned, settings, write
from rustplan import resources
from rustplan.discover import discover_tree
from rustplan.model.options import DiscoverOptions, ScanOptions
from rustplan.rulebook import load_rules
from rustplan.scan import Cache, scan_tree, survey
from rustplan.scan.file import Scanner


@pytest.fixture(scope="module")
def rulebook():
    return load_rules(resources.folder("rules"))


def tree_scan(folder: Path, cache: Path, rulebook):
    tree = discover_tree(folder, DiscoverOptions())
    with Cache(cache) as known:
        scan = scan_tree(
            folder, tree, rulebook, ScanOptions(), None, survey(folder, tree, rulebook, ScanOptions(), known)
        )
        return scan, known.hits, known.misses


@pytest.mark.parametrize("what", sorted(EDITS))
def test_an_edit_gives_the_bytes_of_a_new_scan(what, tmp_path):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    before = scanned(folder, cache)
    assert encoded(before) == encoded(scanned(folder, None))
    edit(folder, *EDITS[what])
    after = scanned(folder, cache)
    assert encoded(after) == encoded(scanned(folder, None))
    edit(folder, EDITS[what][0], EDITS[what][2], EDITS[what][1])
    assert encoded(scanned(folder, cache)) == encoded(before)


@pytest.mark.parametrize("what", sorted(set(EDITS) - {"a macro that the tree defines"}))
def test_every_edit_moves_a_finding(what, tmp_path):
    """Or the test above would prove nothing."""
    folder = write(tmp_path / "repo")
    before = places(scanned(folder, None))
    edit(folder, *EDITS[what])
    assert places(scanned(folder, None)) != before


def test_a_macro_of_another_file_changes_the_facts_of_those_that_name_it_alone(tmp_path, rulebook):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    before, _, _ = tree_scan(folder, cache, rulebook)
    edit(folder, *EDITS["a macro that the tree defines"])
    after, hits, misses = tree_scan(folder, cache, rulebook)
    exported = [
        [function.is_exported for file in scan.files if file.path == "src/api.c" for function in file.facts.functions]
        for scan in (before, after)
    ]
    assert exported == [[True, True], [False, False]]
    assert (hits, misses) == (len(after.files) - 2, 2)


def test_an_unchanged_file_is_never_parsed_twice(tmp_path, rulebook, monkeypatch):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    first, hits, misses = tree_scan(folder, cache, rulebook)
    assert (hits, misses) == (0, len(first.files))
    edit(folder, "src/api.c", "a + 1", "a + 2")
    read: list[str] = []
    real = Scanner.scan_bytes
    monkeypatch.setattr(Scanner, "scan_bytes", lambda self, path, *rest: read.append(path) or real(self, path, *rest))
    tree_scan(folder, cache, rulebook)
    assert read == ["src/api.c"]


def test_a_warm_scan_runs_no_task_of_the_second_pass(tmp_path, rulebook, monkeypatch):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    edit(folder, *EDITS["a function of another file"])
    first, _, _ = tree_scan(folder, cache, rulebook)
    assert any(finding.path == "src/use.c" for finding in first.findings)
    monkeypatch.setattr("rustplan.scan.across.run_across", lambda *_: pytest.fail("it was run again"))
    assert tree_scan(folder, cache, rulebook)[0] == first


def test_role_is_that_of_today(tmp_path, rulebook):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    tree = discover_tree(folder, DiscoverOptions())
    other = msgspec.structs.replace(
        tree, files=tuple(msgspec.structs.replace(file, role="test") for file in tree.files)
    )
    with Cache(cache) as known:
        for asked in (tree, other):
            scan = scan_tree(
                folder, asked, rulebook, ScanOptions(), None, survey(folder, asked, rulebook, ScanOptions(), known)
            )
            assert [file.role for file in scan.files] == [file.role for file in asked.files]
        assert known.hits == len(tree.files)


def test_a_new_header_that_an_include_now_means(tmp_path):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    before = places(scanned(folder, cache))
    (folder / "src/box.h").write_text("struct box { char text[8]; int used; };\n")
    after = scanned(folder, cache)
    assert encoded(after) == encoded(scanned(folder, None))
    assert places(after) != before


def test_a_second_definition_that_makes_a_name_mean_nothing(tmp_path):
    """No file that the first answer was made from changes: only the lookup of the name does."""
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    edit(folder, *EDITS["a function of another file"])
    before = places(scanned(folder, cache))
    (folder / "src/again.c").write_text("char *find(int key)\n{\n    return (char *)0 + key;\n}\n")
    after = scanned(folder, cache)
    assert encoded(after) == encoded(scanned(folder, None))
    assert {path for path, _, _ in before - places(after)} == {"src/use.c"}


def test_depth_and_rules_have_answers_of_their_own(tmp_path):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    edit(folder, *EDITS["the bytes of a file"])
    full = scanned(folder, cache)
    surface = scanned(folder, cache, settings(depth="surface"))
    assert encoded(surface) == encoded(scanned(folder, None, settings(depth="surface")))
    assert encoded(scanned(folder, cache)) == encoded(full)
    assert {rule for _, _, rule in places(full) - places(surface)} >= {"copy-too-long"}


def test_a_run_for_findings_and_a_whole_one_do_not_mix(tmp_path):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    whole, part = settings(), settings(findings_only=True)
    for chosen in (whole, part, whole, part):
        assert encoded(scanned(folder, cache, chosen)) == encoded(scanned(folder, None, chosen))


def test_what_a_bug_made_of_a_file_is_not_kept(tmp_path, rulebook, monkeypatch):
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    with monkeypatch.context() as broken:
        broken.setattr("rustplan.scan.file.run_file", lambda *_: 1 / 0)
        spoiled = scanned(folder, cache)
    assert any("bug in rustplan" in each.detail for each in spoiled.coverage.degraded)
    assert encoded(scanned(folder, cache)) == encoded(scanned(folder, None))


def test_a_file_that_changes_while_it_is_read_leaves_nothing_behind(tmp_path, rulebook, monkeypatch):
    """The header is fingerprinted, then changed, then read: what was made from it must not be kept under the old fingerprint."""
    folder, cache = write(tmp_path / "repo"), tmp_path / "cache"
    clean = scanned(folder, None)
    text = (folder / "include/size.h").read_bytes()
    tree = discover_tree(folder, DiscoverOptions())
    with Cache(cache) as known:
        surveyed = survey(folder, tree, rulebook, ScanOptions(), known)
        (folder / "include/size.h").write_bytes(text.replace(b"32", b"16"))
        scan_tree(folder, tree, rulebook, ScanOptions(), None, surveyed)
        assert not surveyed.is_whole
    (folder / "include/size.h").write_bytes(text)
    assert encoded(scanned(folder, cache)) == encoded(clean)
