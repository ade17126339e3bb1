"""Takes the events out of a JFR recording in JSON one by one: the document may be larger than memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from rustplan.errors import InputError

LONGEST_EVENT = 8 * 1024 * 1024
"""Characters of one event. A stack of 2,048 frames, the most a recording can hold, takes a third of it."""

LONGEST_HEAD = 64 * 1024
"""Characters in which the list of events has to begin."""

_CHUNK = 1024 * 1024
_EVENTS = re.compile(r'"events"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_CUT_MARGIN = 16
"""A value cut off by the end of the text is complained of at most this many characters before it (`\\u12`, `tru`)."""


class EventStream:
    """The events of `{"recording": {"events": [...]}}` in their order. `problem` says why reading ended early, "" when it did not."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._text = ""
        self._at = 0
        self._is_at_end = False
        self.problem = ""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._find_list()
        while True:
            self._at = _end_of(_BETWEEN, self._text, self._at)
            if self._at == len(self._text):
                if not self._more():
                    self.problem = "the file ends in the middle of the list of events"
                    return
                continue
            if self._text[self._at] == "]":
                return
            event = self._next()
            if self.problem:
                return
            if isinstance(event, dict):
                yield event

    def _find_list(self) -> None:
        while (found := _EVENTS.search(self._text)) is None:
            if len(self._text) > LONGEST_HEAD or not self._more():
                raise InputError(
                    'the JSON holds no list "events"', hint="make it with: jfr print --json --stack-depth 64 FILE.jfr"
                )
        self._at = found.end()

    def _next(self) -> object:
        """The value at the current place; None with `problem` set when there is none."""
        while True:
            try:
                value, self._at = _value_at(self._text, self._at)
                return value
            except RecursionError:
                self.problem = "an event is nested too deep"
                return None
            except json.JSONDecodeError as error:
                is_cut = error.pos >= len(self._text) - _CUT_MARGIN or error.msg.startswith("Unterminated string")
                if not is_cut:
                    self.problem = f"an event is no JSON ({error.msg})"
                    return None
            if len(self._text) - self._at > LONGEST_EVENT:
                self.problem = f"an event is longer than {LONGEST_EVENT} characters"
                return None
            if not self._more():
                self.problem = "the file ends in the middle of an event"
                return None

    def _more(self) -> bool:
        """Read on: at least as much again as is waiting, so that one large event is not tried too often."""
        if self._is_at_end:
            return False
        waiting = self._text[self._at :]
        data = self._file.read(max(_CHUNK, len(waiting)))
        self._is_at_end = not data
        self._text = waiting + self._decode(data, self._is_at_end)
        self._at = 0
        return not self._is_at_end


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _whole_number(text: str) -> int | float:
    return int(text) if len(text) < 25 else float("inf")


_PLAIN = json.JSONDecoder()
_PATIENT = json.JSONDecoder(parse_int=_whole_number)


def _value_at(text: str, start: int) -> tuple[object, int]:
    """Decode the value at `start`. The plain decoder is the fast one; it refuses whole numbers of thousands of digits."""
    try:
        return _PLAIN.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _PATIENT.raw_decode(text, start)
