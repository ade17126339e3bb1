"""Histories for the score stage, without a repository."""

from __future__ import annotations

import msgspec

from plan_world import World
from rustplan.model.evidence import Evidence
from rustplan.model.history import FileHistory, FixCommit, FixKind, FixLevel, History

HALF_LIVES = {"commits": 506.0, "churn": 506.0, "fixes": 506.0, "security": 759.0, "memory": 759.0}


def fix(commit, *, level=FixLevel.MEMORY, age=30, subject="parser: fix heap overflow", kinds=(FixKind.BOUNDS,)):
    return FixCommit(
        commit=commit * 40, age_days=age, level=level, subject=subject, matched="heap overflow", kinds=kinds
    )


def past(path, *, commits=10.0, fixes=0.0, security=0.0, memory=0.0, **more):
    """A file whose decayed sums are given; counts are the same numbers, rounded up."""
    figures = {
        "commits": int(commits + 1), "recent_commits": int(commits), "commits_decayed": commits, "fixes": int(fixes + 0.99),
        "fixes_decayed": fixes, "security_fixes": int(security + 0.99), "security_decayed": security,
        "memory_fixes": int(memory + 0.99), "memory_decayed": memory, "authors": 3, "first_days": 3000, "last_days": 3,
    }  # fmt: skip
    return FileHistory(path=path, **(figures | more))


def history(*files, reaches=3650, unknown=(), **more):
    return History(
        commit="c" * 40, newest="2024-05-06", commits=900, merges=40, sweeping=2, authors=12, reaches_days=reaches,
        is_complete=True, files=tuple(sorted(files, key=lambda file: file.path)), unknown=tuple(unknown), recent_days=730,
        half_life_days=HALF_LIVES, **more,
    )  # fmt: skip


def told(*files, **more):
    """Evidence that holds a history of the files."""
    return Evidence(history=history(*files, **more))


def card(world: World, name, evidence):
    return next(card for card in world.score(evidence=evidence).components if card.component == name)


def factor(card, name):
    return next(one for one in card.risk_factors if one.name == name)


def raised(file: FileHistory, **figures):
    """The same file with some figures larger by the given amounts."""
    return msgspec.structs.replace(file, **{key: getattr(file, key) + amount for key, amount in figures.items()})
