from __future__ import annotations

import json

from rustplan.model.source import TargetKind

C = "int x;\n"


def _sources(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, C)


def test_cmake_targets_links_lists_and_subdirectories(targets) -> None:
    found = targets(
        {
            "CMakeLists.txt": """
                cmake_minimum_required(VERSION 3.10) # comment
                project(Top C CXX)
                #[[ add_library(no a.c) ]]
                set(SRCS core/a.c "core/b.c")
                list(APPEND SRCS core/c.c)
                if(WIN32)
                  list(APPEND SRCS core/win.c)
                endif()
                add_library(core STATIC ${SRCS})
                add_library(Top::core ALIAS core)
                target_include_directories(core PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include PRIVATE "$<BUILD_INTERFACE:core>")
                add_subdirectory(app)
                include(cmake/extra.cmake)
                add_executable(outside ../../etc/passwd /etc/passwd core/a.c)
            """,
            "app/CMakeLists.txt": """
                file(GLOB APP_SRCS CONFIGURE_DEPENDS *.cc)
                add_executable(app ${APP_SRCS})
                target_sources(app PRIVATE ${PROJECT_SOURCE_DIR}/core/extra.c)
                target_link_libraries(app PRIVATE Top::core ZLIB::ZLIB -lm $<$<BOOL:${X}>:ssl>)
                if(BUILD_TESTING)
                  add_executable(check main_check.c)
                  add_test(NAME check COMMAND check)
                endif()
            """,
            "cmake/extra.cmake": "add_library(extra MODULE ${CMAKE_SOURCE_DIR}/core/extra.c)\n",
            **_sources("core/a.c", "core/b.c", "core/c.c", "core/win.c", "core/extra.c", "app/x.cc", "app/y.cc"),
            **_sources("app/main_check.c", "include/top.h"),
        }
    )
    assert found["core"].sources == ("core/a.c", "core/b.c", "core/c.c", "core/win.c")
    assert found["core"].include_directories == ("include", "core")
    assert not found["core"].is_conditional
    assert found["app"].sources == ("app/x.cc", "app/y.cc", "core/extra.c")
    assert found["app"].dependencies == ("core",)
    assert found["app"].external == ("ZLIB::ZLIB", "m", "ssl")
    assert found["app"].manifest == "app/CMakeLists.txt"
    assert found["check"].kind is TargetKind.TEST
    assert found["check"].is_conditional
    assert found["extra"].sources == ("core/extra.c",)
    assert found["outside"].sources == ("core/a.c",)
    assert "no" not in found
    assert {target.confidence for target in found.values()} == {0.75}


def test_cmake_functions_loops_and_parsed_arguments(targets) -> None:
    found = targets(
        {
            "CMakeLists.txt": """
                function(my_test file)
                  get_filename_component(name "${file}" NAME_WE)
                  add_executable("${name}" "")
                  target_sources("${name}" PRIVATE "${file}" util.c)
                  add_test(NAME "${name}" COMMAND "${name}")
                endfunction()
                macro(my_library)
                  cmake_parse_arguments(ARG "SHARED" "NAME" "SRCS;DEPS" ${ARGN})
                  add_library(${ARG_NAME} ${ARG_SRCS})
                  target_link_libraries(${ARG_NAME} ${ARG_DEPS})
                endmacro()
                my_test("one_thing.c")
                my_library(NAME lib SRCS a.c b.c DEPS base)
                foreach(tool IN ITEMS t1 t2)
                  add_executable(${tool} ${tool}.c)
                endforeach()
                add_library(base base.c)
            """,
            **_sources("one_thing.c", "util.c", "a.c", "b.c", "t1.c", "t2.c", "base.c"),
        }
    )
    assert found["one_thing"].kind is TargetKind.TEST
    assert found["one_thing"].sources == ("one_thing.c", "util.c")
    assert (found["lib"].sources, found["lib"].dependencies) == (("a.c", "b.c"), ("base",))
    assert found["t2"].sources == ("t2.c",)


def test_cmake_arms_join_lists_of_files_but_not_names(targets) -> None:
    found = targets(
        {
            "CMakeLists.txt": """
                macro(lib name file)
                  if(SHORT)
                    set(_NAME ${name})
                  else()
                    set(_NAME long_${name})
                  endif()
                  if(WIN32)
                    set(SRCS win_${file})
                    set(FLAGS "${FLAGS} -DX/y")
                  elseif(APPLE)
                    set(SRCS mac_${file})
                  else()
                    set(SRCS ${SRCS} unix_${file})
                  endif()
                  add_library(${_NAME} ${SRCS})
                  add_library(alias::${name} ALIAS ${_NAME})
                endmacro()
                lib(one a.c)
                set(SRCS "")
                lib(two b.c)
                target_link_libraries(two alias::one)
            """,
            **_sources("win_a.c", "mac_a.c", "unix_a.c", "win_b.c", "mac_b.c", "unix_b.c"),
        }
    )
    assert set(found) == {"one", "two"}
    assert found["one"].sources == ("mac_a.c", "unix_a.c", "win_a.c")
    assert found["two"].sources == ("mac_b.c", "unix_b.c", "win_b.c")
    assert found["two"].dependencies == ("one",)


