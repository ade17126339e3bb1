"""How a component too large to plan for may fall apart, for its card."""

from __future__ import annotations

from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, decimal, listed, percent, whole
from rustplan.report.view.shapes import View

_PARTS, _FILES = 8, 4


class SplitView(View, frozen=True, kw_only=True):
    """A suggestion in a sentence, and a row a part: its name, lines, files."""

    words: str
    parts: tuple[tuple[str, str, str], ...]
    more: str = ""


def build_split(index: PageIndex, component: str) -> SplitView | None:
    """Return the suggested split of a component, None when there is none that is stable."""
    found = next((one for one in index.analysis.graph.suggestions if one.component == component), None)
    if found is None:
        return None
    words = (
        f"By who uses whom it may fall into {counted(len(found.parts), 'part')} (modularity {decimal(found.modularity, 2)}; "
        f"{whole(found.runs)} runs agree to {percent(found.agreement)}). A suggestion: nothing was divided by it."
    )
    rows = tuple((shown(part.name, 40), whole(part.sloc), _files(part.files)) for part in found.parts[:_PARTS])
    left = len(found.parts) - _PARTS
    notes = [counted(left, "smaller part")] if left > 0 else []
    notes += [f"{counted(found.loose, 'file')} that nothing ties to a part"] if found.loose else []
    return SplitView(words=words, parts=rows, more=f"Besides: {listed(notes)}." if notes else "")


def _files(paths: tuple[str, ...]) -> str:
    names = [shown(path.rpartition("/")[2], 40) for path in paths[:_FILES]]
    more = f" and {whole(len(paths) - _FILES)} more" if len(paths) > _FILES else ""
    return f"{', '.join(names)}{more}"
