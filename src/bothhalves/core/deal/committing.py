"""How much to commit: every amount costed in every scenario, three rules, and the one that evidence allows.

Regret is what an amount costs more than the best one would have, had the scenario been known. Its tail is
that of regret and never of cost: the dear scenarios are those of high usage, and a tail of cost would push
towards committing too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.deal.amounts import NOTHING, Candidate, Costing, Outcome, costing
from bothhalves.core.deal.curves import Offer, is_plain
from bothhalves.core.deal.experience import WEIGHED_MONTHS
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.deal.spread import Number, Spread, ranked, spread, tail_mean, weights_of
from bothhalves.core.explain import Grade

#: More candidates than so many are enumerated, and only the telling ones are told in detail.
TOLD = 40
#: Scenarios to which minimax regret keeps where they are among others.
ENDS = ("low", "base", "high")
_LEAST_MONTHS = 2


class Rule(StrEnum):
    """How an amount is chosen, from the rule that asks least of the evidence on."""

    NONE = "no commitment"
    REGRET = "minimax regret"
    EXPECTED = "expected cost"


@dataclass(frozen=True, slots=True)
class Licence:
    """The rule that evidence allows, and why. ``refuses``: it allows to recommend nothing."""

    rule: Rule
    reason: str
    refuses: bool = False


def licence(grade: Grade, full_months: int, *, weighed: bool) -> Licence:
    """What the evidence allows to be recommended."""
    if full_months < _LEAST_MONTHS:
        said = f"{full_months} full month{'' if full_months == 1 else 's'} of data; two are needed to commit"
        return Licence(Rule.NONE, f"{said}.", refuses=True)
    if grade in (Grade.C, Grade.D):
        said = f"the evidence is of grade {grade}: ranges only, until computed and invoiced cost agree"
        return Licence(Rule.NONE, f"{said}.", refuses=True)
    if grade is Grade.B or full_months < WEIGHED_MONTHS:
        return Licence(Rule.REGRET, f"grade {grade}, {full_months} full months: too few for chances.")
    if not weighed:
        return Licence(Rule.REGRET, f"grade {grade}, but nobody can say how likely each scenario is.")
    return Licence(Rule.EXPECTED, f"grade {grade}, {full_months} full months reconciled, scenarios weighed.")


def held_to(allowed: Licence, wanted: Rule | None) -> Licence:
    """What is recommended by the rule that is wanted, as far as evidence allows it; None: as it allows."""
    if wanted is None or wanted is allowed.rule or allowed.refuses:
        return allowed
    rules = list(Rule)
    if rules.index(wanted) > rules.index(allowed.rule):
        return replace(
            allowed, reason=f"{wanted} is stated, which the evidence does not allow: {allowed.reason}"
        )
    return Licence(wanted, f"as stated; the evidence allows {allowed.rule}: {allowed.reason}")


@dataclass(frozen=True, slots=True)
class Ratios:
    """Shares of a scenario. ``utilisation`` is of the commitment (None: nothing is payable), ``coverage`` and
    ``savings`` of usage at list price (None: there is none). Savings are below zero where it cost more."""

    utilisation: Fraction | None
    coverage: Fraction | None
    savings: Fraction | None


@dataclass(frozen=True, slots=True)
class InScenario:
    """One candidate in one scenario, in micro-units."""

    paid: Fraction
    regret: Fraction
    forfeited: Fraction
    overage: Fraction
    used: Fraction
    ratios: Ratios


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate. ``expected`` weighs scenarios by their chances, or alike if there are none. ``worst`` is
    the place of the scenario of the largest regret, among those that minimax regret looks at."""

    candidate: Candidate
    threshold: bool
    expected: Fraction
    max_regret: Fraction
    worst: int
    tail_regret: Fraction
    regret: Spread
    paid: Spread
    forfeited: Spread
    overage: Spread
    ratios: tuple[Ratios, Ratios, Ratios]  # each share at its own P10, P50 and P90
    scenarios: tuple[InScenario, ...]

    @property
    def amount(self) -> int:
        return self.candidate.amount


@dataclass(frozen=True, slots=True)
class Commitment:
    """All that was found. ``rows`` are told in detail, ``enumerated`` is how many candidates there were."""

    offer: Offer
    outlook: Outlook
    licence: Licence
    rows: tuple[Row, ...]
    choices: Mapping[Rule, Row]
    enumerated: int
    assumptions: tuple[str, ...]

    @property
    def recommended(self) -> Row:
        """The row of the rule that evidence allows."""
        return self.choices[self.licence.rule]

    def row(self, candidate: Candidate) -> Row | None:
        """The row of a candidate, if it is told."""
        return next((r for r in self.rows if r.candidate == candidate), None)


def sized(offer: Offer, outlook: Outlook, also: Iterable[int] = ()) -> Commitment:
    """The offer under the scenarios of an outlook of its months; ``also`` are amounts to tell as well."""
    weights = weights_of(outlook.scenarios)
    costs = costing(offer, outlook.scenarios, weights)
    found = _Search(costs, weights, _ends(outlook))
    candidates = list(costs.candidates())
    best = min(candidates, key=costs.expected)
    calmest = found.calmest()
    choices = {Rule.NONE: NOTHING, Rule.REGRET: calmest, Rule.EXPECTED: best}
    told = {*choices.values(), *(Candidate(k) for k in also)}
    told |= set(candidates) if len(candidates) <= TOLD else set(_telling(costs, candidates, offer))
    thresholds = {int(b.from_ * 10**6) for b in offer.clause.bands}
    rows = {c: found.row(c, threshold=c.signed and c.amount in thresholds) for c in sorted(told, key=_order)}
    return Commitment(
        offer,
        outlook,
        licence(outlook.grade, outlook.full_months, weighed=outlook.is_weighed),
        tuple(rows.values()),
        {rule: rows[candidate] for rule, candidate in choices.items()},
        len(candidates),
        tuple(_assumptions(offer, outlook)),
    )