def test_cmake_takes_lists_from_a_shared_makefile_inc(targets) -> None:
    found = targets(
        {
            "lib/CMakeLists.txt": "add_library(curly ${CSOURCES})\n",
            "lib/Makefile.inc": "PART = \\\n  b.c\nCSOURCES = a.c \\\n  $(PART)\n",
            **_sources("lib/a.c", "lib/b.c"),
        }
    )
    assert found["curly"].sources == ("lib/a.c", "lib/b.c")


def test_meson_targets(targets) -> None:
    found = targets(
        {
            "meson.build": """
                project('top', 'c')
                inc = include_directories('include')
                srcs = files('a.c')
                if host_machine.system() == 'windows'
                  srcs += files('win.c')
                else
                  srcs += ['unix.c']
                endif
                zdep = dependency('zlib', required : false)
                core = static_library('core', srcs, include_directories: inc, dependencies: [zdep])
                core_dep = declare_dependency(link_with : core, include_directories : inc)
                subdir('app')
                foreach name : ['t_one', 't_two']
                  exe = executable(name, name + '.c', link_with: core)
                  test(name, exe)
                endforeach
            """,
            "app/meson.build": "executable('app', ['main.c', meson.current_source_dir() / 'x.c'], dependencies : core_dep)\n",
            **_sources("a.c", "win.c", "unix.c", "app/main.c", "app/x.c", "t_one.c", "t_two.c", "include/a.h"),
        }
    )
    assert found["core"].sources == ("a.c", "unix.c", "win.c")
    assert found["core"].external == ("zlib",)
    assert found["core"].include_directories == ("include",)
    assert found["app"].sources == ("app/main.c", "app/x.c")
    assert (found["app"].dependencies, found["app"].include_directories) == (("core",), ("include",))
    assert found["t_two"].kind is TargetKind.TEST
    assert found["app"].system == "meson"


def test_automake_targets(targets) -> None:
    found = targets(
        {
            "configure.ac": "",
            "lib/Makefile.am": """
include Makefile.inc
AM_CPPFLAGS = -I$(top_srcdir)/include -I$(srcdir)
lib_LTLIBRARIES = libnet.la
libnet_la_SOURCES = $(CSOURCES) $(HDRS:.x=.h)
libnet_la_LIBADD = -lz @LIBS@
if EXTRA
libnet_la_SOURCES += extra.c
endif
""",
            "lib/Makefile.inc": "CSOURCES = a.c \\\n\tsub/b.c # comment\nHDRS = a.x\n",
            "src/Makefile.am": """
bin_PROGRAMS = tool
check_PROGRAMS = unit
tool_SOURCES = main.c ../lib/shared.c
tool_LDADD = $(top_builddir)/lib/libnet.la
""",
            **_sources("lib/a.c", "lib/a.h", "lib/sub/b.c", "lib/extra.c", "lib/shared.c", "src/main.c", "src/unit.c"),
            **_sources("include/net.h"),
        }
    )
    assert found["libnet"].sources == ("lib/a.c", "lib/a.h", "lib/extra.c", "lib/sub/b.c")
    assert found["libnet"].include_directories == ("include", "lib")
    assert found["libnet"].external == ("z",)
    assert found["tool"].sources == ("lib/shared.c", "src/main.c")
    assert found["tool"].dependencies == ("libnet",)
    assert (found["unit"].kind, found["unit"].sources) == (TargetKind.TEST, ("src/unit.c",))
    assert found["tool"].confidence == 0.7


def test_plain_makefiles_and_kbuild(targets) -> None:
    found = targets(
        {
            "Makefile": "OBJS = $(patsubst %.c,obj/%.o,a.c b.c)\nall: tool libz.a\nlibz.a: $(OBJS)\n\tar rc $@ $^\n"
            "tool: main.o libz.a\n\tcc -o $@ $^\ngroup: a.o b.o\n%.o: %.c\n\tcc -c $<\n",
            "drivers/net/Makefile": "obj-y += simple.o\nobj-$(CONFIG_FOO) += foo.o sub/\nfoo-y := one.o\nfoo-$(CONFIG_B) += two.o\n",
            **_sources("a.c", "b.c", "main.c"),
            **_sources("drivers/net/simple.c", "drivers/net/one.c", "drivers/net/two.c"),
        }
    )
    assert (found["libz"].kind, found["libz"].sources) == (TargetKind.LIBRARY, ("a.c", "b.c"))
    assert (found["tool"].sources, found["tool"].dependencies) == (("main.c",), ("libz",))
    assert found["tool"].confidence == 0.4
    assert "group" not in found
    assert (found["foo"].sources, found["foo"].is_conditional) == (("drivers/net/one.c", "drivers/net/two.c"), True)
    assert (found["net"].sources, found["net"].system) == (("drivers/net/simple.c",), "kbuild")


