"""How much of a file the parser understood."""

from __future__ import annotations

from collections.abc import Iterable

from rustplan.languages.base import ByteSpan, Matches, Prepared
from rustplan.languages.text import outermost, total
from rustplan.model.facts import ParseCoverage


def coverage_of(
    prepared: Prepared, matches: Matches, functions: Iterable[ByteSpan], phantoms: Iterable[ByteSpan] = ()
) -> ParseCoverage:
    """Bytes in functions, bytes nobody read (errors, arms left out, phantom functions), bytes blanked before the parse."""
    errors = []
    for captures in matches.get("facts.error", ()):
        node = captures["error"][0]
        errors.append((node.start_byte, node.end_byte))
    lost = [*errors, *prepared.odd, *phantoms]
    return ParseCoverage(
        total_bytes=len(prepared.original),
        function_bytes=total(outermost(functions)),
        unread_bytes=total(outermost([*lost, *prepared.unread])),
        masked_bytes=prepared.masked_bytes,
        error_bytes=total(outermost(lost)),
        dead_bytes=total(prepared.dead),
    )
