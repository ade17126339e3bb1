"""What the page says: the numbers of the analysis, the blanks, the sources, and none of the words that must not be printed."""

from __future__ import annotations

import json
import re
from functools import cache
from xml.etree.ElementTree import Element

import html5lib
import msgspec
import pytest

import builders
from html_words import words
from rustplan.catalog.guidance import load_guidance
from rustplan.model.code_graph import EdgeKind, Unresolved, UnresolvedKind
from rustplan.model.component import Cut, Unit
from rustplan.model.finding import Track
from rustplan.model.options import ReportOptions
from rustplan.model.score import FactorEvidence
from rustplan.model.source import Project, Role
from rustplan.report.html import render_html
from rustplan.report.view.spans import code_spans

BANNED = (
    r"CISA[- ]compliant",
    r"\b(required|mandated)\s+by\s+CISA",
    r"\bcertified\b",
    r"eliminates 70",
    r"Rust prevents all",
    r"deadline",
    r"January 1, 2026",
    r"\bcompliant\b",
    r"upcoming",
)


@cache
def tree(name: str = "small") -> Element:
    made = {"small": builders.analysis, "hostile": builders.hostile_analysis, "one": builders.one_component}[name]()
    return html5lib.parse(render_html(made, ReportOptions()), namespaceHTMLElements=False)


def by_id(identity: str, name: str = "small") -> Element:
    found = tree(name).find(f".//*[@id='{identity}']")
    assert found is not None, identity
    return found


def test_summary_names_the_first_moves_their_cost_and_who_decides() -> None:
    summary = by_id("s1")
    lead = words(summary.find(".//p[@class='lead']"))
    assert lead.startswith("Start with http, buf and tls.")
    assert "Together they hold 82\u00a0% of the memory-unsafe lines." in "".join(
        summary.find(".//p[@class='lead']").itertext()
    )
    assert "3.0–17.8 person-months (median 7.4)" in lead
    rows = [words(row) for row in summary.findall(".//table")[0].findall(".//tbody/tr")]
    assert (
        rows[0]
        == "1. Rewrite http Risk 76: untrusted input 38, raw memory work 23 wave 1 2.4–16.5 (6.1) OWNER TO COMPLETE"
    )
    assert len(rows) == 3
    assert "2 likely bugs" in words(summary)
    assert "1 exposure (unsafe surface, not bugs), 1 place of collector pressure" in words(summary)
    assert "7 findings in source" in words(summary)


def test_the_six_elements_stand_in_order_with_states_and_blanks() -> None:
    elements = by_id("s2").findall(".//article")
    assert [element.get("id") for element in elements] == [f"CMSR-{number}" for number in range(1, 7)]
    assert "Defined phases with dates and outcomes" in words(elements[0])
    assert "draft, confirm" in words(elements[0])
    assert "Committed date of each wave: OWNER TO COMPLETE" in words(elements[0])
    assert "needs a human" in words(elements[1])
    assert "The date: OWNER TO COMPLETE" in words(elements[1])
    assert "5,100 lines of C++ in 4 files" in words(elements[3])
    assert "OpenSSL::SSL, ZLIB::ZLIB" in words(elements[3])


def test_what_only_a_person_can_decide_is_never_filled_in() -> None:
    guidance = load_guidance()
    for entry in guidance.expectations:
        if entry.state == "human":
            assert "needs a human" in words(by_id(entry.id)), entry.id
        for blank in entry.blanks:
            assert f"{blank}: OWNER TO COMPLETE" in words(by_id(entry.id)), entry.id
    for wave in by_id("s2").findall(".//table")[0].findall(".//tbody"):
        assert words(wave.find("tr").findall("td")[-1]) == "OWNER TO COMPLETE"


def test_a_draft_without_anything_computed_is_a_blank() -> None:
    bare = builders.analysis(roadmap=builders.Roadmap())
    document = html5lib.parse(render_html(bare, ReportOptions()), namespaceHTMLElements=False)
    element = document.find(".//*[@id='CMSR-1']")
    assert "needs a human" in words(element)


@pytest.mark.parametrize("pattern", BANNED)
def test_banned_wording_is_not_printed(pattern: str) -> None:
    assert not re.search(pattern, words(tree()), flags=re.IGNORECASE)
    assert not re.search(pattern, words(tree("one")), flags=re.IGNORECASE)


def test_every_source_prints_its_address_date_checked_day_and_grade() -> None:
    for number, source in enumerate(load_guidance().sources, 1):
        entry = by_id(f"source-{number}")
        link = entry.find(".//a")
        assert words(link) == link.get("href") == source.url
        for expected in (source.title, source.published, f"Checked {source.checked}", source.publisher):
            assert expected in words(entry)


