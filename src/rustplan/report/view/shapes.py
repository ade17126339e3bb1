"""Small values that every section uses: links, marks and rows."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Finding, Kind, Severity
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import whole
from rustplan.report.view.words import SEVERITY_GLYPHS, STATE_GLYPHS, STATE_WORDS, SURFACE, SURFACE_GLYPH


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all views: frozen, by keyword, ready to print."""


class Link(View, frozen=True, kw_only=True):
    """Words, and where they lead inside this document; "" for nowhere."""

    words: str
    href: str = ""
    full: str = ""


class Mark(View, frozen=True, kw_only=True):
    """A glyph with its word; `kind` is the class of its colour."""

    glyph: str
    words: str
    kind: str


class Group(View, frozen=True, kw_only=True):
    """Rows under a heading: how many there are, those that are listed, and how many are not."""

    words: str
    count: str
    rows: tuple[tuple[str, str], ...]
    more: str = ""


def component_link(index: PageIndex, name: str, length: int = 60) -> Link:
    """Return a component's name, leading to its card when it has one."""
    words = shown(name, length)
    full = shown(name, 400)
    return Link(words=words, href=index.anchor(name), full="" if full == words else full)


def severity_mark(severity: Severity | None) -> Mark:
    """Return glyph and word of a severity; a dash for the kinds that carry none."""
    if severity is None:
        return Mark(glyph="–", words="none", kind="none")
    return Mark(glyph=SEVERITY_GLYPHS[severity], words=severity.value, kind=severity.value)


def finding_mark(finding: Finding) -> Mark:
    """Return the mark of a finding: the severity of a defect, the weight of an exposure, which is surface and no bug."""
    if finding.kind is Kind.EXPOSURE:
        return Mark(
            glyph=SURFACE_GLYPH,
            words=f"{SURFACE} {whole(finding.weight)}" if round(finding.weight) else SURFACE,
            kind=SURFACE,
        )
    return severity_mark(finding.severity)


def state_mark(state: str) -> Mark:
    """Return glyph and word of what the report could do about an expectation."""
    return Mark(glyph=STATE_GLYPHS[state], words=STATE_WORDS[state], kind=state)
