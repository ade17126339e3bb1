"""The reference page of a rule, from the same file as its tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rustplan.catalog.cwe import load_weaknesses
from rustplan.catalog.java_costs import load_cost_source
from rustplan.model.finding import Kind, Severity
from rustplan.model.source import Language
from rustplan.rulebook.rule import Rule, Rulebook
from rustplan.rulebook.text_view import is_source
from rustplan.rulebook.written import FiringExample, QuietExample

_KINDS = {
    Kind.DEFECT: ("Defects", "Places that are probably wrong, shown one by one."),
    Kind.EXPOSURE: ("Exposures", "Surface that Rust would remove, counted per function; never a list of bugs."),
    Kind.OBSTACLE: ("Obstacles", "What makes a port hard."),
    Kind.SEAM: ("Seams", "Where a cut is cheap."),
    Kind.SIGNAL: ("Signals", "Evidence about the context, to be confirmed."),
}
_FENCES = {Language.C: "c", Language.CPP: "cpp", Language.JAVA: "java"}
_NOTE = "<!-- Generated from the rule file by `make docs`; edit the rule, not this page. -->"


def reference_pages(rulebook: Rulebook) -> dict[str, str]:
    """Every page of the reference by file name: `index.md` and one for each rule."""
    pages = {f"{rule.id}.md": rule_page(rule) for rule in rulebook.rules}
    return {"index.md": _index(rulebook.rules), **pages}


def rule_page(rule: Rule) -> str:
    """The reference page of one rule in Markdown."""
    parts = [
        _NOTE,
        f"# {rule.id}: {rule.title}",
        _table(rule),
        rule.definition.strip(),
        f"## Why it matters\n\n{rule.why.strip()}",
        f"## In Rust\n\n{_in_rust(rule)}",
        *_examples("Found", rule.examples.fires),
        *_examples("Left alone", rule.examples.quiet),
    ]
    parts += _costs(rule)
    if rule.limits:
        parts.append("## Known limits\n\n" + "\n".join(f"- {limit.strip()}" for limit in rule.limits))
    links = _references(rule)
    if links:
        parts.append("## References\n\n" + "\n".join(f"- {link}" for link in links))
    return "\n\n".join(parts) + "\n"


def _table(rule: Rule) -> str:
    rows = [
        ("Kind", rule.kind.value),
        ("Languages", ", ".join(language.label for language in rule.languages)),
        ("Tracks", ", ".join(track.value for track in rule.tracks)),
        ("Severity", rule.severity.value if rule.severity else ""),
        ("Confidence of the match", rule.confidence.value),
        ("Weight", f"{rule.weight:g} for each place" if rule.weight else ""),
        ("Serves", ", ".join(one.value for one in rule.triggers)),
        ("Rust", rule.rust_effect.words),
    ]
    lines = [f"| {name} | {value} |" for name, value in rows if value]
    return "\n".join(("| | |", "|---|---|", *lines))


def _costs(rule: Rule) -> Iterator[str]:
    """What an operation allocates, one row for each measurement the rule takes its figures from."""
    costs = dict.fromkeys(cost for cost in (rule.cost, *(one.cost for one in rule.match)) if cost is not None)
    if not costs:
        return
    source = load_cost_source()
    rows = [f"| {cost.what} | {cost.jdk17:,g} | {cost.jdk25:,g} |" for cost in costs]
    head = (f"| measured | bytes on JDK {source.jdk17} | bytes on JDK {source.jdk25} |", "|---|---|---|")
    yield "## What it allocates\n\n" + "\n".join((*head, *rows)) + f"\n\n{source.source} Checked {source.checked}."


def _in_rust(rule: Rule) -> str:
    text = rule.in_rust.strip()
    return f"{text}\n\n```rust\n{rule.rust_code.rstrip()}\n```" if rule.rust_code else text


def _examples(heading: str, examples: Iterable[FiringExample | QuietExample]) -> Iterator[str]:
    for number, example in enumerate(examples):
        title = f"## {heading}\n\n" if number == 0 else ""
        where = ""
        if isinstance(example, FiringExample):
            listed = ", ".join(str(line) for line in example.lines)
            where = f" (line{'s' if len(example.lines) > 1 else ''} {listed})"
        path = f" in `{example.path}`" if example.path else ""
        caption = f"{example.name[:1].upper()}{example.name[1:]}{path}{where}:"
        yield f"{title}{caption}\n\n```{_fence(example)}\n{example.code.rstrip()}\n```"


def _fence(example: FiringExample | QuietExample) -> str:
    """The language of the code block; none for a build, packaging or CI file."""
    return _FENCES[example.language] if not example.path or is_source(example.path) else ""


def _references(rule: Rule) -> list[str]:
    known = load_weaknesses()
    links = [f"[CWE-{number}]({known[number].url}): {known[number].name}" for number in rule.cwe if number in known]
    links += [f"SEI CERT {name}" for name in rule.cert]
    links += [f"[{one.title}]({one.url})" if one.url else one.title for one in rule.references]
    return links


def _index(rules: tuple[Rule, ...]) -> str:
    parts = [_NOTE, "# Rules", f"{len(rules)} rules are shipped. `rustplan rules show ID` prints the same pages."]
    for kind, (heading, says) in _KINDS.items():
        listed = [rule for rule in rules if rule.kind is kind]
        if listed:
            parts.append(f"## {heading}\n\n{says}\n\n" + _index_table(listed))
    return "\n\n".join(parts) + "\n"


def _index_table(rules: list[Rule]) -> str:
    lines = ["| rule | what it finds | languages | severity | in Rust |", "|---|---|---|---|---|"]
    worst_first = sorted(rules, key=lambda rule: ((rule.severity or Severity.LOW).rank, rule.id))
    for rule in worst_first:
        languages = ", ".join(language.label for language in rule.languages)
        severity = rule.severity.value if rule.severity else ""
        lines.append(
            f"| [{rule.id}]({rule.id}.md) | {rule.title} | {languages} | {severity} | {rule.rust_effect.words} |"
        )
    return "\n".join(lines)
