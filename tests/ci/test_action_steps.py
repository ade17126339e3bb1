"""The shell steps of the action, run as a runner would run them, on a sample repository."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from ci_files import ROOT
from sample_project import BIN, environment, make_project, run, worsen

INPUTS = {
    "IN_PATH": ".",
    "IN_CONFIG": "",
    "IN_FAIL_ON": "",
    "IN_BASELINE": "",
    "IN_MIN_COVERAGE": "",
    "IN_SARIF_FILE": "rustplan.sarif",
    "IN_HTML_FILE": "roadmap.html",
}
GH = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["GH_CALLS"], "a", encoding="utf-8") as calls:
    body = next((word[6:] for word in sys.argv if word.startswith("body=@")), None)
    text = open(body, encoding="utf-8").read() if body else ""
    calls.write(json.dumps({"words": sys.argv[1:], "body": text, "host": os.environ.get("GH_HOST")}) + "\\n")
if os.environ.get("GH_REFUSES"):
    sys.exit("HTTP 403: Resource not accessible by integration")
if "--paginate" in sys.argv:
    print(os.environ.get("GH_KNOWN", ""))
"""


class Runner:
    """A workspace and the files that a GitHub runner hands to a step."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.workspace = folder / "work space"
        shutil.copytree(project, self.workspace)
        self.temp = folder / "temp"
        self.temp.mkdir()
        self.calls = folder / "calls"
        for name in ("output", "summary", "path", "calls"):
            (folder / name).touch()
        tools = folder / "tools"
        tools.mkdir()
        (tools / "gh").write_text(GH, encoding="utf-8")
        (tools / "gh").chmod(0o755)
        self.env = environment(
            CI="true",
            GITHUB_ACTIONS="true",
            RUNNER_TEMP=str(self.temp),
            GITHUB_OUTPUT=str(folder / "output"),
            GITHUB_STEP_SUMMARY=str(folder / "summary"),
            GITHUB_PATH=str(folder / "path"),
            GITHUB_EVENT_PATH=str(folder / "event.json"),
            GITHUB_REPOSITORY="them/net",
            GITHUB_SERVER_URL="https://github.example",
            GITHUB_RUN_ID="77",
            GH_CALLS=str(self.calls),
            GH_TOKEN="t",
        )
        self.env["PATH"] = f"{tools}{os.pathsep}{self.env['PATH']}"
        self.folder = folder

    def step(self, script: str, **variables: str) -> CompletedProcess[str]:
        env = {**self.env, **(INPUTS if script == "scan.sh" else {}), **variables}
        return run("bash", "-euo", "pipefail", ROOT / "ci" / script, cwd=self.workspace, env=env)

    def comment(self, **variables: str) -> CompletedProcess[str]:
        return self.step("comment.sh", IN_COMMENT_FILE=self.outputs["comment-file"], **variables)

    def event(self, event: object) -> None:
        (self.folder / "event.json").write_text(json.dumps(event), encoding="utf-8")

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "output").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text(encoding="utf-8")

    @property
    def asked_of_gh(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.calls.read_text(encoding="utf-8").splitlines()]


def pull(head: str | None = "them/net", number: object = 12) -> dict[str, object]:
    return {
        "pull_request": {
            "number": number,
            "head": {"repo": None if head is None else {"full_name": head}},
            "base": {"repo": {"full_name": "them/net"}},
        }
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("project") / "made")


@pytest.fixture
def runner(tmp_path: Path, project: Path) -> Runner:
    return Runner(tmp_path, project)


def test_a_change_that_makes_nothing_worse(runner: Runner) -> None:
    done = runner.step("scan.sh", IN_FAIL_ON="new:high\n  policy  \n\n", IN_MIN_COVERAGE="0.9")
    assert done.returncode == 0, done.stderr
    assert "::warning" not in done.stdout
    assert runner.outputs["gate"] == "passed"
    assert runner.outputs["exit"] == "0"
    assert 0 < float(runner.outputs["risk"]) < 100
    assert (runner.outputs["gc"], runner.outputs["coverage"]) == ("", "1.0000")
    sarif = json.loads(Path(runner.outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"
    assert Path(runner.outputs["html-file"]) == runner.workspace / "roadmap.html"
    assert runner.summary.startswith("## rustplan: nothing new; gate passed\n")
    assert "| Gate new:high | | nothing new | passed |" in runner.summary
    assert "Coverage: 100.0 %" in runner.summary
    assert "| net |" in runner.summary
    runner.event(pull())
    assert runner.comment().stdout == "nothing changed: no comment\n"
    assert len(runner.asked_of_gh) == 1


def test_a_change_that_makes_it_worse_is_told_everywhere_before_the_job_stops(runner: Runner) -> None:
    worsen(runner.workspace)
    done = runner.step("scan.sh", IN_FAIL_ON="new:high")
    assert done.returncode == 0, "the verdict is the last step's"
    assert (runner.outputs["gate"], runner.outputs["exit"]) == ("not-met", "1")
    assert "::error file=net/a.c,line=3,endLine=3,title=double-free (critical)::" in done.stdout
    assert done.stderr.splitlines()[-1].endswith("Exit 1.")
    assert "net/a.c:3 double-free, critical" in runner.summary
    runner.event(pull())
    assert runner.comment().stdout == "comment written\n"
    looked, written = runner.asked_of_gh
    assert "repos/them/net/issues/12/comments?per_page=100" in looked["words"]
    assert written["words"][:5] == ["api", "--silent", "--method", "POST", "repos/them/net/issues/12/comments"]
    assert str(written["body"]).startswith("<!-- rustplan:summary -->\n### rustplan: new: 1 critical")
    assert str(written["body"]).endswith("[Run 77](https://github.example/them/net/actions/runs/77)\n")
    assert written["host"] == "github.example"


def test_a_comment_that_is_there_is_renewed_even_when_all_is_well_again(runner: Runner) -> None:
    assert runner.step("scan.sh").returncode == 0
    runner.event(pull())
    assert runner.comment(GH_KNOWN="501\n502").stdout == "comment 501 updated\n"
    assert runner.asked_of_gh[-1]["words"][:5] == [
        "api", "--silent", "--method", "PATCH", "repos/them/net/issues/comments/501",
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["stranger/net", None])
def test_a_pull_request_from_a_fork_gets_the_summary_only(runner: Runner, head: str | None) -> None:
    worsen(runner.workspace)
    assert runner.step("scan.sh", IN_FAIL_ON="new:high").returncode == 0
    assert "double-free" in runner.summary
    runner.event(pull(head))
    done = runner.comment()
    assert (done.returncode, runner.asked_of_gh) == (0, [])
    assert "::notice" in done.stdout


def test_a_push_gets_no_comment(runner: Runner) -> None:
    assert runner.step("scan.sh").returncode == 0
    runner.event({"ref": "refs/heads/main"})
    assert runner.comment().stdout == "no pull request: no comment\n"


def test_a_token_that_may_not_write_fails_nothing(runner: Runner) -> None:
    worsen(runner.workspace)
    assert runner.step("scan.sh").returncode == 0
    runner.event(pull())
    done = runner.comment(GH_REFUSES="1")
    assert done.returncode == 0
    assert "pull-requests: write" in done.stdout


def test_a_pull_request_number_that_is_none_reaches_no_address(runner: Runner) -> None:
    assert runner.step("scan.sh").returncode == 0
    runner.event(pull(number="1/../../x"))
    assert runner.comment().returncode != 0
    assert runner.asked_of_gh == []


def test_a_shallow_checkout_is_told(runner: Runner) -> None:
    shallow = runner.folder / "shallow"
    assert (
        run("git", "clone", "-q", "--depth", "1", f"file://{runner.workspace}", shallow, cwd=runner.folder).returncode
        == 0
    )
    runner.workspace = shallow
    assert "::warning title=rustplan::the checkout is shallow" in runner.step("scan.sh").stdout


def test_an_incomplete_scan_is_its_own_outcome(runner: Runner) -> None:
    (runner.workspace / "net" / "b.c").write_bytes(b"int f(void);\0" * 400)
    assert runner.step("scan.sh", IN_MIN_COVERAGE="0.99").returncode == 0
    assert (runner.outputs["gate"], runner.outputs["exit"]) == ("incomplete", "3")
    assert "**incomplete**" in runner.summary


def test_a_folder_below_with_a_configuration_and_a_baseline_elsewhere(runner: Runner) -> None:
    (runner.workspace / "rules").mkdir()
    (runner.workspace / "rules" / "own.yml").write_text("version: 1\ngate: {fail-on: [new:low]}\n", encoding="utf-8")
    (runner.workspace / "rustplan-baseline.json").rename(runner.workspace / "rules" / "base.json")
    done = runner.step(
        "scan.sh",
        IN_PATH="net",
        IN_CONFIG="rules/own.yml",
        IN_BASELINE="rules/base.json",
        IN_HTML_FILE="",
        IN_SARIF_FILE="",
    )
    assert done.returncode == 0, done.stderr
    assert runner.outputs["gate"] == "passed"
    assert runner.outputs["sarif-file"] == ""
    assert "html-file" not in runner.outputs
    assert not (runner.workspace / "roadmap.html").exists()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"IN_FAIL_ON": "new:hgih"}, "did you mean new:high?"),
        ({"IN_FAIL_ON": "new:high; touch stolen"}, "is not an expression"),
        ({"IN_FAIL_ON": "$(touch stolen)"}, "is not an expression"),
        ({"IN_BASELINE": "none.json"}, "there is no baseline"),
        ({"IN_SARIF_FILE": "a.sarif\ngate=passed"}, "one line each"),
    ],
)
def test_wrong_inputs_stop_the_step_and_run_nothing(runner: Runner, variables: dict[str, str], words: str) -> None:
    done = runner.step("scan.sh", **variables)
    assert done.returncode == 2
    assert words in done.stdout + done.stderr
    assert runner.outputs == {}
    assert not (runner.workspace / "stolen").exists()


def test_install_takes_a_version_and_nothing_else(runner: Runner) -> None:
    done = runner.step("install.sh", IN_VERSION="--index-url=http://evil.example rustplan")
    assert (done.returncode, "not a version" in done.stdout) == (2, True)
    assert (BIN / "rustplan").exists()
