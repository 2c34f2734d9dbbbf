"""Terms of an offer that are worth money, each as one row: the contract with it, and without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bothhalves.core.contracts import Contract
from bothhalves.core.deal import seat_asks, usage_asks
from bothhalves.core.deal.facts import Facts
from bothhalves.core.deal.halves import Half

Make = Callable[[Contract, Facts], Contract | str]
Test = Callable[[Contract, Facts], bool]


@dataclass(frozen=True, slots=True)
class PricedTerm:
    """A term, of which half it is, what to ask for, and what to settle for instead.

    ``given`` makes the contract with it, ``stripped`` the one without it; text says why it does not apply.
    ``held``: the contract has it. It is worth something within the term, or after it: ``at_renewal``, or
    where the commitment has fewer ``periods`` in the term than it takes. ``assumes``: it rests on something
    that nobody has measured. ``apart``: with and without are both made, as it is about another term that
    the contract may not have.
    """

    id: str
    half: Half
    ask: str
    settle_for: str
    held: Test
    given: Make
    stripped: Make
    at_renewal: bool = False
    periods: int = 0
    assumes: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A contract ``without`` a term and ``with_`` it; ``held``: the offer has it already."""

    term: PricedTerm
    without: Contract
    with_: Contract
    held: bool


def pair(term: PricedTerm, contract: Contract, facts: Facts) -> Pair | str:
    """The contract with and without the term, or why it does not apply."""
    held = term.held(contract, facts)
    with_ = contract if held else term.given(contract, facts)
    without = term.stripped(contract, facts) if held or term.apart else contract
    if isinstance(with_, str):
        return with_
    return without if isinstance(without, str) else Pair(term, without, with_, held)


TERMS = (
    PricedTerm(
        "needed-seats",
        Half.SEATS,
        "Commit to no more seats than are needed in every month of the term, at the same fee.",
        "Start with the needed seats and ramp to the rest by dates.",
        seat_asks.commits_to_need,
        seat_asks.with_needed_seats,
        seat_asks.no_more_seats,
    ),
    PricedTerm(
        "no-minimum",
        Half.SEATS,
        "No fewest number of seats.",
        "A minimum below the seats that are needed in the low scenario.",
        seat_asks.has_no_minimum,
        seat_asks.without_minimum,
        seat_asks.unsaid_minimum,
    ),
    PricedTerm(
        "average-true-up",
        Half.SEATS,
        "True up by the average of each window, not by the highest number of the term.",
        "True up by what the last day of a window shows.",
        seat_asks.is_averaged,
        seat_asks.with_average,
        seat_asks.without_average,
    ),
    PricedTerm(
        "reduce-seats",
        Half.SEATS,
        "The right to give back a part of the committed seats within the term.",
        "The right to give them back once, at half of the term.",
        seat_asks.can_reduce,
        seat_asks.with_reduction,
        seat_asks.without_reduction,
    ),
    PricedTerm(
        "renewal-cap",
        Half.SEATS,
        "A cap on the rise of fees at renewal.",
        "A cap that is tied to a price index.",
        seat_asks.is_capped,
        seat_asks.with_cap,
        seat_asks.without_cap,
        at_renewal=True,
        assumes=True,
    ),
    PricedTerm(
        "overage",
        Half.API,
        "Usage beyond the commitment at the committed rate.",
        "A part of the discount beyond it, and a smaller commitment.",
        usage_asks.has_committed_overage,
        usage_asks.with_committed_overage,
        usage_asks.without_committed_overage,
    ),
    PricedTerm(
        "next-band",
        Half.API,
        "The discount of the next band at the amount that is committed.",
        "The next band from the period on in which usage reaches it.",
        usage_asks.is_in_top_band,
        usage_asks.with_next_band,
        usage_asks.without_band,
    ),
    PricedTerm(
        "annual-pool",
        Half.API,
        "One pool for the year, not use it or lose it by the month.",
        "One pool for each quarter.",
        usage_asks.is_pooled_by_year,
        usage_asks.with_annual_pool,
        usage_asks.without_annual_pool,
    ),
    PricedTerm(
        "ramp",
        Half.API,
        "The same money in all, rising with the forecast.",
        "A lower first period.",
        usage_asks.is_ramped,
        usage_asks.with_ramp,
        usage_asks.without_ramp,
    ),
    PricedTerm(
        "scope",
        Half.BOTH,
        "Seat fees draw on the commitment too.",
        "Seats that are added within the term draw on it.",
        usage_asks.counts_seats,
        usage_asks.with_seats_counted,
        usage_asks.without_seats_counted,
    ),
    PricedTerm(
        "rollover",
        Half.API,
        "What is unused lives on for one period and is drawn first.",
        "It lives on if the next period commits to as much.",
        usage_asks.rolls_over,
        usage_asks.with_rollover,
        usage_asks.without_rollover,
        periods=2,
    ),
    PricedTerm(
        "draw-down",
        Half.API,
        "Money that rolled over is drawn before that of the period.",
        "The later of the two expiry dates for both.",
        usage_asks.draws_rolled_first,
        usage_asks.with_rolled_first,
        usage_asks.with_current_first,
        periods=3,
        apart=True,
    ),
    PricedTerm(
        "price-cap",
        Half.API,
        "The lower of today's list prices and those of the day: a cap, not a lock.",
        "A lock with the right to the new list once a year.",
        usage_asks.is_capped,
        usage_asks.with_price_cap,
        usage_asks.with_price_lock,
        assumes=True,
    ),
)
