"""Where files are read: in processes of this machine, or wherever an executor takes them. The results are the same."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from rustplan.model.source import SourceFile
from rustplan.scan.pool import Failure, run_batches
from rustplan.scan.read import Place

Task = TypeVar("Task")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[Task]):
    """Tasks of one kind, in batches, and what they need.

    `start` is importable by its module and name; `start(setup_at(place))` is called once a worker and makes the function that turns a
    task into bytes. `place` is where that worker reads the tree: `root`, or what was brought to it. Tasks may ask for every file of
    `shared`, and each for its own file besides; `seconds` bounds one task.
    """

    start: Callable[[Any], Callable[[Task], bytes]]
    setup_at: Callable[[Place], object]
    batches: Sequence[Sequence[Task]]
    root: Path
    shared: Sequence[SourceFile]
    own: Callable[[Task], SourceFile | None]
    seconds: float


class Executor(Protocol):
    """Runs the tasks of an order."""

    @property
    def jobs(self) -> int:
        """How many tasks run at a time, at least 1."""

    def run(self, order: Order[Task]) -> Generator[tuple[Task, bytes | Failure], None, None]:
        """Yield every task once with its bytes or the reason why there are none, in no fixed order. Close it to end the work at once."""


class LocalPool:
    """Processes of this machine, which read the tree themselves."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(self, order: Order[Task]) -> Generator[tuple[Task, bytes | Failure], None, None]:
        """Run the order in as many processes as there are jobs."""
        setup = order.setup_at(order.root.absolute())
        return run_batches(order.start, setup, order.batches, jobs=self.jobs, seconds=order.seconds)
