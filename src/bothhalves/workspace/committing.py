"""How much to commit under an offer or at renewal, and how a signed commitment burns down.

The amount is sized on what is used after the plan's moves. What the lazy and the present usage would have led
to is sized beside it, and settled on the same months, so that the price of committing too early is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from bothhalves.core.clauses.base import EVERYTHING, Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.deal.amounts import NOTHING, Candidate
from bothhalves.core.deal.burn_down import BurnDown, Saving, at_pace, burn_down, saving
from bothhalves.core.deal.commitment_cost import MICRO, laid
from bothhalves.core.deal.committing import Commitment, Rule, held_to, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.halves import demands
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario, within
from bothhalves.core.deal.seat_course import SeatSchedule
from bothhalves.core.deal.spread import ranked, weights_of
from bothhalves.core.deal.years import PriceStep, Years, priced, years_of
from bothhalves.core.explain import Line
from bothhalves.core.money import MoneyKind, quotient
from bothhalves.core.moves import horizon
from bothhalves.core.settling import settle
from bothhalves.workspace.deal_terms import rate_said
from bothhalves.workspace.demands import LOW, asked_of
from bothhalves.workspace.ledger import known_months
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.price_steps import steps_said
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.replaying import runs, span_of

KIND = MoneyKind.SCENARIO
#: What is compared with the recommended amount, and why somebody might have signed it.
COMPARED = ("recommended", "none", "offered", "current", "lazy")


@dataclass(frozen=True, slots=True)
class Signed:
    """An amount settled exactly in some scenarios. ``role`` is one of :data:`COMPARED`; Lines by scenario."""

    role: str
    candidate: Candidate
    lines: Mapping[str, tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class ToSign:
    """A commitment to choose. ``wanted`` is what each baseline's usage would have led to, ``under`` the same
    sizing under other price protection (where list prices are expected to change)."""

    contract: Contract
    months: tuple[Month, ...]
    found: Commitment
    wanted: Mapping[Baseline, Candidate]
    settled: tuple[Signed, ...]
    years: Years | None
    under: Mapping[str, Commitment]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A signed commitment: its period at the pace so far and in each scenario, and what carrying out the plan
    is worth (None: there is no plan)."""

    contract: Contract
    last: Month
    periods: tuple[BurnDown, ...]
    saving: Saving | None
    said: tuple[str, ...]


Outlooks = Mapping[Baseline, Outlook]


def commitments_of(
    prospects: Prospects, contracts: Iterable[Contract]
) -> tuple[list[ToSign], list[Running], list[str]]:
    """All commitments of the contracts, to sign and running; and why others cannot be told."""
    to_sign, running, refused = [], [], []
    workspace, months, steps = prospects.workspace, prospects.months, prospects.steps
    for contract in contracts:
        known = prospects.baselines(contract.vendor)
        rate = Fraction(prospects.terms.rate)
        try:
            to_sign.append(commitment_of(months, contract, known, steps, rate, prospects.rule))
            if contract in workspace.config.contracts and contract.term.runs(months[-1].next):
                running.append(running_of(workspace, months, contract, known, steps))
        except ValueError as error:
            refused.append(f"{contract.id} cannot be sized: {error}.")
    return to_sign, running, refused


def commitment_of(
    months: tuple[Month, ...],
    contract: Contract,
    known: Outlooks,
    steps: Sequence[PriceStep] = (),
    rate: Fraction = Fraction(0),
    rule: Rule | None = None,
) -> ToSign:
    """How much to commit under a contract or offer with a commitment clause, from ``months`` of data.

    One whose term has begun is signed anew when it ends. ``steps`` are changes of list prices, ``rate`` is
    what a year is worth to the buyer; ``rule`` chooses the amount as far as evidence allows it. Raises
    ``ValueError`` where it cannot be sized.
    """
    clause = contract.commitment
    if clause is None:
        raise ValueError(f"{contract.id} has no commitment clause")
    _in_one_currency(contract, known)
    signed, said = anew(contract, months[-1])
    ahead = horizon(Month.of(signed.term.start), signed.term.months)
    told = _Told(signed, ahead, steps, rule)
    efficient = told.outlook(known[Baseline.EFFICIENT])
    offer = told.offer(efficient)
    others = {b: told.sized(offer, known[b]) for b in (Baseline.CURRENT, Baseline.LAZY)}
    wanted = {b: choice(found) for b, found in others.items()}
    found = told.ruled(sized(offer, efficient, [c.amount for c in wanted.values() if c.signed]))
    wanted[Baseline.EFFICIENT] = choice(found)
    under = {kind: told.protected(offer, known[Baseline.EFFICIENT], kind) for kind in ("lock", "cap")}
    return ToSign(
        signed,
        ahead,
        found,
        wanted,
        tuple(told.settled(found, wanted)),
        years_of(found, rate),
        under if steps else {},
        tuple(dict.fromkeys((*said, *told.said, rate_said(quotient(rate))))),
    )


