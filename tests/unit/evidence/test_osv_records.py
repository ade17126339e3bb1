from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from history_cases import Story, git, history, lines, read

from rustplan.errors import InputError
from rustplan.evidence import osv
from rustplan.evidence.osv import map_osv, read_osv
from rustplan.model.evidence import AbsentEvidence


def write(folder: Path, **records: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, record in records.items():
        text = record if isinstance(record, bytes) else json.dumps(record).encode()
        (folder / f"{name}.json").write_bytes(text)
    return folder


def record(name: str, *commits: str, **more: Any) -> dict[str, Any]:
    events = [{"introduced": "0"}, *({"fixed": commit} for commit in commits)]
    return {
        "id": name,
        "modified": "2024-01-01T00:00:00Z",
        "affected": [{"ranges": [{"type": "GIT", "repo": "x", "events": events}]}],
        **more,
    }


def test_records_lead_to_files_by_their_fix_commits(tmp_path: Path) -> None:
    story = Story()
    base = story.commit("start", {"old.c": lines(30), "b.c": "1"})
    side = story.commit("side", {"b.c": "2"}, day=1, branch="side", parents=[base])
    mend = story.commit("mend", {"old.c": lines(31)}, day=2, parents=[base])
    story.commit("join", {"b.c": "2"}, day=3, parents=[mend, side])
    story.commit("move", {"new.c": ("old.c", lines(31))}, day=4)
    story.commit("docs", {"README": "x"}, day=5)
    root = story.write(tmp_path / "repo")
    docs, join, fixed = (
        git(root, "rev-parse", "HEAD"),
        git(root, "rev-parse", "HEAD~2"),
        git(root, "rev-parse", "HEAD~3"),
    )
    folder = write(
        tmp_path / "osv",
        a=record("CVE-2024-1", fixed, aliases=["GHSA-aaaa-bbbb-cccc", "bad alias\x1b"], summary="Heap buffer overflow"),
        b=record("CVE-2024-2", "e" * 40, join, docs),
        c=record(
            "CVE-2024-3",
            references=[
                {"type": "FIX", "url": f"https://example.org/p/commit/{fixed}"},
                {"type": "WEB", "url": f"https://example.org/commit/{docs}"},
            ],
        ),
        d=record("CVE-2024-4"),
    )
    records = read_osv(folder)
    assert records.commits == {fixed, join, docs, "e" * 40}
    found = map_osv(records, history(root, "new.c", "b.c", marks=sorted(records.commits)))
    one, two, three, four = found.records
    assert (one.paths, one.aliases, one.is_memory_safety, one.origin) == (
        ("new.c",),
        ("GHSA-aaaa-bbbb-cccc",),
        True,
        "a.json",
    )
    assert two.paths == ()
    assert {fix.commit: fix.because for fix in two.fixes} == {
        "e" * 40: "the commit is not in the history that was read",
        join: "it is a merge, whose own changes are not read",
        docs: "it touches none of the files read",
    }
    assert three.paths == ("new.c",)
    assert four.fixes == ()
    assert found.mapped == 2


def test_without_history_the_reason_is_told(tmp_path: Path) -> None:
    records = read_osv(write(tmp_path / "osv", a=record("X-1", "a" * 40)))
    missing = read(tmp_path, "a.c")
    assert isinstance(missing, AbsentEvidence)
    (one,) = map_osv(records, missing).records
    assert one.fixes[0].because == "there is no history: the folder lies in no git work tree"


def test_severity_versions_and_weaknesses(tmp_path: Path) -> None:
    specific = {"severity": "HIGH", "cwe_ids": ["CWE-252"]}
    folder = write(
        tmp_path / "osv",
        a={
            "id": "A-1",
            "affected": [{"versions": [f"1.{n}" for n in range(70)]}],
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
            "database_specific": {"CWE": {"id": "CWE-787"}, "severity": "Low"},
        },
        b={"id": "B-1", "database_specific": specific},
        c={"id": "C-1"},
    )
    a, b, c = read_osv(folder).records
    assert (a.affected_count, len(a.affected), a.vectors, a.severity, a.cwes, a.is_memory_safety) == (
        70,
        50,
        ("CVSS:3.1/AV:N",),
        "low",
        (787,),
        True,
    )
    assert (b.severity, b.is_memory_safety) == ("high", False)
    assert c.is_memory_safety is None


def test_a_list_of_records_in_one_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "osv", all=[record("A-1"), record("A-2"), record("A-1")])
    found = read_osv(folder)
    assert [one.id for one in found.records] == ["A-1", "A-2"]
    assert [(one.origin, one.because) for one in found.skipped] == [("all.json: A-1", "the same id as in all.json")]


def test_bad_files_are_listed_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osv, "MAX_FILE_BYTES", 5000)
    folder = write(
        tmp_path / "osv",
        broken=b"{",
        deep=b'{"id": "X", "x": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        good=record("G-1"),
        invalid=b'{"id": "\xff\xfe"}',
        large=b" " * 6000,
        number=b"1",
        oddid=record("\x1b[31m evil"),
        shape=b'{"id": "S-1", "affected": {"ranges": 1}}',
        withdrawn=record("W-1", withdrawn="2024-01-01T00:00:00Z"),
    )
    os.mkfifo(folder / "pipe.json")
    (folder / "link.json").symlink_to("/etc/passwd")
    found = read_osv(folder)
    assert [one.id for one in found.records] == ["G-1"]
    reasons = {one.origin.partition(":")[0]: one.because for one in found.skipped}
    assert set(reasons) == {
        "broken.json",
        "deep.json",
        "invalid.json",
        "large.json",
        "link.json",
        "number.json",
        "oddid.json",
        "pipe.json",
        "shape.json",
        "withdrawn.json",
    }
    assert "larger than" in reasons["large.json"]
    assert reasons["pipe.json"] == "not a regular file"
    assert "affected" in reasons["shape.json"]
    assert reasons["withdrawn.json"] == "it was withdrawn"
    assert all(one.origin.isprintable() and one.because.isprintable() for one in found.skipped)


@pytest.mark.parametrize("kind", ["missing", "file", "empty"])
def test_a_folder_without_records_is_one_clear_error(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "osv"
    if kind == "file":
        place.write_text("{}")
    if kind == "empty":
        place.mkdir()
    with pytest.raises(InputError) as caught:
        read_osv(place)
    assert "osv" in caught.value.message
    assert caught.value.hint


def test_order_of_files_changes_nothing(tmp_path: Path) -> None:
    one = read_osv(write(tmp_path / "one", a=record("A-1"), b=record("B-1")))
    (tmp_path / "two").mkdir()
    two = read_osv(write(tmp_path / "two", b=record("B-1"), a=record("A-1")))
    assert one == two