def test_footer_and_non_claims_are_said() -> None:
    assert "not issued or endorsed by any agency" in words(tree().find(".//footer"))
    assert "It is no penetration test" in words(by_id("s9"))


def test_tracks_never_share_a_ranking() -> None:
    tables = [table for table in by_id("s3").findall(".//table") if "ranking" in table.get("class", "")]
    names = [[words(row.find("th")) for row in table.findall(".//tbody/tr")] for table in tables]
    assert names == [["tls", "http", "buf", "app", "log"], ["feed", "audit"]]
    assert "this track earns no memory-safety credit" in words(by_id("s3"))
    assert "candidate, not measured" in words(tables[1])
    assert "hot" not in words(by_id("s3")).split()


def test_a_component_on_both_tracks_has_one_card_with_two_scores() -> None:
    whole = builders.analysis()
    scorecard = msgspec.structs.replace(
        whole.scorecard, components=(*whole.scorecard.components, builders.component_score("tls", 15.0, Track.LATENCY))
    )
    document = html5lib.parse(
        render_html(builders.analysis(scorecard=scorecard), ReportOptions()), namespaceHTMLElements=False
    )
    cards = [card for card in document.findall(".//article[@class='card']") if words(card.find(".//h3")) == "tls"]
    assert len(cards) == 1
    assert "Why, memory safety: risk 87" in words(cards[0])
    assert "Why, latency: collector pressure 15" in words(cards[0])


def test_a_score_unfolds_into_the_parts_it_shows() -> None:
    card = next(card for card in tree().findall(".//article[@class='card']") if words(card.find(".//h3")) == "tls")
    points = [words(part) for part in card.findall(".//dd[@class='points']")]
    assert points[:3] == ["43.5 of 50.0", "26.1 of 30.0", "17.4 of 20.0"]
    assert "Without evidence, unknown and not zero: churn" in words(card)
    assert "git history is not read by this version" in words(card)
    assert "Score 78 = 100 × risk 0.87 × feasibility 0.81 0.5 × value 1.00 0.5" in words(card).replace(
        "0.810.5", "0.81 0.5"
    ).replace("1.000.5", "1.00 0.5")
    for expected in (
        "Why not",
        "Runner-up",
        "First actions",
        "To confirm",
        "What to do",
        "Cost",
        "How",
        "Depends on",
        "Needed by",
    ):
        assert expected in words(card)
    assert "src/tls/main.c:121" in words(card)


def test_code_frames_mark_the_line_and_the_columns() -> None:
    frame = next(
        frame
        for frame in tree().findall(".//div[@class='frame']")
        if frame.get("aria-label") == "src/tls/main.c:121, unbounded-copy"
    )
    hits = [line for line in frame.findall(".//span") if line.get("class") == "line hit"]
    assert len(hits) == 1
    assert words(hits[0]) == "> 121 memcpy(buf, p, n);"
    assert words(frame.find(".//mark")) == "memcpy(buf, p, n);"


def test_coverage_comes_first_and_lists_what_was_not_read() -> None:
    section = words(by_id("s9"))
    assert section.index("Coverage") < section.index("How scores are made")
    for expected in (
        "data/huge.c",
        "5.1 MB, limit 2 MB",
        "too large",
        "not fully understood by the parser",
        "openssl/ssl.h",
        "config.h",
        ".gitignore:1",
        "/build",
    ):
        assert expected in section


def test_reproduce_block_has_every_digest() -> None:
    section = words(by_id("s9"))
    for digest in (
        "a" * 64,
        "b" * 64,
        "c" * 64,
        "d" * 64,
        "3f2a91c0d4e5f60718293a4b5c6d7e8f90a1b2c3",
        "rustplan scan .",
    ):
        assert digest in section


def test_progress_has_a_plan_and_no_invented_measurement() -> None:
    section = by_id("s8")
    assert "No measured points yet." in words(section)
    drawing = section.find(".//{http://www.w3.org/2000/svg}svg")
    if drawing is None:
        drawing = section.find(".//svg")
    circles = [node for node in drawing.iter() if str(node.tag).endswith("circle")]
    assert len(circles) == 1


def test_quarters_are_shown_only_when_the_team_is_set() -> None:
    text = render_html(builders.analysis(), ReportOptions())
    assert "months of one person, full time" in text
    settings = {"plan.engineers": 4, "plan.availability": 0.7, "plan.start": "2027-01"}
    planned = render_html(builders.analysis(settings=settings), ReportOptions())
    assert "quarters, projected" in planned
    assert "Q1 2027" in planned


