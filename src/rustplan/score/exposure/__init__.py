"""From where data enters to where memory is at risk: sources, distances in calls, ways, roles and the Rule of 2. It explains and scores nothing."""

from __future__ import annotations

from rustplan.score.exposure.build import find_exposures
from rustplan.score.exposure.call_graph import FunctionGraph, build_function_graph
from rustplan.score.exposure.distances import Nearness, measure_nearness
from rustplan.score.exposure.sources import find_sources

__all__ = [
    "FunctionGraph",
    "Nearness",
    "build_function_graph",
    "find_exposures",
    "find_sources",
    "measure_nearness",
]
