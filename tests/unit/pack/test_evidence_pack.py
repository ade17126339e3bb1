"""A pack is the same bytes everywhere, and no byte of it, nor of the repository, can change unnoticed."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path

import msgspec
import pytest

from rustplan import analyze
from rustplan.config import Settings, load_settings
from rustplan.errors import InputError
from rustplan.model.analysis import Analysis
from rustplan.model.options import EvidenceOptions, ReportOptions
from rustplan.pack import Verification, make_pack, read_pack, verify_pack
from rustplan.pack.container import build
from rustplan.pack.differences import differences

SOURCE = """#include <string.h>
#include <stdlib.h>
char *keep(const char *text) {
  char held[8];
  strcpy(held, text);
  char *copy = malloc(strlen(text));
  strcpy(copy, held);
  return copy;
}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "tool"
    folder.mkdir()
    (folder / "keep.c").write_text(SOURCE)
    (folder / "main.c").write_text("char *keep(const char *);\nint main(int n, char **v) { return *keep(v[n - 1]); }\n")
    return folder


@pytest.fixture(scope="module")
def analysis(repository: Path) -> Analysis:
    return analyze(repository, Settings())


@pytest.fixture(scope="module")
def data(analysis: Analysis) -> bytes:
    return make_pack(analysis, ReportOptions())


def verified(data: bytes, repository: Path | None = None, evidence: Settings | None = None) -> Verification:
    return verify_pack(read_pack(data, "pack.zip"), repository, evidence or Settings())


def repacked(data: bytes, **changes: bytes) -> bytes:
    files = dict(read_pack(data, "pack.zip").files)
    return build({**files, **{name.replace("__", "."): value for name, value in changes.items()}})


def test_the_same_analysis_makes_the_same_bytes(repository: Path, data: bytes) -> None:
    assert make_pack(analyze(repository, Settings()), ReportOptions()) == data


def test_an_untouched_pack_differs_in_nothing(data: bytes, repository: Path) -> None:
    found = verified(data, repository)
    assert (found.differences, found.notes) == ((), ())
    assert found.checks == ("container", "digests", "views", "repository")


def test_the_folder_may_have_another_name(data: bytes, repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository, tmp_path / "clone")
    assert verified(data, tmp_path / "clone").is_good


def failures(data: bytes) -> str:
    """What a verification of bad bytes says; empty when it found nothing."""
    try:
        return " ".join(f"{one.where} {one.found}" for one in verified(data).differences)
    except InputError as error:
        return error.message


def test_any_flipped_byte_is_detected_and_its_file_named(data: bytes) -> None:
    names = sorted(read_pack(data, "pack.zip").files)
    spread = sorted({*range(0, len(data), len(data) // 150), *range(60), *range(len(data) - 200, len(data))})
    for place in spread:
        broken = bytearray(data)
        broken[place] ^= 0x10
        told = failures(bytes(broken))
        assert any(name in told for name in (*names, "list of files", "pack.zip")), (place, told)


def test_a_changed_view_is_named_with_its_line_although_its_digest_was_mended(data: bytes) -> None:
    files = dict(read_pack(data, "pack.zip").files)
    page = files["roadmap.md"].replace(b"risk", b"mirth", 1)
    said = files["statement.json"].replace(
        hashlib.sha256(files["roadmap.md"]).hexdigest().encode(), hashlib.sha256(page).hexdigest().encode()
    )
    found = verified(repacked(data, roadmap__md=page, statement__json=said))
    assert [one.where.partition(":")[0] for one in found.differences] == ["roadmap.md"]
    assert "mirth" in found.differences[0].packed


def test_a_number_that_was_made_better_is_named(analysis: Analysis, repository: Path) -> None:
    from rustplan.api import data_digest

    cards = tuple(msgspec.structs.replace(card, risk=1.0) for card in analysis.scorecard.components)
    forged = msgspec.structs.replace(
        analysis, scorecard=msgspec.structs.replace(analysis.scorecard, components=cards), data_digest=""
    )
    forged = msgspec.structs.replace(forged, data_digest=data_digest(forged))
    found = verified(make_pack(forged, ReportOptions()), repository)
    assert any(
        one.where.startswith("scorecard.components[") and one.where.endswith(".risk") for one in found.differences
    )
    assert all(one.packed != one.found for one in found.differences)


def test_a_changed_repository_names_the_file_and_the_numbers(data: bytes, repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository, tmp_path / "tool")
    (tmp_path / "tool" / "keep.c").write_text(SOURCE.replace("strcpy(held, text);", ""))
    (tmp_path / "tool" / "new.c").write_text("int one(void) { return 1; }\n")
    where = [one.where for one in verified(data, tmp_path / "tool").differences]
    assert where[:2] == ["file keep.c", "file new.c"]
    assert any(place.startswith("findings[keep.c") for place in where)
    assert any(".risk" in place for place in where)


def test_an_analysis_that_was_edited_is_not_packed(analysis: Analysis) -> None:
    forged = msgspec.structs.replace(analysis, command="rustplan scan . --set granularity=9")
    with pytest.raises(InputError, match="changed after rustplan wrote it"):
        make_pack(forged, ReportOptions())


def test_evidence_that_is_missing_is_asked_for(repository: Path, tmp_path: Path) -> None:
    stacks = tmp_path / "load.collapsed"
    stacks.write_text("main;keep 90\nmain 10\n")
    settings = Settings(evidence=EvidenceOptions(profiles=(str(stacks),)))
    data = make_pack(analyze(repository, settings), ReportOptions())
    without = verified(data, repository)
    assert not without.is_good
    assert without.notes == ("the pack rests on load.collapsed: give it with --profile to check what it says",)
    given = load_settings(None, flags={}, assignments=[])
    given = msgspec.structs.replace(given, evidence=settings.evidence)
    assert verified(data, repository, given).is_good


def test_another_version_says_that_views_were_not_drawn(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rustplan.__version__", "99.0")
    found = verified(data)
    assert found.is_good
    assert "views" not in found.checks
    assert "this is 99.0" in found.notes[0]


def foreign(entries: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", how) as container:
        for name, content in entries.items():
            container.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        foreign({}),
        foreign({"statement.json": b"{}", "../evil": b"x"}),
        foreign({"statement.json": b"0" * 50_000_000}, zipfile.ZIP_DEFLATED),
        foreign({f"f{number}": b"" for number in range(600)}),
    ],
)
def test_a_foreign_or_evil_container_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        verified(data)
    assert "pack.zip" in caught.value.message
    assert not os.path.lexists("evil")


@pytest.mark.parametrize("said", [b"{}", b"[" * 100_000, b"\xff", b'{"subject": 3}'])
def test_a_statement_that_cannot_be_read_is_one_clear_error(data: bytes, said: bytes) -> None:
    with pytest.raises(InputError, match=r"statement\.json"):
        verified(repacked(data, statement__json=said))


def test_lists_are_compared_by_name_and_their_order_counts() -> None:
    old = {"files": [{"path": "a", "risk": 1}, {"path": "b", "risk": 2}]}
    new = {"files": [{"path": "b", "risk": 2}, {"path": "a", "risk": 3}]}
    assert list(differences(old, new)) == [("files[a].risk", "1", "3")]
    swapped = {"files": list(reversed(old["files"]))}
    assert list(differences(old, swapped)) == [("files", "one order", "another order")]
