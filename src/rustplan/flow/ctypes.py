"""C types as the engine needs them: sizes, signs, members. The data model is LP64 (Linux, macOS); a size that is not known is None."""

from __future__ import annotations

from collections.abc import Iterable

INT, FLOAT, POINTER, ARRAY, STRUCT, UNION, FUNCTION, VOID, REFERENCE, UNKNOWN = range(10)

POINTER_SIZE = 8
_MAX_MEMBERS = 2000


class CType:
    """One type. `size` in bytes. `target` is what a pointer, array or reference leads to, or what a function returns.

    `count` is the extent of an array (None when it is not a constant). `members` maps a name to (offset, type) for a struct or union with
    a known layout; it is None while the layout is not known, and then members are told apart by name only.
    """

    __slots__ = (
        "bits",
        "count",
        "hi",
        "is_bool",
        "is_char",
        "is_const",
        "is_flexible",
        "is_record",
        "kind",
        "lo",
        "members",
        "name",
        "signed",
        "size",
        "target",
    )

    def __init__(
        self,
        kind: int,
        *,
        name: str = "",
        size: int | None = None,
        signed: bool = True,
        target: CType | None = None,
        count: int | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.size = size
        self.signed = signed
        self.target = target
        self.count = count
        self.members: dict[str, tuple[int | None, CType]] | None = None
        self.is_const = False
        self.is_char = False
        self.is_bool = False
        self.is_flexible = False
        """`x[]`, or an extent of 0: as long as the memory behind it."""
        self.is_record = kind in (STRUCT, UNION)
        self.bits = 8 * (size or 0)
        self.lo = -(1 << (self.bits - 1)) if signed and self.bits else 0
        self.hi = (1 << (self.bits - 1)) - 1 if signed and self.bits else (1 << self.bits) - 1

    def __repr__(self) -> str:
        return f"<{self.text}>"

    @property
    def text(self) -> str:
        """The type as C would write it, near enough for a message."""
        if self.kind in (POINTER, REFERENCE) and self.target is not None:
            mark = "*" if self.kind == POINTER else "&"
            inner = self.target.text
            return inner + mark if inner.endswith(("*", "&")) else f"{inner} {mark}"
        if self.kind == ARRAY and self.target is not None:
            return f"{self.target.text}[{'' if self.count is None else self.count}]"
        return self.name or "?"

    @property
    def element_size(self) -> int | None:
        """Bytes of what a pointer or array leads to; 1 for `void *`; None when unknown."""
        target = self.target
        if target is None:
            return None
        return 1 if target.kind in (VOID, FUNCTION) else target.size

    def alignment(self) -> int:
        """Alignment in bytes on LP64, 1 when unknown."""
        if self.kind == ARRAY and self.target is not None:
            return self.target.alignment()
        if self.members is not None:
            return max((member.alignment() for _, member in self.members.values()), default=1)
        return min(self.size or 1, 16)


def _integer(name: str, size: int, signed: bool, *, is_char: bool = False) -> CType:
    made = CType(INT, name=name, size=size, signed=signed)
    made.is_char = is_char
    return made


CHAR = _integer("char", 1, True, is_char=True)
SCHAR = _integer("signed char", 1, True)
UCHAR = _integer("unsigned char", 1, False)
BOOL = _integer("bool", 1, False)
BOOL.is_bool = True
SHORT = _integer("short", 2, True)
USHORT = _integer("unsigned short", 2, False)
SIGNED = _integer("int", 4, True)
UNSIGNED = _integer("unsigned int", 4, False)
LONG = _integer("long", 8, True)
ULONG = _integer("unsigned long", 8, False)
SIZE = _integer("size_t", 8, False)
SSIZE = _integer("ssize_t", 8, True)
WCHAR = _integer("wchar_t", 4, True)
FLOAT32 = CType(FLOAT, name="float", size=4)
DOUBLE = CType(FLOAT, name="double", size=8)
LDOUBLE = CType(FLOAT, name="long double", size=16)
NOTHING = CType(VOID, name="void", size=None)
UNKNOWN_TYPE = CType(UNKNOWN)

_NAMED: dict[str, CType] = {"void": NOTHING, "float": FLOAT32, "double": DOUBLE, "long double": LDOUBLE}


def _name(type_: CType, names: str) -> None:
    for name in names.split():
        _NAMED[name] = type_


_name(BOOL, "bool _Bool")
_name(CHAR, "char CHAR TCHAR gchar")
_name(SCHAR, "int8_t s8 __s8 __int8 int_least8_t Sint8 gint8 INT8")
_name(
    UCHAR, "uint8_t u8 __u8 byte BYTE UCHAR u_char uchar u_int8_t uint_least8_t Uint8 guchar guint8 UINT8 char8_t uint8"
)
_name(SHORT, "short int16_t s16 __s16 SHORT __int16 gint16 Sint16 INT16 int16")
_name(
    USHORT,
    "uint16_t u16 __u16 __be16 __le16 WORD USHORT u_short ushort u_int16_t in_port_t guint16 Uint16 UINT16 uint16 char16_t",
)
_name(
    SIGNED,
    "int int32_t s32 __s32 INT LONG32 BOOL gint gint32 Sint32 INT32 int32 pid_t sig_atomic_t gboolean __int32 int_fast32_t key_t",
)
_name(
    UNSIGNED,
    "unsigned uint32_t u32 __u32 __be32 __le32 uint UINT DWORD ULONG u_int u_int32_t in_addr_t socklen_t uid_t gid_t mode_t guint guint32 "
    "Uint32 UINT32 uint32 char32_t wint_t gunichar",
)
_name(
    LONG,
    "long int64_t s64 __s64 off_t loff_t time_t intmax_t intptr_t ptrdiff_t off64_t clock_t LONGLONG INT64 gint64 glong __int64 int64 suseconds_t",
)
_name(
    ULONG,
    "uint64_t u64 __u64 __be64 __le64 ulong u_long ULONGLONG DWORD64 uintmax_t uintptr_t UINT64 guint64 gulong u_int64_t uint64 dev_t ino_t",
)
_name(SIZE, "size_t SIZE_T gsize rsize_t std::size_t")
_name(SSIZE, "ssize_t SSIZE_T gssize")
_name(WCHAR, "wchar_t WCHAR")


def named(name: str) -> CType | None:
    """The type of a name that the language, POSIX or a platform's own headers define."""
    return _NAMED.get(name)


_WORD_VALUES = {"unsigned", "signed", "long", "short", "int", "char", "double", "__int64", "__signed__", "__signed"}


def sized(words: Iterable[str]) -> CType:
    """The type of a list of words such as `unsigned long int`."""
    known = [word for word in words if word in _WORD_VALUES]
    is_unsigned = "unsigned" in known
    if "char" in known:
        return UCHAR if is_unsigned else (SCHAR if "signed" in known else CHAR)
    if "double" in known:
        return LDOUBLE if "long" in known else DOUBLE
    if "short" in known:
        return USHORT if is_unsigned else SHORT
    if "long" in known or "__int64" in known:
        return ULONG if is_unsigned else LONG
    return UNSIGNED if is_unsigned else SIGNED


_POINTERS: dict[int, tuple[CType, CType]] = {}


def pointer_to(target: CType) -> CType:
    """The type of a pointer to `target`; the same object for the same target."""
    found = _POINTERS.get(id(target))
    if found is None or found[0] is not target:
        made = CType(POINTER, size=POINTER_SIZE, signed=False, target=target)
        if len(_POINTERS) > 20_000:
            _POINTERS.clear()
        _POINTERS[id(target)] = (target, made)
        return made
    return found[1]


def reference_to(target: CType) -> CType:
    """The type of a C++ reference to `target`."""
    return CType(REFERENCE, size=POINTER_SIZE, signed=False, target=target)


def array_of(target: CType, count: int | None) -> CType:
    """An array type; its size is known when the extent and the element are."""
    size = count * target.size if count is not None and target.size is not None else None
    return CType(ARRAY, size=size, target=target, count=count)


def lay_out(record: CType, members: Iterable[tuple[str, CType]]) -> None:
    """Give a struct or union its members in the order declared. A member of unknown size leaves the layout unknown."""
    placed: dict[str, tuple[int | None, CType]] = {}
    offset, widest, largest = 0, 1, 0
    for name, type_ in members:
        if (type_.size is None and not type_.is_flexible) or len(placed) >= _MAX_MEMBERS:
            return
        step = max(1, type_.alignment())
        offset = -(-offset // step) * step if record.kind == STRUCT else 0
        if not name and type_.members is not None:
            for inner, (at, inner_type) in type_.members.items():
                placed[inner] = (None if at is None else offset + at, inner_type)
        else:
            placed[name] = (offset, type_)
        widest, largest = max(widest, step), max(largest, type_.size or 0)
        offset += type_.size or 0
    total = offset if record.kind == STRUCT else largest
    record.members = placed
    record.size = -(-total // widest) * widest
    record.bits = 8 * record.size


def promoted(type_: CType) -> CType:
    """The type after the integer promotions."""
    return SIGNED if type_.kind == INT and type_.size is not None and type_.size < 4 else type_


def common(left: CType, right: CType) -> CType:
    """The type of an arithmetic operation on two operands (usual arithmetic conversions); unknown when one is not arithmetic."""
    if left is right and left.kind == INT and left.bits >= 32:
        return left
    if left.kind == FLOAT or right.kind == FLOAT:
        return left if right.kind != FLOAT or (left.kind == FLOAT and left.bits >= right.bits) else right
    if left.kind != INT or right.kind != INT:
        return UNKNOWN_TYPE
    a, b = promoted(left), promoted(right)
    if a.bits != b.bits:
        return a if a.bits > b.bits else b
    return b if a.signed else a
