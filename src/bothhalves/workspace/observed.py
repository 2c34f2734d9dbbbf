"""Which months the data of a workspace tell whole: nobody knows what was used where they do not reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from bothhalves.core.dates import Month, Span
from bothhalves.workspace.open import Workspace

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Reach:
    """Stretches of days that the data reach over, the first and the last day of each, oldest first.

    A month without any known day parts two stretches. Within them no silence is longer than ``silence`` days,
    so that a longer one at their ends is where the data end, and not where usage did.
    """

    stretches: tuple[tuple[date, date], ...]
    silence: int

    def tells(self, month: Month) -> bool:
        """True if anything is known of the month."""
        return any(first < month.next.first and month.first <= last for first, last in self.stretches)

    def tells_whole(self, month: Month) -> bool:
        """True if the month lies within a stretch, a usual silence at its ends aside."""
        last_day = month.next.first - _DAY
        return any(
            (first - month.first).days <= self.silence and (last_day - last).days <= self.silence
            for first, last in self.stretches
            if first <= last_day and month.first <= last
        )

    def whole(self, chosen: Sequence[Month]) -> tuple[Month, ...]:
        """Those of the months that are told whole; all of them where none is."""
        return tuple(m for m in chosen if self.tells_whole(m)) or tuple(chosen)

    def in_a_row(self, chosen: Sequence[Month]) -> tuple[Month, ...]:
        """The last whole months without any other between them; all of them where none is whole."""
        found = self.whole(chosen)
        broken = [n for n, (before, after) in enumerate(pairwise(found), 1) if before.next != after]
        return found[broken[-1] :] if broken else found

    def days(self, chosen: Sequence[Month]) -> tuple[date, date]:
        """The first day, and the one after the last, of the last stretch of the months that is known."""
        start, until = chosen[0].first, chosen[-1].next.first
        own = [(first, last) for first, last in self.stretches if first < until and start <= last]
        if not own:
            return start, until
        first, last = own[-1]
        month = Month.of(last)
        end = month.next.first if self.tells_whole(month) else last + _DAY
        return (max(start, first) if len(own) > 1 else start), min(until, end)

    def said(self, chosen: Sequence[Month]) -> Iterator[str]:
        """What is left out, in sentences."""
        missing = [str(m) for m in chosen if not self.tells(m)]
        if missing:
            yield f"{', '.join(missing)}: there are no data, which is not taken for no usage."
        parts = [str(m) for m in chosen if self.tells(m) and not self.tells_whole(m)]
        if parts and len(parts) + len(missing) < len(chosen):
            yield f"{', '.join(parts)}: the data do not reach over all of it, and it is left out."
        elif parts:
            yield f"{', '.join(parts)}: the data do not reach over all of it, and no other month is whole."


def observed_days(workspace: Workspace) -> set[date]:
    """Days with usage, or spoken for by an export that reports no usage on them."""
    days = {c.day for c in workspace.store.coverage(workspace.config.company.zone)}
    for source in workspace.store.sources():
        for start, until in source.spans:
            days |= set(_days_of(Span(datetime.fromisoformat(start), datetime.fromisoformat(until))))
    return days


def reach_of(workspace: Workspace) -> Reach:
    """How far the data of a workspace reach."""
    return reach(observed_days(workspace))


def reach(known: set[date]) -> Reach:
    """How far days with data reach."""
    days = sorted(known)
    pairs = list(pairwise(days))
    apart = [(a, b) for a, b in pairs if _month_between(a, b)]
    starts = [*days[:1], *(b for _, b in apart)]
    ends = [*(a for a, _ in apart), *days[-1:]]
    silence = max(((b - a).days - 1 for a, b in pairs if not _month_between(a, b)), default=0)
    return Reach(tuple(zip(starts, ends, strict=True)), silence)


def _month_between(before: date, after: date) -> bool:
    """True if a whole month lies between two days."""
    return Month.of(before).next < Month.of(after)


def _days_of(span: Span) -> list[date]:
    first, last = span.start.date(), (span.until - _INSTANT).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
