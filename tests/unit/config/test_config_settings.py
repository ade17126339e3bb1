from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from rustplan.config import Flag, Settings, config_json_schema, load_settings
from rustplan.config.schema import leaf_types
from rustplan.config.settings import FIELDS

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


def test_every_key_of_the_file_has_a_field_and_the_other_way_round() -> None:
    assert set(FIELDS) == set(leaf_types())


def test_defaults_of_the_file_format_are_the_defaults_of_the_options() -> None:
    built = load_settings(assignments=())
    assert {key: built.value(key) for key in FIELDS} == {key: Settings().value(key) for key in FIELDS}


def test_digest_ignores_what_changes_no_result() -> None:
    plain = Settings()
    quick = load_settings(
        assignments=("jobs=7", "limits.file-seconds=1", "gate.fail-on=risk>=1", "report.paper=letter")
    )
    assert quick.digest == plain.digest
    assert load_settings(assignments=("exclude=a",)).digest != plain.digest


def test_command_is_normalised() -> None:
    settings = load_settings(
        flags={"exclude": Flag(name="--exclude", value=["docs/**"]), "jobs": Flag(name="-j", value=9)},
        assignments=("plan.engineers=4",),
        rule_folders=(Path("/somewhere/my rules"),),
    )
    assert settings.command == (
        "rustplan scan . --set 'exclude=[\"docs/**\"]' --set plan.engineers=4 --rules 'my rules'"
    )


def test_values_of_the_file_are_not_in_the_command(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("version: 1\nexclude: [x]\n")
    assert load_settings(tmp_path).command == "rustplan scan ."


def test_scan_leaves_the_gate_of_the_file_alone(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("version: 1\ngate: {fail-on: ['risk>=1'], strict: true}\n")
    settings = load_settings(tmp_path, flags={"gate.min-coverage": Flag(name="--min-coverage", value=0.5)})
    own = settings.without_file_gate().gate
    assert (own.fail_on, own.is_strict, own.min_coverage) == ((), False, 0.5)


def test_committed_schema_is_fresh() -> None:
    committed = json.loads((REFERENCE / "rustplan-config.schema.json").read_text(encoding="utf-8"))
    assert committed == config_json_schema(), "run: rustplan config schema > docs/reference/rustplan-config.schema.json"


def test_schema_accepts_a_good_file_and_refuses_an_unknown_key() -> None:
    schema = config_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"version": 1, "plan": {"engineers": 4}, "exclude": ["docs/**"]}, schema)
    for wrong in ({"version": 1, "plann": {}}, {"version": 2}, {}, {"version": 1, "plan": {"availability": 0}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
