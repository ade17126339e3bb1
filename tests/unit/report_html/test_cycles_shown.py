"""Cycles with their cuts by line, and suggested splits: on the page, in the terminal and as tables."""

from __future__ import annotations

import csv
import io

import html5lib
import msgspec

import builders
from rustplan.model.analysis import Analysis
from rustplan.model.code_graph import EdgeKind
from rustplan.model.component import Cut, DependencyEvidence, InnerCycle, SplitPart, SplitSuggestion, Unit
from rustplan.model.options import ReportOptions
from rustplan.report.csv_format import render_csv
from rustplan.report.explain import explain_component
from rustplan.report.html import render_html
from rustplan.report.terminal import Terminal


def place(path: str, line: int, symbol: str, kind: EdgeKind = EdgeKind.CALL, *, unsure: bool = False):
    return DependencyEvidence(path=path, line=line, symbol=symbol, target="t.c", kind=kind, is_ambiguous=unsure)


def knotted(name: str = "http", symbol: str = "buf_free") -> Analysis:
    whole = builders.analysis()
    cut = Cut(
        dependent=name,
        dependency="buf",
        weight=1.5,
        places=9,
        firm=1,
        evidence=(
            place("src/http/h.c", 31, symbol),
            place("src/http/h.c", 2, "buf.h", EdgeKind.INCLUDE),
            place("src/http/h.c", 80, "buf_any", unsure=True),
        ),
    )
    units = (Unit(components=("buf", "http"), cuts=(cut,)), *(Unit(components=(one,)) for one in ("log", "tls", "app")))
    inner = InnerCycle(
        level="file",
        component="http",
        members=("src/http/a.c", "src/http/b.c"),
        cuts=(
            Cut(
                dependent="src/http/a.c",
                dependency="src/http/b.c",
                weight=1,
                places=1,
                firm=1,
                evidence=(place("src/http/a.c", 5, "b_go"),),
            ),
        ),
    )
    parts = tuple(
        SplitPart(name=one, files=tuple(f"src/http/{one}{number}.c" for number in range(6)), sloc=size)
        for one, size in (("parse", 9_000), ("send", 7_000))
    )
    split = SplitSuggestion(component="http", parts=parts, modularity=0.412, agreement=0.93, runs=10, loose=2)
    graph = msgspec.structs.replace(
        whole.graph,
        units=units,
        cycles=(("buf", "http"),),
        inner_cycles=(inner,),
        inner_cycles_found=4,
        suggestions=(split,),
    )
    return builders.analysis(graph=graph)


def section(analysis: Analysis, options: ReportOptions, place_of: str):
    return html5lib.parse(render_html(analysis, options), namespaceHTMLElements=False).find(
        f".//section[@id='{place_of}']"
    )


def words(element) -> str:
    for block in (one for one in element.iter() if one.tag in {"li", "td", "th", "p"}):
        block.text = f" {block.text or ''}"
    return " ".join("".join(element.itertext()).split())


def test_the_page_expands_each_cut_to_lines_that_lead_to_the_source() -> None:
    options = ReportOptions(source_url="https://git.example/{repo}/{commit}/{path}#L{line}")
    dependencies = section(knotted(), options, "s5")
    text = words(dependencies)
    assert "buf and http are in a cycle." in text
    assert "http needs buf in 9 places, 1 of which must go weight 1.5" in text
    assert "src/http/h.c:31 calls buf_free" in text
    assert "src/http/h.c:80 calls buf_any, ambiguous and 6 more places" in text
    assert "Cheapest cut: http needs buf in 9 places, 1 of which must go, first at src/http/h.c:31." in text
    assert [link.get("href") for link in dependencies.iter("a") if "h.c#L31" in link.get("href", "")]


def test_the_page_tells_cycles_of_files_and_how_many_are_not_listed() -> None:
    text = words(section(knotted(), ReportOptions(), "s5"))
    assert "Files of http: src/http/a.c and src/http/b.c need each other." in text
    assert "src/http/a.c:5 calls b_go" in text
    assert "3 smaller cycles not listed" in text


def test_the_card_of_a_large_component_tells_its_split_as_a_suggestion() -> None:
    text = words(section(knotted(), ReportOptions(), "s6"))
    assert "it may fall into 2 parts (modularity 0.41; 10 runs agree to 93 %). A suggestion" in text
    assert "parse 9,000 parse0.c, parse1.c, parse2.c, parse3.c and 2 more" in text
    assert "Besides: 2 files that nothing ties to a part." in text


def test_hostile_names_in_cuts_are_text() -> None:
    page = render_html(knotted(symbol="<img src=x onerror=1>\u202e"), ReportOptions())
    assert "&lt;img src=x onerror=1&gt;" in page
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_the_terminal_tells_cuts_cycles_and_split() -> None:
    text = "\n".join(explain_component("http", knotted(), Terminal(width=160)) or [])
    assert "http needs buf: 9 places, 1 of which must go, weight 1.5" in text
    assert "src/http/h.c:31 call buf_free" in text
    assert "and 6 more" in text
    assert "A cycle of files: src/http/a.c, src/http/b.c" in text
    assert "parse: 9,000 code lines, 6 files: parse0.c, parse1.c, parse2.c, parse3.c and 2 more" in text
    assert "10 runs agree to 93" in text
    assert "cycle of files" not in "\n".join(explain_component("log", knotted(), Terminal(width=160)) or [])


def test_tables_go_down_to_lines() -> None:
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in render_csv(knotted()).items()}
    assert [(row["level"], row["path"], row["line"], row["ambiguous"]) for row in tables["cut_places.csv"]] == [
        ("component", "src/http/h.c", "31", "no"),
        ("component", "src/http/h.c", "2", "no"),
        ("component", "src/http/h.c", "80", "yes"),
        ("file", "src/http/a.c", "5", "no"),
    ]
    assert [row["member"] for row in tables["inner_cycles.csv"]] == ["src/http/a.c", "src/http/b.c"]
    assert {(row["part"], row["part_sloc"]) for row in tables["splits.csv"]} == {("parse", "9000"), ("send", "7000")}
