"""A badge for a front page: how many lines of memory-unsafe code are left. No grade, no colour that judges, no fonts, no scripts."""

from __future__ import annotations

import json
from html import escape

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.report.escape import clip, visible
from rustplan.report.view.numbers import compact, counted

WIDTH, HEIGHT, SPLIT = 90, 20, 46


def render_badge(analysis: Analysis) -> str:
    """Return an SVG of 90 x 20 pixels; its title says what the number is."""
    lines = sum(component.unsafe_sloc for component in analysis.graph.components)
    number = compact(lines).replace("\u00a0", " ")
    title = escape(_title(analysis, lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="unsafe lines: {number}">\n'
        f"<title>{title}</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="3" fill="#24292f"/>\n'
        f'<path d="M{SPLIT} 0h{WIDTH - SPLIT - 3}a3 3 0 0 1 3 3v{HEIGHT - 6}a3 3 0 0 1-3 3H{SPLIT}z" fill="#0b5394"/>\n'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">\n'
        f'<text x="{SPLIT / 2:g}" y="14">unsafe</text>\n'
        f'<text x="{(SPLIT + WIDTH) / 2:g}" y="14">{number}</text>\n'
        "</g>\n</svg>\n"
    )


def render_badge_json(analysis: Analysis) -> str:
    """The same number for the endpoint badge of shields.io (schema version 1); its colour does not judge either."""
    lines = sum(component.unsafe_sloc for component in analysis.graph.components)
    badge = {"schemaVersion": 1, "label": "unsafe lines", "message": compact(lines), "color": "0b5394"}
    return json.dumps(badge, ensure_ascii=False, indent=1).replace("\u00a0", " ") + "\n"


def _title(analysis: Analysis, lines: int) -> str:
    told = f"{counted(lines, 'line')} of memory-unsafe code (C, C++)"
    scores = [score for score in analysis.scorecard.components if score.track is Track.MEMORY_SAFETY]
    if scores:
        worst = min(scores, key=lambda score: (-score.risk, score.component))
        told += f"; the highest risk is {worst.risk:.0f} of 100 ({clip(visible(worst.component))})"
    return told
