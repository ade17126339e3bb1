"""Reads every source file once: facts and findings of each, or the reason why it was not read."""

from rustplan.scan.accept import accept
from rustplan.scan.cache import Cache
from rustplan.scan.excerpts import read_excerpts
from rustplan.scan.file import scan_bytes
from rustplan.scan.tree import Survey, scan_tree, survey

__all__ = ["Cache", "Survey", "accept", "read_excerpts", "scan_bytes", "scan_tree", "survey"]
