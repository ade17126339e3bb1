"""What the terminal tells of a component and untrusted input: roles, the Rule of 2, where data enters, how far, and the nearest ways."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.catalog.exposure import load_exposure
from rustplan.model.analysis import Analysis
from rustplan.model.exposure import ComponentExposure, ExposurePath
from rustplan.report import exposure_words as words
from rustplan.report.terminal import Terminal
from rustplan.report.view.numbers import whole

_SOURCES = 4


def exposure_lines(component: str, analysis: Analysis, terminal: Terminal) -> list[str]:
    """Everything known of a component's exposure; [] when nothing is."""
    found = next((one for one in analysis.scorecard.exposures if one.component == component), None)
    if found is None:
        return []
    return [
        "",
        terminal.paint("bold", "Exposure to untrusted input") + "  from names and calls, to confirm",
        *_roles(found, terminal),
        *_rule(found, terminal),
        *_entered(found, terminal),
        *_paths(found, terminal),
        *_dim(words.LIMITS, terminal),
    ]


def _roles(found: ComponentExposure, terminal: Terminal) -> Iterator[str]:
    if not found.roles:
        yield "Roles: none recognised"
        return
    yield f"Roles ({words.CONFIRM}):"
    for role in found.roles:
        yield from terminal.wrap(terminal.plain(f"[?] {words.role_words(role)}"), indent="      ", first="  ")
        for place in role.evidence:
            text = terminal.plain(f"      {place.path}:{place.line} {place.what}")
            yield terminal.paint("dim", terminal.fit(text, terminal.width))


def _rule(found: ComponentExposure, terminal: Terminal) -> Iterator[str]:
    rule = found.rule_of_two
    yield from terminal.wrap(f"Rule of 2: {words.rule_words(rule)}", indent="  ", first="")
    for name, why, places in words.leg_words(rule):
        yield from terminal.wrap(terminal.plain(f"{name}; {why}"), indent="      ", first="  ")
        for place in places:
            yield terminal.paint("dim", terminal.fit(terminal.plain(f"      {place}"), terminal.width))
    yield from _dim(f"  {load_exposure().rule_of_two.source}", terminal)


def _entered(found: ComponentExposure, terminal: Terminal) -> Iterator[str]:
    yield from terminal.wrap(f"Data enters: {words.source_words(found)}", indent="  ", first="")
    for place in words.source_places(found.sources[:_SOURCES]):
        yield terminal.paint("dim", terminal.fit(terminal.plain(f"      {place}"), terminal.width))
    yield f"Unsafe places by calls ({whole(found.distances.total)} in all), from:"
    for name, distances in words.groups(found):
        yield from terminal.wrap(f"{name}: {words.distance_words(distances)}", indent="      ", first="  ")


def _paths(found: ComponentExposure, terminal: Terminal) -> Iterator[str]:
    if not found.paths:
        yield "Ways from data to unsafe code: no way found"
        return
    yield "Shortest ways from data to unsafe code:"
    for number, path in enumerate(found.paths[: words.PATHS], 1):
        yield from terminal.wrap(terminal.plain(f"{number}. {words.path_words(path)}"), indent="     ", first="  ")
        yield from _steps(path, terminal)
    if found.functions > words.PATHS:
        yield f"  of {whole(found.functions)} functions with unsafe places; more in exposure_paths.csv"


def _steps(path: ExposurePath, terminal: Terminal) -> Iterator[str]:
    steps = [*(words.step_words(step, path.source) for step in path.steps), words.site_words(path)]
    for said, place in steps:
        text = terminal.plain(f"     {place} {said}")
        yield terminal.paint("dim", terminal.fit(text, terminal.width))


def _dim(text: str, terminal: Terminal) -> Iterator[str]:
    return (terminal.paint("dim", line) for line in terminal.wrap(terminal.plain(text)))
