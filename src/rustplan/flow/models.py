"""What functions outside the scanned tree do: data in `rules/models/`, and in a user's own rules folder for the project's wrappers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec


class _Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Strict: an unknown key is an error."""


class Allocation(_Data, frozen=True, kw_only=True):
    """Returns a new block. `bytes` lists the arguments whose product is its size; `copy_of` the string it is a copy of.

    None of both: nobody knows the size. `at_most`: not more characters than that product are copied, and the terminator on top.
    `family` names who must release it; `fills`: what is in it; `may_fail`: null is possible and must be tested (not null but the number
    `fails_with` is what some return: then it is false).
    `memory`: `alloca` ends with the function and is not released; a `handle` (stream, descriptor, lock) has no bytes to look at.
    `into`: the pointer to it is stored through this argument, not returned. `when_null`: only when this argument is null; `returns` holds
    otherwise. `owned`: something else releases it in the end, so losing it is no leak. `fails_with`: the number returned on failure;
    `succeeds_with`: the only number returned on success.
    """

    family: str = "malloc"
    bytes: tuple[int, ...] = ()
    copy_of: int = 0
    at_most: tuple[int, ...] = ()
    fills: Literal["nothing", "zero", "copy", "input", "anything"] = "nothing"
    may_fail: bool = True
    memory: Literal["heap", "alloca", "handle"] = "heap"
    into: int = 0
    when_null: int = 0
    owned: bool = False
    fails_with: int | None = None
    succeeds_with: int | None = None


class Release(_Data, frozen=True, kw_only=True):
    """Releases the block that an argument points to: of `family`, or of one of `families` as well. Null is fine unless `non_null` names it.

    `through`: the argument is the address of the pointer, which is null afterwards.
    """

    argument: int
    family: str = "malloc"
    families: tuple[str, ...] = ()
    through: bool = False


class Reallocation(_Data, frozen=True, kw_only=True):
    """Releases the block of `argument` and returns a new one of the product of `bytes`, with the old content.

    When it fails (`may_fail`), it returns null and the old block lives on.
    """

    argument: int
    bytes: tuple[int, ...]
    family: str = "malloc"
    may_fail: bool = True


class Write(_Data, frozen=True, kw_only=True):
    """Writes through a pointer argument; a null one is skipped.

    How much: exactly the product of the arguments `bytes`; at most that of `at_most`; a string with its terminator (`string_of`: the
    argument it is copied from); with `string` alone a string of any length; `least` alone exactly that many units, beside others at least
    that many; with nothing the whole of what it points to, whatever its size. Of several limits the smallest holds.
    What: `input`, a copy of bytes (`copy_of`) or of a string (`string_of`), `fill` (the argument with the byte), `zeroes`, `string_from_input` (a pointer to such a string), else
    unknown. A copy of the argument itself is the old content, in another order or shorter. The source of a copy is read
    as far as it is copied, and what `append` goes on from is read as a string: `reads` does not name them.
    `string`: it is a string, and ends with its terminator where that comes before the limit. `terminates`: ends in a NUL within the limit.
    `beyond`: ends in a NUL that comes on top of the limit. `append`: starts at the end of the string that is there; the limit of
    `terminates` counts from the start of the object, that of `beyond` from there. `pads`: fills up to the limit.
    """

    argument: int
    bytes: tuple[int, ...] = ()
    at_most: tuple[int, ...] = ()
    string_of: int = 0
    copy_of: int = 0
    fill: int = 0
    input: bool = False
    string: bool = False
    terminates: bool = False
    append: bool = False
    pads: bool = False
    beyond: bool = False
    zeroes: bool = False
    string_from_input: bool = False
    least: int = 0


class Read(_Data, frozen=True, kw_only=True):
    """Reads through a pointer argument: exactly the product of `bytes`, or a string; with nothing whatever it points to.

    `at_most`: of a string, not more than that product, so it may go without a terminator. `alone`: it is a string when it is the only
    argument and leads to characters. A null argument is skipped.
    """

    argument: int
    bytes: tuple[int, ...] = ()
    at_most: tuple[int, ...] = ()
    string: bool = False
    alone: bool = False


