"""Which folder remembers earlier scans: the user decides by a flag or a variable, never the repository that is scanned."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rustplan.cli.options import CacheChoice
from rustplan.cli.streams import Streams
from rustplan.config import Settings
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.scan import Cache

VARIABLE = "RUSTPLAN_CACHE"
NAME = "rustplan"


def cache_folder(choice: CacheChoice, settings: Settings, environ: Mapping[str, str]) -> Path | None:
    """The folder of the cache, absolute; None when none is to be used. Raises InputError for flags that contradict each other."""
    if choice.no_cache and choice.cache is not None:
        raise InputError("--cache and --no-cache were both given", hint="leave one of them out")
    if choice.no_cache or (choice.cache is None and not settings.scan.uses_cache):
        return None
    given = choice.cache if choice.cache is not None else environ.get(VARIABLE, "")
    return Path(os.path.abspath(given)) if given else _users(environ)


def _users(environ: Mapping[str, str]) -> Path | None:
    """Where programs of this system keep what they can make again; None for a user without a home."""
    home = environ.get("HOME", "")
    if sys.platform == "darwin":
        return Path(home) / "Library" / "Caches" / NAME if os.path.isabs(home) else None
    base = environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):
        return Path(base) / NAME
    return Path(home) / ".cache" / NAME if os.path.isabs(home) else None


def inside(folder: Path | None, root: Path) -> tuple[str, ...]:
    """The cache as a path relative to the scanned folder, when it lies there: a scan must not read it."""
    if folder is None:
        return ()
    place = os.path.relpath(os.path.realpath(folder), os.path.realpath(root))
    return () if place.startswith(os.pardir) or place == os.curdir else (Path(place).as_posix(),)


@contextmanager
def opened(folder: Path | None, streams: Streams) -> Iterator[Cache | None]:
    """The cache of a run; what went wrong with it is told at the end, and never ends the run."""
    if folder is None:
        yield None
        return
    from rustplan.scan import Cache

    cache = Cache(folder)
    try:
        yield cache
    finally:
        cache.close()
        for notice in cache.notices:
            streams.say(streams.err.plain(notice))
