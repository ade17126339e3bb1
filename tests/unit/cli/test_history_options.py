"""How the history is asked for: flags, the configuration file, the recorded command."""

from __future__ import annotations

from pathlib import Path

import pytest

from rustplan.cli.options import ConfigChoice, ReadingChoice
from rustplan.cli.settings import settings_from
from rustplan.config import Settings
from rustplan.errors import ConfigError


def settings(folder: Path, **reading: object) -> Settings:
    return settings_from(folder, ConfigChoice(), ReadingChoice(**reading))


def test_the_history_is_read_unless_it_is_switched_off(tmp_path: Path) -> None:
    assert settings(tmp_path).evidence.history is True
    off = settings(tmp_path, no_history=True)
    assert off.evidence.history is False
    assert "--set evidence.history=false" in off.command
    assert off.digest != settings(tmp_path).digest


def test_the_file_may_switch_it_off_and_name_records_beside_it(tmp_path: Path) -> None:
    (tmp_path / "osv").mkdir()
    (tmp_path / "rustplan.yml").write_text("version: 1\nevidence:\n  history: false\n  osv: [osv]\n")
    read = settings(tmp_path)
    assert read.evidence.history is False
    assert [Path(folder) for folder in read.evidence.osv] == [tmp_path / "osv"]
    assert read.shown()["evidence.osv"] == ["osv"]
    assert "--osv osv" in read.command


def test_a_file_may_not_name_records_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("version: 1\nevidence:\n  osv: [../secrets]\n")
    with pytest.raises(ConfigError) as refused:
        settings(tmp_path)
    assert "give it with --osv" in refused.value.problems[0]


def test_flags_name_any_folder(tmp_path: Path) -> None:
    assert settings(tmp_path, osv=("/a/b", "c")).shown()["evidence.osv"] == ["b", "c"]
