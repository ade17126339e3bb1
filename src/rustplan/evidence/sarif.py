"""From the SARIF files a user named to runs and findings of other tools, in bounded memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from rustplan.evidence.profile_input import digest, shown_name
from rustplan.evidence.sarif_log import RunOutline, broken, open_log, read_outline
from rustplan.evidence.sarif_paths import PathIndex
from rustplan.evidence.sarif_results import MALFORMED, LeftOut, ResultReader, Unmapped
from rustplan.evidence.sarif_rules import Rules
from rustplan.evidence.sarif_same import OwnFindings, settle
from rustplan.evidence.sarif_stream import BrokenJson, JsonStream, TooMuch
from rustplan.evidence.sarif_values import decode
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.finding import Finding, RuleSummary
from rustplan.model.imported import ImportedFinding, ImportedReason, ImportedRun
from rustplan.model.scan import TreeScan

NO_IMPORTED = AbsentEvidence(
    name="imported findings",
    because="no findings of other tools were given (--sarif)",
    effect="only rustplan's own rules speak",
)

LARGEST_RESULT = 4 * 1024 * 1024
"""Bytes of one result."""

MOST_READ = 1_000_000
"""Results of one run that are read; more are counted."""

MOST_FINDINGS = 100_000
"""Findings that are kept, of all files together."""

MOST_TOOLS = 64
"""Tools that are told apart by name."""

_EXAMPLES = 3
_OTHER_TOOLS = "other tools"
_TOO_LARGE = "larger than 4 MiB or nested too deep"
_TOO_MANY = f"more than {MOST_READ:,} results in one run"
_NO_ROOM = f"more than {MOST_FINDINGS:,} findings in all"


def check_sarif(files: Sequence[Path]) -> None:
    """Look at every file before the long work begins. Raises InputError for one that cannot be read or is no SARIF 2.1.0 log."""
    for path in files:
        read_outline(path)


def read_sarif(
    files: Sequence[Path],
    evidence: Evidence,
    scan: TreeScan,
    accepted: Iterable[Finding] = (),
    rules: Iterable[RuleSummary] = (),
) -> Evidence:
    """Return the evidence with what other tools found in this tree, or with its absence. Raises InputError.

    The same file given twice counts once.
    `accepted` are rustplan's findings that comments in the source accept: another tool's word for the same is accepted with them.
    """
    if not files:
        return msgspec.structs.replace(evidence, absent=(NO_IMPORTED, *evidence.absent))
    reader = _Reader(scan)
    for path in _distinct(files):
        reader.read(path)
    own = OwnFindings([*scan.findings, *accepted], {rule.id: rule for rule in rules})
    findings = settle([own.match(finding) for finding in reader.findings.values()])
    return msgspec.structs.replace(
        evidence, imported=tuple(reader.counted(findings)), imported_findings=tuple(findings)
    )


def _distinct(files: Sequence[Path]) -> list[Path]:
    """Each content once, by name: the order of the options changes nothing."""
    by_name = sorted(files, key=lambda path: (shown_name(path), digest(path, "--sarif")))
    return list({digest(path, "--sarif"): path for path in reversed(by_name)}.values())[::-1]


class _Tally:
    """Why results were not taken: how many for each reason, and the first examples."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = defaultdict(list)

    def add(self, because: str, example: str = "") -> None:
        self._counts[because] += 1
        examples = self._examples[because]
        if example and len(examples) < _EXAMPLES and example not in examples:
            examples.append(example)

    def reasons(self) -> tuple[ImportedReason, ...]:
        ordered = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(
            ImportedReason(because=because, count=count, examples=tuple(self._examples[because]))
            for because, count in ordered
        )


