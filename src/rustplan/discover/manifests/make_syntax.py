"""Makefiles as text: assignments, rules and includes, and the expansion of variables. No recipe is looked at, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rustplan.discover.manifests.draft import Budget

_MAX_DEPTH = 20
_ASSIGN = re.compile(
    r"^[ ]*(?:(?:export|override)[ ]+)?(?P<name>[^\s:#=+?!]+)\s*(?P<op>\+|:{1,3}|\?|!)?=[ \t]*(?P<value>.*)$", re.DOTALL
)
_INCLUDE = re.compile(r"^[ ]*[-s]?include[ \t]+(?P<path>.+)$")
_IF = re.compile(r"^[ ]*(?:ifeq|ifneq|ifdef|ifndef|if)\b")
_ELSE = re.compile(r"^[ ]*else\b")
_END = re.compile(r"^[ ]*endif\b")


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name op value`; `op` is `""`, `+`, `:`, `?` or `!`."""

    name: str
    op: str
    value: str
    is_conditional: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """`targets: needs`, both unexpanded; without a recipe it only groups other targets."""

    targets: str
    needs: str
    is_conditional: bool
    has_recipe: bool = False


@dataclass(frozen=True, slots=True)
class Inclusion:
    """`include path`, unexpanded."""

    path: str


