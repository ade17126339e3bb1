"""What remembers from run to run what was found out, under everything that it was found out from; a run without one forgets."""

from __future__ import annotations

from typing import Protocol, TypeVar

Value = TypeVar("Value")


class Memory(Protocol):
    """Values by a name and all that they depend on: what fits is what finding out again would give."""

    def value(self, kind: type[Value], name: str, *parts: bytes | str) -> Value | None:
        """The value that was kept, None when there is none."""

    def keep_value(self, value: object, name: str, *parts: bytes | str) -> None:
        """Keep a value; one that cannot be written down is not kept."""
