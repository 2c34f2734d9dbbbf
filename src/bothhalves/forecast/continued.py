"""One series continued: the race, the method it chose, intervals, and the errors that stand behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile

import numpy as np

from bothhalves.forecast.arithmetic import Floats, whole
from bothhalves.forecast.baselines import DAILY, MONTHLY, Method, Panel, mean_of_periods
from bothhalves.forecast.conformal import Interval, interval
from bothhalves.forecast.origins import Race, race
from bothhalves.forecast.paths import UNIT

WEEK, YEAR = 7, 12
#: With fewer months the level is the mean of the last two, and a season of the year takes two years.
_RACING_MONTHS, _SEASONAL_MONTHS = 6, 24
LEVEL = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Tested:
    """A method's back-test at one horizon: its mean absolute error in whole micro-units over ``origins``;
    None: it never had enough history."""

    method: str
    ahead: int
    error: int | None
    origins: int


@dataclass(frozen=True, slots=True)
class Continued:
    """A series continued by ``method``, with an interval for each horizon and the back-tests of all methods.

    ``ratios``: for each origin, what came as millionths of what was forecast, one step ahead and on, as far
    as it is known: the blocks of which sample paths are made.
    """

    method: str
    intervals: tuple[Interval, ...]
    tests: tuple[Tested, ...]
    ratios: tuple[tuple[int, ...], ...]


def daily(
    values: Sequence[int], months: Sequence[int], ahead: Sequence[int], asked: Fraction = LEVEL
) -> Continued:
    """Days continued. ``values`` are whole micro-units, oldest first; ``months`` the number of the month of
    each and of the day after the last."""
    return _continued(values, WEEK, months, ahead, asked, DAILY)


def monthly(values: Sequence[int], ahead: Sequence[int], asked: Fraction = LEVEL) -> Continued:
    """Months (as usage per day, so that their lengths do not count) continued."""
    methods = (
        dict(MONTHLY)
        if len(values) >= _RACING_MONTHS
        else {"mean of the last two full months": mean_of_periods}
    )
    if len(values) < _SEASONAL_MONTHS:
        methods.pop("same month of last year", None)
    return _continued(values, YEAR, range(len(values) + 1), ahead, asked, methods)


def _continued(
    values: Sequence[int],
    season: int,
    periods: Sequence[int],
    ahead: Sequence[int],
    asked: Fraction,
    methods: Mapping[str, Method],
) -> Continued:
    series = np.array([values], dtype=np.float64)
    tested = [h for h in ahead if h < len(values)] or [ahead[0]]
    found = race(Panel(series, season, np.array(periods, dtype=np.int64)), tested, methods)
    chosen, errors = found.chosen[0], found.chosen_errors[0]
    intervals = tuple(
        interval(series[0], chosen[:, place], errors[:, place], steps, asked)
        for place, steps in enumerate(tested)
    )
    method = found.methods[int(found.choice[0, -1])]
    return Continued(method, intervals, tuple(_tests(found)), tuple(_ratios(chosen, errors, tested)))


def _tests(found: Race) -> list[Tested]:
    tests = []
    for number, method in enumerate(found.methods):
        for place, ahead in enumerate(found.horizons):
            missed = np.abs(found.errors[number, 0, :, place])
            known = missed[~np.isnan(missed)]
            error = sum(whole(known)) // len(known) if len(known) else None
            tests.append(Tested(method, ahead, error, len(known)))
    return tests


def _ratios(chosen: Floats, errors: Floats, ahead: Sequence[int]) -> list[tuple[int, ...]]:
    """Only horizons without gaps from the first one on make a block."""
    steps = sum(1 for _ in takewhile(lambda place: place[0] == place[1], enumerate(ahead, 1)))
    blocks = []
    for forecast, error in zip(chosen[:, :steps], errors[:, :steps], strict=True):
        known = [
            (int(f), int(f) + int(e))
            for f, e in zip(np.rint(forecast), np.rint(error), strict=True)
            if e == e
        ]
        if known and min(f for f, _ in known) > 0:
            blocks.append(tuple(max(came, 0) * UNIT // f for f, came in known))
    return blocks
