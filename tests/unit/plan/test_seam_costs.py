"""The measured costs of a crossing, by boundary, JDK and payload."""

import pytest

from rustplan.catalog.crossings import load_crossings

COSTS = load_crossings()


@pytest.mark.parametrize(
    ("boundary", "jdk", "payload", "ns"),
    [
        ("jni", 17, "none", 4.3),
        ("jni", None, "none", 4.3),
        ("jni", 8, "none", 4.3),
        ("jni", 21, "upcall", 66.0),
        ("jni", 25, "upcall", 86.4),
        ("ffm", 22, "none", 4.9),
        ("ffm", 25, "upcall", 33.2),
        ("resident-loop", 25, "none", 470),
        ("wasm", 25, "none", 0.0),
        ("jni", 17, "nonsense", 0.0),
    ],
)
def test_rows(boundary, jdk, payload, ns):
    assert COSTS.call_ns(boundary, jdk, payload) == ns


def test_a_payload_adds_what_its_call_takes_longer():
    assert COSTS.payload_ns("jni", 17, "direct-buffer") == pytest.approx(18.8 - 4.3)
    assert COSTS.payload_ns("process", 17, "string") == 0.0


def test_every_fact_has_a_source_and_a_date():
    for part in (COSTS.costs, COSTS.others, COSTS.gaps, COSTS.score, COSTS.fixes):
        assert len(part.source) > 40
        assert len(part.checked) == len("2026-01-01")


def test_every_payload_costs_no_less_than_a_bare_call():
    for row in COSTS.costs.rows:
        assert row.ns >= COSTS.call_ns(row.boundary, row.jdk)
