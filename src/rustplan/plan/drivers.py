"""Difficulty of a port: 1 plus what the facts and the obstacle findings add, each named."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rustplan.catalog import EffortModel, LinearDriver, RuleDriver
from rustplan.model.finding import Finding
from rustplan.model.score import Factor, FactorEvidence
from rustplan.plan.subject import Subject
from rustplan.plan.wording import count


def difficulty(subject: Subject, model: EffortModel) -> tuple[float, tuple[Factor, ...]]:
    """Return the factor that multiplies the lines, within its limits, and the drivers that made it (only those that count)."""
    drivers = [_by_rules(subject, driver) for driver in model.drivers.rules]
    drivers.append(_pointer_work(subject, model.drivers.pointer_work))
    drivers.append(_globals(subject, model.drivers.mutable_globals))
    drivers.append(_tests(subject, model))
    counted = tuple(driver for driver in drivers if driver.contribution)
    raw = 1.0 + math.fsum(driver.contribution for driver in counted)
    limits = model.productivity
    return round(min(limits.most_difficulty, max(limits.least_difficulty, raw)), 4), counted


def _by_rules(subject: Subject, driver: RuleDriver) -> Factor:
    found = [finding for rule in driver.rules for finding in subject.findings.get(rule, ())]
    places = sum(finding.places for finding in found)
    density = places / max(1.0, subject.lines / 1000)
    add = driver.add if driver.mode == "presence" and places else 0.0
    if driver.mode == "density":
        add = min(driver.most, driver.add * density / driver.per)
    return _factor(driver.name, places, "places", add, driver.most, f"{count(places, 'place')}: {driver.words}.", found)


def _pointer_work(subject: Subject, driver: LinearDriver) -> Factor:
    files = [file for file in subject.sources if file.facts.language.is_memory_unsafe]
    lines = sum(file.facts.sloc for file in files)
    value = sum(file.facts.measures.raw_memory for file in files) / lines if lines else 0.0
    return _linear("pointer-work", value, "raw memory operations in a line", driver, f"{value:.2f} a line")


def _globals(subject: Subject, driver: LinearDriver) -> Factor:
    changing = [
        item
        for file in subject.sources
        if file.facts.language.is_memory_unsafe
        for item in file.facts.globals
        if not item.is_const and not item.is_extern
    ]
    value = len(changing) / max(1.0, subject.lines / 1000)
    return _linear("mutable-globals", value, "per 1,000 lines", driver, count(len(changing), "variable"))


def _tests(subject: Subject, model: EffortModel) -> Factor:
    driver = model.drivers.tests
    if not subject.test_files:
        return _factor("tests", 0, "test files", driver.untested, driver.untested, f"No {driver.words}.", ())
    if subject.harnesses:
        because = f"{count(subject.test_files, 'test file')} and a fuzz harness: {driver.words}."
        return _factor("tests", subject.test_files, "test files", driver.fuzzed, abs(driver.fuzzed), because, ())
    because = f"{count(subject.test_files, 'test file')}: {driver.words}."
    return _factor("tests", subject.test_files, "test files", driver.tested, driver.untested, because, ())


def _linear(name: str, value: float, unit: str, driver: LinearDriver, said: str) -> Factor:
    share = min(1.0, max(0.0, (value - driver.low) / (driver.high - driver.low)))
    return _factor(name, value, unit, share * driver.most, driver.most, f"{said}: {driver.words}.", ())


def _factor(
    name: str, value: float, unit: str, add: float, most: float, because: str, findings: Sequence[Finding]
) -> Factor:
    add = round(add, 4)
    places = sorted(findings, key=lambda item: (-item.places, item.path, item.line))[:5]
    return Factor(
        name=name, value=round(value, 4), unit=unit, anchor=f"added to a difficulty of 1, at most {most:g}",
        level=round(add / most, 4) if most else 0.0, weight=most, contribution=add, because=because,
        evidence=tuple(FactorEvidence(path=item.path, line=item.line, what=item.rule) for item in places),
    )  # fmt: skip
