"""Which day a verdict is about: what has expired by then, and what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

import msgspec

from rustplan.errors import ConfigError

VARIABLE = "SOURCE_DATE_EPOCH"


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """A day (YYYY-MM-DD) and where it was taken from."""

    day: str
    because: str


def as_of(environ: Mapping[str, str], commit_date: str | None) -> AsOf:
    """SOURCE_DATE_EPOCH (seconds since 1970), else the day of the scanned commit, else the calendar. Raises ConfigError for a wrong variable."""
    text = environ.get(VARIABLE, "")
    if text:
        try:
            return AsOf(day=_day(int(text)), because=VARIABLE)
        except (ValueError, OverflowError, OSError):
            raise ConfigError(f"{VARIABLE} is {text[:40]!r}", hint="it takes seconds since 1970, or unset it") from None
    if commit_date:
        return AsOf(day=commit_date[:10], because="the date of the scanned commit")
    return AsOf(
        day=datetime.now(tz=timezone.utc).date().isoformat(), because="the calendar, because no commit date is known"
    )


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=timezone.utc).date().isoformat()
