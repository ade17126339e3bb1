"""The boundary under X-ray: what is special in every crossing, and which binding tool carries it."""

from __future__ import annotations

from rustplan.plan.xray.build import with_xrays

__all__ = ["with_xrays"]
