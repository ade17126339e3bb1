"""Which documents a run writes and where: `-f`, `-o [FMT=]FILE` and the defaults."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rustplan.cli.atomic import is_stream, write_all
from rustplan.cli.options import DocumentChoice
from rustplan.errors import InputError, OutputError
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Kind
from rustplan.model.options import ReportOptions
from rustplan.model.verdict import Verdict
from rustplan.report import FORMATS, Document, all_formats, infer_format, render
from rustplan.report.terminal import Terminal
from rustplan.report.view.numbers import counted, size_of

if TYPE_CHECKING:
    from rustplan.cli.drawing import Drawing

STDOUT = "-"
REDACTED = ("html", "pdf")
"""The documents that have an edition for publication."""
NOT_REDACTED = "It holds the whole analysis, paths and findings included: it is not for publication."
_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9-]*)=(.+)", re.DOTALL)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One document: its format and file. `is_default` marks those nobody asked for by name."""

    format: str
    path: Path
    is_default: bool = False


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was written: its place, its size in bytes, how many tables a folder got, and what was left out of it to save space."""

    path: Path
    size: int
    tables: int = 0
    notices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """`roadmap.html (1.4 MB)`, `tables/ (5 tables, 42 kB)`."""
        size = size_of(self.size)
        return f"{self.path}/ ({counted(self.tables, 'table')}, {size})" if self.tables else f"{self.path} ({size})"


class Outputs(msgspec.Struct, frozen=True, kw_only=True):
    """All documents of a run: the format of the one on stdout, and the files."""

    stdout_format: str
    files: tuple[Target, ...] = ()
    is_stdout_asked: bool = False
    kinds: tuple[Kind, ...] = ()

    def file_of(self, format: str) -> str | None:
        """The name of the first file with that format."""
        return next((str(target.path) for target in self.files if target.format == format), None)

    def inside(self, root: Path) -> tuple[str, ...]:
        """The places below `root` that will be written, as POSIX paths relative to it."""
        top = os.path.realpath(root)
        places = [os.path.relpath(os.path.realpath(target.path), top) for target in self.files]
        return tuple(sorted(Path(place).as_posix() for place in places if not place.startswith(os.pardir)))

    def check(self) -> None:
        """Raise OutputError for a place that cannot be written, or a PDF that nothing could print, before any work is done."""
        if "pdf" in (self.stdout_format, *(target.format for target in self.files)):
            from rustplan.report.pdf import require_browser

            require_browser()
        for target in self.files:
            try:
                _check_place(target)
            except OSError as error:
                hint = f"choose another place: -o {target.format}=FILE"
                raise OutputError(f"cannot write {target.path}: {error.strerror or error}", hint=hint) from None

    def write(
        self,
        analysis: Analysis,
        options: ReportOptions,
        verdict: Verdict | None = None,
        drawing: Drawing | None = None,
    ) -> tuple[Written, ...]:
        """Write every file, and say what was written where. `drawing` knows a shorter way for an analysis that this run has made."""
        files: list[tuple[Path, bytes]] = []
        written = []
        for target in self.files:
            drawn, notices = _drawn(analysis, target.format, options, self.kinds, verdict, drawing)
            made = _documents(target, drawn)
            files += made
            written.append(
                Written(
                    path=target.path,
                    size=sum(len(data) for _, data in made),
                    tables=len(made) if all_formats()[target.format].is_folder else 0,
                    notices=notices,
                )
            )
        write_all(files)
        return tuple(written)


def _drawn(
    analysis: Analysis,
    format: str,
    options: ReportOptions,
    kinds: tuple[Kind, ...],
    verdict: Verdict | None,
    drawing: Drawing | None = None,
) -> tuple[Document, tuple[str, ...]]:
    """The document, and what the page says it left out: nobody should have to open it to learn that."""
    if format == "html" and drawing is not None:
        known = drawing.page(analysis, options)
        return known.text, known.notices
    if format == "html":
        from rustplan.report.html import render_document

        page = render_document(analysis, options)
        return page.text, page.notices
    notices = () if options.redact == "none" or format in REDACTED else (NOT_REDACTED,)
    if format == "json" and drawing is not None:
        return drawing.json(analysis), notices
    return render(analysis, format, options, kinds=kinds, verdict=verdict), notices


def plan_outputs(choice: DocumentChoice, *, default_stdout: str, defaults: Mapping[str, str]) -> Outputs:
    """Read `-f` and `-o`. `defaults` (format -> file) are added for formats that were not given a place."""
    stdout_format = None if choice.stdout_format is None else known_format(choice.stdout_format, option="-f")
    files: list[Target] = []
    for text in choice.outputs:
        format, place = _parse(text)
        if place != STDOUT:
            files.append(Target(format=format, path=Path(place)))
        elif stdout_format in (None, format):
            stdout_format = format
        else:
            raise OutputError(
                f"stdout can carry one document, but {stdout_format} and {format} were asked for",
                hint=f"write one to a file: -o {format}=FILE",
            )
    given = {target.format for target in files} | {stdout_format}
    files += [
        Target(format=format, path=Path(place), is_default=True)
        for format, place in defaults.items()
        if format not in given
    ]
    _refuse_doubles(files)
    outputs = Outputs(
        stdout_format=stdout_format or default_stdout,
        files=tuple(files),
        is_stdout_asked=stdout_format is not None,
        kinds=tuple(map(Kind, dict.fromkeys(choice.kinds))),
    )
    _refuse_idle_kinds(outputs)
    return outputs


def _refuse_idle_kinds(outputs: Outputs) -> None:
    """A --kind that narrows nothing would leave a reader thinking that there is nothing else."""
    written = {outputs.stdout_format, *(target.format for target in outputs.files)}
    if outputs.kinds and not any(all_formats()[format].narrows for format in written):
        able = [made.name for made in FORMATS.values() if made.narrows]
        raise InputError(f"--kind narrows {', '.join(able)} only, and none of them is written", hint="add: -f concise")


def refuse_unredacted(outputs: Outputs, options: ReportOptions) -> None:
    """Refuse --redact beside a document that it would not reach: nobody may publish it by mistake. A default file is no such document."""
    if options.redact == "none":
        return
    asked = [target.format for target in outputs.files if not target.is_default]
    asked += [outputs.stdout_format] if outputs.is_stdout_asked else []
    whole = sorted({format for format in asked if format not in REDACTED})
    if whole:
        raise InputError(
            f"--redact makes {' and '.join(REDACTED)}; {', '.join(whole)} would show everything",
            hint="write it with another command: rustplan report -o FORMAT=FILE",
        )
    if not {*asked, *(target.format for target in outputs.files)} & {*REDACTED}:
        raise InputError("--redact makes html and pdf, and neither is written", hint="add: -o html=FILE")


def stdout_document(
    analysis: Analysis, outputs: Outputs, options: ReportOptions, terminal: Terminal, verdict: Verdict | None = None
) -> str | bytes:
    """The document for stdout. CSV has one stream there, so it is the findings table."""
    if outputs.stdout_format == "csv":
        from rustplan.report.csv_format import render_findings_csv

        return render_findings_csv(analysis).encode("utf-8")
    if outputs.stdout_format == "text":
        from rustplan.report.text import render_text

        return render_text(analysis, terminal, report_name=outputs.file_of("html") or "rustplan.json")
    document = render(analysis, outputs.stdout_format, options, terminal, outputs.kinds, verdict)
    if isinstance(document, dict):
        raise OutputError(f"{outputs.stdout_format} makes several files", hint=f"use -o {outputs.stdout_format}=DIR")
    if isinstance(document, str) and not all_formats()[outputs.stdout_format].is_for_people:
        return document.encode("utf-8")
    return document


def known_format(name: str, *, option: str) -> str:
    """`name` if it is a format. Raises InputError with the nearest one."""
    if name in FORMATS or name in all_formats():
        return name
    close = difflib.get_close_matches(name.lower(), all_formats(), n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    raise InputError(f"{option} {name}: there is no such format", hint=f"{hint}formats: {', '.join(all_formats())}")


def _parse(text: str) -> tuple[str, str]:
    """Split `[FMT=]FILE`; without FMT the file's ending decides."""
    named = _NAMED.fullmatch(text)
    if named is not None:
        return known_format(named.group(1), option="-o"), named.group(2)
    format = infer_format(text)
    if format is not None:
        return format, text
    if text.lower().endswith(".csv"):
        raise InputError(
            f"-o {text}: csv writes several tables", hint="name a folder: -o csv=DIR; or one table: -f csv"
        )
    if text in all_formats():
        raise InputError(f"-o {text}: no file is named", hint=f"write -o {text}=FILE, or -f {text} for stdout")
    raise InputError(f"-o {text}: its ending tells no format", hint=f"name it: -o json={text or 'FILE'}")


