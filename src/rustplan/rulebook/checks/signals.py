"""Checks of what code and build files say about the context: own ciphers, local sockets, hand-written decoders, flags in use."""

from __future__ import annotations

import re
from functools import lru_cache

from rustplan.model.source import Role
from rustplan.rulebook.build_options import dialect_of
from rustplan.rulebook.checks import structure
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place
from rustplan.rulebook.text_view import TextView

_LEAST_CONSTANTS = 2
_CONSTANTS = {
    "SHA-256": (b"6a09e667", b"bb67ae85", b"428a2f98", b"71374491", b"c67178f2"),
    "SHA-512": (b"6a09e667f3bcc908", b"428a2f98d728ae22", b"7137449123ef65cd"),
    "SHA-1": (b"5a827999", b"6ed9eba1", b"8f1bbcdc", b"ca62c1d6"),
    "MD5": (b"d76aa478", b"e8c7b756", b"eb86d391", b"f57c0faf"),
    "ChaCha": (b"61707865", b"3320646e", b"79622d32", b"6b206574"),
    "AES": (b"c66363a5", b"f87c7c84", b"a5c66363", b"51f4a750"),
    "DES": (b"1010400", b"1010404", b"80108020", b"208020"),
    "Blowfish": (b"243f6a88", b"85a308d3", b"d1310ba6"),
}
_HEX = re.compile(rb"0(?<!\w0)[xX]([0-9a-fA-F]{6,16})(?![0-9a-fA-F])")
_S_BOX = re.compile(rb"0x63,\s{0,40}0x7c,\s{0,40}0x77,\s{0,40}0x7b", re.IGNORECASE)
_SIGMA = re.compile(rb"\"expand (?:32|16)-byte k\"")

_LOCAL_SOCKET = re.compile(rb"\b(?:[AP]F_(?:UNIX|LOCAL)|sockaddr_un)\b")
_NETWORK_SOCKET = re.compile(rb"\b(?:[AP]F_INET6?|sockaddr_in6?|getaddrinfo|gethostbyname|sockaddr_storage)\b")

_BYTE_TYPE = re.compile(r"(?i)\b(?:\w{0,40}byte|u_char|\w{0,40}u(?:int)?8)(?:_t)?\b|\bunsigned char\b")
_POINTER_NAME = re.compile(r"(?i)\b(?:\w{0,40}byte_?p(?:tr)?|lpc?byte|pbyte)\b")
_BYTE_SWITCH = re.compile(r"\bswitch\s{0,4}\(\s{0,4}(?:\*\s{0,2}\w|\(?\s{0,2}\w{1,40}\s{0,4}\[|\*\w{1,40}\+\+)")
_BYTE_CASE = re.compile(r"\bcase\s{1,4}(?:0[xX][0-9a-fA-F]|[A-Z][A-Z0-9_]{2})")
_FETCH = re.compile(
    r"\b\w{0,20}(?:get|read|load|peek|fetch|rd|parse|extract)_?(?:un_?aligned_?)?u?(?:int)?_?(?:[bl]e_?(?:16|24|32|64)|(?:16|24|32|64)_?[bl]e)\w{0,6}\s{0,2}\(",
    re.IGNORECASE,
)
_LOCAL_BYTES = re.compile(
    rb"[;{}/]\s{1,80}(?:\w{1,20}\s{1,4}){0,2}(?:unsigned\s{1,4}char|uint8_t|u_char|u8|Bytef?|\w{1,20}byte)\s{1,4}(?:\w{1,10}\s{0,4})?\*\s{0,4}\w"
)
_ADVANCE = re.compile(r"\b(\w{1,40})\s{0,4}\+=\s{0,4}(\w{1,40})\s{0,4};")
_MOST_ADVANCES = 50

_ONLY_ASKED = re.compile(
    r"(?i)\bcheck_\w{0,30}flags?\b|\bAC_MSG_|AS_HELP_STRING|\bmessage\s{0,4}\(|\bno(?:t)? support|^\s{0,40}@?echo\b"
)
_PLACES = (
    (re.compile(r"\.ya?ml$"), "is used in a CI job"),
    (re.compile(r"\.spec$|(?:^|/)debian/rules$|(?:^|/)PKGBUILD$"), "is used in a package"),
    (re.compile(r"(?:\.sh|(?:^|/)Dockerfile[^/]{0,40}|(?:^|/)Jenkinsfile)$"), "is set by a script"),
)
_OFF = re.compile(r"^-f(?:no-|sanitize-)|^-U|=0$|^-no-pie$|^/[A-Za-z]{1,20}(?::NO|-)|-z[, ]?execstack|:NO$|=none$")


