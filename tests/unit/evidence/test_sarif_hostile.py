"""Whatever a SARIF file holds: one clear error, or a result that is counted and passed over."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rustplan.errors import InputError
from rustplan.evidence import check_sarif, read_sarif
from rustplan.evidence import sarif as reader
from rustplan.evidence.sarif_log import _Room as Room
from rustplan.evidence.sarif_stream import BrokenJson, JsonStream, TooMuch
from rustplan.model.evidence import Evidence
from sarif_world import evidence_of, log, result, run, tree, written

GOOD = log(
    run(
        result(),
        result("file:///C:/x/src/main.c", 7, rule="R416"),
        result(line=30) | {"message": {"id": "m", "arguments": ["a"]}, "suppressions": [], "rank": 5.0},
        result(line=60) | {"codeFlows": [{"threadFlows": [{"locations": [{"location": result()["locations"][0]}]}]}]},
        taxonomies=[{"name": "CWE", "taxa": [{"id": "787"}]}],
        originalUriBaseIds={"%SRCROOT%": {"uri": "file:///C:/x/"}},
        artifacts=[{"location": {"uri": "lib/url.c", "uriBaseId": "%SRCROOT%"}}],
        invocations=[{"executionSuccessful": True, "toolExecutionNotifications": [{"level": "error"}]}],
    )
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "does not begin with an object"),
        (b"[]", "does not begin with an object"),
        (b"\x1f\x8b\x08rest", "does not begin with an object"),
        (b"{", "is no valid JSON"),
        (b"{}", "it names no version"),
        (b'{"version": "2.1.0"}', 'it holds no list "runs"'),
        (b'{"version": "2.1.0", "runs": null}', 'it holds no list "runs"'),
        (b'{"version": "1.0.0", "runs": []}', "is SARIF 1.0.0; rustplan reads 2.1.0"),
        (b'{"version": "\\u001b[31m", "runs": []}', "is SARIF \\x1b[31m"),
        (b'{"version": 2.1, "runs": []}', "is SARIF ?"),
        (json.dumps(GOOD).encode("utf-16"), "is UTF-16 text"),
        (json.dumps(GOOD).encode("utf-16-le"), "is UTF-16 text"),
        (json.dumps(GOOD).encode()[:-40], "is no valid JSON: it ends"),
        (json.dumps(GOOD).encode()[:900], "is no valid JSON: it ends"),
        (b'{"version": "2.1.0", "runs": [}', "is no valid JSON"),
        (b'{"version": "2.1.0" "runs": []}', "is no valid JSON"),
        (b'{version: "2.1.0"}', "a member has no name"),
    ],
)
def test_what_is_no_log_is_one_clear_error_before_and_while_reading(tmp_path: Path, content: bytes, words: str) -> None:
    path = written(tmp_path, content)
    for attempt in (lambda: check_sarif([path]), lambda: evidence_of(path)):
        with pytest.raises(InputError) as caught:
            attempt()
        assert words in caught.value.message
        assert caught.value.hint
        assert str(tmp_path) not in caught.value.message


@pytest.mark.parametrize("results", ["[{} {}]", "[1 2]", "[,]", "[{]}", '["a" "b"]'])
def test_results_that_are_no_list_inside_are_one_clear_error(tmp_path: Path, results: str) -> None:
    path = written(tmp_path, f'{{"version": "2.1.0", "runs": [{{"results": {results}}}]}}'.encode())
    with pytest.raises(InputError, match="is no valid JSON"):
        evidence_of(path)


def test_missing_files_and_folders_are_clear_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.sarif", tmp_path):
        with pytest.raises(InputError) as caught:
            check_sarif([path])
        assert "--sarif" in str(caught.value.hint)


@pytest.mark.parametrize("version", ["2.1.0-rtm.5", "2.1.0-csd.2.beta.2019-05-10", None])
def test_drafts_byte_order_marks_and_a_missing_version_are_read(tmp_path: Path, version: str | None) -> None:
    document = GOOD | {"version": version, "$schema": "https://json.schemastore.org/sarif-2.1.0.json"}
    if version is None:
        del document["version"]
    content = b"\xef\xbb\xbf" + json.dumps(document, indent=2).encode()
    assert len(evidence_of(written(tmp_path, content)).imported_findings) == 4


def test_the_lines_that_a_compiler_prints_around_its_logs_are_passed_over(tmp_path: Path) -> None:
    one, two = (json.dumps(log(run(result(line=line), tool="clang"))) for line in (10, 20))
    content = f"clang: warning: unstable\n\n{one}\n\n22 warnings generated.\n{two}\nMade {{}}.\n".encode()
    evidence = evidence_of(written(tmp_path, content))
    assert [told.results for told in evidence.imported] == [1, 1]
    assert [found.line for found in evidence.imported_findings] == [10, 20]


def test_results_before_the_tool_are_read_with_its_rules(tmp_path: Path) -> None:
    value = run(result())
    value = {"results": value["results"], "tool": value["tool"]}
    (found,) = evidence_of(written(tmp_path, log(value))).imported_findings
    assert (found.tool, found.cwe) == ("Probe", 787)


@pytest.mark.parametrize("depth", [90, 900, 200_000])
@pytest.mark.parametrize("place", ["results", "tool", "properties", "artifacts"])
def test_a_bomb_of_brackets_is_passed_over(tmp_path: Path, depth: int, place: str) -> None:
    bomb = "[" * depth + "]" * depth
    rest = json.dumps(result())
    text = f'{{"version": "2.1.0", "runs": [{{"{place}": [{bomb}, {{"a": {bomb}}}], "results": [{bomb}, {rest}]}}]}}'
    (told,) = evidence_of(written(tmp_path, text.encode())).imported
    assert (told.results, told.mapped) == (2, 1)


def test_huge_values_are_counted_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_RESULT", 3000)
    huge = result() | {"message": {"text": 'x\\"' * 2_000_000}}
    told = evidence_of(written(tmp_path, log(run(huge, result(line=20), huge | {"a": ["\\" * 3_000_001]})))).imported[0]
    assert [(one.because, one.count) for one in told.left_out] == [("larger than 4 MiB or nested too deep", 2)]
    assert told.mapped == 1


def test_texts_are_cut_and_valid(tmp_path: Path) -> None:
    value = result(rule="R" * 9000) | {"message": {"text": "\ud800<b>\x1b[31m" + "é" * 9000}}
    (found,) = evidence_of(written(tmp_path, log(run(value, tool="T" * 9000)))).imported_findings
    assert (len(found.message), len(found.rule), len(found.tool)) == (1000, 200, 200)
    assert found.message.encode().startswith(b"?<b>\x1b[31m")


def test_caps_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_FINDINGS", 3)
    monkeypatch.setattr(reader, "MOST_READ", 5)
    monkeypatch.setattr(reader, "MOST_TOOLS", 1)
    values = [result(line=line) for line in range(1, 9)]
    evidence = evidence_of(written(tmp_path, log(run(*values), run(tool="Second"))))
    assert len(evidence.imported_findings) == 3
    assert sum(one.count for one in evidence.imported[0].left_out) == 5
    assert evidence.imported[1].tool == "other tools"


ODD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["%SRCROOT%", "file:///", "C:\\", "{0}", "CWE-99999", "\ud800", "2.1.0"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["uri", "id", "text", "index", "tags", "name", "location"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def attempted(path: Path) -> Evidence:
    """What was read, or nothing after one clear error."""
    try:
        return read_sarif([path], Evidence(), tree())
    except InputError as error:
        return Evidence() if error.hint else pytest.fail("an error without a hint")


def mutated(draw: Any, value: Any, share: int) -> Any:
    """The value with parts of it replaced by something odd."""
    if draw(st.integers(0, share)) == 0:
        return draw(ODD)
    if isinstance(value, dict):
        return {key: mutated(draw, inner, share) for key, inner in value.items()}
    if isinstance(value, list):
        return [mutated(draw, inner, share) for inner in value]
    return value


@st.composite
def documents(draw: Any) -> bytes:
    (one,) = GOOD["runs"]
    document = GOOD | {"runs": [{key: mutated(draw, value, 25) for key, value in one.items()}]}
    return json.dumps(mutated(draw, document, 400)).encode("utf-8", "surrogatepass")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents())
def test_odd_types_anywhere_never_end_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    for told in attempted(path).imported:
        left = sum(one.count for one in (*told.unmapped, *told.left_out))
        assert told.results == told.mapped + left


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_bytes_never_end_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(json.dumps(GOOD).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = written(tmp_path, bytes(content))
    assert attempted(path) == attempted(path)


JSON = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(alphabet='a"\\{}[]é', max_size=30)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text('k"\\', max_size=3), inner, max_size=4)
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, max_size=6), st.integers(1, 40), st.integers(1, 60))
def test_the_walk_agrees_with_the_standard_decoder_whatever_the_buffers(
    values: list[Any], chunk: int, most: int
) -> None:
    content = json.dumps(values, ensure_ascii=False).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rustplan.evidence.sarif_stream._CHUNK", chunk)
        stream = JsonStream(io.BytesIO(content))
        taken: list[Any] = []
        for _ in stream.elements():
            try:
                taken.append(json.loads(stream.take(most)))
            except TooMuch:
                taken.append(TooMuch)
        skipping = JsonStream(io.BytesIO(content + b" 7"))
        skipping.skip()
        assert skipping.peek() == b"7"
    sizes = [len(json.dumps(value, ensure_ascii=False).encode()) for value in values]
    assert taken == [value if size <= most else TooMuch for value, size in zip(values, sizes, strict=True)]


@pytest.mark.parametrize("content", [b"[1, 2", b'["a', b"[1 2]", b"[,]", b'{"a" 1}', b'{"a": }', b"{1: 2}", b""])
def test_a_broken_structure_is_told(content: bytes) -> None:
    stream = JsonStream(io.BytesIO(content))
    with pytest.raises(BrokenJson):
        walk(stream, is_object=content.startswith(b"{"))


def walk(stream: JsonStream, *, is_object: bool) -> None:
    for _ in stream.members() if is_object else stream.elements():
        stream.skip()


def test_the_room_for_descriptions_is_shared_by_all_runs_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = run(result(), artifacts=[{"location": {"uri": "lib/url.c"}}] * 3)
    size = len(json.dumps(value["tool"]))
    monkeypatch.setattr("rustplan.evidence.sarif_log._Room", lambda: Room(parts=size + 10, artifacts=4))
    one, two = evidence_of(written(tmp_path, log(value, value))).imported
    assert (one.tool, one.notes) == ("Probe", ())
    assert two.tool == "unnamed tool"
    assert two.notes == ("the tool's description and rules could not be read",)
