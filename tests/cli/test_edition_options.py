"""`--redact` and `--excerpts`: what leaves the house is chosen on the command line, and a document that it does not reach is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import builders
from rustplan.cli import main
from rustplan.report.json_format import encode_analysis


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a saved analysis, which is the current one."""
    (tmp_path / "rustplan.json").write_bytes(encode_analysis(builders.analysis()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_report_redacts_the_page(saved: Path) -> None:
    assert main(["report", "--redact"]) == 0
    text = (saved / "roadmap.html").read_text(encoding="utf-8")
    assert "Edition for publication" in text
    assert "memcpy(" not in text
    assert main(["report", "--redact-keep-names", "-o", "html=names.html"]) == 0
    assert "http" in (saved / "names.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("other", ["markdown=x.md", "json=x.json", "sarif=x.sarif"])
def test_what_would_show_everything_is_refused(saved: Path, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--redact", "-o", "html=a.html", "-o", other]) == 2
    assert "would show everything" in capsys.readouterr().err
    assert not (saved / "a.html").exists()


def test_excerpts_none_leaves_the_source_out(saved: Path) -> None:
    assert main(["report"]) == 0
    assert "memcpy(buf, p, n);" in (saved / "roadmap.html").read_text(encoding="utf-8")
    assert main(["report", "--excerpts", "none"]) == 0
    text = (saved / "roadmap.html").read_text(encoding="utf-8")
    assert "memcpy(buf, p, n);" not in text
    assert "This file holds no source excerpts." in text


def test_scan_redacts_the_page_and_says_that_the_analysis_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "tree"
    source.mkdir()
    (source / "secretword.c").write_text("int secretword(char *p) { return p[3]; }\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["scan", "tree", "--redact", "--no-history"]) == 0
    assert "secretword" not in (tmp_path / "roadmap.html").read_text(encoding="utf-8")
    assert "secretword" in (tmp_path / "rustplan.json").read_text(encoding="utf-8")
    assert "rustplan.json: It holds the whole analysis" in capsys.readouterr().err
