"""What to sign and what giving seats back saves, as figures; and seats counted from rosters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bothhalves.brief.making import by
from bothhalves.core.explain import Figure, Line, Operator, Selector, key, sum_of
from bothhalves.core.money import MoneyKind
from bothhalves.core.seating.labelling import RELEASABLE
from bothhalves.workspace.seat_needs import TypeSize
from bothhalves.workspace.seating import RELEASED, TODAY, UNASSIGNED, HeldSeat, Seating

Dimensions = Mapping[str, str]
_SLOT = ("vendor", "product", "account", "type", "roster")


@dataclass(frozen=True, slots=True)
class SizeRow:
    """A seat type of a contract; ``buy`` None: no count can be signed. ``cost`` is what so many seats of the
    type cost a month, and ``whole`` the contract with them and the other types at their need."""

    size: TypeSize
    bought: Figure
    held: Figure
    unassigned: Figure
    unused: Figure
    most_active: Figure
    needed: Figure
    buy: Figure | None
    cost: Figure | None
    whole: Figure | None


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """What giving seats back saves a month: those that nobody holds, and those that nobody uses."""

    contract: str
    view: str
    today: Figure
    unassigned: Figure
    unused: Figure


def seats_of(name: str, title: str, seats: list[HeldSeat], said: Dimensions, rule: str = "") -> Figure:
    """Seats by vendor, product, account, type and roster, each with the roster's rows, and their sum."""
    parts = tuple(
        _leaf(name, title, own, {**said, **dict(zip(_SLOT, slot, strict=True))}, rule)
        for slot, own in sorted(by(seats, _slot).items())
    )
    value = sum((p.value for p in parts if isinstance(p.value, Decimal)), Decimal(0))
    return Figure(key(name, said), title, Operator.SUM, value, parts, unit="seats", rule=rule)


def _slot(seat: HeldSeat) -> tuple[str, ...]:
    facts = seat.told.facts
    return facts.vendor, facts.product, facts.account, facts.seat_type, seat.line.roster


def _leaf(name: str, title: str, seats: list[HeldSeat], said: Dimensions, rule: str) -> Figure:
    lines = [s.line for s in seats]
    one = lines[0]
    rows = Selector("seats").narrowed(
        vendor=one.vendor,
        product=one.product,
        account=one.account,
        as_of=one.roster,
        person=tuple(sorted({line.stored for line in lines})),
        seat_type=tuple(sorted({line.seat_type for line in lines})),
    )
    value = Decimal(len(seats))
    return Figure(key(name, said), title, Operator.COUNT, value, unit="seats", rule=rule, rows=rows)


def summed(name: str, title: str, parts: Iterable[Figure], said: Dimensions | None = None) -> Figure:
    """The sum of counts of one unit."""
    found = tuple(parts)
    value = sum((p.value for p in found if isinstance(p.value, Decimal)), Decimal(0))
    unit = found[0].unit if found else "seats"
    return Figure(key(name, said), title, Operator.SUM, value, found, unit=unit)


def given(name: str, title: str, value: int, said: Dimensions, rule: str, unit: str = "seats") -> Figure:
    """A number that is known otherwise than by counting rows."""
    return Figure(key(name, said), title, Operator.GIVEN, Decimal(value), unit=unit, rule=rule)


