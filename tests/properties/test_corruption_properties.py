"""Torn source text, read for real: what the parser loses lowers the coverage, and the range of the risk never closes over it."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.model.options import EvidenceOptions, ScanOptions

FEW = settings(max_examples=8, deadline=None, derandomize=True, phases=(Phase.generate,))
"""Each example is a whole scan: shrinking would take minutes."""
SOURCE = "\n".join(
    f"""int parse_{number}(const char *data, int size)
{{
    char copy[{8 + number}];
    int index;
    for (index = 0; index < size; index++)
        copy[index] = data[index] + *(data + {number});
    return copy[0] + (int)(long)data;
}}
"""
    for number in range(24)
)
GARBAGE = st.sampled_from(["}}}} (((( @@", "#if A\n{{{{", "\"\n'\n", "int ) ( ; ] ["])


def card(text: str):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "parse.c").write_text(text)
        options = Settings(scan=ScanOptions(jobs=1), evidence=EvidenceOptions(history=False))
        scorecard = analyze(Path(folder), options).scorecard
        return scorecard.components[0]


@functools.cache
def whole():
    return card(SOURCE)


@FEW
@given(st.integers(0, SOURCE.count("\n")), GARBAGE)
def test_a_torn_file_never_looks_better_read_or_safer(line, garbage):
    lines = SOURCE.split("\n")
    torn = card("\n".join([*lines[:line], garbage, *lines[line:]]))
    assert torn.coverage <= whole().coverage + 1e-9
    assert torn.risk_low <= torn.risk <= torn.risk_high
    assert torn.risk_high >= whole().risk - 0.5
