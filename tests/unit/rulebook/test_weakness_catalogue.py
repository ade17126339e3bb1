"""The catalogue of weaknesses: usage as CWE publishes it, and the members of CWE-1399."""

from __future__ import annotations

from collections import Counter

from rustplan.catalog.cwe import InSafeRust, MappingUsage, load_weaknesses


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


def test_what_safe_rust_does_is_told_apart() -> None:
    known = load_weaknesses()
    assert known[416].in_safe_rust is InSafeRust.IMPOSSIBLE
    assert known[787].in_safe_rust is InSafeRust.PANICS
    assert known[188].in_safe_rust is InSafeRust.PARTLY
    assert known[190].in_safe_rust is InSafeRust.OPTION
    assert known[401].in_safe_rust is InSafeRust.NOT_ADDRESSED


def test_every_member_of_the_memory_safety_category_is_judged() -> None:
    members = [weakness for weakness in load_weaknesses().values() if weakness.is_memory_safety]
    judged = Counter(weakness.in_safe_rust for weakness in members)
    assert judged == {
        InSafeRust.IMPOSSIBLE: 16,
        InSafeRust.PANICS: 16,
        InSafeRust.PARTLY: 1,
        InSafeRust.NOT_ADDRESSED: 4,
    }
