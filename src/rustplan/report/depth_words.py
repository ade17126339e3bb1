"""What a scan without the defect engine leaves out, in words that every view shares."""

from __future__ import annotations

from rustplan.model.analysis import Coverage

NAMED = 4


def depth_note(coverage: Coverage) -> str:
    """What was not looked for, and what that means; empty for a scan of full depth."""
    if coverage.depth == "full":
        return ""
    names = coverage.rules_not_run
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    part = f"; {len(coverage.rules_in_part)} more looked only in part" if coverage.rules_in_part else ""
    return (
        f"Surface depth: the defect engine was not run, nor calls followed from file to file. {len(names)} rules looked for nothing "
        f"({', '.join(names[:NAMED])}{more}){part}. What they find is unknown, not absent, and missing in every score."
    )
