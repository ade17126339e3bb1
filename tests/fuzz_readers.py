"""Every parser and reader of ours as one function of bytes: it returns, or raises the error of ours that its caller would show.

Each target gets a folder of its own for files. What a target may raise is listed with it; anything else is a defect.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

import fuzz_seeds as seeds
import profile_world
import sarif_world
from gate_code import rulebook
from rustplan.api import analyze
from rustplan.catalog.history import load_history_rules
from rustplan.cli import main
from rustplan.config import Settings, load_settings
from rustplan.config.load import read_component_map
from rustplan.discover import discover_tree, find_repository
from rustplan.errors import RustplanError
from rustplan.evidence import check_evidence, check_sarif, read_sarif
from rustplan.evidence.actuals import read_actuals
from rustplan.evidence.history.isolated import NoHistory
from rustplan.evidence.history.stream import commits
from rustplan.evidence.history.tally import Tally
from rustplan.evidence.osv import map_osv, read_osv
from rustplan.gate import decode_baseline, parse_expression
from rustplan.gate.baseline import baseline_of, encode_baseline
from rustplan.gate.compare import compare
from rustplan.globs import Glob, InvalidGlob
from rustplan.languages import MacroLearner
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.options import DiscoverOptions, EvidenceOptions, ScanOptions
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language, Role
from rustplan.pack.container import build
from rustplan.report import decode_analysis, encode_analysis
from rustplan.rulebook import load_rules
from rustplan.scan import accept, scan_bytes
from rustplan.scan.store import FILE_NAME, Store
from rustplan.yaml_reader import YamlProblem, read_yaml
from sample_analysis import sample_analysis

Run = Callable[[bytes, Path], None]
HISTORY_OFF = EvidenceOptions(history=False)


@dataclass(frozen=True, slots=True)
class Target:
    """One reader: sound documents to damage, what reads them, the errors it may raise, and its share of a long run."""

    name: str
    seeds: Callable[[tuple[Path, ...]], list[bytes]]
    run: Run
    may_raise: tuple[type[Exception], ...] = (RustplanError,)
    share: float = 1.0

    def __call__(self, data: bytes, folder: Path) -> None:
        """Read `data`; whatever is raised here besides the errors of ours is a defect."""
        with contextlib.suppress(*self.may_raise):
            self.run(data, folder)


def targets() -> dict[str, Target]:
    """All of them, by name."""
    return {target.name: target for target in (*_texts(), *_builds(), *_evidence(), *_documents(), *_code())}


def _fixed(*documents: bytes) -> Callable[[tuple[Path, ...]], list[bytes]]:
    return lambda corpus: list(documents)


def _texts() -> Iterator[Target]:
    yield Target("rules", lambda corpus: seeds.rules(), _rule)
    yield Target("models", lambda corpus: seeds.rules("models"), _models)
    yield Target("yaml", lambda corpus: [seeds.CONFIG, *seeds.rules()], _yaml, (YamlProblem,))
    yield Target("config", _fixed(seeds.CONFIG), _config)
    yield Target("components", _fixed(b"net/tls: ['src/tls/**']\nb: [lib/*]\n"), _components)
    yield Target("settings by flags", _fixed(b"jobs=2", b"components={a: ['b']}", b"plan.engineers=3"), _assignment)
    yield Target(
        "gate expression", _fixed(b"risk>=70", b"new:high", b"unsafe-lines > baseline", b"coverage<0.9"), _expression
    )
    yield Target("globs", _fixed(b"src/**/*.[ch]", b"/a/{b,c}?", b"!x[!a-z]\\*"), _glob, (InvalidGlob,))


def _rule(data: bytes, folder: Path) -> None:
    named = re.search(rb"^id: ([a-z0-9-]{1,80})$", data, re.MULTILINE)
    _write(folder / (f"{named[1].decode()}.yaml" if named else "a.yaml"), data)
    load_rules(folder)


def _models(data: bytes, folder: Path) -> None:
    _write(folder / "models" / "a.yaml", data)
    load_rules(folder)


def _yaml(data: bytes, folder: Path) -> None:
    read_yaml(data)


def _config(data: bytes, folder: Path) -> None:
    _write(folder / "rustplan.yml", data)
    load_settings(folder)


def _components(data: bytes, folder: Path) -> None:
    _write(folder / "c.yml", data)
    read_component_map(folder / "c.yml")


def _assignment(data: bytes, folder: Path) -> None:
    load_settings(None, assignments=[data.decode("utf-8", "surrogateescape")])


def _expression(data: bytes, folder: Path) -> None:
    parse_expression(data.decode("utf-8", "surrogateescape"))


def _glob(data: bytes, folder: Path) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for path in ("src/a/b.c", "a", "src/" * 50 + "x.h"):
        Glob(text).matches(path)


_BUILD_FILES = {
    "CMakeLists.txt": seeds.CMAKE,
    "meson.build": seeds.MESON,
    "Makefile": seeds.MAKE,
    "Makefile.am": seeds.AUTOMAKE,
    "Kbuild": seeds.KBUILD,
    "BUILD.bazel": seeds.BAZEL,
    "pom.xml": seeds.MAVEN,
    "settings.gradle": seeds.SETTINGS,
    "build.gradle": seeds.GRADLE,
    "gradle/libs.versions.toml": seeds.CATALOG,
    "module-info.java": seeds.MODULE_INFO,
    "compile_commands.json": seeds.DATABASE,
    ".cmake/api/v1/reply/codemodel-v2-a.json": seeds.CODE_MODEL,
    ".cmake/api/v1/reply/t.json": seeds.CMAKE_TARGET,
    "meson-info/intro-targets.json": seeds.MESON_TARGETS,
    ".gitignore": seeds.IGNORE,
    ".gitmodules": seeds.MODULES,
    ".git/index": seeds.INDEX,
    ".git/HEAD": b"ref: refs/heads/main\n",
    ".git/packed-refs": b"# pack-refs with: peeled\n" + b"a" * 40 + b" refs/heads/main\n",
    ".git/config": b"[core]\n\tbare = false\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n",
}


def _builds() -> Iterator[Target]:
    for name, document in _BUILD_FILES.items():
        yield Target(f"file {name}", _named(name, document), _discovered(name))


def _named(name: str, document: bytes) -> Callable[[tuple[Path, ...]], list[bytes]]:
    """The document, and files of that name in real code."""
    last = name.rpartition("/")[2]

    def read(corpus: tuple[Path, ...]) -> list[bytes]:
        files = [path for top in corpus for path in sorted(top.rglob(last))[:30] if path.is_file()]
        return [document, document, *(path.read_bytes()[:20_000] for path in files)]

    return read


def _discovered(name: str) -> Run:
    def run(data: bytes, folder: Path) -> None:
        _small_tree(folder)
        _write(folder / name, data)
        if name.startswith("gradle/"):
            _write(folder / "settings.gradle", seeds.SETTINGS)
            _write(folder / "build.gradle", seeds.GRADLE)
        if name.endswith("t.json"):
            _write(folder / ".cmake/api/v1/reply/codemodel-v2-a.json", seeds.CODE_MODEL)
        if name.startswith(".git/") and name != ".git/HEAD":
            _write(folder / ".git/HEAD", b"ref: refs/heads/main\n")
        discover_tree(folder, DiscoverOptions(), ("**/*.properties", "**/Dockerfile"))
        repository = find_repository(os.fsencode(folder))
        if repository is not None:
            repository.commit()

    return run


def _small_tree(folder: Path) -> None:
    for name in ("a.c", "b.c", "src/a.c", "include/x.h", "src/main/java/A.java"):
        _write(folder / name, b"int a;\n" if not name.endswith("java") else b"class A { }\n")


def _evidence() -> Iterator[Target]:
    profiles = (
        seeds.COLLAPSED, seeds.PERF, seeds.COMPILED, seeds.JMH, seeds.JFR, seeds.GC_UNIFIED, seeds.GC_JDK8,
    )  # fmt: skip
    names = ("collapsed", "perf", "compiled methods", "jmh", "jfr json", "gc log", "gc log of jdk 8")
    for name, document in zip(names, profiles, strict=True):
        yield Target(f"profile {name}", _fixed(document, document, document, *profiles), _profile)
    yield Target("sarif", _fixed(seeds.SARIF), _sarif, share=2)
    yield Target("osv", _fixed(seeds.OSV, b"[" + seeds.OSV + b"]"), _osv)
    yield Target("actuals", _fixed(seeds.ACTUALS), _actuals)
    yield Target("commit stream", _fixed(seeds.STREAM), _stream, (NoHistory,), 2)


def _profile(data: bytes, folder: Path) -> None:
    path = folder / "profile"
    _write(path, data)
    check_evidence([path])
    evidence = profile_world.evidence_of(path, scan=_profiled())
    msgspec.json.encode(evidence)


@cache
def _profiled() -> TreeScan:
    return profile_world.tree()


def _sarif(data: bytes, folder: Path) -> None:
    path = folder / "a.sarif"
    _write(path, data)
    check_sarif([path])
    evidence = read_sarif([path], Evidence(), sarif_world.tree())
    msgspec.json.encode(evidence)


def _osv(data: bytes, folder: Path) -> None:
    _write(folder / "a.json", data)
    map_osv(read_osv(folder), AbsentEvidence(name="history", because="none", effect="none"))


def _actuals(data: bytes, folder: Path) -> None:
    _write(folder / "a.csv", data)
    read_actuals(folder / "a.csv")


def _stream(data: bytes, folder: Path) -> None:
    tally = Tally({b"a.c": 0, b"src/b.c": 1}, load_history_rules(), marks={"a" * 40})
    step = 1 + len(data) % 97
    for commit in commits(data[at : at + step] for at in range(0, len(data), step)):
        tally.add(commit)


def _documents() -> Iterator[Target]:
    yield Target("baseline", lambda corpus: [encode_baseline(baseline_of(sample_analysis()))], _baseline)
    yield Target("saved analysis", lambda corpus: [encode_analysis(sample_analysis())], _saved)
    yield Target(
        "saved analysis, every command", lambda corpus: [encode_analysis(sample_analysis())], _commands, (), 0.4
    )
    yield Target("pack", lambda corpus: [_small_pack()], _pack, share=0.5)
    yield Target("cache", lambda corpus: [_small_cache()], _cache, (), 0.5)


def _baseline(data: bytes, folder: Path) -> None:
    compare(sample_analysis(), decode_baseline(data, "b"), "2026-11-20")


def _saved(data: bytes, folder: Path) -> None:
    decode_analysis(data, name="a")


_FORMATS = (
    "html=o.html", "markdown=o.md", "sarif=o.sarif", "sarif-full=p.sarif", "csv=tables", "jsonl=o.jsonl", "graphml=o.graphml",
    "dot=o.dot", "mermaid=o.mmd", "graph-svg=g.svg", "graph-json=g.json", "badge=b.svg", "json=j.json", "full=f.txt", "text=t.txt",
)  # fmt: skip
_COMMANDS: tuple[tuple[str, ...], ...] = (
    ("report", *(word for format in _FORMATS for word in ("-o", format))),
    ("diff", "rustplan.json", "good.json", "-f", "json"),
    ("diff", "good.json", "rustplan.json", "-o", "html=d.html"),
    ("trend", "good.json", "rustplan.json", "-o", "html=t.html"),
    ("portfolio", "good.json", "rustplan.json", "-o", "html=p.html"),
    ("explain", "net/tls"),
    ("check", "-f", "junit"),
    ("graph",),
    ("baseline", "create", "-o", "b.json"),
    ("pack", "-o", "a.pack"),
)


def _commands(data: bytes, folder: Path) -> None:
    """Every command that works from a saved analysis, after a damage that left it an analysis."""
    try:
        decode_analysis(data, name="a")
    except RustplanError:
        return
    _write(folder / "rustplan.json", data)
    _write(folder / "good.json", encode_analysis(sample_analysis()))
    for command in _COMMANDS:
        _ends_well(folder, *command)


def _pack(data: bytes, folder: Path) -> None:
    _write(folder / "a.pack", data)
    _ends_well(folder, "verify", "a.pack")


@cache
def _small_pack() -> bytes:
    return build(
        {"statement.json": b'{"subject":[{"name":"a","digest":{"sha256":"00"}}]}', "rustplan.json": b"{}", "a": b"x"}
    )


def _cache(data: bytes, folder: Path) -> None:
    _write(folder / FILE_NAME, data)
    store = Store(folder)
    keys = [bytes([number]) * 32 for number in range(8)]
    for key, answer in store.get(keys).items():
        assert answer == key * 20, "a damaged cache gave a wrong answer"
    store.put(bytes(32), b"x")
    store.close()


@cache
def _small_cache() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name))
        for number in range(8):
            store.put(bytes([number]) * 32, bytes([number]) * 640)
        store.close()
        return (Path(name) / FILE_NAME).read_bytes()


def _code() -> Iterator[Target]:
    yield Target("macros", lambda corpus: seeds.sources(".h", ".c", corpus=corpus), _macros)
    yield Target("c", lambda corpus: seeds.sources(".c", ".h", corpus=corpus), _source("a.c", Language.C), (), 3)
    yield Target(
        "c++",
        lambda corpus: seeds.sources(".cc", ".cpp", ".hpp", ".h", corpus=corpus),
        _source("a.cpp", Language.CPP),
        (),
        3,
    )
    yield Target("java", lambda corpus: seeds.sources(".java", corpus=corpus), _source("A.java", Language.JAVA), (), 2)
    yield Target("suppressions", _fixed(_SUPPRESSED), _source("a.c", Language.C), (), 1)
    yield Target("whole scan", lambda corpus: seeds.sources(".c", ".h", ".java", corpus=corpus), _scan, (), 0.4)


_SUPPRESSED = b"""#include <string.h>
// rustplan:ignore-file[banned-api] until=2027-01-01 owner=me -- checked by hand
int f(char *a, char *b) {
    strcpy(a, b); // rustplan:ignore[banned-api,unbounded-copy] -- bounded above
    /* rustplan:ignore-next-line
       -- more */
    return *a; }
