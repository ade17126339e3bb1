"""What binding tools do with each kind of crossing: `catalog/binding_tools.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from rustplan.catalog.reading import load_catalogue
from rustplan.errors import CatalogError
from rustplan.model.boundary import CrossingKind, Grade

NOT_STATED = "Not stated in the documentation that was read."
OTHER_SIDE = "Made for another language or the other direction."
_DIRECTIONS = ("calls", "called-by")


class Cell(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a tool does with a kind; `source` is a key of the tool's sources."""

    grade: Grade
    source: str
    because: str


class BindingTool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tool: the languages that Rust calls through it, those that call Rust, and its cells.

    `setup` is a prior for what it takes to have it in a build (1 to 5); `read` says which version of its documentation was read.
    """

    id: str
    name: str
    read: str
    what: str
    calls: tuple[str, ...]
    called_by: tuple[str, ...]
    setup: int
    sources: dict[str, str]
    covers: dict[str, Cell]

    @property
    def source(self) -> str:
        """The first of its sources, which stands for all."""
        return next(iter(self.sources.values()))

    def serves(self, abi: str, *, calls_rust: bool) -> bool:
        """True when the tool is made for a language in a direction."""
        return abi in (self.called_by if calls_rust else self.calls)

    def cell(self, kind: CrossingKind, *, calls_rust: bool) -> Cell:
        """Return what it does with a kind; unknown where nothing is written."""
        direction = _DIRECTIONS[calls_rust]
        known = self.covers.get(f"{kind.value}.{direction}") or self.covers.get(kind.value)
        return known or Cell(Grade.UNKNOWN, "", NOT_STATED)

    def source_of(self, cell: Cell) -> str:
        """The address behind a cell, "" where nothing is written."""
        return self.sources.get(cell.source, "")


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points that rank sets of tools: for a crossing left to a shim by hand, for one that needs care, for each step of setup."""

    left: int
    with_care: int
    setup: int


class BindingTools(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All tools, in the order in which equals are preferred."""

    version: str
    checked: str
    source: str
    weights: Weights
    tools: tuple[BindingTool, ...]

    def named(self, name: str) -> BindingTool | None:
        """Return the tool with an id."""
        return next((tool for tool in self.tools if tool.id == name), None)


@lru_cache(maxsize=1)
def load_binding_tools() -> BindingTools:
    """Return the shipped tools. Raises CatalogError when they are missing, malformed, or name a kind or source that is none."""
    found = load_catalogue("binding_tools.yaml", BindingTools)
    kinds = {kind.value for kind in CrossingKind}
    for tool in found.tools:
        for key, cell in tool.covers.items():
            kind, _, direction = key.partition(".")
            if kind not in kinds or (direction and direction not in _DIRECTIONS) or cell.source not in tool.sources:
                raise CatalogError(
                    f"catalog/binding_tools.yaml: {tool.id}: {key} names an unknown kind, direction or source",
                    hint="reinstall rustplan: pip install --force-reinstall rustplan",
                )
    return found
