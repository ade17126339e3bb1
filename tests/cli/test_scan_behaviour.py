from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from cli_runner import Run, prepared

from rustplan.errors import RuleError
from sample_analysis import sample_analysis


@pytest.mark.parametrize(
    ("arguments", "words", "hint"),
    [
        (("rep",), "there is no rep", "did you mean repo?"),
        (("nowhere",), "there is no nowhere", "rustplan scan ."),
        (("repo/a.c",), "repo/a.c is a file", "--findings-only repo/a.c"),
        (("repo", "repo/a.c"), "2 paths were given", "--findings-only"),
        (("dangling",), "leads nowhere", "folder"),
    ],
)
def test_bad_paths(run: Run, source: Path, tmp_path: Path, arguments: tuple[str, ...], words: str, hint: str) -> None:
    (tmp_path / "dangling").symlink_to("nothing")
    done = run("scan", *arguments)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert words in done.err
    assert hint in done.err.split("hint: ")[1]


def test_findings_only_takes_several_paths_of_one_root(
    run: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = prepared(monkeypatch)
    (source / "sub").mkdir()
    (source / "we[i]rd.c").write_text("")
    run("scan", "--findings-only", "repo/a.c", "repo/sub", "repo/we[i]rd.c")
    root, settings, _ = calls[0]
    assert Path(root) == source
    assert settings.discover.only == ("a.c", "sub", "we[i]rd.c")


def test_flags_reach_the_settings(run: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = prepared(monkeypatch)
    (tmp_path / "map.yml").write_text("net: ['src/**']\n")
    done = run(
        "scan",
        "repo",
        "--include",
        "src/**",
        "--exclude",
        "x",
        "--exclude",
        "y",
        "--components",
        "map.yml",
        "-j",
        "2",
        "--engineers",
        "4",
        "--start",
        "2027-01",
        "--availability",
        "0.7",
        "--set",
        "limits.depth=9",
        "--rules",
        "mine",
    )
    assert done.code == 0
    settings = calls[0][1]
    assert settings.discover.include == ("src/**",)
    assert settings.discover.exclude == ("x", "y")
    assert settings.components.components == {"net": ("src/**",)}
    assert (settings.scan.jobs, settings.discover.max_depth) == (2, 9)
    assert (settings.plan.engineers, settings.plan.start, settings.plan.availability) == (4, "2027-01", 0.7)
    assert settings.rule_folders == (Path("mine"),)


def test_the_configuration_file_is_read_and_isolated_ignores_it(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = prepared(monkeypatch)
    (source / "rustplan.yml").write_text("version: 1\nexclude: [docs]\ngate: {fail-on: ['risk>=1']}\n")
    assert run("scan", "repo").code == 0
    assert run("scan", "repo", "--isolated").code == 0
    assert [settings.discover.exclude for _, settings, _ in calls] == [("docs",), ()]


def test_a_broken_configuration_tells_every_problem(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = prepared(monkeypatch)
    (source / "rustplan.yml").write_text("version: 1\nplann: {}\njobs: many\n")
    done = run("scan", "repo")
    assert (done.code, calls) == (2, [])
    assert "2 problems in the configuration" in done.err
    assert "rustplan.yml: plann: unknown key; did you mean plan?" in done.err
    assert "rustplan.yml: jobs: expected a whole number, got text 'many'" in done.err


def test_gate_lines_and_the_last_line(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch)
    done = run("scan", "repo", "--fail-on", "risk>=70", "--fail-on", "gc>=90")
    assert done.code == 1
    assert "gate  risk>=70  not met  net/tls 87\n" in done.err
    assert "gate  gc>=90    passed   feed 64\n" in done.err
    assert done.last == "gate not met: risk>=70 (net/tls 87). Exit 1."


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on", "risk>=88"), 0),
        (("--fail-on", "gc>=60"), 1),
        (("--fail-on", "coverage<0.95"), 1),
        (("--min-coverage", "0.95"), 3),
        (("--strict",), 3),
        (("--strict", "--fail-on", "risk>=1"), 3),
        (("--fail-on", "risk>=1", "--exit-zero"), 0),
        (("--strict", "--exit-zero"), 3),
    ],
)
def test_exit_codes_of_the_gate(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
) -> None:
    prepared(monkeypatch)
    done = run("scan", "repo", *arguments)
    assert done.code == code
    assert done.last.endswith(f"Exit {code}.")


@pytest.mark.parametrize("expression", ["new:high", "stale-baseline", "risk", "rusk>=1", "coverage<90"])
def test_a_missing_baseline_and_typos_end_before_the_scan(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch, expression: str
) -> None:
    calls = prepared(monkeypatch)
    done = run("scan", "repo", "--fail-on", expression)
    assert (done.code, calls) == (2, [])
    assert "hint: " in done.err


def test_a_team_given_in_part_says_what_is_missing(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch)
    assert (
        "no quarters are printed: --start and --availability are missing\n"
        in run("scan", "repo", "--engineers", "4").err
    )
    one = run("scan", "repo", "--engineers", "4", "--start", "2027-01").err
    assert "no quarters are printed: --availability is missing\n" in one
    whole = run("scan", "repo", "--engineers", "4", "--start", "2027-01", "--availability", "0.5")
    assert "no quarters" not in whole.err + run("scan", "repo").err


def test_coverage_is_said_once(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch)
    summary = run("scan", "repo")
    assert "93.4 % of the source bytes were read" in summary.out
    assert "coverage" not in summary.err
    assert "coverage 93.4 %, 1 file skipped, 1 read in part" in run("scan", "repo", "-f", "json").err


def test_quiet_keeps_the_document_gate_and_verdict(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch)
    quiet = run("scan", "repo", "-q", "--fail-on", "risk>=70")
    assert "Memory-safety track" in quiet.out
    assert quiet.err.splitlines() == [
        "gate  risk>=70  not met  net/tls 87",
        "gate not met: risk>=70 (net/tls 87). Exit 1.",
    ]
    assert run("scan", "repo", "-q").err == ""


def test_very_quiet_keeps_errors_and_a_machine_document(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(monkeypatch)
    silent = run("scan", "repo", "-qq")
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    failing = run("scan", "repo", "-qq", "--fail-on", "risk>=70")
    assert (failing.out, failing.err) == ("", "gate not met: risk>=70 (net/tls 87). Exit 1.\n")
    assert run("scan", "repo", "-qq", "-f", "concise").out == ""
    assert run("scan", "repo", "-qq", "-f", "jsonl").out.count("\n") == 5
    assert "there is no" in run("scan", "-qq", "nowhere").err


def test_verbose_lists_what_was_not_read(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch)
    assert "not read: big/net/tls.c (too-large) 209715200 bytes" in run("scan", "repo", "-v").err


@pytest.mark.parametrize(
    ("arguments", "environ", "is_coloured"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour(
    run: Run,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    environ: dict[str, str],
    is_coloured: bool,
) -> None:
    prepared(monkeypatch)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("scan", "repo", *arguments, "-o", "text=a.txt").out) is is_coloured
    assert "\x1b" not in (tmp_path / "a.txt").read_text()


def test_an_interrupt_is_130(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepared(monkeypatch, KeyboardInterrupt())
    done = run("scan", "repo")
    assert done.code == 130
    assert done.err.strip() == "error: interrupted; no output was left half-written"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["repo"]


def test_a_bug_is_4_and_its_traceback_is_saved(
    run: Run, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    prepared(monkeypatch, ZeroDivisionError("evil\x1b[2J"))
    done = run("scan", "repo")
    assert done.code == 4
    assert "Traceback" not in done.err
    assert "internal error: ZeroDivisionError: evil\\x1b[2J" in done.err
    (saved,) = (tmp_path / "tmp").iterdir()
    assert str(saved) in done.err
    assert "ZeroDivisionError" in saved.read_text()


def test_all_problems_of_the_rules_are_told(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch, RuleError("2 problems in the rules", problems=("a.yaml: x", "b.yaml: y"), hint="see docs"))
    done = run("scan", "repo")
    assert done.code == 2
    assert done.err == "error: 2 problems in the rules\n  a.yaml: x\n  b.yaml: y\nhint: see docs\n"


def test_a_wrong_option_is_2_with_a_pointer_to_the_help(run: Run) -> None:
    done = run("scan", ".", "--fail-onn", "x")
    assert done.code == 2
    assert "hint: see: rustplan scan --help" in done.err
    misspelt = run("scna")
    assert misspelt.code == 2
    assert "there is no command scna; did you mean scan?" in misspelt.err
    assert "did you mean list?" in run("rules", "lst").err
    assert run("scan").code == 2


PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from sample_analysis import sample_analysis
from rustplan.cli import main, scan_command
from rustplan.report import html
scan_command.analyze = lambda root, settings, progress, cache=None: sample_analysis()
html.render_html = lambda analysis, options: "<!doctype html>"
sys.exit(main(sys.argv[1:]))
"""


def start(
    folder: Path, *arguments: str, environ: dict[str, str] | None = None, stdout: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    program = PROGRAM.format(tests=str(Path(__file__).resolve().parents[1]))
    env = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**env, **(environ or {})},
    )


def test_a_pipe_closed_early_keeps_the_verdict_and_the_files(source: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "scan", "repo", "--fail-on", "risk>=70")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 1
    assert errors.endswith("gate not met: risk>=70 (net/tls 87). Exit 1.\n")
    assert (tmp_path / "rustplan.json").exists()


def test_a_full_stdout_is_an_output_error(source: Path, tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = start(tmp_path, "scan", "repo", stdout=full.fileno())
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.decode().startswith("Read 3 files") or "cannot write to standard output" in errors.decode()
    assert "Traceback" not in errors.decode()


def test_an_ascii_terminal_gets_ascii(source: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "scan", "repo", environ={"PYTHONIOENCODING": "ascii", "COLUMNS": "60"})
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.isascii()
    assert errors.isascii()
    assert b"Start with net/tls" in out
    assert b"\\u" not in out


def test_scan_accepts_an_analysis_of_tests_only(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(monkeypatch, sample_analysis(findings=()))
    assert "no defect found by the rules" in run("scan", "repo").out
