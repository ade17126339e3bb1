"""Effort constants, weights and the file of actuals in rustplan.yml: checked, bounded, recorded."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rustplan.catalog import load_anchors, load_effort
from rustplan.catalog.overrides import effort_names, effort_problems, weight_problems, with_effort, with_weights
from rustplan.config import Flag, load_settings
from rustplan.errors import ConfigError
from rustplan.model.options import ScoreOptions


def write(folder: Path, text: str) -> Path:
    (folder / "rustplan.yml").write_text(text)
    return folder


def test_every_constant_can_be_named_and_replaced_by_itself():
    names = effort_names()
    assert names["crossings.hours.callback"] == 4.0
    assert names["drivers.rules.nonlocal-jumps.add"] == 0.3
    assert "productivity.seed" not in names
    model, said = with_effort(load_effort(), names)
    assert model == load_effort()
    assert len(said) == len(names)
    assert list(effort_problems(names)) == []


def test_an_override_reaches_the_model_and_is_told():
    model, (one,) = with_effort(load_effort(), {"drivers.rules.nonlocal-jumps.add": 0.5})
    changed = next(driver for driver in model.drivers.rules if driver.name == "nonlocal-jumps")
    assert changed.add == 0.5
    assert (one.name, one.shipped, one.used) == ("effort.drivers.rules.nonlocal-jumps.add", 0.3, 0.5)


def test_whole_numbers_stay_whole():
    model, _ = with_effort(load_effort(), {"waves.most_steps": 4.0})
    assert model.waves.most_steps == 4
    assert isinstance(model.waves.most_steps, int)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"productivity.lines_per_moth": 900}, "did you mean productivity.lines_per_month?"),
        ({"productivity.lines_per_month": 0.0}, "too far from the shipped"),
        ({"productivity.lines_per_month": -5.0}, "too far"),
        ({"productivity.hours_per_month": math.inf}, "too far"),
        ({"productivity.hours_per_month": math.nan}, "too far"),
        ({"productivity.draws": 10.0}, "no such constant"),
        ({"drivers.pointer_work.low": 0.2}, "must stay below"),
        ({"productivity.least_difficulty": 3.5}, "must stay below"),
        ({"waves.most_steps": 0.1}, "at least 1"),
    ],
)
def test_a_constant_that_makes_no_sense_is_refused(overrides, words):
    assert any(words in problem for problem in effort_problems(overrides))


def test_weights_replace_shipped_ones_and_are_told():
    anchors, said = with_weights(load_anchors(), ScoreOptions(exponents=(1.0, 0.0, 0.5), weights={"churn": 20.0}))
    assert anchors.memory_safety.factors["churn"].weight == 20.0
    assert anchors.score.exponents == (1.0, 0.0, 0.5)
    assert [(one.name, one.used) for one in said] == [
        ("score.exponents.feasibility", 0.0),
        ("score.weights.churn", 20.0),
    ]
    assert with_weights(load_anchors(), ScoreOptions()) == (load_anchors(), ())


@pytest.mark.parametrize(
    "options",
    [
        ScoreOptions(exponents=(1.0, 2.0)),
        ScoreOptions(exponents=(1.0, -1.0, 1.0)),
        ScoreOptions(exponents=(math.nan, 1.0, 1.0)),
        ScoreOptions(weights={"chrun": 1.0}),
        ScoreOptions(weights={"churn": 0.0}),
        ScoreOptions(weights={"churn": math.inf}),
    ],
)
def test_weights_that_make_no_sense_are_refused(options):
    assert list(weight_problems(options, load_anchors()))


def test_the_file_names_constants_weights_and_actuals(tmp_path):
    settings = load_settings(
        write(
            tmp_path,
            "version: 1\nplan:\n  actuals: done/actuals.csv\n  effort: {crossings.hours.callback: 6}\n"
            "score: {exponents: [1, 0.5, 0.4], weights: {churn: 12}}\n",
        )
    )
    assert settings.plan.effort == {"crossings.hours.callback": 6.0}
    assert settings.score.weights == {"churn": 12.0}
    assert settings.score.exponents == (1.0, 0.5, 0.4)
    assert Path(settings.plan.actuals) == tmp_path / "done" / "actuals.csv"
    assert settings.shown()["plan.actuals"] == ["actuals.csv"]
    assert str(tmp_path) not in repr(settings.shown())


def test_the_flag_names_a_file_anywhere_and_stands_in_the_command(tmp_path):
    settings = load_settings(tmp_path, flags={"plan.actuals": Flag(name="--actuals", value="/elsewhere/a.csv")})
    assert settings.plan.actuals == "/elsewhere/a.csv"
    assert settings.command == "rustplan scan . --actuals a.csv"


def test_a_strangers_file_of_actuals_stays_beside_its_configuration(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, "version: 1\nplan: {actuals: ../../secrets.csv}\n"))
    assert "leaves the folder of this file; give it with --actuals" in caught.value.problems[0]


def test_nothing_given_is_nothing(tmp_path):
    settings = load_settings(write(tmp_path, "version: 1\nplan: {actuals: null}\ngate: {baseline: null}\n"))
    assert settings.plan.actuals is None
    assert settings.gate.baseline is None


def test_mistakes_are_all_told_with_their_key(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_settings(
            write(tmp_path, "version: 1\nplan: {effort: {nope: 1}}\nscore: {exponents: [1], weights: {churn: -2}}\n")
        )
    told = " ".join(caught.value.problems)
    assert "plan.effort: 'nope': no such constant" in told
    assert "give three numbers" in told
    assert "score.weights.churn" in told
