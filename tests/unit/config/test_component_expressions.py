"""Expressions in the component map are checked before a scan."""

from __future__ import annotations

from rustplan.config.check import check_value


def test_a_wrong_expression_is_a_problem_of_the_configuration() -> None:
    _, problems = check_value("components", {"tls": ["regex:(a", "lib/**"]})
    assert problems == ["components.tls[0]: 'regex:(a' is no expression for paths: a group is not closed"]