Statement = Assignment | Rule | Inclusion


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a makefile in order; what stands in a conditional is marked, in every arm."""
    depth = 0
    in_define = False
    rule: Rule | None = None
    for line in _lines(text):
        if line.startswith("\t") and not in_define:
            if rule is not None:
                yield replace(rule, has_recipe=True)
            rule = None
            continue
        if rule is not None:
            yield rule
            rule = None
        if in_define or line.startswith("define "):
            in_define = not line.startswith("endef")
        elif _IF.match(line):
            depth += 1
        elif _END.match(line):
            depth = max(0, depth - 1)
        elif not _ELSE.match(line):
            statement = _statement(line, depth > 0)
            if isinstance(statement, Rule):
                rule = statement
            elif statement is not None:
                yield statement
    if rule is not None:
        yield rule


def _statement(line: str, is_conditional: bool) -> Statement | None:
    match = _INCLUDE.match(line)
    if match:
        return Inclusion(match.group("path").strip())
    match = _ASSIGN.match(line)
    if match:
        op = (match.group("op") or "")[:1]
        return Assignment(match.group("name"), op, match.group("value").strip(), is_conditional)
    targets, colon, needs = line.partition(":")
    if not colon or not targets.strip() or needs.startswith("="):
        return None
    needs, semicolon, _ = needs.lstrip(":").partition(";")
    return Rule(targets.strip(), needs.strip(), is_conditional, has_recipe=bool(semicolon))


def _lines(text: str) -> Iterator[str]:
    """Yield logical lines without comments; a backslash joins a line with the next."""
    parts: list[str] = []
    for line in text.split("\n"):
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        parts.append(line)
        whole = " ".join(parts) if len(parts) > 1 else line
        parts = []
        hash_at = whole.find("#")
        if hash_at >= 0 and whole[hash_at - 1 : hash_at] != "\\":
            whole = whole[:hash_at]
        if whole.strip():
            yield whole
    if parts:
        yield " ".join(parts)


class Variables:
    """Variables of a makefile. A value given in a conditional joins the others instead of replacing them."""

    def __init__(self, budget: Budget, wildcard: Callable[[str], list[str]] | None = None) -> None:
        self._values: dict[str, list[str]] = {}
        self._budget = budget
        self._wildcard = wildcard
        self.conditional: set[str] = set()

    def assign(self, statement: Assignment) -> None:
        """Take an assignment into account."""
        values = self._values.setdefault(statement.name, [])
        if statement.is_conditional:
            self.conditional.add(statement.name)
        if statement.op == "?" and values:
            return
        if statement.op == "+" or statement.is_conditional:
            values.append(statement.value)
        else:
            self._values[statement.name] = [statement.value]

    def set(self, name: str, value: str) -> None:
        """Give a variable one value."""
        self._values[name] = [value]

    def names(self) -> tuple[str, ...]:
        """Return the names in the order of their first assignment."""
        return tuple(self._values)

    def words(self, name: str) -> list[str]:
        """Return the expanded words of a variable, each once."""
        return self.split(" ".join(self._values.get(name, ())))

    def split(self, text: str) -> list[str]:
        """Return the expanded words of a text, each once."""
        return list(dict.fromkeys(self.expand(text).split()))

    def expand(self, text: str, depth: int = 0) -> str:
        """Replace every reference; what is not understood becomes nothing. Raises NotUnderstood when it grows without end."""
        if "$" not in text:
            return text
        if depth > _MAX_DEPTH:
            return ""
        parts: list[str] = []
        at = 0
        while True:
            dollar = text.find("$", at)
            if dollar < 0 or dollar + 1 >= len(text):
                parts.append(text[at:] if dollar < 0 else text[at:dollar])
                break
            parts.append(text[at:dollar])
            opener = text[dollar + 1]
            if opener in "({":
                end = _closing(text, dollar + 1)
                parts.append(self._reference(text[dollar + 2 : end], depth))
                at = end + 1
            else:
                parts.append("$" if opener == "$" else self._value(opener, depth))
                at = dollar + 2
            self._budget.spend(1 + len(parts[-1]) // 50)
        return "".join(parts)

    def _reference(self, inner: str, depth: int) -> str:
        """Expand what stands between the parentheses: a name, `name:.c=.o`, or a function."""
        name, blank, rest = inner.partition(" ")
        if (blank and name in _FUNCTIONS) or name == "wildcard":
            arguments = [self.expand(part, depth + 1) for part in _commas(rest)]
            if name == "wildcard":
                patterns = arguments[0].split() if arguments and self._wildcard else []
                return " ".join(
                    path for pattern in patterns for path in (self._wildcard(pattern) if self._wildcard else ())
                )
            return _FUNCTIONS[name](arguments)
        if blank:
            return ""
        name, colon, change = inner.partition(":")
        value = self._value(self.expand(name, depth + 1), depth)
        old, equals, new = change.partition("=")
        if colon and equals:
            pattern, into = (old, new) if "%" in old else (f"%{old}", f"%{new}")
            return _patsubst([pattern, into, value])
        return value

    def _value(self, name: str, depth: int) -> str:
        return " ".join(self.expand(value, depth + 1) for value in self._values.get(name, ()))


def _closing(text: str, at: int) -> int:
    """Return where the parenthesis or brace at `at` is closed, or the end of the text."""
    opener = text[at]
    closer = ")" if opener == "(" else "}"
    depth = 0
    for place in range(at, len(text)):
        if text[place] == opener:
            depth += 1
        elif text[place] == closer:
            depth -= 1
            if depth == 0:
                return place
    return len(text)


def _commas(text: str) -> list[str]:
    """Split function arguments at commas outside of parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "({") - (character in ")}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _patsubst(arguments: list[str]) -> str:
    if len(arguments) != 3:
        return ""
    (old, new), words = (argument.strip() for argument in arguments[:2]), arguments[2].split()
    before, _, after = old.partition("%")
    changed = []
    for word in words:
        if "%" in old and len(word) >= len(before) + len(after) and word.startswith(before) and word.endswith(after):
            stem = word[len(before) : len(word) - len(after)]
            changed.append(new.replace("%", stem, 1))
        else:
            changed.append(new if word == old else word)
    return " ".join(changed)


def _affix(arguments: list[str], *, is_prefix: bool) -> str:
    if len(arguments) != 2:
        return ""
    affix = arguments[0].strip()
    return " ".join(affix + word if is_prefix else word + affix for word in arguments[1].split())


_FUNCTIONS: dict[str, Callable[[list[str]], str]] = {
    "patsubst": _patsubst,
    "addprefix": lambda arguments: _affix(arguments, is_prefix=True),
    "addsuffix": lambda arguments: _affix(arguments, is_prefix=False),
    "notdir": lambda arguments: " ".join(word.rpartition("/")[2] for word in arguments[0].split()),
    "sort": lambda arguments: " ".join(sorted(set(arguments[0].split()))),
    "strip": lambda arguments: " ".join(arguments[0].split()),
    "subst": lambda arguments: (
        arguments[2].replace(arguments[0], arguments[1]) if len(arguments) == 3 and arguments[0] else ""
    ),
}