def _documents(target: Target, document: str | bytes | dict[str, str]) -> list[tuple[Path, bytes]]:
    """The files of one document; makes the folder for a format that has several."""
    if isinstance(document, dict):
        make_folder(target.path)
        return [(target.path / name, text.encode("utf-8")) for name, text in sorted(document.items())]
    return [(target.path, document if isinstance(document, bytes) else document.encode("utf-8"))]


def _refuse_doubles(files: list[Target]) -> None:
    seen: set[str] = set()
    for target in files:
        place = os.path.abspath(target.path)
        if place in seen and not is_stream(target.path):
            raise OutputError(f"two outputs would be written to {target.path}", hint="give each its own file")
        seen.add(place)


def _check_place(target: Target) -> None:
    path = target.path
    if all_formats()[target.format].is_folder:
        _check_folder(path)
        return
    if path.is_dir():
        raise OutputError(f"{path} is a folder; {target.format} needs a file", hint=f"-o {target.format}={path}/FILE")
    if target.is_default and is_stream(path):
        raise OutputError(f"{path} is not a regular file", hint=f"remove it, or use -o {target.format}=FILE")
    if is_stream(path):
        return
    parent = path.parent
    if not parent.is_dir():
        raise OutputError(
            f"cannot write {path}: the folder {parent} does not exist", hint=f"make it: mkdir -p {parent}"
        )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(
            f"cannot write {path}: no permission to write in {parent.absolute()}",
            hint=f"run it elsewhere, or choose a place: -o {target.format}=FILE",
        )


def _check_folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path} is a file; csv writes a folder", hint="-o csv=DIR")
    existing = next((folder for folder in (path, *path.absolute().parents) if folder.exists()), Path("/"))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(f"cannot make the folder {path}: no permission in {existing}", hint="-o csv=DIR elsewhere")


def make_folder(path: Path) -> None:
    """Make a folder and its parents. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {path}: {error.strerror or error}", hint="-o csv=DIR elsewhere"
        ) from None
