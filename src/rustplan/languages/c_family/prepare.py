"""Make a C or C++ file readable: parse it as it is, and blank macros only where that leaves less unread.

Attempts are incremental: each tells the parser what changed since the one before, so that only what lies around it is parsed again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rustplan.languages.base import NO_WORDS, ByteSpan, Directive, MacroWords, Made, Prepared
from rustplan.languages.c_family.conditionals import split_conditionals
from rustplan.languages.c_family.directives import without_dead_arms
from rustplan.languages.c_family.heads import heads_to_blank, lone_calls
from rustplan.languages.c_family.isolate import culprits, items
from rustplan.languages.c_family.learn import MacroLearner
from rustplan.languages.c_family.old_style import pointer_stars
from rustplan.languages.depth import nothing, parse_unless_deep, tree_is_deep
from rustplan.languages.errors import Diagnosis, diagnose, parse_errors
from rustplan.languages.text import (
    BLANK,
    blank_spans,
    is_prose,
    outermost,
    parseable,
    replaced,
    total,
    without,
    without_comments,
)
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Tree, parse, reparse

_ROUNDS = 3
_TURNS = 3
_ARMS_WEIGH = 16
"""Bytes of left out arms that weigh as much as one under an error."""

_NEAR = 200
"""Bytes on either side of what was not understood in which its cause is looked for."""

Edits = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text, its tree, what was changed in it, and which code nobody reads because of it."""

    text: bytes
    tree: Tree
    masked: tuple[ByteSpan, ...]
    edits: Edits
    arms: tuple[ByteSpan, ...]
    odd: tuple[ByteSpan, ...]
    diagnosis: Diagnosis

    @property
    def errors(self) -> tuple[ByteSpan, ...]:
        """Where the parser gave up."""
        return self.diagnosis.errors

    @property
    def cost(self) -> int:
        """What is wrong with it, in bytes; arms weigh little, because a further reading reads most of them."""
        return total(outermost([*self.errors, *self.odd])) + total(self.arms) // _ARMS_WEIGH + self.diagnosis.misread

    @property
    def is_clean(self) -> bool:
        """True when the parser understood all of it."""
        return not self.arms and not self.odd and self.diagnosis.is_clean


@dataclass(frozen=True, slots=True)
class _Code:
    """What is known of a file before it is parsed."""

    language: Language
    code: bytes
    directives: tuple[Directive, ...]
    words: MacroWords

    @property
    def is_cpp(self) -> bool:
        return self.language is Language.CPP

    @property
    def directive_lines(self) -> list[ByteSpan]:
        return [(one.start, one.end) for one in self.directives]


def prepare_c_family(
    language: Language, data: bytes, tokens: re.Pattern[bytes], words: MacroWords = NO_WORDS
) -> Prepared:
    """Decode, blank what is not code, parse, and when errors are left look for the blanking that leaves least unread."""
    text, degraded = parseable(data)
    code, comments = without_comments(text, tokens)
    code, directives, dead = without_dead_arms(code)
    stars = list(pointer_stars(code)) if language is Language.C else []
    not_read = outermost([*dead, *stars])
    too_deep: tuple[tuple[DegradeReason, str], ...] = ()
    if is_prose(code):
        best = _given_up(language, text)
    else:
        text, tree, too_deep = parse_unless_deep(language, blank_spans(text, not_read), code)
        best = Attempt(text, tree, (), (), (), (), diagnose(tree))
    made: dict[int, Made] = {}
    others: tuple[Prepared, ...] = ()
    if best.diagnosis.is_hopeless:
        best = _given_up(language, text)
    elif not (best.is_clean or best.odd or too_deep):
        if words == NO_WORDS:
            words = _own_words(code)
        known = _Code(language, code, tuple(directives), words)
        raw = best
        best, made, plain = _best_attempt(raw, known)
        if best.arms:
            others = tuple(_other_arms(raw, best, plain, known, data, comments, not_read))
    arms = without(best.arms, outermost(span for other in others for span in other.reads))
    return Prepared(
        language=language,
        original=data,
        text=best.text,
        code=code,
        tree=best.tree,
        comments=comments,
        masked=outermost([*not_read, *best.masked]),
        edits=best.edits,
        dead=dead,
        unread=((0, len(data)),) if too_deep else outermost([*arms, *best.odd]),
        odd=best.odd,
        made=made,
        directives=tuple(directives),
        words=words,
        others=others,
        degraded=degraded + too_deep + parse_errors(outermost([*best.errors, *best.odd])) + _arms_not_read(arms),
    )


def _own_words(code: bytes) -> MacroWords:
    learner = MacroLearner()
    learner.read(code)
    return learner.words()


def _given_up(language: Language, text: bytes) -> Attempt:
    """Nothing of the file can be read: an empty tree, and all of it unread."""
    everything = ((0, len(text)),)
    return Attempt(text.translate(BLANK), nothing(language), everything, (), (), everything, Diagnosis())


class _Step(Enum):
    """What is blanked in addition, from the lightest to the heaviest."""

    HEADS = 1
    SPLIT = 2
    LONE_CALLS = 3
    ALL_DIRECTIVES = 4


