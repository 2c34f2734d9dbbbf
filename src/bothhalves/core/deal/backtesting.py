"""Advice walked through history: what each rule would have signed, what it would then have cost, and regret.

At each decision a rule sees the usage until then and nothing later. What it signs is billed with what came,
and compared with the amount that would have been best, had the term been known. Regret is the difference;
relative regret is its share of that best cost, over all terms of a series together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate
from bothhalves.core.deal.commitment_cost import cost
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.rivals import CommitRule, best_for

#: The rule under test, among its rivals.
OURS = "advice"
_NIL = Fraction(0)


@dataclass(frozen=True, slots=True)
class Course:
    """Usage at list price by month from ``first`` on, in micro-units; ``name`` says of what. ``is_dated``:
    months are those of the calendar; else they are periods alike long, which ``names`` names."""

    name: str
    first: Month
    amounts: tuple[int, ...]
    is_dated: bool = False
    names: tuple[str, ...] = ()

    def named(self, place: int) -> str:
        """What the period at a place is called."""
        return self.names[place] if self.names else str(self.month(place))

    def month(self, place: int) -> Month:
        """The month at a place, the first being 0."""
        ordinal = self.first.number - 1 + place
        return Month(self.first.year + ordinal // 12, ordinal % 12 + 1)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is signed again and again: the clause, for ``months`` at a time, first after ``known`` months."""

    clause: CommitmentTerm
    months: int
    known: int

    def __post_init__(self) -> None:
        if self.months < 1 or self.known < 1:
            raise ValueError("a term has a month, and a decision a month to look back on")

    def offer(self, first: Month) -> Offer:
        """The offer of a term that begins with ``first``, without steps and reductions agreed for another."""
        clause = replace(self.clause, ramp=(), amount=self.clause.amount or Decimal(0), reductions=())
        return Offer(clause, Term(first.first, self.months), first, self.months)

    def decisions(self, course: Course) -> range:
        """The places at which a term begins that the course knows to its end."""
        return range(self.known, len(course.amounts) - self.months + 1, self.months)


@dataclass(frozen=True, slots=True)
class Bill:
    """What was signed, and what the term then cost in micro-units. ``beyond`` is the part of it that was paid
    for usage outside the commitment, ``forfeited`` what was committed and not used."""

    signed: Candidate
    paid: Fraction
    beyond: Fraction
    forfeited: Fraction = _NIL


@dataclass(frozen=True, slots=True)
class Step:
    """One term: ``known`` months were seen before it began in ``first``. ``used`` is its usage at list price,
    ``best`` the bill of hindsight, ``bills`` those of the rules by name."""

    first: Month
    known: int
    used: int
    best: Bill
    bills: Mapping[str, Bill]

    def regret(self, rule: str) -> Fraction:
        """What the rule cost more than hindsight, in micro-units."""
        return self.bills[rule].paid - self.best.paid


@dataclass(frozen=True, slots=True)
class Walk:
    """All terms of a course, oldest first; at least one."""

    course: Course
    steps: tuple[Step, ...]

    def paid(self, rule: str) -> Fraction:
        return sum((s.bills[rule].paid for s in self.steps), _NIL)

    @property
    def best(self) -> Fraction:
        """What hindsight would have paid in all terms."""
        return sum((s.best.paid for s in self.steps), _NIL)

    @property
    def used(self) -> int:
        return sum(s.used for s in self.steps)

    def regret(self, rule: str) -> Fraction:
        return self.paid(rule) - self.best

    def relative(self, rule: str) -> Fraction | None:
        """Regret as a share of what hindsight would have paid; None: that is nothing, as nothing was used."""
        return self.regret(rule) / self.best if self.best else None


def walked(course: Course, trial: Trial, rules: Mapping[str, CommitRule]) -> Walk | None:
    """The course under every rule; None where it is too short for one decision and its term."""
    steps = tuple(_step(course, trial, place, rules) for place in trial.decisions(course))
    return Walk(course, steps) if steps else None


def _step(course: Course, trial: Trial, place: int, rules: Mapping[str, CommitRule]) -> Step:
    known, came = course.amounts[:place], course.amounts[place : place + trial.months]
    offer = trial.offer(course.month(place))
    bills = {name: billed(offer, rule(known, offer), came) for name, rule in rules.items()}
    return Step(offer.first, place, sum(came), billed(offer, best_for(offer, came), came), bills)


def billed(offer: Offer, signed: Candidate, api: Sequence[int]) -> Bill:
    """What a term costs under what was signed for it."""
    if not signed.signed:
        return Bill(NOTHING, Fraction(sum(api)), Fraction(sum(api)))
    found = cost(offer.schedule(signed.amount), api)
    return Bill(signed, found.paid, found.total("overage") + found.outside, found.total("forfeited"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands over courses: relative regret at the middle, at the worst tenth and altogether.

    ``median`` and ``high`` (exceeded by a tenth) are over courses, each as heavy as another; ``overall`` is
    all regret over all that hindsight would have paid. ``ahead``, ``level`` and ``behind`` count courses on
    which our advice cost less, the same and more than this rule.
    """

    rule: str
    median: Fraction
    high: Fraction
    overall: Fraction
    ahead: int
    level: int
    behind: int


def standings(walks: Iterable[Walk], rules: Iterable[str], ours: str = OURS) -> tuple[Standing, ...]:
    """Every rule's standing over walks in which something was used; none if there are no such walks."""
    counted = [w for w in walks if w.best]
    return tuple(_standing(counted, rule, ours) for rule in rules) if counted else ()


def _standing(walks: Sequence[Walk], rule: str, ours: str) -> Standing:
    shares = sorted(_relatives(walks, rule))
    paid = sum((w.regret(rule) for w in walks), _NIL)
    gaps = [w.paid(rule) - w.paid(ours) for w in walks]
    return Standing(
        rule,
        median(shares),
        shares[-(-9 * len(shares) // 10) - 1],
        paid / sum((w.best for w in walks), _NIL),
        sum(g > 0 for g in gaps),
        sum(g == 0 for g in gaps),
        sum(g < 0 for g in gaps),
    )


def _relatives(walks: Iterable[Walk], rule: str) -> Iterator[Fraction]:
    for walk in walks:
        share = walk.relative(rule)
        if share is not None:
            yield share


def median(ordered: Sequence[Fraction]) -> Fraction:
    """The middle of numbers in their order; of an even count, the mean of the two in the middle."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def losses(walks: Iterable[Walk], rivals: Iterable[str], ours: str = OURS) -> Iterator[tuple[Walk, str]]:
    """The courses on which a rival cost less than our advice, each with the cheapest of these rivals."""
    names = tuple(rivals)
    for walk in walks:
        cheapest = min(names, key=walk.paid)
        if walk.paid(cheapest) < walk.paid(ours):
            yield walk, cheapest
