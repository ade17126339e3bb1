"""`python -m rustplan`."""

from __future__ import annotations

import sys

from rustplan.cli import main

if __name__ == "__main__":
    sys.exit(main())
