"""The catalogue of weaknesses: usage as CWE publishes it, and the members of CWE-1399."""

from __future__ import annotations

from rustplan.catalog.cwe import MappingUsage, load_weaknesses


def test_the_members_of_the_memory_safety_category_are_complete() -> None:
    members = [number for number, weakness in load_weaknesses().items() if weakness.is_memory_safety]
    assert len(members) == 37
    assert {119, 120, 415, 416, 787, 825} <= set(members)
    assert 476 not in members


def test_discouraged_weaknesses_are_not_printed() -> None:
    known = load_weaknesses()
    for number in (119, 680, 690, 786, 788):
        assert known[number].usage is MappingUsage.DISCOURAGED
        assert not known[number].may_be_printed
    assert known[120].usage is MappingUsage.ALLOWED_WITH_REVIEW
    assert known[120].may_be_printed
    assert known[787].url == "https://cwe.mitre.org/data/definitions/787.html"
