"""Small sound documents of every kind that rustplan reads: what the fuzzers damage."""

from __future__ import annotations

import json
from pathlib import Path

import profile_world
import sarif_world

ROOT = Path(__file__).parents[1]
COMMIT = "c" * 40

CONFIG = b"""version: 1
exclude: ["third_party/**", 'old/*.c']
jobs: 2
components: {net/tls: ["src/tls/**"], "a b": [lib/*]}
plan: {engineers: 3, start: 2026-01, availability: 0.5, criticality: {net/tls: 0.9}}
gate: {fail-on: ["risk>=70", "new:high"]}
policy: {net/tls: {state: no-new-c, from: "2026-01-01"}}
score: {exponents: [0.4, 0.3, 0.3]}
report: {excerpts: none, paper: letter}
"""

CMAKE = b"""cmake_minimum_required(VERSION 3.10)
project(x C CXX)
set(S a.c ${CMAKE_CURRENT_SOURCE_DIR}/b.c)
list(APPEND S "x y.c" [[raw.c]])
file(GLOB G "*.cpp" RELATIVE ${PROJECT_SOURCE_DIR} src/*.c)
foreach(one IN LISTS S)
  list(APPEND ALL ${one})
endforeach()
if(WIN32 AND NOT X STREQUAL "y")
  add_library(win STATIC w.c)
elseif(UNIX)
  add_library(core SHARED ${ALL} $<$<BOOL:1>:gen.c>)
else()
endif()
function(make name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE core ${ARGV1})
endfunction()
make(tool main.c)
string(REPLACE "a" "b" R "${S}")
target_include_directories(core PUBLIC include $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>)
add_subdirectory(src)
"""

MESON = b"""project('x', 'c', version: '1.0')
srcs = files('a.c', 'b.c') + ['c' + '.c']
if get_option('x') and not meson.is_subproject()
  srcs += 'd.c'
endif
foreach name, parts : {'one': ['a.c'], 'two': srcs}
  executable(name, parts, link_with: lib)
endforeach
lib = static_library('core', srcs, include_directories: include_directories('include'), dependencies: [dependency('zlib')])
subdir('src')
x = '''long
text'''.format(1, -2) ? 3 : 0x1f
"""

MAKE = b"""CC ?= gcc
OBJS := a.o b.o $(patsubst %.c,%.o,$(wildcard *.c)) $(SRC:.c=.o)
ifeq ($(OS),Windows_NT)
OBJS += w.o
else
endif
define RULE
x: y
endef
$(foreach p,a b,$(eval $(p)_SRCS := $(p).c))
lib.a: $(OBJS)
\t$(AR) rcs $@ $^ \\
\t  more
tool: main.o lib.a ; $(CC) -o $@ $^ -lz
include other.mk
"""

AUTOMAKE = b"""bin_PROGRAMS = tool
lib_LTLIBRARIES = libcore.la
if WINDOWS
EXTRA = w.c
endif
libcore_la_SOURCES = a.c b.c $(EXTRA) @GENERATED@ \\
  include/x.h
tool_SOURCES = main.c
tool_LDADD = libcore.la $(top_builddir)/lib/libz.la
include src/Makefile.inc
SUBDIRS = . src
"""

KBUILD = b"obj-$(CONFIG_X) += core.o\ncore-y := a.o b.o\ncore-$(CONFIG_Y) += c.o\nobj-y += one.o sub/\nccflags-y := -I$(src)/include\n"

BAZEL = b"""load("//:x.bzl", "x")
SRCS = ["a.c", "b.c"] + glob(["src/**/*.c"], exclude = ["src/t/*"])
cc_library(name = "core", srcs = SRCS, hdrs = select({"//x:y": ["w.h"], "//conditions:default": []}), deps = [":z", "//lib:y"])
[cc_binary(name = "t_%s" % n, srcs = [n + ".c"]) for n in ["p", "q"]]
java_library(name = "j", srcs = glob(["**/*.java"]), runtime_deps = ["@m//:x"])
"""

MAVEN = b"""<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>
<artifactId>a</artifactId><properties><java.version>17</java.version><maven.compiler.release>${java.version}</maven.compiler.release></properties>
<modules><module>src</module><module>../x</module></modules>
<dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId><scope>test</scope></dependency></dependencies>
<build><sourceDirectory>java</sourceDirectory><plugins><plugin><artifactId>maven-compiler-plugin</artifactId>
<configuration><source>1.8</source><target>8</target></configuration></plugin></plugins></build></project>
"""

SETTINGS = (
    b"rootProject.name = 'x'\ninclude 'core', ':lib:net'\ninclude(\":a\")\nproject(':core').projectDir = file('src')\n"
)

