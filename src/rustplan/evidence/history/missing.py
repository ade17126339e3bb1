"""Lets git read a history that lacks some file contents: in our own git folder, each missing content is replaced by an empty one."""

from __future__ import annotations

import hashlib
import re
import zlib

from rustplan.evidence.history.isolated import Isolated
from rustplan.evidence.history.process import Clock, running

MOST_MISSING = 20_000
_LINE = re.compile(rb"\?([0-9a-f]{40}(?:[0-9a-f]{24})?)\Z")
_EMPTY = b"blob 0\0"


def substitute_missing(git: str, place: Isolated, clock: Clock) -> int:
    """Put empty contents in the place of those that are missing; return how many, 0 when none or too many are. Raises GitFailed."""
    missing: set[str] = set()
    arguments = ["rev-list", "--objects", "--no-object-names", "--missing=print", place.commit]
    rest = b""
    with running(git, place, arguments, clock) as chunks:
        for chunk in chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            missing.update(found.group(1).decode("ascii") for line in lines if (found := _LINE.match(line)))
            if len(missing) > MOST_MISSING:
                return 0
    if missing:
        _write(place, missing)
    return len(missing)


def _write(place: Isolated, missing: set[str]) -> None:
    """Write the empty content beside the linked objects, never through a link, and the replacements as packed refs."""
    digest = hashlib.sha256 if len(place.commit) == 64 else hashlib.sha1
    empty = digest(_EMPTY).hexdigest()  # the name git gives it; no secret hangs on it
    extra = place.folder / "extra" / empty[:2]
    extra.mkdir(parents=True)
    (extra / empty[2:]).write_bytes(zlib.compress(_EMPTY))
    (place.folder / "objects" / "info" / "alternates").write_text(f"{place.folder / 'extra'}\n", encoding="utf-8")
    lines = [f"{empty} refs/replace/{name}\n" for name in sorted(missing)]
    (place.folder / "packed-refs").write_text("# pack-refs with: sorted \n" + "".join(lines), encoding="ascii")
