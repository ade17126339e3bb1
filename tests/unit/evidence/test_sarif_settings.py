"""How --sarif and `evidence.sarif` reach a run, and a whole scan with the log of another tool and with our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from rustplan.api import analyze
from rustplan.config import Flag, Settings, load_settings
from rustplan.errors import ConfigError, InputError
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.report.sarif import render_full_sarif, render_sarif
from sarif_world import log, result, run, written

CODE = """#include <stdlib.h>
int early(int n) {
    char *p = malloc(10);
    if (!p) return 0;
    free(p);
    p[0] = 1;
    return n;
}
int last(const int *values, int count) { return values[count - 1]; }
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.c").write_text(CODE)
    return folder


def settings_for(root: Path, *files: Path) -> Settings:
    flags = {"evidence.sarif": Flag(name="--sarif", value=[str(path) for path in files])} if files else {}
    return load_settings(root, flags=flags, is_isolated=True)


def scanned(root: Path, *files: Path) -> Analysis:
    return analyze(root, settings_for(root, *files))


def risk(analysis: Analysis) -> float:
    return next(one.risk for one in analysis.scorecard.components if one.track is Track.MEMORY_SAFETY)


def test_files_of_the_configuration_are_relative_to_it_and_shown_by_name(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("version: 1\nevidence: {sarif: [runs/b.sarif, a.sarif]}\n")
    settings = load_settings(tmp_path)
    assert settings.evidence.sarif == (str(tmp_path / "runs/b.sarif"), str(tmp_path / "a.sarif"))
    assert settings.shown()["evidence.sarif"] == ["a.sarif", "b.sarif"]
    assert settings.command.endswith("--sarif a.sarif --sarif b.sarif")


def test_a_strangers_configuration_names_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("version: 1\nevidence: {sarif: [../up.sarif]}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert "give it with --sarif" in caught.value.problems[0]


def test_another_tool_raises_the_risk_of_its_component_and_is_credited(repository: Path, tmp_path: Path) -> None:
    file = written(tmp_path, log(run(result("file:///ci/repo/src/a.c", 9, rule="R787", level="error"), tool="CodeQL")))
    before, after = scanned(repository), scanned(repository, file)
    assert risk(after) > risk(before)
    assert after.evidence.imported[0].tool == "CodeQL"
    assert "imported findings" in {one.name for one in before.evidence.absent}
    assert "imported findings" not in {one.name for one in after.evidence.absent}
    assert after.findings == before.findings
    factors = [
        one for card in after.scorecard.components for one in card.risk_factors if one.name == "imported-findings"
    ]
    assert "CodeQL (1)" in factors[0].because


def test_our_own_log_brought_back_is_all_known_and_moves_nothing(repository: Path, tmp_path: Path) -> None:
    before = scanned(repository)
    assert before.findings
    for name, text in (("plain", render_sarif(before)), ("full", render_full_sarif(before))):
        file = written(tmp_path, text.encode(), f"{name}.sarif")
        after = scanned(repository, file)
        (told,) = after.evidence.imported
        assert told.own == told.mapped > 0
        assert told.unmapped == ()
        assert risk(after) == risk(before)


def test_a_bad_file_is_refused_before_the_repository_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no SARIF log"):
        scanned(tmp_path / "there is no such folder", written(tmp_path, b"hello"))


def test_two_scans_are_equal_to_the_byte(repository: Path, tmp_path: Path) -> None:
    one = written(tmp_path, log(run(result("src/a.c", 3), tool="A")), "a.sarif")
    two = written(tmp_path, log(run(result("src/a.c", 4), tool="B")), "b.sarif")
    assert scanned(repository, one, two).data_digest == scanned(repository, two, one).data_digest