GRADLE = b"""plugins { id 'java-library' }
sourceSets { main { java { srcDirs = ['src', "java"] } } }
java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }
sourceCompatibility = JavaVersion.VERSION_1_8
dependencies { implementation project(':core'); testImplementation(libs.junit.api) // x
  api "g:a:1.0" /* y */ }
"""

CATALOG = b"""[versions]\njunit = "5.9"\n[libraries]\njunit-api = { module = "org.junit:api", version.ref = "junit" }
net = "g:a:1"\n[bundles]\nall = [\n "junit-api",\n "net",\n]\n"""

MODULE_INFO = b"/** x */ open module a.b {\n  requires transitive java.base; // y\n  exports a.b.c;\n}\n"

DATABASE = json.dumps(
    [
        {"directory": "/home/x/p/build", "file": "../a.c", "command": "cc -I../include -DX='a b' -c ../a.c -o a.o"},
        {
            "directory": "/home/x/p",
            "file": "src/b.c",
            "arguments": ["cc", "-Isrc", "@x.rsp", "src/b.c"],
            "output": "b.o",
        },
    ]
).encode()

CODE_MODEL = json.dumps(
    {"configurations": [{"targets": [{"jsonFile": "t.json"}]}], "paths": {"source": "/p", "build": "/p/b"}}
).encode()
CMAKE_TARGET = json.dumps(
    {
        "name": "a",
        "type": "EXECUTABLE",
        "sources": [{"path": "a.c"}],
        "dependencies": [{"id": "b"}],
        "compileGroups": [{"includes": [{"path": "/p/src"}]}],
    }
).encode()
MESON_TARGETS = json.dumps(
    [
        {
            "name": "a",
            "type": "executable",
            "id": "a@exe",
            "depends": ["b"],
            "target_sources": [{"sources": ["/p/a.c"], "parameters": ["-I/p/src"]}],
        }
    ]
).encode()

IGNORE = b"*.o\n!keep.o\n/build/\nsrc/**/x?.[ch]\n# c\n\\#d\nx\\ \n[!a-z]b\n**/t\n"
MODULES = b'[submodule "a"]\n\tpath = src\n\turl = https://example.org/x\n[submodule "b"]\n\tpath = "lib/\\"x"\n'
INDEX = (
    b"DIRC\0\0\0\2\0\0\0\2"
    + (b"\0" * 24 + b"\0\0\x81\xa4" + b"\0" * 12 + b"a" * 20 + b"\0\3a.c" + b"\0" * 7)
    + (b"\0" * 24 + b"\0\0\xe0\0" + b"\0" * 12 + b"b" * 20 + b"\0\3src" + b"\0" * 7)
    + b"\0" * 20
)

COLLAPSED = b"""shop/Main.main;shop/Till.ring;java/lang/StringConcatHelper.newArray;byte[]_[i] 4096
shop/Main.main;shop/Till.ring;java/lang/Long.valueOf;java.lang.Long_[k] 24
app;main;shop::Engine::run(int);inflate;window.isra.0 5
"""
PERF = b"""app 123 [000] 1.000001: 250000 cycles:
\t    55d0 inflate+0x10 (/usr/bin/app)
\t    55e0 shop::Engine::run(int)+0x4 (/usr/bin/app)
\t    7f00 [unknown] ([unknown])

java 9/10 2.5: 1 cpu-clock:u:
\t 7f2a Lshop/Till;::ring+0x40 (/tmp/perf-9.map)

"""
COMPILED = b"    61    1       3       java.lang.Object::<init> (1 bytes)\n   412   87 % !   4       shop.Till::ring @ 12 (60 bytes)\n   500   88     n 0       shop.Till::log (native)   (static)\n"
JMH = json.dumps(
    [
        {
            "benchmark": "shop.Till.ring",
            "mode": "thrpt",
            "params": {"n": "1"},
            "primaryMetric": {"score": 12.5, "scoreError": 0.5, "scoreUnit": "ops/ms", "rawData": [[12.0, 13.0]]},
            "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 24.0, "scoreUnit": "B/op"}},
        }
    ]
).encode()
JFR = profile_world.recording(
    profile_world.sample(4096, ("shop/Till", "ring", 8), ("shop/Main", "main", 1)),
    profile_world.sample("2.5 kB", ("shop/Till", "log", 9), allocated="java.lang.String"),
    profile_world.event("ExecutionSample", (("shop/Till", "ring", 8),), state="STATE_RUNNABLE"),
    profile_world.event(
        "GarbageCollection", gcId=1, name="G1New", cause="x", sumOfPauses="PT0.0123S", longestPause="PT0.0123S"
    ),
    profile_world.event(
        "GCPhasePause", gcId=1, name="GC Pause", duration="PT0.0123S", startTime="2026-01-02T03:04:05.678+00:00"
    ),
).encode()
GC_UNIFIED = b"""[2026-01-02T03:04:05.178+0000][0.005s][info][gc] Using G1
[0.005s][info][gc,init] Heap Max Capacity: 96M
[2026-01-02T03:04:05.678+0000][0.500s][info][gc          ] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 40M->10M(96M) 6.500ms
[0.9s][info][gc] GC(9) Pause Full (System.gc()) 58M->48M(96M) 4.000ms
[0.9s][info][gc] GC(9) Concurrent Mark Cycle 10.5ms
[0.3s][info][gc,phases] GC(7) y: Pause Mark Start 0.020ms
[0.3s][info][gc] Allocation Stall (main) 7.500ms
[1s][info][safepoint] Safepoint "ThreadDump", Time since last: 1 ns, Reaching safepoint: 30 ns, At safepoint: 4 ns, Total: 34 ns
[1.1s][info][safepoint] Total time for which application threads were stopped: 0.0120 seconds, Stopping threads took: 0.0010 seconds
"""
GC_JDK8 = b"""OpenJDK 64-Bit Server VM (25.302-b08) for linux-amd64 JRE
CommandLine flags: -XX:MaxHeapSize=104857600 -XX:+UseParallelGC
2026-01-02T03:04:05.678+0000: 1.000: [GC (Allocation Failure) [PSYoungGen: 2K->4K(8K)] 24K->4K(94K), 0.0100000 secs] [Times: user=0.01 sys=0.00, real=0.01 secs]
2.0: [Full GC (System.gc()) [PSYoungGen: 0K->0K(8K)] [ParOldGen: 4K->3K(9K)] 4K->3K(17K), [Metaspace: 2K->2K(10K)], 0.0200000 secs]
1.0: [GC pause (G1 Evacuation Pause) (young), 0.0100000 secs]
   [Eden: 1.0M(1.0M)->0.0B(1.0M) Survivors: 0.0B->0.0B Heap: 12.0M(96.0M)->2.0M(96.0M)]
1.1: Total time for which application threads were stopped: 0.0120000 seconds, Stopping threads took: 0.0010000 seconds
"""

