"""`rustplan pack` and `rustplan verify` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

from cli_runner import Run


def test_pack_and_verify_a_folder(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tool"
    folder.mkdir()
    (folder / "a.c").write_text("#include <string.h>\nvoid f(char *to, char *from) { strcpy(to, from); }\n")
    assert run("scan", "tool").code == 0
    assert "Check it: rustplan verify rustplan-pack.zip" in run("pack").err
    done = run("verify", "rustplan-pack.zip", "--repo", "tool")
    assert (done.code, done.out) == (0, "")
    assert done.last == "Nothing differs: container, digests, views, repository checked. Exit 0."
    (folder / "a.c").write_text("void f(char *to, char *from) { *to = *from; }\n")
    done = run("verify", "rustplan-pack.zip", "--repo", "tool")
    assert done.code == 1
    assert done.out.startswith("file a.c: sha256 ")
    assert "differences; checked: container, digests, views, repository. Exit 1." in done.last
    told = json.loads(run("verify", "rustplan-pack.zip", "--repo", "tool", "-f", "json").out)
    assert told["differences"][0]["where"] == "file a.c"


def test_a_pack_that_is_missing_or_foreign_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run("verify", "none.zip")
    assert done.code == 2
    assert "none.zip" in done.err
    (tmp_path / "x.zip").write_bytes(b"PK\x05\x06")
    done = run("verify", "x.zip")
    assert done.code == 2
    assert "x.zip is no whole pack" in done.err