class Returned(_Data, frozen=True, kw_only=True):
    """What comes back. Exactly one of the first six, or only a range.

    `argument`: that value itself (`or_null`: or null). `within`: a pointer into what that argument points to, or null. `length_of`: the length of
    that string. `number_in`: a number read from that string. `value_of`: a number made of that one. `input`: a number from outside. `random`: a number
    nobody can foresee. `string_from_input`: a string from outside that somebody else owns. `absolute_of`, `root_of`: of that number.
    `or_null` alone: a pointer to something that somebody else owns, or null. `at_most`: from `least` up to that argument's value;
    `at_most_bytes`: up to the product of those. `may_be_negative`: a negative number reports a failure.
    """

    argument: int = 0
    within: int = 0
    length_of: int = 0
    number_in: int = 0
    value_of: int = 0
    input: bool = False
    random: bool = False
    string_from_input: bool = False
    absolute_of: int = 0
    root_of: int = 0
    or_null: bool = False
    at_most: int = 0
    at_most_bytes: tuple[int, ...] = ()
    least: int | None = None
    most: int | None = None
    may_be_negative: bool = False


class Format(_Data, frozen=True, kw_only=True):
    """A format string: which argument, the first of its values (0: they come as a `va_list`), `printf` or `scanf`.

    `into` and `limit`: where `sprintf`-like ones write, and at most how many units with the terminator; not `terminates`: no terminator
    when the limit is reached. What `scanf` stores comes from the string `source`, or from outside.
    """

    argument: int
    first: int = 0
    style: Literal["printf", "scanf"] = "printf"
    into: int = 0
    limit: int = 0
    source: int = 0
    terminates: bool = True


class FunctionModel(_Data, frozen=True, kw_only=True):
    """What one function, or several of one kind, does. Arguments count from 1.

    `unit`: bytes of one unit of every length (4 for wide strings). `non_null`: arguments that must not be null. `keeps`: pointer arguments
    and handles that live on after the call, or that the callee takes over; nothing else escapes, and what `writes` does not name stays as
    it is. `no_overlap`: source and destination must not meet. `asserts`: the argument that is true afterwards; `asserts_not`: false.
    `ends`: does not return. `says`: what to call the input that it brings. `note`: a sentence for those who read the file. A name ending
    in `*` is a beginning.
    """

    names: tuple[str, ...]
    allocates: Allocation | None = None
    releases: Release | None = None
    reallocates: Reallocation | None = None
    writes: tuple[Write, ...] = ()
    reads: tuple[Read, ...] = ()
    returns: Returned | None = None
    format: Format | None = None
    non_null: tuple[int, ...] = ()
    keeps: tuple[int, ...] = ()
    unit: int = 1
    no_overlap: bool = False
    asserts: int = 0
    asserts_not: int = 0
    ends: bool = False
    says: str = ""
    note: str = ""


class ModelFile(_Data, frozen=True, kw_only=True):
    """One file of models. `note` says what is in it."""

    note: str = ""
    functions: tuple[FunctionModel, ...] = ()


class Models:
    """Models by name. A later file wins over an earlier one, an exact name over a beginning, a longer beginning over a shorter one."""

    def __init__(self, functions: Iterable[FunctionModel] = ()) -> None:
        self._exact: dict[str, FunctionModel] = {}
        prefixes: dict[str, FunctionModel] = {}
        for model in functions:
            for name in model.names:
                if name.endswith("*"):
                    prefixes[name[:-1]] = model
                else:
                    self._exact[name] = model
        self._prefixes = sorted(prefixes.items(), key=lambda item: (-len(item[0]), item[0]))
        self._found: dict[str, FunctionModel | None] = {}

    @property
    def names(self) -> frozenset[str]:
        """Every exact name."""
        return frozenset(self._exact)

    def get(self, name: str) -> FunctionModel | None:
        """The model of a function, or None."""
        found = self._exact.get(name)
        if found is not None:
            return found
        if name in self._found:
            return self._found[name]
        found = next((model for prefix, model in self._prefixes if name.startswith(prefix)), None)
        if len(self._found) < 50_000:
            self._found[name] = found
        return found
