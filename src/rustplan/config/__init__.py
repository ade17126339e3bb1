"""rustplan.yml, RUSTPLAN_* variables and flags become one frozen Settings value; every mistake is told at once."""

from __future__ import annotations

from rustplan.config.layers import Flag
from rustplan.config.load import load_settings, read_component_map
from rustplan.config.schema import config_json_schema
from rustplan.config.settings import DEFAULT_ORIGIN, Settings

__all__ = ["DEFAULT_ORIGIN", "Flag", "Settings", "config_json_schema", "load_settings", "read_component_map"]
