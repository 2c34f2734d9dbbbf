"""What amounts cost where periods or months hang together: unused money that lives on, minimums by the month,
and fees that count. No formula tells that, so every scenario is drawn on.

Between two thresholds the cost is straight from kink to kink, and mostly its slope rises with the amount. So
a few amounts are enumerated, around the best of each stretch its kink is looked for, and where there is time,
wherever else the least may lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from bothhalves.core.deal.candidates import NOTHING, Candidate, Outcome, outcome_of, outcomes_of
from bothhalves.core.deal.commitment_cost import Drawing
from bothhalves.core.deal.commitment_schedule import MICRO
from bothhalves.core.deal.curves import CENT, Offer, in_units, reached
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.searching import ROUNDS, Cost, Row, least_of, near

#: So many months are drawn on at most for all listed amounts together.
_STEPS = 200_000
_LEAST_AMOUNTS = 4
_BETWEEN = 24
#: Of more scenarios than so many, regret is against the best amount that is listed.
_FEW = 12
#: Over all scenarios and stretches together slopes are followed only while so many months are drawn on.
_FOLLOWED = 150_000
#: Stretches are split so often at most to look for the least cost elsewhere.
_SPLITS = 60
_NIL = Fraction(0)


class Walked:
    """Amounts are thresholds, those that just cover a period of a scenario (evenly picked ones of many), and
    of each stretch between thresholds that of the least cost."""

    scale = 1

    def __init__(self, offer: Offer, scenarios: Sequence[Scenario], weights: Sequence[int]) -> None:
        self.offer, self.weights, self.scenarios = offer, weights, scenarios
        self._outcomes: dict[tuple[int, int], Outcome] = {}
        self._means: dict[Candidate, Fraction] = {}
        self._drawings: dict[int, Drawing] = {}
        self._every = range(len(scenarios))
        self._steps = list(_stretches(offer))
        named = self._named()
        self._listed = sorted({*named, *self._between(named)})
        rounds = _FOLLOWED // (2 * max(len(scenarios) * offer.months, 1))
        best = self._lowest(lambda amount: self._mean(Candidate(amount)), rounds, sum(weights))
        self._candidates = [NOTHING, *map(Candidate, sorted({*named, *best}))]
        self._least: list[Fraction] | None = None

    def candidates(self) -> list[Candidate]:
        return self._candidates

    def stretches(self) -> list[list[Candidate]]:
        own = self._candidates[1:]
        rows = [[c for c in own if _holds(stretch, c.amount)] for stretch in self._steps]
        return [row for row in rows if row]

    def expected(self, candidate: Candidate) -> Fraction:
        return self._mean(candidate)

    def paid(self, candidate: Candidate) -> list[Fraction]:
        if not candidate.signed:
            return [Fraction(sum(s.api) + sum(self.offer.fees)) for s in self.scenarios]
        return [self._cost(candidate.amount, place) for place in self._every]

    def least(self) -> list[Fraction]:
        if self._least is None:
            rows = list(zip(*(self.paid(c) for c in self._candidates), strict=True))
            few = len(rows) <= _FEW
            self._least = [min(*row, self._own(n)) if few else min(row) for n, row in enumerate(rows)]
        return self._least

    def balanced(self, places: Sequence[int]) -> list[Candidate]:
        if len(places) > _FEW:
            return self._candidates[1:]
        least = self.least()
        worst = self._lowest(lambda amount: max(self._cost(amount, n) - least[n] for n in places))
        return [*self._candidates[1:], *map(Candidate, worst)]

    def outcomes(self, candidate: Candidate) -> tuple[int, list[Outcome]]:
        if not candidate.signed:
            return outcomes_of(self.offer, candidate, self.scenarios)
        amount = candidate.amount
        return self._drawing(amount).scale, [self._outcome(amount, place) for place in self._every]

    def _cost(self, amount: int, place: int) -> Fraction:
        return Fraction(self._outcome(amount, place).paid) / self._drawing(amount).scale

    def _outcome(self, amount: int, place: int) -> Outcome:
        key = amount, place
        if key not in self._outcomes:
            self._outcomes[key] = outcome_of(self._drawing(amount), self.scenarios[place], self.offer.fees)
        return self._outcomes[key]

    def _drawing(self, amount: int) -> Drawing:
        if amount not in self._drawings:
            self._drawings[amount] = Drawing(self.offer.schedule(amount), beside=any(self.offer.fees))
        return self._drawings[amount]

    def _mean(self, candidate: Candidate) -> Fraction:
        if candidate not in self._means:
            paid = self.paid(candidate)
            self._means[candidate] = sum((w * n for w, n in zip(self.weights, paid, strict=True)), _NIL)
        return self._means[candidate]

    def _between(self, named: Sequence[int]) -> Iterator[int]:
        """Amounts evenly between those of each stretch, as many as there is time for; whoever charges at list
        price what fees left unused bends the cost more than once."""
        each = len(self.scenarios) * self.offer.months
        most = min(_BETWEEN, _STEPS // each // max(len(self._steps), 1))
        for stretch in self._steps:
            own = [n for n in (*named, stretch[1]) if n is not None and _holds(stretch, n)]
            yield from range(own[0], own[-1], (own[-1] - own[0]) // max(most, 1) + 1)
            yield own[-1]

    def _named(self) -> list[int]:
        """Thresholds, the amount on offer, and amounts that just cover a period."""
        slices = self.offer.clause.bands_are == "incremental"  # a stretch ends with the threshold itself
        ends = {n for first, last in self._steps for n in (first, last if slices else None) if n is not None}
        offered = int(self.offer.base * MICRO)
        amounts = {*ends, offered} if offered else ends
        covering = sorted(set(self._covering()))
        each = len(self.scenarios) * self.offer.months
        most = max(_LEAST_AMOUNTS, _STEPS // each - len(amounts))
        return sorted({*amounts, *_evenly(covering, most)})

    def _covering(self) -> Iterator[int]:
        """Within each stretch, the amounts that just cover a period of a scenario."""
        clause, needs = self.offer.clause, _Needs(self.offer, self.scenarios)
        for stretch in self._steps:
            off = _NIL if clause.in_list else Fraction(clause.discount(in_units(stretch[0])))
            yield from (need for need in needs.at(1 - off) if _holds(stretch, need))
            # In slices the first ones cover less: more than all of it without a discount is never needed.
            if stretch[1] is None and clause.bands_are == "incremental":
                yield max(needs.at(Fraction(1)), default=0)

    def _lowest(self, cost: Cost, rounds: int | None = None, times: int = 1) -> set[int]:
        """Of each stretch the amount of the least cost, around the best that is listed; the stretch whose
        listed amount is cheapest first, as long as there are ``rounds`` left (None: no end of them); and the
        least of all. A cost is that of a scenario ``times`` over."""
        rows = [[n for n in self._listed if _holds(stretch, n)] for stretch in self._steps]
        found = {min(own, key=cost): own for own in rows if own}
        lowest_ = set()
        for best in sorted(found, key=cost):
            most = ROUNDS if rounds is None else min(ROUNDS, rounds)
            amount, taken = near(found[best], best, cost, most)
            rounds = None if rounds is None else rounds - taken
            lowest_.add(amount)
        splits = _SPLITS if rounds is None else min(_SPLITS, rounds // 2)
        if splits and lowest_:
            lowest_.add(least_of(self._rows(lowest_, times), cost, splits))
        return lowest_

    def _own(self, place: int) -> Fraction:
        """The least cost of a scenario."""

        def cost(amount: int) -> Fraction:
            return self._cost(amount, place)

        rows = self._rows()
        return cost(least_of(rows, cost, _SPLITS)) if rows else self.paid(NOTHING)[place]

    def _rows(self, found: Iterable[int] = (), times: int = 1) -> list[Row]:
        """The listed amounts and others of each stretch, with how much a cost can fall and rise there."""
        rows = []
        for stretch in self._steps:
            own = sorted(n for n in {*self._listed, *found} if _holds(stretch, n))
            if own:
                rows.append(Row(own, *(times * slope for slope in self._slopes(own[0], own[-1]))))
        return rows

    def _slopes(self, low: int, high: int) -> tuple[Fraction, Fraction]:
        """By how much a scenario's cost falls and rises at most for each unit from one amount to another."""
        before, after = (self._drawing(n).reach for n in (low, high))
        worth, payable = (Fraction(b - a) / max(high - low, 1) for a, b in zip(before, after, strict=True))
        # A little more than what more covers: in which period fees and usage draw may change.
        return max(worth - payable, _NIL) + payable / 10, payable


