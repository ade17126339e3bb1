"""The component graph for other tools: GraphML, Graphviz dot, Mermaid, JSON, and a drawing as SVG."""

from __future__ import annotations

import json
from typing import Any

from rustplan.model.analysis import Analysis
from rustplan.model.component import Component
from rustplan.model.finding import Track
from rustplan.report.escape import visible
from rustplan.report.lookup import Lookup

_NODE_KEYS = (
    ("sloc", "long"),
    ("unsafe_sloc", "long"),
    ("raw_java_sloc", "long"),
    ("risk", "double"),
    ("gc", "double"),
    ("option", "string"),
    ("wave", "long"),
    ("unit", "string"),
)
_EDGE_KEYS = (("weight", "double"), ("places", "long"), ("native_functions", "long"))


def render_graph_json(analysis: Analysis) -> str:
    """Nodes, edges and units as one JSON document."""
    nodes, edges = _nodes(analysis), _edges(analysis)
    units = [list(unit.components) for unit in analysis.graph.units]
    return (
        json.dumps({"nodes": nodes, "edges": edges, "units": units}, indent=1, sort_keys=True, allow_nan=False) + "\n"
    )


def render_graphml(analysis: Analysis) -> str:
    """GraphML 1.0, directed; read by yEd, Gephi and networkx."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    for domain, keys in (("node", (("name", "string"), *_NODE_KEYS)), ("edge", _EDGE_KEYS)):
        lines += [f'  <key id="{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>' for name, kind in keys]
    lines.append('  <graph id="components" edgedefault="directed">')
    numbers = {}
    for number, node in enumerate(_nodes(analysis)):
        numbers[node["name"]] = number
        lines += [f'    <node id="n{number}">', *_data(node), "    </node>"]
    for edge in _edges(analysis):
        ends = f'source="n{numbers[edge.pop("dependent")]}" target="n{numbers[edge.pop("dependency")]}"'
        lines += [f"    <edge {ends}>", *_data(edge), "    </edge>"]
    return "\n".join([*lines, "  </graph>", "</graphml>", ""])


def render_dot(analysis: Analysis) -> str:
    """Graphviz: one box a component, a frame around each cycle, the arrow from the dependent to its dependency."""
    nodes = _nodes(analysis)
    numbers = {node["name"]: number for number, node in enumerate(nodes)}
    lines = ["digraph components {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  n{number} [label={_dot_text(_label(node))}];" for number, node in enumerate(nodes)]
    for position, unit in enumerate(unit for unit in analysis.graph.units if unit.is_cycle):
        members = " ".join(f"n{numbers[name]};" for name in unit.components if name in numbers)
        lines.append(f'  subgraph cluster_{position} {{ label="cycle"; {members} }}')
    for edge in _edges(analysis):
        ends = f"n{numbers[edge['dependent']]} -> n{numbers[edge['dependency']]}"
        native = edge.get("native_functions", 0)
        look = f'label="{edge["places"]}, {native} native", style=dashed' if native else f'label="{edge["places"]}"'
        lines.append(f"  {ends} [{look}];")
    return "\n".join([*lines, "}", ""])


def render_mermaid(analysis: Analysis) -> str:
    """A Mermaid flow chart, as GitHub and GitLab draw it in Markdown."""
    nodes = _nodes(analysis)
    numbers = {node["name"]: number for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    lines += [f'  n{number}["{_mermaid_text(_label(node))}"]' for number, node in enumerate(nodes)]
    for edge in _edges(analysis):
        native = edge.get("native_functions", 0)
        arrow = f"-. {native} native .->" if native else "-->"
        lines.append(f"  n{numbers[edge['dependent']]} {arrow} n{numbers[edge['dependency']]}")
    return "\n".join([*lines, ""])


def render_graph_svg(analysis: Analysis) -> str:
    """The wave graph of the roadmap as a file of its own; the other formats have what it leaves out."""
    from rustplan.model.options import ReportOptions
    from rustplan.report.svg.standalone import standalone
    from rustplan.report.view.dependencies import build_dependencies
    from rustplan.report.view.lookup import PageIndex

    view = build_dependencies(PageIndex(analysis, ReportOptions()))
    return standalone(view.graph, " ".join(view.left_out) if view.graph else "There are no components to draw.")


def _nodes(analysis: Analysis) -> list[dict[str, Any]]:
    lookup = Lookup(analysis)
    units = {name: unit.name for unit in analysis.graph.units for name in unit.components}
    risks = {(score.component, score.track): score.risk for score in analysis.scorecard.components}
    return [_node(component, lookup, units, risks) for component in analysis.graph.components]


def _node(
    component: Component, lookup: Lookup, units: dict[str, str], risks: dict[tuple[str, Track], float]
) -> dict[str, Any]:
    """The attributes of one component; what is unknown is left out."""
    safety = lookup.steps.get((component.name, Track.MEMORY_SAFETY))
    step = safety or lookup.steps.get((component.name, Track.LATENCY))
    known = {
        "name": component.name,
        "sloc": component.sloc,
        "unsafe_sloc": component.unsafe_sloc,
        "raw_java_sloc": component.raw_java_sloc or None,
        "risk": risks.get((component.name, Track.MEMORY_SAFETY)),
        "gc": risks.get((component.name, Track.LATENCY)),
        "option": step.choice.option.value if step else None,
        "wave": step.wave if step else None,
        "unit": units.get(component.name),
    }
    return {key: _rounded(value) for key, value in known.items() if value is not None}


def _edges(analysis: Analysis) -> list[dict[str, Any]]:
    names = {component.name for component in analysis.graph.components}
    return [
        {
            "dependent": dependency.dependent,
            "dependency": dependency.dependency,
            "weight": _rounded(dependency.weight),
            "places": dependency.places,
            **({"native_functions": dependency.native_functions} if dependency.native_functions else {}),
        }
        for dependency in analysis.graph.dependencies
        if dependency.dependent in names and dependency.dependency in names
    ]


def _rounded(value: Any) -> Any:
    return round(value, 6) + 0.0 if isinstance(value, float) else value


def _label(node: dict[str, Any]) -> str:
    risk = f", risk {node['risk']:.0f}" if "risk" in node else ""
    return f"{visible(node['name'])} ({node['sloc']:,} lines{risk})"


def _data(values: dict[str, Any]) -> list[str]:
    return [f'      <data key="{key}">{_xml_text(str(value))}</data>' for key, value in values.items()]


def _xml_text(text: str) -> str:
    """Escape for XML; `visible` has already replaced what XML 1.0 forbids."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _dot_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid_text(text: str) -> str:
    """Mermaid takes HTML entities by number: everything but plain name characters is written so."""
    return "".join(char if char.isalnum() or char in " ._/-+,()" else f"#{ord(char)};" for char in text)
