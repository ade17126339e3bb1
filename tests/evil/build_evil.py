"""Builds repositories and evidence that were made to harm: one function a case, each with what must come of it.

    python tests/evil/build_evil.py FOLDER [CASE]...

`EVIL_FILES` in the environment sets how many tiny files the case of many files has (2,000 unless it says otherwise).
"""

from __future__ import annotations

import gzip
import io
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

GOOD = 'int copy(void) { char b[4]; strcpy(b, "hello"); return 0; }\n'
DEEP = 100_000
PWNED = "pwned"
"""The file that every program named by a repository would make, beside the repository."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A repository in `build(folder)`, what rustplan is asked, how it may end, and the reasons it must list, by path."""

    build: Callable[[Path], None]
    arguments: tuple[str, ...] = ("scan", "repo")
    codes: tuple[int, ...] = (0,)
    skipped: dict[str, str] = field(default_factory=dict)
    degraded: dict[str, str] = field(default_factory=dict)
    says: str = ""
    seconds: float = 60.0
    megabytes: int = 700


CASES: dict[str, Case] = {}


def case(*arguments: str, **expected: object) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Register the function below as a case of its name."""

    def register(build: Callable[[Path], None]) -> Callable[[Path], None]:
        asked = {"arguments": arguments} if arguments else {}
        CASES[build.__name__] = Case(build=build, **asked, **expected)  # type: ignore[arg-type]
        return build

    return register


def build(name: str, folder: Path) -> Case:
    """Make one case: `folder/repo`, and evidence beside it."""
    made = CASES[name]
    write(folder, "repo/good.c", GOOD)
    made.build(folder)
    return made


def write(folder: Path, path: str | bytes, content: str | bytes) -> None:
    """Write one file; names may be any bytes."""
    place = os.path.join(os.fsencode(folder), os.fsencode(path))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def sparse(place: Path, size: int) -> None:
    """A file of that size that takes no room."""
    with open(place, "wb") as file:
        file.truncate(size)


_NAMES = (
    b"new\nline.c", b"tab\t.c", b"q'uo\"te.c", b"back\\slash.c", b"\x1b[2J\x1b]0;x\x07.c", b"\xff\xfe.c", b"\xed\xa0\x80.c",
    "\u202egpj.c".encode(), b"c1\xc2\x9b31m.c", b"<script>x<.c", b"-rf.c", b"=1+1.c", b"$(id).c", b"`id`.c", b"%s%n.c", b"n" * 253 + b".c",
)  # fmt: skip


@case("scan", "repo", "-v", "-f", "full", "-o", "csv=tables", "-o", "sarif=a.sarif")
def names(folder: Path) -> None:
    """Newlines, quotes, escapes, right-to-left marks and bytes that are no UTF-8, as names of files and of folders."""
    for name in _NAMES:
        write(folder, b"repo/" + name, GOOD)
        write(folder, b"repo/" + name[:250] + b"_d/" + name, GOOD)


@case(
    skipped={
        "d/up": "symlink-loop", "self.c": "symlink-loop", "ping.c": "symlink-loop", "passwd.c": "symlink-outside-root", "zero.c": "symlink-outside-root",
        "gone.c": "symlink-broken", "outside": "symlink-outside-root", "beside.c": "symlink-outside-root",
    },
)  # fmt: skip
def links(folder: Path) -> None:
    """Symbolic links in circles and out of the repository."""
    write(folder, "secret.c", "int secret_of_the_neighbour;\n")
    write(folder, "repo/d/e.c", GOOD)
    for name, target in {
        "d/up": "..",
        "self.c": "self.c",
        "ping.c": "pong.c",
        "pong.c": "ping.c",
        "passwd.c": "/etc/passwd",
        "zero.c": "/dev/zero",
        "gone.c": "nowhere.c",
        "outside": "/etc",
        "beside.c": "../secret.c",
    }.items():
        (folder / "repo" / name).symlink_to(target)


@case(skipped={"pipe.c": "not-a-regular-file", "socket.c": "not-a-regular-file"})
def special_files(folder: Path) -> None:
    """Pipes and sockets, and devices where they may be made, under the names of source and build files."""
    repo = folder / "repo"
    for name in ("pipe.c", "pom.xml", "CMakeLists.txt", ".gitignore", ".gitmodules", "rustplan-baseline.json"):
        os.mkfifo(repo / name)
    here = os.getcwd()
    os.chdir(repo)  # the name of a socket is bounded to about a hundred bytes
    try:
        with socket.socket(socket.AF_UNIX) as endpoint:
            endpoint.bind("socket.c")
    finally:
        os.chdir(here)
    with suppress(PermissionError):
        os.mknod(repo / "zero.c", 0o020666, os.makedev(1, 5))
        os.mknod(repo / "Makefile", 0o020666, os.makedev(1, 5))


@case(
    skipped={"huge.c": "too-large", "CMakeLists.txt": "too-large"},
    degraded={"CMakeLists.txt": "manifest-not-understood", ".gitignore": "manifest-not-understood"},
)
def sparse_files(folder: Path) -> None:
    """Four gigabytes that take no room."""
    for name in ("huge.c", "CMakeLists.txt", ".gitignore", "huge.bin", "compile_commands.json"):
        sparse(folder / "repo" / name, 4 << 30)


@case(skipped={"line.c": "too-large", "line.java": "too-large"}, seconds=90)
def one_line(folder: Path) -> None:
    """One line of 50 MB, and one that is just small enough to be read."""
    write(folder, "repo/line.c", b"int a = 0" + b" + 1" * 12_500_000 + b";")
    write(folder, "repo/line.java", b"class A { int a = 0" + b" + 1" * 12_500_000 + b"; }")
    write(folder, "repo/less.c", b"int f(void) { return g(" + b"a," * 150_000 + b"a); }")
    write(folder, "repo/less.java", b"class A { " + b"int f() { return 0; } " * 15_000 + b"}")


@case("scan", "repo", "-j", "2", seconds=120, megabytes=1500)
def many_files(folder: Path) -> None:
    """Very many files of a few bytes."""
    for number in range(int(os.environ.get("EVIL_FILES", "2000"))):
        write(folder, f"repo/d{number // 500}/f{number}.c", "int a;\n")


_BLOCKS = {
    "braces.c": "void f(void)" + "{" * DEEP,
    "closed.c": "void f(void)" + "{" * 3000 + "}" * 3000,
    "ifs.c": "void f(int a) { " + "if (a) " * DEEP + "; }",
    "loops.c": "void f(int a) { " + "while (a) { " * 2000 + "a--;" + "}" * 2000 + "}",
    "cases.c": "void f(int a) { switch (a) {" + "".join(f"case {n}: a++; " for n in range(20_000)) + "} }",
    "blocks.java": "class A { void f() " + "{" * DEEP,
    "classes.java": "class A { " * 2000 + "}" * 2000,
    "lambdas.java": "class A { Object f = " + "() -> " * 5000 + "1; }",
}


@case("scan", "repo", "-j", "2", degraded={"braces.c": "nested-too-deep", "blocks.java": "nested-too-deep"})
def deep_blocks(folder: Path) -> None:
    """Blocks, statements and classes inside each other, and a switch without end."""
    for name, text in _BLOCKS.items():
        write(folder, f"repo/{name}", text)


_EXPRESSIONS = {
    "parentheses.c": "int x = " + "(" * DEEP,
    "closed.c": "int x = " + "(" * 3000 + "1" + ")" * 3000 + ";",
    "brackets.c": "int a" + "[" * DEEP,
    "sum.c": "int f(int a) { return " + "a+" * DEEP + "a; }",
    "stars.c": "int " + "*" * DEEP + "p;",
    "nots.c": "int f(int a) { return " + "!" * DEEP + "a; }",
    "calls.c": "int f(int a) { return " + "f(" * 5000 + "a" + ")" * 5000 + "; }",
    "types.cpp": "a<" * DEEP + "b" + ">" * DEEP + " c;",
    "initialisers.c": "int x[] = " + "{" * 5000 + "}" * 5000 + ";",
    "strings.java": "class A { String s = " + '"a" + ' * 50_000 + '"b"; }',
    "generics.java": "class A { " + "List<" * 5000 + "A" + ">" * 5000 + " a; }",
}


@case("scan", "repo", "-j", "2", degraded={"parentheses.c": "nested-too-deep", "sum.c": "nested-too-deep"})
def deep_expressions(folder: Path) -> None:
    """Parentheses, operators, types and initialisers inside each other."""
    for name, text in _EXPRESSIONS.items():
        write(folder, f"repo/{name}", text)


@case(skipped={"/".join(["d"] * 201): "too-deep"})
def deep_folders(folder: Path) -> None:
    """Folders inside folders: more than are followed, and further than a path may be long."""
    write(folder, f"repo/{'d/' * 400}a.c", GOOD)
    here = os.getcwd()
    os.chdir(folder / "repo")
    try:
        for _ in range(24):
            os.mkdir("n" * 200)
            os.chdir("n" * 200)
        Path("a.c").write_text(GOOD)
    finally:
        os.chdir(here)


@case("scan", "repo", "-j", "2")
def deep_conditions(folder: Path) -> None:
    """#if inside #if, #elif without end, conditions in halves of statements, and macros that grow twofold each time."""
    write(folder, "repo/ifs.c", "#if X\n" * DEEP + "int a;\n" + "#endif\n" * DEEP)
    write(folder, "repo/open.c", "#ifdef A\n{\n#else\n(\n" * 5000)
    write(folder, "repo/elif.c", "#if A\n" + "".join(f"#elif B{n}\nint a{n};\n" for n in range(20_000)) + "#endif\n")
    write(
        folder, "repo/halves.c", "void f(void) {\n" + "#if A\nif (a) {\n#else\nwhile (b) {\n#endif\n}\n" * 2000 + "}\n"
    )
    write(folder, "repo/grow.c", "".join(f"#define a{n} a{n + 1} a{n + 1}\n" for n in range(60)) + "int x = a0;\n")
    write(folder, "repo/slashes.c", "#define A \\\n" * 50_000 + "1\n")


