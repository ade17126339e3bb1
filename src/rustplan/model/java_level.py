"""For which release of Java the tree is built or run, with the places that say so."""

from __future__ import annotations

import msgspec


class JavaLevelPlace(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One place that names a release: `what` is the setting as it is called there.

    `is_production` is False for what developers and CI jobs use, which need not be what runs.
    """

    path: str
    line: int
    release: int
    what: str
    is_production: bool = True


class JavaLevel(msgspec.Struct, frozen=True, kw_only=True):
    """The lowest release in production, or None when nothing says; `because` is a sentence, `evidence` is sorted by place."""

    release: int | None = None
    because: str = ""
    evidence: tuple[JavaLevelPlace, ...] = ()
