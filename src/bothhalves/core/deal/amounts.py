"""Which amounts could be committed, and what each costs in every scenario.

An optimum lies at a threshold of a band or where a scenario's usage is just covered, since the cost is
straight in between; so those amounts, nothing, and the amount on offer are all that has to be enumerated.
The cost of all-units bands is not convex (a larger amount can be cheaper, and the next one dearer again), so
no search steps from one to the next across thresholds. Within a stretch between two thresholds it is convex,
and the largest regret with it: there its least value is found by halving.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Protocol

from bothhalves.core.deal.commitment_cost import Period, Schedule, cost
from bothhalves.core.deal.curves import CENT, Offer, Stretch, curves, is_plain
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.spread import Number


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """``amount`` micro-units to sign for; not ``signed``: no commitment at all, everything at list price."""

    amount: int
    signed: bool = True


NOTHING = Candidate(0, signed=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a candidate comes to in one scenario, times the ``scale`` of its outcomes.

    ``used`` is usage at list price, ``covered`` the part of it within the commitment; ``paid`` is all that is
    due, ``overage`` the part of it beyond the commitment, ``forfeited`` what was committed and not used.
    """

    paid: Number
    forfeited: Number
    overage: Number
    covered: Number
    used: Number


class Costing(Protocol):
    """Candidates of an offer under scenarios. Costs are held times ``scale``."""

    @property
    def scale(self) -> int: ...
    def candidates(self) -> Sequence[Candidate]:
        """All that are enumerated, the smallest first."""

    def stretches(self) -> Sequence[Sequence[Candidate]]:
        """Those signed, between thresholds."""

    def expected(self, candidate: Candidate) -> Number:
        """The cost weighted with the chances."""

    def paid(self, candidate: Candidate) -> Sequence[Number]:
        """The cost in every scenario."""

    def least(self) -> Sequence[Number]:
        """The cost in every scenario of the amount that is best in it."""

    def balanced(self, places: Sequence[int]) -> Sequence[Candidate]:
        """The amounts of least regret within each stretch, over some scenarios."""

    def outcomes(self, candidate: Candidate) -> tuple[int, Sequence[Outcome]]:
        """The scale, and what comes of it in every scenario."""


def costing(offer: Offer, scenarios: Sequence[Scenario], weights: Sequence[int]) -> Costing:
    """The fast one where a period's cost follows from the sum of its usage."""
    return (Straight if is_plain(offer) else Walked)(offer, scenarios, weights)