@case("scan", "repo", "-j", "2")
def headers_in_circles(folder: Path) -> None:
    """Headers that include themselves, each other, and the next one twice, forty times."""
    write(folder, "repo/self.h", '#include "self.h"\nstatic int s(void);\n')
    write(folder, "repo/a.h", '#include "b.h"\nint a(void);\n')
    write(folder, "repo/b.h", '#include "a.h"\nint b(void);\n')
    for number in range(40):
        text = f'#include "x{number + 1}.h"\n#include "x{number + 1}.h"\n#define X{number} (X{number + 1} + X{number + 1})\n'
        write(folder, f"repo/x{number}.h", text)
    write(
        folder,
        "repo/main.c",
        '#include "self.h"\n#include "a.h"\n#include "x0.h"\nint main(void) { char b[4]; return b[X0]; }\n',
    )
    write(folder, "repo/me.c", '#include "me.c"\nint me(void) { return me(); }\n')


_LAUGHS = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{','.join([f'*b{n - 1}' if n else '*a'] * 9)}]\n" for n in range(9))


@case(codes=(2,), says="more than 50 aliases")
def yaml_bomb(folder: Path) -> None:
    """A configuration of nine levels of aliases."""
    write(folder, "repo/rustplan.yml", "version: 1\n" + _LAUGHS)


