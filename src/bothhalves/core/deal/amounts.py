"""Which amounts could be committed, and what each costs in every scenario.

An optimum lies at a threshold of a band or where a scenario's usage is just covered, since the cost is
straight in between; so those amounts, nothing, and the amount on offer are all that has to be enumerated.
The cost of all-units bands is not convex (a larger amount can be cheaper, and the next one dearer again), so
no search steps from one to the next across thresholds. Within a stretch between two thresholds it is convex,
and the largest regret with it: there its least value is found by halving.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from bothhalves.core.deal.candidates import NOTHING, Candidate, Costing, Outcome, outcomes_of
from bothhalves.core.deal.curves import CENT, Offer, Stretch, curves, is_plain
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.walked import Walked

__all__ = ["NOTHING", "Candidate", "Costing", "Outcome", "costing"]


def costing(offer: Offer, scenarios: Sequence[Scenario], weights: Sequence[int]) -> Costing:
    """The fast one where a period's cost follows from the sum of its usage."""
    return (Straight if is_plain(offer) else Walked)(offer, scenarios, weights)


class Straight:
    """Costs by formula."""

    def __init__(self, offer: Offer, scenarios: Sequence[Scenario], weights: Sequence[int]) -> None:
        self.offer, self.weights = offer, weights
        self.curves, self.scenarios = curves(offer), scenarios
        self.sums = [self.curves.sums(s.api) for s in scenarios]
        self.used = [sum(s.api) for s in scenarios]
        self.ways = [[_Pool([(x, 1) for x in own]) for own in row] for row in self.sums]
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
        found |= {c.amount for c in self._stated()}
        return [NOTHING, *(Candidate(amount) for amount in sorted(found))]

    def _stated(self) -> list[Candidate]:
        """The amount on offer; and the thresholds of slices, which the discount begins above."""
        clause = self.offer.clause
        slices = clause.bands if clause.bands_are == "incremental" else ()
        amounts = {self.offered, *(int(b.from_ * 10**6) for b in slices)}
        return [Candidate(amount) for amount in sorted(amounts) if amount]

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
        return _cost(self.curves.stretch(candidate.amount), candidate.amount, self.pools)

    def paid(self, candidate: Candidate) -> list[int]:
        if not candidate.signed:
            return [self.scale * x for x in self.used]
        stretch = self.curves.stretch(candidate.amount)
        return [_cost(stretch, candidate.amount, way) for way in self.ways]

    def least(self) -> list[int]:
        if self._least is None:
            self._least = self._found_least()
        return self._least

    def _found_least(self) -> list[int]:
        ends = self.offer.clause.bands_are == "incremental"
        own = [s for s in self.curves.stretches if self._reached(s)]
        stated = [self.paid(c) for c in (NOTHING, *self._stated())]
        begun = [min(costs) for costs in zip(*stated, strict=True)]
        found = []
        for row, way, best in zip(self.sums, self.ways, begun, strict=True):
            for stretch in own:
                points = _points(stretch, row, ends=ends)
                place = bisect_left(points, 0, key=lambda k: _slope(stretch, k, way))
                amount = points[min(place, len(points) - 1)]
                best = min(best, _cost(stretch, amount, way))
            found.append(best)
        return found

    def balanced(self, places: Sequence[int]) -> list[Candidate]:
        best = self.least()
        ways = [(self.ways[n], best[n]) for n in places]
        found = self._stated()
        for stretch, points in self._stretches:
            if self._reached(stretch):
                last = points[-1] if stretch.end is None else stretch.end - 1
                amount = _calmest(stretch, points[0], last, ways)
                near, below = bisect_right(points, amount), max(amount - CENT, points[0])
                found += [Candidate(k) for k in (*points[max(near - 1, 0) : near + 1], amount, below)]
        return found

    def outcomes(self, candidate: Candidate) -> tuple[int, list[Outcome]]:
        return outcomes_of(self.offer, candidate, self.scenarios)


def _calmest(stretch: Stretch, first: int, last: int, ways: Sequence[tuple[Sequence[_Pool], int]]) -> int:
    """Where between two amounts of a stretch the largest regret no longer falls, in cents above the first.

    The largest regret is convex: where it is that of a scenario whose cost does not fall from there on, no
    larger amount is better. The least one may lie within the cent below.
    """
    low, high = 0, max(last - first, 0) // CENT
    while low < high:
        middle = (low + high) // 2
        amount = first + middle * CENT
        regrets = [_cost(stretch, amount, way) - least for way, least in ways]
        most = max(regrets)
        worst = (way for (way, _), regret in zip(ways, regrets, strict=True) if regret == most)
        if any(_slope(stretch, amount, way) >= 0 for way in worst):
            high = middle
        else:
            low = middle + 1
    return first + low * CENT


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


def _cost(stretch: Stretch, amount: int, pools: Sequence[_Pool]) -> int:
    """What the amount costs, times the scale and with all weights."""
    found = 0
    for line, pool in zip(stretch.lines, pools, strict=True):
        weight, worth = pool.above(line.covered(amount)) if line.a else (0, 0)
        found += (line.p * amount + line.q) * pool.weight
        found += line.a * worth - (line.b * amount + line.c) * weight
    return found


def _slope(stretch: Stretch, amount: int, pools: Sequence[_Pool]) -> int:
    """By how much the cost rises with the amount, just above it."""
    found = 0
    for line, pool in zip(stretch.lines, pools, strict=True):
        weight = pool.above(line.covered(amount))[0] if line.a else 0
        found += line.p * pool.weight - line.b * weight
    return found
