"""What the reader's terminal can show, and the few strokes the text formats draw with."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec

from rustplan.report.escape import visible

STYLES = {
    "bold": "1",
    "dim": "2",
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "good": "32",
    "path": "36",
}
_ASCII = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "…": "...",
        "·": "|",
        "→": "-->",
        "⟨": "<",
        "⟩": ">",
        "\u00a0": " ",
        "\u202f": " ",
        "×": "x",
        "≥": ">=",
    }
)


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """Width in cells, whether colour is wanted, and whether more than ASCII can be shown."""

    width: int = 100
    is_colour: bool = False
    is_unicode: bool = True

    def paint(self, style: str, text: str) -> str:
        """`text` in a named style, or as it is."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.is_colour and text else text

    def plain(self, text: str) -> str:
        """Repository or catalogue text, with nothing hidden and only characters this terminal can show."""
        shown = visible(text)
        if self.is_unicode:
            return shown
        return shown.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")

    def fit(self, text: str, cells: int) -> str:
        """`text` cut to `cells` terminal cells, with an ellipsis in place of what was cut."""
        if width_of(text) <= cells:
            return text
        mark = "…" if self.is_unicode else "..."
        kept = ""
        for character in text:
            if width_of(kept + character) > cells - len(mark):
                break
            kept += character
        return kept + mark if cells > len(mark) else mark[:cells]

    def wrap(self, text: str, *, indent: str = "", first: str | None = None) -> list[str]:
        """Lines of at most `width` cells."""
        return textwrap.wrap(
            text,
            width=max(20, self.width),
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_long_words=True,
            break_on_hyphens=False,
        )


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A table column. `drop_below` hides it on narrower terminals; the one `is_flexible` column gives way first."""

    title: str
    is_right: bool = False
    is_flexible: bool = False
    drop_below: int = 0
    style: str = ""


def table(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of an aligned table, never wider than the terminal where the flexible column can give way."""
    shown = [position for position, column in enumerate(columns) if terminal.width >= column.drop_below]
    heads = [terminal.plain(columns[position].title) for position in shown]
    cells = [[terminal.plain(row[position]) for position in shown] for row in rows]
    widths = [max(map(width_of, column)) for column in zip(heads, *cells, strict=True)]
    gap = "  " if terminal.width >= 80 else " "
    spare = terminal.width - sum(widths) - len(gap) * (len(widths) - 1)
    flexible = next((at for at, position in enumerate(shown) if columns[position].is_flexible), None)
    if spare < 0 and flexible is not None:
        widths[flexible] = max(8, widths[flexible] + spare)
    lines = []
    for number, row in enumerate([heads, *cells]):
        parts = []
        for at, (position, text) in enumerate(zip(shown, row, strict=True)):
            column = columns[position]
            is_last = at == len(shown) - 1
            padded = _pad(terminal.fit(text, widths[at]), widths[at], is_right=column.is_right, is_last=is_last)
            parts.append(
                terminal.paint("dim" if number == 0 else column.style, padded)
                if number == 0 or column.style
                else padded
            )
        lines.append(gap.join(parts).rstrip())
    return lines


def width_of(text: str) -> int:
    """Terminal cells that `text` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _pad(text: str, width: int, *, is_right: bool, is_last: bool) -> str:
    space = " " * max(0, width - width_of(text))
    if is_right:
        return space + text
    return text if is_last else text + space