@case("scan", "repo", "--rules", "rules", codes=(2,), says="more than 50 aliases")
def yaml_bomb_in_rules(folder: Path) -> None:
    """The same as a rule, and one that asks for an object of Python."""
    write(folder, "rules/laughs.yaml", _LAUGHS)
    write(folder, "rules/object.yaml", f"a: !!python/object/apply:os.system ['touch {folder}/{PWNED}']\n")


@case(degraded={"pom.xml": "manifest-not-understood", "outside/pom.xml": "manifest-not-understood"})
def xml_bomb(folder: Path) -> None:
    """Entities that grow tenfold nine times, and one that names a file of the machine."""
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1 if n else str()};' * 10}'>" for n in range(10))
    write(folder, "repo/pom.xml", f"<!DOCTYPE a [<!ENTITY a 'x'>{entities}]><project>&a9;</project>")
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><project><artifactId>&x;</artifactId></project>'
    write(folder, "repo/outside/pom.xml", outside)
    write(folder, "repo/build.xml", f"<!DOCTYPE a [<!ENTITY a 'x'>{entities}]><project>&a9;</project>")


@case()
def git_programs(folder: Path) -> None:
    """A git folder with a history whose configuration, attributes and hooks name programs in every way that git knows."""
    repo, evil = folder / "repo", f"touch {folder}/{PWNED}"
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Fix heap overflow")):
        subprocess.run(["git", *who, *words], cwd=repo, env=environment, check=True, capture_output=True)
    write(folder, "repo/.gitattributes", "* filter=x diff=x merge=x textconv=x\n")
    hook = f"#!/bin/sh\n{evil}\n"
    for name in ("post-checkout", "pre-commit", "fsmonitor-watchman", "post-index-change", "reference-transaction"):
        write(folder, f"repo/.git/hooks/{name}", hook)
        os.chmod(repo / ".git/hooks" / name, 0o755)
    with open(repo / ".git/config", "a", encoding="utf-8") as file:
        file.write(
            f'[core]\nfsmonitor = "{evil}"\npager = "{evil}"\nsshCommand = "{evil}"\neditor = "{evil}"\nalternateRefsCommand = "{evil}"\n'
            f'hooksPath = .git/hooks\nattributesFile = /etc/passwd\n[log]\nshowSignature = true\n[gpg]\nprogram = "{evil}"\n'
            f'[diff]\nexternal = "{evil}"\n[diff "x"]\ntextconv = "{evil}"\ncommand = "{evil}"\n[filter "x"]\nclean = "{evil}"\nsmudge = "{evil}"\n'
            f'process = "{evil}"\nrequired = true\n[credential]\nhelper = "!{evil}"\n[alias]\nlog = "!{evil}"\n[pager]\nlog = "{evil}"\n'
            '[remote "origin"]\nurl = ext::sh -c id\npromisor = true\n[include]\npath = /etc/passwd\n[extensions]\nworktreeConfig = true\n'
        )


