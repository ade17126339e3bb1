"""The files that CI systems read are valid and safe: published schemas, and the checks that no schema makes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ci_files import ACTION, GITLAB, HOOKS, PAGES, ROOT, blocks, load, workflows

from rustplan.cli.ci_snippets import GITHUB, SNIPPETS
from rustplan.cli.ci_snippets import GITLAB as GITLAB_SNIPPET

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def validate(path: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(document: Any) -> list[dict[str, Any]]:
    if "runs" in document:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job["steps"]]


def test_the_action_and_the_gitlab_job_fit_their_schemas() -> None:
    validate(ACTION, "github-actions")
    validate(GITLAB, "gitlab-ci")


def test_the_workflows_of_the_pages_fit_the_schema(tmp_path: Path) -> None:
    found = [*workflows(), ("init", GITHUB)]
    assert {page for page, _ in found} >= {"github-action.md", "outputs.md", "init"}
    for number, (_, text) in enumerate(found):
        file = tmp_path / f"{number}.yml"
        file.write_text(text, encoding="utf-8")
        validate(file, "github-workflows")


def test_the_gitlab_jobs_of_the_pages_fit_the_schema(tmp_path: Path) -> None:
    found = [block for block in blocks("gitlab.md") if "script:" in block] + [GITLAB_SNIPPET]
    assert len(found) >= 2
    for number, text in enumerate(found):
        file = tmp_path / f"{number}.yml"
        file.write_text(text, encoding="utf-8")
        validate(file, "gitlab-ci")


def test_no_expression_reaches_a_shell() -> None:
    documents = [load(ACTION), *(yaml.safe_load(text) for _, text in workflows())]
    scripts = [step["run"] for document in documents for step in steps(document) if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_third_party_actions_are_pinned_to_a_commit_with_its_version_beside_it() -> None:
    text = ACTION.read_text(encoding="utf-8")
    used = [step["uses"] for step in steps(load(ACTION)) if "uses" in step]
    assert len(used) == 2
    for name in used:
        assert PINNED.fullmatch(name)
        assert re.search(rf"uses: {re.escape(name)} # v\d+\.\d+\.\d+$", text, re.MULTILINE)
    for _, workflow in [*workflows(), ("init", GITHUB)]:
        for step in steps(yaml.safe_load(workflow)):
            assert "uses" not in step or PINNED.fullmatch(step["uses"]) or step["uses"] == "OWNER/rustplan@COMMIT"


def test_workflows_ask_for_the_least_and_leave_no_credentials() -> None:
    for page, text in [*workflows(), ("init", GITHUB)]:
        document = yaml.safe_load(text)
        assert document["permissions"] == {"contents": "read"}, page
        for job in document["jobs"].values():
            granted = job.get("permissions", {})
            assert set(granted) <= {"contents", "security-events", "pull-requests"}
            assert granted.get("contents", "read") == "read"
        checkouts = [step for step in steps(document) if step.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)
        assert "pull_request_target" not in text


def test_every_input_reaches_a_step_and_every_output_comes_from_one() -> None:
    action = load(ACTION)
    given = " ".join(
        [*(str(step.get("env", "")) for step in steps(action)), *(step.get("if", "") for step in steps(action))]
    )
    assert set(action["inputs"]) == set(
        "path config fail-on baseline min-coverage sarif-file html-file comment version".split()
    )
    assert [name for name in action["inputs"] if f"inputs.{name}" not in given] == []
    assert set(action["outputs"]) == set("gate risk gc coverage sarif-file html-file".split())
    ids = {step.get("id") for step in steps(action)}
    assert {output["value"].split(".")[1] for output in action["outputs"].values()} <= ids


def test_what_publishes_runs_after_a_gate_that_is_not_met() -> None:
    after = steps(load(ACTION))[2:]
    assert [step["name"] for step in after if not step["if"].startswith("always()")] == []
    assert after[-1]["name"] == "Verdict"


def test_shell_scripts_are_strict_and_clean() -> None:
    scripts = sorted((ROOT / "ci").glob("*.sh"))
    assert [script.name for script in scripts] == ["comment.sh", "install.sh", "scan.sh"]
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert text.startswith("#!/usr/bin/env bash\n")
        assert "\nset -euo pipefail\n" in text
        assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
        assert "RUSTPLAN_" not in text, "these variables are settings of rustplan"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    scripts = sorted(map(str, (ROOT / "ci").glob("*.sh")))
    done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_init_prints_stands_in_the_pages() -> None:
    pages = "".join((ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8") for page in PAGES)
    assert [name for name, snippet in SNIPPETS.items() if snippet not in pages] == []


def test_hooks_are_understood_by_pre_commit() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [hook["id"] for hook in load(HOOKS)] == ["rustplan", "rustplan-gate", "rustplan-config"]
