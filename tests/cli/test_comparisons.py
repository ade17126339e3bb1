from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Run

import builders
from comparison_world import at, renamed
from rustplan.model.analysis import Analysis
from rustplan.report import encode_analysis

COMMANDS = (("diff", "a.json", "b.json"), ("trend", "a.json", "b.json"), ("portfolio", "a.json", "b.json"))


def save(path: Path, analysis: Analysis) -> None:
    path.write_bytes(encode_analysis(analysis))


@pytest.fixture(autouse=True)
def saved(tmp_path: Path) -> None:
    save(tmp_path / "a.json", at("2026-01-01", 1_000, 0))
    save(tmp_path / "b.json", renamed(at("2026-02-01", 400, 700), "tls", "secure"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_format_in_one_run(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    machine = "json" if command[0] == "diff" else "csv"
    done = run(*command, "-o", "p.html", "-o", "p.md", "-o", f"{machine}=p.data", "-f", machine)
    assert done.code == 0
    assert done.out == (tmp_path / "p.data").read_text()
    assert "<!DOCTYPE html>" in (tmp_path / "p.html").read_text()
    assert (tmp_path / "p.md").read_text().startswith("# ")
    assert "Wrote p.html (" in done.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_the_same_bytes_twice(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command, "-f", "html").out == run(*command, "-f", "html").out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no b.json"),
        (b"{", "may be cut off"),
        (b"[1]", "no rustplan analysis"),
        (b'{"schema": "99"}', "reads schema 1"),
        (b'{"schema": "1"}', "is not a whole rustplan analysis"),
    ],
)
def test_what_is_no_analysis_is_one_clear_error(
    run: Run, tmp_path: Path, command: tuple[str, ...], content: bytes | None, words: str
) -> None:
    file = tmp_path / "b.json"
    file.unlink() if content is None else file.write_bytes(content)
    done = run(*command, "-o", "p.html")
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("error:") == 1
    assert not (tmp_path / "p.html").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1" + "0" * 20, "1e300"])
def test_absurd_numbers_are_refused(run: Run, tmp_path: Path, command: tuple[str, ...], number: str) -> None:
    document = json.loads((tmp_path / "b.json").read_text())
    document["coverage"]["share"] = 123456789
    (tmp_path / "b.json").write_text(json.dumps(document).replace("123456789", number))
    done = run(*command)
    assert (done.code, done.out) == (2, "")
    assert "holds a number that no scan writes" in done.err or "not a whole rustplan analysis" in done.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_older_document_without_the_newer_fields_is_read(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    document = json.loads((tmp_path / "a.json").read_text())
    del document["coverage"]["other_languages"]
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert run(*command).code == 0


def test_the_exit_code_of_a_difference_is_asked_for(run: Run) -> None:
    assert run("diff", "a.json", "b.json").code == 0
    differs = run("diff", "a.json", "b.json", "--exit-code", "-qq")
    assert (differs.code, differs.last) == (1, "the two analyses differ. Exit 1.")
    same = run("diff", "a.json", "a.json", "--exit-code")
    assert (same.code, same.last) == (0, "the two analyses do not differ. Exit 0.")


def test_a_folder_a_missing_folder_and_an_unknown_ending_are_refused_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.json").unlink()
    for output, words in (
        ("html=.", "is a folder"),
        ("no/such/p.html", "does not exist"),
        ("p.xyz", "its ending tells no format"),
        ("sarif=p", "there is no such format"),
    ):
        done = run("trend", "a.json", "b.json", "-o", output)
        assert done.code == 2
        assert words in done.err


def test_a_trend_needs_a_file(run: Run) -> None:
    assert run("trend").code == 2
    assert run("portfolio").code == 2


def test_previous_analyses_become_the_measured_line(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "rustplan.json", at("2026-03-01", 300, 900))
    assert run("report", "-o", "alone.html").code == 0
    assert run("report", "--previous", "b.json", "--previous", "a.json", "-o", "led.html").code == 0
    alone, led = ((tmp_path / name).read_text() for name in ("alone.html", "led.html"))
    assert "No measured points yet." in alone
    assert "No measured points yet." not in led
    section = led[led.index('id="s8"') :]
    assert section.index("2026-01-01") < section.index("2026-02-01") < section.index("2026-03-01")
    assert "measured, by date" in section


def test_a_previous_file_that_is_none_ends_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "rustplan.json", builders.analysis())
    (tmp_path / "old.json").write_text("{")
    done = run("report", "--previous", "old.json", "-o", "p.html")
    assert done.code == 2
    assert "may be cut off" in done.err
    assert not (tmp_path / "p.html").exists()


def test_graph_draws_a_picture(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "rustplan.json", builders.analysis())
    assert run("graph", "--format", "svg").out.startswith("<?xml")
    assert run("graph", "-o", "g.svg").code == 0
    assert "Wave 1" in (tmp_path / "g.svg").read_text()
    assert "memory-unsafe code (C, C++)" in run("report", "-f", "badge").out
