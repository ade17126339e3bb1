"""Who uses whom, file by file, each edge with its evidence."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.facts import FunctionKind, Parameter
from rustplan.model.source import Language


class EdgeKind(str, Enum):
    """Why one file needs another."""

    CALL = "call"
    INCLUDE = "include"
    IMPORT = "import"
    TYPE = "type"
    GLOBAL = "global"
    JNI = "jni"
    IMPLEMENTS = "implements"


class Edge(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """`dependent` (a file) needs `dependency` (a file) because of `symbol`, first at `line` of the dependent, `count` times.

    `weight` is count times the kind's prior, divided by the number of candidates when the target is ambiguous.
    """

    dependent: str
    dependency: str
    kind: EdgeKind
    symbol: str
    line: int
    count: int = 1
    weight: float = 1.0
    is_ambiguous: bool = False


class Definition(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A function that another file uses: what a boundary must carry."""

    path: str
    name: str
    qualified_name: str
    line: int
    language: Language
    kind: FunctionKind = FunctionKind.FUNCTION
    parameters: tuple[Parameter, ...] = ()
    return_type: str = ""
    container: str = ""
    is_variadic: bool = False
    is_template: bool = False
    is_virtual: bool = False
    is_c_linkage: bool = False


class UnresolvedKind(str, Enum):
    """What an unresolved include, import or JNI symbol most likely is."""

    SYSTEM = "system"
    THIRD_PARTY = "third-party"
    GENERATED = "generated"
    COMPUTED = "computed"
    UNKNOWN = "unknown"


class Unresolved(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A reference that leads nowhere in the tree. `count` is the number of places; `path` and `line` the first of them."""

    reference: str
    edge: EdgeKind
    kind: UnresolvedKind
    path: str
    line: int
    count: int = 1


class LinkCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How references were resolved: the graph's own coverage."""

    resolved: int = 0
    ambiguous: int = 0
    external: int = 0
    unknown: int = 0


class CodeGraph(msgspec.Struct, frozen=True, kw_only=True):
    """Edges between files (sorted), the definitions they point at, and what could not be resolved."""

    edges: tuple[Edge, ...] = ()
    definitions: tuple[Definition, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    calls: LinkCounts = LinkCounts()
    includes: LinkCounts = LinkCounts()