def size_row(size: TypeSize, seats: tuple[HeldSeat, ...]) -> SizeRow:
    term, said = size.term, {"type": size.term.type, "contract": size.contract.id}
    name = f", {term.type}"
    own = [
        s for s in seats if (s.told.facts.vendor, s.told.facts.seat_type) == (size.contract.vendor, term.type)
    ]
    own = [s for s in own if s.told.facts.product == term.product]
    idle = [s for s in own if s.told.label in RELEASABLE]
    bought = given("seats.bought", f"Seats bought{name}", size.bought, said, "As the contract says.")
    held = seats_of("seats.held", f"Seats held{name}", own, said)
    unused = seats_of("seats.unused", f"Seats that nobody uses{name}", idle, said, "Never used or dormant.")
    left = Decimal(size.bought - size.held)
    unassigned = Figure(
        key("seats.unassigned", said), f"Seats bought that nobody holds{name}", Operator.DIFFERENCE, left,
        (bought, held), unit="seats", rule="Below zero: more are held than bought.",
    )  # fmt: skip
    active = given(
        "seats.most-active", f"Most holders active in one month{name}", size.most_active, said,
        "Holders with a genuine action in the month, the month of the window with most of them.", "people",
    )  # fmt: skip
    needed = _needed(size, held, unused, said)
    best = size.best
    buy = cost = whole = None
    if best is not None:
        surplus = given(
            "seats.surplus", f"Seats beyond the need{name}", best.surplus, said, f"Signed for {best.why}."
        )
        buy = summed("seats.to-buy", f"Seats to sign{name}", (needed, surplus), said)
        entry = f"{size.contract.id}/{term.id}"
        lines = tuple(x for x in best.lines if x.entry == entry or x.entry.startswith(f"{entry}/"))
        cost = _month("seats.to-buy.cost", f"A month of so many seats{name}", lines, size, said)
        title = f"A month of {size.contract.id} with so many{name}"
        whole = _month("seats.to-buy.whole", title, best.lines, size, said)
    return SizeRow(size, bought, held, unassigned, unused, active, needed, buy, cost, whole)


def _month(name: str, title: str, lines: tuple[Line, ...], size: TypeSize, said: Dimensions) -> Figure:
    rule = "The count to sign, and the contract's other seat types at their need."
    return sum_of(key(name, said), title, lines, size.contract.currency, MoneyKind.SCENARIO, rule=rule)


def _needed(size: TypeSize, held: Figure, unused: Figure, said: Dimensions) -> Figure:
    """Held less unused, what the busiest month adds, what is signed ahead of today's need, and the buffer."""
    name, order = size.term.type, size.order
    kept = Decimal(size.held - size.unused)
    used = Figure(key("seats.kept", said), f"Seats in use, new, protected or not visible, {name}",
                  Operator.DIFFERENCE, kept, (held, unused), unit="seats")  # fmt: skip
    busiest = size.ahead.need - (size.held - size.unused)
    rule = "What the month of the window with most active holders asks beyond that."
    parts = [used, given("seats.beyond", f"Busiest month, {name}", busiest, said, rule)]
    if order.ahead:
        parts.append(
            given("seats.ahead", f"Signed ahead for {size.begin}, {name}", order.ahead, said, f"{order.why}.")
        )
    buffer = size.needed - order.seats
    if buffer:
        parts.append(
            given(
                "seats.buffer", f"Buffer, {name}", buffer, said, "seat_buffer of planning.yaml, rounded up."
            )
        )
    return summed("seats.needed", f"Seats needed, {name}", parts, said)


def releases(seating: Seating) -> Iterable[ReleaseRow]:
    for release in seating.releases:
        contract, states = release.contract, dict(release.steps)
        said = {"contract": contract.id, "view": release.view}
        costs = {
            name: sum_of(
                key("seats.month", {**said, "state": name}),
                f"A month, {name}",
                states[name].lines,
                contract.currency,
                MoneyKind.SCENARIO,
            )
            for name in (TODAY, UNASSIGNED, RELEASED)
        }
        yield ReleaseRow(
            contract.id,
            release.view,
            costs[TODAY],
            _saving(
                "seats.saving-unassigned",
                "Saved without seats that nobody holds",
                costs[TODAY],
                costs[UNASSIGNED],
                said,
            ),
            _saving(
                "seats.saving-unused",
                "Saved without seats that nobody uses",
                costs[UNASSIGNED],
                costs[RELEASED],
                said,
            ),
        )


def _saving(name: str, title: str, before: Figure, after: Figure, said: Dimensions) -> Figure:
    value = before.value - after.value  # type: ignore[operator]
    rule = "What the contract charges for a month before, less what it charges after."
    return Figure(key(name, said), title, Operator.DIFFERENCE, value, (before, after), rule=rule)
