"""A vendored component has a step and no score: every table and text names it all the same."""

from __future__ import annotations

import msgspec

from builders import analysis
from rustplan.model.finding import Track
from rustplan.model.roadmap import Alternative, Option
from rustplan.report.csv_format import render_csv
from rustplan.report.explain import explain_component
from rustplan.report.terminal import Terminal
from rustplan.report.text import render_text


def with_a_vendored_step():
    """The sample analysis, whose first component has lost its scores and shall be replaced."""
    whole = analysis()
    step = next(step for step in whole.roadmap.steps if step.track is Track.MEMORY_SAFETY)
    vendored = msgspec.structs.replace(
        step, choice=Alternative(option=Option.REPLACE, because="A crate exists."), wave=None
    )
    scores = tuple(score for score in whole.scorecard.components if score.component != step.component)
    others = tuple(other for other in whole.roadmap.steps if other.component != step.component)
    return step.component, msgspec.structs.replace(
        whole,
        scorecard=msgspec.structs.replace(whole.scorecard, components=scores),
        roadmap=msgspec.structs.replace(whole.roadmap, steps=(*others, vendored)),
    )


def test_the_table_has_it_without_score() -> None:
    name, changed = with_a_vendored_step()
    (row,) = [line for line in render_csv(changed)["components.csv"].splitlines() if line.startswith(f"{name},")]
    assert row.split(",")[1:6] == ["memory-safety", "", "", "replace", ""]


def test_the_summary_names_it_apart_from_the_ranking() -> None:
    name, changed = with_a_vendored_step()
    (line,) = [line for line in render_text(changed).splitlines() if line.startswith("Vendored")]
    assert line.split(maxsplit=1)[1] == f"{name} (replace)"
    assert "Vendored" not in render_text(analysis())


def test_explain_says_what_to_do_with_it() -> None:
    name, changed = with_a_vendored_step()
    lines = explain_component(name, changed, Terminal())
    assert lines is not None
    text = "\n".join(lines)
    assert "memory-safety track, not scored" in text
    assert "A crate exists." in text
