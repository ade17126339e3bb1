"""The words of a parsed page as a reader sees them: cells, items and blocks are apart, what is inline stays together."""

from __future__ import annotations

from xml.etree.ElementTree import Element

BLOCKS = {
    "td",
    "th",
    "tr",
    "li",
    "p",
    "div",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "summary",
    "br",
    "figcaption",
    "option",
    "label",
    "article",
    "span",
}
INLINE_CLASSES = {"gutter", "line hit", "line", "code", "code place", "glyph", ""}


def words(element: Element | None) -> str:
    """Return the text of an element with single spaces."""
    assert element is not None
    return " ".join(_text(element).split())


def _text(element: Element) -> str:
    inner = (element.text or "") + "".join(_text(child) + (child.tail or "") for child in element)
    is_block = str(element.tag) in BLOCKS and not (element.tag == "span" and element.get("class", "") in INLINE_CLASSES)
    return f" {inner} " if is_block else inner
