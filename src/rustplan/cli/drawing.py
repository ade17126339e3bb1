"""Documents of an analysis that this run has made itself: its JSON needs no settling, and a page that was drawn from the same is remembered."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from rustplan.catalog import catalog_digest
from rustplan.report.json_format import encode_canonical
from rustplan.resources import folder

if TYPE_CHECKING:
    import sys

    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

    from rustplan.model.analysis import Analysis
    from rustplan.model.options import ReportOptions
    from rustplan.scan import Cache

_MOST_DEPTH = 8


class Page(msgspec.Struct, frozen=True, array_like=True):
    """The roadmap as a page, and in words what was left out of it."""

    text: str
    notices: tuple[str, ...]


class Drawing:
    """Draws for one run. The analysis must be one that `analyze` returned: canonical, with the digest of its own JSON document."""

    def __init__(self, cache: Cache | None) -> None:
        self._cache = cache

    @staticmethod
    def json(analysis: Analysis) -> bytes:
        """The JSON document."""
        return encode_canonical(analysis)

    def page(self, analysis: Analysis, options: ReportOptions) -> Page:
        """The HTML page. It depends on the analysis, the options, templates, catalogue and code alone. Raises OutputError."""
        if self._cache is None:
            return _page(analysis, options)
        parts = (
            analysis.data_digest,
            msgspec.msgpack.encode(options, order="deterministic"),
            _digest_of_templates(),
            catalog_digest(),
            version("jinja2"),
            version("markupsafe"),
        )
        page = self._cache.value(Page, "page", *parts)
        if page is None:
            page = _page(analysis, options)
            self._cache.keep_value(page, "page", *parts)
        return page


def _page(analysis: Analysis, options: ReportOptions) -> Page:
    from rustplan.report.html import render_document

    document = render_document(analysis, options)
    return Page(document.text, document.notices)


def _digest_of_templates() -> bytes:
    digest = hashlib.sha256()

    def add(place: Traversable, above: str, depth: int) -> None:
        for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
            name = f"{above}{entry.name}"
            if entry.is_file():
                digest.update(f"{name}\0".encode() + hashlib.sha256(entry.read_bytes()).digest())
            elif depth < _MOST_DEPTH and entry.is_dir():
                add(entry, f"{name}/", depth + 1)

    add(folder("report_templates"), "", 0)
    return digest.digest()
