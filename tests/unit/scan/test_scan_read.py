"""What is read is the regular file that the walk saw, or a reason."""

from __future__ import annotations

import os
import time

import pytest

from rustplan.model.paths import model_path, raw_text
from rustplan.model.source import Language, Role, SkippedFile, SkipReason, SourceFile
from rustplan.scan.read import read_source


def source(path, size):
    return SourceFile(path=path, language=Language.C, role=Role.SOURCE, size=size)


def test_the_bytes_of_a_file(tmp_path):
    (tmp_path / "a.c").write_bytes(b"int a;\r\n\xff")
    assert read_source(tmp_path, source("a.c", 9)) == b"int a;\r\n\xff"


def test_a_name_that_is_not_utf8(tmp_path):
    name = b"caf\xe9.c"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as handle:
        handle.write(b"int a;")
    assert read_source(tmp_path, source(model_path(raw_text(name)), 6)) == b"int a;"


@pytest.mark.parametrize("size", [3, 7])
def test_a_file_that_changed_size_is_skipped(tmp_path, size):
    (tmp_path / "a.c").write_bytes(b"int a;")
    skipped = read_source(tmp_path, source("a.c", size))
    assert isinstance(skipped, SkippedFile)
    assert (skipped.path, skipped.reason, skipped.language, skipped.size) == (
        "a.c",
        SkipReason.UNREADABLE,
        Language.C,
        size,
    )
    assert "changed" in skipped.detail


def test_a_file_that_became_something_else_is_skipped(tmp_path):
    (tmp_path / "target.c").write_bytes(b"int a;")
    (tmp_path / "link.c").symlink_to("target.c")
    (tmp_path / "folder.c").mkdir()
    os.mkfifo(tmp_path / "pipe.c")
    began = time.monotonic()
    reasons = {
        name: read_source(tmp_path, source(name, 6)).reason for name in ("link.c", "folder.c", "pipe.c", "gone.c")
    }
    assert reasons == {
        "link.c": SkipReason.UNREADABLE,
        "folder.c": SkipReason.NOT_A_REGULAR_FILE,
        "pipe.c": SkipReason.NOT_A_REGULAR_FILE,
        "gone.c": SkipReason.UNREADABLE,
    }
    assert time.monotonic() - began < 5


def test_an_empty_file_is_read(tmp_path):
    (tmp_path / "a.c").touch()
    assert read_source(tmp_path, source("a.c", 0)) == b""