class _Reader:
    """Collects the runs and findings of all files; of results that repeat each other the worst is kept."""

    def __init__(self, scan: TreeScan) -> None:
        read = {file.path: max(1, file.facts.lines) for file in scan.files}
        self._index = PathIndex({*read, *(finding.path for finding in scan.texts)})
        self._lines: Mapping[str, int] = read
        self._tools: set[str] = set()
        self._runs: list[ImportedRun] = []
        self.findings: dict[tuple[str, str, str, int], ImportedFinding] = {}

    def read(self, path: Path) -> None:
        sha256 = digest(path, "--sarif")
        for outline in read_outline(path):
            rules = Rules(outline.tool, outline.taxonomies)
            rules.tool = self._tool(rules.tool)
            self._runs.append(self._run(path, sha256, outline, rules))

    def counted(self, findings: Iterable[ImportedFinding]) -> list[ImportedRun]:
        """The runs with how many of their findings other tools or rustplan say as well."""
        duplicates: Counter[int] = Counter()
        own: Counter[int] = Counter()
        for finding in findings:
            duplicates[finding.run] += finding.is_duplicate
            own[finding.run] += bool(finding.own)
        return [
            msgspec.structs.replace(run, duplicates=duplicates[place], own=own[place])
            for place, run in enumerate(self._runs)
        ]

    def _tool(self, name: str) -> str:
        if name not in self._tools and len(self._tools) >= MOST_TOOLS:
            return _OTHER_TOOLS
        self._tools.add(name)
        return name

    def _run(self, path: Path, sha256: str, outline: RunOutline, rules: Rules) -> ImportedRun:
        unmapped, left_out = _Tally(), _Tally()
        reader = ResultReader(len(self._runs), outline, self._index, self._lines, rules)
        results = mapped = repeated = 0
        for raw in _results(path, outline):
            results += 1
            if results > MOST_READ:
                left_out.add(_TOO_MANY)
                continue
            try:
                is_new = self._keep(_decoded(raw), reader)
            except LeftOut as reason:
                left_out.add(str(reason))
            except Unmapped as reason:
                unmapped.add(str(reason), reason.example)
            else:
                mapped += 1
                repeated += not is_new
        return ImportedRun(
            file=shown_name(path),
            sha256=sha256,
            tool=rules.tool,
            version=rules.version,
            results=results,
            mapped=mapped,
            repeated=repeated,
            unmapped=unmapped.reasons(),
            left_out=left_out.reasons(),
            notes=tuple(outline.notes),
        )

    def _keep(self, result: object, reader: ResultReader) -> bool:
        """True for a result that its tool has not told before. Raises LeftOut and Unmapped, also when there is no room."""
        finding = reader.read(result)
        key = (finding.tool, finding.rule, finding.path, finding.line)
        known = self.findings.get(key)
        if known is None:
            if len(self.findings) >= MOST_FINDINGS:
                raise LeftOut(_NO_ROOM)
            self.findings[key] = msgspec.structs.replace(finding, chain=tuple(reader.chain(result)))
            return True
        if _weight(finding) > _weight(known):
            chain = tuple(reader.chain(result))
            self.findings[key] = msgspec.structs.replace(finding, run=known.run, chain=chain)
        return False


def _weight(finding: ImportedFinding) -> tuple[int, int, bool, bool]:
    return -finding.severity.rank, -finding.confidence.rank, finding.is_prevented, bool(finding.weakness)


def _results(path: Path, outline: RunOutline) -> Iterable[bytes | None]:
    """The text of each result; None for one that is too large to be taken. Raises InputError."""
    if outline.results_at is None:
        return
    with open_log(path) as file:
        stream = JsonStream(file, outline.results_at)
        try:
            for _ in stream.elements():
                yield _taken(stream)
        except BrokenJson as error:
            raise broken(path, error) from None


def _taken(stream: JsonStream) -> bytes | None:
    try:
        return stream.take(LARGEST_RESULT)
    except TooMuch:
        return None


def _decoded(raw: bytes | None) -> object:
    if raw is None:
        raise LeftOut(_TOO_LARGE)
    try:
        return decode(raw)
    except ValueError:
        raise LeftOut(MALFORMED) from None
