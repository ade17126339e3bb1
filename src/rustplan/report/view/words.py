"""The words for every value a reader meets: glyph and word together, so that nothing is told by colour alone."""

from __future__ import annotations

from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.finding import Confidence, Kind, RustEffect, Severity, Track
from rustplan.model.roadmap import Option
from rustplan.model.source import DegradeReason, Role, SkipReason
from rustplan.report.escape import clip, visible

BLANK = "OWNER TO COMPLETE"

BANDS = ("low", "moderate", "high", "severe")

SEVERITY_GLYPHS = {Severity.CRITICAL: "◆", Severity.HIGH: "▲", Severity.MEDIUM: "●", Severity.LOW: "○"}

SURFACE, SURFACE_GLYPH = "surface", "·"
"""How an exposure is marked: quietly, with its weight."""

STATE_GLYPHS = {"provided": "●", "draft": "▲", "human": "○"}
STATE_WORDS = {"provided": "provided", "draft": "draft, confirm", "human": "needs a human"}

TRACK_WORDS = {Track.MEMORY_SAFETY: "memory safety", Track.LATENCY: "latency"}

OPTION_WORDS = {
    Option.REWRITE: "Rewrite",
    Option.WRAP: "Wrap",
    Option.HARDEN: "Harden",
    Option.REPLACE: "Replace",
    Option.RETAIN: "Retain",
}

OPTION_VERBS = {
    Option.REWRITE: "rewrites",
    Option.WRAP: "wraps",
    Option.HARDEN: "hardens",
    Option.REPLACE: "replaces",
    Option.RETAIN: "retains",
}

OPTION_MEANINGS = {
    Option.REWRITE: "in Rust, behind the same boundary",
    Option.WRAP: "a memory-safe intermediary on the public interface",
    Option.HARDEN: "compiler flags, hardened libraries, sanitizers, fuzzing",
    Option.REPLACE: "an existing, maintained library",
    Option.RETAIN: "leave as it is, with its residual risk said aloud",
}

KIND_MEANINGS = {
    Kind.DEFECT: "likely a bug now",
    Kind.EXPOSURE: "unsafe surface or collector pressure",
    Kind.OBSTACLE: "makes a port harder",
    Kind.SEAM: "a place to cut",
    Kind.SIGNAL: "evidence about context",
}

EFFECT_WORDS = {effect: effect.words for effect in RustEffect}

CONFIDENCE_ORDER = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)

ROLE_WORDS = {
    Role.SOURCE: "source",
    Role.TEST: "test",
    Role.EXAMPLE: "example",
    Role.VENDORED: "vendored",
    Role.GENERATED: "generated",
    Role.BUILD_OUTPUT: "build output",
}

EDGE_WORDS = {
    EdgeKind.CALL: "calls",
    EdgeKind.INCLUDE: "includes",
    EdgeKind.IMPORT: "imports",
    EdgeKind.TYPE: "types",
    EdgeKind.GLOBAL: "globals",
    EdgeKind.JNI: "JNI",
    EdgeKind.IMPLEMENTS: "implements",
}

UNRESOLVED_WORDS = {
    UnresolvedKind.SYSTEM: "system",
    UnresolvedKind.THIRD_PARTY: "third party",
    UnresolvedKind.GENERATED: "generated while building",
    UnresolvedKind.COMPUTED: "computed by a macro",
    UnresolvedKind.UNKNOWN: "unknown",
}

MECHANISM_WORDS = {
    "c-abi": "C ABI",
    "cxx": "cxx bridge",
    "jni": "JNI",
    "ffm": "Foreign Function and Memory API",
    "wasm": "WebAssembly",
    "pyo3": "PyO3 module for Python",
    "napi": "napi-rs module for Node.js",
    "kernel-crate": "Rust crate in the kernel",
    "no-std": "no_std library behind the C ABI",
    "resident-loop": "resident Rust loop",
    "process": "separate process",
    "none": "no boundary",
}

_REASONS: dict[SkipReason | DegradeReason, str] = {
    SkipReason.TOO_LARGE: "too large",
    SkipReason.BINARY: "binary",
    SkipReason.SYMLINK_OUTSIDE_ROOT: "link that leaves the folder",
    SkipReason.SYMLINK_LOOP: "link that leads to itself",
    SkipReason.SYMLINK_BROKEN: "broken link",
    SkipReason.UNREADABLE: "cannot be read",
    SkipReason.NOT_A_REGULAR_FILE: "not a regular file",
    SkipReason.TOO_DEEP: "nested too deep",
    SkipReason.TIMED_OUT: "took too long",
    SkipReason.CRASHED: "made the parser crash",
    SkipReason.SUBMODULE_MISSING: "submodule not checked out",
    DegradeReason.NOT_UTF8: "not UTF-8",
    DegradeReason.PARSE_ERRORS: "not fully understood by the parser",
    DegradeReason.NESTED_TOO_DEEP: "nested too deep",
    DegradeReason.CONDITIONAL_ARM_NOT_READ: "a conditional arm was not read",
    DegradeReason.FINDINGS_CAPPED: "more findings than are kept",
    DegradeReason.ANALYSIS_CUT_SHORT: "functions that the defect engine did not follow to their end",
    DegradeReason.MANIFEST_NOT_UNDERSTOOD: "build file not understood",
}


def reason_words(reason: SkipReason | DegradeReason) -> str:
    """Say why a file was not read, or read in part only."""
    return _REASONS[reason]


def named(value: str) -> str:
    """Turn an identifier of the vocabulary into words: struct-pointer -> struct pointer."""
    return clip(visible(value.replace("-", " ").replace("_", " ")))


def sentence(words: str) -> str:
    """Return words with a capital at the start."""
    return words[:1].upper() + words[1:]


def band_of(risk: float, edges: tuple[float, float, float]) -> str:
    """Return the band of a risk (0-100) between fixed edges: low, moderate, high or severe."""
    return BANDS[sum(1 for edge in edges if risk >= edge)]
