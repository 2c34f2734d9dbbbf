"""The windows that the page can be switched to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bothhalves.core.dates import Month
from bothhalves.report import show

#: Lengths in months that are offered up to the latest month.
LENGTHS = (2, 3, 6, 12)


def text(first: Month, last: Month) -> str:
    """A window as the command line writes it."""
    return str(first) if first == last else f"{first}/{last}"


def of_days(window: tuple[date, date]) -> tuple[Month, Month]:
    """First and last month of a window of days."""
    return Month.of(window[0]), Month.of(window[1] - timedelta(days=1))


def choices(months: Sequence[str], shown: tuple[Month, Month]) -> list[tuple[str, str]]:
    """Value and label of each window offered: the one shown, runs up to the latest month, single months."""
    known = sorted(map(Month.parse, months))
    runs = [(known[-length], known[-1]) for length in LENGTHS if length <= len(known)]
    wanted = dict.fromkeys([shown, *runs, *((month, month) for month in reversed(known))])
    return [(text(*pair), show.window(pair[0].first, pair[1].next.first)) for pair in wanted]


def neighbours(months: Sequence[str], shown: tuple[Month, Month]) -> tuple[str, str]:
    """The windows of the same length one month earlier and later, empty where no data reaches."""
    known = sorted(map(Month.parse, months))
    if not known:
        return "", ""
    earlier, later = (_before(shown[0]), _before(shown[1])), (shown[0].next, shown[1].next)
    return (
        text(*earlier) if earlier[0] >= known[0] else "",
        text(*later) if later[1] <= known[-1] else "",
    )


def _before(month: Month) -> Month:
    return Month.of(month.first - timedelta(days=1))