def _best_attempt(raw: Attempt, known: _Code) -> tuple[Attempt, dict[int, Made], bytes]:
    """Try blankings from the lightest to the heaviest; stop at the first that leaves nothing unread.

    Also returns the functions that macros make, and the code without directives and without the arms that were left out.
    """
    split = split_conditionals(known.code, known.directives, is_cpp=known.is_cpp)
    plain = blank_spans(known.code, [*known.directive_lines, *split.directives, *split.arms])
    heads = heads_to_blank(plain, _near(raw, plain), known.words, is_cpp=known.is_cpp)
    best = heavy = last = raw
    arms: list[ByteSpan] = []
    for step in _Step:
        edits: Edits = ()
        if step is _Step.HEADS:
            extra, edits = heads.spans, tuple(sorted(heads.edits))
        elif step is _Step.SPLIT:
            extra, arms = [*split.directives, *split.arms], split.arms
        elif step is _Step.LONE_CALLS:
            extra = list(lone_calls(plain, [(0, len(plain))]))
        else:
            extra = split.others
        if not extra:
            continue
        last = _attempt(known.language, last, extra, edits, arms=arms)
        best = last if last.cost < best.cost else best
        heavy = last if last.cost <= heavy.cost else heavy
        if best.is_clean:
            return best, heads.made, plain
    isolated = _isolate(known.language, heavy, plain, split.others)
    best = isolated if isolated.cost < best.cost else best
    return best, heads.made if best is not raw else {}, plain


def _near(attempt: Attempt, plain: bytes) -> tuple[ByteSpan, ...]:
    """The surroundings of everything that was not understood, in whole words."""
    spans = [*attempt.errors, *attempt.diagnosis.loose, *((at, at) for at in attempt.diagnosis.missing)]
    end = len(plain)
    return outermost((max(0, first - _NEAR), min(end, last + _NEAR)) for first, last in spans)


def _isolate(language: Language, attempt: Attempt, plain: bytes, conditionals: Sequence[ByteSpan]) -> Attempt:
    """Cut out what makes large errors, as long as that helps."""
    for _ in range(_ROUNDS):
        whole = blank_spans(attempt.text, conditionals)
        odd = culprits(language, whole, blank_spans(plain, attempt.masked), attempt.errors)
        following = _attempt(language, attempt, odd, odd=odd, arms=attempt.arms) if odd else attempt
        if following.cost >= attempt.cost:
            break
        attempt = following
    return attempt


def _attempt(
    language: Language,
    before: Attempt,
    spans: Iterable[ByteSpan],
    edits: Edits = (),
    *,
    arms: Sequence[ByteSpan] = (),
    odd: Sequence[ByteSpan] = (),
) -> Attempt:
    """Blank `spans` in addition and parse what changed; `odd` and `arms` are code that this leaves unread."""
    spans = outermost(spans)
    text = replaced(blank_spans(before.text, spans), edits)
    changed = outermost([*spans, *((at, at + 1) for at, _ in edits)])
    tree = reparse(
        language, text, before.tree, [span for span in changed if text[slice(*span)] != before.text[slice(*span)]]
    )
    masked = outermost([*before.masked, *spans])
    return Attempt(
        text,
        tree,
        masked,
        tuple(sorted({*before.edits, *edits})),
        outermost(arms),
        outermost([*before.odd, *odd]),
        _diagnosed(tree),
    )


def _diagnosed(tree: Tree) -> Diagnosis:
    end = tree.root_node.end_byte
    return Diagnosis(errors=((0, end),)) if tree_is_deep(tree) else diagnose(tree)


def _other_arms(
    raw: Attempt,
    best: Attempt,
    kept: bytes,
    known: _Code,
    data: bytes,
    comments: tuple[int, ...],
    not_read: tuple[ByteSpan, ...],
) -> Iterator[Prepared]:
    """Read the functions around arms that were left out again, with those arms instead of the ones that were `kept`."""
    left = best.arms
    for turn in range(1, _TURNS):
        split = split_conditionals(known.code, known.directives, is_cpp=known.is_cpp, turn=turn)
        inside = outermost(items(kept, left))
        outside = without([(0, len(data))], inside)
        cut = outermost([*outside, *known.directive_lines, *split.directives, *split.arms])
        plain = blank_spans(known.code, cut)
        heads = heads_to_blank(plain, inside, known.words, is_cpp=known.is_cpp)
        spans = outermost([*cut, *heads.spans, *lone_calls(plain, inside)])
        edits = tuple(sorted(heads.edits))
        text = replaced(blank_spans(raw.text, spans), edits)
        tree = parse(known.language, text)
        read = without(without(left, outermost(split.arms)), _diagnosed(tree).errors)
        read = tuple(span for span in read if plain[slice(*span)].strip())
        if not read:
            return
        yield Prepared(
            language=known.language,
            original=data,
            text=text,
            code=blank_spans(known.code, outside),
            tree=tree,
            comments=comments,
            masked=outermost([*not_read, *spans]),
            edits=edits,
            made=heads.made,
            words=known.words,
            reads=read,
        )
        left = without(left, read)
        if not left:
            return


def _arms_not_read(arms: Sequence[ByteSpan]) -> tuple[tuple[DegradeReason, str], ...]:
    if not arms:
        return ()
    detail = f"{total(arms)} bytes in {len(arms)} arms of conditionals that cut a statement in two"
    return ((DegradeReason.CONDITIONAL_ARM_NOT_READ, detail),)