@case()
def build_programs(folder: Path) -> None:
    """Build files that run programs when they are built, modules that Python would import from the current folder."""
    evil = f"touch {folder}/{PWNED}"
    python = f"import os; os.system({evil!r})\n"
    files = {
        "CMakeLists.txt": f"execute_process(COMMAND {evil})\nadd_library(a good.c)\n",
        "sub/Makefile": f"X:=$(shell {evil})\nX!={evil}\na: good.o\n",
        "BUILD": f"__import__('os').system('{evil}')\n",
        "meson.build": f"run_command('sh', '-c', '{evil}')\n",
        "build.gradle": f"'{evil}'.execute()\n",
        "configure": f"#!/bin/sh\n{evil}\n",
        "compile_commands.json": f'[{{"directory": "/", "file": "good.c", "command": "{evil}"}}]',
        "setup.py": python,
        "conftest.py": python,
    }
    for name in ("sitecustomize", "usercustomize", "rustplan", "yaml", "msgspec", "click", "tree_sitter_c", "os"):
        files[f"{name}.py"] = python
    for path, text in files.items():
        write(folder, f"repo/{path}", text)


def _zip_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("statement.json", bytes(100 << 20))
    return held.getvalue()


_EVIDENCE: dict[str, Callable[[], bytes]] = {
    "bomb.zip": _zip_bomb,
    "bomb.gz": lambda: gzip.compress(bytes(100 << 20)),
    "bomb.json": lambda: b'{"recording": {"events": ' + b"[" * 5_000_000,
    "bomb.sarif": lambda: b'{"version": "2.1.0", "runs": [{"results": ' + b"[" * 5_000_000,
    "wide.sarif": lambda: b'{"version": "2.1.0", "runs": [' + b'{"results": []},' * 300_000 + b'{"results": []}]}',
    "osv": lambda: b'{"id": "A", "affected": ' + b"[" * 5_000_000,
    "saved.json": lambda: b'{"schema": "1", "tool": ' + b'{"a":' * 2_000_000,
    "baseline.json": lambda: b'{"v": 1, "entries": ' + b"[" * 2_000_000,
    "actuals.csv": lambda: b'component,lines,person_months\n"' + b"a" * 5_000_000,
}
"""Packed bombs, brackets without end, very many empty parts."""


