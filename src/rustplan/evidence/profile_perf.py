"""Reads the text of `perf script`: processor samples with their stacks, innermost frame first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rustplan.evidence.profile_charge import Charges, Frames
from rustplan.evidence.profile_input import Lines

MOST_FRAMES = 5_000
_LONGEST_HEAD = 2_000

_HEAD = re.compile(
    r" {0,40}(?P<command>\S[^:]{0,100}?) {1,20}-?\d{1,10}(?:/-?\d{1,10})? {1,20}(?:\[\d{1,5}\] {1,20})?(?P<time>\d{1,12}\.\d{1,9}): {1,20}"
    r"(?:(?P<period>\d{1,18}) {1,20})?(?P<event>[^\s:][^\s]{0,200}?):(?P<rest> .*|)"
)
_FRAME = re.compile(r"\s*[0-9a-f]{1,16} (?P<symbol>.+)")
UNKNOWN = "[unknown]"


def is_head(line: str) -> bool:
    """True for the first line of a sample."""
    return _HEAD.fullmatch(line[:_LONGEST_HEAD]) is not None


def is_frame(line: str) -> bool:
    """True for a line of a stack."""
    return line[:1] in (" ", "\t") and _FRAME.fullmatch(line[:_LONGEST_HEAD]) is not None


class PerfScript:
    """The charges of a perf script. Only samples of its first event are counted: different events do not add up."""

    def __init__(self, frames: Frames) -> None:
        self.charges = Charges()
        self.event = ""
        self.other_events = 0
        self.first: float | None = None
        self.last = 0.0
        self._frames = frames
        self._stack: list[str] | None = None

    def read(self, lines: Lines) -> None:
        """Charge every sample."""
        for line in lines:
            if not line.strip():
                self._finish()
            elif found := _HEAD.fullmatch(line[:_LONGEST_HEAD]):
                self._finish()
                self._begin(found)
            elif self._stack is not None and len(self._stack) < MOST_FRAMES:
                self._stack.extend(_symbols(line))
        self._finish()

    def _begin(self, found: re.Match[str]) -> None:
        self.event = self.event or found["event"]
        if found["event"] != self.event:
            self.other_events += 1
            return
        moment = float(found["time"])
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = max(self.last, moment)
        self._stack = list(_symbols(found["rest"]))

    def _finish(self) -> None:
        if self._stack is not None:
            text = self._frames.text
            self.charges.add((text(symbol) for symbol in self._stack), 1)
        self._stack = None

    @property
    def seconds(self) -> float | None:
        """Time from the first sample to the last."""
        return None if self.first is None else round(self.last - self.first, 3)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not counted."""
        told = f"only samples of {self.event} are counted; {self.other_events} of other events were left out"
        return (told,) if self.other_events else ()


def _symbols(line: str) -> Iterator[str]:
    """The symbol of a frame `address symbol+offset (object)`."""
    found = _FRAME.fullmatch(line)
    if found is None:
        return
    symbol, space, place = found["symbol"].rpartition(" (")
    yield symbol if space and place.endswith(")") else found["symbol"]
