from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runner import Run

GOOD = (
    "#include <stdlib.h>\nint one(void) { char *p = malloc(4); if (!p) { return 0; } p[0] = 1; free(p); return 1; }\n"
)
BAD = GOOD + "void twice(void) { char *p = malloc(4); free(p); free(p); }\n"


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795132800")


@pytest.fixture
def project(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "a.c").write_text(GOOD, encoding="utf-8")
    assert run("scan", ".", "-q").code == 0
    return tmp_path


def worsen(run: Run, project: Path) -> None:
    (project / "net" / "a.c").write_text(BAD, encoding="utf-8")
    assert run("scan", ".", "-q").code == 0


def test_a_gate_from_first_run_to_failure_and_back(run: Run, project: Path) -> None:
    assert run("baseline", "create").code == 0
    assert run("check", "--fail-on", "new:low").code == 0
    worsen(run, project)
    done = run("check", "--fail-on", "new:high")
    assert done.code == 1
    assert done.err.splitlines()[-1].startswith("gate not met: new:high (1 new critical: net/a.c:3 double-free")
    assert run("check", "--fail-on", "new:high", "--exit-zero").code == 0
    assert run("baseline", "update").code == 0
    assert run("check", "--fail-on", "new:low", "--fail-on", "stale-baseline").code == 0


def test_scan_gates_the_same_way(run: Run, project: Path) -> None:
    run("baseline", "create")
    worsen(run, project)
    assert run("scan", ".", "-q", "--fail-on", "new:high").code == 1


def test_without_a_baseline_new_is_a_usage_error(run: Run, project: Path) -> None:
    done = run("check", "--fail-on", "new:high")
    assert done.code == 2
    assert "baseline create" in done.err
    missing = run("check", "--baseline", "none.json")
    assert (missing.code, "there is no baseline none.json" in missing.err) == (2, True)


def test_the_hint_makes_the_baseline_where_it_was_looked_for(run: Run, project: Path) -> None:
    here = run("check", "--fail-on", "new:high")
    assert here.err.rstrip().endswith("rustplan baseline create")
    asked = ("scan", "net", "-q", "--fail-on", "new:high", "-o", "json=net.json", "-o", "html=net.html")
    below = run(*asked)
    assert (below.code, "rustplan baseline create --baseline net/rustplan-baseline.json" in below.err) == (2, True)
    assert run("scan", "net", "-q").code == 0
    assert run("baseline", "create", "--baseline", "net/rustplan-baseline.json").code == 0
    assert run(*asked).code == 0


def test_check_reads_the_configured_gate_and_scan_does_not(run: Run, project: Path) -> None:
    run("baseline", "create")
    (project / "rustplan.yml").write_text("version: 1\ngate: {fail-on: ['new:high']}\n", encoding="utf-8")
    worsen(run, project)
    assert run("check").code == 1
    assert run("check", "--fail-on", "coverage<0.1").code == 0


def test_a_policy_from_the_file(run: Run, project: Path) -> None:
    run("baseline", "create")
    (project / "rustplan.yml").write_text(
        "version: 1\npolicy:\n  net: {state: frozen, from: '2026-01-01'}\ngate: {fail-on: [policy]}\n", encoding="utf-8"
    )
    assert run("check").code == 0
    worsen(run, project)
    done = run("check")
    assert done.code == 1
    assert "net (frozen): unsafe lines" in done.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("policy: {net: {state: forzen}}", "policy.net"),
        ("policy: {net: {state: frozen, from: soon}}", "policy.net"),
        ("policy: {net: {state: frozen, from: '2026-02-30'}}", "is no day"),
        ("policy: {net: {status: frozen}}", "policy.net"),
    ],
)
def test_a_wrong_policy_is_told_with_its_path(run: Run, project: Path, text: str, problem: str) -> None:
    (project / "rustplan.yml").write_text(f"version: 1\n{text}\n", encoding="utf-8")
    done = run("check")
    assert done.code == 2
    assert problem in done.err


@pytest.mark.parametrize("command", ["create", "update", "prune"])
def test_nothing_is_written_in_ci(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    if command != "create":
        run("baseline", "create")
    before = sorted(project.iterdir())
    monkeypatch.setenv("CI", "true")
    done = run("baseline", command)
    assert (done.code, "not written in CI" in done.err) == (2, True)
    assert sorted(project.iterdir()) == before


def test_prune_forgets_and_diff_lists(run: Run, project: Path) -> None:
    worsen(run, project)
    run("baseline", "create")
    (project / "net" / "a.c").write_text(GOOD, encoding="utf-8")
    run("scan", ".", "-q")
    listed = run("baseline", "diff")
    assert "- net/a.c: double-free in twice" in listed.out
    assert run("check", "--fail-on", "stale-baseline").code == 1
    assert run("baseline", "prune").code == 0
    assert run("check", "--fail-on", "stale-baseline").code == 0
    assert "double-free" not in run("baseline", "show").out


def test_formats_tell_the_verdict(run: Run, project: Path) -> None:
    run("baseline", "create")
    worsen(run, project)
    done = run("check", "--fail-on", "new:high", "-o", "junit=j.xml", "-o", "gitlab=g.json", "-f", "github")
    assert done.code == 1
    assert "::error file=net/a.c,line=3,endLine=3,title=double-free (critical)::" in done.out
    suite = ElementTree.fromstring((project / "j.xml").read_text(encoding="utf-8"))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    rows = json.loads((project / "g.json").read_text(encoding="utf-8"))
    assert rows[0]["severity"] == "blocker"
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    assert all(not row["location"]["path"].startswith(("/", "./")) for row in rows)


def test_report_does_not_pretend_to_have_a_verdict(run: Run, project: Path) -> None:
    done = run("report", "-o", "junit=j.xml")
    assert (done.code, "rustplan check" in done.err) == (2, True)


def test_idle_comments_are_told(run: Run, project: Path) -> None:
    code = GOOD + "// rustplan:ignore[double-free] -- long gone\nint two(void) { return 2; }\n"
    (project / "net" / "a.c").write_text(code, encoding="utf-8")
    done = run("scan", ".")
    assert "net/a.c:3: rustplan:ignore accepts nothing" in done.err


def test_suppressed_findings_never_gate_and_are_shown(run: Run, project: Path) -> None:
    run("baseline", "create")
    accepted = BAD.replace("free(p); }\n", "free(p); } // rustplan:ignore[double-free] -- the checker's own test\n")
    assert accepted != BAD
    (project / "net" / "a.c").write_text(accepted, encoding="utf-8")
    done = run("scan", ".", "--fail-on", "new:high")
    assert done.code == 0
    assert "1 suppressed" in done.out
    assert "Suppressed" in (project / "roadmap.html").read_text(encoding="utf-8")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def half_a_document(path: Path) -> None:
    path.write_text('{"v":1,', encoding="utf-8")


def a_link_to_endless_zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [a_pipe, a_folder, half_a_document, a_link_to_endless_zeros])
def test_a_strangers_baseline_costs_no_result(run: Run, project: Path, make: Callable[[Path], None]) -> None:
    make(project / "rustplan-baseline.json")
    done = run("scan", ".")
    assert done.code == 0
    assert "no baseline is compared with: " in done.err
    assert (project / "roadmap.html").exists()
    gated = run("scan", ".", "--fail-on", "new:high")
    assert (gated.code, "rustplan-baseline.json" in gated.err) == (2, True)
    assert run("check", "--fail-on", "new:high").code == 2
    assert run("baseline", "show").code == 2
