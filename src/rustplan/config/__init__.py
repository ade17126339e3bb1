"""rustplan.yml, RUSTPLAN_* variables and flags become one frozen Settings value; every mistake is told at once."""

from __future__ import annotations

from rustplan.config.as_of import AsOf, as_of
from rustplan.config.layers import Flag
from rustplan.config.load import NAMES, folders_upward, load_settings, read_component_map
from rustplan.config.schema import config_json_schema
from rustplan.config.settings import DEFAULT_ORIGIN, Settings

__all__ = [
    "DEFAULT_ORIGIN",
    "NAMES",
    "AsOf",
    "Flag",
    "Settings",
    "as_of",
    "config_json_schema",
    "folders_upward",
    "load_settings",
    "read_component_map",
]
