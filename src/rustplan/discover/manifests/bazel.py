"""Bazel: `cc_*` and `java_*` rules of BUILD files, read with Python's own parser (Starlark is a subset) and never evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from rustplan.discover.manifests.draft import Budget, Draft, NotUnderstood, Tree, folder_of
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "bazel", 0.85
_MAX_BYTES = 1024 * 1024
_MAX_NESTING = 40
_MAX_CHAIN = 400
_MAX_DEPTH = 60
_STEPS = 100_000
_KINDS = {
    **dict.fromkeys(
        ("cc_library", "cc_import", "cc_shared_library", "java_library", "java_import", "objc_library"),
        TargetKind.LIBRARY,
    ),
    **dict.fromkeys(("cc_binary", "java_binary"), TargetKind.EXECUTABLE),
    **dict.fromkeys(("cc_test", "java_test", "cc_fuzz_test", "java_junit5_test"), TargetKind.TEST),
}
_STRING = re.compile(r"(?s)\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|#[^\n]*")
_CHAIN = re.compile(r"[-+~.*/%]|\b(?:not|and|or|if|in|lambda|await)\b")


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the targets of one BUILD file, named by label (`//package:name`). Raises NotUnderstood."""
    text = tree.read(manifest, _MAX_BYTES)
    _check_shape(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python would say of a stranger's text is for nobody
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotUnderstood(f"not a BUILD file: {type(error).__name__}") from None
    package = folder_of(manifest)
    values: dict[str, ast.expr] = {}
    drafts: list[Draft] = []
    for statement in module.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            values[statement.targets[0].id] = statement.value
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            draft = _draft(tree, package, manifest, statement.value, values)
            drafts.extend([draft] if draft is not None else [])
    return drafts


def _check_shape(text: str) -> None:
    """Refuse nesting and operator chains that would exhaust the parser's stack."""
    bare = _STRING.sub("''", text)
    depth = chain = 0
    for line in bare.split("\n"):
        for character in line:
            depth += (character in "([{") - (character in ")]}")
            if depth > _MAX_NESTING:
                raise NotUnderstood(f"nested deeper than {_MAX_NESTING}")
        chain = len(_CHAIN.findall(line)) + (chain if depth > 0 else 0)
        if chain > _MAX_CHAIN:
            raise NotUnderstood(f"an expression with more than {_MAX_CHAIN} operators")


def _draft(tree: Tree, package: str, manifest: str, call: ast.Call, values: dict[str, ast.expr]) -> Draft | None:
    """Write down a rule; an unknown macro with `name` and `srcs` counts, marked as conditional."""
    rule = call.func.id if isinstance(call.func, ast.Name) else ""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    name = keywords.get("name")
    kind = _KINDS.get(rule)
    if (
        kind is None
        and "srcs" in keywords
        and not rule.startswith(("py_", "go_", "rust_", "sh_", "proto_", "genrule", "filegroup"))
    ):
        kind = TargetKind.TEST if "test" in rule else TargetKind.LIBRARY
    if kind is None or not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return None
    label = f"//{package}:{name.value}"
    draft = Draft(label, kind, SYSTEM, manifest, CONFIDENCE, is_conditional=rule not in _KINDS)
    reader = _Lists(tree, package, values)
    for key in ("srcs", "hdrs", "textual_hdrs"):
        found = (tree.source(package, word.removeprefix(":")) for word in reader.words(keywords.get(key)))
        draft.sources.extend(path for path in found if path is not None)
    for key in ("deps", "implementation_deps", "exports", "runtime_deps"):
        draft.uses.extend(_label(package, word) for word in reader.words(keywords.get(key)))
    places = (tree.directory(package, word) for word in reader.words(keywords.get("includes")))
    draft.include_directories = [place for place in places if place is not None]
    draft.is_conditional = draft.is_conditional or reader.met_select
    is_testonly = keywords.get("testonly")
    if isinstance(is_testonly, ast.Constant) and is_testonly.value:
        draft.kind = TargetKind.TEST
    return draft if draft.sources or rule in _KINDS else None


def _label(package: str, word: str) -> str:
    """Return an absolute label."""
    if word.startswith(":"):
        return f"//{package}{word}"
    if word.startswith("//") and ":" not in word:
        return f"{word}:{word.rpartition('/')[2]}"
    return word


class _Lists:
    """String lists as BUILD files write them: literals, `+`, names, `glob()`, `select()`."""

    def __init__(self, tree: Tree, package: str, values: dict[str, ast.expr]) -> None:
        self._tree, self._package, self._values = tree, package, values
        self._budget = Budget(_STEPS, tree.budget)
        self.met_select = False

    def words(self, node: ast.expr | None, depth: int = 0) -> Iterator[str]:
        """Yield the words of a list; what is computed otherwise is left out."""
        if node is None or depth > _MAX_DEPTH:
            return
        self._budget.spend()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, (ast.List, ast.Tuple)):
            for item in node.elts:
                yield from self.words(item, depth + 1)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self.words(node.left, depth + 1)
            yield from self.words(node.right, depth + 1)
        elif isinstance(node, ast.Name):
            value = self._values.get(node.id)
            yield from self.words(value, depth + 10)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from self._call(node.func.id, node, depth)

    def _call(self, name: str, node: ast.Call, depth: int) -> Iterator[str]:
        if name == "select" and node.args and isinstance(node.args[0], ast.Dict):
            self.met_select = True
            for value in node.args[0].values:
                yield from self.words(value, depth + 1)
        elif name == "glob":
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            patterns = self.words(node.args[0] if node.args else keywords.get("include"), depth + 1)
            excluded = {
                path for pattern in self.words(keywords.get("exclude"), depth + 1) for path in self._glob(pattern)
            }
            for pattern in patterns:
                for path in self._glob(pattern):
                    if path not in excluded:
                        yield path[len(self._package) + 1 :] if self._package else path

    def _glob(self, pattern: str) -> list[str]:
        return self._tree.glob(self._package, pattern)
