from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import rustplan
from rustplan.model.options import ReportOptions


def test_a_folder_becomes_an_analysis_and_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.c").write_text("int first(char *p) { return p[0]; }\n")
    analysis = rustplan.analyze(tmp_path, rustplan.Settings())
    assert isinstance(analysis, rustplan.Analysis)
    document = rustplan.render(analysis, "json", ReportOptions())
    assert isinstance(document, bytes)
    assert json.loads(document)["data_digest"] == analysis.data_digest
    assert capsys.readouterr() == ("", "")


def test_only_what_is_promised_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        rustplan.analyse  # noqa: B018 - the access itself is the test


def test_importing_rustplan_brings_no_parser() -> None:
    code = "import rustplan, sys; print('tree_sitter' in sys.modules, 'click' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