def test_data_block_holds_every_finding_and_cannot_end_its_element() -> None:
    for name in ("small", "hostile"):
        block = by_id("data", name)
        data = json.loads("".join(block.itertext()))
        rows = data["rows"]
        lengths = {len(column) for column in rows.values()}
        assert lengths == {len((builders.analysis if name == "small" else builders.hostile_analysis)().findings)}
        assert max(rows["m"]) < len(data["messages"])
        assert max(rows["f"]) < len(data["files"])
        raw = "".join(block.itertext())
        assert not re.search(r"[<>&\u2028\u2029]", raw)


def test_critical_defects_are_named_first_and_lead_to_the_finding() -> None:
    (line,) = by_id("s1").findall(".//ul[@class='plain severe']/li")
    assert words(line).startswith("◆ 2 critical defects: unbounded-copy in src/http/main.c:88 (http)")
    for link in line.findall(".//a"):
        target = by_id(link.get("href").removeprefix("#"))
        assert words(link) in words(target)


def test_findings_are_counted_in_source_and_the_rest_is_said_apart() -> None:
    whole = builders.analysis()
    apart = tuple(builders.finding("tests/probe.c", line) for line in (3, 4))
    files = (*whole.scorecard.files, builders.file_score("tests/probe.c", "", role=Role.TEST))
    changed = builders.analysis(
        findings=(*whole.findings, *apart), scorecard=msgspec.structs.replace(whole.scorecard, files=files)
    )
    document = html5lib.parse(render_html(changed, ReportOptions()), namespaceHTMLElements=False)
    said = "7 findings in source; 2 more in tests, examples, vendored and generated code"
    assert said in words(document.find(".//*[@id='s1']"))
    section = document.find(".//*[@id='s7']")
    assert said in words(section)
    assert "2 defects likely a bug now" in words(section)
    assert "tests/probe.c" not in words(section)


def test_findings_stand_defects_first_and_an_exposure_carries_a_weight_and_no_severity() -> None:
    rows = by_id("s7").findall(".//tbody/tr")
    kinds = [words(row.findall("td")[1]) for row in rows]
    assert kinds == ["defect"] * 2 + ["exposure"] * 2 + ["obstacle"] + ["signal"] * 2
    assert all("surface" in words(row.findall("td")[0]) for row in rows[2:4])
    assert not any("sev-medium" in (mark.get("class") or "") for row in rows[2:] for mark in row.iter())


def test_backticks_become_code_and_what_they_hold_stays_text() -> None:
    assert code_spans("a `b` c") == (("a ", False), ("b", True), (" c", False))
    assert "".join(piece for piece, _ in code_spans("one ` alone")) == "one ` alone"
    assert not any(is_code for _, is_code in code_spans("empty `` pair, ` rest"))
    spans = [words(span) for span in by_id("s7").findall(".//td[@class='message']/code")]
    assert "name" in spans
    evil = builders.finding("src/tls/main.c", 121, message="`<img src=x onerror=alert(1)>` is moved")
    text = render_html(builders.analysis(findings=(evil,)), ReportOptions())
    assert "<code>&lt;img src=x onerror=alert(1)&gt;</code> is moved" in text


def test_the_lead_says_what_a_wave_does_by_its_options() -> None:
    lead = words(by_id("s1").find(".//p[@class='lead']"))
    assert "Wave 1 rewrites 1 component and hardens 1" in lead
    assert "moves" not in lead


def test_latency_moves_stand_apart() -> None:
    heads = [words(head) for head in by_id("s1").findall(".//h3")]
    assert heads[:2] == ["First moves", "First moves of the latency track"]
    rows = [words(row) for row in by_id("s1").findall(".//table")[1].findall(".//tbody/tr")]
    assert rows == [
        "1. Rewrite feed Pressure 64: allocation pressure 32, handler methods 19 wave 2 1.4–9.5 (3.5) OWNER TO COMPLETE"
    ]


def test_a_card_counts_the_tests_of_its_own() -> None:
    heads = {
        words(card.find(".//h3")): words(card.find(".//p[@class='facts']"))
        for card in tree().findall(".//article[@class='card']")
    }
    assert "2 own test files" in heads["http"]
    assert "0 own test files" in heads["tls"]


def test_evidence_of_whole_files_has_no_line() -> None:
    whole = builders.analysis()
    first = whole.scorecard.components[0]
    evidence = (FactorEvidence(path="src/tls/main.c", line=1, what="12,000 lines"),)
    factors = tuple(msgspec.structs.replace(part, evidence=evidence) for part in first.risk_factors)
    score = msgspec.structs.replace(first, risk_factors=factors)
    changed = msgspec.structs.replace(whole.scorecard, components=(score, *whole.scorecard.components[1:]))
    document = html5lib.parse(
        render_html(builders.analysis(scorecard=changed), ReportOptions()), namespaceHTMLElements=False
    )
    card = document.find(".//article[@class='card']")
    places = [words(place) for place in card.findall(".//span[@class='code place']")]
    assert places
    assert set(places) == {"src/tls/main.c"}


