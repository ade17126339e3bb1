from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from rustplan.errors import InputError
from rustplan.model.source import SkippedFile, SkipReason
from rustplan.report import analysis_json_schema, canonical, decode_analysis, encode_analysis, load_analysis
from sample_analysis import hostile_analysis, sample_analysis

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


def test_a_saved_analysis_comes_back_whole() -> None:
    analysis = canonical(hostile_analysis())
    assert decode_analysis(encode_analysis(analysis), name="x") == analysis


def test_bytes_do_not_depend_on_the_order_of_mappings() -> None:
    analysis = sample_analysis()
    component = analysis.graph.dependencies[0]
    turned = msgspec.structs.replace(component, parts=dict(reversed(component.parts.items())))
    graph = msgspec.structs.replace(analysis.graph, dependencies=(turned,))
    assert list(turned.parts) != list(component.parts)
    assert encode_analysis(sample_analysis(graph=graph)) == encode_analysis(analysis)


def test_floats_have_six_digits_and_the_document_ends_with_a_newline() -> None:
    data = encode_analysis(sample_analysis())
    assert data.endswith(b"}\n")
    assert json.loads(data)["coverage"]["share"] == 0.934568
    assert b"-0.0" not in encode_analysis(
        sample_analysis(coverage=msgspec.structs.replace(sample_analysis().coverage, share=-0.0))
    )


def test_undecodable_file_names_become_visible() -> None:
    skipped = SkippedFile(path="bad-\udcff\udc80-ü.c", reason=SkipReason.UNREADABLE)
    coverage = msgspec.structs.replace(sample_analysis().coverage, skipped=(skipped,))
    document = json.loads(encode_analysis(sample_analysis(coverage=coverage)))
    assert document["coverage"]["skipped"][0]["path"] == "bad-\\xff\\x80-ü.c"


def test_the_document_fits_its_schema() -> None:
    schema = analysis_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(encode_analysis(hostile_analysis())), schema)


def test_committed_schema_is_fresh() -> None:
    committed = json.loads((REFERENCE / "rustplan.schema.json").read_text(encoding="utf-8"))
    assert committed == analysis_json_schema(), (
        "the model changed; run: rustplan config schema analysis > docs/reference/rustplan.schema.json"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not valid JSON"),
        (b"[1, 2]", "no rustplan analysis"),
        (b'{"schema": 1}', "no rustplan analysis"),
        (b'{"version": "2.1.0", "runs": []}', "no rustplan analysis"),
        (b'{"schema": "2", "other": true}', "this rustplan reads schema 1"),
        (b'{"schema": "x"}', "no rustplan analysis"),
        (b'{"schema": "1"}', "not a whole rustplan analysis"),
        (encode_analysis(sample_analysis())[:5000], "may be cut off"),
        (b'{"schema": "1", "x": ' + b"[" * 100_000, "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
    ],
)
def test_what_is_no_analysis_is_refused_in_words(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "rustplan.json"
    path.write_bytes(data)
    with pytest.raises(InputError, match=words) as caught:
        load_analysis(path)
    assert caught.value.hint


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_analysis(tmp_path / "rustplan.json")
    assert "rustplan scan" in str(caught.value.hint)
    with pytest.raises(InputError, match="cannot read"):
        load_analysis(tmp_path)
