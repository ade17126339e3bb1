"""A second scan in the same folder gives the same bytes: what a run writes is no part of what it reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_outputs_inside_the_scanned_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int f(char *p) { return p[1]; }\n")
    command = [sys.executable, "-m", "rustplan", "scan", ".", "-qq", "-o", "csv=out/tables", "-o", "sarif=a.sarif"]
    runs = []
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
        runs.append(
            {
                str(path.relative_to(tmp_path)): path.read_bytes()
                for path in sorted(tmp_path.rglob("*"))
                if path.is_file()
            }
        )
    assert {"a.c", "a.sarif", "out/tables/files.csv"} <= set(runs[0])
    assert runs[0] == runs[1]
