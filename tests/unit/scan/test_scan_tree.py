"""The whole stage: the same result for any number of workers, and a reason for every file that was not read."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from rustplan import resources
from rustplan.model.finding import Excerpt, Finding, Kind
from rustplan.model.options import ScanOptions
from rustplan.model.scan import FlowFacts
from rustplan.model.source import DegradeReason, Language, Project, Role, SkipReason, SourceFile, SourceTree
from rustplan.rulebook import load_rules
from rustplan.scan import read_excerpts, scan_bytes, scan_tree
from rustplan.scan.file import Scanner
from rustplan.scan.pool import Failure
from rustplan.scan.tree import batches

C = b"#include <string.h>\n\nint copy(char *to, const char *from)\n{\n  strcpy(to, from);\n  return helper(to);\n}\n"
JAVA = b"package a;\n\nclass Pool {\n  byte[] take(int n) {\n    return new byte[n];\n  }\n}\n"


@pytest.fixture(scope="module")
def rulebook():
    return load_rules(resources.folder("rules"))


def written(root, texts):
    """Write the files and return the tree as the walk would."""
    languages = {"c": Language.C, "cc": Language.CPP, "java": Language.JAVA}
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text)
    files = tuple(
        SourceFile(path=path, language=languages[path.rpartition(".")[2]], role=Role.SOURCE, size=len(texts[path]))
        for path in sorted(texts)
    )
    return SourceTree(project=Project(name="tree"), files=files)


def many(root):
    texts = {f"d{number % 7}/f{number}.c": C * (number + 1) for number in range(50)}
    return written(root, texts | {"Pool.java": JAVA, "x.cc": b"class A { void f(); };\nvoid A::f() {}\n"})


def test_facts_findings_and_digest_of_one_file(rulebook):
    scan = scan_bytes("lib/copy.c", Role.SOURCE, Language.C, C, rulebook)
    assert (scan.path, scan.role, scan.sha256) == ("lib/copy.c", Role.SOURCE, hashlib.sha256(C).hexdigest())
    assert [(function.name, function.start_line) for function in scan.facts.functions] == [("copy", 3)]
    assert [call.callee for call in scan.facts.calls] == ["strcpy", "helper"]
    assert {(finding.path, finding.line, finding.function) for finding in scan.findings} >= {("lib/copy.c", 5, "copy")}
    assert scan.degraded == ()


BOTH_ARMS = b"""int take(char *to, char *from)
{
  if(from &&
#ifdef A
     gets(to)) {
#else
     gets(from)) {
#endif
    gets(to);
  }
  return 0;
}
"""


def test_findings_in_arms_that_were_left_out_at_first_count_once(rulebook):
    scan = scan_bytes("f.c", Role.SOURCE, Language.C, BOTH_ARMS, rulebook)
    lines = [
        line
        for finding in scan.findings
        if finding.rule == "unbounded-read"
        for line in finding.lines or (finding.line,)
    ]
    assert sorted(lines) == [5, 7, 9]
    assert [(one.callee, one.line, one.function) for one in scan.facts.calls] == [
        ("gets", 5, 0),
        ("gets", 7, 0),
        ("gets", 9, 0),
    ]
    assert scan.degraded == ()


def test_macros_are_learnt_from_the_other_files_of_the_tree(tmp_path, rulebook):
    texts = {
        "include/api.c": b"#define api __attribute__((cold))\n#define mine static\n",
        "lib/use.c": b"api int mine first(int quick) api\n{\n  return 1;\n}\nmine node api *second(tree mine *t)\n{\n  return t->top;\n}\n",
    }
    alone = scan_bytes("lib/use.c", Role.SOURCE, Language.C, texts["lib/use.c"], rulebook)
    for jobs in (1, 2):
        use = scan_tree(tmp_path, written(tmp_path, texts), rulebook, ScanOptions(jobs=jobs)).files[1]
        assert [(one.name, one.is_exported) for one in use.facts.functions] == [("first", False), ("second", False)]
        assert use.facts.coverage.unread_bytes == 0
        assert use.facts.coverage.unread_bytes < alone.facts.coverage.unread_bytes


def test_two_rulebooks_in_turn_do_not_mix(rulebook, tmp_path):
    empty = load_rules(tmp_path)
    assert scan_bytes("a.c", Role.SOURCE, Language.C, C, empty).findings == ()
    assert scan_bytes("a.c", Role.SOURCE, Language.C, C, rulebook).findings
    assert scan_bytes("a.c", Role.SOURCE, Language.C, C, empty).findings == ()


def test_a_file_that_was_hardly_understood_is_listed(rulebook):
    scan = scan_bytes("a.c", Role.SOURCE, Language.C, b"int a;\n" + b"] } ) @ ] ] \x01 ) } ;\n" * 20, rulebook)
    assert DegradeReason.PARSE_ERRORS in [degraded.reason for degraded in scan.degraded]


def test_any_number_of_workers_gives_the_same(tmp_path, rulebook):
    tree = many(tmp_path)
    results = [scan_tree(tmp_path, tree, rulebook, ScanOptions(jobs=jobs)) for jobs in (1, 2, 3)]
    assert results[0] == results[1] == results[2]
    assert [scan.path for scan in results[0].files] == [file.path for file in tree.files]
    assert results[0].skipped == ()
    alone = {
        file.path: scan_bytes(file.path, file.role, file.language, (tmp_path / file.path).read_bytes(), rulebook)
        for file in tree.files
    }
    without_second_pass = {path: msgspec.structs.replace(scan, flow=FlowFacts()) for path, scan in alone.items()}
    assert {scan.path: scan for scan in results[0].files} == without_second_pass


def test_progress_counts_every_file(tmp_path, rulebook):
    seen = []
    tree = many(tmp_path)
    scan_tree(tmp_path, tree, rulebook, ScanOptions(jobs=2), lambda done, total: seen.append((done, total)))
    assert seen == [(done, len(tree.files)) for done in range(1, len(tree.files) + 1)]


def test_an_empty_tree(tmp_path, rulebook):
    scan = scan_tree(tmp_path, SourceTree(project=Project(name="empty")), rulebook, ScanOptions())
    assert (scan.files, scan.skipped) == ((), ())


def test_files_that_are_gone_are_skipped_by_workers_too(tmp_path, rulebook):
    tree = many(tmp_path)
    (tmp_path / "d0" / "f0.c").unlink()
    scan = scan_tree(tmp_path, tree, rulebook, ScanOptions(jobs=2))
    assert [(skipped.path, skipped.reason) for skipped in scan.skipped] == [("d0/f0.c", SkipReason.UNREADABLE)]
    assert len(scan.files) == len(tree.files) - 1


def test_what_the_pool_could_not_do_is_skipped_with_its_reason(tmp_path, rulebook, monkeypatch):
    def failing(start, setup, batches, *, jobs, seconds):
        work = start(setup)
        for file in (file for batch in batches for file in batch):
            late = Failure(reason=SkipReason.TIMED_OUT, detail=f"not done after {seconds:g} seconds")
            yield file, late if file.path == "d0/f7.c" else work(file)

    monkeypatch.setattr("rustplan.scan.executors.run_batches", failing)
    tree = many(tmp_path)
    scan = scan_tree(tmp_path, tree, rulebook, ScanOptions(jobs=2, file_seconds=3.0))
    (skipped,) = scan.skipped
    assert (skipped.path, skipped.reason, skipped.language) == ("d0/f7.c", SkipReason.TIMED_OUT, Language.C)
    assert (skipped.detail, skipped.size) == ("not done after 3 seconds", 8 * len(C))
    assert len(scan.files) == len(tree.files) - 1


def test_a_defect_of_our_own_is_a_reason_and_the_others_are_read(tmp_path, rulebook, monkeypatch):
    whole = Scanner.scan_bytes

    def failing(self, path, role, language, data):
        if path == "b.c":
            raise LookupError("no such capture")
        return whole(self, path, role, language, data)

    monkeypatch.setattr(Scanner, "scan_bytes", failing)
    scan = scan_tree(tmp_path, written(tmp_path, {"a.c": C, "b.c": C}), rulebook, ScanOptions())
    assert [file.path for file in scan.files] == ["a.c"]
    (skipped,) = scan.skipped
    assert (skipped.path, skipped.reason) == ("b.c", SkipReason.CRASHED)
    assert skipped.detail == "LookupError: no such capture (a bug in rustplan: please report)"


def test_batches_hold_every_file_once_by_language_and_largest_first():
    languages = (Language.C, Language.C, Language.C, Language.JAVA)
    files = [
        SourceFile(path=f"{number:03}", language=languages[number % 4], role=Role.SOURCE, size=(number * 7919) % 90_000)
        for number in range(200)
    ]
    cut = batches(files, jobs=2)
    assert sorted(file for batch in cut for file in batch) == files
    assert all(len({file.language for file in batch}) == 1 for batch in cut)
    sizes = [[file.size for file in batch] for batch in cut]
    assert all(each == sorted(each, reverse=True) for each in sizes)
    assert [each[0] for each in sizes] == sorted((each[0] for each in sizes), reverse=True)
    assert len(cut) >= 16
    assert max(map(sum, sizes)) <= sum(map(sum, sizes)) / 16 + 90_000


def finding(path, line):
    return Finding(
        rule="r", kind=Kind.DEFECT, path=path, line=line, column=1, end_line=line, end_column=2, message="here"
    )


def test_excerpts_show_the_lines_around(tmp_path, rulebook):
    text = b"".join(b"int line%d;\r\n" % number for number in range(1, 13)) + b'char *last = "\xe9";' + b"x" * 300
    scan = scan_tree(tmp_path, written(tmp_path, {"a.c": text}), rulebook, ScanOptions())
    found = read_excerpts(tmp_path, [finding("a.c", line) for line in (13, 6, 6, 1, 99)], scan.files)
    assert [(each.line, each.first_line, len(each.lines)) for each in found] == [(1, 1, 4), (6, 3, 7), (13, 10, 4)]
    assert found[1].lines[3] == "int line6;"
    assert found[2].lines[-1].startswith('char *last = "\\xe9";x')
    assert (len(found[2].lines[-1]), found[2].lines[-1][-1]) == (200, "…")


def test_a_file_that_changed_since_gives_no_excerpt(tmp_path, rulebook):
    scan = scan_tree(tmp_path, written(tmp_path, {"a.c": b"int a;\n", "b.c": b"int b;\n"}), rulebook, ScanOptions())
    (tmp_path / "a.c").write_bytes(b"int x;\n")
    found = read_excerpts(tmp_path, [finding("a.c", 1), finding("b.c", 1)], scan.files)
    assert found == (Excerpt(path="b.c", line=1, first_line=1, lines=("int b;",)),)
