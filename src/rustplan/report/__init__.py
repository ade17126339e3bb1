"""Every view of an Analysis. A format is a pure function; none of them reads the source again or changes an exit code."""

from __future__ import annotations

from rustplan.report.formats import FORMATS, Document, OutputFormat, infer_format, render
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
    "analysis_json_schema",
    "canonical",
    "decode_analysis",
    "encode_analysis",
    "encode_canonical",
    "infer_format",
    "load_analysis",
    "render",
]
