"""The grammar of CMake list files: commands with arguments, read into values without evaluating anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rustplan.discover.manifests.draft import NotUnderstood

MAX_COMMANDS = 50_000

_TOKEN = re.compile(
    r"""(?sx)
    (?P<space>[\s]+)
    | (?P<comment>\#(?!\[=*\[)[^\n]*)
    | (?P<bracket>\#?\[(?P<equals>=*)\[)
    | (?P<quoted>"(?P<text>(?:[^"\\]|\\.)*)")
    | (?P<open>\()
    | (?P<close>\))
    | (?P<word>(?:[^\s()"\#\\]|\\.)(?:[^\s()\#"\\]|\\.|"(?:[^"\\\n]|\\.)*")*)
    """
)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as written; a quoted one is never split at semicolons, a bracket one is never expanded."""

    text: str
    is_quoted: bool = False
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """`name(arguments)`; the name in lower case."""

    name: str
    arguments: tuple[Argument, ...]


def parse(text: str) -> tuple[Command, ...]:
    """Return the commands of a list file. Raises NotUnderstood."""
    commands: list[Command] = []
    at, name, depth = 0, "", 0
    arguments: list[Argument] = []
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotUnderstood(f"line {text.count(chr(10), 0, at) + 1}: not a CMake command")
        at = match.end()
        kind = match.lastgroup
        if kind == "bracket":
            end = text.find(f"]{match.group('equals')}]", at)
            if end < 0:
                raise NotUnderstood("a bracket argument is not closed")
            if depth and not match.group().startswith("#"):
                arguments.append(Argument(text[at:end], is_quoted=True, is_literal=True))
            at = end + len(match.group("equals")) + 2
        elif kind == "open":
            if depth:
                arguments.append(Argument("("))
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth > 0:
                arguments.append(Argument(")"))
            elif depth == 0 and name:
                commands.append(Command(name, tuple(arguments)))
                name, arguments = "", []
            else:
                raise NotUnderstood("a closing parenthesis without a command")
        elif kind == "quoted" and depth:
            arguments.append(Argument(re.sub(r"\\\n", "", match.group("text")), is_quoted=True))
        elif kind == "word" and depth:
            arguments.append(Argument(match.group()))
        elif kind == "word":
            name = match.group().lower()
        if len(commands) > MAX_COMMANDS:
            raise NotUnderstood(f"more than {MAX_COMMANDS} commands")
    if depth:
        raise NotUnderstood("a command is not closed")
    return tuple(commands)
