"""`rustplan verify`: is a pack what it says, and does the repository say the same?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import FOLDER, TalkChoice, talk_options
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.cli.streams import Streams
    from rustplan.pack import Verification

_FILES = click.Path(readable=False)


@click.command(cls=SectionedCommand)
@click.argument("pack", type=click.Path(path_type=Path, readable=False))
@click.option("--repo", "repository", type=FOLDER, metavar="FOLDER", help="Compute everything again from this folder")
@click.option("--rules", type=FOLDER, multiple=True, metavar="DIR", help="Rules besides the shipped ones (repeatable)")
@click.option("--profile", type=_FILES, multiple=True, metavar="FILE", help="A profile the pack rests on (repeatable)")
@click.option("--sarif", type=_FILES, multiple=True, metavar="FILE", help="A SARIF log it rests on (repeatable)")
@click.option("--osv", type=_FILES, multiple=True, metavar="DIR", help="Vulnerability records it rests on (repeatable)")
@click.option("--actuals", type=_FILES, metavar="FILE", help="The actuals that calibrated its effort")
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@talk_options
def verify(
    pack: Path,
    repository: Path | None,
    rules: tuple[Path, ...],
    profile: tuple[str, ...],
    sarif: tuple[str, ...],
    osv: tuple[str, ...],
    actuals: str | None,
    format: str,
    talk: TalkChoice,
) -> int:
    """Check a pack, and with --repo every number in it.

    Without --repo the container, the digests and the views are checked against each other. Exit 0: nothing differs; 1: something does, and is named.
    """
    from rustplan.cli.streams import Streams
    from rustplan.config import Flag, load_settings
    from rustplan.evidence.profile_input import open_file
    from rustplan.pack import read_pack, verify_pack
    from rustplan.pack.container import MOST_BYTES
    from rustplan.report.json_format import encode_document

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    given = {
        "evidence.profiles": ("--profile", list(profile)),
        "evidence.sarif": ("--sarif", list(sarif)),
        "evidence.osv": ("--osv", list(osv)),
        "plan.actuals": ("--actuals", actuals),
    }
    flags = {key: Flag(name=name, value=value) for key, (name, value) in given.items() if value}
    evidence = load_settings(None, flags=flags, rule_folders=rules)
    with open_file(pack, "PACK") as file:
        if os.fstat(file.fileno()).st_size > MOST_BYTES:
            raise InputError(f"{pack} is larger than {MOST_BYTES} bytes", hint="give a file that `rustplan pack` wrote")
        data = file.read(MOST_BYTES + 1)
    result = verify_pack(read_pack(data, pack.name), repository, evidence)
    if format == "json":
        streams.document(encode_document(result))
    else:
        _print(result, streams)
    _conclude(result, is_with_repository=repository is not None, streams=streams)
    return 0 if result.is_good else 1


def _print(result: Verification, streams: Streams) -> None:
    for note in result.notes:
        streams.print(streams.out.plain(f"note  {note}"))
    for one in result.differences:
        line = f"{one.where}: {one.packed} in the pack, {one.found} now"
        streams.print("\n".join(streams.out.wrap(streams.out.plain(line), indent="  ", first="")))
    if result.count > len(result.differences):
        streams.print(f"… {result.count - len(result.differences):,} more differences")


def _conclude(result: Verification, *, is_with_repository: bool, streams: Streams) -> None:
    checked = ", ".join(result.checks)
    if not result.is_good:
        streams.insist(f"{result.count:,} differences; checked: {checked}. Exit 1.", "high")
    elif is_with_repository:
        streams.report(f"Nothing differs: {checked} checked. Exit 0.")
    else:
        streams.report(f"Nothing differs: {checked} checked, the repository not (--repo FOLDER). Exit 0.")
