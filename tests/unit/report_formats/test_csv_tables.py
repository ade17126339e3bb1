from __future__ import annotations

import csv
import io

import pytest

import builders
from rustplan.report.csv_format import render_csv
from rustplan.report.csv_tables import TABLES
from sample_analysis import hostile_analysis, sample_analysis


def rows(name: str, analysis: object = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(analysis or builders.analysis())[name])))


@pytest.mark.parametrize(
    "make", [builders.analysis, builders.empty_analysis, builders.hostile_analysis, sample_analysis, hostile_analysis]
)
def test_every_table_has_its_head_and_whole_rows(make) -> None:
    tables = render_csv(make())
    for name, table in TABLES.items():
        first, *others = list(csv.reader(io.StringIO(tables[name])))
        assert tuple(first) == table.columns, name
        assert all(len(row) == len(first) for row in others), name
        assert "\x1b" not in tables[name]


def test_no_cell_of_a_hostile_analysis_is_a_formula() -> None:
    for text in render_csv(hostile_analysis()).values():
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_factors_add_up_to_the_risk() -> None:
    found = [row for row in rows("factors.csv") if (row["component"], row["of"]) == ("tls", "risk")]
    assert sum(float(row["contribution"]) for row in found) == pytest.approx(87.0)
    absent = [row for row in found if row["factor"] == "churn"]
    assert [(row["value"], row["level"]) for row in absent] == [("", "")]
    assert absent[0]["because"] == "git history is not read by this version"


def test_the_plan_and_what_was_not_read_are_there() -> None:
    assert [(row["wave"], row["components"]) for row in rows("waves.csv")] == [("1", "buf; http"), ("2", "feed; tls")]
    assert {row["component"] for row in rows("parked.csv")} == {"app", "log", "audit"}
    assert {(row["what"], row["path"]) for row in rows("unread.csv")} == {
        ("skipped", "data/huge.c"),
        ("read in part", "src/http/main.c"),
        ("left out", "build"),
    }
    assert [row["evidence"] for row in rows("absent.csv")] == ["history", "profile"]
    assert [row["rank"] for row in rows("scores.csv")] == ["1", "2", "3", "4", "5", "1", "2"]


def test_blanks_of_the_guidance_stay_blanks() -> None:
    found = rows("guidance.csv")
    assert {row["group"] for row in found} == {"element", "crosswalk"}
    assert any(row["owner_to_complete"] for row in found)
    assert {row["source"] for row in found} <= {row["number"] for row in rows("sources.csv")}
