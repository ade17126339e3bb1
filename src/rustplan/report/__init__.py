"""Every view of an Analysis. A format is a pure function; none of them reads the source again or changes an exit code.

The names are imported when they are first used: the terminal alone, which every command needs, must not bring the model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rustplan.report.formats import FORMATS, Document, OutputFormat, all_formats, infer_format, render
    from rustplan.report.json_format import (
        analysis_json_schema,
        canonical,
        decode_analysis,
        encode_analysis,
        encode_canonical,
        load_analysis,
    )

__all__ = [
    "FORMATS",
    "Document",
    "OutputFormat",
    "all_formats",
    "analysis_json_schema",
    "canonical",
    "decode_analysis",
    "encode_analysis",
    "encode_canonical",
    "infer_format",
    "load_analysis",
    "render",
]

_OF_FORMATS = frozenset({"FORMATS", "Document", "OutputFormat", "all_formats", "infer_format", "render"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'rustplan.report' has no attribute {name!r}")
    home = "rustplan.report.formats" if name in _OF_FORMATS else "rustplan.report.json_format"
    return getattr(import_module(home), name)
