"""Files that are no source text but say how the code is built, packaged and checked: those that some rule asks for by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rustplan.discover.files import read_head
from rustplan.discover.roles import Folders, role_of_place
from rustplan.discover.suffixes import is_candidate
from rustplan.discover.walked import Walked
from rustplan.globs import Globs
from rustplan.model.paths import model_path, raw_bytes
from rustplan.model.source import Role, TextFile
from rustplan.rulebook.text_view import is_prose

MOST_TEXTS = 2000
_HEAD_BYTES = 1000
_PUBLISHED = re.compile(
    r"(?:^|/)(?:libtool|lt\w{1,20}|lt~obsolete|ax_\w{1,60}|pkg|gettext|iconv|lib-\w{2,10})\.m4$|(?:^|/)(?:ltmain|mkinstalldirs|depcomp)\.sh$"
)
"""Parts of build systems that every project copies: what they hold says nothing of the one at hand."""
_NOT_READ = (Role.VENDORED, Role.BUILD_OUTPUT)
_GENERATED = re.compile(
    rb"(?i)\bgenerated (?:automatically )?(?:by|from|using|with) (?!hand\b)|\b(?:do not|don't) edit\b|@generated\b"
)


def find_texts(walked: Walked, globs: Iterable[str], folders: Folders) -> tuple[TextFile, ...]:
    """Return the walked files that one of the globs names, sorted by path; vendored, built and generated ones say nothing of this project."""
    wanted = Globs(globs)
    found: list[TextFile] = []
    left_out = 0
    for path, role in _named(walked, wanted, folders):
        if len(found) == MOST_TEXTS:
            left_out += 1
        elif not _is_generated(walked.root, path):
            found.append(TextFile(path=model_path(path), role=role))
    if left_out:
        walked.degrade(".", f"{left_out} build, packaging and CI files after the first {MOST_TEXTS} are not read")
    return tuple(sorted(found))


def _named(walked: Walked, wanted: Globs, folders: Folders) -> Iterator[tuple[str, Role]]:
    """Documents last and nearest to the root first: what is left out of too many files are documents, and what lies deepest."""
    for path in sorted(walked.files, key=lambda path: (is_prose(path), path.count("/"), path)):
        if not is_candidate(path.rpartition("/")[2]) and wanted.match(path) and not _PUBLISHED.search(path):
            role = role_of_place(path, folders)
            if role not in _NOT_READ:
                yield path, role


def _is_generated(root: bytes, path: str) -> bool:
    """Tell whether the first lines say that a program wrote the file. One that cannot be read is left to the reader's words."""
    try:
        head = read_head(root + b"/" + raw_bytes(path), _HEAD_BYTES)
    except OSError:
        return False
    return any(_GENERATED.search(line) for line in head.split(b"\n")[:6])
