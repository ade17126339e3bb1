"""What lies in a repository: files with language and role, build targets, and everything that is not read, with the reason."""

from __future__ import annotations

from rustplan.discover.git import find_repository
from rustplan.discover.tree import discover_tree

__all__ = ["discover_tree", "find_repository"]
