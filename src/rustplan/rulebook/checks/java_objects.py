"""What Java code makes with `new`: objects, arrays and collections, who of the rules tells of which, and whether they leave the method."""

from __future__ import annotations

import re

from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.java_nodes import constructor_of, runs_per_object
from rustplan.rulebook.java_types import plain
from rustplan.rulebook.place import Place, arguments_of
from rustplan.syntax import Node

LOOPS = ("for_statement", "while_statement", "do_statement", "enhanced_for_statement")
SMALL_ARRAY = 64
"""Elements up to which the compiler may keep an array off the heap."""
HUGE = 512 * 1024
"""Bytes from which an object fills half a region of the smallest heaps."""
LISTS = frozenset(("ArrayList", "ArrayDeque", "PriorityQueue", "Stack", "Vector", "CopyOnWriteArrayList"))
MAPS = frozenset(
    (
        *("HashMap", "HashSet", "LinkedHashMap", "LinkedHashSet", "TreeMap", "TreeSet", "IdentityHashMap", "Hashtable"),
        *("ConcurrentHashMap", "ConcurrentSkipListMap", "Properties"),
    )
)
BUILDERS = frozenset(("StringBuilder", "StringBuffer", "ByteArrayOutputStream", "CharArrayWriter", "StringWriter"))
_QUEUES = frozenset(
    (
        *("LinkedList", "LinkedBlockingQueue", "LinkedBlockingDeque", "ConcurrentLinkedQueue", "ConcurrentLinkedDeque"),
        "LinkedTransferQueue",
    )
)
_OF_OTHER_RULES = frozenset(
    (
        *("String", "Integer", "Long", "Short", "Byte", "Character", "Boolean", "Float", "Double"),
        *("SoftReference", "WeakReference", "PhantomReference", "WeakHashMap", "ThreadLocal"),
        *("SimpleDateFormat", "BigDecimal", "BigInteger", "Date", "GregorianCalendar", "DecimalFormat"),
        *("Pair", "Tuple", "Tuple2", "Tuple3", "ImmutablePair", "SimpleEntry", "SimpleImmutableEntry"),
    )
)
_THROWN = re.compile(r"(?:Exception|Error|Throwable)$")
_GETTER = re.compile(rb"\.\s?(?:(?:get|is|has)[A-Z]\w{0,60}|length|size|\w{1,60})\s?(\(\s?\))?(.?)")
_ADDS = re.compile(rb"\.\s?(?:add|addAll|addLast|addFirst|put|putAll|append|write|offer|push|print|println)\s?\(")
_FILLS = frozenset((b"add", b"put"))
_GROWING = re.compile(
    r"^(?:Array)?(?:List|Deque|Collection|Queue)$|^(?:ArrayList|ArrayDeque|PriorityQueue|Vector|Stack)$"
)
_SIZES = {"byte": 1, "boolean": 1, "char": 2, "short": 2, "int": 4, "float": 4, "long": 8, "double": 8}
_HEADER, _REFERENCE, _UNIT = 16, 4, 8
_NUMBER = re.compile(rb"(?:0[xX][0-9a-fA-F_]{1,10}|\d[\d_]{0,12})[lL]?")
_MAX_FACTORS = 16


def object_leaves(place: Place, file: FileView) -> Place | None:
    """An object that no other rule tells of and that leaves the method or is made in a loop."""
    made = _plain_object(place, file)
    if made is None or made.node is None:
        return None
    parent = made.node.parent
    if parent is not None and parent.type in ("return_statement", "argument_list", "array_initializer"):
        return made if file.function_of(made.node) is not None else None
    if file.enclosing(made.node, LOOPS) is not None:
        return made
    name = assigned_name(made.node, file)
    is_kept = name and file.function_of(made.node) is not None and not file.java.is_local(name, made.node)
    return made if is_kept else None


def object_made(place: Place, file: FileView) -> Place | None:
    """Any other object that no other rule tells of."""
    return _plain_object(place, file)


def sized_collection(place: Place, file: FileView) -> Place | None:
    """A collection or builder that is made with a capacity."""
    argument = place.captures.get("argument1")
    if place.node is None or file.function_of(place.node) is None or argument is None or isinstance(argument, str):
        return None
    return place if file.java.of(argument) in ("int", "long", "short", "byte") or _names_size(argument, file) else None


