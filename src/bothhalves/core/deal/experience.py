"""What a series' own history says of the next term: the last terms as they were, and how far terms strayed.

The past repeats itself in shape, seldom in size. So each of the last terms is made as large as the last,
and repeated larger and smaller: by how much, is measured on the history, as the mean by which neighbouring
terms, and neighbouring half terms where terms are few, differed from each other. A history that is too short
to have shown much is taken to stray by a fifth. Steady usage is thus planned with soon, and usage that comes
and goes is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import cycle, islice

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario
from bothhalves.core.explain import Grade

#: How many steps of its strayings each repetition is above or below, all alike likely.
STEPS = (-4, -2, -1, 0, 0, 1, 2, 4)
_LARGEST = 4  # times the last term
#: So many of the last terms lend their shape.
_SHAPES = 5
#: A step is three quarters of the mean difference.
_STEP = Fraction(3, 4)
#: The difference that is presumed, and as how many differences it counts; half terms count less than terms.
_PRESUMED, _WEIGHT, _HALF_WEIGHT = Fraction(1, 5), 2, Fraction(3, 10)
#: So many neighbours are compared at most, the last ones.
_COMPARED = 12


def outlook_from(
    history: Sequence[int], start: Month, months: int, currency: str, grade: Grade = Grade.A
) -> Outlook:
    """Scenarios of ``months`` from ``start`` on, of usage at list price in micro-units by month until then.

    Raises ``ValueError`` if there is no history, or ``months`` is not above zero.
    """
    if not history or months < 1:
        raise ValueError("an outlook needs a history, and months to look at")
    difference = strayed(history, months)
    factors = [min(Fraction(_LARGEST), (1 + difference * _STEP) ** step) for step in STEPS]
    shapes = list(_shapes(history, months))
    chance = Fraction(1, len(factors) * len(shapes))
    scenarios = tuple(
        Scenario(_name(place, back), tuple(int(n * factor) for n in shape), chance=chance)
        for back, shape in enumerate(shapes)
        for place, factor in enumerate(factors)
    )
    source = f"{len(history)} months of history, of which terms differ by {round(difference * 100)}%"
    return Outlook(start, currency, scenarios, grade, len(history), Baseline.CURRENT, source)


def _name(place: int, back: int) -> str:
    named = {0: "low", STEPS.index(0): "base", len(STEPS) - 1: "high"} if not back else {}
    return named.get(place, f"the term {back + 1} back, step {place + 1}")


def strayed(history: Sequence[int], months: int) -> Fraction:
    """The mean difference of neighbouring terms, as a share of their mean: 0 alike, 2 where one is empty."""
    half = max(1, min(months, len(history)) // 2)
    lengths = {months: Fraction(1), half: _HALF_WEIGHT} if months > 1 else {months: Fraction(1)}
    total, weight = _PRESUMED * _WEIGHT, Fraction(_WEIGHT)
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
    """The last terms, each made as large as the last one; a history shorter than a term is repeated."""
    last = history[-months:]
    yield tuple(islice(cycle(last), months))
    for back in range(2, min(_SHAPES, len(history) // months) + 1):
        term = history[len(history) - back * months :][:months]
        if sum(term):
            yield tuple(n * sum(last) // sum(term) for n in term)
