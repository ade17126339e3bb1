"""Section 6, last part: other people's code that is kept here. It has an option and no score, so no ranking names it."""

from __future__ import annotations

from rustplan.model.roadmap import Step
from rustplan.report.escape import clip, visible
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import whole
from rustplan.report.view.shapes import View
from rustplan.report.view.words import OPTION_WORDS

TEXT = 400


class VendoredRow(View, frozen=True, kw_only=True):
    """One vendored component and what to do with it."""

    name: str
    lines: str
    option: str
    because: str
    first_action: str
    wave: str


def build_vendored(index: PageIndex) -> tuple[VendoredRow, ...]:
    """Return the steps that carry no score, by name."""
    return tuple(
        _row(index, step) for step in sorted(index.vendored, key=lambda step: (step.component, step.track.value))
    )


def _row(index: PageIndex, step: Step) -> VendoredRow:
    component = index.components.get(step.component)
    return VendoredRow(
        name=shown(step.component),
        lines=whole(component.vendored_sloc or component.sloc) if component else "–",
        option=OPTION_WORDS[step.choice.option],
        because=clip(visible(step.choice.because), TEXT),
        first_action=clip(visible(step.first_actions[0]), TEXT) if step.first_actions else "–",
        wave=str(step.wave) if step.wave is not None else "–",
    )
