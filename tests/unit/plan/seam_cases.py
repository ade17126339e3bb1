"""Java sources as seams: parsed files, candidates and the proposals for them."""

from language_facts import facts
from rustplan.catalog.crossings import load_crossings
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import Candidate, EvidenceLevel
from rustplan.model.source import Language, Role
from rustplan.plan.latency import Methods, propose_seams
from rustplan.plan.latency.cluster import Callers, find_cluster, reachable
from rustplan.plan.latency.situation import Situation

COSTS = load_crossings()


def scanned(*sources, role=Role.SOURCE):
    """One file for each source, in one folder."""
    return TreeScan(
        files=tuple(
            FileScan(path=f"s/F{place}.java", role=role, sha256="", facts=facts(Language.JAVA, source))
            for place, source in enumerate(sources)
        )
    )


def candidate(name, *, level=EvidenceLevel.MEASURED_ALLOCATION, share=0.3, score=10.0, **more):
    class_name, _, method = name.rpartition(".")
    values = {"evidence": "words", "path": "s/F0.java", "line": 0, "component": "s"} | more
    return Candidate(class_name=class_name, method=method, score=score, level=level, share=share, **values)


def cluster(name, *sources):
    methods = Methods(scanned(*sources))
    root = methods.largest(name)
    names = {one.rpartition(".")[2] for one in reachable(methods, root, 60)}
    return find_cluster(methods, root, Callers(methods, names), 60)


def proposals(*sources, candidates, situation=None):
    return propose_seams(Methods(scanned(*sources)), candidates, situation or Situation(jdk=17), COSTS)


def level(proposal, name):
    return next(one.level for one in proposal.factors if one.name == name)


def words(proposal, name):
    return next(one.because for one in proposal.factors if one.name == name)
