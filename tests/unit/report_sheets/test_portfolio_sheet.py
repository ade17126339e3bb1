from __future__ import annotations

import csv
import io

import msgspec

import builders
from comparison_world import with_other_rules
from rustplan.model.analysis import Analysis
from rustplan.report.portfolio import Portfolio, portfolio_of, repository_of
from rustplan.report.portfolio_csv import COLUMNS, portfolio_as_csv
from rustplan.report.sheet_text import sheet_as_markdown, sheet_as_text
from rustplan.report.terminal import Terminal
from rustplan.report.view.portfolio import build_portfolio


def named(analysis: Analysis, name: str, digest: str = "") -> Analysis:
    project = msgspec.structs.replace(analysis.project, name=name)
    return msgspec.structs.replace(analysis, project=project, data_digest=digest or name)


def portfolio(*analyses: Analysis) -> Portfolio:
    return portfolio_of(repository_of(one, f"{place}.json") for place, one in enumerate(analyses))


def test_the_highest_risk_is_first_and_what_has_no_score_is_last() -> None:
    told = portfolio(
        named(builders.empty_analysis(), "nothing"),
        named(builders.one_component(), "tiny"),
        named(builders.analysis(), "gate"),
    )
    assert [(one.project, one.highest_risk) for one in told.repositories] == [
        ("gate", 87.0),
        ("tiny", 55.0),
        ("nothing", None),
    ]


def test_the_order_of_the_files_does_not_matter() -> None:
    parts = [named(builders.analysis(), "b"), named(builders.analysis(), "a"), named(builders.one_component(), "c")]
    one = portfolio_as_csv(portfolio(*parts))
    assert one == portfolio_as_csv(portfolio(*reversed(parts)))


def test_what_is_not_known_is_said_for_each() -> None:
    told = portfolio(named(builders.analysis(), "gate"), named(builders.empty_analysis(), "nothing"))
    gate, nothing = told.repositories
    assert gate.unknown[:2] == ("98.7 % of the source was read", "1 file not read at all")
    assert "the effort of 1 step" in gate.unknown
    assert any(words.startswith("history: ") for words in gate.unknown)
    assert nothing.unknown[0] == "no component was scored on the memory-safety track"
    text = sheet_as_text(build_portfolio(told), Terminal(width=120))
    assert "not known" in text
    assert "No evidence is not zero" in sheet_as_markdown(build_portfolio(told))


def test_efforts_are_ranges_and_never_added_up() -> None:
    sheet = build_portfolio(portfolio(named(builders.analysis(), "a"), named(builders.one_component(), "b")))
    moves = sheet.parts[1]
    assert [row[3] for row in moves.tables[0].rows] == ["2.4–16.5 (6.1)", "0.2–1.6 (0.6)"]
    assert "not added up" in moves.said[0]
    assert {row[4] for row in moves.tables[0].rows} == {"OWNER TO COMPLETE"}


def test_two_of_one_name_are_told_apart_by_their_files() -> None:
    told = portfolio(named(builders.analysis(), "same", "1"), named(builders.one_component(), "same", "2"))
    assert [one.project for one in told.repositories] == ["same (0.json)", "same (1.json)"]
    assert any("More than one analysis is called same" in note for note in told.notes)


def test_other_rules_are_said_and_a_double_is_left_out() -> None:
    first = named(builders.analysis(), "a")
    told = portfolio(first, first, with_other_rules(named(builders.one_component(), "b")))
    assert len(told.repositories) == 2
    assert any("1 of 3 files" in note for note in told.notes)
    assert any(note.startswith("The rules differ") for note in told.notes)


def test_a_formula_in_a_name_is_text_in_the_table() -> None:
    text = portfolio_as_csv(portfolio(named(builders.analysis(), "=1+1")))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["project"] == "'=1+1"
    assert tuple(row) == COLUMNS


def test_many_repositories_are_drawn_in_part_and_listed_in_whole() -> None:
    many = [named(builders.one_component(), f"repository-{place:03}") for place in range(45)]
    sheet = build_portfolio(portfolio(*many))
    assert len(sheet.parts[0].tables[0].rows) == 45
    assert sheet.parts[0].figures[0].drawing.count("<rect") == 30
    assert "15 smaller repositories not drawn" in sheet.parts[0].figures[0].caption
