"""How much to commit: cases/commitment.yaml, which an expert can write, and laws for any offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from bothhalves.core.clauses.base import Percent, Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import Commitment, Row, Rule, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.explain import Grade
from bothhalves.reading import read_yaml

FIRST = Month(2027, 1)
CENT = Fraction(MICRO, 100)


@dataclass(frozen=True)
class Shares:
    utilisation: Percent
    coverage: Percent
    savings: Percent


@dataclass(frozen=True)
class ExpectedRow:
    expected: Decimal | None = None
    max_regret: Decimal | None = None
    costs: dict[str, Decimal] = field(default_factory=dict)
    regrets: dict[str, Decimal] = field(default_factory=dict)
    forfeited: dict[str, Decimal] = field(default_factory=dict)
    overages: dict[str, Decimal] = field(default_factory=dict)
    ratios: dict[str, Shares] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    rows: dict[str, ExpectedRow] = field(default_factory=dict)
    rule: Rule | None = None
    recommended: str | None = None
    others: dict[str, str] = field(default_factory=dict)
    refused: str | None = None
    only: bool = False


@dataclass(frozen=True)
class Case:
    commitment: CommitmentTerm
    scenarios: dict[str, Decimal | tuple[Decimal, ...]]
    grade: Grade
    full_months: int
    expect: Expected
    chances: dict[str, Percent] = field(default_factory=dict)
    months: int = 12
    fees: Decimal = Decimal(0)
    why: str = ""


CASES, FAULTS = read_yaml(Path(__file__).parent / "cases" / "commitment.yaml", dict[str, Case])
assert CASES is not None, FAULTS


def micros(amount: Decimal) -> int:
    return int(amount * MICRO)


def months_of(said: Decimal | tuple[Decimal, ...], months: int) -> tuple[int, ...]:
    """Usage of each year in its first month."""
    years = said if isinstance(said, tuple) else (said,)
    found = [0] * months
    for place, amount in enumerate(years):
        found[place * 12] = micros(amount)
    return tuple(found)


def sized_as(case: Case, also: Mapping[str, object]) -> Commitment:
    scenarios = tuple(
        Scenario(
            name,
            months_of(said, case.months),
            chance=Fraction(case.chances[name]) if case.chances else None,
        )
        for name, said in case.scenarios.items()
    )
    fees = (micros(case.fees), *[0] * (case.months - 1))
    offer = Offer(case.commitment, Term(FIRST.first, case.months), FIRST, case.months, fees)
    outlook = Outlook(FIRST, "USD", scenarios, case.grade, case.full_months)
    return sized(offer, outlook, [micros(Decimal(k)) for k in also if k != "none"])


def named(candidate: str) -> Candidate:
    return NOTHING if candidate == "none" else Candidate(micros(Decimal(candidate)))


@pytest.mark.parametrize("title", CASES)
def test_commitments_are_sized_as_the_case_says(title: str) -> None:
    case = CASES[title]
    found = sized_as(case, case.expect.rows)
    names = list(case.scenarios)
    for amount, wanted in case.expect.rows.items():
        row = found.row(named(amount))
        assert row is not None, (amount, [r.candidate for r in found.rows])
        check(row, wanted, names)
    check_choice(found, case.expect)
    assert case.expect.rows or case.expect.recommended


def check(row: Row, wanted: ExpectedRow, names: list[str]) -> None:
    for got, said in ((row.expected, wanted.expected), (row.max_regret, wanted.max_regret)):
        assert said is None or near(got, said), (row.amount, got / MICRO, said)
    parts = {"paid": wanted.costs, "regret": wanted.regrets, "forfeited": wanted.forfeited}
    for part, by_name in {**parts, "overage": wanted.overages}.items():
        for name, said in by_name.items():
            got = getattr(row.scenarios[names.index(name)], part)
            assert near(got, said), (row.amount, part, name, got / MICRO)
    for name, shares in wanted.ratios.items():
        ratios = row.scenarios[names.index(name)].ratios
        for part in ("utilisation", "coverage", "savings"):
            assert abs(getattr(ratios, part) - Fraction(getattr(shares, part))) < Fraction(1, 2000), part


def near(got: Fraction, said: Decimal) -> bool:
    """To the cent where amounts are thousands, or in whole."""
    return abs(got - Fraction(said) * MICRO) <= CENT / 2


def check_choice(found: Commitment, expect: Expected) -> None:
    if expect.rule is not None:
        assert found.licence.rule == expect.rule
    if expect.recommended is not None:
        assert found.recommended.candidate == named(expect.recommended)
    for rule, amount in expect.others.items():
        assert found.choices[Rule(rule)].candidate == named(amount), rule
    assert found.licence.refuses == (expect.refused is not None)
    assert (expect.refused or "") in found.licence.reason
    if expect.only:
        assert {r.candidate for r in found.rows} == {named(k) for k in expect.rows}
