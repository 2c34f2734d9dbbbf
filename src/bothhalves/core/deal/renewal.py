"""What a contract would be renewed with of itself, against what is needed; and how its halves have moved.

Inherited: the seats billed at the end of the term and the amount committed until then. Honest: the seats
needed and the amount that the rules for commitments choose. Both at the fees of the renewed term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.seat_bill import SeatState
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import Candidate
from bothhalves.core.deal.committing import Commitment, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.deal.seat_course import MICRO, SeatSchedule
from bothhalves.core.deal.serving import Serving
from bothhalves.core.money import quotient

_NIL = Fraction(0)
_YEAR = 12


@dataclass(frozen=True, slots=True)
class SeatsRenewed:
    """A seat type: seats billed at the end of the term and seats needed, and a year of each, in micro-units,
    at the fees of the renewed term."""

    type: str
    billed: int
    needed: int
    inherited: Fraction
    honest: Fraction


@dataclass(frozen=True, slots=True)
class Baselines:
    """A year of the renewed term, in the base scenario where nobody says how likely each is, else the mean by
    chances. ``api_inherited`` is usage under the amount committed until then, ``api_honest`` under the one
    that ``sizing`` chooses; None: the contract has no commitment. ``missing``
    are a year of what the fewest seats of the whole contract add, inherited and honest.
    """

    first: Month
    seats: tuple[SeatsRenewed, ...]
    missing: tuple[Fraction, Fraction]
    api_inherited: Fraction
    api_honest: Fraction
    sizing: Commitment | None

    @property
    def inherited(self) -> Fraction:
        return sum((s.inherited for s in self.seats), self.missing[0] + self.api_inherited)

    @property
    def honest(self) -> Fraction:
        return sum((s.honest for s in self.seats), self.missing[1] + self.api_honest)

    @property
    def gap(self) -> Fraction:
        """What renewing as it is costs more, in the first year."""
        return self.inherited - self.honest


def baselines(
    contract: Contract, first: Month, billed: Mapping[str, int], needed: Mapping[str, int], outlook: Outlook
) -> Baselines:
    """Both baselines of the year from ``first`` on, the first month of the renewed term.

    ``contract`` is looked ahead under. A type that ``needed`` does not name is needed as billed; ``outlook``
    is cut to the year.
    """
    terms = [t for t in contract.seats if t.charged(first)]
    wanted = {t.type: needed.get(t.type, billed.get(t.type, t.committed)) for t in terms}
    held = {t.type: billed.get(t.type, t.committed) for t in terms}
    seats = tuple(_seats(contract, t, first, held[t.type], wanted[t.type]) for t in terms)
    missing = _missing(contract, terms, first, held), _missing(contract, terms, first, wanted)
    year = within(outlook, first, _YEAR)
    sizing, api = _api(contract, first, year)
    return Baselines(first, seats, missing, *api, sizing)


def _seats(contract: Contract, term: SeatTerm, first: Month, billed: int, needed: int) -> SeatsRenewed:
    alone = replace(contract, seats=(term,), minimum_seats=None)
    years = [_year(alone, first, {term: count}) for count in (billed, needed)]
    return SeatsRenewed(term.type, billed, needed, *years)


def _missing(
    contract: Contract, terms: Sequence[SeatTerm], first: Month, counts: Mapping[str, int]
) -> Fraction:
    """A year of what the contract's fewest seats of all types together add."""
    states = _states(contract, first, {t: counts[t.type] for t in terms})
    return sum(SeatSchedule(contract, [first]).course({}, states).missing, _NIL) * _YEAR


def _year(contract: Contract, first: Month, counts: Mapping[SeatTerm, int]) -> Fraction:
    """Twelve months at the fee of the first one, of seats committed in the renewed term."""
    schedule = SeatSchedule(replace(contract, seats=tuple(map(_only_committed, contract.seats))), [first])
    return sum(schedule.course({}, _states(contract, first, counts)).cost, _NIL) * _YEAR


def _only_committed(term: SeatTerm) -> SeatTerm:
    return replace(term, true_up=None, proration=None, removals="")


def _states(contract: Contract, first: Month, counts: Mapping[SeatTerm, int]) -> dict[str, SeatState]:
    turn = contract.term.turn(first)
    return {term.id: SeatState(turn=turn, committed=count) for term, count in counts.items()}


def _api(
    contract: Contract, first: Month, year: Outlook
) -> tuple[Commitment | None, tuple[Fraction, Fraction]]:
    """The commitment sized for the year after negotiated rates, and what the year costs under the old amount
    and under that which evidence allows to recommend."""
    serving, term, clause = Serving(year), Term(first.first, _YEAR, auto_renews=True), contract.commitment
    bare = Contract(contract.id, contract.vendor, contract.currency, term, rates=contract.rates)

    def cost(signed: CommitmentTerm | None) -> Fraction:
        served = serving.costs(replace(bare, commitment=signed))
        return serving.expected([one.api for one in served])

    if clause is None:
        return None, (cost(None), cost(None))
    clause = _by_the_year(clause, contract.term)
    amount = clause.amount_in(contract.term, clause.period(contract.term, first))
    anew = replace(clause, amount=amount, ramp=(), reductions=())
    old = Candidate(int(amount * MICRO))
    offer = Offer(anew, Term(first.first, _YEAR), first, _YEAR)
    sizing = sized(offer, _after_rates(serving, bare), (old.amount,))
    chosen = sizing.recommended.candidate
    return sizing, (cost(anew), cost(offer.signed(chosen.amount) if chosen.signed else None))


def _by_the_year(clause: CommitmentTerm, term: Term) -> CommitmentTerm:
    """A pool of a whole term as one of a year, for its part of the money."""
    if clause.per != "term" or term.months == _YEAR:
        return clause
    part = Fraction(_YEAR, term.months)

    def of(amount: Decimal) -> Decimal:
        return quotient(Fraction(amount) * part)

    return replace(
        clause,
        per="year",
        amount=None if clause.amount is None else of(clause.amount),
        ramp=tuple(replace(s, amount=of(s.amount)) for s in clause.ramp),
        bands=tuple(replace(b, from_=of(b.from_)) for b in clause.bands),
    )


def _after_rates(serving: Serving, bare: Contract) -> Outlook:
    """The usage of an outlook at what negotiated rates leave of its list price."""
    listed = sum(sum(s.api) for s in serving.outlook.scenarios)
    share = Fraction(sum(one.api for one in serving.costs(bare))) / listed if listed else Fraction(1)
    ways = (replace(s, api=tuple(floor(n * share) for n in s.api)) for s in serving.outlook.scenarios)
    return replace(serving.outlook, scenarios=tuple(ways))


@dataclass(frozen=True, slots=True)
class Split:
    """What both halves cost in a month, in micro-units."""

    month: Month
    seats: Fraction
    api: Fraction

    @property
    def share(self) -> Fraction | None:
        """The part of the API; None: nothing was spent."""
        total = self.seats + self.api
        return self.api / total if total else None


@dataclass(frozen=True, slots=True)
class Drift:
    """How the split moved between the first and the last month known since signing."""

    first: Split
    last: Split

    @property
    def points(self) -> Fraction | None:
        """By how much the part of the API rose."""
        before, after = self.first.share, self.last.share
        return None if before is None or after is None else after - before


def drift(splits: Sequence[Split], signed: Month) -> Drift | None:
    """The drift since the month of signature; None where fewer than two months with costs are known."""
    since = sorted((s for s in splits if s.month >= signed and s.share is not None), key=lambda s: s.month)
    return Drift(since[0], since[-1]) if len(since) > 1 else None