def own_cipher(place: Place, file: FileView) -> Place | None:
    """Keep a file that holds the constants of a hash function or cipher, at the line of the first."""
    first: dict[str, int] = {}
    seen: dict[str, set[bytes]] = {}
    for match in _HEX.finditer(file.original):
        value = match.group(1).lower().lstrip(b"0")
        for name, constants in _CONSTANTS.items():
            if value in constants:
                first.setdefault(name, match.start())
                seen.setdefault(name, set()).add(value)
    found = {first[name]: name for name, values in seen.items() if len(values) >= _LEAST_CONSTANTS}
    for name, pattern in (("AES", _S_BOX), ("ChaCha", _SIGMA)):
        table = pattern.search(file.original)
        if table is not None:
            found[table.start()] = name
    if not found:
        return None
    start = min(found)
    names = ", ".join(dict.fromkeys(found[place] for place in sorted(found)))
    line = file.original.count(b"\n", 0, start) + 1
    return Place(None, {**place.captures, "callee": f"own {names}"}, fact_line=line)


def local_sockets_only(place: Place, file: FileView) -> Place | None:
    """Keep a place in a file that speaks of local sockets and of no network address."""
    is_local = _LOCAL_SOCKET.search(file.original) is not None and _NETWORK_SOCKET.search(file.original) is None
    return place if is_local else None


@lru_cache(1 << 12)
def is_byte_pointer(declared: str) -> bool:
    """True for a pointer to bytes by the usual names of such types; text (`char *`) is none."""
    return _POINTER_NAME.search(declared) is not None or ("*" in declared and _BYTE_TYPE.search(declared) is not None)


def follows_bytes(place: Place, file: FileView) -> Place | None:
    """Keep a function of bytes and a length that branches on a byte's value, fetches integers by byte order, or moves on by what it read."""
    parameters = file.text(place.captures["parameters"]).split(", ")
    if structure.bytes_with_length(place, file) is None or not any(map(is_byte_pointer, parameters)):
        return None
    function = file.functions_by_line.get(place.line)
    if function is None:
        return None
    text = file.source[function.start_byte : function.end_byte].decode("utf-8", "replace")
    if _FETCH.search(text) or (_BYTE_SWITCH.search(text) and _BYTE_CASE.search(text)):
        return place
    return place if _advances_by_what_it_read(text) else None


def holds_bytes(place: Place, file: FileView) -> Place | None:
    """Keep a function that declares a pointer to bytes of its own: it walks over them, wherever they come from."""
    function = file.functions_by_line.get(place.line)
    body = None if function is None else function.child_by_field_name("body")
    if body is None:
        return None
    return place if _LOCAL_BYTES.search(file.source, body.start_byte, body.end_byte) else None


def _advances_by_what_it_read(text: str) -> bool:
    """True for `n = p[0]; ... p += n;`."""
    for number, match in enumerate(_ADVANCE.finditer(text)):
        if number == _MOST_ADVANCES:
            break
        pointer, step = re.escape(match.group(1)), re.escape(match.group(2))
        read = (
            rf"\b{step}\s{{0,4}}=\s{{0,4}}(?:\(\w{{1,20}}\)\s{{0,2}})?(?:{pointer}\s{{0,2}}\[|\*\s{{0,2}}{pointer}\b)"
        )
        if re.search(read, text[: match.start()]):
            return True
    return False


def shown_as_target(place: Place, _file: FileView) -> Place | None:
    """Show the callee, the function's name or the word as the target: what tells what the code is for."""
    captures = place.captures
    captures["target"] = captures.get("callee") or captures.get("name") or captures.get("word") or ""
    return place


def use_of_flag(place: Place, file: FileView) -> Place | None:
    """Say of a flag in a build, packaging or CI file whether it is used, turned off, or there to be turned on."""
    if not isinstance(file, TextView) or _ONLY_ASKED.search(file.text(place.captures["line"])):
        return None
    flag = place.captures.get("flag") or place.captures["word"]
    use = _use(file, place.line, file.text(flag))
    if not use:
        return None
    place.captures |= {"flag": flag, "use": use}
    return place


def _use(file: TextView, line: int, flag: str) -> str:
    """How a flag stands in its place; nothing for one that only an option which is off would turn off."""
    is_build = dialect_of(file.path) != ""
    option = file.options.off_around(file, line) if is_build and file.options is not None else ""
    if _OFF.search(flag):
        return "" if option else "is turned off"
    if option:
        return f"is available, not used: {option} is off"
    if not is_build:
        for pattern, words in _PLACES:
            if pattern.search(file.path):
                return words
    return "is used" if file.role is Role.SOURCE else f"is used in {file.role.value} code"
