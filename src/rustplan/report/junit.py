"""The verdict as JUnit XML: one case for each gate, one more for the completeness of the scan. Findings are no test cases."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from rustplan.model.analysis import Analysis
from rustplan.model.verdict import Check, Verdict
from rustplan.report.escape import visible

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_NAMED = 50
"""New findings that one failure lists."""


def render_junit(analysis: Analysis, verdict: Verdict) -> str:
    """Return one test suite. No times: the same analysis gives the same bytes."""
    cases = [_case(check) for check in verdict.checks]
    cases.append(_completeness(verdict))
    failures = sum(not check.is_met for check in verdict.checks)
    errors = int(bool(verdict.incomplete))
    head = f'name="rustplan.policy" tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0"'
    properties = (
        f'  <properties>\n    <property name="project" value={_attribute(analysis.project.name)}/>\n  </properties>'
    )
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuite {head}>", properties, *cases, "</testsuite>", ""]
    )


def _case(check: Check) -> str:
    start = f'  <testcase classname="rustplan.gate" name={_attribute(check.expression)}'
    if check.is_met:
        return f"{start}/>"
    places = [
        f"{new.finding.path}:{new.finding.line}: {new.finding.rule} {new.finding.message}"
        for new in check.findings[:MOST_NAMED]
    ]
    if len(check.findings) > MOST_NAMED:
        places.append(f"and {len(check.findings) - MOST_NAMED} more")
    body = escape("\n".join(_clean(place) for place in places))
    return (
        f"{start}>\n"
        f'    <failure type="gate" message={_attribute(f"{check.expression}: {check.detail}")}>{body}</failure>\n'
        "  </testcase>"
    )


def _completeness(verdict: Verdict) -> str:
    start = '  <testcase classname="rustplan.scan" name="complete"'
    if not verdict.incomplete:
        return f"{start}/>"
    return (
        f'{start}>\n    <error type="incomplete" message={_attribute("; ".join(verdict.incomplete))}/>\n  </testcase>'
    )


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", visible(text))
