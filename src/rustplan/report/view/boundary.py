"""The boundary block of a card: what crosses, by kind, and what each binding tool does with it."""

from __future__ import annotations

from rustplan.catalog.binding_tools import BindingTool, load_binding_tools
from rustplan.model.boundary import CrossingKind, Grade, HardCase, KindCount, ToolVerdict, Xray
from rustplan.model.roadmap import Boundary, Step
from rustplan.report.escape import clip, visible
from rustplan.report.view.frames import source_link
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, listed, whole
from rustplan.report.view.shapes import View
from rustplan.report.view.words import MECHANISM_WORDS, named

TEXT = 400
HARD = 12
PLACES = 3

KIND_WORDS = {
    CrossingKind.FUNCTION: "functions",
    CrossingKind.BUFFER: "buffers and plain pointers",
    CrossingKind.STRUCT_BY_VALUE: "structs by value",
    CrossingKind.STRUCT_BY_POINTER: "structs by pointer, layout shared",
    CrossingKind.OPAQUE_POINTER: "opaque pointers",
    CrossingKind.GLOBAL: "global variables",
    CrossingKind.CALLBACK: "callbacks",
    CrossingKind.MACRO: "macros used as functions",
    CrossingKind.INLINE: "functions with their body in a header",
    CrossingKind.ERRNO: "errno",
    CrossingKind.OWNERSHIP: "ownership: somebody must free",
    CrossingKind.THREAD: "threads",
    CrossingKind.VARIADIC: "variable arguments",
    CrossingKind.EXCEPTION: "exceptions",
    CrossingKind.METHOD: "C++ member functions",
    CrossingKind.CLASS_VALUE: "C++ classes by value",
    CrossingKind.TEMPLATE: "templates",
    CrossingKind.VIRTUAL: "virtual functions",
    CrossingKind.JAVA_STRING: "Java texts",
    CrossingKind.JAVA_OBJECT: "Java objects",
    CrossingKind.UNKNOWN: "signature not read",
}
GRADE_GLYPHS = {Grade.YES: "●", Grade.WITH_CARE: "▲", Grade.NO: "○", Grade.UNKNOWN: "?", Grade.BESIDE: "–"}


class KindRow(View, frozen=True, kw_only=True):
    """One kind: how many cross each way, and what each tool of the table does with it (glyph, word)."""

    words: str
    inbound: str
    outbound: str
    inferred: str
    cells: tuple[tuple[str, str], ...]


class ToolHead(View, frozen=True, kw_only=True):
    """One column: a tool, how much it carries, and where its limits are written."""

    name: str
    carries: str
    href: str


class HardRow(View, frozen=True, kw_only=True):
    """One crossing that the cheapest tools do not carry."""

    symbol: str
    kind: str
    grade: str
    because: str
    place: str
    href: str


class BoundaryView(View, frozen=True, kw_only=True):
    """The block of one step."""

    kind: str
    runner_up: str
    runner_up_because: str
    evidence: str
    counts: str
    cheapest: str
    because: str
    tools: tuple[ToolHead, ...]
    rows: tuple[KindRow, ...]
    others: str
    hard: tuple[HardRow, ...]
    hard_more: str
    advice: tuple[str, ...]


def build_boundary(index: PageIndex, step: Step) -> BoundaryView | None:
    """Return the block of a step; None where nothing crosses."""
    boundary, xray = step.boundary, step.boundary.xray
    if not xray.kinds:
        return None
    tools = load_binding_tools()
    serving = [verdict for verdict in xray.verdicts if carried(verdict) + verdict.no + verdict.unknown]
    asides = [name_of(tools.named(one.tool), one.tool) for one in xray.verdicts if one not in serving]
    return BoundaryView(
        kind=MECHANISM_WORDS.get(boundary.mechanism, named(boundary.mechanism)),
        runner_up=MECHANISM_WORDS.get(boundary.runner_up, named(boundary.runner_up)) if boundary.runner_up else "",
        runner_up_because=clip(visible(boundary.runner_up_because), TEXT),
        evidence=listed([f"{shown(one.path, 70)}:{one.line} ({one.what})" for one in boundary.evidence[:PLACES]]),
        counts=count_words(boundary),
        cheapest=cheapest_words(xray),
        because=clip(visible(xray.because), TEXT),
        tools=tuple(_head(tools.named(verdict.tool), verdict) for verdict in serving),
        rows=tuple(_row(kind, serving) for kind in xray.kinds),
        others=f"Made for other languages or directions: {', '.join(asides)}." if asides else "",
        hard=tuple(_hard(index, case) for case in xray.hard[:HARD]),
        hard_more=_more(max(0, len(xray.hard) - HARD) + xray.hard_more),
        advice=tuple(clip(visible(words), TEXT) for words in xray.advice),
    )


def count_words(boundary: Boundary) -> str:
    """Say how many crossings there are, and how sure they are."""
    inferred = sum(kind.inferred for kind in boundary.xray.kinds)
    words = f"{counted(len(boundary.crossings), 'crossing')} of functions and variables"
    if boundary.beside:
        words += f", and {counted(len(boundary.beside), 'macro or variable', 'macros and variables')} of headers, which carry no hours"
    if inferred:
        words += f"; {counted(inferred, 'mark')} inferred from names or not certain"
    return f"{words}."


def cheapest_words(xray: Xray) -> str:
    """Name the cheapest tools."""
    tools = load_binding_tools()
    return " + ".join(name_of(tools.named(name), name) for name in xray.cheapest)


def name_of(tool: BindingTool | None, name: str) -> str:
    """A tool's own name; a saved analysis may name one that this version does not know."""
    return tool.name if tool else visible(name)


def carried(verdict: ToolVerdict) -> int:
    """How many crossings a tool carries."""
    return verdict.yes + verdict.with_care


def _head(tool: BindingTool | None, verdict: ToolVerdict) -> ToolHead:
    served = carried(verdict) + verdict.no + verdict.unknown
    href = verdict.source if verdict.source.startswith("https://") else ""
    return ToolHead(
        name=name_of(tool, verdict.tool), carries=f"{whole(carried(verdict))} of {whole(served)}", href=href
    )


def _row(kind: KindCount, serving: list[ToolVerdict]) -> KindRow:
    grades = [dict(verdict.cells).get(kind.kind, Grade.BESIDE) for verdict in serving]
    return KindRow(
        words=KIND_WORDS[kind.kind],
        inbound=whole(kind.inbound),
        outbound=whole(kind.outbound),
        inferred=whole(kind.inferred),
        cells=tuple((GRADE_GLYPHS[grade], grade.value) for grade in grades),
    )


def _hard(index: PageIndex, case: HardCase) -> HardRow:
    return HardRow(
        symbol=shown(case.symbol, 60),
        kind=KIND_WORDS[case.kind],
        grade=f"{GRADE_GLYPHS[case.grade]} {case.grade.value}",
        because=visible(case.because),
        place=f"{shown(case.path, 70)}:{case.line}",
        href=source_link(index, case.path, case.line),
    )


def _more(number: int) -> str:
    return f"{whole(number)} more in crossings.csv and rustplan.json." if number > 0 else ""
