"""Signals in build and deployment files: whose they are, and how much they add to the pressure."""

from __future__ import annotations

import msgspec
import pytest

from plan_world import NO_HISTORY, World, function, signal
from rustplan.catalog import load_anchors
from rustplan.model.finding import Confidence, Finding, Track
from rustplan.model.options import PlanOptions
from rustplan.model.score import Factor
from rustplan.model.source import Language, Role
from rustplan.score import score
from rustplan.score.text_signals import TextSignal, joined_strength, text_signals

JAVA = {"language": Language.JAVA, "package": "p"}
LATENCY = (Track.LATENCY,)
ANCHORS = load_anchors().signals


def flag(path: str, *, rule: str = "gc-flags", confidence: Confidence = Confidence.HIGH, lines: tuple[int, ...] = (1,)):
    return signal(path, rule=rule, tracks=LATENCY, confidence=confidence, lines=lines)


def world() -> World:
    """Two Java components below services/, and one of C."""
    made = World()
    for name in ("orders", "prices"):
        made.file(f"services/{name}/src/A.java", component=name, functions=(function(f"{name}.A.f"),), **JAVA)
    made.file("services/orders/src/ATest.java", component="orders", role=Role.TEST, **JAVA)
    return made.file("native/a.c", component="native")


def owners(*found: Finding) -> dict[str, list[int]]:
    made = world()
    scan = msgspec.structs.replace(made.scan, texts=found)
    return {name: [one.sharers for one in told] for name, told in text_signals(scan, made.components).items()}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("services/orders/Dockerfile", {"orders": [1]}),
        ("services/orders/deploy/helm/values.yaml", {"orders": [1]}),
        ("services/orders/src/jvm.options", {"orders": [1]}),
        ("services/compose.yaml", {"orders": [2], "prices": [2]}),
        ("services/common/run.sh", {"orders": [2], "prices": [2]}),
        ("Dockerfile", {"orders": [2], "prices": [2]}),
        ("deploy/prod/values.yaml", {"orders": [2], "prices": [2]}),
        ("native/run.sh", {"orders": [2], "prices": [2]}),
    ],
)
def test_a_file_speaks_of_the_java_below_the_nearest_folder_that_has_some(
    path: str, expected: dict[str, list[int]]
) -> None:
    assert owners(flag(path)) == expected


def test_a_single_java_component_owns_the_files_at_the_root() -> None:
    made = World().file("src/A.java", component="app", **JAVA).file("c/a.c", component="c")
    scan = msgspec.structs.replace(made.scan, texts=(flag("Dockerfile"),))
    assert [one.sharers for one in text_signals(scan, made.components)["app"]] == [1]


def test_other_findings_and_trees_without_java_say_nothing() -> None:
    hardening = signal("Dockerfile", rule="hardening-flags", tracks=(Track.MEMORY_SAFETY,))
    assert owners(hardening) == {}
    made = World().file("a.c", component="c")
    assert text_signals(msgspec.structs.replace(made.scan, texts=(flag("Dockerfile"),)), made.components) == {}


def test_paths_that_are_not_of_this_tree_end() -> None:
    assert owners(flag("/abs//x"), flag("")) == {"orders": [2, 2], "prices": [2, 2]}


def strength(*texts: TextSignal, source: tuple[Finding, ...] = ()) -> float:
    return joined_strength(source, texts, ANCHORS.latency, ANCHORS)[0]


def text(confidence: Confidence = Confidence.HIGH, *, sharers: int = 1, rule: str = "gc-flags", lines=(1,)):
    return TextSignal(finding=flag("Dockerfile", rule=rule, confidence=confidence, lines=lines), sharers=sharers)


def test_surer_nearer_and_more_say_more() -> None:
    assert 0 < strength(text(Confidence.LOW)) < strength(text(Confidence.MEDIUM)) < strength(text())
    assert strength(text(sharers=2)) == pytest.approx(strength(text()) / 2)
    assert strength(text(sharers=64)) < strength(text(sharers=63)) < strength(text(sharers=8))
    assert strength(text(lines=(1, 2, 3))) > strength(text())
    assert strength(text(), text(rule="gc-wording")) > strength(text())
    assert strength() == 0.0


def test_a_library_that_is_declared_and_imported_counts_once() -> None:
    imported = (signal("A.java", rule="low-latency-messaging", tracks=LATENCY, lines=(1,)),)
    declared = text(rule="low-latency-messaging")
    assert strength(declared, source=imported) == strength(source=imported) == strength(declared)
    _, said = joined_strength(imported, (declared,), ANCHORS.latency, ANCHORS)
    assert said == "uses a low-latency messaging library (2 places)"


def test_adding_a_place_never_lowers_the_strength() -> None:
    texts: list[TextSignal] = []
    last = 0.0
    for rule in sorted(ANCHORS.latency):
        for confidence in Confidence:
            texts.append(text(confidence, rule=rule, sharers=confidence.rank + 1))
            now = strength(*texts)
            assert last <= now < 1.0
            last = now


def latency_signals(*texts: Finding, component: str = "orders") -> Factor:
    made = world()
    scan = msgspec.structs.replace(made.scan, texts=texts)
    card = score(scan, made.components, made.graph, (), NO_HISTORY, load_anchors(), PlanOptions())
    (found,) = [one for one in card.components if one.component == component and one.track is Track.LATENCY]
    return next(factor for factor in found.risk_factors if factor.name == "latency-signals")


def test_the_pressure_of_a_component_rises_with_its_own_files_most() -> None:
    plain = latency_signals()
    shared = latency_signals(flag("Dockerfile"))
    own = latency_signals(flag("services/orders/Dockerfile"))
    assert plain.contribution == 0 < shared.contribution < own.contribution
    assert own.because == "Its authors care about pauses: it sets garbage-collector flags (1 place)."
    assert [(one.path, one.line) for one in own.evidence] == [("services/orders/Dockerfile", 30)]
    assert (
        shared.because == "Its authors care about pauses: it sets garbage-collector flags (1 place in files it shares)."
    )
    assert latency_signals(flag("services/orders/Dockerfile"), component="prices").contribution == 0
