"""Checks of Java code and documents for signs that a team works around the collector: its words, pools, and what is reused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place
from rustplan.rulebook.text_view import TextView
from rustplan.syntax import Node

_MOST_MENTIONS = 200
_MOST_SHOWN = 8
_MOST_CLIMB = 1000
_MOST_MEMBERS = 400

_STRONG = re.compile(
    rb"(?i:\bGC[- ](?:pauses?|pressure|free|hiccups?|stalls?)\b|\bstop[- ]the[- ]world\b|\bgarbage[- ](?:free|less)\b|\bgarbage collect(?:ion|or) (?:pauses?|pressure|hiccups?)\b"
    rb"|\b(?:reduc|minimi[sz]|lower)\w{0,3} (?:the )?(?:GC|garbage)\b|\b(?:avoid|creat|produc|generat)\w{0,3} (?:less |no |any |much |more |unnecessary )?garbage\b(?![- ]collect)"
    rb"|\bzero[- ](?:alloc(?:ation)?s?|garbage|gc)\b|\b(?:allocation|alloc)[- ]free\b|\bno[- ]alloc\b|@NoAllocation\b)|\bSTW\b"
)
_WEAK = re.compile(rb"(?i:\bhumongous\b|\bjitter\b|\bp99(?:\.9{1,3}|9{0,2})?\b|\b99(?:\.9{1,2})?th percentile\b)")
_OF_COLLECTOR = re.compile(rb"(?i:\b(?:gc|g1|garbage|collector|heap|allocat\w{0,6}|latenc(?:y|ies)|pauses?)\b)")
_OF_RETRIES = re.compile(
    rb"(?i:\b(?:back-?off|retr(?:y|ies|ying)|random\w{0,4}|interval|schedul\w{0,4}|audio|video|rtp|packets?|network|timer|plot|points?)\b)"
)
_WORDS = frozenset(
    b"GC gc Gc STW stop Stop garbage Garbage zero Zero allocation Allocation alloc no-alloc NoAllocation no No humongous Humongous jitter Jitter "
    b"p99 P99 p999 99th percentile".split()
)
_COLLECTOR = frozenset((b"GC", b"gc", b"Gc", b"gC", b"STW"))
_STRONG_CORES = tuple(
    b"garbage|the world|the-world|zero alloc|zero-alloc|alloc free|alloc-free|allocation free|allocation-free|no alloc|no-alloc|noallocation".split(
        b"|"
    )
)
_WEAK_CORES = (b"humongous", b"jitter", b"p99", b"th percentile")
"""In lower case, of these a text holds one, or a word of the collector, wherever a phrase is found: looked for first, because it is cheap."""
_COMMENTS = ("line_comment", "block_comment")

_TAKE = re.compile(r"^(?:acquire|borrow|obtain|rent|lease|check[oO]ut)")
_GIVE = re.compile(
    r"^(?:release|returnObject|returnBuffer|returnInstance|returnTo\w*|recycle|giveBack|putBack|check[iI]n|free|restore)\w{0,12}$"
)
_PLAIN = frozenset(
    [
        "void",
        "boolean",
        "int",
        "long",
        "short",
        "byte",
        "char",
        "float",
        "double",
        "Boolean",
        "Integer",
        "Long",
        "String",
        "Void",
    ]
)
_NO_POOL = re.compile(r"Lock|Semaphore|Latch|Permit|Token|Lease|Ticket|Session|Mutex")


def gc_phrase(place: Place, file: FileView) -> Place | None:
    """Keep a document's line, or a file whose comments, speak of pauses of the collector or of making no garbage."""
    return _phrase(place, file, _STRONG, needs_context=False)


def latency_phrase(place: Place, file: FileView) -> Place | None:
    """Keep a document's line, or a file whose comments, speak of jitter, p99 or humongous objects beside latency or the collector."""
    return _phrase(place, file, _WEAK, needs_context=True)


def shown_name(place: Place, file: FileView) -> Place | None:
    """Show the receiver and the method as the name."""
    receiver = place.captures.get("receiver")
    callee = file.text(place.captures["callee"])
    place.captures = {**place.captures, "name": f"{file.name(receiver)}.{callee}" if receiver is not None else callee}
    return place


def named_by_callee(place: Place, file: FileView) -> Place | None:
    """Show the method as the name."""
    place.captures = {**place.captures, "name": file.text(place.captures["callee"])}
    return place


