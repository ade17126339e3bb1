"""Colours of the charts. Attributes carry the light hex values, so that a chart is readable without style sheets; classes override them."""

from __future__ import annotations

FOREGROUND = "#1b1f24"
DIM = "#57606a"
GRID = "#d8dee4"
PAGE = "#ffffff"
PANEL = "#f6f8fa"
ACCENT = "#9a3412"
PALE = "#e9b893"

BAND_FILL = {"low": "#f1f5f9", "moderate": "#f0bd62", "high": "#cf7227", "severe": "#7a1d0f"}
BAND_TEXT = {"low": "#1b1f24", "moderate": "#1b1f24", "high": "#1b1f24", "severe": "#ffffff"}
BAND_FILL_DARK = {"low": "#1d2833", "moderate": "#73500f", "high": "#c9802f", "severe": "#ffc7b3"}
BAND_TEXT_DARK = {"low": "#e6edf3", "moderate": "#ffffff", "high": "#0b0e12", "severe": "#0b0e12"}

PARTS = ("#1f4e79", "#b45f1c", "#4b6b2c", "#7a3b69", "#8a6d00", "#2f6f73", "#8c3a3a", "#5b5f97")
"""Fills of the parts of a score, in the order of its factors; white text reaches 4.5:1 on each."""