def _in_one_currency(contract: Contract, known: Outlooks) -> None:
    own = known[Baseline.EFFICIENT].currency
    if own != contract.currency:
        raise ValueError(
            f"it is in {contract.currency} and usage in {own}, and no rate is stated for a forecast"
        )


def choice(found: Commitment) -> Candidate:
    """What the allowed rule chooses; where none is allowed, what the least regret would."""
    rule = Rule.REGRET if found.licence.refuses else found.licence.rule
    return found.choices[rule].candidate


def anew(contract: Contract, last: Month) -> tuple[Contract, tuple[str, ...]]:
    """The contract as signed for a term that is wholly ahead of ``last``, the last month of data."""
    start = Month.of(contract.term.start)
    if start > last:
        return contract, ()
    first = max(Month.of(contract.term.until), last.next)
    note = f"{contract.id} began on {contract.term.start}; it is sized as if signed again from {first} on."
    return replace(contract, term=replace(contract.term, start=first.first)), (note,)


class _Told:
    """One contract over the months of its term, and what is taken for granted about usage."""

    def __init__(
        self, contract: Contract, months: tuple[Month, ...], steps: Sequence[PriceStep], rule: Rule | None
    ) -> None:
        assert contract.commitment is not None
        self.rule = rule
        self.clause: CommitmentTerm = replace(contract.commitment, scope=EVERYTHING, excludes=())
        self.contract, self.months, self.steps = contract, months, steps
        self.counts_seats = "seats" in self.clause.counts
        self.share = _share(self.bare(None))
        self.said = list(self._said(contract.commitment))

    def _said(self, clause: CommitmentTerm) -> Iterable[str]:
        if clause.scope != EVERYTHING or clause.excludes:
            yield "usage: all of it is taken to be within the scope of the commitment."
        if self.share != 1:
            yield "usage: negotiated rates are taken off before the commitment is sized."
        if self.contract.included_credits or self.contract.marketplaces:
            yield "included credits and marketplaces are left out."
        yield from steps_said(self.steps)

    def bare(self, clause: CommitmentTerm | None) -> Contract:
        """The contract with the commitment signed, and without what does not bear on it."""
        one = self.contract
        kept = Contract(one.id, one.vendor, one.currency, one.term, rates=one.rates, commitment=clause,
                        source=one.source, assumed=one.assumed)  # fmt: skip
        seats = self.counts_seats and bool(one.seats)
        return replace(kept, seats=one.seats, minimum_seats=one.minimum_seats) if seats else kept

    def outlook(self, outlook: Outlook, kind: str = "") -> Outlook:
        """The outlook over the term at the prices that the buyer is charged, after negotiated rates."""
        terms = self.contract.spending.protection
        terms = replace(terms, kind=kind) if kind else terms  # type: ignore[arg-type]
        own = priced(within(outlook, self.months[0], len(self.months)), self.steps, terms)
        ways = (replace(s, api=tuple(floor(n * self.share) for n in s.api)) for s in own.scenarios)
        return own if self.share == 1 else replace(own, scenarios=tuple(ways))

    def offer(self, outlook: Outlook) -> Offer:
        """The clause before its amount is chosen; seats that count are those of the middle scenario."""
        term = Term(self.months[0].first, len(self.months))
        fees: tuple[int, ...] = ()
        if self.counts_seats and self.contract.seats:
            course = SeatSchedule(self.contract, self.months).course(_middle(outlook).seats)
            fees = tuple(round(n) for n in course.cost)
        return Offer(self.clause, term, self.months[0], len(self.months), fees)

    def sized(self, offer: Offer, outlook: Outlook) -> Commitment:
        return self.ruled(sized(offer, self.outlook(outlook)))

    def ruled(self, found: Commitment) -> Commitment:
        """The sizing with the amount of the stated rule, as far as evidence allows it."""
        return replace(found, licence=held_to(found.licence, self.rule))

    def protected(self, offer: Offer, outlook: Outlook, kind: str) -> Commitment:
        """The sizing under another kind of price protection."""
        return self.ruled(sized(offer, self.outlook(outlook, kind)))

    def settled(self, found: Commitment, wanted: Mapping[Baseline, Candidate]) -> Iterable[Signed]:
        """Each amount that is compared, settled in the scenarios that are shown."""
        offered = Candidate(int(found.offer.base * MICRO))
        chosen = {
            "recommended": found.recommended.candidate,
            "none": NOTHING,
            "offered": offered if offered.amount else NOTHING,
            "current": wanted[Baseline.CURRENT],
            "lazy": wanted[Baseline.LAZY],
        }
        ways = shown(found.outlook)
        known: dict[Candidate, dict[str, tuple[Line, ...]]] = {}
        for role in COMPARED:
            candidate = chosen[role]
            if candidate not in known:
                known[candidate] = {s.name: self._lines(found.offer, candidate, s) for s in ways}
            yield Signed(role, candidate, known[candidate])

    def _lines(self, offer: Offer, candidate: Candidate, way: Scenario) -> tuple[Line, ...]:
        """All Lines of the term, from usage at list price; rates are taken off by their own Lines."""
        contract = self.bare(offer.signed(candidate.amount) if candidate.signed else None)
        contract = replace(contract, term=offer.term)
        api = [round(n / self.share) for n in way.api]
        seats = way.seats if self.counts_seats else {}
        return settle(contract, demands(contract, self.months, seats, api, KIND), kind=KIND).lines


