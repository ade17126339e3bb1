"""The search for the best sets: equal to trying every set, on random graphs of up to twelve components."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.plan.frontier_search import NONE, Problem, brute_force, closure, exact, fill, hull

QUICK = settings(max_examples=40, deadline=None)


def random_problem(seed: int, size: int) -> Problem:
    rolled = random.Random(seed)
    density = rolled.choice((0.0, 0.1, 0.3, 0.8))
    return Problem(
        values=tuple(rolled.choice((0.0, rolled.random(), rolled.random() ** 3)) for _ in range(size)),
        costs=tuple(0.25 + 5 * rolled.random() ** 2 for _ in range(size)),
        edges=tuple(
            (one, other, rolled.random() * 3)
            for one in range(size)
            for other in range(size)
            if one != other and rolled.random() < density
        ),
    )


problems = st.builds(random_problem, st.integers(0, 10**6), st.integers(1, 9))
shares = st.floats(0.0, 1.1)


@QUICK
@given(problems, shares)
def test_the_exact_search_finds_what_trying_every_set_finds(problem, share):
    budget = problem.cost(problem.everything) * share
    found, is_done = exact(problem, budget, NONE, 10**6)
    best = brute_force(problem, budget)
    assert is_done
    assert problem.cost(found) <= budget + 1e-6
    assert problem.value(found) == pytest.approx(problem.value(best), abs=1e-9)
    assert problem.cost(found) == pytest.approx(problem.cost(best), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_it_does_so_on_twelve_components(seed):
    problem = random_problem(seed, 12)
    for share in (0.2, 0.55):
        budget = problem.cost(problem.everything) * share
        found, is_done = exact(problem, budget, NONE, 10**6)
        assert is_done
        assert problem.value(found) == pytest.approx(problem.value(brute_force(problem, budget)), abs=1e-9)


@QUICK
@given(problems)
def test_every_corner_of_the_hull_is_the_best_set_for_its_own_cost(problem):
    corners = hull(problem, 100)
    for corner in corners:
        best = brute_force(problem, problem.cost(corner))
        assert problem.value(corner) == pytest.approx(problem.value(best), abs=1e-5)


@QUICK
@given(problems)
def test_corners_hold_each_other_so_that_more_money_never_buys_less(problem):
    corners = hull(problem, 100)
    assert corners[0] == NONE
    for smaller, larger in itertools.pairwise(corners):
        assert smaller < larger
        assert problem.value(smaller) < problem.value(larger) + 1e-9


@QUICK
@given(problems, shares, shares)
def test_a_larger_budget_never_buys_less(problem, one, other):
    whole = problem.cost(problem.everything)
    low, high = sorted((whole * one, whole * other))
    assert problem.value(exact(problem, high, NONE, 10**6)[0]) >= problem.value(exact(problem, low, NONE, 10**6)[0])


@QUICK
@given(problems, st.floats(0, 50))
def test_the_min_cut_is_the_best_set_for_a_multiplier(problem, multiplier):
    def worth(chosen):
        return multiplier * problem.value(chosen) - problem.cost(chosen)

    size = len(problem.values)
    best = max(worth(frozenset(i for i in range(size) if bits >> i & 1)) for bits in range(1 << size))
    assert worth(closure(problem, multiplier)) == pytest.approx(best, abs=1e-4)


def test_neighbours_are_cheaper_together_than_apart():
    problem = Problem(values=(1.0, 1.0), costs=(1.0, 1.0), edges=((0, 1, 5.0), (1, 0, 5.0)))
    assert exact(problem, 2.0, NONE, 100)[0] == {0, 1}
    assert problem.cost(frozenset({0})) == 6.0
    assert hull(problem, 10) == [NONE, frozenset({0, 1})]


@QUICK
@given(problems, shares)
def test_filling_up_stays_within_the_budget_and_between_its_corners(problem, share):
    budget = problem.cost(problem.everything) * share
    corners = [one for one in hull(problem, 100) if problem.cost(one) <= budget + 1e-9]
    filled = fill(problem, corners[-1], problem.everything, budget)
    assert corners[-1] <= filled
    assert problem.cost(filled) <= budget + 1e-6
    assert problem.value(filled) <= problem.value(brute_force(problem, budget)) + 1e-9


def test_a_search_that_is_cut_short_says_so_and_keeps_what_it_had():
    problem = random_problem(3, 12)
    start = frozenset({0})
    found, is_done = exact(problem, problem.cost(problem.everything), start, 2)
    assert not is_done
    assert problem.value(found) >= problem.value(start)


def test_a_long_chain_needs_no_deep_recursion():
    size = 3000
    problem = Problem(
        values=(0.0,) * (size - 1) + (9.0,),
        costs=(0.001,) * size,
        edges=tuple((place + 1, place, 100.0) for place in range(size - 1)),
    )
    assert len(closure(problem, 1.0)) == size
