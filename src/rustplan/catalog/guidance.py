"""Published guidance with its grade: what a report may cite, and how. `catalog/guidance.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.reading import load_catalogue
from rustplan.errors import CatalogError

Grade = Literal["P", "Q", "L", "S"]

GRADE_WORDS: dict[str, str] = {
    "P": "read in the primary document",
    "Q": "the same in at least two independent places; the primary document was not opened",
    "L": "official data file parsed",
    "S": "reported by one secondary source",
}


class Checked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sure a fact is and when it was last looked at (YYYY-MM-DD)."""

    grade: Grade
    checked: str


class Source(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that is cited; `standing` says what force it has."""

    id: str
    publisher: str
    title: str
    published: str
    url: str
    standing: str


class Statement(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence relied on. `quoted` is exact wording, anything else a paraphrase."""

    id: str
    source: str
    text: str
    quoted: bool = False
    page: str = ""


class Expectation(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a document asks of a roadmap, where the report answers it, and what only a person can fill in.

    `state` is the most the report may claim; `section` is the number of the report's section, 0 for none.
    """

    id: str
    group: Literal["element", "crosswalk"]
    source: str
    heading: str
    asks: str
    state: Literal["provided", "draft", "human"]
    section: int
    blanks: tuple[str, ...]
    quoted: bool = False
    page: str = ""
    in_summary: bool = False


class Guidance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that may be cited; a source's number is its place in `sources`, from 1."""

    version: str
    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]
    expectations: tuple[Expectation, ...]
    footer: str

    def number(self, source: str) -> int:
        """The number under which a source is cited."""
        return 1 + [entry.id for entry in self.sources].index(source)

    def statement(self, identity: str) -> Statement:
        """The statement with this id."""
        return next(entry for entry in self.statements if entry.id == identity)


@lru_cache(maxsize=1)
def load_guidance() -> Guidance:
    """Return the shipped guidance. Raises CatalogError when it is missing, malformed or cites what may not be printed."""
    guidance = load_catalogue("guidance.yaml", Guidance)
    problems = _problems(guidance)
    if problems:
        raise CatalogError(f"catalog/guidance.yaml: {problems[0]}")
    return guidance


def _problems(guidance: Guidance) -> list[str]:
    """Rows that would print more than is known."""
    known = {source.id for source in guidance.sources}
    rows: tuple[Statement | Expectation, ...] = (*guidance.statements, *guidance.expectations)
    texts = {row.id: row.text if isinstance(row, Statement) else row.asks for row in rows}
    return [
        *(f"{row.id}: unknown source {row.source!r}" for row in rows if row.source not in known),
        *(f"{row.id}: only wording of grade P may be quoted" for row in rows if row.quoted and row.grade != "P"),
        *(
            f"{row.id}: grade S must begin with 'Reported by'"
            for row in rows
            if row.grade == "S" and not texts[row.id].startswith("Reported by")
        ),
        *(
            f"{source.id}: the address must be https"
            for source in guidance.sources
            if not source.url.startswith("https://")
        ),
    ]