def _share(contract: Contract) -> Fraction:
    """What negotiated rates leave of usage whose model is not known."""
    month = Month.of(contract.term.start)
    lines = settle(contract, demands(contract, [month], {}, [MICRO], KIND), kind=KIND).lines
    worth = sum((x.amount.low for x in lines if not x.entry.startswith(f"{contract.id}/seats")), Decimal(0))
    return Fraction(worth)


def _middle(outlook: Outlook) -> Scenario:
    named = [s for s in outlook.scenarios if s.name == "base"]
    ways = list(outlook.scenarios)
    return named[0] if named else ranked(ways, weights_of(ways), lambda s: sum(s.api))[1]


def shown(outlook: Outlook) -> list[Scenario]:
    """Low, base and high where they are called so or are few; else those at P10, P50 and P90 of usage."""
    ways = list(outlook.scenarios)
    named = [s for s in ways if s.name in ("low", "base", "high")]
    if len(named) == 3 or len(ways) <= 3:
        return named if len(named) == 3 else ways
    return list(ranked(ways, weights_of(ways), lambda s: sum(s.api)))


def running_of(
    workspace: Workspace,
    months: tuple[Month, ...],
    contract: Contract,
    known: Outlooks,
    steps: Sequence[PriceStep] = (),
) -> Running:
    """How the signed commitment of a contract burns down after the last month of data.

    Raises ``ValueError`` where the contract has none, or is not in force in the month after.
    """
    clause, now = contract.commitment, months[-1].next
    if clause is None or not contract.term.runs(now):
        raise ValueError(f"{contract.id} has no commitment that runs in {now}")
    _in_one_currency(contract, known)
    first = Month.of(contract.term.start)
    schedule = laid(clause, contract.term, first, _length(contract, now))
    seen, said = _seen(workspace, contract, clause, months)
    data = set(known_months(workspace))
    unknown = [n for n, month in enumerate(horizon(first, len(seen))) if month not in data]
    left, protection = schedule.months - len(seen), contract.spending.protection
    begun = contract.term.index(now)
    ahead = {b: priced(_ahead(known[b], now, left), steps, protection, begun) for b in Baseline}
    ways = (at_pace(schedule, seen, unknown), *shown(ahead[Baseline.CURRENT]))
    worth = None
    if known[Baseline.EFFICIENT].baseline is Baseline.EFFICIENT:
        after = Month.of(contract.term.day_after(schedule.months))
        renewal = Offer(clause, replace(contract.term, start=after.first), after, contract.term.months)
        worth = saving(schedule, seen, ahead[Baseline.CURRENT], ahead[Baseline.EFFICIENT], renewal)
    return Running(contract, months[-1], burn_down(schedule, seen, ways), worth, (*said, *steps_said(steps)))


def _length(contract: Contract, now: Month) -> int:
    """The months from the first of the term to the end of the turn that is under way."""
    return (contract.term.turn(now) + 1) * contract.term.months


def _ahead(outlook: Outlook, now: Month, left: int) -> Outlook:
    """The outlook from the month after the data on, as long as both the term's rest and the next need."""
    return within(outlook, now, max(left, outlook.months))


def _seen(
    workspace: Workspace, contract: Contract, clause: CommitmentTerm, months: tuple[Month, ...]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Usage that counts, in each month of the term so far, in micro-units; and what is not known of it."""
    asked = asked_of(workspace, span_of((contract,), months))
    by_month = dict.fromkeys(month_range(Month.of(contract.term.start), months[-1]), Decimal(0))
    for demand in asked.of(contract, LOW, KIND):
        if demand.month in by_month and runs(contract, demand.month):
            counted = (u.line.amount.low for u in demand.usage if clause.counted("api", u))
            by_month[demand.month] += sum(counted, Decimal(0))
    empty = [str(m) for m, used in by_month.items() if not used]
    none = "no usage is known; it is taken for none, and months without any data are no part of the pace"
    said = (f"{', '.join(empty)}: {none}.",) if empty else ()
    return tuple(floor(Fraction(used) * MICRO) for used in by_month.values()), said
