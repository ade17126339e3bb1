"""What the result for a file depends on, as a fingerprint: its bytes, the headers it reaches, and the macros of the tree that it names.

The bytes are read and hashed every time: dates and sizes of files prove nothing.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from rustplan.flow.headers import Headers
from rustplan.languages import NO_WORDS, Definition, MacroLearner, MacroWords, definitions
from rustplan.languages.text import parseable
from rustplan.model.source import Language, SkippedFile, SourceFile
from rustplan.scan.across import C_FAMILY, header_paths
from rustplan.scan.read import read_source
from rustplan.scan.store import Store

_AT_ONCE = 256
"""Files whose bytes are at hand together."""

_INCLUDE = re.compile(rb'include[^\n"<]{0,200}["<]([^">\n]{1,200})[">]')
"""More than the engine takes for an include, so that blanking some text cannot bring one forth that is not here."""

_WORD_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_ONLY_WORDS = bytes(byte if byte in _WORD_BYTES else 32 for byte in range(256))
_DIGITS = b"0123456789"


class Glance(msgspec.Struct, frozen=True, array_like=True):
    """What one look at the bytes of a C or C++ file tells: the macros it defines and the includes it may have."""

    definitions: tuple[Definition, ...] = ()
    includes: tuple[str, ...] = ()


class Identities:
    """Fingerprints of the files of one tree. `words` are the macros that the tree defines; `hashes` the SHA-256 of every file that was read."""

    def __init__(self, hashes: Mapping[str, bytes], words: MacroWords, units: Mapping[str, bytes]) -> None:
        self.hashes = hashes
        self.words = words
        self._units = units

    def unit(self, path: str) -> bytes | None:
        """The fingerprint of all that the result for a file depends on, rules apart; None for a file that was not read."""
        return self._units.get(path)


def fingerprint(*parts: bytes | str) -> bytes:
    """SHA-256 of the parts; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def identify(
    root: Path, files: Sequence[SourceFile], store: Store, stamp: bytes, *, follows_headers: bool
) -> Identities:
    """Read all `files` and fingerprint them. `stamp` stands for this version of rustplan; without `follows_headers` includes do not count."""
    hashes: dict[str, bytes] = {}
    glances: dict[str, Glance] = {}
    learner = MacroLearner()
    for part in _parts(files):
        for file, sha, glance in _look(root, part, store, stamp):
            hashes[file.path] = sha
            if glance is not None:
                glances[file.path] = glance
                for definition in glance.definitions:
                    learner.take(definition)
    words = learner.words()
    own = {
        path: fingerprint("file", language.value, path, hashes[path], named)
        for path, language, named in _words_named(root, files, hashes, words, store, stamp)
    }
    if follows_headers:
        own |= _with_headers(files, glances, own)
    return Identities(hashes, words, own)