def test_code_from_outside_is_listed_and_the_platform_is_not() -> None:
    def outside(reference: str, edge: EdgeKind, count: int = 1) -> Unresolved:
        kind = UnresolvedKind.THIRD_PARTY
        return Unresolved(reference=reference, edge=edge, kind=kind, path="src/app/main.c", line=1, count=count)

    references = (
        outside("snappy.h", EdgeKind.INCLUDE),
        outside("ares.h", EdgeKind.INCLUDE, 2),
        outside("org.other.Util", EdgeKind.IMPORT),
        outside("org.other.Text", EdgeKind.IMPORT),
        outside("java.util.List", EdgeKind.IMPORT, 9),
    )
    changed = builders.analysis(coverage=builders.coverage(unresolved=references))
    document = html5lib.parse(render_html(changed, ReportOptions()), namespaceHTMLElements=False)
    plan = words(document.find(".//*[@id='CMSR-4']"))
    assert "Native code from outside: ares.h (2 files), snappy.h (1 file)." in plan
    assert "Java packages from outside: org.other (2 files)." in plan
    assert "java.util" not in plan


def test_vendored_code_has_its_option_and_no_rank() -> None:
    whole = builders.analysis()
    scores = tuple(score for score in whole.scorecard.components if score.component != "log")
    scorecard = msgspec.structs.replace(whole.scorecard, components=scores)
    document = html5lib.parse(
        render_html(builders.analysis(scorecard=scorecard), ReportOptions()), namespaceHTMLElements=False
    )
    row = document.find(".//table[@class='vendored stack']/tbody/tr")
    assert [words(cell) for cell in row][:3] == ["log", "2,500", "Retain"]


def test_a_cycle_names_only_a_cut_inside_it() -> None:
    whole = builders.analysis()
    cuts = tuple(
        Cut(dependent="http", dependency=other, weight=weight, places=2)
        for other, weight in (("log", 1.0), ("buf", 3.0))
    )
    units = (Unit(components=("buf", "http"), cuts=cuts), *(Unit(components=(name,)) for name in ("log", "tls", "app")))
    graph = msgspec.structs.replace(whole.graph, units=units, cycles=(("buf", "http"),))
    text = render_html(builders.analysis(graph=graph), ReportOptions())
    assert "buf and http are in a cycle." in text
    assert "Cheapest cut: http needs buf in 2 places." in text
    assert "http needs log" not in text


def test_source_links_are_https_and_percent_encoded() -> None:
    template = "https://git.example/{repo}/blob/{commit}/{path}#L{line}"
    text = render_html(builders.analysis(), ReportOptions(source_url=template))
    assert (
        'href="https://git.example/edge-gateway/blob/3f2a91c0d4e5f60718293a4b5c6d7e8f90a1b2c3/src/tls/main.c#L121"'
        in text
    )
    for unsafe in ("javascript:alert(1)//{path}", "http://git.example/{path}", "data:text/html,{path}"):
        refused = render_html(builders.analysis(), ReportOptions(source_url=unsafe))
        assert "javascript:" not in refused
        assert "http://git.example" not in refused
    hostile = render_html(builders.hostile_analysis(), ReportOptions(source_url=template))
    for address in re.findall(r'href="(https://git\.example[^"]*)"', hostile):
        assert re.fullmatch(r"[A-Za-z0-9%/:._~#&;,=+!$()*@?'-]+", address), address
        assert address.count("#") == 1


def test_hostile_text_is_shown_and_nothing_of_it_is_markup() -> None:
    document = tree("hostile")
    text = words(document)
    assert "<img src=x onerror=window.PWNED=1>" in text
    assert "⟨U+202E⟩" in text
    assert "\\x1b[31m" in text
    assert "caf\\xe9-\\xff\\x80.c" in text
    assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|(?<=^)49", text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029\x00-\x08\x0b\x0c\x0e-\x1f]", text)


def test_long_names_are_cut_where_they_head_and_whole_where_there_is_room() -> None:
    project = Project(name="p" * 5_000, commit="c" * 5_000)
    document = html5lib.parse(
        render_html(builders.analysis(project=project), ReportOptions()), namespaceHTMLElements=False
    )
    assert len(words(document.find(".//h1"))) <= 60
    assert len(words(document.find(".//title"))) <= 120
