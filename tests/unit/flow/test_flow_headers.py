"""Includes: which file of the tree one means, and what a file sees of its headers."""

from __future__ import annotations

import pytest

from flow_code import headers
from rustplan.flow.declarations import Included
from rustplan.flow.headers import MOST_HEADERS


def sees(texts: dict[str, str], path: str, code: str) -> Included:
    return headers(texts).of(path, code.encode())


def value(included: Included, name: str) -> bytes | None:
    return next(iter(included.found("macros", name)), None)


TREE = {
    "include/lib/size.h": "#define SIZE 1\n",
    "src/size.h": "#define SIZE 2\n",
    "src/net/size.h": "#define SIZE 3\n",
    "other/lib/size.h": "#define SIZE 4\n",
}


@pytest.mark.parametrize(
    ("path", "include", "wanted"),
    [
        ("src/net/a.c", '"size.h"', b"3"),
        ("src/a.c", '"size.h"', b"2"),
        ("src/a.c", '"net/size.h"', b"3"),
        ("src/net/a.c", '"../size.h"', b"2"),
        ("include/a.c", "<lib/size.h>", b"1"),
        ("other/a.c", "<lib/size.h>", b"4"),
        ("src/a.c", "<sys/size.h>", None),
        ("src/a.c", '"absent.h"', None),
    ],
)
def test_the_file_that_an_include_means(path: str, include: str, wanted: bytes | None) -> None:
    assert value(sees(TREE, path, f"#include {include}\n"), "SIZE") == wanted


def test_headers_of_headers_the_nearest_first() -> None:
    texts = {
        "a.h": '#include "b.h"\n#define X 1\n',
        "b.h": '#include "c.h"\n#define X 2\n#define Y 2\n',
        "c.h": "#define Y 3\n",
    }
    included = sees(texts, "m.c", '#include "a.h"\n')
    assert [*included.found("macros", "X")] == [b"1", b"2"]
    assert [*included.found("macros", "Y")] == [b"2", b"3"]


def test_what_is_not_included_is_not_seen() -> None:
    texts = {"a.h": "#define A 1\n", "b.h": "#define B 1\n"}
    tree = headers(texts)
    first, second = tree.of("m.c", b'#include "a.h"\n'), tree.of("n.c", b'#include "b.h"\n')
    assert (value(first, "A"), value(first, "B")) == (b"1", None)
    assert (value(second, "A"), value(second, "B")) == (None, b"1")


@pytest.mark.parametrize(
    "texts",
    [
        {"a.h": '#include "a.h"\nstruct s { int n; };\n'},
        {"a.h": '#include "b.h"\nstruct s { int n; };\n', "b.h": '#include "a.h"\nstruct t { struct s *s; };\n'},
        {
            "a.h": '#include "b.h"\nstruct s { int n; };\n',
            "b.h": '#include "c.h"\n',
            "c.h": '#include "a.h"\n#include "b.h"\n',
        },
    ],
)
def test_headers_that_include_themselves(texts: dict[str, str]) -> None:
    found = sees(texts, "m.c", '#include "a.h"\n').found("records", "s")
    assert [record.size for record in found if record.members is not None] == [4]


def test_a_header_uses_the_types_of_its_own_includes() -> None:
    texts = {
        "base.h": "typedef unsigned short id;\n#define ROOM 3\n",
        "use.h": '#include "base.h"\nstruct s { id ids[ROOM]; };\n',
    }
    (record,) = sees(texts, "m.c", '#include "use.h"\n').found("records", "s")
    assert record.size == 6


def test_headers_that_need_each_other_come_out_the_same_in_any_order() -> None:
    texts = {
        "a.h": '#include "b.h"\ntypedef int whole;\nstruct a { half h; };\n',
        "b.h": '#include "a.h"\ntypedef short half;\nstruct b { whole w; };\n',
    }

    def sizes(*order: str) -> list[int | None]:
        tree = headers(texts)
        for each in order:
            tree.of("x.c", f'#include "{each}"\n'.encode())
        included = tree.of("m.c", b'#include "a.h"\n')
        return [included.found("records", name)[0].size for name in "ab"]

    assert sizes("a.h") == sizes("b.h") == sizes("b.h", "a.h") == sizes()


def test_no_more_headers_than_a_file_is_given() -> None:
    texts = {f"h{i}.h": f'#include "h{i + 1}.h"\n#define M{i} {i}\n' for i in range(2 * MOST_HEADERS)}
    included = sees(texts, "m.c", '#include "h0.h"\n')
    assert value(included, f"M{MOST_HEADERS - 1}") is not None
    assert value(included, f"M{MOST_HEADERS}") is None
