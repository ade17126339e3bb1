"""The public C and C++ API of a library: functions that code outside the repository may call, read from headers that are meant to be included.

Nobody inside the repository need call such a function, so calls alone would make the border of a library look empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rustplan.model.code_graph import CodeGraph, Definition, EdgeKind
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role
from rustplan.plan.wording import count, name_list

HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++")
PRIVATE_FOLDERS = frozenset({"internal", "private", "detail", "impl", "priv", "src"})
TESTING = (Role.TEST, Role.EXAMPLE)
BEYOND = "outside this repository"
C_ABI_RULE = "exported-c-abi"
SHARE_UNCALLED = 0.25
SHARE_UNCALLED_BY_TESTS_ONLY = 0.5
"""A header that offers much more than the repository itself calls is written for others; tests also include private headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicApi:
    """Public functions by component, and the words that say how they were recognised."""

    functions: Mapping[str, tuple[Definition, ...]]
    because: Mapping[str, str]
    uncounted: frozenset[str]
    """Components with functions that nobody calls, in a tree without a header that was recognised as public."""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Public headers by the component whose functions they declare, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """A header with the functions of the repository that it declares."""

    path: str
    functions: tuple[tuple[FileScan, Function], ...]
    sign: str
    share_needed: float


def find_public_api(scan: TreeScan, components: ComponentGraph, graph: CodeGraph) -> PublicApi:
    """Return the public functions of every component."""
    owner = {path: component.name for component in components.components for path in component.files}
    called = _called(scan, graph)
    defined = _defined(scan)
    headers = [
        header
        for header in _likely_headers(scan, graph, defined)
        if _share_uncalled(header.functions, called) >= header.share_needed
    ]
    functions: dict[str, dict[tuple[str, int], Definition]] = defaultdict(dict)
    declared: dict[str, dict[_Header, set[tuple[str, int]]]] = defaultdict(lambda: defaultdict(set))
    for header in headers:
        for file, function in header.functions:
            name, place = owner.get(file.path, ""), (file.path, function.start_line)
            functions[name][place] = _definition(file, function)
            declared[name][header].add(place)
    return PublicApi(
        functions={name: tuple(found[place] for place in sorted(found)) for name, found in functions.items()},
        because={name: _because(by_header, len(functions[name])) for name, by_header in declared.items()},
        headers={name: tuple(sorted(header.path for header in by_header)) for name, by_header in declared.items()},
        uncounted=frozenset() if headers else _with_uncalled(defined, called, owner, _handed_over(scan)),
    )


def _called(scan: TreeScan, graph: CodeGraph) -> set[tuple[str, str]]:
    """File and symbol of what a source file other than its own calls."""
    sources = {file.path for file in scan.files if file.role is Role.SOURCE}
    return {
        (edge.dependency, edge.symbol)
        for edge in graph.edges
        if edge.kind is not EdgeKind.INCLUDE and edge.dependent in sources and edge.dependent != edge.dependency
    }


def _handed_over(scan: TreeScan) -> set[str]:
    """Names of functions whose address is taken: somebody inside calls them through a pointer."""
    return {name for file in scan.files for name in file.facts.address_taken}


def _defined(scan: TreeScan) -> dict[str, list[tuple[FileScan, Function]]]:
    """Functions with external linkage in C and C++ files of role source that are no headers, by plain name."""
    found: dict[str, list[tuple[FileScan, Function]]] = defaultdict(list)
    for file in scan.files:
        if file.role is Role.SOURCE and file.facts.language.is_memory_unsafe and not file.path.endswith(HEADERS):
            for function in file.facts.functions:
                if function.is_exported and function.has_body and function.name != "main":
                    found[function.name].append((file, function))
    return found


