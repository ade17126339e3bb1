"""Counting and listing in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.model.roadmap import Boundary


def count(number: float, noun: str) -> str:
    """Return `1 line`, `12,400 lines`, `3 entries`."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,.0f} {plural}"


def name_list(names: Sequence[str], *, most: int = 5) -> str:
    """Join names the way a sentence does; beyond `most` the rest is counted: `a, b and 4 more`."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    if len(shown) <= 1:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def door(boundary: Boundary) -> str:
    """Name what carries the crossings, for a sentence: `the C ABI`."""
    return {
        "c-abi": "the C ABI",
        "cxx": "a cxx bridge",
        "jni": "JNI",
        "ffm": "a foreign-function interface",
        "process": "a process of its own",
        "wasm": "WebAssembly",
        "pyo3": "a PyO3 module",
        "napi": "a napi-rs module",
        "kernel-crate": "a kernel crate",
        "no-std": "a no_std library",
        "resident-loop": "a resident Rust loop",
    }.get(boundary.mechanism, "an interface of its own")
