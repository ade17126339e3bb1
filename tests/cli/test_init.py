from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from cli_runner import Run

from rustplan.cli.ci_snippets import SNIPPETS
from rustplan.cli.init_command import document, write_new
from rustplan.config import load_settings
from rustplan.errors import InputError
from rustplan.model.analysis import Analysis
from rustplan.yaml_reader import read_yaml_file
from sample_analysis import hostile_analysis, sample_analysis


def uncommented(text: str) -> str:
    """What a person gets who takes away every `# ` before a key or a component's line."""
    lines = []
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        is_setting = bare.split(":")[0] in ("exclude", "components", "policy", "plan") or bare.startswith('  "')
        lines.append(bare if is_setting else line)
    return "\n".join(lines) + "\n"


def test_init_writes_a_file_that_is_in_effect(run: Run, source: Path, tmp_path: Path) -> None:
    done = run("init", "repo")
    assert done.code == 0
    settings = load_settings(source)
    assert settings.gate.fail_on == ("new:high", "policy")
    assert '"repo"' in (source / "rustplan.yml").read_text() or "a.c" in (source / "rustplan.yml").read_text()
    assert "Add to .gitignore: /rustplan.json /roadmap.html" in done.err
    assert sorted(path.name for path in source.iterdir()) == ["a.c", "rustplan.yml"]


@pytest.mark.parametrize("name", ["rustplan.yml", ".rustplan.yml"])
def test_init_overwrites_nothing(run: Run, source: Path, name: str) -> None:
    (source / name).write_text("version: 1\n")
    done = run("init", "repo")
    assert (done.code, done.out) == (2, "")
    assert "overwrites nothing" in done.err
    assert (source / name).read_text() == "version: 1\n"
    assert len(list(source.iterdir())) == 2


def test_a_link_to_nowhere_counts_as_a_file(run: Run, source: Path, tmp_path: Path) -> None:
    (source / "rustplan.yml").symlink_to(tmp_path / "elsewhere")
    assert run("init", "repo").code == 2
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    (tmp_path / "rustplan.yml").write_text("mine")
    with pytest.raises(InputError):
        write_new(tmp_path / "rustplan.yml", "ours")
    assert (tmp_path / "rustplan.yml").read_text() == "mine"


@pytest.mark.parametrize("analysis", [sample_analysis(), hostile_analysis()], ids=["sample", "hostile"])
def test_every_line_can_be_taken_into_effect(analysis: Analysis, tmp_path: Path) -> None:
    text = "".join(f"{line}\n" for line in document(analysis))
    (tmp_path / "rustplan.yml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path).components.components == {}
    (tmp_path / "rustplan.yml").write_text(uncommented(text), encoding="utf-8")
    settings = load_settings(tmp_path)
    assert len(settings.components.components) == len(analysis.graph.components)
    assert len(settings.gate.policy) == 1
    assert settings.plan.engineers == 4
    assert isinstance(read_yaml_file(tmp_path / "rustplan.yml"), dict)


def test_a_saved_analysis_is_used(run: Run, source: Path, tmp_path: Path) -> None:
    from rustplan.report import encode_analysis

    renamed = msgspec.structs.replace(sample_analysis())
    (source / "rustplan.json").write_bytes(encode_analysis(renamed))
    assert run("init", "repo").code == 0
    assert '"net/tls"' in (source / "rustplan.yml").read_text()


@pytest.mark.parametrize(
    ("sign", "name"), [(".github", "github"), (".gitlab-ci.yml", "gitlab"), ("Jenkinsfile", "jenkins"), ("x", "shell")]
)
def test_the_snippet_is_for_the_ci_that_is_there(run: Run, source: Path, sign: str, name: str) -> None:
    (source / sign).mkdir()
    assert run("init", "repo").out == SNIPPETS[name]


def test_the_snippet_can_be_chosen_and_ignored_files_are_not_told_again(run: Run, source: Path) -> None:
    (source / ".gitignore").write_text("rustplan.json\n/roadmap.html\n")
    done = run("init", "repo", "--ci", "gitlab")
    assert done.out == SNIPPETS["gitlab"]
    assert ".gitignore" not in done.err
    assert "Next: rustplan scan . " in done.err


def test_a_folder_without_code_gets_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("init", "empty").code == 2
    assert list((tmp_path / "empty").iterdir()) == []
    assert run("init", "nowhere").code == 2