class _Needs:
    """What each period of each scenario draws: usage, with fees, and up to the minimums of months."""

    def __init__(self, offer: Offer, scenarios: Sequence[Scenario]) -> None:
        schedule, fees = offer.schedule_as_offered, offer.fees or (0,) * offer.months
        self._least = schedule.minimum.numerator, schedule.minimum.denominator
        # Without minimums a period is as one month.
        parts = [[(n,) for n in p.months] if schedule.minimum else [p.months] for p in schedule.periods]
        self._fees = [[sum(fees[n] for n in part) for part in own] for own in parts]
        self._used = {
            (*(sum(way.api[n] for n in part) for part in own), place)
            for way in scenarios
            for place, own in enumerate(parts)
        }

    def at(self, rate: Fraction) -> set[int]:
        """With usage at a rate of its list price."""
        times, of = rate.numerator * self._least[1], rate.denominator * self._least[1]
        least = self._least[0] * rate.denominator
        found = set()
        for *used, place in self._used:
            drawn = zip(used, self._fees[place], strict=True)
            found.add(-(-sum(max(times * n + of * fee, least) for n, fee in drawn) // of))
        return found


_Stretch = tuple[int, int | None]


def _stretches(offer: Offer) -> Iterator[_Stretch]:
    """The first and last amount (None: no last one) between thresholds; slices begin a cent above theirs."""
    marks = reached(offer)
    step = CENT - 1 if offer.clause.bands_are == "incremental" else 0
    for place, mark in enumerate(marks):
        last = marks[place + 1] - 1 if place + 1 < len(marks) else None
        first = mark + step if mark % CENT else mark
        if last is None or first <= last:
            yield first, last


def _holds(stretch: _Stretch, amount: int) -> bool:
    return stretch[0] <= amount and (stretch[1] is None or amount <= stretch[1])


def _evenly(amounts: Sequence[int], most: int) -> Sequence[int]:
    """So many of the amounts, evenly picked, with the last."""
    step = -(-len(amounts) // most)
    return [*amounts[step // 2 :: step], *amounts[-1:]] if step > 1 else amounts
