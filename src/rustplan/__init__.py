"""rustplan ranks C, C++ and Java components for incremental Rust rewrites."""

__version__ = "0.1.0"
