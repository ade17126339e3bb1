"""Frames of profiles become functions of the tree."""

from __future__ import annotations

import pytest

from profile_world import SHOP, file, tree
from rustplan.evidence.profile_charge import Frames
from rustplan.evidence.profile_frames import JavaName, java_frame, native_name, source_methods, type_name
from rustplan.evidence.profile_tree import TreeIndex
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language, Role


@pytest.fixture(scope="module")
def index() -> TreeIndex:
    return TreeIndex(tree())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("java/lang/String.split", JavaName("java.lang.String", "split")),
        ("java.lang.String.split", JavaName("java.lang.String", "split")),
        ("shop/Till$Drawer.<init>_[j]", JavaName("shop.Till$Drawer", "<init>")),
        ("shop/Till.ring:12", JavaName("shop.Till", "ring", 12)),
        ("shop/Till.ring(Ljava/lang/String;)V", JavaName("shop.Till", "ring")),
        ("Lshop/Till;::ring", JavaName("shop.Till", "ring")),
        ("Main.main", JavaName("Main", "main")),
        ("G1CollectedHeap::collect", None),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", None),
        ("inflate_fast.isra.0+0x1c", None),
        ("[unknown_Java]", None),
        ("x" * 5000 + ".y", None),
    ],
)
def test_java_frames_in_every_notation(text: str, name: JavaName | None) -> None:
    assert java_frame(text) == name


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("inflate_fast+0x1c", "inflate_fast"),
        ("inflate_fast.isra.0", "inflate_fast"),
        ("run(int) [clone .cold]", "run"),
        ("void shop::Box<int>::put<char>(int, std::string const&) const", "shop::Box::put"),
        ("shop::(anonymous namespace)::hidden(int)", "shop::hidden"),
        ("shop::Engine::run(int)::{lambda(int)#1}::operator()(int) const", "shop::Engine::run"),
        ("operator<<(std::ostream&, shop::Engine const&)", "operator<<"),
        ("shop::Engine::operator()(int)", "shop::Engine::operator()"),
        ("shop::Engine::operator bool() const", "shop::Engine::operator bool"),
        ("shop::Engine::operator new[](unsigned long)", "shop::Engine::operator new[]"),
        ("std::function<void (int)>::operator()(int) const", "std::function::operator()"),
        ("decltype ({parm#1}+{parm#2}) shop::mix<int, long>(int, long)", "shop::mix"),
        ("void G1Closure::do_oop_work<narrowOop>", "G1Closure::do_oop_work"),
        ("_ZN4shop6Engine3runEi", "shop::Engine::run"),
        ("_ZN4shop6EngineC2Ev", "shop::Engine::Engine"),
        ("_ZN12_GLOBAL__N_16hiddenEi", "hidden"),
        ("_ZL6windowi", "window"),
        ("_ZNK4shop3BoxIiE3getEi", "_ZNK4shop3BoxIiE3getEi"),
        ("_ZN9999shop", "_ZN9999shop"),
        ("memcpy@@GLIBC_2.14", "memcpy"),
        ("", ""),
    ],
)
def test_native_symbols_lose_what_is_no_name(symbol: str, name: str) -> None:
    assert native_name(symbol) == name


def test_lambdas_stand_for_the_method_around_them_and_bridges_for_nothing() -> None:
    assert source_methods("lambda$ring$0") == ("ring",)
    assert source_methods("lambda$new$3") == ("<init>",)
    assert source_methods("lambda$static$1") == ("<clinit>",)
    assert source_methods("lambda$ring$7f6d5f$1") == ("ring$7f6d5f", "ring")
    assert source_methods("access$000") == ()


def test_types_are_written_as_in_the_source() -> None:
    assert type_name("[B") == "byte[]"
    assert type_name("[[Ljava/util/Map$Entry;") == "java.util.Map$Entry[][]"
    assert type_name("java/lang/Long") == "java.lang.Long"
    assert type_name("[;") == "[;"


@pytest.mark.parametrize(
    ("owner", "method", "line", "name"),
    [
        ("shop.Till", "ring", 0, "shop.Till.ring"),
        ("shop.Till", "lambda$later$0", 14, "shop.Till.later"),
        ("shop.Till", "<init>", 6, "shop.Till.<init>"),
        ("shop.Till", "<clinit>", 5, "shop.Till.<clinit>"),
        ("shop.Till$Drawer", "take", 9, "shop.Till$Drawer.take"),
        ("shop.Till$Coin$1", "worth", 7, "shop.Till$Coin$1.worth"),
        ("shop.Till$1", "print", 19, "shop.Till$1.print"),
        ("shop.Till$7", "compare", 24, "shop.Till$2.compare"),
        ("shop.Till$7", "compare", 0, "shop.Till$2.compare"),
        ("shop.Till$7", "<clinit>", 0, "shop.Till$7.<clinit>"),
        ("shop.Till$Made", "log", 0, "shop.Till.log"),
    ],
)
def test_a_frame_finds_its_function(index: TreeIndex, owner: str, method: str, line: int, name: str) -> None:
    place = index.java(owner, method, line)
    assert place is not None
    assert (place.name, place.path) == (name, "src/shop/Till.java")


def test_strange_classes_and_bridges_have_no_place(index: TreeIndex) -> None:
    assert index.java("shop.Tills", "ring") is None
    assert index.java("java.lang.String", "split") is None
    assert index.java("shop.Till", "access$000") is None


def test_hidden_frames_are_passed_over_and_native_ones_found(index: TreeIndex) -> None:
    frames = Frames(index)
    assert frames.text("shop/Till$$Lambda$14.0x000000080101.get").is_hidden
    assert frames.java("java.lang.invoke.LambdaForm$MH", "invoke", 0).is_hidden
    assert not frames.text("java/lang/String.split").is_hidden
    found = frames.text("bool shop::Engine::operator<(shop::Engine const&) const").place
    assert found is not None
    assert (found.name, found.path, found.line) == ("shop::Engine::operator<", "src/engine.cpp", 4)
    assert frames.text("inflate").place == index.native("inflate")
    assert frames.text("(anonymous namespace)::hidden(int)").name == "hidden"


def test_product_sources_win_over_copies_in_tests() -> None:
    scan = TreeScan(
        files=(
            file("a/Till.java", Language.JAVA, SHOP, Role.TEST),
            file("b/Till.java", Language.JAVA, SHOP),
            file("c/Till.java", Language.JAVA, SHOP),
        )
    )
    place = TreeIndex(scan).java("shop.Till", "ring")
    assert place is not None
    assert place.path == "b/Till.java"


def test_native_namesakes_are_told() -> None:
    text = "static int window(int n) { return n; }\n"
    index = TreeIndex(TreeScan(files=(file("a.c", Language.C, text), file("b.c", Language.C, text))))
    place = index.native("window")
    assert place is not None
    assert place.path == "a.c"
    assert index.ambiguous == {"window"}
