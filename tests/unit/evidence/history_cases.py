"""Small repositories for history tests, made by `git fast-import`: no configuration of this machine takes part."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rustplan.discover.git import find_repository
from rustplan.evidence.history import read_history
from rustplan.model.evidence import AbsentEvidence
from rustplan.model.history import History, HistoryOptions

DAY = 86_400
START = 1_500_000_000
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "LC_ALL": "C",
}


@dataclass
class Story:
    """Commits of one branch, each with a message, files (None deletes, a tuple renames from) and a day; later ones are newer."""

    parts: list[bytes] = field(default_factory=list)
    count: int = 0

    def commit(
        self,
        message: str | bytes,
        files: Mapping[str | bytes, str | bytes | tuple[str, str] | None],
        *,
        day: int = 0,
        author: str = "A <a@example.org>",
        branch: str = "main",
        parents: Sequence[int] = (),
    ) -> int:
        """Add a commit and return its mark."""
        self.count += 1
        text = message if isinstance(message, bytes) else message.encode()
        when = START + day * DAY
        self.parts.append(b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), self.count))
        self.parts.append(
            b"author %s %d +0000\ncommitter %s %d +0000\n" % (author.encode(), when, author.encode(), when)
        )
        self.parts.append(b"data %d\n%s\n" % (len(text), text))
        for place, parent in enumerate(parents):
            self.parts.append(b"%s :%d\n" % (b"merge" if place else b"from", parent))
        for path, content in files.items():
            self.parts.append(_change(path if isinstance(path, bytes) else path.encode(), content))
        return self.count

    def write(self, folder: Path, *, object_format: str = "sha1", checkout: bool = True) -> Path:
        """Make the repository in `folder` and return it."""
        git(folder.parent, "init", "-q", "-b", "main", f"--object-format={object_format}", str(folder))
        subprocess.run(
            ["git", "fast-import", "--quiet"], input=b"".join(self.parts), cwd=folder, env=ENVIRONMENT, check=True
        )
        if checkout:
            git(folder, "reset", "-q", "--hard")
        return folder


def _change(path: bytes, content: str | bytes | tuple[str, str] | None) -> bytes:
    name = b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
    if content is None:
        return b"D %s\n" % name
    if isinstance(content, tuple):
        before, text = content
        return b'R "%s" %s\n' % (before.encode(), name) + _change(path, text)
    data = content if isinstance(content, bytes) else content.encode()
    return b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(data), data)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return its output."""
    done = subprocess.run(["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def read(
    root: Path, *paths: str, options: HistoryOptions | None = None, marks: Sequence[str] = ()
) -> History | AbsentEvidence:
    """Read the history of files below `root` as the composition root does."""
    return read_history(root, find_repository(os.path.realpath(os.fsencode(root))), paths, options, marks=marks)


def history(root: Path, *paths: str, options: HistoryOptions | None = None, marks: Sequence[str] = ()) -> History:
    """Read a history that must be there."""
    found = read(root, *paths, options=options, marks=marks)
    assert isinstance(found, History), found
    return found


def absent(root: Path, *paths: str, options: HistoryOptions | None = None) -> str:
    """Read a history that must not be there and return why."""
    found = read(root, *paths, options=options)
    assert isinstance(found, AbsentEvidence), found
    assert found.name == "history"
    assert "not zero" in found.effect
    return found.because


def lines(count: int, word: str = "int x") -> str:
    """A text of so many different lines."""
    return "".join(f"{word}{number};\n" for number in range(count))
