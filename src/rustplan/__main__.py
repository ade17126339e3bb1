"""`python -m rustplan`, which Python starts with the current folder first on its path: a scanned repository must not supply modules."""

from __future__ import annotations

import os
import sys


def _run() -> int:
    here = os.path.realpath(os.getcwd())
    own = os.path.realpath(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if own != here:
        sys.path[:] = [folder for folder in sys.path if os.path.realpath(folder or ".") != here]
    from rustplan.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(_run())
