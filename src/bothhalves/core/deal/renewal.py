"""What a contract would be renewed with of itself, against what is needed; and how its halves have moved.

Inherited: the seats that the term renews with by its clauses (those billed at its end, if they are silent)
and the amount committed until then. Honest: the seats needed and the amount that the rules for commitments
choose. Both at the fees of the renewed term.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from bothhalves.core.deal.committing import Commitment, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.deal.running import renewals_of, running
from bothhalves.core.deal.seat_course import MICRO, SeatSchedule
from bothhalves.core.deal.serving import Serving
from bothhalves.core.money import quotient

_NIL = Fraction(0)
_YEAR = 12


@dataclass(frozen=True, slots=True)
class SeatsRenewed:
    """A seat type: seats that the term renews with and seats needed, and a year of each, in micro-units, at
    the fees of the renewed term."""

    type: str
    renewed: int
    needed: int
    inherited: Fraction
    honest: Fraction


@dataclass(frozen=True, slots=True)
class Baselines:
    """A year of the renewed term, in the base scenario where nobody says how likely each is, else the mean by
    chances. ``api_inherited`` is usage under the amount committed until then, ``api_honest`` under the one
    that ``sizing`` chooses (None: the contract has no commitment); with what the commitment makes of seat
    fees that draw on it. ``missing`` are a year of what the fewest seats of the whole contract add, inherited
    and honest.
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
    contract: Contract, first: Month, renewed: Mapping[str, int], needed: Mapping[str, int], outlook: Outlook
) -> Baselines:
    """Both baselines of the year from ``first`` on, the first month of the renewed term.

    ``contract`` is looked ahead under. ``renewed`` are the seats that each clause renews with, by its id;
    without them, those committed. A type that ``needed`` does not name is needed as it renews; where several
    clauses are of one type, they fill up in order, and the last has the rest. ``outlook`` is cut to the year.
    """
    terms = [t for t in contract.seats if t.charged(first)]
    held = {t: renewed.get(t.id, t.committed) for t in terms}
    wanted = {t: n for kind in _types(terms) for t, n in _filled(kind, held, needed).items()}
    seats = tuple(_seats(contract, kind, first, held, wanted) for kind in _types(terms))
    missing = _missing(contract, first, held), _missing(contract, first, wanted)
    year = within(outlook, first, _YEAR)
    sizing, api = _api(contract, first, year, held, wanted)
    return Baselines(first, seats, missing, *api, sizing)


_Counts = Mapping[SeatTerm, int]


def _types(terms: Iterable[SeatTerm]) -> list[str]:
    return list(dict.fromkeys(t.type for t in terms))


def _filled(kind: str, held: _Counts, needed: Mapping[str, int]) -> dict[SeatTerm, int]:
    """Needed seats of a type by clause."""
    own = [t for t in held if t.type == kind]
    left = needed.get(kind, sum(held[t] for t in own))
    found = {}
    for term in own[:-1]:
        found[term] = min(left, held[term])
        left -= found[term]
    return {**found, own[-1]: left}


def _seats(contract: Contract, kind: str, first: Month, held: _Counts, wanted: _Counts) -> SeatsRenewed:
    own = tuple(t for t in held if t.type == kind)
    alone = replace(contract, seats=own, minimum_seats=None)
    inherited, honest = (_year(alone, first, counts) for counts in (held, wanted))
    return SeatsRenewed(kind, sum(held[t] for t in own), sum(wanted[t] for t in own), inherited, honest)


def _missing(contract: Contract, first: Month, counts: _Counts) -> Fraction:
    """A year of what the contract's fewest seats of all types together add."""
    states = _states(contract, first, counts)
    return sum(SeatSchedule(contract, [first]).course({}, states).missing, _NIL) * _YEAR


def _year(contract: Contract, first: Month, counts: _Counts) -> Fraction:
    """Twelve months at the fee of the first one, of seats committed in the renewed term."""
    return _month(contract, first, counts) * _YEAR


def _month(contract: Contract, first: Month, counts: _Counts) -> Fraction:
    schedule = SeatSchedule(replace(contract, seats=tuple(map(_only_committed, contract.seats))), [first])
    return sum(schedule.course({}, _states(contract, first, counts)).cost, _NIL)


def _only_committed(term: SeatTerm) -> SeatTerm:
    return replace(term, true_up=None, proration=None, removals="")


def _states(contract: Contract, first: Month, counts: _Counts) -> dict[str, SeatState]:
    turn = contract.term.turn(first)
    return {term.id: SeatState(turn=turn, committed=count) for term, count in counts.items()}


def _api(
    contract: Contract, first: Month, year: Outlook, held: _Counts, wanted: _Counts
) -> tuple[Commitment | None, tuple[Fraction, Fraction]]:
    """The commitment sized for the year after negotiated rates, and what the year costs under the old amount
    and under that which evidence allows to recommend.

    Where seat fees draw on the commitment, they are those of the year, and what it makes of them counts here.
    """
    serving, term, clause = Serving(_without_seats(year)), Term(first.first, _YEAR, True), contract.commitment
    bare = Contract(contract.id, contract.vendor, contract.currency, term, rates=contract.rates)
    if clause is None:
        listed = _cost(serving, bare)
        return None, (listed, listed)
    clause = _by_the_year(clause, contract.term)
    amount = clause.amount_in(contract.term, clause.period(contract.term, first))
    anew = replace(clause, amount=amount, ramp=(), reductions=())
    old, new = bare, bare
    fees: tuple[int, ...] = ()
    if "seats" in clause.counts:
        old, new = (_with_seats(bare, contract, first, counts) for counts in (held, wanted))
        fees = (round(_month(contract, first, wanted)),) * _YEAR
    offer = Offer(anew, Term(first.first, _YEAR), first, _YEAR, fees)
    sizing = sized(offer, _after_rates(serving, bare), (int(amount * MICRO),))
    chosen = sizing.recommended.candidate
    signed = offer.signed(chosen.amount) if chosen.signed else None
    inherited = _cost(serving, replace(old, commitment=anew))
    return sizing, (inherited, _cost(serving, replace(new, commitment=signed)))


def _cost(serving: Serving, contract: Contract) -> Fraction:
    """Usage in the year under the contract, and what its commitment makes of seat fees."""
    return serving.expected([one.api for one in serving.costs(contract)])


def _without_seats(year: Outlook) -> Outlook:
    return replace(year, scenarios=tuple(replace(s, seats={}) for s in year.scenarios))


def _with_seats(bare: Contract, contract: Contract, first: Month, counts: _Counts) -> Contract:
    """The seats of the renewed term, at its fees, as clauses of a year by itself."""
    seats = tuple(
        replace(
            running(_only_committed(term), renewals_of(contract, term, first), count),
            from_=None,
            until=None,
            co_term=None,
            type=f"{term.type} {number}",
        )
        for number, (term, count) in enumerate(counts.items())
    )
    fewest, fee = contract.minimum_seats, contract.minimum_seats_fee
    return replace(bare, seats=seats, minimum_seats=fewest, minimum_seats_fee=fee)


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
