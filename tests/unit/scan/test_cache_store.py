"""The file of answers: what it keeps, what it throws away, and that damage of any kind costs answers only."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rustplan.scan.store import FILE_NAME, Store

SOURCE = Path(__file__).parents[3] / "src"


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def filled(folder: Path, count: int = 20, size: int = 2000) -> dict[bytes, bytes]:
    answers = {key(number): os.urandom(size) for number in range(count)}
    store = Store(folder)
    for name, answer in answers.items():
        store.put(name, answer)
    store.close()
    assert store.notices == []
    return answers


def test_keeps_answers_from_run_to_run(tmp_path):
    answers = filled(tmp_path / "new" / "folder")
    store = Store(tmp_path / "new" / "folder")
    assert store.get([*answers, key(999)]) == answers
    assert store.get_one(key(999)) is None
    store.close()
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o77 == 0


def test_an_answer_is_known_before_it_is_written(tmp_path):
    store = Store(tmp_path)
    store.put(key(1), b"one")
    assert store.get_one(key(1)) == b"one"
    store.close()


@pytest.mark.parametrize("start", [b"", b"SQLite format 3\0", b"PK\x03\x04 something else"])
def test_a_file_that_is_no_cache_is_set_aside_and_made_anew(start, tmp_path):
    data = start + os.urandom(9000)
    (tmp_path / FILE_NAME).write_bytes(data)
    store = Store(tmp_path)
    assert store.is_open
    store.put(key(1), b"one")
    store.close()
    assert len(store.notices) == 1
    assert "made anew" in store.notices[0]
    assert (tmp_path / f"{FILE_NAME}.damaged").read_bytes() == data
    again = Store(tmp_path)
    assert (again.get_one(key(1)), again.notices) == (b"one", [])
    again.close()


def test_the_database_of_another_program_is_not_touched(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("CREATE TABLE answer (mine TEXT)")
        other.execute("INSERT INTO answer VALUES ('precious')")
    other.close()
    store = Store(tmp_path)
    store.close()
    assert "another program" in store.notices[0]
    kept = sqlite3.connect(tmp_path / f"{FILE_NAME}.damaged")
    assert kept.execute("SELECT mine FROM answer").fetchall() == [("precious",)]
    kept.close()


def test_a_cache_of_another_kind_is_not_touched(tmp_path):
    filled(tmp_path)
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("PRAGMA application_id = 42")
    other.close()
    store = Store(tmp_path)
    store.close()
    assert "another program" in store.notices[0]


def test_a_flipped_bit_is_an_answer_that_is_not_known(tmp_path):
    answers = filled(tmp_path)
    file = sqlite3.connect(tmp_path / FILE_NAME)
    rows = file.execute("SELECT key, data FROM answer ORDER BY key").fetchall()
    flipped, moved = rows[3], rows[7]
    file.execute(
        "UPDATE answer SET data = ? WHERE key = ?", (flipped[1][:-1] + bytes([flipped[1][-1] ^ 1]), flipped[0])
    )
    file.execute(
        "UPDATE answer SET data = ?, proof = (SELECT proof FROM answer WHERE key = ?) WHERE key = ?",
        (rows[8][1], rows[8][0], moved[0]),
    )
    file.execute("UPDATE answer SET data = 'text' WHERE key = ?", (rows[9][0],))
    file.commit()
    file.close()
    store = Store(tmp_path)
    known = store.get(answers)
    store.close()
    assert set(answers) - set(known) == {flipped[0], moved[0], rows[9][0]}
    assert all(answers[name] == answer for name, answer in known.items())


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.95])
def test_torn_pages_cost_answers_only(at, tmp_path):
    answers = filled(tmp_path, count=300)
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + 9000] = os.urandom(min(9000, len(data) - start))
    path.write_bytes(data)
    store = Store(tmp_path)
    known = store.get(answers)
    assert all(answers[name] == answer for name, answer in known.items())
    store.put(key(5000), b"more")
    store.close()
    again = Store(tmp_path)
    again.get(answers)
    again.close()


def test_a_cut_off_file_costs_answers_only(tmp_path):
    answers = filled(tmp_path, count=300)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:100_000])
    store = Store(tmp_path)
    known = store.get(answers)
    assert len(known) < len(answers)
    assert all(answers[name] == answer for name, answer in known.items())
    store.close()
    assert store.notices


def test_what_was_not_used_for_longest_is_thrown_away(tmp_path):
    most = 2_000_000
    for run in range(6):
        store = Store(tmp_path, most)
        store.get([key(0)])
        for number in range(250):
            store.put(key(0) if run == number == 0 else key(1000 * (run + 1) + number), os.urandom(2000))
        store.close()
        assert store.notices == []
    assert (tmp_path / FILE_NAME).stat().st_size < 1.5 * most
    store = Store(tmp_path, most)
    assert store.get_one(key(0)) is not None
    assert store.get_one(key(1001)) is None
    assert len(store.get(key(6000 + number) for number in range(250))) == 250
    store.close()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "cache")
    assert not store.is_open
    store.put(key(1), b"one")
    assert store.get_one(key(1)) is None
    store.close()
    assert "is not used" in store.notices[0]


def test_a_pipe_and_a_link_are_no_cache(tmp_path):
    os.mkfifo(tmp_path / FILE_NAME)
    assert "no regular file" in Store(tmp_path).notices[0]
    (tmp_path / FILE_NAME).unlink()
    (tmp_path / FILE_NAME).symlink_to(tmp_path / "elsewhere")
    assert "no regular file" in Store(tmp_path).notices[0]
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    """As for a folder without write permission, which does not stop the superuser: the database opens for reading alone."""
    answers = filled(tmp_path)
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda name, **kept: connect(f"{Path(name).as_uri()}?mode=ro", uri=True, **kept)
    )
    store = Store(tmp_path)
    store.put(key(5000), b"more")
    store.close()
    assert store.notices
    assert set(store.get(answers)) <= set(answers)


def test_a_damaged_schema_whose_error_is_no_text_is_made_anew(tmp_path):
    """SQLite puts the damaged bytes into the words of its error, which Python then cannot read."""
    filled(tmp_path)
    file = tmp_path / FILE_NAME
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE answer", b"CREATE \xff\xfe\xff\xfe\xff answer"))
    store = Store(tmp_path)
    assert store.get([key(1)]) == {}
    store.put(key(2), b"again")
    store.close()
    assert Store(tmp_path).get([key(2)]) == {key(2): b"again"}


def test_a_full_disk_costs_what_comes_later_only(tmp_path):
    answers = filled(tmp_path)
    store = Store(tmp_path)
    store._file.execute("PRAGMA max_page_count = 1")
    for number in range(3000):
        store.put(key(10_000 + number), os.urandom(3000))
    store.flush()
    assert len(store.notices) == 1
    assert "nothing more is kept" in store.notices[0]
    assert store.get(answers) == answers
    store.close()
    again = Store(tmp_path)
    assert (again.get(answers), again.notices) == (answers, [])
    again.close()


def test_a_file_size_limit_costs_what_comes_later_only(tmp_path):
    program = (
        "import sys, os, resource; from pathlib import Path; from rustplan.scan.store import Store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in range(2000): store.put(n.to_bytes(32, 'big'), os.urandom(3000))\n"
        "store.close(); print(store.notices)\n"
    )
    done = run_python(program, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing more is kept" in done.stdout
    store = Store(tmp_path)
    assert store.is_open
    store.close()


def run_python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, env=environ, timeout=60
    )


WRITER = """
import sys, os
from pathlib import Path
from rustplan.scan.store import Store
store = Store(Path(sys.argv[1]))
print(store.notices, flush=True)
for number in range(100_000):
    name = (int(sys.argv[2]) + number).to_bytes(32, "big")
    store.put(name, name * 60)
    if number % 50 == 0:
        store.flush()
        print(number, flush=True)
"""


def writer(folder: Path, first: int) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", WRITER, str(folder), str(first)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)


def test_a_writer_killed_at_any_moment_leaves_whole_answers(tmp_path):
    finished = 0
    for turn in range(4):
        process = writer(tmp_path, turn * 1_000_000)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3 + 5 * turn)]
        time.sleep(0.003 * turn)
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait()
        assert lines[0].strip() == "[]"
        done = int(lines[-1])
        store = Store(tmp_path)
        names = [key(turn * 1_000_000 + number) for number in range(done + 1)]
        known = store.get(names)
        store.close()
        assert store.notices == []
        assert known == {name: name * 60 for name in names}
        finished += done
    assert finished > 0


def test_two_writers_side_by_side(tmp_path):
    pair = [writer(tmp_path, start) for start in (0, 1_000_000)]
    for process in pair:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "1000":
            pass
    for process in pair:
        process.kill()
        process.stdout.close()
        process.wait()
    store = Store(tmp_path)
    for start in (0, 1_000_000):
        names = [key(start + number) for number in range(1000)]
        assert store.get(names) == {name: name * 60 for name in names}
    store.close()
    assert store.notices == []