def pool_pair(place: Place, file: FileView) -> Place | None:
    """Keep a class whose methods hand out objects of a type and take that type back."""
    name = place.node.child_by_field_name("name") if place.node is not None else None
    body = place.node.child_by_field_name("body") if place.node is not None else None
    if body is None or name is None or _NO_POOL.search(file.text(name)):
        return None
    methods = [child for child in body.named_children[:_MOST_MEMBERS] if child.type == "method_declaration"]
    given = {type_ for method in methods for type_ in _taken_back(method, file)}
    for method in methods:
        taken = _handed_out(method, file)
        if taken and taken in given:
            captures = {**place.captures, "name": f"{file.text(name)} of {taken}"}
            return Place(None, captures, fact_line=place.line)
    return None


def reused_field(place: Place, file: FileView) -> Place | None:
    """Keep the emptying of an object that a field of the class around holds."""
    receiver = place.captures.get("receiver")
    if receiver is None or place.node is None:
        return None
    name = file.text(receiver).removeprefix("this.").strip()
    if not name.isidentifier():
        return None
    for body in _bodies(place.node):
        for member in body.named_children[:_MOST_MEMBERS]:
            if member.type == "field_declaration" and name in _declared(member, file):
                place.captures = {**place.captures, "name": f"{name}.{file.text(place.captures['callee'])}"}
                return place
    return None


def _phrase(place: Place, file: FileView, phrases: re.Pattern[bytes], *, needs_context: bool) -> Place | None:
    if isinstance(file, TextView):
        line = file.lines[place.line - 1].encode()
        found = phrases.search(line)
        if found is None or (needs_context and not _is_about_collector(line)):
            return None
        return Place(None, {**place.captures, "name": _shown(found)}, fact_line=place.line)
    if place.node is None or file.words.isdisjoint(_WORDS):
        return None
    lowered = file.source.lower()
    cores = _WEAK_CORES if needs_context else _STRONG_CORES
    if (needs_context or file.words.isdisjoint(_COLLECTOR)) and not any(core in lowered for core in cores):
        return None
    mentions = list(_in_comments(place.node, file, phrases, needs_context=needs_context))
    if not mentions:
        return None
    (line_number, name), *others = mentions
    related = tuple(RelatedLocation(number, f"speaks of `{word}`") for number, word in others[:_MOST_SHOWN])
    return Place(None, {**place.captures, "name": name}, fact_line=line_number, related=related)


def _in_comments(
    root: Node, file: FileView, phrases: re.Pattern[bytes], *, needs_context: bool
) -> Iterator[tuple[int, str]]:
    """Line and words of each mention in a comment, one for a line."""
    source, last = file.source, 0
    for number, found in enumerate(phrases.finditer(source)):
        if number == _MOST_MENTIONS:
            return
        node = root.descendant_for_byte_range(found.start(), found.end())
        is_annotation = found.group().startswith(b"@") and node is not None and "annotation" in node.type
        if node is None or not (node.type in _COMMENTS or is_annotation):
            continue
        line = source.count(b"\n", 0, found.start()) + 1
        if line == last:
            continue
        around = source[max(0, found.start() - 200) : found.end() + 200]
        if not needs_context or _is_about_collector(around):
            last = line
            yield line, _shown(found)


def _is_about_collector(text: bytes) -> bool:
    return _OF_COLLECTOR.search(text) is not None and _OF_RETRIES.search(text) is None


def _shown(found: re.Match[bytes]) -> str:
    return found.group().decode("utf-8", "replace")


def _handed_out(method: Node, file: FileView) -> str:
    """The type of the objects that a method like `acquire` hands out; empty when it is none."""
    name, type_ = method.child_by_field_name("name"), method.child_by_field_name("type")
    if name is None or type_ is None or not _TAKE.match(file.text(name)):
        return ""
    written = file.name(type_)
    return "" if written in _PLAIN else written


def _taken_back(method: Node, file: FileView) -> Iterator[str]:
    """The types that a method like `release` takes."""
    name, parameters = method.child_by_field_name("name"), method.child_by_field_name("parameters")
    if name is None or parameters is None or not _GIVE.match(file.text(name)):
        return
    for parameter in parameters.named_children[:8]:
        type_ = parameter.child_by_field_name("type")
        if type_ is not None:
            yield file.name(type_)


def _bodies(node: Node) -> Iterator[Node]:
    """The class bodies around a node, the innermost first."""
    at = node.parent
    for _ in range(_MOST_CLIMB):
        if at is None:
            return
        if at.type == "class_body":
            yield at
        at = at.parent


def _declared(member: Node, file: FileView) -> Iterator[str]:
    for declarator in member.children_by_field_name("declarator"):
        name = declarator.child_by_field_name("name")
        if name is not None:
            yield file.text(name)
