"""Java without classes: a compact source file, or C that is called Java."""

from __future__ import annotations

from pathlib import Path

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.model.options import EvidenceOptions, ScanOptions
from rustplan.report import render

COMPACT = """void main() {
    for (int i = 0; i < 9; i++) { use(new StringBuilder("x" + i)); }
}
Object use(StringBuilder text) { return new Object[] {text, new int[100]}; }
"""


def test_methods_outside_of_classes_are_candidates_without_a_class(tmp_path: Path) -> None:
    (tmp_path / "Main.java").write_text(COMPACT)
    settings = Settings(scan=ScanOptions(jobs=1), evidence=EvidenceOptions(history=False))
    analysis = analyze(tmp_path, settings)
    methods = {one.method for one in analysis.scorecard.candidates}
    assert methods == {"main", "use"}
    assert all(one.class_name for one in analysis.scorecard.candidate_classes)
    assert render(analysis, "html", settings.report)