def test_bazel_targets(targets) -> None:
    found = targets(
        {
            "base/BUILD": """
COMMON = ["a.cc"] + glob(["gen_*.cc"], exclude = ["gen_no.cc"])
cc_library(
    name = "base",
    srcs = COMMON + select({":win": ["w.cc"], "//conditions:default": []}),
    hdrs = ["a.h"],
    includes = ["."],
    deps = ["//other", "@absl//absl:strings"],
)
cc_test(name = "base_check", srcs = ["check.cc"], deps = [":base"])
my_macro(name = "odd", srcs = ["odd.cc"])
""",
            "other/BUILD.bazel": 'cc_library(name = "other", srcs = ["o.cc"])\ncc_binary(name = "base", srcs = ["main.cc"])\n',
            **_sources(
                *(f"base/{name}" for name in ["a.cc", "a.h", "gen_1.cc", "gen_no.cc", "w.cc", "check.cc", "odd.cc"])
            ),
            **_sources("other/o.cc", "other/main.cc"),
        }
    )
    assert found["base:base"].sources == ("base/a.cc", "base/a.h", "base/gen_1.cc", "base/w.cc")
    assert found["base:base"].dependencies == ("other",)
    assert found["base:base"].external == ("@absl//absl:strings",)
    assert found["base:base"].is_conditional
    assert found["base_check"].kind is TargetKind.TEST
    assert found["base_check"].dependencies == ("base:base",)
    assert found["other:base"].kind is TargetKind.EXECUTABLE
    assert found["odd"].is_conditional


def test_a_compilation_database_of_another_machine(targets) -> None:
    entries = [
        {
            "directory": "/home/ci/work/proj/build",
            "file": "../src/a.c",
            "command": "cc -I../include -isystem /usr/include -DX -o CMakeFiles/core.dir/src/a.c.o -c ../src/a.c",
        },
        {
            "directory": "/home/ci/work/proj/build",
            "file": "/home/ci/work/proj/src/b.c",
            "arguments": ["cc", "-o", "libm.so.p/b.c.o", "-c", "b.c"],
        },
        {"directory": "/home/ci/work/proj/build", "file": "/usr/src/c.c", "command": "cc -o CMakeFiles/core.dir/c.o"},
    ]
    found = targets(
        {
            "build/compile_commands.json": json.dumps(entries),
            "src/a.c": C,
            "src/b.c": C,
            "include/a.h": C,
            ".gitignore": "build/\n",
        }
    )
    assert (found["core"].sources, found["core"].include_directories) == (("src/a.c",), ("include",))
    assert found["core"].manifest == "build/compile_commands.json"
    assert (found["libm"].sources, found["libm"].kind) == (("src/b.c",), TargetKind.LIBRARY)
    assert found["core"].confidence == 0.9


def test_cmake_and_meson_replies_in_an_ignored_build_folder(write, targets) -> None:
    root = write({"src/a.c": C, "src/b.c": C, "include/a.h": C})
    model = {"paths": {"source": str(root)}, "configurations": [{"targets": [{"jsonFile": "target-core.json"}]}]}
    core = {
        "name": "core",
        "type": "STATIC_LIBRARY",
        "sources": [{"path": "src/a.c"}, {"path": "build/gen.c", "isGenerated": True}],
        "dependencies": [{"id": "base::@6890"}],
        "compileGroups": [{"includes": [{"path": f"{root}/include"}]}],
    }
    meson = [{"name": "m", "type": "executable", "id": "m@exe", "target_sources": [{"sources": [f"{root}/src/b.c"]}]}]
    found = targets(
        {
            ".gitignore": "build/\nbuilddir/\n",
            "build/.cmake/api/v1/reply/codemodel-v2-1.json": json.dumps(model),
            "build/.cmake/api/v1/reply/target-core.json": json.dumps(core),
            "builddir/meson-info/intro-targets.json": json.dumps(meson),
        }
    )
    assert (found["core"].sources, found["core"].include_directories) == (("src/a.c",), ("include",))
    assert (found["core"].external, found["core"].confidence) == (("base",), 0.95)
    assert (found["m"].sources, found["m"].system) == (("src/b.c",), "meson-info")
