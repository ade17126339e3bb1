"""From person-months to projected quarters, only when the team and the start are given. Committed dates stay the owner's."""

from __future__ import annotations

import math
import re

from rustplan.model.options import PlanOptions

MONTH = re.compile(r"(\d{4})-(\d{2})")


def capacity_words(options: PlanOptions) -> tuple[str, str]:
    """Return the capacity in words and why, or an empty capacity and what is missing."""
    missing = [
        name
        for name, value in (
            ("engineers", options.engineers),
            ("start", options.start),
            ("availability", options.availability),
        )
        if value is None
    ]
    months = monthly(options)
    if missing or months is None:
        what = ", ".join(missing) or "a positive capacity"
        return "", f"No quarter is projected: {what} not given. Set engineers, start and availability together."
    return (
        f"{options.engineers} engineers at {options.availability:.0%} from {options.start}: {months:.1f} person-months a month",
        "Projected from these three numbers, waves one after the other at the median; committed dates are the owner's.",
    )


def monthly(options: PlanOptions) -> float | None:
    """Return the person-months a month brings, None when the team or the start is not (fully) given."""
    if options.engineers is None or options.availability is None or options.start is None:
        return None
    if not MONTH.fullmatch(options.start) or options.engineers * options.availability <= 0:
        return None
    return options.engineers * options.availability


def projected_quarters(options: PlanOptions, before: float, median: float, high: float) -> str | None:
    """Return `Q1 2027 to Q3 2027 (Q1 2028 if effort is at P90)` for a wave after `before` person-months of work."""
    months = monthly(options)
    if months is None or options.start is None:
        return None
    first = _quarter(options.start, before / months)
    last = _quarter(options.start, (before + median) / months)
    late = _quarter(options.start, (before + high) / months)
    span = first if first == last else f"{first} to {last}"
    return f"projected {span}" + (f" ({late} if its effort is at P90)" if late != last else "")


def _quarter(start: str, months_later: float) -> str:
    """Return the quarter that holds the month a time after the start."""
    matched = MONTH.fullmatch(start)
    year, month = (int(matched[1]), int(matched[2])) if matched else (0, 1)
    index = year * 12 + (month - 1) + math.floor(months_later)
    return f"Q{index % 12 // 3 + 1} {index // 12}"
