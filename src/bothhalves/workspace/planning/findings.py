"""What a plan has to say beside its tasks: breakpoints, closed paths, and what a seller could re-price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.gates import PathKind
from bothhalves.core.money import Amount, MoneyKind, plain, quotient
from bothhalves.core.paths.breakpoints import breakpoint_of
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.schedules import Schedule
from bothhalves.workspace.paths import Path
from bothhalves.workspace.planning.people import Choices


@dataclass(frozen=True, slots=True)
class Exposure:
    """People on a flat seat who use at least so many times its fee: what metering would charge beyond it.

    ``amount`` is a month's: the use at list price less the fee, of all of them.
    """

    seat: str
    people: tuple[str, ...]
    times: Decimal
    amount: Amount


def breakpoints(paths: Sequence[Path]) -> list[str]:
    """For each signed seat the use at which it is the cheaper path, against each metered one."""
    metered = [p for p in paths if p.kind in (PathKind.METERED, PathKind.CODING_TOOL) and p.option]
    found = []
    for seat in paths:
        if seat.kind is not PathKind.SEAT or not seat.signed:
            continue
        if seat.option is None or seat.units:
            found.append(f"{seat.name}: {seat.reason or 'its units are priced apart'}.")
            continue
        for other in metered:
            assert other.option is not None
            at = breakpoint_of(seat.option.schedule, other.option.schedule)
            found.append(f"{seat.name} against {other.name}: {at.sentence}")
    return found


def people_words(number: int, smallest: int) -> str:
    """How many people, unless they are so few that the number tells of one."""
    return f"{number} people" if number >= smallest else f"fewer than {smallest} people"


def closed(people: Iterable[Choices], smallest: int = 1) -> list[str]:
    """How many people are kept from each path, and by what."""
    counts: Counter[tuple[str, str]] = Counter()
    for person in people:
        for path, refused in person.refused.items():
            for one in refused:
                counts[path.rpartition("/")[2], f"{one.gate}: {one.reason}"] += 1
    return [
        f"{path} is closed to {people_words(n, smallest)} ({why})."
        for (path, why), n in sorted(counts.items())
    ]


def exposures(
    people: Iterable[Choices], paths: Sequence[Path], times: Decimal, currency: str
) -> list[Exposure]:
    """Heavy users of flat seats, by seat type: only those who are so at every use that the data allow."""
    flat = {p.id: p.option.schedule for p in paths if p.signed and p.option and _is_flat(p.option.schedule)}
    heavy: dict[str, list[Choices]] = {}
    for person in people:
        seat = flat.get(person.paths.current)
        low = person.paths.use.low
        if seat is not None and seat.fee and low is not None and low >= Fraction(seat.fee * times):
            heavy.setdefault(person.paths.current, []).append(person)
    return [
        Exposure(
            seat.rpartition("/")[2],
            tuple(p.person for p in own),
            times,
            _beyond([p.paths.use for p in own], flat[seat].fee, currency),
        )
        for seat, own in sorted(heavy.items())
    ]


def _is_flat(schedule: Schedule) -> bool:
    return schedule.stop is None and schedule.stair is None and all(p.slope == 0 for p in schedule.pieces)


def _beyond(uses: Sequence[Range], fee: Decimal, currency: str) -> Amount:
    low = sum((u.low or Fraction(0) for u in uses), Fraction(0)) - len(uses) * Fraction(fee)
    ends = [u.high for u in uses]
    if None in ends:
        return Amount(currency, MoneyKind.NOTIONAL, quotient(low), None)
    high = sum((e for e in ends if e is not None), Fraction(0)) - len(uses) * Fraction(fee)
    return Amount(currency, MoneyKind.NOTIONAL, quotient(low), quotient(high))


def exposure_words(found: Exposure) -> str:
    """The exposure in a sentence, without its amount."""
    count = len(found.people)
    return f"{count} people on {found.seat} use at least {plain(found.times)} times its fee"
