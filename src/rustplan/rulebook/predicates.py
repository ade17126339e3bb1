"""What `where:` can say of a capture: one small test per key, compiled once, cheapest first."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.languages.types import LocalType
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.patterns import MAX_TEXT, compiled, found
from rustplan.rulebook.place import Captured, Place, bare
from rustplan.rulebook.written import Count, TypeTest, Where
from rustplan.syntax import Node

Test = Callable[[Place, FileView], bool]


def compile_where(where: Where) -> Test:
    """Join the keys of one `where` entry into one test; a capture that the match did not make meets nothing."""
    tests = [make(value) for key, make in _TESTS.items() if (value := getattr(where, key)) not in ((), "", None)]
    capture = where.capture
    if len(tests) == 1:
        return _only(capture, tests[0])

    def holds(place: Place, file: FileView) -> bool:
        captured = place.captures.get(capture)
        if captured is None:
            captured = _built_in(capture, place, file)
        if captured is None:
            return False
        for test in tests:  # noqa: SIM110 - the innermost loop of a scan: a generator here costs a fifth of the matching
            if not test(captured, place, file):
                return False
        return True

    return holds


def _only(capture: str, test: _CaptureTest) -> Test:
    """One test of a capture: what most entries are."""

    def holds(place: Place, file: FileView) -> bool:
        captured = place.captures.get(capture)
        if captured is None:
            captured = _built_in(capture, place, file)
        return captured is not None and test(captured, place, file)

    return holds


def _built_in(capture: str, place: Place, file: FileView) -> str | None:
    """What every place has: the path of its file, and the plain name of its function (empty at file level)."""
    if capture == "path":
        return file.path
    if capture != "function":
        return None
    function = file.function_at(place.line)
    return "" if function is None else function.name


def compile_arguments(count: Count) -> Test:
    """Test the number of arguments of a call."""

    def holds(place: Place, _file: FileView) -> bool:
        listed = place.captures.get("arguments")
        if listed is None or isinstance(listed, str):
            return False
        number = sum(child.type != "comment" for child in listed.named_children)
        return number >= count.at_least and (count.at_most is None or number <= count.at_most)

    return holds


_CaptureTest = Callable[[Captured, Place, FileView], bool]


def _in(names: tuple[str, ...]) -> _CaptureTest:
    allowed = frozenset(names)
    return lambda captured, _place, file: file.name(captured) in allowed


def _not_in(names: tuple[str, ...]) -> _CaptureTest:
    refused = frozenset(names)
    return lambda captured, _place, file: file.name(captured) not in refused


def _matches(pattern: str) -> _CaptureTest:
    expression = compiled(pattern)
    return lambda captured, _place, file: found(expression, _head(captured, file))


def _not_matches(pattern: str) -> _CaptureTest:
    expression = compiled(pattern)
    return lambda captured, _place, file: not found(expression, _head(captured, file))


def _head(captured: Captured, file: FileView) -> str:
    """The first characters of a capture; a long one is not decoded whole."""
    if isinstance(captured, str):
        return captured
    end = min(captured.end_byte, captured.start_byte + 4 * MAX_TEXT)
    return file.source[captured.start_byte : end].decode("utf-8", "replace")


def _is(kinds: tuple[str, ...]) -> _CaptureTest:
    allowed = frozenset(kinds)
    return lambda captured, _place, _file: not isinstance(captured, str) and not allowed.isdisjoint(_kinds(captured))


def _is_not(kinds: tuple[str, ...]) -> _CaptureTest:
    refused = frozenset(kinds)
    return lambda captured, _place, _file: isinstance(captured, str) or refused.isdisjoint(_kinds(captured))


def _kinds(node: Node) -> tuple[str, str]:
    """The node's own type, and that under its parentheses and casts."""
    inner = bare(node)
    return node.type, node.type if inner is None else inner.type


def _inside(kinds: tuple[str, ...]) -> _CaptureTest:
    return lambda captured, _place, file: not isinstance(captured, str) and file.enclosing(captured, kinds) is not None


def _not_inside(kinds: tuple[str, ...]) -> _CaptureTest:
    return lambda captured, _place, file: isinstance(captured, str) or file.enclosing(captured, kinds) is None


def _same_as(other: str) -> _CaptureTest:
    def holds(captured: Captured, place: Place, file: FileView) -> bool:
        twin = place.captures.get(other)
        return twin is not None and file.name(captured) == file.name(twin)

    return holds


def _not_same_as(other: str) -> _CaptureTest:
    same = _same_as(other)
    return lambda captured, place, file: not same(captured, place, file)


def _type(wanted: TypeTest) -> _CaptureTest:
    def holds(captured: Captured, place: Place, file: FileView) -> bool:
        node = place.node if isinstance(captured, str) else captured
        local = None if node is None else file.local(node, file.name(captured))
        if wanted.known is False:
            return local is None
        return local is not None and _has_type(local, wanted)

    return holds


def _has_type(local: LocalType, wanted: TypeTest) -> bool:
    claims = (
        (wanted.pointer, local.is_pointer),
        (wanted.array, local.is_array),
        (wanted.parameter, local.is_parameter),
        (wanted.static, local.is_static),
    )
    if any(claim is not None and claim != truth for claim, truth in claims):
        return False
    if wanted.matches and not found(compiled(wanted.matches), local.type):
        return False
    return not (wanted.not_matches and found(compiled(wanted.not_matches), local.type))


def _tested(wanted: bool) -> _CaptureTest:
    def holds(captured: Captured, place: Place, file: FileView) -> bool:
        node = place.node if isinstance(captured, str) else captured
        return node is not None and file.is_tested_before(node, file.name(captured)) == wanted

    return holds


def _defined_here(wanted: bool) -> _CaptureTest:
    return lambda captured, _place, file: (file.name(captured) in file.names_defined) == wanted


_TESTS: dict[str, Callable[..., _CaptureTest]] = {
    "in_": _in,
    "not_in": _not_in,
    "is_": _is,
    "is_not": _is_not,
    "same_as": _same_as,
    "not_same_as": _not_same_as,
    "matches": _matches,
    "not_matches": _not_matches,
    "defined_here": _defined_here,
    "type": _type,
    "inside": _inside,
    "not_inside": _not_inside,
    "tested": _tested,
}
