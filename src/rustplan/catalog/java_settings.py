"""Flags of the Java virtual machine and what they say: `catalog/java_settings.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from rustplan.catalog.anchors import Sourced
from rustplan.catalog.reading import load_catalogue


class FlagRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One flag without `-XX:`, `-X` or `-D`; a switch keeps its sign. `up_to` bounds a numeric value. `weight` is 1 to 3."""

    flag: str
    weight: int
    says: str
    up_to: int | None = None


class CopiedRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Flags that stand together in a file which a product ships."""

    product: str
    needs: tuple[str, ...]


class Flags(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Flags of the collector, the most telling value first."""

    rows: tuple[FlagRow, ...]


class Copied(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Defaults of products that are copied whole."""

    rows: tuple[CopiedRow, ...]


class SmallTarget(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as small: MiB of heap and of a container, and the processors below which the Serial collector is picked."""

    heap_mib: int
    container_mib: int
    serial_below_cpus: int


class JavaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every fact about settings of the virtual machine; `version` changes with any of them."""

    version: str
    flags: Flags
    copied: Copied
    small: SmallTarget


@lru_cache(maxsize=1)
def load_java_settings() -> JavaSettings:
    """Return the shipped settings. Raises CatalogError when they are missing or malformed."""
    return load_catalogue("java_settings.yaml", JavaSettings)
