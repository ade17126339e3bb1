"""Which files belong together, who needs whom, and what can only move together."""

from rustplan.components.find import find_components

__all__ = ["find_components"]
