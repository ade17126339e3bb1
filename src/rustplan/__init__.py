"""rustplan ranks C, C++ and Java components for incremental Rust rewrites.

The public interface: `analyze(root, settings)` reads a folder, `render(analysis, format, options)` draws a view of it. Both are imported when they are
first used, because they bring the parsers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rustplan.api import analyze
    from rustplan.config import Settings
    from rustplan.model.analysis import Analysis
    from rustplan.report import render

__version__ = "0.1.0"
__all__ = ["Analysis", "Settings", "__version__", "analyze", "render"]

_HOMES = {
    "Analysis": "rustplan.model.analysis",
    "Settings": "rustplan.config",
    "analyze": "rustplan.api",
    "render": "rustplan.report",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'rustplan' has no attribute {name!r}")
