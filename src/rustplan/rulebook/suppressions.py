"""Reads `rustplan:ignore[rule] -- reason` comments. One without rules or reason suppresses nothing and says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from rustplan.model.suppression import SuppressionComment
from rustplan.rulebook.marks import Statements

WORD = b"rustplan:ignore"
HEAD_LINES = 20
"""A comment for the whole file stands in its first lines."""
MOST_COMMENTS = 1_000
_MOST_BYTES = 1_000
_MOST_TEXT = 300
_SHAPE = re.compile(r"rustplan:ignore(?P<scope>-[a-z]{1,20})?(?P<list>\[[^\]\n]{0,400}\])?(?P<rest>.*)", re.DOTALL)
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OPTION = re.compile(r"(until|owner)=(\S{1,100})")
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_SCOPES = ("", "-next", "-start", "-end", "-file")
_FORM = "write: rustplan:ignore[rule-id] -- reason"


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """One comment before its lines are known."""

    line: int
    last_line: int
    scope: str
    rules: tuple[str, ...]
    reason: str
    owner: str
    until: str
    problem: str


def read_suppressions(
    path: str, original: bytes, comments: Sequence[int], statements: Statements, known: frozenset[str]
) -> tuple[SuppressionComment, ...]:
    """Every such comment of one file, in order. `comments` are the offsets where comments start; `known` the ids of all rules."""
    if WORD not in original:
        return ()
    written = [_read(original, start, statements, known) for start in _holding(original, comments)]
    return tuple(_placed(path, written, statements))


def _holding(original: bytes, comments: Iterable[int]) -> list[int]:
    """Offsets of the comments that begin with the word, after their marks and spaces."""
    found = []
    for start in comments:
        head = original[start : start + 40].lstrip(b"/*! \t")
        if head.startswith(WORD):
            found.append(start)
    return found[:MOST_COMMENTS]


def _read(original: bytes, start: int, statements: Statements, known: frozenset[str]) -> _Written:
    is_block = original.startswith(b"/*", start)
    end = original.find(b"*/" if is_block else b"\n", start, start + _MOST_BYTES)
    raw = original[start : end if end >= 0 else start + _MOST_BYTES]
    text = raw.decode("utf-8", "replace").replace("\r", "").lstrip("/*! \t")
    match = _SHAPE.match(text)
    scope, listed, rest = (
        (match.group("scope") or "", match.group("list"), match.group("rest")) if match else ("", None, "")
    )
    before, dashes, reason = rest.partition("--")
    rules = tuple(dict.fromkeys(word.strip() for word in (listed or "")[1:-1].split(",") if word.strip()))
    options = dict(_OPTION.findall(before))
    reason = " ".join(reason.split())[:_MOST_TEXT]
    return _Written(
        line=statements.line_of(start),
        last_line=statements.line_of(start + max(0, len(raw) - 1)),
        scope=scope,
        rules=rules,
        reason=reason,
        owner=options.get("owner", ""),
        until=options.get("until", ""),
        problem=_problem(scope, rules, before, reason if dashes else "", options.get("until", ""), known),
    )


def _problem(scope: str, rules: tuple[str, ...], before: str, reason: str, until: str, known: frozenset[str]) -> str:
    if scope not in _SCOPES:
        return f"there is no rustplan:ignore{scope}; there are {', '.join('ignore' + each for each in _SCOPES)}"
    if scope == "-end":
        return ""
    if not rules:
        return f"it names no rule; {_FORM}"
    wrong = [rule for rule in rules if not _RULE.fullmatch(rule) or rule not in known]
    if wrong:
        return f"there is no rule {', '.join(rule[:60] for rule in wrong[:3])}"
    left = _OPTION.sub("", before).strip()
    if left:
        return f"{left[:60]!r} is not understood; {_FORM}"
    if not reason:
        return f"it gives no reason; {_FORM}"
    if until and not _DAY.fullmatch(until):
        return f"until={until[:20]} is no day; write until=YYYY-MM-DD"
    return ""


def _placed(path: str, written: Sequence[_Written], statements: Statements) -> Iterable[SuppressionComment]:
    """Say which lines each comment covers; a block needs both its ends."""
    open_: list[_Written] = []
    for comment in written:
        if comment.problem:
            yield _made(path, comment, 0, 0, comment.problem)
        elif comment.scope == "-start":
            open_.append(comment)
        elif comment.scope == "-end":
            match = next((one for one in reversed(open_) if not comment.rules or one.rules == comment.rules), None)
            if match is None:
                yield _made(path, comment, 0, 0, "no rustplan:ignore-start of these rules stands before it")
            else:
                open_.remove(match)
                yield _made(path, match, match.line, comment.line, "")
        elif comment.scope == "-file":
            is_head = comment.line <= HEAD_LINES
            problem = "" if is_head else f"it stands below line {HEAD_LINES}; a comment for the file stands above"
            yield _made(path, comment, 1 if is_head else 0, statements.count if is_head else 0, problem)
        else:
            first, last = _covered(comment, statements)
            yield _made(path, comment, first, last, "" if first else "no code follows it")
    for comment in open_:
        yield _made(path, comment, 0, 0, "no rustplan:ignore-end follows it")


def _covered(comment: _Written, statements: Statements) -> tuple[int, int]:
    """The statement that ends a line with the comment, or the next one below when it stands alone or says `next`."""
    if comment.scope == "" and statements.has_code(comment.line):
        return statements.lines(comment.line)
    line = comment.last_line + 1
    while line <= statements.count and not statements.has_code(line):
        line += 1
    return statements.lines(line) if line <= statements.count else (0, 0)


def _made(path: str, comment: _Written, first: int, last: int, problem: str) -> SuppressionComment:
    return SuppressionComment(
        path=path,
        line=comment.line,
        rules=comment.rules,
        reason=comment.reason,
        owner=comment.owner,
        until=comment.until,
        first=first,
        last=last,
        problem=problem,
    )
