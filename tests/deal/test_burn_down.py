"""After signing: cases/burn_down.yaml, and laws for any course of usage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Percent, Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.burn_down import BurnDown, at_pace, burn_down, saving
from bothhalves.core.deal.commitment_cost import MICRO, Schedule, laid
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.explain import Grade
from bothhalves.reading import read_yaml

FIRST = Month(2026, 1)


@dataclass(frozen=True)
class Told:
    drawn: Decimal | None = None
    projected: Decimal | None = None
    forfeited: Decimal | None = None
    overage: Decimal | None = None
    runway: Decimal | None = None
    left_months: int | None = None
    utilisation: Percent | None = None
    under_used: bool | None = None
    over_used: bool | None = None


@dataclass(frozen=True)
class Saved:
    at_list: Decimal
    in_term: Decimal
    at_renewal: Decimal | None = None


@dataclass(frozen=True)
class Case:
    commitment: CommitmentTerm
    seen: tuple[Decimal, ...]
    expect: dict[str, Told]
    ahead: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)
    savings: dict[str, Saved] = field(default_factory=dict)
    months: int = 12
    renewal: bool = False
    why: str = ""


CASES, FAULTS = read_yaml(Path(__file__).parent / "cases" / "burn_down.yaml", dict[str, Case])
assert CASES is not None, FAULTS


def lessened(outlook: Outlook, share: Fraction) -> Outlook:
    """The outlook with ``share`` less usage."""
    ways = (replace(s, api=tuple(floor(x * (1 - share)) for x in s.api)) for s in outlook.scenarios)
    return replace(outlook, scenarios=tuple(ways))


def micros(amounts: tuple[Decimal, ...]) -> tuple[int, ...]:
    return tuple(int(a * MICRO) for a in amounts)


def schedule_of(case: Case) -> Schedule:
    return laid(case.commitment, Term(FIRST.first, case.months), FIRST, case.months)


def ways_of(case: Case) -> tuple[Scenario, ...]:
    if not case.ahead:
        return (at_pace(schedule_of(case), micros(case.seen)),)
    return tuple(Scenario(name, micros(row)) for name, row in case.ahead.items())


@pytest.mark.parametrize("title", CASES)
def test_commitments_burn_down_as_the_case_says(title: str) -> None:
    case = CASES[title]
    found = {b.scenario: b for b in burn_down(schedule_of(case), micros(case.seen), ways_of(case))}
    assert set(found) >= set(case.expect)
    for name, told in case.expect.items():
        check(found[name], told)
    if case.savings:
        check_savings(case)


def check(found: BurnDown, told: Told) -> None:
    for part in ("drawn", "projected", "forfeited", "overage"):
        wanted = getattr(told, part)
        assert wanted is None or getattr(found, part) == wanted * MICRO, (part, getattr(found, part))
    assert told.left_months in (None, found.left_months)
    assert told.under_used in (None, found.is_under_used)
    assert told.over_used in (None, found.is_over_used)
    assert found.runway == (None if told.runway is None else Fraction(told.runway)) or told.runway is None
    if told.utilisation is not None:
        assert found.utilisation is not None
        assert abs(found.utilisation - Fraction(told.utilisation)) < Fraction(1, 2000)


def check_savings(case: Case) -> None:
    start = FIRST
    for _ in case.seen:
        start = start.next
    ahead = Outlook(start, "USD", ways_of(case), Grade.A, 8)
    after = Month(FIRST.year + 1, FIRST.number)
    offer = Offer(case.commitment, Term(after.first, 12), after, 12) if case.renewal else None
    for share, saved in case.savings.items():
        part = Fraction(Decimal(share.rstrip("%"))) / 100
        less = lessened(ahead, part)
        found = saving(schedule_of(case), micros(case.seen), ahead, less, offer)
        assert (found.at_list, found.in_term) == (saved.at_list * MICRO, saved.in_term * MICRO)
        assert found.at_renewal == (None if saved.at_renewal is None else saved.at_renewal * MICRO)


USAGE = st.lists(st.integers(0, 50), min_size=1, max_size=11)
TERMS = st.builds(
    CommitmentTerm,
    amount=st.integers(0, 400).map(Decimal),
    per=st.sampled_from(["quarter", "year"]),
    bands=st.sampled_from([(), (Band(Decimal(50), Decimal("0.2")),)]),
    overage=st.sampled_from(["list", "committed"]),
)


@settings(deadline=None, max_examples=60)
@given(TERMS, USAGE, st.integers(0, 60), st.sampled_from([Fraction(1, 10), Fraction(9, 20), Fraction(1)]))
def test_a_saving_is_worth_no_more_in_the_term_than_at_list(
    term: CommitmentTerm, seen: list[int], pace: int, share: Fraction
) -> None:
    schedule = laid(term, Term(FIRST.first, 12), FIRST, 12)
    way = Scenario("one", (pace * MICRO,) * (12 - len(seen)))
    used = [n * MICRO for n in seen]
    (found,) = burn_down(schedule, used, [way])
    ahead = Outlook(FIRST, "USD", (way,), Grade.A, 8)
    worth = saving(schedule, used, ahead, lessened(ahead, share))
    assert 0 <= worth.in_term <= worth.at_list
    assert found.committed == found.projected + found.forfeited
    if found.runway is None:
        assert found.overage == 0
    else:
        assert 0 <= found.runway <= found.left_months
