"""CUDA C++ for rustplan: files that end in .cu read as C++, rules for device memory, and a list of tickets."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from rustplan.model.analysis import Analysis
from rustplan.model.source import Language
from rustplan.report import OutputFormat

_OWN_WORDS = re.compile(rb"__(?:global|device|host|shared|constant|managed|forceinline)__\b|<<<[^;{}<>]{0,400}>>>")


class Cuda:
    """What CUDA adds to C++ is blanked: qualifiers, and the launch configuration of a kernel call."""

    suffixes = (".cu", ".cuh")
    reads_as = Language.CPP

    def prepare(self, data: bytes) -> bytes:
        """Blank the words of CUDA, byte for byte, so that every line and column stays where it is."""
        return _OWN_WORDS.sub(lambda found: re.sub(rb"[^\n]", b" ", found.group()), data)


def rules() -> Path:
    """The folder of rules and of models of functions."""
    return Path(__file__).parent / "rules"


def render_tickets(analysis: Analysis) -> str:
    """One line for each step of the roadmap, for the import of an issue tracker."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(["summary", "wave", "effort_p50_pm"])
    for step in analysis.roadmap.steps:
        writer.writerow([f"{step.choice.option.value}: {step.component}", step.wave, step.effort.p50])
    return held.getvalue()


TICKETS = OutputFormat(
    name="tickets", about="one line a step, for an issue tracker", draws="rustplan_cuda:render_tickets"
)
