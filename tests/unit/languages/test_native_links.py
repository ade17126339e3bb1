"""Ways between Java and native code as they are written: tables in C, lookups and bindings in Java."""

import time

import pytest

from language_facts import facts
from rustplan.model.facts import NativeLinkKind
from rustplan.model.source import Language


def links(language, source):
    return [(one.kind.value, one.name, one.target) for one in facts(language, source).native_links]


TABLE = "static const JNINativeMethod methods[] = { %s };"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('{ "open", "()J", (void *) store_open }', [("table", "open", "store_open")]),
        ('{ (char*) "open", (char*) "()J", reinterpret_cast<void*>(store_open) }', [("table", "open", "store_open")]),
        (
            '{ "a", "(I)V", (void*)(jint (*)(JNIEnv*)) fa }, /* "x" */ { "b", "()V", &fb }',
            [("table", "a", "fa"), ("table", "b", "fb")],
        ),
        ('{ .name = "open", .signature = "()J", .fnPtr = store_open }', [("table", "open", "store_open")]),
        ("{ ENTRY(open, (Ljava/nio/ByteBuffer;)J, Buffer) }", [("table-of-class", "open", "Buffer")]),
        ('{ "open", "()J", NULL }', []),
        ("{ 0 }", []),
        ("", []),
    ],
)
def test_entries_of_a_table(entry, expected):
    assert links(Language.C, TABLE % entry) == expected


def test_an_entry_that_is_filled_in_later():
    source = (
        'void f() { JNINativeMethod *m = methods; m->name = "send"; m->signature = s; m->fnPtr = (void *) do_send; }'
    )
    assert links(Language.C, source) == [("table", "send", "do_send")]


def test_class_names_only_next_to_a_table():
    source = (
        TABLE % '{ "open", "()J", (void *) f }'
        + '\nvoid g() { find(env, "org/acme/Store$Handle"); find(env, "no such"); }'
    )
    assert ("class", "org.acme.Store$Handle", "") in links(Language.C, source)
    assert links(Language.C, 'void g() { find(env, "org/acme/Store"); }') == []


def test_a_table_in_a_comment_is_none():
    assert links(Language.C, "/* " + TABLE % '{ "a", "()V", f }' + " */ int JNINativeMethods;") == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('class A { static { System.loadLibrary("acme"); } }', [("library", "acme", "")]),
        (
            'class A { MethodHandle H = Linker.nativeLinker().downcallHandle(SymbolLookup.loaderLookup().find("acme_sum").get(), D); }',
            [("symbol", "acme_sum", "")],
        ),
        ('class A { Object o = map.find("acme_sum"); }', []),
        ('class A { MethodHandle h = downcallHandle("acme_sum", D); }', [("symbol", "acme_sum", "")]),
        ('class A { Object h = SymbolLookup.x().find("not a name"); }', []),
        ('// System.loadLibrary("acme")\nclass A { String s = "System.loadLibrary("; }', []),
        (
            'interface C extends Library { C I = Native.load("c", C.class); int puts(String s); @Name("x") long tell(Pointer f) throws E; }',
            [("bound", "puts", "C"), ("bound", "tell", "C"), ("library", "c", "")],
        ),
        (
            'class A { interface L { int getpid(); } L l = LibraryLoader.create(L.class).load("c"); interface M { void no(); } }',
            [("bound", "getpid", "L")],
        ),
        (
            'class A { static { Native.register("m"); } static native double cos(double x); }',
            [("direct", "", ""), ("library", "m", "")],
        ),
    ],
)
def test_what_java_names(source, expected):
    assert sorted(links(Language.JAVA, source)) == sorted(expected)


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (Language.C, b"JNINativeMethod a[] = { " + b"{" * 100_000),
        (Language.C, b"JNINativeMethod " * 50_000),
        (Language.C, b"JNINativeMethod a[] = { " * 20_000),
        (Language.C, b"JNINativeMethod a[] = {" + b'{"a","b",' * 40_000),
        (Language.C, b'JNINativeMethod x; m->name = "' * 20_000),
        (Language.JAVA, b"class A { " + b"interface L extends Library { " * 10_000),
        (Language.JAVA, b"class A { Object o = Native.load(" + b"x.class, " * 30_000),
        (Language.JAVA, b'class A { Object o = SymbolLookup.find("' * 20_000),
        (Language.JAVA, b"interface L extends Library { int a" + b"(" * 50_000),
    ],
    ids=range(9),
)
def test_time_grows_with_the_size_of_a_hostile_file(language, source):
    start = time.process_time()
    found = facts(language, source).native_links
    assert time.process_time() - start < 10
    assert all(isinstance(one.kind, NativeLinkKind) for one in found)
