from __future__ import annotations

import re

import msgspec

from rustplan.model.source import BuildTarget, TargetKind
from rustplan.report.explain import explain_component, explain_path
from rustplan.report.terminal import Terminal, width_of
from sample_analysis import HOSTILE, hostile_analysis, sample_analysis

WIDE = Terminal(width=140)


def component_text(name: str) -> str:
    lines = explain_component(name, sample_analysis(), WIDE)
    assert lines is not None
    return "\n".join(lines)


def path_text(path: str) -> str:
    lines = explain_path(path, sample_analysis(), WIDE)
    assert lines is not None
    return "\n".join(lines)


def test_a_component_unfolds_to_its_factors() -> None:
    text = component_text("net/tls")
    assert re.search(r"35\.00  exposure: 12 places, level 0\.70 x weight 50", text)
    assert "churn: absent" in text
    assert "Score 78.3 = 100 x risk 0.87^1 x feasibility 0.80^0.5 x value 1.00^0.5" in text
    assert "harden (the runner-up): flags do not remove the copies" in text
    assert "it has been stable for years" in text
    assert "c-abi, 1 inbound crossing, 0 outbound, 1.0 hours" in text
    assert "1.0 h  inbound tls_read (pointer-length) with util, src/net/tls.c:90" in text
    assert "Needs     util (4)" in text


def test_the_decision_comes_before_the_factors() -> None:
    text = component_text("net/tls")
    order = ["Do        rewrite", "Not       harden", "Against ", "Boundary  c-abi", "Effort    0.3", "the sum of:"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert text.index("the sum of:") < text.index("tls_read (pointer-length)")


def test_a_risk_interval_that_rounds_to_one_number_is_not_printed() -> None:
    analysis = sample_analysis()
    first, *others = analysis.scorecard.components
    assert "with the unread code)" in component_text("net/tls")
    close = msgspec.structs.replace(first, risk=87.1, risk_low=87.0, risk_high=87.4)
    scorecard = msgspec.structs.replace(analysis.scorecard, components=(close, *others))
    lines = explain_component("net/tls", sample_analysis(scorecard=scorecard), WIDE)
    assert lines is not None
    assert "with the unread code)" not in "\n".join(lines)


def test_the_risk_of_a_file_says_its_unit() -> None:
    text = path_text("src/net/tls.c")
    assert re.search(r"file risk [0-9,]+: where fixes will land, relative to other files", text)


def test_a_build_file_says_what_it_declared() -> None:
    target = BuildTarget(name="tls", kind=TargetKind.LIBRARY, system="cmake", manifest="src/CMakeLists.txt")
    lines = explain_path("src/CMakeLists.txt", sample_analysis(targets=(target,)), WIDE)
    assert lines == ["src/CMakeLists.txt", "a build file, read for components: 1 target (tls)"]


def test_a_parked_component_says_why() -> None:
    text = component_text("util")
    assert "stable and not exposed" in text
    assert "Needed by net/tls (4)" in text


def test_effort_that_is_not_estimated_says_why() -> None:
    assert "not estimated: coverage under 70 %" in component_text("feed")


def test_paths() -> None:
    assert "component: net/tls" in path_text("src/net/tls.c")
    assert "read in part: not fully understood by the parser (312 bytes)" in path_text("src/util.c")
    assert "not read: too large (209715200 bytes)" in path_text("big/net/tls.c")
    assert "build matches build/ (.gitignore:3)" in path_text("build/gen/x.c")
    assert "role test" in path_text("tests/test_tls.c")
    assert "3 files: 3 source" in path_text("src/")


def test_unknown_names_are_none() -> None:
    assert explain_component("nope", sample_analysis(), WIDE) is None
    assert explain_path("nope.c", sample_analysis(), WIDE) is None


def test_hostile_names_fit_and_are_visible() -> None:
    for width in (60, 100):
        terminal = Terminal(width=width, is_unicode=False)
        lines = explain_component(HOSTILE, hostile_analysis(), terminal) or []
        assert len(lines) > 10
        assert all("\x1b" not in line and line.isascii() for line in lines)
        assert max(width_of(line) for line in lines[1:]) <= width