def _parts(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    remaining = iter(files)
    while part := list(islice(remaining, _AT_ONCE)):
        yield part


def _look(
    root: Path, files: Sequence[SourceFile], store: Store, stamp: bytes
) -> Iterator[tuple[SourceFile, bytes, Glance | None]]:
    """Hash some files, and glance at those of C and C++ that were not seen before."""
    data = {file.path: read for file in files if not isinstance(read := read_source(root, file), SkippedFile)}
    hashes = {path: hashlib.sha256(read).digest() for path, read in data.items()}
    keys = {
        file.path: fingerprint("glance", stamp, hashes[file.path])
        for file in files
        if file.path in hashes and file.language in C_FAMILY
    }
    known = store.get(keys.values())
    for file in files:
        if file.path not in hashes:
            continue
        glance = None
        if file.path in keys:
            kept = known.get(keys[file.path])
            glance = _glance(data[file.path]) if kept is None else msgspec.msgpack.decode(kept, type=Glance)
            if kept is None:
                store.put(keys[file.path], msgspec.msgpack.encode(glance))
        yield file, hashes[file.path], glance


def _glance(data: bytes) -> Glance:
    text = parseable(data)[0]
    targets = dict.fromkeys(match.group(1).decode("utf-8", "replace") for match in _INCLUDE.finditer(text))
    return Glance(definitions=tuple(definitions(data)), includes=tuple(targets))


def _words_named(
    root: Path,
    files: Sequence[SourceFile],
    hashes: Mapping[str, bytes],
    words: MacroWords,
    store: Store,
    stamp: bytes,
) -> Iterator[tuple[str, Language, bytes]]:
    """Of every file which macros of the tree it names, as a fingerprint."""
    all_words = _of_words(words, None)
    known_words = words.empty | words.calls | words.types | words.wrappers
    for part in _parts([file for file in files if file.path in hashes]):
        keys = {
            file.path: fingerprint("words", stamp, all_words, hashes[file.path])
            for file in part
            if file.language in C_FAMILY
        }
        known = store.get(keys.values())
        for file in part:
            named = b""
            if file.path in keys:
                named = known.get(keys[file.path]) or b""
                if not named:
                    data = read_source(root, file)
                    if isinstance(data, SkippedFile) or hashlib.sha256(data).digest() != hashes[file.path]:
                        continue  # it changes while we look: nothing is known about it
                    named = _of_words(words, known_words & identifiers(data))
                    store.put(keys[file.path], named)
            yield file.path, file.language, named


def identifiers(data: bytes) -> set[bytes]:
    """Every word that the readers of C and C++ can see in a file, and more."""
    found = set(parseable(data)[0].translate(_ONLY_WORDS).split())
    return found | {word.lstrip(_DIGITS) for word in found if word[0] in _DIGITS}


def _of_words(words: MacroWords, named: Iterable[bytes] | None) -> bytes:
    """What is known about some macros (None for all), as a fingerprint."""
    kinds = (words.empty, words.calls, words.hiding, words.types, words.wrappers)
    chosen = kinds if named is None else tuple(kind.intersection(named) for kind in kinds)
    return fingerprint(b"none" if words == NO_WORDS else b"", *(b"\0".join(sorted(kind)) for kind in chosen))


def _with_headers(
    files: Sequence[SourceFile], glances: Mapping[str, Glance], own: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The fingerprints of the C and C++ files together with those of all headers that they reach, and how they reach them."""
    headers = Headers(header_paths(files), lambda _: None)
    resolved: dict[tuple[str, str], str | None] = {}

    def targets(path: str) -> tuple[str, ...]:
        here = posixpath.dirname(path)
        found: dict[str, None] = {}
        for include in glances[path].includes:
            key = (include, here)
            if key not in resolved:
                resolved[key] = headers.resolved(include, here)
            target = resolved[key]
            if target is not None and target in own:
                found[target] = None
        return tuple(found)

    return merkle({path: targets(path) for path in glances if path in own}, own)


def merkle(edges: Mapping[str, Sequence[str]], own: Mapping[str, bytes]) -> dict[str, bytes]:
    """The fingerprint of each node with all that can be reached from it; nodes on a ring are fingerprinted as one."""
    made: dict[str, bytes] = {}
    for ring in _rings(edges):
        inside = set(ring)
        parts: list[bytes] = []
        for node in sorted(ring):
            parts.append(own[node])
            for target in edges.get(node, ()):
                parts.append(fingerprint("ring", target) if target in inside else made[target])
        whole = fingerprint("unit", *parts)
        for node in ring:
            made[node] = fingerprint("in", own[node], whole) if len(ring) > 1 else whole
    return made


def _rings(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Strongly connected parts, those that others lead to first (Tarjan, without recursion)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    is_waiting: set[str] = set()
    for start in edges:
        if start in number:
            continue
        path: list[tuple[str, Iterator[str]]] = [(start, iter(edges[start]))]
        number[start] = lowest[start] = len(number)
        waiting.append(start)
        is_waiting.add(start)
        while path:
            node, following = path[-1]
            for target in following:
                if target not in number:
                    number[target] = lowest[target] = len(number)
                    waiting.append(target)
                    is_waiting.add(target)
                    path.append((target, iter(edges.get(target, ()))))
                    break
                if target in is_waiting:
                    lowest[node] = min(lowest[node], number[target])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == number[node]:
                    ring = [waiting.pop()]
                    while ring[-1] != node:
                        ring.append(waiting.pop())
                    is_waiting.difference_update(ring)
                    yield ring
