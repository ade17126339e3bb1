"""Parts of qualified Java names."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=200_000)
def plain_name(qualified_name: str) -> str:
    """Return the method part of `pkg.Outer$Inner.name`."""
    return qualified_name.rpartition(".")[2]


@lru_cache(maxsize=200_000)
def class_of(qualified_name: str) -> str:
    """Return the binary class name of `pkg.Outer$Inner.name`."""
    return qualified_name.rpartition(".")[0]


@lru_cache(maxsize=200_000)
def simple_name(name: str) -> str:
    """Return the last identifier of a type as written or in binary form: `a.b.Outer$Inner<T>` -> `Inner`."""
    return name.partition("<")[0].rpartition(".")[2].rpartition("$")[2].strip().lstrip("~")


def outermost(class_name: str) -> str:
    """Return the class of which a source file is made: `pkg.Outer` of `pkg.Outer$Inner$1`."""
    return class_name.partition("$")[0]
