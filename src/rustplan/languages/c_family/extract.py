"""From captures to the facts of one C or C++ file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rustplan.languages.base import Matches, Prepared
from rustplan.languages.c_family.declarators import fold, without_template_arguments
from rustplan.languages.c_family.directives import includes, macros
from rustplan.languages.c_family.functions import Scope, describe_functions, find_functions, keywords_of
from rustplan.languages.c_family.names import address_taken, declarations_of, errno_uses, types_of, variables_of
from rustplan.languages.c_family.native_tables import native_tables
from rustplan.languages.coverage import coverage_of
from rustplan.languages.measures import measure
from rustplan.languages.regions import Regions
from rustplan.languages.text import Lines, blank_spans, count_between, replaced
from rustplan.model.facts import Call, FileFacts

_MAX_RECEIVER = 60
_SIMPLE_RECEIVER = re.compile(r"[\w.:*&>()\[\]-]+")


def extract_facts(prepared: Prepared, matches: Matches) -> FileFacts:
    """Facts of one file from the captures of the queries of its language."""
    directives = prepared.directives
    view = blank_spans(
        prepared.code, (span for span in prepared.masked if prepared.code[slice(*span)].strip(b" *\t\r\n"))
    )
    view = replaced(view, prepared.edits)
    lines = Lines(prepared.code)
    keywords = keywords_of(prepared.language)
    found, phantoms = find_functions(matches, view, keywords)
    loops = [
        (node.start_byte, node.end_byte) for node in (captures["loop"][0] for captures in matches.get("facts.loop", ()))
    ]
    regions = Regions([(one.start, one.end) for one in found], loops)
    functions = describe_functions(
        found,
        list(_scopes(matches, view)),
        prepared=prepared,
        view=view,
        lines=lines,
        regions=regions,
        branches=_branches(matches, loops, regions, len(found)),
    )
    declarations = declarations_of(matches, view, lines, regions, keywords)
    variables, local_names = variables_of(matches, view, lines, regions)
    return FileFacts(
        language=prepared.language,
        lines=lines.count,
        sloc=lines.sloc,
        coverage=coverage_of(prepared, matches, [(one.start, one.end) for one in found], phantoms),
        measures=measure(prepared.code, has_raw_memory=True),
        functions=functions,
        declarations=declarations,
        calls=tuple(_calls(matches, prepared, view, lines, regions, keywords)),
        includes=includes(prepared.original, directives, lines),
        types=types_of(matches, view, lines, regions),
        globals=variables,
        macros=macros(prepared.code, directives, lines),
        address_taken=address_taken(view, functions, declarations, local_names),
        native_links=native_tables(prepared.code, prepared.original, lines),
        errno_uses=errno_uses(prepared.code, lines),
    )


def _scopes(matches: Matches, view: bytes) -> Iterator[Scope]:
    """Everything around a function that gives it a name part or a property."""
    for captures in matches.get("facts.namespace", ()):
        body = captures["body"][0]
        name = captures["name"][0] if "name" in captures else None
        text = fold(view[name.start_byte : name.end_byte]) if name is not None else ""
        yield Scope(body.start_byte, body.end_byte, "namespace", text)
    for captures in matches.get("facts.type", ()):
        if "body" in captures:
            body = captures["body"][0]
            name = next(captures[kind][0] for kind in ("class", "struct", "union") if kind in captures)
            text = without_template_arguments(fold(view[name.start_byte : name.end_byte]))
            yield Scope(body.start_byte, body.end_byte, "class", text)
    for captures in matches.get("facts.template", ()):
        template = captures["template"][0]
        yield Scope(template.start_byte, template.end_byte, "template", "")
    for captures in matches.get("facts.linkage", ()):
        body, language = captures["body"][0], captures["language"][0]
        if language.text == b'"C"':
            yield Scope(body.start_byte, body.end_byte, "linkage", "C")


def _branches(matches: Matches, loops: Sequence[tuple[int, int]], regions: Regions, functions: int) -> list[int]:
    """Decisions of each function, those of functions inside it left out."""
    counts = [0] * (functions + 1)
    at = regions.at
    for captures in matches.get("facts.branch", ()):
        counts[at(captures["branch"][0].start_byte)[0]] += 1
    for start, _ in loops:
        counts[at(start)[0]] += 1
    return counts


def _calls(
    matches: Matches, prepared: Prepared, view: bytes, lines: Lines, regions: Regions, keywords: frozenset[str]
) -> Iterator[Call]:
    comments = list(prepared.comments)
    for captures in matches.get("facts.call", ()):
        qualifier = ""
        if "name" in captures:
            node = captures["name"][0]
            start = node.start_byte
            callee = view[start : node.end_byte].decode("utf-8", "replace")
        else:
            node = captures["qualified" if "qualified" in captures else "new"][0]
            start = node.start_byte
            qualifier, callee = _split(fold(view[start : node.end_byte]))
            if "new" in captures:
                qualifier = "new"
        if not callee or callee in keywords:
            continue
        if "receiver" in captures:
            qualifier = _receiver(captures["receiver"][0].start_byte, captures["receiver"][0].end_byte, view)
        arguments = captures["arguments"][0] if "arguments" in captures else None
        count = 0
        if arguments is not None:
            count = arguments.named_child_count
            span = (arguments.start_byte, arguments.end_byte)
            if count and comments and count_between(comments, span):
                count = sum(not child.is_extra for child in arguments.named_children)
        function, depth = regions.at(start)
        yield Call(callee, lines.at(start), function, count, qualifier, depth)


def _split(text: str) -> tuple[str, str]:
    """Qualifier and plain name of `ns::Class<T>::name<U>`; a leading `::` stays, because it says where the search begins."""
    qualifier, _, name = without_template_arguments(text.replace(":: ", "::").replace(" ::", "::")).rpartition("::")
    return qualifier, name.removeprefix("template ").strip()


def _receiver(start: int, end: int, view: bytes) -> str:
    """What a method is called on, when it is short enough to mean something."""
    if end - start > _MAX_RECEIVER:
        return ""
    text = fold(view[start:end])
    return text if _SIMPLE_RECEIVER.fullmatch(text) else ""
