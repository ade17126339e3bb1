"""What may be cited: every row has its source, its day and its grade, and only exact wording of the best grade is quoted."""

from __future__ import annotations

import re

import msgspec
import pytest

from rustplan.catalog import guidance as module
from rustplan.catalog.guidance import Guidance, load_guidance
from rustplan.errors import CatalogError


def test_elements_are_the_six_in_order() -> None:
    elements = [entry for entry in load_guidance().expectations if entry.group == "element"]
    assert [entry.id for entry in elements] == [f"CMSR-{number}" for number in range(1, 7)]
    assert [entry.heading for entry in elements] == [
        "Defined phases with dates and outcomes",
        "Date for MSLs in new systems",
        "Internal developer training and integration plan",
        "External dependency plan",
        "Transparency plan",
        "CVE support program plan",
    ]
    assert all(entry.quoted and entry.grade == "P" for entry in elements)


def test_every_row_has_a_source_a_day_and_a_grade_that_may_be_printed() -> None:
    guidance = load_guidance()
    for row in (*guidance.sources, *guidance.statements, *guidance.expectations):
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.checked), row.id
        assert row.grade in {"P", "Q", "L", "S"}
    identities = [row.id for row in (*guidance.sources, *guidance.statements, *guidance.expectations)]
    assert len(identities) == len(set(identities))
    assert len({source.url for source in guidance.sources}) == len(guidance.sources)


def test_what_is_not_verified_is_not_printed() -> None:
    text = msgspec.json.encode(load_guidance()).decode()
    for unverified in (
        "NDAA",
        "TRACTOR",
        "gccrs",
        "Discord",
        "Firecracker",
        "is itself a bad practice",
        "CWE-119 and related",
        "PW.5",
    ):
        assert unverified not in text


def test_dates_that_have_passed_are_not_called_upcoming() -> None:
    for entry in load_guidance().expectations:
        if "end of 2025" in entry.asks:
            assert "has passed" in entry.asks


def test_crosswalk_covers_the_documents() -> None:
    identities = {entry.id for entry in load_guidance().expectations}
    assert {f"PSBP-{number}" for number in range(7)} <= identities
    assert {"NSA25-1", "NSA25-2", "ONCD-1", "ONCD-2", "CMSR-X1", "CMSR-X2"} <= identities


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"grade": "Q", "quoted": True}, "only wording of grade P may be quoted"),
        ({"grade": "S"}, "grade S must begin with 'Reported by'"),
        ({"source": "nobody"}, "unknown source 'nobody'"),
    ],
)
def test_a_row_that_says_more_than_is_known_stops_the_report(
    change: dict[str, object], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guidance = load_guidance()
    wrong = msgspec.structs.replace(guidance.statements[1], quoted=False)
    wrong = msgspec.structs.replace(wrong, **change)
    broken = msgspec.structs.replace(guidance, statements=(wrong,))

    def shipped(name: str, into: type[Guidance]) -> Guidance:
        assert (name, into) == ("guidance.yaml", Guidance)
        return broken

    monkeypatch.setattr(module, "load_catalogue", shipped)
    with pytest.raises(CatalogError, match=re.escape(complaint)):
        load_guidance.__wrapped__()
