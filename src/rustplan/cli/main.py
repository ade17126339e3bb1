"""Runs the command group and turns every way it can end into an exit code of ours."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence

import click

from rustplan.cli.app import app
from rustplan.cli.streams import open_closed_streams, print_error, silence_broken_pipes
from rustplan.errors import ConfigError, RuleError, RustplanError

USAGE = 2
INTERNAL = 4
INTERRUPTED = 130
_COLLECTOR = (100_000, 50, 100)
"""When Python looks for cycles: facts and findings form none, and looking through them often is a tenth of a scan."""
_CLICK_ENDS = (None, 0, 1)
"""How click itself leaves: after a shell completion, and with 1 when the reader of its help text has gone."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 gate, 2 usage or input, 3 incomplete, 4 a bug, 130 interrupted.

    click's own mapping is not used, because it would answer 1, our code for a gate that is not met, to an interrupt,
    a closed pipe and an unwritable file.
    """
    gc.set_threshold(*_COLLECTOR)
    open_closed_streams()
    try:
        code = app.main(
            args=None if arguments is None else list(arguments), prog_name="rustplan", standalone_mode=False
        )
        return code if isinstance(code, int) else 0
    except (click.Abort, KeyboardInterrupt):
        print_error("interrupted; no output was left half-written")
        return INTERRUPTED
    except click.ClickException as error:
        _print_usage_error(error)
        return USAGE
    except RustplanError as error:
        _print_failure(error)
        return error.exit_code
    except SystemExit as ended:
        return 0 if ended.code in _CLICK_ENDS else INTERNAL
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug must read as a bug, not as a gate
        return _print_bug(error)
    finally:
        silence_broken_pipes()


def _print_usage_error(error: click.ClickException) -> None:
    """click's message, one line, with the usage of the command it came from."""
    context = getattr(error, "ctx", None)
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # click 8.2 and later
        print_error(None, lines=error.format_message().splitlines())
        return
    message, *more = error.format_message().expandtabs(2).splitlines() or [""]
    help_hint = f"{context.command_path} --help" if context is not None else "rustplan --help"
    print_error(message, lines=more, hint=f"see: {help_hint}")


def _print_failure(error: RustplanError) -> None:
    problems = error.problems if isinstance(error, (ConfigError, RuleError)) else ()
    print_error(error.message, lines=[f"  {problem}" for problem in problems], hint=error.hint)


def _print_bug(error: BaseException) -> int:
    """Save the traceback where the user can send it from, and say so."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    try:
        handle, path = tempfile.mkstemp(prefix="rustplan-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        print_error("internal error, and its traceback could not be saved", lines=text.splitlines())
        return INTERNAL
    print_error(
        f"internal error: {type(error).__name__}: {error}",
        lines=[f"the traceback was saved to {path}"],
        hint="this is a bug in rustplan; please report it with that file",
    )
    return INTERNAL
