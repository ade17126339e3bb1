"""Make a C or C++ file readable: parse it as it is, and blank macros only when that leaves less unread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rustplan.languages.base import ByteSpan, Prepared
from rustplan.languages.c_family.conditionals import Split, split_conditionals
from rustplan.languages.c_family.directives import without_dead_arms
from rustplan.languages.c_family.heads import Heads, heads_to_blank, lone_calls
from rustplan.languages.c_family.isolate import culprits
from rustplan.languages.c_family.learn import empty_macros
from rustplan.languages.c_family.old_style import pointer_stars
from rustplan.languages.depth import parse_unless_deep
from rustplan.languages.errors import diagnose, parse_errors
from rustplan.languages.text import blank_spans, outermost, parseable, total, without_comments
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Tree, parse

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text, its tree, what was blanked, and which code nobody reads because of it."""

    text: bytes
    tree: Tree
    masked: tuple[ByteSpan, ...]
    arms: tuple[ByteSpan, ...]
    odd: tuple[ByteSpan, ...]
    errors: tuple[ByteSpan, ...]
    unread: int
    cost: int

    @property
    def is_clean(self) -> bool:
        """True when the parser understood all of it."""
        return not self.unread and not self.tree.root_node.has_error


def prepare_c_family(language: Language, data: bytes, tokens: re.Pattern[bytes]) -> Prepared:
    """Decode, blank what is not code, parse, and when errors are left look for the blanking that leaves least unread."""
    text, degraded = parseable(data)
    code, comments = without_comments(text, tokens)
    code, directives, dead = without_dead_arms(code)
    stars = list(pointer_stars(code)) if language is Language.C else []
    not_read = outermost([*dead, *stars])
    text, tree, too_deep = parse_unless_deep(language, blank_spans(text, not_read), code)
    best = _attempted(language, text, tree, (), (), ())
    made: dict[int, str] = {}
    if tree.root_node.has_error and not too_deep:
        split = split_conditionals(code, directives, is_cpp=language is Language.CPP)
        lines = [(one.start, one.end) for one in directives]
        plain = blank_spans(code, [*lines, *split.directives, *split.arms])
        heads = heads_to_blank(plain, empty_macros(code, directives))
        best, made = _best_attempt(language, best, plain, split, heads), heads.made
    return Prepared(
        language=language,
        original=data,
        text=best.text,
        code=code,
        tree=best.tree,
        comments=comments,
        masked=outermost([*not_read, *best.masked]),
        unread=((0, len(data)),) if too_deep else outermost([*best.arms, *best.odd]),
        made=made,
        degraded=degraded + too_deep + parse_errors(outermost([*best.errors, *best.odd])) + _arms_not_read(best.arms),
    )


def _best_attempt(language: Language, raw: Attempt, plain: bytes, split: Split, heads: Heads) -> Attempt:
    """Try blankings from the lightest to the heaviest; stop at the first that leaves nothing unread."""
    cut = [*split.directives, *split.arms]
    best = heavy = raw
    spans: list[ByteSpan] = []
    for extra, arms in (
        (heads.spans, []),
        (cut, split.arms),
        (list(lone_calls(plain)), split.arms),
        (split.others, split.arms),
    ):
        if not extra:
            continue
        spans += extra
        attempt = _attempt(language, raw.text, spans, arms)
        best = attempt if attempt.cost < best.cost else best
        heavy = attempt if attempt.cost <= heavy.cost else heavy
        if best.is_clean:
            return best
    isolated = _isolate(language, heavy, plain, split.others)
    return isolated if isolated.cost < best.cost else best


def _isolate(language: Language, attempt: Attempt, plain: bytes, conditionals: Sequence[ByteSpan]) -> Attempt:
    """Cut out what makes large errors, as long as that helps."""
    for _ in range(_ROUNDS):
        whole = blank_spans(attempt.text, conditionals)
        odd = culprits(language, whole, blank_spans(plain, attempt.masked), attempt.errors)
        following = (
            _attempt(language, attempt.text, odd, attempt.arms, [*attempt.odd, *odd], attempt.masked)
            if odd
            else attempt
        )
        if following.cost >= attempt.cost:
            break
        attempt = following
    return attempt


def _attempt(
    language: Language,
    text: bytes,
    spans: Sequence[ByteSpan],
    arms: Sequence[ByteSpan],
    odd: Sequence[ByteSpan] = (),
    before: Sequence[ByteSpan] = (),
) -> Attempt:
    """Blank `spans` and parse; `odd` and `arms` are code that this leaves unread, `before` was blanked in `text` already."""
    masked = outermost([*before, *spans])
    blanked = blank_spans(text, spans)
    tree = parse(language, blanked)
    return _attempted(language, blanked, tree, masked, outermost(arms), outermost(odd))


def _attempted(
    language: Language,
    text: bytes,
    tree: Tree,
    masked: tuple[ByteSpan, ...],
    arms: tuple[ByteSpan, ...],
    odd: tuple[ByteSpan, ...],
) -> Attempt:
    found = diagnose(language, tree)
    unread = total(outermost([*found.errors, *arms, *odd]))
    return Attempt(text, tree, masked, arms, odd, found.errors, unread, unread + found.misread)


def _arms_not_read(arms: Sequence[ByteSpan]) -> tuple[tuple[DegradeReason, str], ...]:
    if not arms:
        return ()
    detail = f"{total(arms)} bytes in {len(arms)} arms of conditionals that cut a statement in two"
    return ((DegradeReason.CONDITIONAL_ARM_NOT_READ, detail),)
