"""Which model a class may run on, by judged tasks and by what a task costs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.clauses.base import percent
from bothhalves.core.levers.quality import OWN, Evaluation, lower_bound, reaches
from bothhalves.core.levers.routing import assign, recount, task_cost
from bothhalves.core.money import quotient
from bothhalves.reading import read_yaml
from rate_cards import BOOK, over, price, used


@dataclass(frozen=True)
class JudgedLine:
    model: str
    tasks: int
    passes: int
    input_tokens: int
    output_tokens: int
    judged_on: str = OWN


@dataclass(frozen=True)
class ClassCase:
    judged: tuple[JudgedLine, ...] = ()
    floor: str = "93%"
    verdicts: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, Decimal] = field(default_factory=dict)
    tasks: dict[str, Decimal] = field(default_factory=dict)
    chosen: str = ""
    reason: str = ""
    why: str = ""


def _cases() -> dict[str, ClassCase]:
    cases, problems = read_yaml(Path(__file__).parent / "classes.yaml", dict[str, ClassCase])
    assert problems == [], problems
    return cases or {}


CASES = _cases()


def _evaluation(line: JudgedLine) -> Evaluation:
    return Evaluation(
        "w", "c", line.model, line.tasks, line.passes, line.input_tokens, line.output_tokens,
        judged_on=line.judged_on,
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_class(name: str) -> None:
    case = CASES[name]
    floor = None if case.floor == "none" else percent(case.floor)
    found = assign("c", map(_evaluation, case.judged), floor, used("large"), BOOK)
    by_model = {c.model[1]: c for c in found.candidates}
    assert {m: str(by_model[m].verdict) for m in case.verdicts} == case.verdicts
    bounds = {m: lower_bound(c.evaluation.passes, c.evaluation.tasks) for m, c in by_model.items()}
    assert {m: quotient(Fraction(bounds[m]) * 100, cents=True) for m in case.bounds} == case.bounds
    assert {m: c.cost.low for m, c in by_model.items() if c.cost and m in case.tasks} == {
        m: Fraction(cost) for m, cost in case.tasks.items()
    }
    assert (found.chosen.model[1] if found.chosen else "") == case.chosen
    assert found.reason == case.reason


def test_the_tokenizer_makes_the_saving_larger_than_the_prices_say() -> None:
    large, small = (_evaluation(line) for line in CASES["extraction goes to small"].judged)
    counted = recount(large, small)
    assert counted is not None
    assert counted.input == counted.output == Fraction(10, 13)
    saved = 1 - Fraction("0.003") / Fraction("0.0195")
    assert round(saved * 1000) == 846
    assert saved > Fraction(4, 5)  # what the prices of a token say


def test_a_task_costs_its_prompt_and_its_answer() -> None:
    large, small = (_evaluation(line) for line in CASES["extraction goes to small"].judged)
    costs = []
    for evaluation in (large, small, replace(large, output_tokens=0), replace(small, output_tokens=0)):
        cost = task_cost(evaluation, ("acme", evaluation.model), used("large"), BOOK)
        assert cost is not None
        costs.append(cost.low)
    assert costs == [Fraction(x) for x in ("0.0195", "0.003", "0.013", "0.002")]


def test_a_token_a_fifth_cheaper_in_a_tokenizer_that_counts_three_tenths_more_is_dearer() -> None:
    prices = (price("newer", "input_tokens", "4"), price("newer", "output_tokens", "20"))
    judged = [
        Evaluation("w", "c", "large", 100, 100, 200_000, 20_000, judged_on=OWN),
        Evaluation("w", "c", "newer", 100, 100, 260_000, 26_000, judged_on=OWN),
    ]
    found = assign("c", judged, Decimal("0.9"), used("large"), over(*prices))
    today, newer = (c.cost for c in found.candidates)
    assert today is not None
    assert newer is not None
    assert newer.low / today.low == Fraction("1.04")
    assert found.chosen is None


@given(st.integers(1, 3000), st.data(), st.decimals("0.01", "0.99", places=4))
def test_the_exact_decision_agrees_with_the_bound(tasks: int, data: st.DataObject, floor: Decimal) -> None:
    passes = data.draw(st.integers(0, tasks))
    bound = lower_bound(passes, tasks)
    if abs(bound - floor) > Decimal("1E-11"):
        assert reaches(passes, tasks, floor) == (bound >= floor)
    assert 0 <= bound <= Fraction(passes, tasks)
