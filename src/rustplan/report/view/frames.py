"""Source excerpts as code frames: the line of the finding marked, nothing hidden, nothing too long."""

from __future__ import annotations

from urllib.parse import quote

from rustplan.model.finding import Excerpt, Finding
from rustplan.report.escape import CODE_LENGTH, clip, visible_code
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.shapes import View


class FrameLine(View, frozen=True, kw_only=True):
    """One line: its number, and its text in three parts of which the middle is what the finding names."""

    number: int
    is_hit: bool
    before: str
    marked: str
    after: str


def build_frame(index: PageIndex, finding: Finding) -> tuple[FrameLine, ...]:
    """Return the lines around a finding, none when no excerpt was kept or excerpts are not to be shown."""
    excerpt = index.excerpt(finding)
    return () if excerpt is None else tuple(_line(excerpt, offset, finding) for offset in range(len(excerpt.lines)))


def _line(excerpt: Excerpt, offset: int, finding: Finding) -> FrameLine:
    number, text = excerpt.first_line + offset, excerpt.lines[offset]
    is_hit = number == finding.line or number in finding.lines
    before, marked, after = _parts(text, finding) if number == finding.line else (text, "", "")
    shown = [visible_code(part) for part in (before, marked, after)]
    room = CODE_LENGTH
    for place, part in enumerate(shown):
        shown[place] = clip(part, room) if room > 0 else ""
        room = max(0, room - len(part))
    return FrameLine(number=number, is_hit=is_hit, before=shown[0], marked=shown[1], after=shown[2])


def _parts(text: str, finding: Finding) -> tuple[str, str, str]:
    """Cut a line at the finding's columns, which count UTF-8 bytes from 1."""
    data = text.encode("utf-8", "surrogatepass")
    start = min(max(finding.column - 1, 0), len(data))
    end = min(finding.end_column - 1, len(data)) if finding.end_line == finding.line else len(data)
    pieces = (data[:start], data[start:end], data[end:]) if end > start else (data, b"", b"")
    decoded = [piece.decode("utf-8", "surrogatepass" if _is_whole(piece) else "replace") for piece in pieces]
    return decoded[0], decoded[1], decoded[2]


def _is_whole(piece: bytes) -> bool:
    try:
        piece.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def source_link(index: PageIndex, path: str, line: int) -> str:
    """Return the address of a source line when the settings give a template, else "". Only https; everything is percent-encoded."""
    template = source_template(index)
    if not template:
        return ""
    return template.replace("{path}", _encoded(path)).replace("{line}", str(int(line)))


def source_template(index: PageIndex) -> str:
    """The template with project and commit filled in, "" when there is none or when it is not https."""
    template, project = index.options.source_url, index.analysis.project
    if not template or not template.startswith("https://") or (project.commit is None and "{commit}" in template):
        return ""
    filled = template.replace("{repo}", quote(_bytes(project.name), safe="")).replace(
        "{commit}", quote(project.commit or "", safe="")
    )
    return quote(filled, safe="%/:?#[]@!$&()*+,;=-._~{}")


def _encoded(path: str) -> str:
    return quote(_bytes(path), safe="/")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape" if all(not 0xD800 <= ord(c) < 0xDC80 for c in text) else "replace")
