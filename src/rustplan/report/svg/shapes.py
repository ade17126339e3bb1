"""SVG elements as text. Everything a caller passes as words or attributes is escaped here; children are elements made here."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from rustplan.report.escape import ELLIPSIS
from rustplan.report.svg.palette import FOREGROUND

LEAST_CUT = 5
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


def element(name: str, *children: str, **attributes: str | float) -> str:
    """Return one element. `class_` and `font_size` become `class` and `font-size`; numbers get at most one digit after the point."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    if not children:
        return f"<{name}{written}/>"
    return f"<{name}{written}>{''.join(children)}</{name}>"


def label(
    words: str, x: float, y: float, *, size: float = 12, fill: str = FOREGROUND, kind: str = "t-fg", **more: str | float
) -> str:
    """Return a piece of text whose baseline starts at x, y; `kind` is the class that carries its colour in other themes."""
    return element("text", escape(words), x=x, y=y, font_size=size, fill=fill, class_=kind, **more)


def chart(*children: str, number: int, title: str, description: str, width: float, height: float, kind: str) -> Markup:
    """Return a whole chart, named and described for those who cannot see it. The number makes its ids unique in the document."""
    head = (
        element("title", escape(title), id=f"chart-{number}-title"),
        element("desc", escape(description), id=f"chart-{number}-text"),
    )
    return Markup(  # noqa: S704 - element() has escaped every word and attribute
        element(
            "svg",
            *head,
            *children,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_value(width)} {_value(height)}",
            width=width,
            height=height,
            role="img",
            aria_labelledby=f"chart-{number}-title chart-{number}-text",
            font_family=FONT,
            class_=f"chart-drawing {kind}",
        )
    )


def path_of(*parts: str | float) -> str:
    """Return path data from letters and numbers."""
    return " ".join(part if isinstance(part, str) else _value(part) for part in parts)


def text_width(words: str, size: float) -> float:
    """Return a generous guess of the width in pixels, for wide fonts too: labels must never meet."""
    return size * sum(_em(character) for character in words)


def fit(words: str, width: float, size: float) -> str:
    """Return as much of `words` as fits, cut in the middle; "" when not even five characters do."""
    if text_width(words, size) <= width:
        return words
    keep = len(words) - 1
    while keep >= LEAST_CUT:
        head = keep // 2
        cut = words[:head] + ELLIPSIS + words[len(words) - (keep - head) :]
        if text_width(cut, size) <= width:
            return cut
        keep -= 1
    return ""


def _em(character: str) -> float:
    if character in "iljftrI.,:;'|!()[]/ -":
        return 0.38
    if character in "mwMW@%…":
        return 1.0
    if ord(character) >= 0x1100:
        return 1.1
    return 0.72 if character.isupper() else 0.63


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value, quote=True)
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
