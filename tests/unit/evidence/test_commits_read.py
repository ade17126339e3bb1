"""From the settings of a run to the history, the records and the commit's day, and what an analysis keeps of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from history_cases import DAY, START, Story, git, lines

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.discover import find_repository
from rustplan.errors import InputError
from rustplan.evidence import NO_RECORDS, add_commits, bounded, read_commits
from rustplan.evidence.history import compact, read_date
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.history import FileHistory, FixCommit, FixLevel, History, Partner
from rustplan.model.options import EvidenceOptions

CODE = "int f(int *p) {\n    return p[1];\n}\n"


def project(folder: Path) -> Path:
    story = Story()
    first = story.commit("start", {"src/a.c": CODE, "src/b.c": CODE})
    quiet = story.commit("tidy a little", {"src/a.c": CODE + lines(3)}, day=10, parents=[first])
    story.commit("fix crash on empty input", {"src/b.c": CODE + lines(2)}, day=400, parents=[quiet])
    return story.write(folder)


def records(folder: Path, *commits: str, cwe: str = "CWE-787") -> str:
    folder.mkdir()
    events = [{"introduced": "0"}, *({"fixed": commit} for commit in commits)]
    record = {
        "id": f"CVE-2024-{len(folder.name)}",
        "affected": [{"ranges": [{"type": "GIT", "repo": "x", "events": events}], "database_specific": {"cwes": cwe}}],
    }
    (folder / "one.json").write_text(json.dumps(record))
    return str(folder)


def read(root: Path, options: EvidenceOptions, *, is_date_only: bool = False):
    repository = find_repository(os.fsencode(root.resolve()))
    return read_commits(root, repository, ["src/a.c", "src/b.c"], options, is_date_only=is_date_only)


def test_the_commit_s_day_is_known_with_and_without_the_history(tmp_path: Path) -> None:
    root = project(tmp_path / "repo")
    day = "2018-08-18"
    assert read(root, EvidenceOptions()).date == day
    assert read(root, EvidenceOptions(), is_date_only=True).date == day
    assert read(root, EvidenceOptions(history=False), is_date_only=True).date is None
    assert read(root, EvidenceOptions(history=False)).date is None
    assert read_date(tmp_path, None) is None
    assert START + 400 * DAY < 1_540_000_000


def test_a_shallow_clone_has_a_day_and_no_history(tmp_path: Path) -> None:
    root = project(tmp_path / "repo")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(tmp_path / "clone"))
    told = read(tmp_path / "clone", EvidenceOptions())
    assert isinstance(told.history, AbsentEvidence)
    assert "shallow" in told.history.because
    assert told.date == "2018-08-18"


def test_a_record_makes_a_silent_commit_a_memory_safety_fix(tmp_path: Path) -> None:
    root = project(tmp_path / "repo")
    quiet = git(root, "rev-parse", "HEAD~1")
    plain = read(root, EvidenceOptions()).history
    known = read(root, EvidenceOptions(osv=(records(tmp_path / "osv", quiet),)))
    other = read(root, EvidenceOptions(osv=(records(tmp_path / "other", quiet, cwe="CWE-79"),)))
    assert isinstance(plain, History)
    assert isinstance(known.history, History)
    assert isinstance(other.history, History)
    assert [history.by_path()["src/a.c"].memory_fixes for history in (plain, known.history, other.history)] == [0, 1, 0]
    assert known.history.by_path()["src/a.c"].examples[0].matched == "a vulnerability record"
    assert known.vulnerabilities is not None
    assert known.vulnerabilities.records[0].paths == ("src/a.c",)


def test_records_of_several_folders_count_once(tmp_path: Path) -> None:
    root = project(tmp_path / "repo")
    folders = tuple(records(tmp_path / name, git(root, "rev-parse", "HEAD")) for name in ("one", "two", "three"))
    told = read(root, EvidenceOptions(osv=folders))
    assert told.vulnerabilities is not None
    assert [record.id for record in told.vulnerabilities.records] == ["CVE-2024-3", "CVE-2024-5"]
    with pytest.raises(InputError, match="no OSV record"):
        read(root, EvidenceOptions(osv=(str(root / "src"),)))


def test_what_is_absent_says_so(tmp_path: Path) -> None:
    evidence = add_commits(Evidence(), read(tmp_path, EvidenceOptions()))
    assert [absent.name for absent in evidence.absent] == ["history", "known vulnerabilities"]
    assert "no git work tree" in evidence.absent[0].because
    off = add_commits(Evidence(), read(project(tmp_path / "repo"), EvidenceOptions(history=False)))
    assert "--no-history" in off.absent[0].because
    assert off.absent[1] == NO_RECORDS


def test_an_analysis_knows_its_day_its_history_and_its_factors(tmp_path: Path) -> None:
    root = project(tmp_path / "repo")
    analysis = analyze(root, Settings())
    assert analysis.project.date == "2018-08-18"
    assert analysis.evidence.history is not None
    assert [file.path for file in analysis.evidence.history.files] == ["src/a.c", "src/b.c"]
    assert "history" not in [absent.name for absent in analysis.evidence.absent]
    factors = {factor.name: factor for factor in analysis.scorecard.components[0].risk_factors}
    assert not factors["churn"].is_absent
    assert not factors["memory-fix-history"].is_absent
    assert all(file.temporal is not None for file in analysis.scorecard.files)
    without = analyze(root, Settings(evidence=EvidenceOptions(history=False)))
    assert without.evidence.history is None
    assert all(file.temporal is None and file.spatial for file in without.scorecard.files)


def test_findings_only_reads_the_day_alone(tmp_path: Path) -> None:
    analysis = analyze(project(tmp_path / "repo"), Settings().for_findings())
    assert analysis.project.date == "2018-08-18"
    assert analysis.evidence == Evidence()


def test_what_is_kept_is_bounded() -> None:
    fix = FixCommit(commit="a" * 40, age_days=1, level=FixLevel.FIX, subject="fix", matched="fix")
    partner = Partner(path="x.c", shared=3, degree=0.5)
    files = tuple(
        FileHistory(
            path=f"{number:05}.c",
            commits=1,
            commits_decayed=number / 10_000,
            examples=(fix,) * 5,
            partners=(partner,) * 8,
        )
        for number in range(5_000)
    )
    history = History(
        commit="c" * 40, newest="2024-01-01", commits=9, merges=0, sweeping=0, authors=1, reaches_days=900, is_complete=True,
        files=files, unknown=tuple(f"new{number}.c" for number in range(900)), recent_days=730, half_life_days={},
    )  # fmt: skip
    kept = compact(history, {file.path for file in files} | set(history.unknown))
    assert len(kept.files) == 5_000
    assert sum(bool(file.examples) for file in kept.files) == 2_000
    assert kept.files[-1].examples == (fix,) * 3
    assert kept.files[0].partners == ()
    assert len(kept.unknown) == 200
    assert "2,000 of 5,000" in kept.notes[0]
    assert len(msgspec.json.encode(kept)) < 300 * 5_000
    assert bounded(Evidence(history=history), {"00001.c"}).history == msgspec.structs.replace(
        kept,
        files=(msgspec.structs.replace(files[1], examples=(fix,) * 3, partners=(partner,) * 3),),
        unknown=(),
        notes=(),
    )
