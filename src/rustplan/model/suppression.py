"""Comments in the source that say a finding is known and accepted, and why."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Finding


class SuppressionComment(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One `rustplan:ignore` comment as written. It covers lines `first` to `last`.

    `problem` says why it suppresses nothing ("" when it is well formed); `until` (YYYY-MM-DD) is the last day on which it holds, "" for no end.
    """

    path: str
    line: int
    rules: tuple[str, ...] = ()
    reason: str = ""
    owner: str = ""
    until: str = ""
    first: int = 0
    last: int = 0
    problem: str = ""


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """A comment and what it did. `findings` are no longer among the findings of the analysis; `state` is used, unused, expired or malformed."""

    comment: SuppressionComment
    state: str
    findings: tuple[Finding, ...] = ()
