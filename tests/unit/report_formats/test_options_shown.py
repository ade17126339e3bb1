"""The five options in the terminal, on the page, in CSV and in JSON, from one analysis."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest

from rustplan.api import analyze
from rustplan.config import load_settings
from rustplan.model.options import ReportOptions
from rustplan.report import encode_canonical
from rustplan.report.csv_format import render_csv
from rustplan.report.explain import explain_component
from rustplan.report.html import render_html
from rustplan.report.terminal import Terminal

CODE = """
#include <zlib.h>
int read_header(int fd, char *out, unsigned long size) {
    char buffer[64];
    long n = recv(fd, buffer, size, 0);
    memcpy(out, buffer, n);
    z_stream s;
    return inflateInit2_(&s, 15, "1", 0);
}
"""


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    root = tmp_path_factory.mktemp("gate")
    (root / "net").mkdir()
    (root / "net" / "reader.c").write_text(CODE * 3)
    (root / "Makefile").write_text("CC = xc16-gcc\nCFLAGS += -fstack-protector-strong\nLIBS = -lz\n")
    return analyze(root, load_settings(root))


def test_json_keeps_the_five_options(analysis):
    step = msgspec.json.decode(encode_canonical(analysis))["roadmap"]["steps"][0]
    assert [one["option"] for one in step["assessments"]] == ["rewrite", "wrap", "harden", "replace", "retain"]


def test_csv_tables(analysis):
    tables = render_csv(analysis)
    options = list(csv.DictReader(io.StringIO(tables["options.csv"])))
    assert {row["option"] for row in options} == {"rewrite", "wrap", "harden", "replace", "retain"}
    assert all(row["residual"] and row["because"] for row in options)
    libraries = list(csv.DictReader(io.StringIO(tables["replacements.csv"])))
    assert [(row["library"], row["c_abi"], row["holding"]) for row in libraries] == [("zlib", "drop-in", "linked")]
    machines = list(csv.DictReader(io.StringIO(tables["platforms.csv"])))
    assert [(row["machine"], row["tier"]) for row in machines] == [("PIC24 and dsPIC microcontrollers", "none")]
    measures = {row["measure"].lstrip("'"): row for row in csv.DictReader(io.StringIO(tables["hardening.csv"]))}
    assert measures["-fstack-protector-strong"]["state"] == "set"
    assert measures["-fstack-protector-strong"]["evidence"].startswith("Makefile:2")
    assert measures["-D_FORTIFY_SOURCE=3"]["state"] == "not found"


def test_the_terminal_says_all_five_with_what_they_leave(analysis):
    name = analysis.roadmap.steps[0].component
    text = "\n".join(explain_component(name, analysis, Terminal(width=100)))
    for option in ("rewrite", "wrap", "harden", "replace", "retain"):
        assert f"\n  {option} " in text
    assert text.count("Leaves:") == 5
    assert "rustc has no target" in text
    assert "Oracle grade" in text


def test_the_page_has_the_tables_and_their_sources(analysis):
    page = render_html(analysis, ReportOptions())
    assert "All five options" in page
    assert "libz-rs-sys" in page
    assert "Compiler Options Hardening Guide" in page
    assert "platform-support" in page
