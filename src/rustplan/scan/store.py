"""A file of answers that were expensive to find: bytes by key, in SQLite. It may vanish, fill up or be damaged at any moment.

Nothing here decides a result: every answer carries a checksum, and whatever cannot be read is simply not known. Only one process of a
scan opens the file; scans that run side by side share it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

FILE_NAME = "cache-1.sqlite"
"""The number is that of the tables: another version of them lies in another file."""

BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged database raises: the words of its own error may be no text."""

APPLICATION_ID = 0x52504C43
MOST_BYTES = 1_000_000_000
"""Size of the file at which what was not used for longest is thrown away."""

KEPT_SHARE = 0.8
BATCH_BYTES = 4_000_000
"""What a killed scan loses at most, in bytes of answers."""

BATCH_ANSWERS = 500
WAIT_SECONDS = 2.0
"""How long to wait for another scan that is writing."""

_ASKED_AT_ONCE = 400
_THROWN_AT_ONCE = 200
_PAGE_BYTES = 8192
_CHECK_BYTES = 16
_TABLES = """
CREATE TABLE IF NOT EXISTS answer (
  key BLOB NOT NULL PRIMARY KEY, run INTEGER NOT NULL, proof BLOB NOT NULL, data BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_run ON answer (run);
CREATE TABLE IF NOT EXISTS run (number INTEGER NOT NULL);
"""


