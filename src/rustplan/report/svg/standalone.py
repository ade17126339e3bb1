"""A chart as a picture file of its own: on white, with the words below it that the page would print."""

from __future__ import annotations

import re

from markupsafe import Markup

from rustplan.report.svg.palette import DIM, PAGE
from rustplan.report.svg.shapes import FONT, element, label

ROOM, LEAST_WIDTH = 30.0, 420.0
_SIZE = re.compile(r' width="([0-9.]+)" height="([0-9.]+)"')


def standalone(drawing: Markup | None, words: str) -> str:
    """Return an SVG document with `drawing` on white and `words` below; without a drawing the words alone."""
    found = _SIZE.search(drawing) if drawing else None
    width, height = (float(found.group(1)), float(found.group(2))) if found else (0.0, 0.0)
    width, whole = max(width, LEAST_WIDTH), height + (ROOM if words else 0.0)
    picture = element(
        "svg",
        element("rect", width=width, height=whole, fill=PAGE),
        str(drawing or ""),
        label(words, 10, whole - 10, size=11, fill=DIM) if words else "",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {whole:g}",
        width=width,
        height=whole,
        font_family=FONT,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture}\n'
