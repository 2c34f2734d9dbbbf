"""What people's choices do to seats and usage: moves that are alike are one step of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Basis, Demand, MeteredUse, charge
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, Selector, View
from bothhalves.core.money import EXACT, ZERO, Amount, product, quotient
from bothhalves.core.moves import Component, Move
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.views import KIND, Moved

#: What the observed months asked of the contract, at both ends.
Observed = tuple[Sequence[Demand], Sequence[Demand]]
#: What the API calls of a buyer's own tool are called.
API = "api"


@dataclass(frozen=True, slots=True)
class Group:
    """People alike who go from one seat type to one path (a seat type, a tool, or nothing)."""

    label: str
    seat: str
    to: str
    people: tuple[Choices, ...]

    @property
    def id(self) -> str:
        return f"{self.label}:{self.seat}:{self.to}"


def grouped(chosen: Iterable[tuple[Choices, str]], labels: Mapping[str, str]) -> list[Group]:
    """People who move, by what they are, what they hold and where they go; who stays is in no group."""
    found: dict[tuple[str, str, str], list[Choices]] = {}
    for person, path in chosen:
        if path != person.paths.current:
            slot = (labels.get(person.person, ""), _type(person.paths.current), path)
            found.setdefault(slot, []).append(person)
    return [
        Group(label, seat, _type(to), tuple(people)) for (label, seat, to), people in sorted(found.items())
    ]


def _type(path: str) -> str:
    """The seat type of ``contract/type``; other paths are called what they are called."""
    return path.rpartition("/")[2]


def seat_moves(contract: Contract, groups: Sequence[Group], observed: Observed) -> Iterator[Moved]:
    """Moves that change seats only: releases, and steps from one type to another. Usage that the contract
    prices under the old seat goes with its holder."""
    types = {s.type for s in contract.seats}
    for group in groups:
        if group.to in types or group.to == NOTHING:
            change = {group.seat: -len(group.people)}
            if group.to in types:
                change[group.to] = change.get(group.to, 0) + len(group.people)
            seats = {p.person: group.to if group.to in types else "" for p in group.people}
            gone = _own_lines(group, observed)
            move = Move(f"people:{group.id}", Component.SEATS, change, gone, reseats=seats)
            low, high = (_reseated(group, months) if group.to in types else {} for months in observed)
            yield Moved(replace(move, adds=low), replace(move, adds=high))


def tool_moves(
    contract: Contract, groups: Sequence[Group], tools: Sequence[OwnTool], observed: Observed
) -> Iterator[Moved]:
    """Moves from seats to a tool over the API: the seats go, and the use comes to the meter."""
    by_id = {t.id: t for t in tools}
    for group in groups:
        tool = by_id.get(group.to)
        if tool is None:
            continue
        low, high = ({m: (use,) for m, use in _uses(contract, group, tool, end)} for end in (False, True))
        seats = {group.seat: -len(group.people)}
        since = Month.of(tool.live) if tool.live else None
        gone = _own_lines(group, observed)
        move = Move(f"people:{group.id}", Component.MOVED, seats, gone, adds=low, since=since)
        yield Moved(move, replace(move, adds=high))


def _own_lines(group: Group, observed: Observed) -> frozenset[str]:
    """The ids of usage that the contract prices under the seats of these people."""
    people = {p.person for p in group.people}
    return frozenset(u.line.id for d in observed[0] for u in d.usage if u.person in people)


def _reseated(group: Group, months: Sequence[Demand]) -> dict[Month, tuple[MeteredUse, ...]]:
    """The same usage of these people under their new seat."""
    people = {p.person for p in group.people}
    found = {}
    for demand in months:
        own = [use for use in demand.usage if use.person in people]
        if own:
            found[demand.month] = tuple(_under(use, group.to) for use in own)
    return found


def _under(use: MeteredUse, seat: str) -> MeteredUse:
    said = {**dict(use.line.dimensions), "seat_type": seat}
    line = replace(use.line, id=f"{use.line.id}|{seat}", dimensions=tuple(sorted(said.items())))
    return replace(use, line=line, seat_type=seat)


def _uses(contract: Contract, group: Group, tool: OwnTool, high: bool) -> Iterator[tuple[Month, MeteredUse]]:
    """What the people used in each observed month, at what it costs through the tool."""
    worth: dict[Month, Decimal] = {}
    for person in group.people:
        for used in person.paths.months:
            end = used.use.high if high and used.use.high is not None else used.use.low
            worth[used.month] = EXACT.add(worth.get(used.month, ZERO), end)
    for month, amount in sorted(worth.items()):
        line = _moved_line(contract, group, tool, month, amount)
        yield month, MeteredUse(line, f"{tool.id} (moved)", API)


def _moved_line(contract: Contract, group: Group, tool: OwnTool, month: Month, worth: Decimal) -> Line:
    """The use at list price, times what the tool makes of it."""
    return Line(
        id=f"{tool.vendor}|{month}|planning/{tool.id}|{group.id}",
        meter="moved use",
        quantity=worth,
        unit=f"{contract.currency} at list",
        price=tool.share,
        price_high=tool.share,
        per=1,
        amount=Amount.of(product(worth, tool.share, 1), contract.currency, KIND),
        view=View.LIST,
        entry=f"planning/{tool.id}",
        source=tool.source or "planning.yaml",
        layer=f"planning ({tool.basis})",
        rows=Selector("usage").narrowed(vendor=tool.vendor, month=str(month)),
        dimensions=(("month", str(month)), ("vendor", tool.vendor)),
    )


def engineering_moves(
    contract: Contract, groups: Sequence[Group], tools: Sequence[OwnTool], months: Sequence[Month]
) -> Iterator[Moved]:
    """What each tool that is used costs: its build at once, then upkeep, running, and so much a person."""
    for tool in tools:
        people = sum(len(g.people) for g in groups if g.to == tool.id)
        if people:
            costs = tuple(tool_lines(contract.basis(KIND), tool, people, months))
            move = Move(f"tool:{tool.id}", Component.ENGINEERING, costs=costs)
            yield Moved(move, move)


def tool_lines(basis: Basis, tool: OwnTool, people: int, months: Sequence[Month]) -> Iterator[Line]:
    """A tool's cost month by month from when it is live, the build in the first."""
    own = replace(basis, id="planning", source=tool.source or "planning.yaml")
    build = EXACT.fma(tool.hours, tool.rate, tool.once)
    upkeep = quotient(Fraction(build) * Fraction(tool.upkeep), 12)
    months = [m for m in months if tool.live is None or Month.of(tool.live) <= m]
    for month in months:
        parts = [
            ("build", Decimal(1 if month == months[0] else 0), build, "once"),
            ("upkeep", Decimal(1), upkeep, "month"),
            ("run", Decimal(1), tool.run, "month"),
            ("people", Decimal(people), tool.per_person, "person-months"),
        ]
        for name, quantity, price, unit in parts:
            if quantity and price:
                yield charge(
                    own,
                    f"{tool.id}/{name}",
                    month,
                    quantity=quantity,
                    price=price,
                    unit=unit,
                    meter="engineering",
                )
