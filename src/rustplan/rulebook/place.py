"""A place of the source that a rule may be about, and how its parts are read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from rustplan.model.finding import RelatedLocation
from rustplan.syntax import Node

Captured = Node | str
"""A captured node, or the text of a fact that has none."""

MAX_WALKED = 20_000
"""Nodes one walk visits at most: hostile nesting must end."""
_SHOWN = 60

Span = tuple[int, int, int, int]
"""First line and column, last line and the column behind the last character; all counted from 1, columns in bytes."""


class Lines:
    """Where the lines of a text begin: byte offsets as lines and columns."""

    def __init__(self, text: bytes) -> None:
        self._starts = [0]
        start = text.find(b"\n")
        while start >= 0:
            self._starts.append(start + 1)
            start = text.find(b"\n", start + 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte, both counted from 1."""
        line = bisect_right(self._starts, max(0, offset))
        return line, max(0, offset) - self._starts[line - 1] + 1


class Place:
    """What one match found: the node the finding stands on (None for a fact or an event), the captures, the evidence.

    Several matchers look at one match, so `captures` is shared; a check replaces it by a copy of its own. A check of the latency track may
    say how many bytes the place allocates (`size`; None leaves it at the measured cost) and in which share of its runs (`share`).
    """

    __slots__ = ("captures", "fact_line", "node", "related", "share", "size", "span_of_event")

    def __init__(
        self,
        node: Node | None,
        captures: dict[str, Captured],
        *,
        fact_line: int = 0,
        related: tuple[RelatedLocation, ...] = (),
        span: Span | None = None,
    ) -> None:
        self.node = node
        self.captures = captures
        self.fact_line = fact_line if span is None else span[0]
        self.related = related
        self.span_of_event = span
        self.size: float | None = None
        self.share = 1.0

    @property
    def line(self) -> int:
        """Line of the node, the fact or the event, counted from 1."""
        return self.fact_line if self.node is None else self.node.start_point[0] + 1

    @property
    def span(self) -> Span:
        """What the finding covers; a fact has its line only."""
        if self.node is None:
            return self.span_of_event or (self.fact_line, 1, self.fact_line, 1)
        return span_of(self.node)


def span_of(node: Node) -> Span:
    """The lines and columns that a node covers."""
    return node.start_point[0] + 1, node.start_point[1] + 1, node.end_point[0] + 1, node.end_point[1] + 1


def line_of(node: Node) -> int:
    """Line of the first character, counted from 1."""
    return node.start_point[0] + 1


def walk(root: Node, limit: int = MAX_WALKED) -> Iterator[Node]:
    """Yield `root` and everything below it, in document order; stops after `limit` nodes."""
    cursor = root.walk()
    for _ in range(limit):
        node = cursor.node
        if node is not None:
            yield node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def ancestor(node: Node, kinds: tuple[str, ...]) -> Node | None:
    """The nearest node of one of these types within ten steps up; for the few places where ranges of the whole file cost more."""
    parent = node.parent
    for _ in range(10):
        if parent is None or parent.type in kinds:
            return parent
        parent = parent.parent
    return None


def bare(node: Node | None) -> Node | None:
    """The expression without the parentheses and casts around it."""
    for _ in range(64):
        if node is None or node.type not in ("parenthesized_expression", "cast_expression"):
            break
        inner = node.child_by_field_name("value") if node.type == "cast_expression" else node.named_child(0)
        node = inner
    return node


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call, comments left out."""
    listed = call.child_by_field_name("arguments")
    return [] if listed is None else [child for child in listed.named_children if child.type != "comment"]


def shown(text: str) -> str:
    """A capture as a message prints it: one line, at most 60 characters."""
    folded = " ".join(text.split())
    return folded if len(folded) <= _SHOWN else folded[: _SHOWN - 1] + "…"
