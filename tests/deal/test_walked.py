"""Amounts of terms in which periods or months hang together: none on a fine grid beats what is chosen."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm, Rollover
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate, costing
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import Rule, sized
from bothhalves.core.deal.curves import CENT, Offer
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.searching import Row, least_of, lowest
from bothhalves.core.deal.spread import weights_of
from bothhalves.core.deal.walked import Walked
from bothhalves.core.explain import Grade

FIRST = Month(2027, 1)
TERM = Term(FIRST.first, 12)
BANDS = (
    Band(Decimal(10), Decimal("0.05")), Band(Decimal(24), Decimal("0.1")), Band(Decimal(40), Decimal("0.15")),
)  # fmt: skip


def outlook(months: list[list[int]]) -> Outlook:
    chance = Fraction(1, len(months))
    ways = tuple(
        Scenario(f"s{n}", tuple(used * MICRO for used in own), chance=chance) for n, own in enumerate(months)
    )
    return Outlook(FIRST, "USD", ways, Grade.A, 8)


CLAUSES = st.builds(
    CommitmentTerm,
    amount=st.just(Decimal(24)),
    per=st.sampled_from(["month", "quarter", "year"]),
    denominated=st.sampled_from(["net", "list"]),
    bands=st.just(BANDS),
    bands_are=st.sampled_from(["all-units", "incremental"]),
    counts=st.just(("api", "seats")),
    overage=st.sampled_from(["committed", "list"]),
    unused=st.one_of(st.just("forfeited"), st.builds(Rollover, st.integers(1, 2))),
    minimum_per_month=st.one_of(st.none(), st.integers(1, 8).map(Decimal)),
)
USAGE = st.lists(st.lists(st.integers(0, 30), min_size=12, max_size=12), min_size=1, max_size=2)


@settings(deadline=None, max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(CLAUSES, USAGE, st.integers(1, 5))
def test_no_amount_on_a_fine_grid_beats_what_is_chosen(
    clause: CommitmentTerm, months: list[list[int]], fee: int
) -> None:
    offer, ahead = Offer(clause, TERM, FIRST, 12, (fee * MICRO,) * 12), outlook(months)
    found = costing(offer, ahead.scenarios, weights_of(ahead.scenarios))
    assert isinstance(found, Walked)
    chosen = sized(offer, ahead)
    step = MICRO if clause.per == "month" else 4 * MICRO
    grid = [NOTHING, *(Candidate(10 * MICRO + n * step) for n in range(90))]
    paid = [found.paid(c) for c in grid]
    least = [min(own) for own in zip(*paid, strict=True)]
    # Slices begin a cent above their threshold, and months are up to twelve.
    assert chosen.choices[Rule.EXPECTED].expected <= min(sum(row) / len(row) for row in paid) + 12 * CENT
    assert all(a <= b + 12 * CENT for a, b in zip(found.least(), least, strict=True))
    calmest = min(max(p - b for p, b in zip(row, found.least(), strict=True)) for row in paid)
    assert chosen.choices[Rule.REGRET].max_regret <= calmest + 24 * CENT


def test_the_least_is_looked_for_on_both_sides_of_the_best_that_is_listed() -> None:
    """The cost is flat from 184.20 to 186.30, then falls to 190.575, where all that rolls over is used: the
    slope at the lower neighbour of the best listed amount tells nothing of what is above."""
    clause = CommitmentTerm(
        Decimal(24), per="year", bands=BANDS, bands_are="incremental", counts=("api", "seats"),
        overage="list", unused=Rollover(2), minimum_per_month=Decimal(6),
    )  # fmt: skip
    used = [8, 7, 9, 5, 8, 25, 21, 30, 10, 11, 26, 5]
    ahead = outlook([used])
    found = costing(Offer(clause, TERM, FIRST, 12, (4 * MICRO,) * 12), ahead.scenarios, [1])
    grid = (Candidate(180 * MICRO + n * MICRO // 40) for n in range(600))
    assert found.least()[0] <= min(found.paid(c)[0] for c in grid)


def test_regret_is_not_least_where_it_is_flat() -> None:
    """The larger regret stays at 4.20 from 235.19 to 236, and falls to 3.65 at 242.33."""
    clause = CommitmentTerm(
        Decimal(24), per="year", bands=BANDS, bands_are="incremental", counts=("api", "seats"),
        overage="list", unused=Rollover(1), minimum_per_month=Decimal(6),
    )  # fmt: skip
    used = [30, 30, 14, 13, 24, 13, 15, 20, 1, 30, 28]
    ahead = outlook([[30, *used], [2, *used]])
    offer = Offer(clause, TERM, FIRST, 12, (4 * MICRO,) * 12)
    found = costing(offer, ahead.scenarios, weights_of(ahead.scenarios))
    grid = (Candidate(230 * MICRO + n * MICRO // 20) for n in range(300))
    regrets = (max(p - b for p, b in zip(found.paid(c), found.least(), strict=True)) for c in grid)
    assert sized(offer, ahead).choices[Rule.REGRET].max_regret <= min(regrets)


def test_the_least_is_looked_for_where_the_slopes_leave_room_for_it() -> None:
    """From 0 to 100 the cost has a dip to 20 near 13 beside the one to 30 that the listed amounts show."""

    def cost(at: int) -> Fraction:
        return Fraction(min(20 + 9 * abs(at - 13), 30 + abs(at - 60)))

    row = Row([0, 25, 50, 75, 100], Fraction(9), Fraction(9))
    assert least_of([row], cost, 0) == 60
    assert least_of([row], cost, 60) == 13
    assert (
        least_of([Row([0, 25], row.fall, row.rise), Row([50, 75, 100], row.fall, row.rise)], cost, 60) == 13
    )


def test_seats_that_count_are_covered_too() -> None:
    """30 of usage a month and seats of 9: 10 % off 360, and 108, are 432 a year, which nothing beats."""
    clause = CommitmentTerm(
        Decimal(240), per="year", bands=(Band(Decimal(100), Decimal("0.1")),), counts=("api", "seats"),
        overage="list", unused="forfeited",
    )  # fmt: skip
    found = sized(Offer(clause, TERM, FIRST, 12, (9 * MICRO,) * 12), outlook([[30] * 12]))
    assert found.recommended.amount == 432 * MICRO
    assert found.recommended.expected == 432 * MICRO


def test_money_that_lives_on_is_sized_on_its_mean() -> None:
    """36 in the first quarter and 60 in the second, alternating: what the first leaves, the second uses; 48
    each quarter, 10 % off, is enough for both."""
    clause = CommitmentTerm(
        Decimal(30), per="quarter", bands=(Band(Decimal(20), Decimal("0.1")),), overage="list",
        unused=Rollover(1),
    )  # fmt: skip
    found = sized(Offer(clause, TERM, FIRST, 12), outlook([[12, 12, 12, 20, 20, 20] * 2]))
    assert found.recommended.amount == Decimal("43.2") * MICRO
    assert found.recommended.expected == Fraction("172.8") * MICRO


@pytest.mark.parametrize(("low", "high", "least"), [(0, 100, 30), (40, 100, 40), (0, 20, 20), (30, 31, 30)])
def test_the_least_of_straight_pieces_is_at_a_kink_or_an_end(low: int, high: int, least: int) -> None:
    def pieces(at: int) -> Fraction:
        return Fraction(max(60 - 2 * at, 0, 3 * (at - 50)))

    assert lowest(pieces, low, high)[0] == least
