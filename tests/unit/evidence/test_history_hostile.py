"""A repository that tries to run or fetch something in every way that git knows: nothing may happen."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from history_cases import Story, git, history, lines

_CONFIG = """
[core]
	fsmonitor = {canary}
	hooksPath = {folder}/hooks
	pager = {canary}
	editor = {canary}
	askPass = {canary}
	sshCommand = {canary}
	gitProxy = {canary}
	attributesFile = {folder}/attributes
	alternateRefsCommand = {canary}
	worktree = {folder}/elsewhere
[pager]
	log = {canary}
	ls-tree = {canary}
[alias]
	log = !{canary}
	ls-tree = !{canary}
	cat-file = !{canary}
[diff]
	external = {canary}
	tool = evil
[diff "evil"]
	command = {canary}
	textconv = {canary}
	cachetextconv = true
	trustExitCode = true
[filter "evil"]
	clean = {canary}
	smudge = {canary}
	process = {canary}
	required = true
[gpg]
	program = {canary}
	format = openpgp
[gpg "ssh"]
	program = {canary}
[log]
	showSignature = true
	mailmap = true
	follow = true
[mailmap]
	file = {folder}/mailmap
[credential]
	helper = !{canary}
[credential "https://example.org"]
	helper = !{canary}
[sequence]
	editor = {canary}
[uploadpack]
	packObjectsHook = {canary}
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[remote "origin"]
	url = ext::{canary} %S
	promisor = true
	partialclonefilter = blob:none
	uploadpack = {canary}
	vcs = evil
[extensions]
	partialClone = origin
	worktreeConfig = true
[include]
	path = {folder}/more
[includeIf "gitdir:/"]
	path = {folder}/more
[trace2]
	normalTarget = {folder}/traced
	eventTarget = {folder}/traced
[safe]
	directory = *
[i18n]
	logOutputEncoding = UTF-7
