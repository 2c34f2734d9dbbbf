"""Figures of bundles and of terms: each is what its operands make of it, with chances and without."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from bothhalves.brief.bundles import bundle_sheet
from bothhalves.brief.term_worths import worth_sheet
from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.undivided import Undivided
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.asks import valued
from bothhalves.core.deal.bundle import Benchmark, taken_apart
from bothhalves.core.deal.facts import Facts
from bothhalves.core.deal.outlook import Outlook, Scenario, within
from bothhalves.core.deal.serving import Serving
from bothhalves.core.explain import Figure, Grade, Operator, recomputed
from bothhalves.core.money import Amount
from bothhalves.workspace.bundling import Apart, settled_lines
from bothhalves.workspace.term_worths import TermWorths, settled_sides

FIRST = Month(2027, 1)
TERM = Term(FIRST.first, 12)
BANDS = (Band(Decimal(5000), Decimal("0.1")),)
OFFER = Contract(
    "offer",
    "v",
    "USD",
    TERM,
    (SeatTerm("dev", "p", 20, Decimal(27), list_fee=Decimal(40)),),
    commitment=CommitmentTerm(Decimal(9000), "year", bands=BANDS, overage="list"),
)
UNDIVIDED = replace(
    OFFER,
    seats=(SeatTerm("dev", "p", 20, Decimal(0), list_fee=Decimal(40)),),
    commitment=None,
    undivided=Undivided(Decimal(12_000), "year", Decimal(10_000)),
)
SEATS = Contract("seats", "v", "USD", TERM, (SeatTerm("dev", "p", 5, Decimal(30)),))
API = Contract("api", "v", "USD", TERM, commitment=CommitmentTerm(Decimal(5000), "year", bands=BANDS))


def outlook(chances: tuple[Fraction, ...]) -> Outlook:
    ways = tuple(
        Scenario(name, (usage * 1_000_000,) * 24, {"dev": (seats,) * 24}, chance)
        for name, usage, seats, chance in zip(
            ("low", "base", "high"), (500, 700, 1100), (10, 13, 22), chances or (None,) * 3, strict=True
        )
    )
    return Outlook(FIRST, "USD", ways, Grade.B, 4, source="said")


WEIGHED = (Fraction(1, 4), Fraction(1, 2), Fraction(1, 4))
CHANCES = pytest.mark.parametrize("chances", [(), WEIGHED], ids=["no chances", "chances"])


def apart(offer: Contract, chances: tuple[Fraction, ...]) -> Apart:
    serving = Serving(within(outlook(chances), FIRST, 12))
    marks = (Benchmark(SEATS, Grade.B, "a quote"), Benchmark(API, Grade.B, "a quote"))
    found = taken_apart(serving, offer, *marks)
    return Apart(
        offer,
        serving.months,
        serving.outlook,
        serving.base_scenario.name,
        found,
        settled_lines(serving, found),
        (),
    )


def money(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    return figure.value.low


@CHANCES
@pytest.mark.parametrize("offer", [OFFER, UNDIVIDED], ids=["by half", "one number"])
def test_every_figure_of_a_bundle_is_what_its_operands_make(
    offer: Contract, chances: tuple[Fraction, ...]
) -> None:
    sheet = bundle_sheet(apart(offer, chances))
    assert sheet is not None
    figures = sheet.figures()
    assert {k: f.value for k, f in figures.items()} == {k: recomputed(f) for k, f in figures.items()}
    assert {f.key for f in figures.values()} == set(figures)
    assert ("bundle.share?by=shapley&half=api&offer=offer" in figures) == (offer is UNDIVIDED)


def test_the_base_scenario_is_told_where_there_are_no_chances_and_the_mean_where_there_are() -> None:
    base, mean = bundle_sheet(apart(OFFER, ())), bundle_sheet(apart(OFFER, WEIGHED))
    assert base is not None
    assert mean is not None
    assert money(base.cost) == 20 * 27 * 12 + 9000
    assert base.cost.operator is Operator.SUM
    cheap, dear = Decimal(20 * 27 * 12 + 9000), Decimal(22 * 27 * 12 + 9000 + 3200)
    assert money(mean.cost) == (3 * cheap + dear) / 4
    assert mean.cost.operator is Operator.GIVEN
    assert [money(w.bundle) for w in mean.ways] == [cheap, cheap, dear]
    assert base.discount is not None
    assert isinstance(base.discount.value, Decimal)
    assert base.discount.value < 0


def test_a_refused_offer_has_no_figures() -> None:
    assert bundle_sheet(apart(replace(OFFER, commitment=None), ())) is None


@CHANCES
def test_every_worth_is_what_its_operands_make(chances: tuple[Fraction, ...]) -> None:
    whole = outlook(chances)
    serving, later = Serving(within(whole, FIRST, 12)), Serving(whole)
    facts = [Facts(FIRST, s.base_scenario.api, {"dev": 13}, Decimal("0.08")) for s in (serving, later)]
    asks = valued(OFFER, serving, facts[0], later, facts[1])
    lines, ways = settled_sides(asks, serving, later)
    sheet = worth_sheet(TermWorths(OFFER, serving.months, serving.outlook, asks, lines, ways, asks.said, ()))
    figures = sheet.figures()
    assert {k: f.value for k, f in figures.items()} == {k: recomputed(f) for k, f in figures.items()}
    assert sheet.package is not None
    for row in (*sheet.asks, *sheet.held, sheet.package):
        worth = sheet.found.asks.package.worth if row.valued is None else row.valued.worth  # type: ignore[union-attr]
        told = {"low": worth.low, "high": worth.high}
        for way, micro in told.items():
            assert abs(Fraction(money(row.ways[way])) * 1_000_000 - micro) < 1
        assert abs(Fraction(money(row.worth)) * 1_000_000 - worth.expected) < 1
