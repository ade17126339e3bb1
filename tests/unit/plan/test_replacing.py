"""Libraries are recognised by several signs together; a header or a file name alone is never enough."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from plan_world import World, function
from rustplan.catalog.crates import KnownLibraries, load_libraries, problems_of
from rustplan.config import load_settings
from rustplan.errors import ConfigError
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.choices import Holding
from rustplan.model.facts import Call, Import, Include, Macro
from rustplan.model.source import Language, Role
from rustplan.plan.replacing import find_replacements, with_own_choice

ROWS = load_libraries().libraries


def found(world, *mentions):
    notes = BuildNotes(mentions=tuple(BuildMention(*one) for one in mentions))
    return {one.id: one for one in find_replacements(world.scan, world.components, notes)}


def zlib_in(
    folder, world=None, *, role=Role.VENDORED, marked=True, names=("inflate.c", "inftrees.c", "inffast.c", "trees.c")
):
    world = world or World()
    for name in names:
        world.file(f"{folder}/{name}", role=role)
    macros = (Macro("ZLIB_VERSION", 40),) if marked else ()
    return world.file(f"{folder}/zlib.h", role=role, macros=macros)


def test_the_catalogue_has_forty_rows_and_more():
    assert len(ROWS) >= 40
    assert sum(row.language == "java" for row in ROWS) >= 10


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_says_what_was_read_and_when(row):
    assert all((row.library, row.crate, row.licence, row.caveat, row.url, row.read))
    assert "commit" in row.read
    assert datetime.date.fromisoformat(row.checked) <= datetime.date(2026, 12, 31)


def test_no_two_rows_claim_the_same_marker():
    assert problems_of(load_libraries()) == []


def test_a_shared_marker_is_reported():
    twin = msgspec.structs.replace(ROWS[0], id="twin")
    problems = problems_of(KnownLibraries(version="1", libraries=(ROWS[0], twin)))
    assert any("both claim" in text for text in problems)


def test_a_vendored_copy_is_held_with_the_place_of_its_mark():
    zlib = found(zlib_in("third_party/zlib"))["zlib"]
    assert zlib.holding is Holding.HELD
    assert zlib.c_abi == "drop-in"
    assert zlib.components == ("third_party/zlib",)
    assert (zlib.evidence[0].path, zlib.evidence[0].line) == ("third_party/zlib/zlib.h", 40)


def test_file_names_without_a_mark_are_not_a_library():
    assert found(zlib_in("src", marked=False)) == {}


def test_the_files_must_lie_together():
    world = World()
    for number, name in enumerate(("inflate.c", "inftrees.c", "inffast.c", "zlib.h")):
        world.file(f"a{number}/b/c/d/{name}", macros=(Macro("ZLIB_VERSION", 1),))
    assert "zlib" not in found(world)


def test_test_data_is_no_library_of_the_product():
    assert found(zlib_in("tests/data", role=Role.TEST)) == {}


def test_an_include_with_a_call_is_a_use():
    world = World().file("net/a.c", includes=(Include("zlib.h", 3, True),), calls=(Call("inflateInit2_", 9),))
    zlib = found(world)["zlib"]
    assert zlib.holding is Holding.LINKED
    assert zlib.components == ("net",)
    assert zlib.evidence[0].what == "includes zlib.h, calls inflateInit2_ on line 9"


def test_an_include_alone_is_not_but_with_the_build_file_it_is():
    world = World().file("net/a.c", includes=(Include("zlib.h", 3, True),))
    assert found(world) == {}
    linked = found(world, (MentionKind.PACKAGE, "ZLIB", "CMakeLists.txt", 7))["zlib"]
    assert linked.holding is Holding.LINKED
    assert linked.evidence[-1].path == "CMakeLists.txt"


def test_a_header_of_the_tree_with_the_same_name_is_its_own():
    world = (
        World().file("src/gif_lib.h").file("src/a.c", includes=(Include("gif_lib.h", 3),), calls=(Call("DGifOpen", 9),))
    )
    assert found(world) == {}


def test_a_build_file_alone_is_said_so_and_a_ci_job_alone_is_nothing():
    named = found(World().file("a/a.c"), (MentionKind.LINK, "bz2", "Makefile", 2))["bzip2"]
    assert (named.holding, named.components) == (Holding.NAMED, ())
    assert found(World().file("a/a.c"), (MentionKind.LINK, "bz2", ".github/workflows/ci.yml", 2, True)) == {}


def test_own_code_around_a_single_file_is_not_the_library():
    world = (
        World()
        .file("core/cJSON.c", sloc=500, functions=[function("cJSON_Parse", line=88)])
        .file("core/cJSON.h", sloc=50)
    )
    world.file("core/big.c", sloc=9000, component="core")
    json = found(world)["cjson"]
    assert (json.components, json.partly) == ((), ("core",))


def test_java_is_known_by_imports_unless_the_tree_is_the_library():
    imports = (Import("org.roaringbitmap.RoaringBitmap", 5),)
    world = World().file("app/A.java", language=Language.JAVA, imports=imports, package="com.example.app")
    roaring = found(world)["java-roaringbitmap"]
    assert (roaring.is_java, roaring.components) == (True, ("app",))
    own = World().file("app/A.java", language=Language.JAVA, imports=imports, package="org.roaringbitmap.buffer")
    assert found(own) == {}


def test_a_package_that_only_begins_alike_is_another():
    imports = (Import("org.jsouper.Other", 5),)
    assert found(World().file("app/A.java", language=Language.JAVA, imports=imports, package="com.example")) == {}


def test_a_library_among_the_trees_own_code_is_told_apart():
    assert found(zlib_in("lib", role=Role.SOURCE))["zlib"].is_own
    assert not found(zlib_in("third_party/zlib"))["zlib"].is_own


def test_a_team_may_name_its_own_library_or_leave_a_row_out():
    shipped = tuple(found(zlib_in("third_party/zlib")).values())
    own = with_own_choice(shipped, {"zlib": "our-inflate"})[0]
    assert (own.crate, own.c_abi, own.licence, own.checked) == (
        "our-inflate",
        "none",
        "unknown",
        "by this project alone",
    )
    assert "rustplan has not looked at it" in own.caveat
    assert own.evidence == shipped[0].evidence
    assert with_own_choice(shipped, {"zlib": ""}) == ()
    assert with_own_choice(shipped, {}) == shipped


def test_a_row_that_does_not_exist_is_named_with_the_nearest():
    with pytest.raises(ConfigError) as caught:
        load_settings(None, assignments=['plan.replacements={"zlibb": "x"}'])
    assert "'zlibb': no such row; did you mean zlib?" in caught.value.problems[0]