"""


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """A repository full of traps, and the file that any of them would write."""
    story = Story()
    signed = "start"
    story.commit(
        signed, {"a.c": lines(20), ".gitattributes": "*.c diff=evil filter=evil\n* merge=evil\n", "b.c": lines(4)}
    )
    story.commit("fix a use after free", {"a.c": lines(24)}, day=1)
    story.commit("work", {"a.c": lines(25), ".mailmap": "A <a@example.org>\n"}, day=2)
    root = story.write(tmp_path / "repo")
    _sign_head(root)
    traces = tmp_path / "traces"
    traces.mkdir()
    canary = traces / "canary.sh"
    canary.write_text(f'#!/bin/sh\necho "$0 $*" >> {traces}/ran\ncat /dev/null\n')
    canary.chmod(0o755)
    _set_traps(root / ".git", traces, canary, git(root, "rev-parse", "HEAD~1"))
    return root, traces / "ran"


def _sign_head(root: Path) -> None:
    """Give the newest commit a signature, so that log.showSignature would start gpg."""
    tree, parent = git(root, "rev-parse", "HEAD^{tree}"), git(root, "rev-parse", "HEAD~1")
    body = (
        f"tree {tree}\nparent {parent}\nauthor A <a@example.org> 1500172800 +0000\ncommitter A <a@example.org> 1500172800 +0000\n"
        "encoding ISO-2022-CN-EXT\n"
        "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n\nwork\n"
    )
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        input=body,
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    git(root, "update-ref", "refs/heads/main", done.stdout.strip())


def _set_traps(folder: Path, traces: Path, canary: Path, parent: str) -> None:
    (traces / "hooks").mkdir()
    names = (
        "post-index-change",
        "fsmonitor-watchman",
        "reference-transaction",
        "post-checkout",
        "pre-auto-gc",
        "proc-receive",
    )
    for place in (folder / "hooks", traces / "hooks"):
        place.mkdir(exist_ok=True)
        for name in names:
            shutil.copy(canary, place / name)
    config = _CONFIG.format(canary=canary, folder=traces)
    (folder / "config").write_text("[core]\n\trepositoryformatversion = 1\n\tbare = false\n" + config)
    (folder / "config.worktree").write_text(config)
    (traces / "more").write_text(config.partition("[include]")[0])
    (traces / "attributes").write_text("* diff=evil filter=evil\n")
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info/attributes").write_text("* diff=evil filter=evil\n")
    head = (folder / "refs/heads/main").read_text().strip()
    (folder / "info/grafts").write_text(f"{head}\n")
    (folder / "refs/replace").mkdir()
    (folder / "refs/replace" / head).write_text(f"{parent}\n")
    (folder / "objects/info/alternates").write_text(f"{traces}/nowhere\n")
    (folder / "objects/info/http-alternates").write_text("ext::sh\n")


def test_the_traps_are_real(trap: tuple[Path, Path]) -> None:
    root, ran = trap
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": "/nonexistent",
        "GIT_WORK_TREE": str(root),
    }
    (root / "a.c").write_text("changed")
    ways = (["status"], ["--no-replace-objects", "log", "-1"], ["log", "-p", "--ext-diff"], ["log", "-p", "--textconv"])
    for way in ways:
        ran.unlink(missing_ok=True)
        subprocess.run(["git", *way], cwd=root, env=environment, capture_output=True, check=False)
        assert ran.exists(), f"a plain git {way} would have run the canary"


def test_nothing_of_the_repository_runs_and_its_history_is_read(
    trap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, ran = trap
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_EDITOR", "GIT_PROXY_COMMAND"):
        monkeypatch.setenv(name, str(ran.parent / "canary.sh"))
    monkeypatch.setenv("GIT_DIR", str(ran.parent / "elsewhere"))
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(ran.parent / "traced"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor={ran.parent}/canary.sh'")
    before = _state(root)
    found = history(root, "a.c", "b.c")
    assert not ran.exists()
    assert not (ran.parent / "traced").exists()
    assert _state(root) == before, "reading changed the repository"
    assert (found.commits, found.files[0].commits, found.files[0].memory_fixes) == (3, 3, 1)


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_git_starts_no_other_program_and_opens_nothing_of_the_repository_but_objects(
    trap: tuple[Path, Path], tmp_path: Path
) -> None:
    root, ran = trap
    log = tmp_path / "strace.log"
    program = (
        "import os, sys; from pathlib import Path; from rustplan.discover.git import find_repository;"
        "from rustplan.evidence.history import read_history; root = Path(sys.argv[1]);"
        "found = read_history(root, find_repository(os.fsencode(root)), ['a.c']); print(found.commits)"
    )
    command = ["strace", "-f", "-qq", "-e", "trace=execve,openat,open,connect,socket", "-o", str(log)]
    done = subprocess.run(
        [*command, os.path.realpath("/proc/self/exe"), "-c", program, str(root)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in __import__("sys").path if path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr or "PTRACE" in done.stderr:
        pytest.skip("tracing is not allowed here")
    assert done.stdout.strip() == "3", done.stderr
    calls = log.read_text().splitlines()
    started = [call for call in calls if "execve(" in call and " = 0" in call]
    programs = {call.split('"')[1].rsplit("/", 1)[-1] for call in started[1:]}
    assert programs == {"git"}
    assert not [call for call in calls if "connect(" in call and " = 0" in call]
    gits = {call.split()[0] for call in started[1:]}
    opened = [
        call.split('"')[1] for call in calls if call.split()[0] in gits and "open" in call.split("(")[0] and '"' in call
    ]
    ours = [path for path in opened if path.startswith(str(root))]
    assert ours == [], "git opens the repository only through our links to its objects"
    assert not ran.exists()


def _state(root: Path) -> list[tuple[str, int, int]]:
    return sorted((str(path), path.lstat().st_size, path.lstat().st_mtime_ns) for path in root.rglob("*"))
