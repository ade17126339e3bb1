"""`python -m rustplan` inside a hostile repository runs nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_modules_of_the_current_folder_are_not_imported(tmp_path: Path) -> None:
    for name in ("yaml", "msgspec", "click", "json", "jinja2", "networkx"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').write({name!r})\n")
    (tmp_path / "a.c").write_text("int main(void) { return 0; }\n")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "rustplan", "scan", ".", "-qq"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "roadmap.html").exists()
    assert not (tmp_path / "ran").exists()