class Store:
    """Bytes by key. Every method works without a file, too: then nothing is known and nothing is kept.

    `notices` say in words what went wrong, for the person who runs the scan.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.notices: list[str] = []
        self._path = folder / FILE_NAME
        self._most_bytes = most_bytes
        self._waiting: dict[bytes, bytes] = {}
        self._waiting_bytes = 0
        self._used: set[bytes] = set()
        self._run = 0
        self._may_write = True
        self._file: sqlite3.Connection | None = self._open()

    @property
    def is_open(self) -> bool:
        """True when answers can be looked up."""
        return self._file is not None

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The answers that are known, by key."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, bytes] = {}
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            part = wanted[start : start + _ASKED_AT_ONCE]
            for key, proof, data in self._rows(part):
                answer = _opened(key, proof, data)
                if answer is not None:
                    found[key] = answer
                    self._used.add(key)
        found.update((key, _unpacked(self._waiting[key])) for key in wanted if key in self._waiting)
        return found

    def get_one(self, key: bytes) -> bytes | None:
        """The answer to one key; None when it is not known."""
        return self.get([key]).get(key)

    def put(self, key: bytes, answer: bytes) -> None:
        """Keep an answer. It reaches the file with the next batch."""
        if self._file is None or not self._may_write:
            return
        data = _packed(answer)
        self._waiting[key] = data
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= BATCH_BYTES or len(self._waiting) >= BATCH_ANSWERS:
            self.flush()

    def flush(self) -> None:
        """Write what waits, all of it or nothing."""
        if self._file is None or not self._may_write or not self._waiting:
            return
        rows = [(key, self._run, _proof(key, data), data) for key, data in self._waiting.items()]
        self._waiting.clear()
        self._waiting_bytes = 0
        with self._writing() as file:
            if file is not None:
                file.executemany("INSERT OR REPLACE INTO answer (key, run, proof, data) VALUES (?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Write what waits, note what was used, throw away what is too much, and let go of the file."""
        self.flush()
        if self._file is None:
            return
        if self._may_write and self._used:
            used = [(self._run, key) for key in sorted(self._used)]
            with self._writing() as file:
                if file is not None:
                    file.executemany("UPDATE answer SET run = ?1 WHERE key = ?2 AND run < ?1", used)
        if self._may_write:
            self._throw_away()
        self._let_go()

    def _rows(self, keys: Sequence[bytes]) -> list[tuple[bytes, bytes, bytes]]:
        if self._file is None:
            return []
        marks = ",".join("?" * len(keys))
        try:
            return self._file.execute(f"SELECT key, proof, data FROM answer WHERE key IN ({marks})", keys).fetchall()  # noqa: S608 - marks only
        except BROKEN as error:
            self._failed(error)
            return []

    def _writing(self) -> _Writing:
        return _Writing(self)

    def _throw_away(self) -> None:
        """Throw away what was not used for longest, until the file is well below its limit."""
        if self._size() <= self._most_bytes:
            return
        for _ in range(100_000):
            with self._writing() as file:
                if file is None or self._size() <= KEPT_SHARE * self._most_bytes:
                    break
                sql = "DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer ORDER BY run, rowid LIMIT ?)"
                if file.execute(sql, (_THROWN_AT_ONCE,)).rowcount < 1:
                    break
        if self._file is not None:
            with suppress(*BROKEN):
                self._file.execute("PRAGMA incremental_vacuum").fetchall()

    def _size(self) -> int:
        """Bytes of the pages that hold something."""
        if self._file is None:
            return 0
        try:
            pages, free = (
                int(self._file.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count")
            )
        except BROKEN as error:
            self._failed(error)
            return 0
        return (pages - free) * _PAGE_BYTES

    def _open(self) -> sqlite3.Connection | None:
        try:
            self._make_place()
        except OSError as error:
            self.notices.append(f"the cache {self._path.parent} is not used: {error.strerror or error}")
            return None
        for _ in range(2):
            problem = ""
            try:
                return self._connected()
            except sqlite3.OperationalError as error:
                self.notices.append(f"the cache {self._path} is not used: {error}")
                return None
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                problem = str(error)
            if not self._set_aside(problem):
                return None
        self.notices.append(f"the cache {self._path} is not used: it is damaged")
        return None

    def _make_place(self) -> None:
        """Make the folder for this user alone, and refuse what is no file of this user. Raises OSError."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            status = os.lstat(self._path)
        except FileNotFoundError:
            return
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, f"{FILE_NAME} in it is no regular file")
        if status.st_uid not in (os.geteuid(), 0):
            raise OSError(0, f"{FILE_NAME} in it belongs to another user")

    def _connected(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        try:
            known = int(file.execute("PRAGMA application_id").fetchone()[0])
            if not known:
                if file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise sqlite3.DatabaseError("it belongs to another program")
                file.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
                file.execute("PRAGMA auto_vacuum = INCREMENTAL")
            elif known != APPLICATION_ID:
                raise sqlite3.DatabaseError("it belongs to another program")
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.execute(f"PRAGMA journal_size_limit = {8 * BATCH_BYTES}")
            if not known:
                file.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA application_id = {APPLICATION_ID};COMMIT;")
            self._run = 1 + int(file.execute("SELECT coalesce(max(number), 0) FROM run").fetchone()[0])
        except BaseException:
            file.close()
            raise
        return file

    def _set_aside(self, why: str) -> bool:
        """Rename a file that is no cache of ours, so that nobody's data are lost, and say so. False when that cannot be done."""
        aside = self._path.with_name(FILE_NAME + ".damaged")
        try:
            os.replace(self._path, aside)
        except OSError as error:
            self.notices.append(f"the cache {self._path} is not used: {why}; it cannot be renamed ({error.strerror})")
            return False
        for suffix in ("-wal", "-shm"):
            with suppress(OSError):
                os.replace(f"{self._path}{suffix}", f"{aside}{suffix}")
        self.notices.append(f"the cache was made anew: {self._path} could not be used ({why}) and is now {aside.name}")
        return True

    def _failed(self, error: Exception) -> None:
        """From here on the run does without the file, or without writing it."""
        damage = isinstance(error, (sqlite3.DatabaseError, UnicodeDecodeError)) and not isinstance(
            error, sqlite3.OperationalError
        )
        if damage:
            self._let_go()
            self._set_aside(str(error))
        elif self._may_write:
            self._may_write = False
            self.notices.append(f"nothing more is kept in the cache {self._path}: {error}")
        self._waiting.clear()
        self._waiting_bytes = 0

    def _let_go(self) -> None:
        if self._file is not None:
            with suppress(*BROKEN):
                self._file.close()
        self._file = None


class _Writing:
    """A transaction: whole or not at all. Gives None when it cannot begin; a failure inside is told by the store and ends here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> sqlite3.Connection | None:
        store = self._store
        if store._file is None or not store._may_write:
            return None
        try:
            store._file.execute("BEGIN IMMEDIATE")
            store._file.execute("DELETE FROM run")
            store._file.execute("INSERT INTO run (number) VALUES (?)", (store._run,))
        except BROKEN as error:
            self._end("ROLLBACK")
            store._failed(error)
            return None
        return store._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if error is None:
            try:
                if self._store._file is not None and self._store._file.in_transaction:
                    self._store._file.execute("COMMIT")
            except BROKEN as failure:
                error = failure
            else:
                return False
        self._end("ROLLBACK")
        if isinstance(error, BROKEN):
            self._store._failed(error)
            return True
        return False

    def _end(self, word: str) -> None:
        with suppress(*BROKEN):
            if self._store._file is not None and self._store._file.in_transaction:
                self._store._file.execute(word)


def _proof(key: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(key + data, digest_size=_CHECK_BYTES).digest()


def _opened(key: object, proof: object, data: object) -> bytes | None:
    """The answer as it was kept; None when a single bit is not."""
    if not (isinstance(key, bytes) and isinstance(data, bytes)) or proof != _proof(key, data):
        return None
    return _unpacked(data)


def _packed(answer: bytes) -> bytes:
    return zlib.compress(answer, 1)


def _unpacked(data: bytes) -> bytes:
    return zlib.decompress(data)
