"""Findings that only the second pass sees are recognised like all others."""

from __future__ import annotations

from pathlib import Path

from rustplan.discover import discover_tree
from rustplan.model.options import DiscoverOptions, ScanOptions
from rustplan.rulebook import load_rules
from rustplan.scan import scan_tree


def test_a_finding_across_files_has_a_mark(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("#include <stdlib.h>\nvoid drop(char *p) { free(p); }\n", encoding="utf-8")
    (tmp_path / "b.c").write_text(
        "#include <stdlib.h>\nvoid drop(char *p);\nint use(void) {\n  char *p = malloc(4);\n  if (!p) return 0;\n"
        "  drop(p);\n  return p[0];\n}\n",
        encoding="utf-8",
    )
    rules = load_rules()
    scan = scan_tree(tmp_path, discover_tree(tmp_path, DiscoverOptions()), rules, ScanOptions(jobs=1))
    found = [finding for finding in scan.findings if finding.rule == "use-after-free"]
    assert [(finding.path, finding.line, len(finding.marks)) for finding in found] == [("b.c", 7, 1)]
