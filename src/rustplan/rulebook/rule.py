"""A rule that was checked, and the rulebook that holds them all."""

from __future__ import annotations

import hashlib

import msgspec

from rustplan.flow.models import FunctionModel
from rustplan.model.finding import RuleSummary
from rustplan.model.source import Language
from rustplan.rulebook.written import RuleText


class Rule(RuleText, frozen=True, kw_only=True):
    """A rule whose every key was checked against the others. `file` is where it was read, for messages."""

    file: str

    def summary(self) -> RuleSummary:
        """What a report prints of the rule, without its matchers and examples."""
        return RuleSummary(
            id=self.id,
            kind=self.kind,
            title=self.title,
            why=self.why,
            in_rust=self.in_rust,
            rust_effect=self.rust_effect,
            cwe=self.cwe,
            severity=self.severity,
            confidence=self.confidence,
            tracks=self.tracks,
            weight=self.weight,
            limits=self.limits,
            cost=self.cost or next((one.cost for one in self.match if one.cost is not None), None),
            triggers=tuple(one.value for one in self.triggers),
        )

    def speaks(self, language: Language) -> bool:
        """True when the rule looks at files of that language."""
        return language in self.languages


class Rulebook(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one scan, sorted by id. Plain values only: it travels to a worker as it is.

    `models` say what library functions do, in the order they were read: a later one wins.
    """

    rules: tuple[Rule, ...]
    digest: str
    models: tuple[FunctionModel, ...] = ()

    def summaries(self) -> tuple[RuleSummary, ...]:
        """Every rule as a report needs it, sorted by id."""
        return tuple(rule.summary() for rule in self.rules)

    @property
    def files_asked(self) -> tuple[str, ...]:
        """The globs of files besides source text that some rule looks into, whatever the languages of the tree."""
        return self._files_asked(of_java=False)

    @property
    def files_asked_of_java(self) -> tuple[str, ...]:
        """The globs of files that only rules about Java look into: a tree without Java need not be searched for them."""
        return self._files_asked(of_java=True)

    def not_run_at(self, depth: str) -> tuple[str, ...]:
        """The ids of the rules that find nothing without the defect engine, sorted; none at full depth."""
        if depth == "full":
            return ()
        return tuple(rule.id for rule in self.rules if rule.match and all(matcher.flow for matcher in rule.match))

    def run_in_part_at(self, depth: str) -> tuple[str, ...]:
        """The ids of the rules that the defect engine would tell more, sorted; none at full depth."""
        if depth == "full":
            return ()
        whole = self.not_run_at(depth)
        return tuple(
            rule.id for rule in self.rules if rule.id not in whole and any(matcher.flow for matcher in rule.match)
        )

    def _files_asked(self, *, of_java: bool) -> tuple[str, ...]:
        rules = (rule for rule in self.rules if (rule.languages == (Language.JAVA,)) is of_java)
        return tuple(sorted({glob for rule in rules for matcher in rule.match for glob in matcher.file}))


def bind(rules: tuple[Rule, ...], models: tuple[FunctionModel, ...] = ()) -> Rulebook:
    """Sort the rules and fingerprint what they and the models say: the digest ignores where their files lie."""
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    contents = [{**msgspec.to_builtins(rule), "file": ""} for rule in ordered]
    canonical = msgspec.json.encode((contents, models), order="deterministic")
    return Rulebook(rules=ordered, digest=hashlib.sha256(canonical).hexdigest(), models=models)
