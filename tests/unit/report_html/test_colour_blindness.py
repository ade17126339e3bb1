"""The four shades of risk stay apart for readers who see two of the three primary colours only, in light and in dark."""

from __future__ import annotations

import itertools

import pytest

from rustplan.report.svg.palette import BAND_FILL, BAND_FILL_DARK

# Linear-light matrices of a full dichromacy: Viénot, Brettel and Mollon 1999 for red and green, a projection of the same kind for blue.
SIMULATED = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "tritanopia": ((1.0, 0.14461, -0.14461), (0.0, 0.85924, 0.14076), (0.0, 0.85924, 0.14076)),
}


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def luminance(seen: tuple[float, ...]) -> float:
    red, green, blue = (min(1.0, max(0.0, part)) for part in seen)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("fills", [BAND_FILL, BAND_FILL_DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", SIMULATED)
def test_neighbouring_shades_of_risk_differ_by_lightness(kind: str, fills: dict[str, str]) -> None:
    shades = [
        luminance(
            tuple(
                sum(weight * part for weight, part in zip(row, linear(colour), strict=True)) for row in SIMULATED[kind]
            )
        )
        for colour in fills.values()
    ]
    assert len(shades) == 4
    assert shades == sorted(shades) or shades == sorted(shades, reverse=True)
    for one, other in itertools.pairwise(sorted(shades)):
        assert (other + 0.05) / (one + 0.05) >= 1.4
