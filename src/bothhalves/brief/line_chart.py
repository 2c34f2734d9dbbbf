"""People by their use, as a chart: classes of use, sides, and where two paths cost the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import log

from bothhalves.brief.line_record import Bin, Histogram, Zone
from bothhalves.brief.parts import Segment
from bothhalves.core.explain import Figure, Operator, Selector, key
from bothhalves.core.gates import PathKind
from bothhalves.core.money import Amount, plain, quotient
from bothhalves.core.paths.breakpoints import Breakpoint, breakpoint_of
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.schedules import Schedule
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.planning.planned import Situation
from bothhalves.workspace.planning.views import KIND

#: Lower edges of the classes of monthly use, in the contract's currency; each about twice the one before.
EDGES = tuple(map(Decimal, ("0", "1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000")))
UNUSED, UNKNOWN = "no use", "not known"
RELEASED, TO_API, KEPT, HEAVY, OTHER = "released", "to the API", "everyday", "heavy", "to another seat"
_STYLES = {RELEASED: "hatched", TO_API: "light", KEPT: "light", HEAVY: "solid", OTHER: "light"}
#: From the ground up.
_ORDER = (HEAVY, KEPT, OTHER, TO_API, RELEASED)
COUNT_RULE = "Holders of a seat at the end of the window, each once, by the plan's choice for them."


@dataclass(frozen=True, slots=True)
class Standing:
    """``number`` people of one class of use on one side."""

    edge: str
    side: str
    number: int


@dataclass(frozen=True, slots=True)
class Divide:
    """The seat type that most people hold (its path), the metered path that it is compared with, and from
    which use on the seat is cheaper; None: nowhere that is known, for the ``reason``."""

    seat: str
    name: str
    schedule: Schedule | None = None
    metered: Schedule | None = None
    against: str = ""
    at: Breakpoint | None = None
    reason: str = ""

    def with_fees(self, fees: Mapping[str, Decimal]) -> Divide:
        """The same seat and metered path at other fees."""
        if self.schedule is None or self.metered is None:
            return self
        seat = replace(self.schedule, fee=fees[self.seat])
        metered = replace(self.metered, fee=fees[self.against])
        return replace(self, schedule=seat, metered=metered, at=breakpoint_of(seat, metered))

    @property
    def note(self) -> str:
        return self.at.sentence if self.at is not None else self.reason


def divide_of(situation: Situation) -> Divide | None:
    """Where most people's seat and the metered path cost the same; None: nobody holds a signed seat."""
    held = [p.paths.current for p in situation.people]
    paths = {p.id: p for p in situation.paths}
    signed = {p.id: p for p in situation.paths if p.kind is PathKind.SEAT and p.signed}
    seat = max((signed[h] for h in dict.fromkeys(held) if h in signed), key=lambda p: held.count(p.id),
               default=None)  # fmt: skip
    if seat is None:
        return None
    against = paths.get(seat.against)
    return Divide(
        seat.id,
        seat.name,
        seat.option.schedule if seat.option else None,
        against.option.schedule if against and against.option else None,
        seat.against,
        seat.breakpoint,
        seat.reason,
    )


def edge_of(use: Range) -> str:
    """The class of a person's mean monthly use."""
    if use.low is None or (use.high is None and not use.low):
        return UNKNOWN
    if use.high == 0:
        return UNUSED
    middle = use.low if use.high is None else (use.low + use.high) / 2
    return f"{EDGES[bisect_right(EDGES, middle) - 1]}"


def side_of(to: str, current: str, label: str) -> str:
    """What becomes of somebody who goes ``to`` a path."""
    if to == current:
        return HEAVY if label == "heavy" else KEPT
    if to == NOTHING:
        return RELEASED
    return OTHER if "/" in to else TO_API


def histogram(
    contract: str,
    currency: str,
    people: Sequence[Standing],
    divide: Divide | None,
    hold: Decimal,
    rule: str = COUNT_RULE,
) -> Histogram:
    """The chart of a contract's people; ``hold`` is a share."""
    edges = [e for e in (UNKNOWN, UNUSED, *map(str, EDGES)) if any(p.edge == e for p in people)]
    counted = _Counted(contract, rule, people)
    bins = tuple(Bin(_label(currency, e), tuple(counted.parts(e))) for e in edges)
    even = None if divide is None else _break_even(contract, currency, divide)
    title: tuple[str | Figure, ...] = ("Where the line sits",)
    if even is not None:
        title = ("Where the line sits: ", even, " of use per person and month")
    lead = f"Nobody moves unless the other path is cheaper by at least {plain(hold * 100)} %."
    at = _place(even.value.low, edges) if even is not None and isinstance(even.value, Amount) else None
    note = f"A person's mean monthly use at list price of the metered path. {divide.note if divide else ''}"
    held = None if divide is None else _hold(divide, hold, edges)
    return Histogram(title, lead, bins, tuple(counted.zones(edges)), even, at, note.strip(), held)


