"""A small tree to charge profiles to, and recordings as `jfr print --json` writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from language_facts import facts
from rustplan.evidence import read_evidence
from rustplan.model.evidence import Evidence
from rustplan.model.options import EvidenceOptions
from rustplan.model.profile import MeasuredMethod, Profile
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role

SHOP = """package shop;
import java.util.*;
import java.util.function.Supplier;
public class Till {
    static final Map<String, byte[]> TABLE = new HashMap<>();
    byte[] paper = new byte[80];
    enum Coin { ONE { int worth() { return 1; } }; abstract int worth(); }
    interface Printer { void print(String text); }
    static class Drawer { int count; int take() { return count--; } }
    void ring(String item) { log(item + "!"); }
    void log(String text) { TABLE.put(text, text.getBytes()); }
    Supplier<String> later(int n) {
        return () -> {
            return "item " + n;
        };
    }
    Printer printer() {
        return new Printer() {
            public void print(String text) { log(text); }
        };
    }
    Comparator<String> order() {
        return new Comparator<>() {
            public int compare(String a, String b) { return a.length() - b.length(); }
        };
    }
}
"""
ENGINE = """namespace shop { class Engine { public: Engine(); int run(int n); bool operator<(const Engine& o) const; }; }
shop::Engine::Engine() {}
int shop::Engine::run(int n) { return n; }
bool shop::Engine::operator<(const Engine& o) const { return this < &o; }
namespace { int hidden(int n) { return n; } }
"""
INFLATE = "static int window(int n) { return n; }\nint inflate(int n) { return window(n); }\n"


def tree() -> TreeScan:
    return TreeScan(
        files=(
            file("src/engine.cpp", Language.CPP, ENGINE),
            file("src/inflate.c", Language.C, INFLATE),
            file("src/shop/Till.java", Language.JAVA, SHOP),
        )
    )


def file(path: str, language: Language, text: str, role: Role = Role.SOURCE) -> FileScan:
    return FileScan(path=path, role=role, sha256="", facts=facts(language, text))


def evidence_of(*paths: Path, scan: TreeScan | None = None, budget_ms: float = 5.0) -> Evidence:
    return read_evidence(paths, tree() if scan is None else scan, EvidenceOptions(pause_budget_ms=budget_ms))


def only_profile(path: Path, scan: TreeScan | None = None) -> Profile:
    (profile,) = evidence_of(path, scan=scan).profiles
    return profile


def values(profile: Profile) -> dict[str, float]:
    return {method.name: method.value for method in profile.methods}


def method(profile: Profile, name: str) -> MeasuredMethod:
    return next(one for one in profile.methods if one.name == name)


def event(kind: str, frames: Sequence[tuple[str, str, int]] = (), **values: object) -> dict[str, object]:
    """An event with a stack of (class with slashes, method, line), innermost first; class names as values become classes."""
    stack = [
        {
            "method": {"type": {"name": owner}, "name": name, "descriptor": "()V"},
            "lineNumber": line,
            "type": "JIT compiled",
        }
        for owner, name, line in frames
    ]
    return {"type": f"jdk.{kind}", "values": {"stackTrace": {"truncated": False, "frames": stack}, **values}}


def sample(weight: object, *frames: tuple[str, str, int], allocated: str = "[B") -> dict[str, object]:
    return event("ObjectAllocationSample", frames, weight=weight, objectClass={"name": allocated})


def recording(*events: dict[str, object], indent: int | None = 1) -> str:
    return json.dumps({"recording": {"events": list(events)}}, indent=indent)


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
