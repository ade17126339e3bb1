"""Files that travel: what reading them gave here, for workers that cannot see the disk of this machine."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from rustplan.model.source import SkippedFile, SourceFile
from rustplan.scan.read import read_source

CRATE_BYTES = 4_000_000
"""Packed bytes that travel as one piece."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """What reading one file gave: its bytes, packed, or the reason why there are none."""

    path: str
    packed: bytes = b""
    skipped: SkippedFile | None = None


def item_of(root: Path, file: SourceFile) -> Item:
    """Read a file here, to be read elsewhere."""
    data = read_source(root, file)
    if isinstance(data, SkippedFile):
        return Item(file.path, skipped=data)
    return Item(file.path, zlib.compress(data, 1))


class Shelf:
    """The files that were brought to a worker. It travels empty, in the place of the folder, and is filled where it arrives."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._in_hand: Item | None = None

    def fill(self, crates: Iterable[bytes]) -> None:
        """Put the files of the crates on the shelf."""
        for crate in crates:
            self._items.update((item.path, item) for item in msgspec.msgpack.decode(crate, type=list[Item]))

    def take(self, item: Item | None) -> None:
        """Have the file of one task at hand, and no longer that of the task before."""
        self._in_hand = item

    def read(self, file: SourceFile) -> bytes | SkippedFile:
        """What reading the file gave at home. Raises LookupError for a file that nobody sent: that must not pass for an empty one."""
        hand = self._in_hand
        item = hand if hand is not None and hand.path == file.path else self._items.get(file.path)
        if item is None:
            raise LookupError(f"{file.path} was not sent to this worker")
        return zlib.decompress(item.packed) if item.skipped is None else item.skipped


def crates(root: Path, files: Iterable[SourceFile]) -> Iterator[bytes]:
    """Pack files into pieces of about CRATE_BYTES, in the order given."""
    items: list[Item] = []
    room = CRATE_BYTES
    for file in files:
        items.append(item_of(root, file))
        room -= len(items[-1].packed)
        if room <= 0:
            yield msgspec.msgpack.encode(items)
            items, room = [], CRATE_BYTES
    if items:
        yield msgspec.msgpack.encode(items)


def cut(data: bytes) -> list[bytes]:
    """The bytes in pieces of CRATE_BYTES."""
    return [data[start : start + CRATE_BYTES] for start in range(0, len(data), CRATE_BYTES)]


def packed_setup(start: Callable[[Any], Callable[[Any], bytes]], setup: object) -> bytes:
    """What every worker of an order is made of. `setup.root` is the Shelf."""
    return zlib.compress(pickle.dumps((start, setup)), 1)


def packed_task(task: object, item: Item | None) -> bytes:
    """A task and its own file."""
    return pickle.dumps((task, item))


def digest_of(pieces: Iterable[bytes]) -> str:
    """Name a setup and its crates by their bytes."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()


def start_elsewhere(sent: tuple[bytes, tuple[bytes, ...]]) -> Callable[[bytes], bytes]:
    """Make the function that a worker elsewhere runs on each packed task. Called in the process that reads, once.

    What is unpickled comes from the client that the owner of the cluster let in; Dask has unpickled its calls before.
    """
    setup_bytes, shared = sent
    start, setup = pickle.loads(zlib.decompress(setup_bytes))  # noqa: S301 - see above
    shelf: Shelf = setup.root
    shelf.fill(shared)
    work: Callable[[Any], bytes] = start(setup)

    def open_and_work(packed: bytes) -> bytes:
        task, item = pickle.loads(packed)  # noqa: S301 - see above
        shelf.take(item)
        return work(task)

    return open_and_work
