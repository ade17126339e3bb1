"""What the options and the repository's own files say besides the profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from rustplan.config import Flag, load_settings
from rustplan.errors import ConfigError
from rustplan.evidence.repository_settings import collector_flags, memory_limit_mb
from rustplan.model.finding import Finding, Kind
from rustplan.model.scan import TreeScan


def text_finding(rule: str, message: str) -> Finding:
    return Finding(
        rule=rule, kind=Kind.SIGNAL, path="Dockerfile", line=1, column=1, end_line=1, end_column=2, message=message
    )


def test_flags_and_limits_come_from_the_signals_of_text_files() -> None:
    scan = TreeScan(
        texts=(
            text_finding("gc-flags", "`-XX:+UseZGC` chooses a concurrent collector"),
            text_finding("gc-flags", "`-XX:MaxGCPauseMillis=20` asks for short pauses"),
            text_finding("gc-flags", "`-XX:+UseZGC` chooses a concurrent collector"),
            text_finding("gc-wording", "`-XX:+Other` is told"),
            text_finding("small-memory-target", "`memory: 512Mi` is small"),
            text_finding("small-memory-target", "`cpus: 1` is small"),
        )
    )
    assert collector_flags(scan) == ("-XX:+UseZGC", "-XX:MaxGCPauseMillis=20")
    assert memory_limit_mb(scan) == 512
    two = (*scan.texts, text_finding("small-memory-target", "`mem_limit: 1g` is small"))
    assert memory_limit_mb(TreeScan(texts=two)) is None
    assert memory_limit_mb(TreeScan()) is None


def test_profiles_of_the_file_are_relative_to_it_and_shown_by_name(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text(
        "version: 1\nevidence:\n  profiles: [runs/b.jfr, ./a.json]\n  pause-budget-ms: 2\n"
    )
    settings = load_settings(tmp_path)
    assert settings.evidence.profiles == (str(tmp_path / "runs/b.jfr"), f"{tmp_path}/./a.json")
    assert settings.evidence.pause_budget_ms == 2
    assert settings.shown()["evidence.profiles"] == ["a.json", "b.jfr"]
    assert str(tmp_path) not in settings.command


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.jfr", "runs/../../up.jfr", "link/x.jfr", ".", '"a\\0b"'])
def test_a_file_of_a_stranger_names_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "link").symlink_to(tmp_path)
    (tmp_path / "repository" / "rustplan.yml").write_text(f"version: 1\nevidence: {{profiles: [{name}]}}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / "repository")
    assert "leaves the folder of this file" in caught.value.problems[0]


def test_flags_win_and_stand_in_the_command() -> None:
    settings = load_settings(
        flags={
            "evidence.profiles": Flag(name="--profile", value=["out/my run.jfr"]),
            "evidence.pause-budget-ms": Flag(name="--pause-budget-ms", value=10.0),
        },
        environ={"RUSTPLAN_EVIDENCE_PROFILES": "x.jfr"},
    )
    assert settings.evidence.profiles == ("out/my run.jfr",)
    assert settings.command == "rustplan scan . --set evidence.pause-budget-ms=10.0 --profile 'my run.jfr'"


@pytest.mark.parametrize("budget", [0, -1, "long", float("inf"), 1e9])
def test_a_budget_that_is_none(budget: object) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(flags={"evidence.pause-budget-ms": Flag(name="--pause-budget-ms", value=budget)})
    assert caught.value.problems[0].startswith("--pause-budget-ms")
