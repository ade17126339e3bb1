from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest

from rustplan.model.analysis import Analysis
from rustplan.model.component import Dependency
from rustplan.report.csv_format import render_csv, render_findings_csv
from rustplan.report.csv_tables import TABLES
from rustplan.report.json_lines import render_json_lines
from sample_analysis import HOSTILE, hostile_analysis, sample_analysis

COLUMNS = {
    "findings.csv": "path,line,column,rule,kind,cwe,severity,confidence,component,function",
    "files.csv": "path,component,role,language,sloc,risk,risk_per_line,coverage",
    "components.csv": "component,track,score,risk,option,wave,sloc,effort_p10,effort_p50,effort_p90",
    "candidates.csv": "class,method,score,evidence",
    "edges.csv": "dependent,dependency,weight,kind",
    "imported.csv": "path,line,tool,also,rustplan_rule,rule,cwe,level,severity,confidence,points,component,message",
}


def rows(analysis: Analysis, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(analysis)[name])))


def test_the_tables_and_their_columns_are_stable() -> None:
    tables = render_csv(sample_analysis())
    heads = {name: text.split("\n", 1)[0] for name, text in tables.items() if name in COLUMNS}
    assert {name: head[: len(COLUMNS[name])] for name, head in heads.items()} == COLUMNS
    assert tables.keys() >= {*COLUMNS, *TABLES}
    assert all(text.endswith("\n") and "\r" not in text for text in tables.values())


def test_findings_of_every_role_with_their_component() -> None:
    found = rows(sample_analysis(), "findings.csv")
    assert len(found) == 5
    assert found[0]["component"] == "net/tls"
    assert (found[2]["cwe"], found[2]["severity"], found[2]["kind"]) == ("", "", "obstacle")
    assert render_findings_csv(sample_analysis()) == render_csv(sample_analysis())["findings.csv"]


def test_unknown_is_empty_and_floats_have_six_digits() -> None:
    files = {row["path"]: row for row in rows(sample_analysis(), "files.csv")}
    assert files["src/main/java/Feed.java"]["risk"] == ""
    assert files["src/net/tls.c"]["risk_per_line"] == "0.002708"
    components = {row["component"]: row for row in rows(sample_analysis(), "components.csv")}
    assert (components["util"]["wave"], components["util"]["option"]) == ("", "retain")
    assert (components["feed"]["effort_p50"], components["net/tls"]["effort_p50"]) == ("", "0.812346")


def test_classes_follow_the_methods_and_have_no_method() -> None:
    analysis = sample_analysis()
    card = analysis.scorecard
    whole = msgspec.structs.replace(card.candidates[0], class_name="a.Whole", method="", score=900_000.0)
    changed = msgspec.structs.replace(analysis, scorecard=msgspec.structs.replace(card, candidate_classes=(whole,)))
    found = rows(changed, "candidates.csv")
    assert len(found) == len(card.candidates) + 1
    assert all(row["method"] for row in found[:-1])
    assert (found[-1]["class"], found[-1]["method"], float(found[-1]["score"])) == ("a.Whole", "", 900_000.0)


def test_one_edge_row_for_each_kind() -> None:
    assert [tuple(row.values()) for row in rows(sample_analysis(), "edges.csv")] == [
        ("net/tls", "util", "3.0", "call"),
        ("net/tls", "util", "0.2", "include"),
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1+1", "'+1+1"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-5", "-5"),
        ("-0.25", "-0.25"),
        ("plain", "plain"),
        ("a\nb", "a\\x0ab"),
        ("\t=1", "'\\x09=1"),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    edge = sample_analysis().graph.dependencies[0]
    hostile: Dependency = msgspec.structs.replace(edge, dependent=text)
    graph = msgspec.structs.replace(sample_analysis().graph, dependencies=(hostile,))
    assert rows(sample_analysis(graph=graph), "edges.csv")[0]["dependent"] == cell


def test_a_negative_number_stays_a_number() -> None:
    edge = msgspec.structs.replace(
        sample_analysis().graph.dependencies[0],
        parts=dict.fromkeys(sample_analysis().graph.dependencies[0].parts, -1.5),
    )
    graph = msgspec.structs.replace(sample_analysis().graph, dependencies=(edge,))
    assert rows(sample_analysis(graph=graph), "edges.csv")[0]["weight"] == "-1.5"


def test_json_lines_are_one_object_a_finding() -> None:
    lines = render_json_lines(hostile_analysis()).splitlines()
    objects = [json.loads(line) for line in lines]
    assert len(objects) == 5
    assert objects[0]["component"] == HOSTILE
    assert [each["role"] for each in objects] == ["source", "source", "source", "source", "test"]
    assert len({each["fingerprint"] for each in objects}) == 5