def advice(offer: Offer, outlook: Outlook) -> Candidate:
    """What :func:`sized` recommends, without telling what comes of any amount; nothing where it refuses."""
    allowed = licence(outlook.grade, outlook.full_months, weighed=outlook.is_weighed)
    if allowed.rule is Rule.NONE:
        return NOTHING
    weights = weights_of(outlook.scenarios)
    costs = costing(offer, outlook.scenarios, weights)
    if allowed.rule is Rule.EXPECTED:
        return min(costs.candidates(), key=costs.expected)
    return _Search(costs, weights, _ends(outlook)).calmest()


def _order(candidate: Candidate) -> tuple[int, bool]:
    return candidate.amount, candidate.signed


def _ends(outlook: Outlook) -> list[int]:
    """The places of low, base and high, where scenarios are called so; else of all."""
    named = [n for n, s in enumerate(outlook.scenarios) if s.name in ENDS]
    return named if len(named) == len(ENDS) else list(range(len(outlook.scenarios)))


def _telling(costs: Costing, candidates: Sequence[Candidate], offer: Offer) -> Iterator[Candidate]:
    """Nothing, the amount on offer, and of each stretch its start and its cheapest amount."""
    yield NOTHING
    for own in costs.stretches():
        yield own[0]
        yield min(own, key=costs.expected)
    offered = Candidate(int(offer.base * 10**6))
    if offered in candidates:
        yield offered


class _Search:
    """Regrets over the scenarios at ``places``, and rows over all."""

    def __init__(self, costs: Costing, weights: Sequence[int], places: Sequence[int]) -> None:
        self.costs, self.weights, self.places = costs, weights, places
        self.least = costs.least()

    def worst(self, candidate: Candidate) -> Number:
        """The largest regret, times the scale."""
        paid = self.costs.paid(candidate)
        return max(paid[n] - self.least[n] for n in self.places)

    def calmest(self) -> Candidate:
        """The candidate of the least largest regret; of equals the smallest amount."""
        candidates = self.costs.candidates()
        listed = candidates if len(candidates) <= TOLD else [NOTHING]
        found = {NOTHING, *listed, *self.costs.balanced(self.places)}
        return min(sorted(found, key=_order), key=self.worst)

    def row(self, candidate: Candidate, *, threshold: bool) -> Row:
        scale, weights = self.costs.scale, self.weights
        # An amount is rounded up to a whole micro-unit, which a ramp makes more of: the best one may cost a
        # few more than another.
        paid = self.costs.paid(candidate)
        regrets = [max(p - best, 0) for p, best in zip(paid, self.least, strict=True)]
        unit, outcomes = self.costs.outcomes(candidate)
        worst = max(self.places, key=lambda n: regrets[n])
        told = outcomes if len(outcomes) <= TOLD else ()
        return Row(
            candidate,
            threshold,
            Fraction(self.costs.expected(candidate)) / scale / sum(weights),
            Fraction(regrets[worst]) / scale,
            worst,
            tail_mean(regrets, weights) / scale,
            spread(regrets, weights, scale),
            spread([o.paid for o in outcomes], weights, unit),
            spread([o.forfeited for o in outcomes], weights, unit),
            spread([o.overage for o in outcomes], weights, unit),
            _shares(outcomes, weights),
            tuple(_in_scenario(o, unit, Fraction(r) / scale) for o, r in zip(told, regrets, strict=False)),
        )


def _ratios(one: Outcome) -> Ratios:
    payable = one.paid - one.overage
    return Ratios(
        1 - Fraction(one.forfeited) / payable if payable else None,
        Fraction(one.covered) / one.used if one.used else None,
        1 - Fraction(one.paid) / one.used if one.used else None,
    )


def _shares(outcomes: Sequence[Outcome], weights: Sequence[int]) -> tuple[Ratios, Ratios, Ratios]:
    """Each share at its own quantiles."""
    keys = (lambda o: -o.forfeited, lambda o: _over(o.covered, o.used), lambda o: -_over(o.paid, o.used))
    picked = [[_ratios(o) for o in ranked(outcomes, weights, key)] for key in keys]
    low, middle, high = (
        Ratios(u.utilisation, c.coverage, s.savings) for u, c, s in zip(*picked, strict=True)
    )
    return low, middle, high


def _over(part: Number, whole: Number) -> Number:
    """Ranks shares; fine enough that shares which differ visibly are told apart."""
    return int(part * 10**15 // whole) if whole else 0


def _in_scenario(one: Outcome, unit: int, regret: Fraction) -> InScenario:
    paid, forfeited, overage, used = (
        Fraction(v) / unit for v in (one.paid, one.forfeited, one.overage, one.used)
    )
    return InScenario(paid, regret, forfeited, overage, used, _ratios(one))


def _assumptions(offer: Offer, outlook: Outlook) -> Iterator[str]:
    yield from offer.clause.assumptions()
    if not outlook.is_weighed:
        yield "scenarios: nobody says how likely each is; expected cost weighs them alike."
    if not is_plain(offer):
        yield "amounts: periods hang together; the best is looked for around those that just cover a period."
    if outlook.baseline is not Baseline.EFFICIENT:
        yield f"usage: this is the {outlook.baseline} one, before the moves and levers of the plan."
