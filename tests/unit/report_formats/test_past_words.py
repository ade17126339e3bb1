"""The history of a run and of a file in words."""

from __future__ import annotations

import msgspec

from past_world import fix, history, past
from rustplan.model.evidence import Evidence
from rustplan.model.history import Partner, Vulnerabilities, Vulnerability
from rustplan.model.options import ReportOptions
from rustplan.report import render
from rustplan.report.explain import explain_path
from rustplan.report.markdown import render_markdown
from rustplan.report.past_words import evidence_rows, file_history
from rustplan.report.terminal import Terminal
from sample_analysis import sample_analysis

RECORDS = Vulnerabilities(
    records=(
        Vulnerability(id="CVE-2024-1", origin="a", summary="Heap overflow", paths=("src/net/tls.c",)),
        Vulnerability(id="CVE-2024-2", origin="b"),
    )
)


def evidence() -> Evidence:
    file = past(
        "src/net/tls.c",
        commits=12,
        fixes=5,
        security=3,
        memory=1,
        examples=(fix("a", age=1000),),
        partners=(Partner(path="src/net/io.c", shared=4, degree=0.25),),
        former_paths=("old/tls.c",),
    )
    notes = (
        "merge commits are left out; x",
        "the clone is shallow: complete for the 400 days before the newest commit",
    )
    return Evidence(history=history(file, unknown=["new.c"], notes=notes), vulnerabilities=RECORDS)


def test_a_run_s_history_says_how_far_it_reaches_and_what_it_left_out() -> None:
    rows = dict(evidence_rows(evidence()))
    assert rows["history"] == (
        "900 commits by 12 authors in 10.0 years, the newest of 2024-05-06 (cccccccccccc); 40 merges and 2 mass changes left out; "
        "the clone is shallow: complete for the 400 days before the newest commit. "
        "Fixes are told by their messages: a file without any is not a safe file."
    )
    assert rows["known vulnerabilities"] == (
        "2 records, 1 of them led to files by their fix commits; without a file: CVE-2024-2."
    )
    assert evidence_rows(Evidence()) == []


def test_a_file_s_history_names_commits_partners_and_vulnerabilities() -> None:
    assert list(file_history("src/net/tls.c", evidence())) == [
        "history: 13 commits (12 in the last 24 months) by 3 authors; first 8.2 years, last 3 days before the newest commit",
        "fixes told by messages: 5, of them 3 of security, of these 1 of memory errors",
        "  aaaaaaaaaaaa memory-safety fix, 2.7 years old: parser: fix heap overflow",
        "changes together with src/net/io.c (25\xa0%)",
        "formerly old/tls.c",
        "known vulnerability: CVE-2024-1 (Heap overflow)",
    ]
    assert list(file_history("new.c", evidence())) == ["history: unknown, the file is in no commit"]
    assert list(file_history("gone.c", evidence())) == ["history: nothing is kept of this file"]
    assert list(file_history("src/net/tls.c", Evidence())) == []


def test_reports_and_explain_tell_it() -> None:
    sample = sample_analysis()
    scored = [
        msgspec.structs.replace(file, spatial=2.0, temporal=1.5, risk=900.0, risk_per_line=3.0)
        if file.path == "src/net/tls.c"
        else file
        for file in sample.scorecard.files
    ]
    analysis = msgspec.structs.replace(
        sample, evidence=evidence(), scorecard=msgspec.structs.replace(sample.scorecard, files=tuple(scored))
    )
    lines = explain_path("src/net/tls.c", analysis, Terminal(width=400, is_colour=False, is_unicode=True))
    assert lines is not None
    told = "\n".join(lines)
    assert "risk per line 3.00: what a rewritten line buys (1 = the reference corpus) = spatial 2.00" in told
    assert "x temporal 1.50 (the past: errors of lifetimes)" in told
    assert "memory-safety fix, 2.7 years old" in told
    assert "900 commits by 12 authors" in render_markdown(analysis)
    assert "900 commits by 12 authors" in render(analysis, "html", ReportOptions())