class Straight:
    """Costs by formula."""

    def __init__(self, offer: Offer, scenarios: Sequence[Scenario], weights: Sequence[int]) -> None:
        self.offer, self.weights = offer, weights
        self.curves = curves(offer)
        self.sums = [self.curves.sums(s.api) for s in scenarios]
        self.used = [sum(s.api) for s in scenarios]
        self.pools = [
            _Pool([(x, w) for row, w in zip(self.sums, weights, strict=True) for x in row[kind]])
            for kind in range(len(self.curves.stretches[0].lines))
        ]
        self._stretches = [(s, self._points(s)) for s in self.curves.stretches]
        self._least: list[int] | None = None
        self._expected: dict[Candidate, int] = {}

    @property
    def scale(self) -> int:
        return self.curves.scale

    def candidates(self) -> list[Candidate]:
        found = {amount for stretch, own in self._stretches if self._reached(stretch) for amount in own}
        found |= {self.offered} if self.offered else set()
        return [NOTHING, *(Candidate(amount) for amount in sorted(found))]

    def stretches(self) -> list[list[Candidate]]:
        return [[Candidate(k) for k in own] for stretch, own in self._stretches if self._reached(stretch)]

    @property
    def offered(self) -> int:
        return int(self.offer.base * 10**6)

    def _reached(self, stretch: Stretch) -> bool:
        return self.curves.floor is not None and stretch.start >= self.curves.floor

    def _points(self, stretch: Stretch) -> list[int]:
        """Where the stretch begins, and the amounts within it that just cover a period of a scenario."""
        pooled = (pool.values for pool in self.pools)
        return _points(stretch, list(pooled), ends=self.offer.clause.bands_are == "incremental")

    def expected(self, candidate: Candidate) -> int:
        if candidate not in self._expected:
            self._expected[candidate] = self._found_expected(candidate)
        return self._expected[candidate]

    def _found_expected(self, candidate: Candidate) -> int:
        if not candidate.signed:
            return self.scale * sum(w * x for x, w in zip(self.used, self.weights, strict=True))
        amount, found = candidate.amount, 0
        for line, pool in zip(self.curves.stretch(amount).lines, self.pools, strict=True):
            weight, worth = pool.above(line.covered(amount)) if line.a else (0, 0)
            found += (line.p * amount + line.q) * pool.weight
            found += line.a * worth - (line.b * amount + line.c) * weight
        return found

    def paid(self, candidate: Candidate) -> list[int]:
        if not candidate.signed:
            return [self.scale * x for x in self.used]
        stretch = self.curves.stretch(candidate.amount)
        return [self.curves.paid(stretch, candidate.amount, row) for row in self.sums]

    def least(self) -> list[int]:
        if self._least is None:
            self._least = self._found_least()
        return self._least

    def _found_least(self) -> list[int]:
        ends = self.offer.clause.bands_are == "incremental"
        found = []
        for row, used in zip(self.sums, self.used, strict=True):
            best = self.scale * used
            for stretch in self.curves.stretches:
                points = _points(stretch, row, ends=ends)
                place = bisect_left(points, 0, key=lambda k: _slope(stretch, k, row))
                amount = points[min(place, len(points) - 1)]
                best = min(best, self.curves.paid(stretch, amount, row))
            found.append(best)
        return found

    def balanced(self, places: Sequence[int]) -> list[Candidate]:
        best = self.least()
        rows = [(self.sums[n], best[n]) for n in places]
        found = []
        for stretch, points in self._stretches:
            if not self._reached(stretch):
                continue

            def regret(step: int, stretch: Stretch = stretch) -> int:
                amount = stretch.start + step * CENT
                return max(self.curves.paid(stretch, amount, row) - least for row, least in rows)

            last = points[-1] if stretch.end is None else stretch.end - 1
            low, high = 0, (last - stretch.start) // CENT
            while low < high:
                middle = (low + high) // 2
                if regret(middle) <= regret(middle + 1):
                    high = middle
                else:
                    low = middle + 1
            amount = stretch.start + low * CENT
            near = bisect_right(points, amount)
            found += [Candidate(k) for k in (*points[max(near - 1, 0) : near + 1], amount)]
        return found

    def outcomes(self, candidate: Candidate) -> tuple[int, list[Outcome]]:
        if not candidate.signed:
            return 1, [Outcome(x, 0, x, 0, x) for x in self.used]
        periods = self.offer.schedule(candidate.amount).periods
        shown = {kind: periods[self.curves.kinds.index(kind)] for kind in set(self.curves.kinds)}
        shapes = [_Covers.of(shown[kind], in_list=self.offer.clause.in_list) for kind in sorted(shown)]
        scale = lcm(*(s.scale for s in shapes))
        return scale, [self._outcome(row, shapes, scale) for row in self.sums]

    def _outcome(self, row: Sequence[Sequence[int]], shapes: Sequence[_Covers], scale: int) -> Outcome:
        forfeited = overage = covered = payable = used = 0
        for shape, own in zip(shapes, row, strict=True):
            times = scale // shape.scale
            payable += times * shape.payable * len(own)
            for x in own:
                forfeited += times * shape.forfeited(x)
                overage += times * shape.overage(x)
                covered += times * min(shape.covered, x * shape.unit) * (shape.scale // shape.unit)
                used += x
        return Outcome(payable + overage, forfeited, overage, covered, used * scale)


class _Pool:
    """The usage of all periods of a kind in all scenarios, with its weights."""

    def __init__(self, rows: Sequence[tuple[int, int]]) -> None:
        ordered = sorted(rows)
        self.values = [x for x, _ in ordered]
        self._weights = [0, *accumulate(w for _, w in ordered)]
        self._worths = [0, *accumulate(x * w for x, w in ordered)]
        self.weight = self._weights[-1]

    def above(self, used: int) -> tuple[int, int]:
        """The weight of all usage above ``used``, and its weighted sum."""
        place = bisect_right(self.values, used)
        return self.weight - self._weights[place], self._worths[-1] - self._worths[place]


def _points(stretch: Stretch, used: Sequence[Sequence[int]], *, ends: bool) -> list[int]:
    """The start of a stretch, the amounts that just cover usage by kind of period, and, if ``ends``, the
    threshold at its end; it then begins a cent above the threshold before it."""
    start = stretch.start + (CENT - 1 if ends and stretch.start else 0)
    last = None if stretch.end is None else stretch.end - 1
    if last is not None and start > last:
        return [last]
    found = {start, last} if ends and last is not None else {start}
    for line, own in zip(stretch.lines, used, strict=True):
        if line.b:
            first = bisect_right(own, line.covered(start))
            after = len(own) if last is None else bisect_right(own, line.covered(last))
            found.update(line.covers(x) for x in own[first:after])
    return sorted(found)


def _slope(stretch: Stretch, amount: int, row: Sequence[Sequence[int]]) -> int:
    """By how much the cost rises with the amount, just above it."""
    found = 0
    for line, own in zip(stretch.lines, row, strict=True):
        above = len(own) - bisect_right(own, line.covered(amount)) if line.a else 0
        found += line.p * len(own) - line.b * above
    return found


@dataclass(frozen=True, slots=True)
class _Covers:
    """What a period's slices cover, in whole numbers: list dollars times ``unit``, money times ``scale``."""

    slices: tuple[tuple[int, int], ...]  # list dollars covered, and money for each times scale / unit
    covered: int
    payable: int
    beyond: int
    unit: int
    scale: int

    @staticmethod
    def of(period: Period, *, in_list: bool) -> _Covers:
        parts = [
            (lot.left if in_list else lot.left / (1 - lot.discount), 1 - lot.discount) for lot in period.lots
        ]
        unit = lcm(1, *(covered.denominator for covered, _ in parts))
        rates = lcm(period.beyond.denominator, *(rate.denominator for _, rate in parts))
        slices = tuple((int(covered * unit), int(rate * rates)) for covered, rate in parts)
        covered = sum(reach for reach, _ in slices)
        payable = sum(reach * rate for reach, rate in slices)
        return _Covers(slices, covered, payable, int(period.beyond * rates), unit, unit * rates)

    def forfeited(self, used: int) -> int:
        left, lost = used * self.unit, 0
        for reach, rate in self.slices:
            lost += rate * max(0, reach - left)
            left = max(0, left - reach)
        return lost

    def overage(self, used: int) -> int:
        return self.beyond * max(0, used * self.unit - self.covered)


#: So many amounts are walked through at most, since each takes every month of every scenario.
_WALKED = 40


class Walked:
    """Costs of terms in which periods or months hang together: every scenario is gone through.

    Amounts are thresholds and those that just cover a period of a scenario, evenly picked where there are
    many; with money that rolls over the best amount may lie beside them.
    """

    scale = 1

    def __init__(self, offer: Offer, scenarios: Sequence[Scenario], weights: Sequence[int]) -> None:
        self.offer, self.weights, self.scenarios = offer, weights, scenarios
        self._known: dict[Candidate, list[Outcome]] = {}

    def candidates(self) -> list[Candidate]:
        amounts = {int(b.from_ * 10**6) for b in self.offer.clause.bands} | {int(self.offer.base * 10**6)}
        covering = sorted(set(self._covering()))
        step = max(1, len(covering) * len(self.scenarios) // (_WALKED * 30))
        amounts |= set(covering[step // 2 :: step])
        return [NOTHING, *(Candidate(amount) for amount in sorted(amounts))]

    def stretches(self) -> list[list[Candidate]]:
        return [self.candidates()[1:]]

    def _covering(self) -> Iterator[int]:
        """Within each band, the amounts that just cover a period of a scenario."""
        clause = self.offer.clause
        starts = [Fraction(b.from_) * 10**6 for b in clause.bands]
        for place, band in enumerate(clause.bands):
            rate = Fraction(1) if clause.in_list else 1 - Fraction(band.discount)
            for scenario in self.scenarios:
                for period in self.offer.schedule_as_offered.periods:
                    amount = -(-sum(scenario.api[n] for n in period.months) * rate // 1)
                    if starts[place] <= amount and (place + 1 == len(starts) or amount < starts[place + 1]):
                        yield int(amount)

    def outcomes(self, candidate: Candidate) -> tuple[int, list[Outcome]]:
        if candidate not in self._known:
            schedule = self.offer.schedule(candidate.amount) if candidate.signed else None
            self._known[candidate] = [self._outcome(schedule, s) for s in self.scenarios]
        return 1, self._known[candidate]

    def _outcome(self, schedule: Schedule | None, scenario: Scenario) -> Outcome:
        fees = self.offer.fees
        if schedule is None:
            used = sum(scenario.api)
            return Outcome(used + sum(fees), 0, used, 0, used)
        found = cost(schedule, scenario.api, fees)
        beyond = found.total("overage") + found.total("topped_up") + found.outside
        return Outcome(found.paid, found.total("forfeited"), beyond, found.total("covered"), found.used)

    def expected(self, candidate: Candidate) -> Number:
        return sum(w * p for w, p in zip(self.weights, self.paid(candidate), strict=True))

    def paid(self, candidate: Candidate) -> list[Number]:
        return [one.paid for one in self.outcomes(candidate)[1]]

    def least(self) -> list[Number]:
        rows = [self.paid(c) for c in self.candidates()]
        return [min(column) for column in zip(*rows, strict=True)]

    def balanced(self, places: Sequence[int]) -> list[Candidate]:
        del places  # only what is enumerated can be chosen
        return self.candidates()[1:]
