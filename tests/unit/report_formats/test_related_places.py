"""The places that lead to a finding, in its own file and in others, wherever they are shown."""

from __future__ import annotations

import json
from typing import Any

import msgspec

import builders
from rustplan.model.analysis import Analysis
from rustplan.model.finding import RelatedLocation
from rustplan.model.options import ReportOptions
from rustplan.report.findings_text import render_full
from rustplan.report.html import render_html
from rustplan.report.sarif import render_sarif
from sample_analysis import sample_analysis

PLACES = (RelatedLocation(9, "called from main", "lib/other file.c"), RelatedLocation(119, "n is tested here"))


def with_places(analysis: Analysis) -> Analysis:
    changed = tuple(msgspec.structs.replace(one, related=PLACES) for one in analysis.findings)
    return msgspec.structs.replace(analysis, findings=changed)


def test_text_names_the_other_file() -> None:
    text = render_full(with_places(sample_analysis()))
    assert "lib/other file.c:9: called from main" in " ".join(text.split())
    assert "line 119: n is tested here" in " ".join(text.split())


def test_sarif_points_into_the_other_file() -> None:
    log: dict[str, Any] = json.loads(render_sarif(with_places(sample_analysis())))
    for result in log["runs"][0]["results"]:
        own = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        other, here = (place["physicalLocation"] for place in result["relatedLocations"][:2])
        assert (other["artifactLocation"]["uri"], other["region"]["startLine"]) == ("lib/other%20file.c", 9)
        assert (here["artifactLocation"]["uri"], here["region"]["startLine"]) == (own, 119)


def test_the_page_names_the_other_file() -> None:
    page = render_html(with_places(builders.analysis()), ReportOptions())
    assert "other file.c:9: called from main" in page
    assert "line 119: n is tested here" in page


def test_a_place_of_the_own_file_reads_as_it_was_saved_before() -> None:
    assert msgspec.json.decode(b'[3, "here"]', type=RelatedLocation) == RelatedLocation(3, "here")
    assert msgspec.json.encode(RelatedLocation(3, "here", "b.c")) == b'[3,"here","b.c"]'
