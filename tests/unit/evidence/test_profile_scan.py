"""A whole scan with a profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from profile_world import SHOP, written
from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.errors import InputError
from rustplan.model.options import EvidenceOptions


def test_a_scan_reads_what_was_given_and_says_what_was_not(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Till.java").write_text(SHOP)
    profile = written(tmp_path, "alloc.txt", "shop/Till.ring;byte[]_[i] 4096\n")
    options = EvidenceOptions(profiles=(str(profile),))
    analysis = analyze(tmp_path, Settings(evidence=options))
    (read,) = analysis.evidence.profiles
    assert (read.name, read.mapped, read.methods[0].path) == ("alloc.txt", 4096, "src/Till.java")
    assert {"pauses", "imported findings"} <= {one.name for one in analysis.evidence.absent}
    assert "profile" not in {one.name for one in analysis.evidence.absent}
    assert analysis.settings["evidence.profiles"] == ["alloc.txt"]
    with pytest.raises(InputError):
        analyze(tmp_path, Settings(evidence=EvidenceOptions(profiles=(str(tmp_path / "src/Till.java"),))))
