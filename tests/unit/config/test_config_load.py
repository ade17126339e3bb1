from __future__ import annotations

from pathlib import Path

import pytest

from rustplan.config import Flag, Settings, load_settings, read_component_map
from rustplan.errors import ConfigError


def write(folder: Path, text: str, name: str = "rustplan.yml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def problems(folder: Path, text: str) -> tuple[str, ...]:
    write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(folder)
    assert caught.value.exit_code == 2
    return caught.value.problems


def test_defaults_need_no_file(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_every_key_reaches_its_option(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
version: 1
include: ["src/**"]
exclude: ["docs/**"]
components: {net/tls: ["src/tls/**"]}
granularity: 2
jobs: 3
limits: {file-bytes: 1000, file-seconds: 5, depth: 10}
plan: {engineers: 4, start: "2027-01", availability: 0.7, rust-experience: true, criticality: {net/tls: 0.9}}
report: {excerpts: none, paper: letter, source-url: "https://git.example/{repo}/blob/{commit}/{path}#L{line}", max-bytes: 200000}
gate: {fail-on: ["risk>=70"], min-coverage: 0.9, strict: true, exit-zero: true}
""",
    )
    settings = load_settings(tmp_path)
    assert (settings.discover.include, settings.discover.exclude) == (("src/**",), ("docs/**",))
    assert (settings.discover.max_file_bytes, settings.discover.max_depth) == (1000, 10)
    assert (settings.scan.jobs, settings.scan.file_seconds) == (3, 5.0)
    assert settings.components.components == {"net/tls": ("src/tls/**",)}
    assert settings.components.granularity == 2.0
    assert (settings.plan.engineers, settings.plan.start, settings.plan.availability) == (4, "2027-01", 0.7)
    assert settings.plan.rust_experience
    assert settings.plan.criticality == {"net/tls": 0.9}
    assert (settings.report.excerpts, settings.report.paper, settings.report.max_bytes) == ("none", "letter", 200_000)
    assert settings.gate.fail_on == ("risk>=70",)
    assert (settings.gate.min_coverage, settings.gate.is_strict, settings.gate.exit_zero) == (0.9, True, True)
    assert settings.origin("plan.engineers") == "rustplan.yml"


def test_flags_beat_set_beats_environment_beats_file(tmp_path: Path) -> None:
    write(tmp_path, "version: 1\nplan: {engineers: 1, availability: 0.1, start: 2026-01}\njobs: 1\n")
    settings = load_settings(
        tmp_path,
        environ={
            "RUSTPLAN_PLAN_ENGINEERS": "2",
            "RUSTPLAN_PLAN_AVAILABILITY": "0.2",
            "RUSTPLAN_JOBS": "2",
            "HOME": "/",
        },
        assignments=("plan.engineers=3", "plan.availability=0.3"),
        flags={"plan.engineers": Flag(name="--engineers", value=4)},
    )
    assert (settings.plan.engineers, settings.origin("plan.engineers")) == (4, "--engineers")
    assert (settings.plan.availability, settings.origin("plan.availability")) == (0.3, "--set plan.availability")
    assert (settings.scan.jobs, settings.origin("jobs")) == (2, "RUSTPLAN_JOBS")
    assert (settings.plan.start, settings.origin("plan.start")) == ("2026-01", "rustplan.yml")


def test_all_problems_at_once_each_with_its_key_path(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
verson: 1
plan: {enginers: 4, start: 2027-13, availability: 2, criticality: {a: 3}}
exclude: [1, "../x"]
report: {paper: b5, source-url: "http://x"}
components: {x: 3}
policy: {net: {state: forzen}}
gate: {fail-on: ["new:hgih", "rusk>3"], baseline: ../b.json}
jobs: true
engineers: 3
limits: 3
""",
    )
    told = "\n".join(found)
    for words in (
        "version: 1 is required",
        "plan.enginers: unknown key; did you mean plan.engineers?",
        "plan.start: expected YYYY-MM",
        "plan.availability: expected a number <= 1",
        "plan.criticality.a: expected a number <= 1",
        "exclude[0]: expected text, got a whole number",
        "report.paper: expected one of a4, letter",
        "report.source-url: expected an address that starts with https://",
        "components.x: expected a list, got a whole number",
        "policy.net: ",
        "gate.fail-on[0]: ",
        "gate.fail-on[1]: ",
        "gate.baseline[0]: '../b.json' leaves the folder of this file; give it with --baseline",
        "jobs: expected a whole number, got true or false",
        "engineers: unknown key; did you mean plan.engineers?",
        "limits: expected a mapping, got a whole number",
    ):
        assert words in told, words
    assert all(problem.startswith("rustplan.yml: ") for problem in found)


@pytest.mark.parametrize("glob", ["../other/**", "src/../../x", "..\\x"])
def test_paths_that_leave_the_root_are_refused(tmp_path: Path, glob: str) -> None:
    found = problems(tmp_path, f"version: 1\nexclude: ['{glob}']\ncomponents: {{a: ['{glob}']}}\n")
    assert len(found) == 2
    assert all("leaves the scanned folder" in problem for problem in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: 2", "the file says 2"),
        ("version: true", "the file says True"),
        ("", "version: 1 is required"),
        ("[1, 2]", "not a mapping"),
        ("just text", "not a mapping"),
        ("a: [", "line "),
        ("a: 1\na: 2\n", "given twice"),
        ("x: !!python/object/apply:os.system [id]", "line 1"),
    ],
)
def test_unusable_files(tmp_path: Path, text: str, words: str) -> None:
    assert words in "\n".join(problems(tmp_path, text))


def test_an_alias_bomb_ends_at_once(tmp_path: Path) -> None:
    lines = ["version: 1", "a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)]
    assert "more than 50 aliases" in problems(tmp_path, "\n".join(lines))[0]


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert "larger than" in problems(tmp_path, "version: 1\n#" + "x" * (1 << 20))[0]


def test_the_nearest_file_up_to_the_repository_root(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    write(tmp_path, "version: 1\njobs: 9\n")
    assert load_settings(inner).config_file is None
    write(tmp_path / "repo", "version: 1\njobs: 2\n", ".rustplan.yml")
    assert load_settings(inner).scan.jobs == 2
    write(tmp_path / "repo" / "a", "version: 1\njobs: 3\n")
    assert load_settings(inner).scan.jobs == 3


def test_outside_a_repository_only_the_root_is_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "version: 1\njobs: 9\n")
    (tmp_path / "inner").mkdir()
    assert load_settings(tmp_path / "inner").config_file is None


def test_both_names_in_one_folder_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "version: 1\n")
    write(tmp_path, "version: 1\n", ".rustplan.yml")
    with pytest.raises(ConfigError, match="holds both"):
        load_settings(tmp_path)


def test_isolated_and_config_replace_the_search(tmp_path: Path) -> None:
    write(tmp_path, "version: 1\njobs: 2\n")
    other = write(tmp_path / "elsewhere", "version: 1\njobs: 5\n", "my.yml")
    assert load_settings(tmp_path, is_isolated=True).scan.jobs == 0
    assert load_settings(tmp_path, config=other).scan.jobs == 5
    with pytest.raises(ConfigError, match="cannot read"):
        load_settings(tmp_path, config=tmp_path / "missing.yml")


def test_a_folder_or_a_pipe_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").mkdir()
    with pytest.raises(ConfigError, match=r"cannot read .*rustplan\.yml"):
        load_settings(tmp_path)


def test_an_unknown_variable_is_told_and_the_browser_is_not(tmp_path: Path) -> None:
    load_settings(tmp_path, environ={"RUSTPLAN_BROWSER": "/usr/bin/chromium"})
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, environ={"RUSTPLAN_JOB": "3"})
    assert caught.value.problems == ("RUSTPLAN_JOB: no such setting; did you mean RUSTPLAN_JOBS?",)


