"""Checks that a pattern cannot express: small functions on the nodes of one function, by the names that rules use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rustplan.rulebook.checks import allocation, bounds, formats, lifetime, structure
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place


@dataclass(frozen=True, slots=True)
class Check:
    """A check: what it decides in a sentence, the captures it adds, the node types whose ranges it needs."""

    run: Callable[[Place, FileView], Place | None]
    says: str
    captures: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


CHECKS: Mapping[str, Check] = {
    "index-past-extent": Check(
        bounds.index_past_extent,
        "a constant index, or that of a counting loop, reaches the extent of a local array",
        ("array", "extent", "index", "reach"),
        ("for_statement", "sizeof_expression"),
    ),
    "sizeof-pointer-as-size": Check(
        bounds.sizeof_pointer_as_size,
        "`sizeof` of a pointer stands for the size of what it points to",
        ("pointer", "declared"),
    ),
    "no-room-for-terminator": Check(
        bounds.no_room_for_terminator,
        "the block is sized by `strlen` alone and a string is then copied into it",
        ("buffer", "copier"),
    ),
    "sized-by-source": Check(
        bounds.sized_by_source,
        "the length of a copy into a local array is that of the source, which nothing compared before",
        ("extent",),
    ),
    "unterminated-size": Check(
        bounds.advanced_by_return,
        "the variable that the return value advances is used later and never compared",
        (),
        ("for_statement", "while_statement", "do_statement"),
    ),
    "format-count": Check(
        formats.wrong_count,
        "the conversions of a literal format and the arguments differ in number",
        ("wanted", "given"),
    ),
    "format-variable": Check(
        formats.from_variable, "the format is a string variable that something else than literals may fill", ()
    ),
    "format-from-input": Check(
        formats.from_input, "the format is a variable that was filled from input earlier in the function", ("source",)
    ),
    "used-after-release": Check(
        lifetime.used_after_release,
        "the released pointer is read again, in the same block, before anything is assigned to it",
        ("pointer", "use"),
    ),
    "released-twice": Check(
        lifetime.released_twice,
        "the pointer is released again, in the same block, before anything is assigned to it",
        ("pointer",),
    ),
    "returns-local-address": Check(
        lifetime.returns_local_address,
        "what is returned is the address of a local variable, and the function returns a pointer",
        ("local", "declared"),
        ("lambda_expression",),
    ),
    "frees-no-heap": Check(
        allocation.frees_no_heap, "what is freed is a local array, the address of a local, or a literal", ("what",)
    ),
    "mismatched-release": Check(
        allocation.mismatched_release,
        "the one place that gives the pointer its value allocates in another way than this releases",
        ("pointer", "made_by", "released_by"),
    ),
    "null-not-fatal": Check(
        allocation.null_not_fatal,
        "the failure does not end the program at once, and no copy of the old pointer was taken",
    ),
    "unsafe-handler": Check(
        structure.unsafe_handler,
        "a function of this file, given as signal handler, calls what POSIX does not list as async-signal-safe",
        ("handler", "called"),
    ),
    "written-global": Check(
        structure.written_global, "some function of this file assigns the variable or counts it up", ()
    ),
    "no-body-here": Check(structure.no_body_here, "the struct's body is not in this file", ()),
    "table-of-functions": Check(
        structure.table_of_functions, "the struct has three or more function-pointer members", ("slots",)
    ),
    "variable-extent": Check(
        structure.variable_extent,
        "the extent of the array names a parameter or a local that is not constant",
        ("extent",),
    ),
    "alloca-extent": Check(structure.alloca_extent, "always; it shows what is allocated", ("extent",)),
    "loop-in-function": Check(
        structure.loop_in_function,
        "a loop of the same function stands around the place or after it",
        (),
        ("for_statement", "while_statement", "do_statement", "enhanced_for_statement"),
    ),
    "assembles-integers": Check(
        structure.assembles_integers, "the function has a byte pointer and a length, and joins bytes to integers", ()
    ),
    "bytes-with-length": Check(
        structure.bytes_with_length, "the function takes a pointer to bytes, and a length by value", ()
    ),
}
