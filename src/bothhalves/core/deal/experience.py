"""What a history says of the next term: how large it may be, and how its months share it.

The past repeats itself in shape, seldom in size. The next term may be as large as the last one or as the
mean of all months, which are alike likely, and larger or smaller than that. By how much, is measured on the
history: the mean by which neighbouring terms, and neighbouring half terms where terms are few, differed from
each other. A history that is too short to have shown much is taken to stray by a quarter. So steady usage is
planned with soon, and usage that comes and goes is not. A history of less than half a year says nothing of
chances: it gives a low, a base and a high scenario.

Commitments of a company and tests of the advice on past usage take their scenarios from here, and nowhere
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import cycle, islice

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario, place_in
from bothhalves.core.explain import Grade
from bothhalves.core.moves import horizon

#: From so many months on scenarios have chances.
WEIGHED_MONTHS = 6
#: By how many steps a term is smaller or larger than expected, all alike likely.
STEPS = (-16, -6, -3, -1, 0, 1, 3, 8)
_LARGEST = 2  # times what is expected
#: A step is a fifth of the mean difference.
_STEP = Fraction(1, 5)
#: What is presumed to differ counts as half of a difference that was seen; half terms count less than terms.
_PRESUMED, _PRESUMED_WEIGHT, _HALF_WEIGHT = Fraction(1, 4), Fraction(1, 2), Fraction(3, 10)
#: So many differences and shapes at most, the last ones; a difference is told in thousandths.
_COMPARED, _SHAPES, _GRAIN = 12, 8, 1000
#: Longer terms are looked at as years.
YEAR = 12
_LOW, _BASE, _HIGH = "low", "base", "high"


def outlook_from(
    history: Sequence[int],
    start: Month,
    months: int,
    currency: str,
    grade: Grade = Grade.A,
    *,
    by_day: bool = False,
) -> Outlook:
    """Scenarios of a term of ``months`` from ``start`` on, of usage at list price in micro-units by month
    until then, if it goes on as it was. ``by_day``: months are those of the calendar, and a longer one uses
    more; else they are alike long.

    Raises ``ValueError`` if there is no history, or ``months`` is not above zero.
    """
    if not history or months < 1:
        raise ValueError("an outlook needs a history, and months to look at")
    before, ahead = _lengths(start, len(history), months) if by_day else ([1] * len(history), [1] * months)
    known = tuple(n // days for n, days in zip(history, before, strict=True))
    maker: Courses | Range = Range(known)
    if len(known) >= WEIGHED_MONTHS:
        maker = Courses(known, tuple(map(Fraction, ahead)), (0,) * months)
    found = maker.scenarios(tuple(_levels(known, ahead)), 0, months)
    return Outlook(start, currency, found, grade, len(known), Baseline.CURRENT, said_of(known, months))


def _lengths(start: Month, before: int, after: int) -> tuple[list[int], list[int]]:
    """The days of so many months before one, and of so many from it on."""
    year, number = divmod(start.year * 12 + start.number - 1 - before, 12)
    days = [month.days for month in horizon(Month(year, number + 1), before + after)]
    return days[:before], days[before:]


def said_of(history: Sequence[int], months: int) -> str:
    """By how much terms of so many months are taken to differ, in words."""
    term = min(months, YEAR)
    apart = round(strayed(history, term) * 100)
    return f"by {len(history)} months of history, terms of {term} months differ by {apart}%"


@dataclass(frozen=True, slots=True)
class Courses:
    """Scenarios with chances, from ``history`` by month (or by day of each month). A month ahead is ``times``
    as large, for its days and for what is expected to change, and has ``beside`` besides."""

    history: tuple[int, ...]
    times: tuple[Fraction, ...]
    beside: tuple[int, ...]

    def scenarios(self, ways: Sequence[Scenario], start: int, months: int) -> tuple[Scenario, ...]:
        """Those of a term that begins ``start`` months after the history; seats are those of ``ways``."""
        rows = courses(self.history, min(months, YEAR))
        chance = Fraction(1, len(rows))
        return tuple(
            replace(ways[0], name=f"course {n}", api=self._over(row, start, months), chance=chance)
            for n, row in enumerate(rows, 1)
        )

    def _over(self, row: Sequence[int], start: int, months: int) -> tuple[int, ...]:
        used = islice(cycle(row), start, start + months)
        places = (place_in(len(self.times), n) for n in range(start, start + months))
        return tuple(int(n * self.times[at]) + self.beside[at] for n, at in zip(used, places, strict=True))


@dataclass(frozen=True, slots=True)
class Range:
    """Low, base and high, at least as far apart as terms of the history strayed."""

    history: tuple[int, ...]

    def scenarios(self, ways: Sequence[Scenario], start: int, months: int) -> tuple[Scenario, ...]:
        """The scenarios, low and high moved away from base where they are nearer to it."""
        del start
        by_name = {s.name: s for s in ways}
        if not any(self.history) or by_name.keys() != {_LOW, _BASE, _HIGH}:
            return tuple(ways)
        factors = _factors(strayed(self.history, min(months, YEAR)))
        base = by_name[_BASE].api
        low = tuple(min(n, int(b * factors[0])) for n, b in zip(by_name[_LOW].api, base, strict=True))
        high = tuple(max(n, int(b * factors[-1])) for n, b in zip(by_name[_HIGH].api, base, strict=True))
        rows = {_LOW: low, _HIGH: high}
        return tuple(replace(s, api=rows.get(s.name, s.api)) for s in ways)


def _levels(history: Sequence[int], ahead: Sequence[int]) -> Iterator[Scenario]:
    """The leanest month, the mean of the last two, and the fullest, over months of such lengths."""
    last = history[-2:]
    for name, level in ((_LOW, min(history)), (_BASE, sum(last) // len(last)), (_HIGH, max(history))):
        yield Scenario(name, tuple(level * length for length in ahead))


def courses(history: Sequence[int], months: int) -> list[tuple[int, ...]]:
    """Ways in which a term may go, in micro-units by month, all alike likely."""
    last = _repeated(history[-months:], months)
    sizes = (Fraction(sum(last)), Fraction(sum(history) * months, len(history)))
    totals = [int(size * factor) for size in sizes for factor in _factors(strayed(history, months))]
    shapes = list(_shapes(history, months)) or [(1,) * months]
    return [tuple(n * total // sum(shape) for n in shape) for shape in shapes for total in totals]


def _factors(difference: Fraction) -> list[Fraction]:
    step = 1 + Fraction(round(difference * _GRAIN), _GRAIN) * _STEP
    return [min(Fraction(_LARGEST), step**n) for n in STEPS]


def strayed(history: Sequence[int], months: int) -> Fraction:
    """The mean difference of neighbouring terms, as a share of their mean: 0 alike, 2 where one is empty."""
    half = max(1, min(months, len(history)) // 2)
    lengths = {months: Fraction(1), half: _HALF_WEIGHT} if months > 1 else {months: Fraction(1)}
    total, weight = _PRESUMED * _PRESUMED_WEIGHT, _PRESUMED_WEIGHT
    for length, each in lengths.items():
        found = list(_differences(history, length))
        total += each * sum(found, Fraction(0))
        weight += each * len(found)
    return total / weight


def _differences(history: Sequence[int], length: int) -> Iterator[Fraction]:
    """Of stretches of ``length`` months and those right after, half a stretch apart, the last ones first."""
    places = range(len(history) - length, length - 1, -max(1, length // 2))
    for place in places[:_COMPARED]:
        before, after = sum(history[place - length : place]), sum(history[place : place + length])
        if before or after:
            yield Fraction(2 * abs(after - before), after + before)


def _shapes(history: Sequence[int], months: int) -> Iterator[tuple[int, ...]]:
    """The last terms in which something was used; a history shorter than a term is repeated."""
    terms = [_repeated(history[-months:], months)]
    earlier = range(2, min(_SHAPES, len(history) // months) + 1)
    terms += [tuple(history[len(history) - back * months :][:months]) for back in earlier]
    yield from (term for term in terms if any(term))


def _repeated(term: Sequence[int], months: int) -> tuple[int, ...]:
    return tuple(islice(cycle(term), months))
