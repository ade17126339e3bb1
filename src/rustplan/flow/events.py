"""What the engine saw: one event is one fault with the names involved and the places that lead to it."""

from __future__ import annotations

from dataclasses import dataclass, field

Step = tuple[str, int, str]
"""One place of the chain: path ("" for the file at hand), byte offset, what happens there."""


@dataclass(slots=True)
class Event:
    """`kind` and `captures` are what rules ask for; `offset` is where it shows, `end` where that expression ends (-1: unknown).

    `doubt` counts the reasons to be less sure; `subject` tells events of one object apart from those of another;
    `about` is the number of that object while the function is being run.
    """

    kind: str
    path: str
    offset: int
    function: str
    captures: dict[str, str] = field(default_factory=dict)
    chain: tuple[Step, ...] = ()
    doubt: int = 0
    subject: str = ""
    about: int = 0


EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "out-of-bounds": (
        "an access that leaves its object; `cause` is constant, loop or input, `by` is index, pointer, copy or string, `side` before or after",
        ("access", "side", "by", "cause", "memory", "object", "size", "reach", "callee"),
    ),
    "use-after-release": ("an object is used after its release", ("object", "pointer", "use", "family")),
    "double-release": ("an object is released twice", ("object", "pointer", "family")),
    "invalid-release": ("what is released is no heap block, or not its start", ("object", "pointer", "memory", "why")),
    "mismatched-release": ("a block is released by another family than made it", ("object", "made_by", "released_by")),
    "leak": ("nothing points to a block any more", ("object", "family", "made_by")),
    "unchecked-allocation": (
        "a pointer that is null when the allocation fails is used untested",
        ("object", "pointer", "made_by", "use"),
    ),
    "null-dereference": ("a null pointer is used; `why` is assigned, tested or tested-later", ("pointer", "why")),
    "uninitialized-read": ("something is read that nothing was stored in", ("object", "memory", "how")),
    "integer-wrap": (
        "arithmetic leaves its type; `cause` is input, random or constant",
        ("operation", "type", "cause", "direction", "use"),
    ),
    "narrowing": ("a value does not fit the type that it is stored in", ("type", "from", "cause")),
    "sign-change": (
        "a negative number becomes a huge unsigned one, or the other way round",
        ("type", "from", "cause", "value"),
    ),
    "division-by-zero": ("a divisor is zero; `cause` is constant, input or random", ("operation", "divisor", "cause")),
    "bad-shift": (
        "a shift by less than none or by all the bits of the type",
        ("operation", "type", "amount", "cause", "by"),
    ),
    "negative-size": ("a value that may be negative becomes a size", ("callee", "cause", "widened", "argument")),
    "allocation-wrap": ("the size of an allocation wraps", ("callee", "operation", "cause", "size")),
    "input-allocation": ("input decides the size of an allocation", ("callee", "cause", "size")),
    "format-from-input": ("a format comes from input", ("callee", "source", "format")),
    "format-variable": ("a format is no literal", ("callee", "format")),
    "overlap": ("source and destination of a copy are the same object", ("callee", "object")),
    "unrelated-pointers": (
        "two pointers into different objects are subtracted or ordered",
        ("left", "right", "operation"),
    ),
    "type-confusion": ("an object is read as a type that it is not", ("object", "made_as", "read_as", "size")),
    "address-escape": ("the address of a local variable outlives it", ("object", "how")),
    "pointer-from-input": ("a pointer that input has overwritten is used", ("pointer", "source", "access")),
    "fixed-address": ("an integer is used as an address", ("address", "pointer")),
    "unterminated": ("a string function reads bytes that may have no terminator", ("object", "callee")),
    "sizeof-pointer": ("`sizeof` of a pointer stands for the size of what it leads to", ("pointer", "use")),
    "size-unit": ("bytes and elements are mixed up", ("expression", "element", "why")),
    "scaled-twice": ("a pointer is advanced by a number of bytes that is scaled again", ("pointer", "element")),
}
"""Kind -> what it means, and the captures that it has: what rules may name."""
