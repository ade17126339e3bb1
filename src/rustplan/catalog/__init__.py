"""Dated facts as typed values: one module per catalogue, each row with its source and the day it was checked."""

from __future__ import annotations

from rustplan.catalog.anchors import (
    Anchors,
    DensityAnchors,
    EntryPoints,
    FeasibilityAnchors,
    FileAnchors,
    ReachAnchors,
    Scale,
    SeverityPoints,
    SignalAnchor,
    SignalAnchors,
    load_anchors,
)
from rustplan.catalog.cwe import MappingUsage, Weakness, cwe_version, load_weaknesses
from rustplan.catalog.effort import EffortModel, LinearDriver, OptionCost, OptionThresholds, RuleDriver, load_effort
from rustplan.catalog.guidance import Guidance, load_guidance
from rustplan.catalog.reading import catalog_digest

__all__ = [
    "Anchors",
    "DensityAnchors",
    "EffortModel",
    "EntryPoints",
    "FeasibilityAnchors",
    "FileAnchors",
    "Guidance",
    "LinearDriver",
    "MappingUsage",
    "OptionCost",
    "OptionThresholds",
    "ReachAnchors",
    "RuleDriver",
    "Scale",
    "SeverityPoints",
    "SignalAnchor",
    "SignalAnchors",
    "Weakness",
    "catalog_digest",
    "cwe_version",
    "load_anchors",
    "load_effort",
    "load_guidance",
    "load_weaknesses",
]