"""


def _macros(data: bytes, folder: Path) -> None:
    learner = MacroLearner()
    learner.read(data)
    learner.words()


def _source(name: str, language: Language) -> Run:
    def run(data: bytes, folder: Path) -> None:
        scan, _ = accept(TreeScan(files=(scan_bytes(name, Role.SOURCE, language, data, rulebook()),)), "2026-11-20")
        msgspec.json.encode(scan)
        lines = data.count(b"\n") + 1
        assert all(1 <= finding.line <= lines for finding in scan.findings), "a finding outside of its file"

    return run


def _scan(data: bytes, folder: Path) -> None:
    """The whole way from a small repository with one damaged file to the page."""
    half = len(data) // 2
    _write(folder / "src/a.c", data)
    _write(folder / "src/b.cpp", data[half:])
    _write(folder / "java/A.java", data[:half])
    _write(folder / "CMakeLists.txt", seeds.CMAKE)
    settings = Settings(scan=ScanOptions(jobs=1), evidence=HISTORY_OFF)
    analysis = analyze(folder, settings)
    assert not [file for file in analysis.coverage.skipped if "bug in rustplan" in file.detail], (
        analysis.coverage.skipped
    )
    decode_analysis(encode_analysis(analysis), name="a")
    from rustplan.report import render

    for format in ("html", "sarif", "csv"):
        render(analysis, format, settings.report)


def _ends_well(folder: Path, *command: str) -> None:
    """Run a command in the folder; a bug is raised instead of saved, and the exit code is one that is documented."""
    module = sys.modules["rustplan.cli.main"]
    before, here = module.__dict__["_print_bug"], os.getcwd()
    module.__dict__["_print_bug"] = _raise
    os.chdir(folder)
    try:
        with (
            open(os.devnull, "w", encoding="utf-8") as sink,
            contextlib.redirect_stdout(sink),
            contextlib.redirect_stderr(sink),
        ):
            code = main(list(command))
    finally:
        os.chdir(here)
        module.__dict__["_print_bug"] = before
    assert code in (0, 1, 2, 3), f"{command[0]} ended with {code}"


def _raise(error: BaseException) -> int:
    raise error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def emptied(folder: Path) -> Path:
    """The folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
