"""The evidence pack: everything one analysis says, in one file that somebody else can check against the repository."""

from __future__ import annotations

from rustplan.pack.container import Pack, read_pack
from rustplan.pack.verify import Difference, Verification, verify_pack
from rustplan.pack.write import make_pack

__all__ = ["Difference", "Pack", "Verification", "make_pack", "read_pack", "verify_pack"]
