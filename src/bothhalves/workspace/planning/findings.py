"""What a plan has to say beside its tasks: breakpoints, closed paths, and what a seller could re-price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.gates import PathKind
from bothhalves.core.money import EXACT, Amount, MoneyKind, plain, quotient
from bothhalves.core.paths.breakpoints import Breakpoint, breakpoint_of
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.schedules import Schedule
from bothhalves.workspace.paths import Path
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.work_gates import WorkGates


@dataclass(frozen=True, slots=True)
class Exposure:
    """People on a flat seat who use at least so many times its fee: what metering would charge beyond it.

    ``amount`` is a month's: the ``use`` at list price less the ``fee``, of all of them.
    """

    seat: str
    people: tuple[str, ...]
    times: Decimal
    fee: Decimal
    use: Amount

    @property
    def amount(self) -> Amount:
        fees = EXACT.multiply(self.fee, Decimal(len(self.people)))
        return self.use - Amount.of(fees, self.use.currency, self.use.kind)


@dataclass(frozen=True, slots=True)
class Against:
    """A signed seat against a metered path: ``at`` which use the seat is cheaper; None: of no one person."""

    seat: Path
    other: Path | None = None
    at: Breakpoint | None = None

    @property
    def words(self) -> str:
        if self.other is None or self.at is None:
            return f"{self.seat.name}: {self.seat.reason or 'its units are priced apart'}."
        return f"{self.seat.name} against {self.other.name}: {self.at.sentence}"


def breakpoints(paths: Sequence[Path]) -> list[Against]:
    """For each signed seat the use at which it is the cheaper path, against each metered one."""
    metered = [p for p in paths if p.kind in (PathKind.METERED, PathKind.CODING_TOOL) and p.option]
    found = []
    for seat in paths:
        if seat.kind is not PathKind.SEAT or not seat.signed:
            continue
        if seat.option is None or seat.units:
            found.append(Against(seat))
            continue
        for other in metered:
            assert other.option is not None
            at = breakpoint_of(seat.option.schedule, other.option.schedule)
            found.append(Against(seat, other, at))
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


def closed_work(gates: WorkGates, workloads: Collection[str]) -> list[str]:
    """The seats that are closed to those of ``workloads`` for which they are named, and by what."""
    return [
        f"{to.seat} is closed to {workload} ({one.gate}: {one.reason})."
        for workload, (to, refused) in sorted(gates.closed.items())
        if workload in workloads
        for one in refused
    ]


def lacking(gates: WorkGates, workloads: Collection[str]) -> list[str]:
    """What those of ``workloads`` need and the API that they run on does not promise."""
    return [
        f"{workload} ({one.gate}: {one.reason})."
        for workload, refused in sorted(gates.lacking.items())
        if workload in workloads
        for one in refused
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
            flat[seat].fee,
            _use([p.paths.use for p in own], currency),
        )
        for seat, own in sorted(heavy.items())
    ]


def _is_flat(schedule: Schedule) -> bool:
    return schedule.stop is None and schedule.stair is None and all(p.slope == 0 for p in schedule.pieces)


def _use(uses: Sequence[Range], currency: str) -> Amount:
    low = sum((u.low or Fraction(0) for u in uses), Fraction(0))
    ends = [u.high for u in uses]
    high = None if None in ends else quotient(sum((e for e in ends if e is not None), Fraction(0)))
    return Amount(currency, MoneyKind.NOTIONAL, quotient(low), high)


def exposure_words(found: Exposure) -> str:
    """The exposure in a sentence, without its amount."""
    count = len(found.people)
    return f"{count} people on {found.seat} use at least {plain(found.times)} times its fee"