def _hold(divide: Divide, hold: Decimal, edges: Sequence[str]) -> tuple[float, float] | None:
    """Where the two paths differ by no more than the hold, in columns from the left, for a flat seat."""
    seat, metered, share = divide.schedule, divide.metered, 1 - hold
    if seat is None or metered is None or not metered.pieces[0].slope or seat.pieces[0].slope or not share:
        return None
    tool, slope = metered.fee, metered.pieces[0].slope
    bars = (seat.fee * share, seat.fee / share)
    low, high = (_place(max((bar - tool) / slope, Decimal(0)), edges) for bar in bars)
    return None if low is None or high is None else (low, high)


def _label(currency: str, edge: str) -> str:
    return edge if edge in (UNKNOWN, UNUSED) else f"{currency} {edge}"


@dataclass(frozen=True, slots=True)
class _Counted:
    """People counted by class of use and by side."""

    contract: str
    rule: str
    people: Sequence[Standing]

    def parts(self, edge: str) -> Iterator[Segment]:
        own = [p for p in self.people if p.edge == edge]
        for side in _ORDER:
            count = _sum(p for p in own if p.side == side)
            if count:
                name = key("line.people", {"contract": self.contract, "use": edge, "side": side})
                yield Segment(side, _STYLES[side], self._figure(name, f"People {side}, {edge}", count))

    def zones(self, edges: Sequence[str]) -> Iterator[Zone]:
        """A heading for each side, over the classes from its first person to its last."""
        notes = {
            RELEASED: "nobody uses these seats",
            TO_API: "cheaper on the API, whatever the data allow",
            KEPT: "stay where they are",
            HEAVY: "keep, and defend the cap",
            OTHER: "another seat type does it",
        }
        sides = [s for s in (RELEASED, TO_API, OTHER, KEPT, HEAVY) if any(p.side == s for p in self.people)]
        free, room = 0.0, len(edges) / max(len(sides), 1)
        for number, side in enumerate(sides):
            own = [p for p in self.people if p.side == side]
            latest = len(edges) - (len(sides) - number) * min(room, 2.2)
            start = min(max(float(min(edges.index(p.edge) for p in own)), free), latest)
            free = start + min(room, 2.2)
            name = key("line.side", {"contract": self.contract, "side": side})
            figure = self._figure(name, f"People {side}", _sum(own))
            yield Zone(start, start + 2, side, figure, notes[side])

    def _figure(self, name: str, title: str, count: int) -> Figure:
        return Figure(
            name, title, Operator.COUNT, Decimal(count), unit="people", rule=self.rule, rows=Selector("seats")
        )


def _sum(people: Iterable[Standing]) -> int:
    return sum(p.number for p in people)


def _break_even(contract: str, currency: str, divide: Divide) -> Figure | None:
    if divide.at is None or not divide.at.low:
        return None
    value = Amount.of(quotient(divide.at.low), currency, KIND)
    name = key("line.break-even", {"contract": contract, "seat": divide.name})
    rule = f"{divide.at.sentence} Against {divide.against}."
    title = f"Use at which {divide.name} becomes the cheaper path"
    return Figure(name, title, Operator.GIVEN, value, rule=rule)


def _place(use: Decimal, edges: Sequence[str]) -> float | None:
    """Where a use stands among the classes, in columns from the left; None: in none of them."""
    at = float(use)
    known = [e for e in edges if e not in (UNKNOWN, UNUSED)]
    first = len(edges) - len(known)
    for place, edge in enumerate(known):
        end = EDGES.index(Decimal(edge)) + 1
        low, high = float(edge), float(EDGES[end]) if end < len(EDGES) else float(edge) * 10
        if low <= at < high:
            inside = (log(at) - log(low)) / (log(high) - log(low)) if low else at / high
            return first + place + inside
    return None