def _likely_headers(
    scan: TreeScan, graph: CodeGraph, defined: Mapping[str, Sequence[tuple[FileScan, Function]]]
) -> list[_Header]:
    """Headers with a sign of being public: of the strongest kind of sign that the tree has, by path."""
    roles = {file.path: file.role for file in scan.files}
    included: dict[str, set[Role]] = defaultdict(set)
    for edge in graph.edges:
        if edge.kind is EdgeKind.INCLUDE and roles.get(edge.dependent) in TESTING:
            included[edge.dependency].add(roles[edge.dependent])
    by_rank: dict[int, list[_Header]] = defaultdict(list)
    for file in scan.files:
        if file.role is Role.SOURCE and file.facts.language.is_memory_unsafe and file.path.endswith(HEADERS):
            rank, sign = _sign(file, included.get(file.path, set()))
            functions = _declared_functions(file, defined) if sign else ()
            if functions:
                share = _share_needed(file.path, rank)
                by_rank[rank].append(_Header(path=file.path, functions=functions, sign=sign, share_needed=share))
    return by_rank[min(by_rank)] if by_rank else []


_SIGNS = (
    "below a folder `include`",
    'which offers functions as `extern "C"`',
    "which examples include",
    "which tests include",
)


def _sign(file: FileScan, included_by: set[Role]) -> tuple[int, str]:
    """Rank and words of the strongest sign that a header is public; no words without one."""
    folders = file.path.split("/")[:-1]
    below = folders[folders.index("include") + 1 :] if "include" in folders else []
    signs = (
        "include" in folders and not PRIVATE_FOLDERS.intersection(below),
        any(finding.rule == C_ABI_RULE for finding in file.findings),
        Role.EXAMPLE in included_by,
        Role.TEST in included_by,
    )
    rank = next((rank for rank, holds in enumerate(signs) if holds), len(_SIGNS))
    return rank, _SIGNS[rank] if rank < len(_SIGNS) else ""


def _share_needed(path: str, rank: int) -> float:
    """Least share of uncalled functions: none below `include/<name>/`, which only headers to be installed have a use for."""
    if rank == 0 and not path.rpartition("/")[0].endswith("include"):
        return 0.0
    return SHARE_UNCALLED_BY_TESTS_ONLY if rank == len(_SIGNS) - 1 else SHARE_UNCALLED


def _declared_functions(
    header: FileScan, defined: Mapping[str, Sequence[tuple[FileScan, Function]]]
) -> tuple[tuple[FileScan, Function], ...]:
    """Functions of the repository that a header declares; a method counts when the header declares its class too."""
    classes = {item.name for item in header.facts.types}
    names = sorted({item.name for item in header.facts.declarations})
    return tuple(
        (file, function)
        for name in names
        for file, function in defined.get(name, ())
        if not function.container or function.container.rpartition("::")[2] in classes
    )


def _share_uncalled(functions: Sequence[tuple[FileScan, Function]], called: set[tuple[str, str]]) -> float:
    uncalled = sum(1 for file, function in functions if not _is_called(file, function, called))
    return uncalled / len(functions)


def _is_called(file: FileScan, function: Function, called: set[tuple[str, str]]) -> bool:
    return (file.path, function.name) in called or (file.path, function.qualified_name) in called


def _with_uncalled(
    defined: Mapping[str, Sequence[tuple[FileScan, Function]]],
    called: set[tuple[str, str]],
    owner: Mapping[str, str],
    handed_over: set[str],
) -> frozenset[str]:
    """Components with an exported function that no other file calls: dead code or an interface, and nothing tells which."""
    return frozenset(
        owner.get(file.path, "")
        for name, found in defined.items()
        for file, function in found
        if name not in handed_over and not _is_called(file, function, called)
    )


def _definition(file: FileScan, function: Function) -> Definition:
    return Definition(
        path=file.path,
        name=function.name,
        qualified_name=function.qualified_name,
        line=function.start_line,
        language=file.facts.language,
        kind=function.kind,
        parameters=function.parameters,
        return_type=function.return_type,
        container=function.container,
        is_variadic=function.is_variadic,
        is_template=function.is_template,
        is_virtual=function.is_virtual,
        is_c_linkage=function.is_c_linkage,
    )


def _because(by_header: Mapping[_Header, set[tuple[str, int]]], number: int) -> str:
    ranked: Iterable[_Header] = sorted(by_header, key=lambda header: (-len(by_header[header]), header.path))
    headers = list(ranked)
    where = name_list([header.path for header in headers], most=3)
    return f"Public API: {count(number, 'function')} declared in {where}, {headers[0].sign}."
