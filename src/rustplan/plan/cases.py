"""Public ports that a component may be compared with: alike by role, language and size, and said what they differ in."""

from __future__ import annotations

from rustplan.catalog.cases import Case, load_cases
from rustplan.model.choices import ComparablePort
from rustplan.model.finding import Track
from rustplan.model.source import Language
from rustplan.plan.subject import Subject
from rustplan.plan.wording import count, name_list

MOST = 2
NEAR, FAR = 4.0, 16.0
"""Sizes within the first factor count as alike, within the second as somewhat alike."""
CLOSE = 3
"""A port of another outcome is shown beside the best one when it is at most so many points less alike."""
_NAMES = {"c": "C", "cpp": "C++", "java": "Java"}


def comparable_ports(subject: Subject) -> tuple[ComparablePort, ...]:
    """Return at most two ports that share a role with the component, the second one of another outcome where one is close."""
    roles = _roles(subject)
    if not roles:
        return ()
    rated = [(_alike(case, subject, roles), case) for case in load_cases().cases if roles & set(case.roles)]
    rated = [pair for pair in rated if pair[0] > 0]
    rated.sort(key=lambda pair: (-pair[0], pair[1].id))
    if not rated:
        return ()
    best = rated[0]
    others = [pair for pair in rated[1:] if pair[1].outcome != best[1].outcome and best[0] - pair[0] <= CLOSE]
    second = (others or rated[1:])[:1]
    return tuple(_port(case, subject, roles) for _, case in [best, *second][:MOST])


def _roles(subject: Subject) -> frozenset[str]:
    found = set()
    if subject.score.track is Track.LATENCY:
        measured = any(seam.level.is_measured for seam in subject.seams)
        return frozenset(["service", "database"]) if measured else frozenset()
    if subject.places("parses-file-format"):
        found |= {"parser"}
        if subject.places("simd-intrinsic", "inline-assembly"):
            found |= {"codec"}
    if subject.places("reads-network"):
        found |= {"network"}
    return frozenset(found)


def _language(subject: Subject) -> str:
    sizes = subject.component.languages
    if subject.score.track is Track.LATENCY:
        return "java"
    return "cpp" if sizes.get(Language.CPP, 0) > sizes.get(Language.C, 0) else "c"


def _ratio(case: Case, subject: Subject) -> float | None:
    if case.lines is None or not subject.lines:
        return None
    return max(case.lines / subject.lines, subject.lines / case.lines)


def _alike(case: Case, subject: Subject, roles: frozenset[str]) -> int:
    """Points: three for a shared role (two roles at most), two for the language, two or one for the size; Java is compared with Java only."""
    own = _language(subject)
    if (case.language == "java") != (own == "java"):
        return 0
    ratio = _ratio(case, subject)
    size = 0 if ratio is None else 2 if ratio <= NEAR else 1 if ratio <= FAR else -1
    return 3 * min(2, len(roles & set(case.roles))) + 2 * (case.language == own) + size - len(_foreign(case, roles))


def _foreign(case: Case, roles: frozenset[str]) -> set[str]:
    """Roles of a port that the component has not; a codec is a parser, too."""
    return set(case.roles) - roles - ({"codec"} if "parser" in roles else set())


def _port(case: Case, subject: Subject, roles: frozenset[str]) -> ComparablePort:
    own, ratio = _language(subject), _ratio(case, subject)
    alike = [f"role ({name_list(sorted(roles & set(case.roles)))})"]
    foreign = _foreign(case, roles)
    unlike = [f"its role is also {name_list(sorted(foreign))}"] if foreign else []
    (alike if case.language == own else unlike).append(
        f"language ({_NAMES[own]})"
        if case.language == own
        else f"language ({_NAMES[case.language]}, here {_NAMES[own]})"
    )
    if ratio is None:
        unlike.append("size is not public")
    else:
        words = f"size ({count(case.lines or 0, 'line')}, here {count(subject.lines, 'line')})"
        (alike if ratio <= NEAR else unlike).append(words)
    return ComparablePort(
        id=case.id,
        name=case.name,
        outcome=case.outcome,
        effort=case.effort,
        how=case.how,
        caveat=case.caveat,
        comparable_in=", ".join(alike),
        differs_in=", ".join(unlike) or "nothing that was compared; people and quality bar are unknown",
        source=case.source,
        read=case.read,
        checked=case.checked,
    )
