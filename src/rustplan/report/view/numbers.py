"""Numbers as people read them: one way for every output, in English form, the same on every machine."""

from __future__ import annotations

NOT_ESTIMATED = "not estimated"
NO_BREAK = "\u00a0"


def whole(value: float) -> str:
    """Return a count with thousands separators: 12400 -> 12,400."""
    return f"{round(value):,}"


def decimal(value: float, digits: int = 1) -> str:
    """Return a measure with a fixed number of digits after the point; a zero carries no minus sign."""
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def compact(value: float) -> str:
    """Return a large count in three digits or so: 1762345 -> 1.76 M, 81234 -> 81.2 k, 950 -> 950."""
    for limit, unit in ((1_000_000, "M"), (10_000, "k")):
        if value >= limit:
            scale = 1_000_000 if unit == "M" else 1_000
            return f"{float(f'{value / scale:.3g}'):g}{NO_BREAK}{unit}"
    return whole(value)


def percent(share: float) -> str:
    """Return a 0-1 share in percent. What is not all never reads 100 %, what is not nothing never reads 0 %."""
    if share <= 0:
        return f"0{NO_BREAK}%"
    if share >= 1:
        return f"100{NO_BREAK}%"
    hundredths = share * 100
    if hundredths < 1:
        return f"<{NO_BREAK}1{NO_BREAK}%"
    if hundredths > 99:
        return f"{int(hundredths * 10) / 10:.1f}{NO_BREAK}%"
    return f"{hundredths:.0f}{NO_BREAK}%"


def effort_range(p10: float | None, p50: float | None, p90: float | None) -> str:
    """Return person-months as `P10-P90 (P50)`, for example 3.3-23.0 (8.5), with an en dash; never one number."""
    if p10 is None or p50 is None or p90 is None:
        return NOT_ESTIMATED
    return f"{decimal(p10)}–{decimal(p90)} ({decimal(p50)})"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun in the right number: 1 file, 2 files."""
    return f"{whole(count)} {noun if count == 1 else plural or noun + 's'}"


def size_of(count: float) -> str:
    """Return bytes in the unit a reader expects: 812 bytes, 12 kB, 3.4 MB."""
    if count < 1_000:
        return f"{count:.0f} bytes"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def listed(words: tuple[str, ...] | list[str]) -> str:
    """Return words as a sentence lists them: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]
