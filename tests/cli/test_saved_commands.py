from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runner import Run

from rustplan.cli.graph_command import FORMATS as GRAPH_FORMATS
from rustplan.report import FORMATS, encode_analysis
from sample_analysis import hostile_analysis, sample_analysis


@pytest.fixture(autouse=True)
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "rustplan.json"
    path.write_bytes(encode_analysis(sample_analysis()))
    return path


def test_report_writes_the_page_by_default(run: Run, tmp_path: Path) -> None:
    done = run("report")
    assert (done.code, done.out) == (0, "")
    assert "Wrote roadmap.html (" in done.err
    assert "net/tls" in (tmp_path / "roadmap.html").read_text(encoding="utf-8")


def test_report_writes_only_what_is_asked(run: Run, tmp_path: Path) -> None:
    done = run("report", "-o", "again.json", "-o", "csv=tables", "-f", "concise")
    assert done.code == 0
    assert done.out.startswith("src/net/tls.c:121:2: ")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "rustplan.json").read_bytes()
    assert not (tmp_path / "roadmap.html").exists()


def test_report_never_gates(run: Run) -> None:
    assert run("report", "--fail-on", "risk>=1").code == 2


def test_an_unknown_name_is_answered_with_the_names_there_are(run: Run, saved: Path) -> None:
    done = run("explain", "zzzzqqqq")
    assert done.code == 2
    assert "hint: components: " in done.err
    assert "net/tls" in done.err
    assert "rustplan rules list" in done.err
    saved.unlink()
    assert "components: " not in run("explain", "zzzzqqqq").err


@pytest.mark.parametrize("command", [("report",), ("graph",), ("explain", "net/tls")])
def test_without_a_saved_analysis_the_next_step_is_named(run: Run, saved: Path, command: tuple[str, ...]) -> None:
    saved.unlink()
    done = run(*command)
    assert done.code == 2
    assert "rustplan scan PATH" in done.err


def test_a_cut_off_analysis_is_refused(run: Run, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:1000])
    done = run("report", "-f", "text")
    assert (done.code, done.out) == (2, "")
    assert "may be cut off" in done.err


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ((), "digraph components {"),
        (("-f", "graphml"), "<?xml"),
        (("-f", "mermaid"), "flowchart LR"),
        (("-f", "graph-json"), "{"),
        (("-o", "-"), "digraph"),
    ],
)
def test_graph_on_stdout(run: Run, arguments: tuple[str, ...], start: str) -> None:
    done = run("graph", *arguments)
    assert done.code == 0
    assert done.out.startswith(start)


def test_graph_to_a_file_by_its_ending(run: Run, tmp_path: Path) -> None:
    done = run("graph", "-o", "g.graphml")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "g.graphml").read_text().startswith("<?xml")
    assert run("graph", "-o", "g.json").code == 0
    assert "edges" in json.loads((tmp_path / "g.json").read_text())


def test_graph_formats_are_called_as_those_of_report() -> None:
    assert {"graph-svg" if name == "svg" else name for name in GRAPH_FORMATS} <= set(FORMATS)


def test_kind_narrows_and_is_refused_where_it_would_do_nothing(run: Run, tmp_path: Path) -> None:
    done = run("report", "-f", "concise", "--kind", "defect", "-o", "a.jsonl")
    assert done.out.splitlines() == [
        "src/net/tls.c:121:2: unbounded-copy critical Unbounded copy into fixed buffer [CWE-787]"
    ]
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 2
    idle = run("report", "--kind", "defect")
    assert idle.code == 2
    assert "--kind narrows full, concise, jsonl only" in idle.err
    assert not (tmp_path / "roadmap.html").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("net/tls", "memory-safety track, rank 1 of 2"),
        ("src/net/tls.c", "component: net/tls"),
        ("./src/util.c", "read in part: not fully understood by the parser"),
        ("big/net/tls.c", "not read: too large"),
        ("build/x.c", "left out on purpose"),
        ("src", "3 files"),
    ],
)
def test_explain_component_and_path(run: Run, name: str, words: str) -> None:
    done = run("explain", name)
    assert (done.code, done.err) == (0, "")
    assert words in done.out


def test_explain_an_absolute_path(run: Run, tmp_path: Path) -> None:
    assert "component: net/tls" in run("explain", str(tmp_path / "src/net/tls.c")).out


def test_explain_a_path_below_the_scanned_folder_from_elsewhere(run: Run) -> None:
    for name in ("gateway/src/net/tls.c", "./gateway/src/../src/net/tls.c", "/elsewhere/gateway/src/net/tls.c"):
        assert "component: net/tls" in run("explain", name).out
    assert "3 files" in run("explain", "gateway/src").out


def test_explain_a_file_in_no_language(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    done = run("explain", "./README.md")
    assert done.code == 0
    assert "not among the source files of this analysis: rustplan reads C, C++ and Java" in done.out
    gone = run("explain", "doc/zzz.rst")
    assert gone.code == 2
    assert "rustplan reads C, C++ and Java" in gone.err


@pytest.mark.parametrize(
    ("name", "near"), [("net/tsl", "net/tls"), ("src/utl.c", "src/util.c"), ("Feed.java", "src/main/java/Feed.java")]
)
def test_explain_knows_near_matches(run: Run, name: str, near: str) -> None:
    done = run("explain", name)
    assert done.code == 2
    assert f"did you mean {near}" in done.err


def test_explain_shows_hostile_names_safely(run: Run, saved: Path) -> None:
    saved.write_bytes(encode_analysis(hostile_analysis()))
    done = run("explain", "util")
    assert done.code == 0
    assert "\x1b" not in done.out
    assert "evil\\x1b[2J" in done.out


def test_config_show_names_values_and_origins(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("version: 1\nplan: {engineers: 4}\n")
    done = run("config", "show", "--set", "jobs=2")
    assert done.code == 0
    lines = {line.split()[0]: line.split() for line in done.out.splitlines()}
    assert lines["plan.engineers"] == ["plan.engineers", "4", "rustplan.yml"]
    assert lines["jobs"] == ["jobs", "2", "--set", "jobs"]
    assert lines["plan.start"] == ["plan.start", "-", "default"]
    assert "configuration file: rustplan.yml" in done.err


def test_config_show_as_json(run: Run) -> None:
    shown = json.loads(run("config", "show", "-f", "json", "--engineers", "3").out)
    assert shown["plan.engineers"] == {"value": 3, "origin": "--engineers"}
    assert shown["jobs"] == {"value": 0, "origin": "default"}


def test_config_show_fails_on_a_wrong_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".rustplan.yml").write_text("version: 1\npaln: {}\n")
    done = run("config", "show")
    assert done.code == 2
    assert "paln: unknown key; did you mean plan?" in done.err


@pytest.mark.parametrize("document", ["config", "analysis"])
def test_config_schema(run: Run, document: str) -> None:
    assert json.loads(run("config", "schema", document).out)["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert done.code == 0
    assert "_RUSTPLAN_COMPLETE" in done.out


@pytest.mark.parametrize("command", [("report",), ("check",), ("explain", "net/tls"), ("baseline", "create")])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_ends_at_once(
    run: Run, saved: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], make: Callable[[Path], None]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    saved.unlink()
    make(saved)
    done = run(*command)
    assert (done.code, "rustplan.json" in done.err) == (2, True)
