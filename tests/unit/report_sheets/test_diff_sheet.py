from __future__ import annotations

import itertools
import json
import re

import msgspec
import pytest

import builders
from comparison_world import at, renamed, with_other_rules
from rustplan.gate import finding_changes
from rustplan.model.analysis import Analysis
from rustplan.report.diff import AnalysisChange, compare_analyses, encode_change
from rustplan.report.sheet_text import sheet_as_markdown, sheet_as_text
from rustplan.report.terminal import Terminal
from rustplan.report.view.diff import build_diff


def change(old: Analysis, new: Analysis) -> AnalysisChange:
    return compare_analyses(old, new, finding_changes(old, new))


def with_risk(analysis: Analysis, name: str, risk: float) -> Analysis:
    card = analysis.scorecard
    scores = tuple(
        builders.component_score(name, risk)
        if (score.component, score.track.value) == (name, "memory-safety")
        else score
        for score in card.components
    )
    return msgspec.structs.replace(analysis, scorecard=msgspec.structs.replace(card, components=scores))


def test_an_analysis_does_not_differ_from_itself() -> None:
    whole = builders.analysis()
    told = change(whole, whole)
    assert not told.is_different
    assert told.notes == ()
    assert "Nothing that is compared here differs" in sheet_as_text(build_diff(told))


def test_another_commit_date_alone_is_no_difference() -> None:
    whole = builders.analysis()
    later = msgspec.structs.replace(whole, project=msgspec.structs.replace(whole.project, date="2027-01-01"))
    assert not change(whole, later).is_different


def test_a_component_with_the_same_files_was_renamed() -> None:
    whole = builders.analysis()
    told = change(whole, renamed(whole, "tls", "secure"))
    assert [(one.before, one.after, one.shared, one.files) for one in told.components.renamed] == [
        ("tls", "secure", 2, 2)
    ]
    assert (told.components.added, told.components.removed) == ((), ())
    assert told.is_different


def test_a_component_with_other_files_came_and_one_went() -> None:
    whole = builders.analysis()
    graph = whole.graph
    components = (*(one for one in graph.components if one.name != "tls"), builders.component("fresh", 900))
    files = tuple(file for file in whole.scorecard.files if file.component != "tls")
    new = msgspec.structs.replace(
        whole,
        graph=msgspec.structs.replace(graph, components=components),
        scorecard=msgspec.structs.replace(whole.scorecard, files=files),
    )
    told = change(whole, new)
    assert (told.components.added, told.components.removed, told.components.renamed) == (("fresh",), ("tls",), ())


def test_files_that_moved_are_known_by_their_content() -> None:
    whole = builders.analysis()
    files = tuple(
        msgspec.structs.replace(file, sha256=f"{place:064x}") for place, file in enumerate(whole.scorecard.files)
    )
    old = msgspec.structs.replace(whole, scorecard=msgspec.structs.replace(whole.scorecard, files=files))
    moved_files = tuple(
        msgspec.structs.replace(file, path=f"lib/{file.path}") if file.component == "tls" else file for file in files
    )
    new = renamed(old, "tls", "lib")
    components = tuple(
        msgspec.structs.replace(one, files=tuple(f"lib/{path}" for path in one.files)) if one.name == "lib" else one
        for one in new.graph.components
    )
    new = msgspec.structs.replace(
        new,
        graph=msgspec.structs.replace(new.graph, components=components),
        scorecard=msgspec.structs.replace(new.scorecard, files=moved_files),
    )
    assert [(one.before, one.after) for one in change(old, new).components.renamed] == [("tls", "lib")]


def test_a_moved_risk_names_the_factor_that_moved_it_most() -> None:
    whole = builders.analysis()
    told = change(whole, with_risk(whole, "buf", 64.0))
    (move,) = [move for move in told.scores if move.component == "buf"]
    assert (move.risk.before, move.risk.after) == (44.0, 64.0)
    assert next((factor.of, factor.name) for factor in move.factors) == ("risk", "untrusted-input")
    assert move.factors[0].after - move.factors[0].before == pytest.approx(10.0)
    text = sheet_as_text(build_diff(told), Terminal(width=200))
    assert "44.0 → 64.0" in text
    assert "untrusted input +10.0 points" in text


def test_less_than_what_is_printed_is_no_move() -> None:
    whole = builders.analysis()
    assert not change(whole, with_risk(whole, "buf", 44.02)).is_different


def test_a_factor_that_is_no_longer_available_says_why() -> None:
    whole = builders.analysis()
    card = whole.scorecard
    known = builders.factor("churn", 5.0, 10.0, because="40 commits")
    scores = tuple(
        msgspec.structs.replace(score, risk=score.risk + 5, risk_factors=(*score.risk_factors[:-1], known))
        for score in card.components
    )
    old = msgspec.structs.replace(whole, scorecard=msgspec.structs.replace(card, components=scores))
    text = sheet_as_text(build_diff(change(old, whole)), Terminal(width=300))
    assert "churn is no longer available (git history is not read by this version)" in text


def test_what_makes_two_hard_to_compare_is_said_first() -> None:
    old, new = at("2026-03-01", 100), with_other_rules(at("2026-01-01", 90))
    notes = " ".join(change(old, new).notes)
    assert "The rules differ" in notes
    assert "The first analysis is of a later commit" in notes
    assert sheet_as_text(build_diff(change(old, new))).index("! The rules differ") < 700


def test_sizes_are_signed_and_unknown_is_said() -> None:
    told = change(at("2026-01-01", 1_000), at("2026-02-01", 400))
    text = sheet_as_text(build_diff(told), Terminal(width=120))
    assert "−600" in text
    bare = msgspec.structs.replace(builders.empty_analysis(), data_digest="")
    row = next(
        line for line in sheet_as_text(build_diff(change(bare, builders.analysis()))).splitlines() if "Highest" in line
    )
    assert row.split()[-3:] == ["87.0", "not", "known"]


def test_the_json_is_whole_sorted_and_the_same_twice() -> None:
    old, new = at("2026-01-01", 1_000), renamed(at("2026-02-01", 400), "tls", "secure")
    text = encode_change(change(old, new))
    document = json.loads(text)
    assert (document["schema"], document["is_different"]) == ("rustplan-diff-1", True)
    assert list(document) == sorted(document)
    assert document["components"]["renamed"][0]["after"] == "secure"
    assert text == encode_change(change(old, new))


def test_hostile_names_stay_words_in_a_terminal_and_in_markdown() -> None:
    hostile = builders.hostile_analysis()
    sheet = build_diff(change(builders.empty_analysis(), hostile))
    text, markdown = sheet_as_text(sheet), sheet_as_markdown(sheet)
    assert "\x1b" not in text + markdown
    assert "\u202e" not in text + markdown
    assert re.search(r"(?<!\\)<", markdown) is None
    columns = [len(re.findall(r"(?<!\\)[|]", line)) if line.startswith("|") else 0 for line in markdown.splitlines()]
    pairs = [pair for pair in itertools.pairwise(columns) if all(pair)]
    assert pairs
    assert all(one == other for one, other in pairs)
