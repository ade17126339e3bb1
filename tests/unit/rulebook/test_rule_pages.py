"""The reference pages are generated from the rules, and the copies on disk are fresh."""

from __future__ import annotations

from pathlib import Path

from rustplan.model.finding import Kind
from rustplan.rulebook import load_rules, reference_pages, rule_page
from rustplan.rulebook.checks import CHECKS
from rustplan.rulebook.facts_view import CAPTURES
from rustplan.rulebook.predicates import _TESTS
from rustplan.rulebook.written import Matcher, RuleText

DOCS = Path(__file__).parents[3] / "docs" / "reference"


def test_pages_on_disk_are_fresh() -> None:
    pages = reference_pages(load_rules())
    on_disk = {page.name: page.read_text(encoding="utf-8") for page in (DOCS / "rules").glob("*.md")}
    stale = sorted(name for name in pages.keys() | on_disk.keys() if pages.get(name) != on_disk.get(name))
    assert not stale, "run: make docs"


def test_a_page_shows_the_whole_rule() -> None:
    for rule in load_rules().rules:
        page = rule_page(rule)
        assert page.startswith("<!-- Generated")
        assert f"# {rule.id}: {rule.title}" in page
        assert page.count("```") == 2 * (len(rule.examples.all) + bool(rule.rust_code))
        assert all(limit.strip() in page for limit in rule.limits)


def test_the_index_lists_each_rule_under_its_kind() -> None:
    book = load_rules()
    index = reference_pages(book)["index.md"]
    assert all(f"[{rule.id}]({rule.id}.md)" in index for rule in book.rules)
    assert [index.index(f"## {kind.value.capitalize()}s") for kind in Kind] == sorted(
        index.index(f"## {kind.value.capitalize()}s") for kind in Kind
    )


def test_the_rule_format_page_names_every_key_check_and_fact() -> None:
    page = (DOCS / "rule-format.md").read_text(encoding="utf-8")
    keys = [*RuleText.__struct_encode_fields__, *Matcher.__struct_encode_fields__]
    keys += [name.rstrip("_") for name in _TESTS]
    missing = [key for key in keys if f"`{key}" not in page]
    missing += [name for name, check in CHECKS.items() if f"| `{name}` | {check.says} |" not in page]
    missing += [kind for kind in CAPTURES if f"`{kind}`" not in page]
    assert not missing
