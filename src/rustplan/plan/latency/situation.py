"""What surrounds a candidate: the JDK, how native code is shipped, who may have written the code, and whether pauses must go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rustplan.model.code_graph import CodeGraph, EdgeKind
from rustplan.model.component import ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.facts import NativeLinkKind
from rustplan.model.pauses import PauseGroup, PauseKind
from rustplan.model.profile import ProfileKind
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role

_BY_ALLOCATION = (PauseKind.YOUNG, PauseKind.STALL, PauseKind.PACING, PauseKind.DEGENERATED)
_WASM_HOSTS = (
    "com.dylibso.chicory",
    "io.github.kawamuraryo.wasmtime",
    "ai.tegmentum.wasmtime4j",
    "org.graalvm.polyglot",
)
_PLUGIN_LOADERS = frozenset({"defineClass", "defineHiddenClass"})
_PLUGIN_TYPES = frozenset({"URLClassLoader", "ScriptEngineManager", "SecurityManager", "ModuleLayer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of the whole tree. `jdk` is the feature release in production, None for unknown."""

    jdk: int | None = None
    native_because: str = ""
    """Why shipping a native library is settled here already; "" when nothing says so."""
    wasm_because: str = ""
    """Why a WebAssembly host is at hand; "" when nothing says so."""
    foreign_code: Mapping[str, str] | None = None
    """Component -> why code of strangers runs in it."""
    messaging: Mapping[str, str] | None = None
    """Component -> the place that uses a low-latency messaging library."""
    pause_verdict: str = ""
    """within, flag, code or unknown; "" without a log."""
    pause_words: str = ""
    relevance: float = 1.0
    """Share (0-1) of the stops over the budget that allocation causes; 1 without a log."""
    relevance_because: str = "no log of the collector was given"
    has_allocation_profile: bool = False


def look_around(
    scan: TreeScan, components: ComponentGraph, graph: CodeGraph, evidence: Evidence, jdk: int | None
) -> Situation:
    """Collect the situation from facts, findings and logs."""
    owner = {path: component.name for component in components.components for path in component.files}
    java = [file for file in scan.files if file.facts.language is Language.JAVA and file.role is Role.SOURCE]
    relevance, because = _relevance(evidence)
    verdict = evidence.pauses.verdict if evidence.pauses is not None else ""
    words = evidence.pauses.advice[0].advice if evidence.pauses is not None and evidence.pauses.advice else ""
    return Situation(
        jdk=jdk,
        native_because=_native(java, graph),
        wasm_because=_first_import(java, _WASM_HOSTS),
        foreign_code=_foreign_code(java, owner),
        messaging=_messaging(java, owner),
        pause_verdict=verdict,
        pause_words=words,
        relevance=relevance,
        relevance_because=because,
        has_allocation_profile=any(one.kind is ProfileKind.ALLOCATION for one in evidence.profiles),
    )


def _native(java: list[FileScan], graph: CodeGraph) -> str:
    """The first sign that native code is loaded already, in the order of what it proves."""
    edge = next((edge for edge in graph.edges if edge.kind is EdgeKind.JNI), None)
    if edge is not None:
        return f"{edge.dependent}:{edge.line} calls native code of this repository"
    for file in java:
        for link in file.facts.native_links:
            if link.kind is NativeLinkKind.LIBRARY:
                return f"{file.path}:{link.line} loads {link.name}"
    for file in java:
        for finding in file.findings:
            if finding.rule == "native-store-dependency":
                return f"{finding.path}:{finding.line} uses a library with native code"
    return ""


def _first_import(java: list[FileScan], prefixes: tuple[str, ...]) -> str:
    for file in java:
        for imported in file.facts.imports:
            if imported.name.startswith(prefixes):
                return f"{file.path}:{imported.line} imports {imported.name}"
    return ""


def _foreign_code(java: list[FileScan], owner: Mapping[str, str]) -> dict[str, str]:
    """Components that load classes or scripts at run time."""
    found: dict[str, str] = {}
    for file in java:
        for call in file.facts.calls:
            is_loader = call.callee in _PLUGIN_LOADERS or (call.qualifier == "new" and call.callee in _PLUGIN_TYPES)
            if is_loader:
                found.setdefault(owner.get(file.path, ""), f"{call.callee} in {file.path}:{call.line}")
    return found


def _messaging(java: list[FileScan], owner: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for file in java:
        for finding in file.findings:
            if finding.rule == "low-latency-messaging":
                name = owner.get(file.path, "")
                found[name] = found[name] or f"{finding.path}:{finding.line}"
    return dict(found)


def _relevance(evidence: Evidence) -> tuple[float, str]:
    """Share of the stops over the budget that come from allocation: young collections, humongous objects, stalls and pacing."""
    if evidence.pauses is None or not evidence.pauses.logs:
        return 1.0, "no log of the collector was given"
    groups = [group for log in evidence.pauses.logs for group in log.groups]
    over = sum(group.over for group in groups)
    if not over:
        return 0.0, f"no stop of the logs is over {evidence.pauses.budget_ms:g} ms"
    caused = sum(group.over for group in groups if _is_by_allocation(group))
    return caused / over, f"{caused} of {over} stops over {evidence.pauses.budget_ms:g} ms come from allocation"


def _is_by_allocation(group: PauseGroup) -> bool:
    return group.kind in _BY_ALLOCATION or "humongous" in group.cause.lower()
