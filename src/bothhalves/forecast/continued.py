"""One series continued: the race, the method it chose, intervals, and the errors that stand behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bothhalves.forecast.arithmetic import whole
from bothhalves.forecast.baselines import DAILY, MONTHLY, Method, Panel, mean_of_periods
from bothhalves.forecast.conformal import Interval, interval
from bothhalves.forecast.origins import Race, race

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
    """A series continued by ``method``, with an interval for each horizon and the back-tests of all
    methods."""

    method: str
    intervals: tuple[Interval, ...]
    tests: tuple[Tested, ...]


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
    return Continued(method, intervals, tuple(_tests(found)))


def _tests(found: Race) -> list[Tested]:
    tests = []
    for number, method in enumerate(found.methods):
        for place, ahead in enumerate(found.horizons):
            missed = np.abs(found.errors[number, 0, :, place])
            known = missed[~np.isnan(missed)]
            error = sum(whole(known)) // len(known) if len(known) else None
            tests.append(Tested(method, ahead, error, len(known)))
    return tests
