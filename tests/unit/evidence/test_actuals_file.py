"""The file of finished ports: what is read, and one clear error with the line for everything else."""

from __future__ import annotations

import os

import pytest

from rustplan.errors import InputError
from rustplan.evidence.actuals import MAX_BYTES, read_actuals

HEAD = "component,lines,person_months,difficulty\n"


def read(tmp_path, text):
    path = tmp_path / "actuals.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_actuals(path)


def test_rows_are_read_with_their_lines(tmp_path):
    rows = read(tmp_path, HEAD + 'net/tls,2000,3.5,1.2\n\n"a, b",900,1,\n')
    assert [(row.component, row.lines, row.person_months, row.difficulty, row.line) for row in rows] == [
        ("net/tls", 2000, 3.5, 1.2, 2),
        ("a, b", 900, 1.0, None, 4),
    ]


def test_difficulty_may_be_missing_and_further_columns_are_notes(tmp_path):
    rows = read(tmp_path, "\ufeffperson_months, Lines ,component,who\n2,100,x,me\n")
    assert (rows[0].component, rows[0].lines, rows[0].person_months, rows[0].difficulty) == ("x", 100, 2.0, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the header lacks component, lines, person_months"),
        ("component,lines\na,1\n", "line 1: the header lacks person_months"),
        ("component,lines,person_months,lines\n", "line 1: the header has lines twice"),
        (HEAD + "a,many,2\n", "line 2: lines must be a number"),
        (HEAD + "a,10,2\nb,-5,1\n", "line 3: lines must be a number"),
        (HEAD + "a,1.5,1\n", "line 2: lines must be a whole number"),
        (HEAD + "a,10,nan\n", "line 2: person_months must be a number"),
        (HEAD + "a,10,inf\n", "line 2: person_months must be a number"),
        (HEAD + "a,10,0\n", "line 2: person_months must be a number"),
        (HEAD + "a,10,1,99\n", "line 2: difficulty must be a number"),
        (HEAD + "a,10\n", "line 2: person_months must be a number"),
        (HEAD + ",10,1\n", "line 2: component needs a name"),
        (HEAD + "x" * 500 + ",10,1\n", "line 2: component needs a name"),
        (HEAD + '"a,10,1\n', "not CSV"),
        (HEAD + "a," + "9" * 5000 + ",1\n", "line 2: lines must be a number"),
        (HEAD.encode() + b"a,1,1\n\xff\xfe,1,1\n", "line 3: not UTF-8"),
        (HEAD + "a,1,1\n" * 2100, "more than 2,000 rows"),
        (b"\0" * 100, "line 1"),
        (b"a" * (MAX_BYTES + 10), "larger than"),
        (HEAD + '"' + "y" * 200_000 + '",1,1\n', "not CSV"),
    ],
)
def test_a_bad_file_is_one_error_with_its_line(tmp_path, text, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert words in caught.value.message
    assert caught.value.hint


def test_pipes_folders_and_missing_files_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError):
            read_actuals(path)
