"""Five questions of somebody who opens the page for the first time, answered on its first screen: what first, why, cost, what stays, what was not read."""

from __future__ import annotations

import csv
import io
import re

import html5lib
import pytest

from html_words import words
from rustplan.model.finding import Track
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import Option
from rustplan.report.csv_format import render_csv
from rustplan.report.html import render_html
from rustplan.report.markdown import render_markdown
from story_analysis import NAMES, story


@pytest.mark.parametrize("name", NAMES)
def test_the_summary_answers_five_questions(name: str) -> None:
    analysis = story(name)
    tree = html5lib.parse(render_html(analysis, ReportOptions()), namespaceHTMLElements=False)
    summary = tree.find(".//section[@id='s1']")
    lead = words(summary.find(".//p[@class='lead']"))
    moves = [step for step in analysis.roadmap.steps if step.wave == 1 and step.track is Track.MEMORY_SAFETY]
    assert lead.startswith("Start with ")
    assert any(step.component in lead for step in moves)
    first = words(summary.find(".//table/tbody/tr"))
    assert re.search(r"Risk \d+: [a-z -]+ \d+", first)
    assert re.search(r"\d+\.\d–\d+\.\d \(\d+\.\d\)", first)
    stays = words(summary.find(".//p[@class='small stays']"))
    retained = [
        score.component
        for score in analysis.scorecard.components
        for step in analysis.roadmap.steps
        if (step.component, step.track) == (score.component, score.track) and step.choice.option is Option.RETAIN
    ]
    assert stays.startswith("What stays as it is: ")
    assert all(component in stays for component in retained[:2])
    assert "of the source bytes read" in words(summary)
    assert "skipped" in words(summary)
    assert "What this does not cover" in words(summary)


@pytest.mark.parametrize("name", NAMES)
def test_how_firmly_a_rank_stands_is_beside_it_everywhere(name: str) -> None:
    analysis = story(name)
    ranges = {(one.component, one.track.value): one for one in analysis.scorecard.stability.ranges}
    assert ranges
    tree = html5lib.parse(render_html(analysis, ReportOptions()), namespaceHTMLElements=False)
    table = tree.find(".//table[@class='sortable ranking']")
    heads = [words(head) for head in table.findall("./thead/tr/th")]
    for row in table.findall("./tbody/tr"):
        found = ranges[words(row.find("th")), "memory-safety"]
        said = words(row.findall("*")[heads.index("Holds ranks")])
        assert said == (str(found.best) if found.best == found.worst else f"{found.best}–{found.worst}")
    assert "draws of other weights" in words(tree.find(".//section[@id='s3']"))
    assert "| Holds ranks |" in render_markdown(analysis)
    rows = list(csv.DictReader(io.StringIO(render_csv(analysis)["components.csv"])))
    assert {(row["component"], row["track"]) for row in rows} >= set(ranges)
    for row in rows:
        found = ranges.get((row["component"], row["track"]))
        if found is None:  # vendored code carries no score
            assert row["rank_best"] == row["rank_worst"] == ""
            continue
        assert (int(row["rank_best"]), int(row["rank_worst"])) == (found.best, found.worst)