SARIF = json.dumps(
    sarif_world.log(
        sarif_world.run(
            sarif_world.result(),
            sarif_world.result("file:///C:/x/src/main.c", 7, rule="R416"),
            sarif_world.result(line=30) | {"message": {"id": "m", "arguments": ["a"]}, "suppressions": [], "rank": 5.0},
            sarif_world.result(line=60)
            | {"codeFlows": [{"threadFlows": [{"locations": [{"location": sarif_world.result()["locations"][0]}]}]}]},
            taxonomies=[{"name": "CWE", "taxa": [{"id": "787"}]}],
            originalUriBaseIds={"%SRCROOT%": {"uri": "file:///C:/x/"}},
            artifacts=[{"location": {"uri": "lib/url.c", "uriBaseId": "%SRCROOT%"}}],
        )
    )
).encode()

OSV = json.dumps(
    {
        "id": "CVE-2024-1",
        "aliases": ["GHSA-aaaa-bbbb-cccc"],
        "summary": "Heap buffer overflow",
        "details": "x",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [
            {
                "ranges": [{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}, {"fixed": COMMIT}]}],
                "versions": ["1"],
                "database_specific": {"cwe_ids": ["CWE-787"]},
            }
        ],
        "references": [{"type": "FIX", "url": f"https://example.org/p/commit/{COMMIT}"}],
        "database_specific": {"cwe_ids": ["CWE-122"]},
    }
).encode()

ACTUALS = b'component,lines,person_months,difficulty\nnet/tls,2000,3.5,1.2\n\n"a, b",900,1,\n'

STREAM = b"\0".join(
    [
        b"=" + b"a" * 40, b"b" * 40, b"1700000000", b"x@example.org", b"X", b"Fix heap overflow in a.c (CVE-2024-1)", b"body\n",
        b"\n:100644 100644 aaaa bbbb M", b"a.c", b"3\t1\ta.c", b"5\t0\t", b"b.c", b"src/b.c", b"-\t-\timage.png",
        b"=" + b"b" * 40, b"", b"1690000000", b"y@example.org", b"Y", b"start", b"", b"10\t0\ta.c", b"20\t0\tb.c", b"",
    ]
)  # fmt: skip


def sources(*endings: str, corpus: tuple[Path, ...] = ()) -> list[bytes]:
    """Texts with these endings, from the fixtures and from real code that was named, the first 8,000 bytes of each."""
    found = []
    for top in (ROOT / "fixtures", *corpus):
        files = sorted(path for path in top.rglob("*") if path.suffix in endings and path.is_file())
        found += [path.read_bytes()[:8_000] for path in files[:400]]
    return [text for text in found if text.strip()]


def rules(kind: str = "") -> list[bytes]:
    """Every shipped rule, or every file of models."""
    top = ROOT / "rules"
    return [path.read_bytes() for path in sorted(top.rglob("*.yaml")) if ("models" in path.parts) == (kind == "models")]