def copied_collection(place: Place, file: FileView) -> Place | None:
    """A collection made of another one."""
    argument = place.captures.get("argument1")
    if place.node is None or file.function_of(place.node) is None or argument is None or isinstance(argument, str):
        return None
    if sized_collection(place, file) is not None or argument.type in ("lambda_expression", "method_reference"):
        return None
    known = file.java.of(argument)
    place.share = 1.0
    if known is not None and re.search(r"Comparator|Class|String|Locale", plain(known)):
        return None
    return place


def filled_collection(place: Place, file: FileView) -> Place | None:
    """A collection without capacity that the method fills in a loop, or a map that it fills at all."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None or arguments_of(node):
        return None
    return place if _is_filled(node, function, file) else None


def unsized_builder(place: Place, file: FileView) -> Place | None:
    """A builder or stream of bytes without capacity."""
    if place.node is None or not runs_per_object(place.node, file):
        return None
    argument = place.captures.get("argument1")
    return None if argument is not None and sized_collection(place, file) is not None else place


def grows_collection(place: Place, file: FileView) -> Place | None:
    """An element goes into a collection that another place made; local ones are told of where they are made."""
    receiver = place.captures.get("receiver")
    node = place.node
    if node is None or receiver is None or isinstance(receiver, str) or file.function_of(node) is None:
        return None
    known = file.java.of(receiver)
    if known is None or (not _GROWING.match(plain(known)) and not re.search(r"(?:Map|Set)$", plain(known))):
        return None
    if receiver.type == "identifier" and file.java.is_local(file.text(receiver), node):
        declared = file.java.declaration(file.text(receiver), node)
        value = None if declared is None else declared.value(node)
        if value is not None and value.type == "object_creation_expression":
            function = file.function_of(node)
            if arguments_of(value) or (function is not None and _is_filled(value, function, file)):
                return None
    return place


def new_array(place: Place, file: FileView) -> Place | None:
    """An array of an extent that is not constant, or of a constant one that is large or leaves the method."""
    node = place.node
    if node is None or not runs_per_object(node, file):
        return None
    length = _extent(node, file)
    if length is None:
        return place
    place.size = float(_aligned(_HEADER + length * _element_size(node, file)))
    if place.size >= HUGE:
        return None
    if length <= SMALL_ARRAY and not _leaves(node, file):
        return None
    return None if length == 0 else place


def variable_array(place: Place, file: FileView) -> Place | None:
    """An array whose extent is not constant."""
    node = place.node
    return None if node is None or _extent(node, file) is not None else new_array(place, file)


def listed_array(place: Place, file: FileView) -> Place | None:
    """`{a, b}` behind a declaration in a method, of more elements than stay off the heap, or leaving the method."""
    node = place.node
    if (
        node is None
        or node.parent is None
        or node.parent.type != "variable_declarator"
        or file.function_of(node) is None
    ):
        return None
    name = assigned_name(node, file)
    place.size = float(_aligned(_HEADER + node.named_child_count * _REFERENCE))
    return place if node.named_child_count > SMALL_ARRAY or (name and escapes(name, node, file)) else None


def huge_array(place: Place, file: FileView) -> Place | None:
    """An array of a constant extent of half a megabyte or more."""
    node = place.node
    if node is None:
        return None
    if node.type == "method_invocation":
        argument = place.captures.get("argument1")
        length = None if argument is None or isinstance(argument, str) else constant(argument, file)
        element = 1
    else:
        length, element = _extent(node, file), _element_size(node, file)
    if length is None or length * element < HUGE:
        return None
    place.size = float(_aligned(_HEADER + length * element))
    place.captures["bytes"] = f"{int(place.size):,}"
    return place


def assigned_name(node: Node, file: FileView) -> str:
    """The name that a value becomes, at once or under a cast: a local, or a field without its `this.`; empty for none."""
    holder = node.parent
    for _ in range(4):
        if holder is None or holder.type not in ("parenthesized_expression", "cast_expression", "ternary_expression"):
            break
        holder = holder.parent
    if holder is not None and holder.type in ("variable_declarator", "resource"):
        name = holder.child_by_field_name("name")
        return "" if name is None else file.text(name)
    if holder is not None and holder.type == "assignment_expression":
        left = holder.child_by_field_name("left")
        return "" if left is None else file.name(left).removeprefix("this.")
    return ""


def escapes(name: str, node: Node, file: FileView) -> bool:
    """True unless every mention of the local after `node` reads a member, an element or its length, or compares it."""
    function = file.function_of(node)
    if function is None or not file.java.is_local(name, node):
        return True
    for at in file.java.mentions(name, function):
        if at < node.end_byte:
            continue
        before, after = file.java.around_mention(at, len(name))
        if not _keeps_home(before, after):
            return True
    return False


def constant(node: Node, file: FileView) -> int | None:
    """The value of a product or shift of literals and of constants of this file; None for anything else."""
    text = file.java.code_of(node.start_byte, min(node.end_byte, node.start_byte + 200))
    return _folded(text, file, 0)


def _folded(text: bytes, file: FileView, depth: int) -> int | None:
    factors = re.split(rb"\*|<<", text)
    signs = re.findall(rb"\*|<<", text)
    if len(factors) > _MAX_FACTORS or depth > 4:
        return None
    total: int | None = None
    for sign, factor in zip([b"", *signs], factors, strict=True):
        value = _factor(factor.strip(b" ()\t\r\n"), file, depth)
        if value is None:
            return None
        total = value if total is None else total * value if sign == b"*" else total << min(value, 40)
        if total > 1 << 40:
            return None
    return total


def _factor(text: bytes, file: FileView, depth: int) -> int | None:
    if _NUMBER.fullmatch(text):
        digits = text.replace(b"_", b"").rstrip(b"lL")
        return int(digits, 16 if digits[:2] in (b"0x", b"0X") else 10)
    name = text.decode("utf-8", "replace").rpartition(".")[2]
    return file.java.constant_value(name, lambda written: _folded(written, file, depth + 1))


def _plain_object(place: Place, file: FileView) -> Place | None:
    node = place.node
    kind = place.captures.get("class")
    if node is None or kind is None:
        return None
    function = file.function_of(node)
    if function is None and not constructor_of(node, file):
        return None
    name = file.text(kind)
    if name in _OF_OTHER_RULES or name in BUILDERS or name in _QUEUES or _THROWN.search(name):
        return None
    if any(child.type == "class_body" for child in node.named_children):
        return None
    given = arguments_of(node)
    if (name in LISTS or name in MAPS) and (given or (function is not None and _is_filled(node, function, file))):
        return None
    parent = node.parent
    if parent is not None and parent.type in ("variable_declarator", "assignment_expression"):
        local = assigned_name(node, file)
        if local and not escapes(local, node, file):
            return None
    if parent is not None and parent.type in ("field_access", "throw_statement"):
        return None
    return place


def _is_filled(node: Node, function: Node, file: FileView) -> bool:
    name = assigned_name(node, file)
    if not name or not file.java.is_local(name, node):
        return False
    kind = node.child_by_field_name("type")
    is_map = kind is not None and plain("".join(file.text(kind).split())) in MAPS
    for at in file.java.mentions(name, function):
        if at <= node.end_byte:
            continue
        _, after = file.java.around_mention(at, len(name))
        if _ADDS.match(after) and (is_map or file.is_within(LOOPS, at, function)):
            return True
    return False


def _keeps_home(before: bytes, after: bytes) -> bool:
    if after[:1] == b".":
        match = _GETTER.match(after)
        return match is not None and (match.group(1) is not None or match.group(2) != b"(")
    if after[:1] == b"[" or after[:2] in (b"==", b"!=") or before[-2:] in (b"==", b"!="):
        return True
    return after[:1] == b"=" and before[-1:] in (b"", b";", b"{", b"}", b")")


def _leaves(node: Node, file: FileView) -> bool:
    name = assigned_name(node, file)
    if name:
        return escapes(name, node, file)
    parent = node.parent
    return parent is None or parent.type not in ("array_access", "field_access")


def _extent(node: Node, file: FileView) -> int | None:
    """The number of elements of an array creation where it is constant; of several dimensions their product."""
    listed = node.child_by_field_name("value")
    if listed is not None:
        return listed.named_child_count
    total = 1
    for child in node.children:
        if child.type == "dimensions_expr":
            value = constant(child.named_children[-1], file) if child.named_child_count else None
            if value is None:
                return None
            total *= value
    return total


def _element_size(node: Node, file: FileView) -> int:
    kind = node.child_by_field_name("type")
    has_more = sum(child.type in ("dimensions", "dimensions_expr") for child in node.children) > 1
    last_open = any(child.type == "dimensions" for child in node.children) and node.child_by_field_name("value") is None
    if has_more and last_open:
        return _REFERENCE
    return _REFERENCE if kind is None else _SIZES.get(file.text(kind), _REFERENCE)


def _aligned(size: int) -> int:
    return (size + _UNIT - 1) // _UNIT * _UNIT


def _names_size(argument: Node, file: FileView) -> bool:
    return re.search(r"(?i)(?:size|length|capacity|count)(?:\(\))?$", file.name(argument)[-60:]) is not None
