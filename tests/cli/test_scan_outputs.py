from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path

import pytest
from cli_runner import Run, prepared

from rustplan.cli import atomic
from rustplan.errors import OutputError
from rustplan.model.analysis import Coverage
from rustplan.report import load_analysis
from sample_analysis import HOSTILE, hostile_analysis, sample_analysis


@pytest.fixture(autouse=True)
def prepared_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_bare_scan_writes_both_files_and_prints_the_summary(run: Run, source: Path, tmp_path: Path) -> None:
    done = run("scan", "repo")
    assert done.code == 0
    assert names(tmp_path) == ["repo", "roadmap.html", "rustplan.json"]
    assert "Start with net/tls" in done.out
    assert "Memory-safety track" in done.out
    assert "Read 3 files (1,600 memory-unsafe lines) in 3 components" in done.err
    assert "Wrote roadmap.html (" in done.err
    assert "Next: open roadmap.html · rustplan explain net/tls\n" in done.err
    assert done.last == "Done, no gate asked. Exit 0."
    assert load_analysis(tmp_path / "rustplan.json").project.name == "gateway"


def test_every_format_in_one_run_and_no_default_besides(run: Run, source: Path, tmp_path: Path) -> None:
    wanted = {
        "json": "out/a.json",
        "jsonl": "out/a.jsonl",
        "html": "out/a.html",
        "sarif": "out/a.sarif",
        "markdown": "out/a.md",
        "graphml": "out/a.graphml",
        "dot": "out/a.dot",
        "text": "out/a.txt",
        "full": "out/full.txt",
        "concise": "out/short.txt",
        "csv": "out/tables",
    }
    (tmp_path / "out").mkdir()
    done = run("scan", "repo", *(part for name, file in wanted.items() for part in ("-o", f"{name}={file}")))
    assert (done.code, done.last) == (0, "Done, no gate asked. Exit 0.")
    assert names(tmp_path) == ["out", "repo"]
    assert all((tmp_path / file).stat().st_size > 0 for file in wanted.values())
    assert {"findings.csv", "components.csv", "factors.csv", "waves.csv", "guidance.csv"} <= set(
        names(tmp_path / "out" / "tables")
    )
    with open(tmp_path / "out" / "tables" / "findings.csv", newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["component"] == "net/tls"
    assert "\x1b" not in (tmp_path / "out" / "a.txt").read_text()


def test_endings_tell_the_format_and_a_given_json_replaces_the_default(run: Run, source: Path, tmp_path: Path) -> None:
    assert run("scan", "repo", "-o", "x.json").code == 0
    assert names(tmp_path) == ["repo", "roadmap.html", "x.json"]


def test_findings_only_writes_nothing(run: Run, source: Path, tmp_path: Path) -> None:
    done = run("scan", "--findings-only", "repo")
    assert done.code == 0
    assert names(tmp_path) == ["repo"]
    assert done.out.splitlines()[0].startswith("src/net/tls.c:121:2: unbounded-copy critical")


@pytest.mark.parametrize("arguments", [("-f", "json"), ("-o", "json=-"), ("--format", "json", "--color", "always")])
def test_a_machine_format_is_alone_on_stdout(
    run: Run, source: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run("scan", "repo", *arguments)
    assert json.loads(done.out)["project"]["name"] == "gateway"
    assert names(tmp_path) == ["repo", "roadmap.html"]


def test_csv_on_stdout_is_the_findings_table(run: Run, source: Path) -> None:
    assert run("scan", "repo", "-f", "csv").out.startswith("path,line,column,rule,")


@pytest.mark.parametrize(
    ("arguments", "words", "hint"),
    [
        (("-o", "htlm=x"), "there is no such format", "did you mean html?"),
        (("-f", "jsn"), "there is no such format", "did you mean json?"),
        (("-o", "result"), "its ending tells no format", "-o json=result"),
        (("-o", "json"), "no file is named", "-o json=FILE"),
        (("-o", "x.csv"), "several tables", "csv=DIR"),
        (("-f", "csv", "-o", "json=-"), "stdout can carry one document", "-o json=FILE"),
        (("-o", "json=a", "-o", "sarif=./a"), "two outputs", "its own file"),
        (("-o", "pdf=a.pdf"), "RUSTPLAN_BROWSER names no-such-browser", "press Print"),
        (("-f", "pdf"), "a PDF needs a browser", "install Chromium"),
        (("-o", "json=repo"), "is a folder", "json=repo/FILE"),
        (("-o", "json=no/such/a.json"), "does not exist", "mkdir -p"),
        (("-o", "csv=repo/a.c"), "is a file", "csv=DIR"),
    ],
)
def test_wrong_outputs_end_before_the_scan(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str, hint: str
) -> None:
    calls = prepared(monkeypatch)
    monkeypatch.setenv("RUSTPLAN_BROWSER", "no-such-browser")
    done = run("scan", "repo", *arguments)
    assert (done.code, done.out, calls) == (2, "", [])
    assert words in done.err
    assert hint in done.err.split("hint: ")[1]


def test_a_folder_without_permission_is_refused_before_the_scan(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = prepared(monkeypatch)
    monkeypatch.setattr(os, "access", lambda *_: False)
    done = run("scan", "repo")
    assert (done.code, calls) == (2, [])
    assert "no permission to write" in done.err
    assert "hint: " in done.err


def test_a_full_disk_leaves_no_half_written_output(
    run: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rustplan.json").write_text("the old one")
    real = os.fdopen

    def full(descriptor: int, *arguments: object, **keywords: object) -> object:
        file = real(descriptor, *arguments, **keywords)  # type: ignore[call-overload]
        if "rustplan.json" in os.readlink(f"/proc/self/fd/{descriptor}"):
            file.close()
            raise OSError(28, "No space left on device")
        return file

    monkeypatch.setattr(os, "fdopen", full)
    done = run("scan", "repo")
    assert done.code == 2
    assert "No space left on device" in done.err
    assert names(tmp_path) == ["repo", "rustplan.json"]
    assert (tmp_path / "rustplan.json").read_text() == "the old one"


def test_outputs_get_the_usual_permissions(run: Run, source: Path, tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        run("scan", "repo", "-o", "csv=tables")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "rustplan.json").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "tables" / "files.csv").stat().st_mode) == 0o640


def test_a_link_in_place_of_an_output_is_replaced_not_followed(run: Run, source: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "rustplan.json").symlink_to(victim)
    assert run("scan", "repo").code == 0
    assert victim.read_text() == "precious"
    assert not (tmp_path / "rustplan.json").is_symlink()


def test_devices_are_written_to_and_never_replaced(run: Run, source: Path) -> None:
    done = run("scan", "repo", "-o", "json=/dev/null")
    assert done.code == 0
    assert done.err.count("/dev/null") == 1, "it is named as written, and not as something to open next"
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_device_is_no_place_for_a_default_output(run: Run, source: Path, tmp_path: Path) -> None:
    (tmp_path / "rustplan.json").symlink_to("/dev/null")
    done = run("scan", "repo")
    assert done.code == 2
    assert "not a regular file" in done.err


def test_all_or_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        atomic.write_all([(tmp_path / "a", b"1"), (tmp_path / "missing" / "b", b"2")])
    assert names(tmp_path) == []


def test_nothing_hostile_reaches_the_terminal(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch, hostile_analysis())
    done = run("scan", "repo", "-v", "--fail-on", "risk>=1")
    assert done.code == 1
    for text in (done.out, done.err):
        assert HOSTILE not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[red]x[/red]" in text


def test_nothing_to_read_is_an_error_and_writes_nothing(
    run: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(monkeypatch, sample_analysis(coverage=Coverage(share=1.0, other_files=12), findings=()))
    done = run("scan", "repo")
    assert done.code == 2
    assert "no C, C++ or Java under repo; found 12 other files" in done.err
    prepared(monkeypatch, sample_analysis(coverage=Coverage(share=1.0), findings=()))
    assert "repo is empty" in run("scan", "repo").err
    assert names(tmp_path) == ["repo"]
