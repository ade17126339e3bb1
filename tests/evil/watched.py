"""Runs rustplan again and again in children that are watched: time, memory, every file written, every program and socket.

    python -I watched.py LIST RESULTS

LIST is JSON: jobs with `folder`, `arguments`, `seconds` and `megabytes`. The children are forks, so that rustplan is imported once; each
installs an audit hook before it does anything, and puts the same hook into the workers it starts.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time

HOOK = """
import os as _os, sys as _sys
_sys.dont_write_bytecode = True
_log = _os.open({log!r}, _os.O_WRONLY | _os.O_APPEND | _os.O_CREAT, 0o600)
_WRITING = _os.O_WRONLY | _os.O_RDWR | _os.O_CREAT | _os.O_TRUNC
_CHANGES = dict.fromkeys(("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.chown", "os.truncate",
    "os.mkfifo", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move", "shutil.copyfile", "sqlite3.connect"))
def _note(kind, what):
    _os.write(_log, (kind + " " + ascii(what)[:300] + "\\n").encode())
def _path(name):
    name = _os.fsdecode(name) if isinstance(name, (bytes, str)) else str(name)
    return _os.path.normpath(_os.path.join(_os.getcwd(), name))
def _watch(event, arguments):
    if event == "open":
        if not isinstance(arguments[0], int) and (arguments[2] or 0) & _WRITING:
            _note("write", _path(arguments[0]))
    elif event in _CHANGES:
        for name in arguments[1:2] if event in ("os.symlink", "os.link", "shutil.copyfile") else arguments[:2] if event in ("os.rename", "shutil.move") else arguments[:1]:
            if isinstance(name, (str, bytes, _os.PathLike)):
                _note("write", _path(name))
    elif event == "socket.__new__":
        if arguments[1] != 1:
            _note("socket", arguments[1:])
    elif event.startswith("socket."):
        _note("socket", event)
    elif event == "subprocess.Popen":
        _note("program", [str(arguments[0]), *map(str, arguments[1][1:3])])
    elif event.startswith(("os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "os.startfile", "pty.")):
        _note("program", [event, str(arguments)])
    elif event.startswith("ctypes.") or event in ("urllib.Request", "webbrowser.open", "ftplib.connect", "http.client.connect"):
        _note("other", event)
_sys.addaudithook(_watch)
"""


def main() -> None:
    """Run every job and write what came of it."""
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    sys.dont_write_bytecode = True
    import rustplan.api
    import rustplan.report.html
    import rustplan.score  # noqa: F401 - imported before the forks, all three
    from rustplan.cli import main as run

    run(["--version"])
    results = [_watched(job, run) for job in jobs]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(results, file)


def _watched(job: dict[str, object], run: object) -> dict[str, object]:
    began = time.monotonic()
    child = os.fork()
    if not child:
        _child(job, run)
    deadline = began + float(str(job["seconds"]))
    is_late = False
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline and not is_late:
            is_late = True
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.005)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": time.monotonic() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / 1024,  # of the child or the largest worker that it waited for
        "is_late": is_late,
    }


def _child(job: dict[str, object], run: object) -> None:
    """Never returns."""
    code = 99
    try:
        os.setpgid(0, 0)
        folder = str(job["folder"])
        os.chdir(os.path.join(folder, "out"))
        for number, name in ((1, "stdout"), (2, "stderr")):
            handle = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, number)
        os.environ["TMPDIR"] = os.path.join(folder, "temporary")
        os.environ["RUSTPLAN_CACHE"] = os.path.join(folder, "cache")
        limit = int(str(job["megabytes"])) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (3 * limit, 3 * limit))
        hook = HOOK.format(log=os.path.join(folder, "audit"))
        from rustplan.scan import pool

        pool.BOOTSTRAP = f"exec({hook!r}); {pool.BOOTSTRAP}"
        exec(hook, {})
        code = run(job["arguments"])  # type: ignore[operator]
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