def _given(name: str) -> Callable[[Path], None]:
    """Lay one piece of evidence beside the repository; `zeros.json` are eight gigabytes that take no room."""

    def lay(folder: Path) -> None:
        if name == "zeros.json":
            sparse(folder / name, 8 << 30)
        elif name == "osv":
            write(folder, "osv/bomb.json", _EVIDENCE[name]())
            write(folder, "osv/good.json", b'{"id": "A", "summary": "Heap overflow"}')
        else:
            write(folder, name, _EVIDENCE[name]())

    return lay


_REFUSED = {
    "zip_as_profile": (("scan", "repo", "--profile", "bomb.zip"), "packed (zip)"),
    "gzip_as_profile": (("scan", "repo", "--profile", "bomb.gz"), "packed (gzip)"),
    "brackets_as_profile": (("scan", "repo", "--profile", "bomb.json"), "bomb.json"),
    "zeros_as_profile": (("scan", "repo", "--profile", "zeros.json"), "zeros.json"),
    "brackets_as_sarif": (("scan", "repo", "--sarif", "bomb.sarif"), "bomb.sarif"),
    "zip_as_pack": (("verify", "bomb.zip"), "was not written by rustplan"),
    "zeros_as_pack": (("verify", "zeros.json"), "zeros.json"),
    "brackets_as_saved_analysis": (("report", "--from", "saved.json"), "saved.json"),
    "zeros_as_saved_analysis": (("trend", "zeros.json"), "zeros.json"),
    "brackets_as_baseline": (("scan", "repo", "--baseline", "baseline.json"), "baseline.json"),
    "long_cell_in_actuals": (("scan", "repo", "--actuals", "actuals.csv"), "actuals.csv"),
}
for _name, (_arguments, _says) in _REFUSED.items():
    CASES[_name] = Case(build=_given(_arguments[-1]), arguments=_arguments, codes=(2,), says=_says)
CASES["brackets_as_osv"] = Case(build=_given("osv"), arguments=("scan", "repo", "--osv", "osv"))
_WIDE = ("scan", "repo", "--sarif", "wide.sarif")
CASES["many_runs_as_sarif"] = Case(build=_given("wide.sarif"), arguments=_WIDE, codes=(0, 2))


@case("scan", "repo", "-j", "2", seconds=90)
def endless_words(folder: Path) -> None:
    """Comments, strings and lists of patterns that are never closed, and patterns that make poor matchers slow."""
    write(folder, "repo/comment.c", "/*" * 500_000)
    write(folder, "repo/string.c", '"' + "\\" * 999_999)
    write(folder, "repo/raw.cpp", 'R"(' * 300_000)
    write(folder, "repo/text.java", '"""' * 300_001)
    write(
        folder,
        "repo/accept.c",
        "// rustplan:ignore[" + "a," * 50_000 + "] -- x\n" + "// rustplan:ignore -- x\n" * 30_000,
    )
    write(folder, "repo/.gitignore", "".join(f"{'**/' * 40}a{n}*{'*a' * 40}\n" for n in range(500)))
    write(folder, "repo/names.c", "int " + ",".join(f"a{n}" for n in range(60_000)) + ";\n")


def main(words: list[str]) -> None:
    """Build cases below a folder, all of them unless some are named."""
    top = Path(words[0])
    for name in words[1:] or CASES:
        (top / name).mkdir(parents=True)
        build(name, top / name)


if __name__ == "__main__":
    main(sys.argv[1:])