@pytest.mark.parametrize(
    ("assignment", "key", "value"),
    [
        ("exclude=*.c", "exclude", ("*.c",)),
        ("exclude=[a, b]", "exclude", ("a", "b")),
        ("plan.start=2027-10", "plan.start", "2027-10"),
        ("plan.rust-experience=true", "plan.rust-experience", True),
        ("components={a: [x]}", "components", {"a": ("x",)}),
        ("report.paper=letter", "report.paper", "letter"),
        ("gate.fail-on=risk>=70", "gate.fail-on", ("risk>=70",)),
    ],
)
def test_set_reads_values_as_people_type_them(assignment: str, key: str, value: object) -> None:
    assert load_settings(assignments=(assignment,)).value(key) == value


@pytest.mark.parametrize("assignment", ["plan.engineer=3", "nonsense", "jobs=[", "jobs=many", "version=1"])
def test_a_wrong_set_is_refused(assignment: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(assignments=(assignment,))
    assert all(problem.startswith("--set ") for problem in caught.value.problems)


def test_component_map_file(tmp_path: Path) -> None:
    path = write(tmp_path, "net/tls: ['src/tls/**']\n", "map.yml")
    assert read_component_map(path) == {"net/tls": ("src/tls/**",)}
    write(tmp_path, "components: {a: [x]}\n", "map.yml")
    assert read_component_map(path) == {"a": ("x",)}
    write(tmp_path, "net/tls: src\n", "map.yml")
    with pytest.raises(ConfigError) as caught:
        read_component_map(path)
    assert caught.value.problems == ("map.yml: components.net/tls: expected a list, got text 'src'",)
