"""Java sources as scanned files, with findings placed by hand: what the call graph and the ranking are tested on."""

from __future__ import annotations

from rustplan.catalog import load_anchors
from rustplan.languages import support
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role
from rustplan.score.candidates import list_candidates
from rustplan.score.heat import estimate_heat
from rustplan.syntax import QuerySet

TABLE = load_anchors().entry_points
_QUERIES = QuerySet(Language.JAVA, support(Language.JAVA).queries)


def facts_of(source):
    java = support(Language.JAVA)
    prepared = java.prepare(source.encode())
    matches = {}
    for name, captures in _QUERIES.matches(prepared.tree.root_node):
        matches.setdefault(name, []).append(captures)
    return java.extract(prepared, prepared.tree, matches)


def java_file(source, path="src/A.java", findings=()):
    return FileScan(path=path, role=Role.SOURCE, sha256="0" * 64, facts=facts_of(source), findings=tuple(findings))


def allocation(function, line, size=32.0, path="src/A.java", rule="object-allocation"):
    return Finding(
        rule=rule,
        kind=Kind.EXPOSURE,
        path=path,
        line=line,
        column=1,
        end_line=line,
        end_column=2,
        message="allocates",
        function=function,
        weight=2.0,
        bytes=size,
        tracks=(Track.LATENCY,),
    )


def heat_of(*sources):
    files = [java_file(source, f"src/F{index}.java") for index, source in enumerate(sources)]
    return estimate_heat(files, TABLE)


def candidates_of(files, evidence=None):
    return list_candidates(estimate_heat(files, TABLE), {}, {}, evidence or Evidence(), TABLE)
