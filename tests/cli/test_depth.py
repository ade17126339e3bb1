"""Surface depth: sooner, the same every time, and never silent about what it left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Run

TEXT = """#include <string.h>
#include <stdlib.h>
int f(char *to, const char *from)
{
    char small[4];
    memset(small, 0, 40);
    strcpy(to, from);
    return small[0];
}
"""


@pytest.fixture(autouse=True)
def at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A baseline is written by people: not where CI is set."""
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def code(source: Path) -> Path:
    (source / "a.c").write_text(TEXT)
    return source


def found(run: Run, *arguments: str) -> tuple[set[str], dict]:
    done = run("scan", "repo", "-f", "json", "-o", "html=page.html", "-q", *arguments)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    return {finding["rule"] for finding in told["findings"]}, told["coverage"]


def test_exposure_stays_and_defects_of_the_engine_go(run: Run, code: Path):
    full, whole = found(run)
    surface, part = found(run, "--depth", "surface")
    assert "copy-too-long" in full - surface
    assert "banned-api" in full & surface
    assert (whole["depth"], whole["rules_not_run"]) == ("full", [])
    assert part["depth"] == "surface"
    assert "copy-too-long" in part["rules_not_run"]
    assert full - surface <= {*part["rules_not_run"], *part["rules_in_part"]}


def test_every_view_says_so(run: Run, code: Path, tmp_path: Path):
    for format in ("text", "markdown", "summary"):
        done = run("scan", "repo", "--depth", "surface", "-f", format, "-o", "html=page.html", "-o", "json=x.json")
        assert "the defect engine was not run" in " ".join(done.out.split())
        assert "the defect engine was not run" not in run("scan", "repo", "-f", format, "-q").out
    assert "the defect engine was not run" in (tmp_path / "page.html").read_text()


def test_a_gate_says_that_defects_were_not_looked_for(run: Run, code: Path):
    run("scan", "repo", "-o", "json=full.json", "-q")
    run("baseline", "create", "--from", "full.json", "--baseline", "repo/rustplan-baseline.json")
    done = run("scan", "repo", "--depth", "surface", "--fail-on", "new:high", "--fail-on", "stale-baseline")
    assert done.code == 0, done.err
    assert "rules were not run (surface depth)" in done.err


def test_no_baseline_is_made_of_half_a_scan(run: Run, code: Path):
    run("scan", "repo", "--depth", "surface", "-o", "json=surface.json", "-q")
    done = run("baseline", "create", "--from", "surface.json")
    assert done.code == 2
    assert "surface depth" in done.err


def test_a_setting_and_a_wrong_word(run: Run, code: Path):
    (code / "rustplan.yml").write_text("version: 1\nscan:\n  depth: surface\n")
    assert found(run)[1]["depth"] == "surface"
    assert found(run, "--depth", "full")[1]["depth"] == "full"
    assert run("scan", "repo", "--depth", "deep").code == 2
