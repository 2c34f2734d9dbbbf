"""Seats in figures: bought, held, seen in use, and what they cost under contract."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bothhalves.brief.making import Maker, by
from bothhalves.core.explain import Figure, Operator, Selector, key
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.records import SeatGroup, SeatMonth

HELD = "Held by a person on the day of the latest roster."
FEE_RULE = "Committed seats at the contract's fee, for each month of the window, used or not."


class SeatFigures(Maker):
    """What rosters, activity and contracts say of seats."""

    def seat_fees(self) -> Figure | None:
        """Contract fees of all seats, by seat type, month by month."""

        def make(figure_key: str) -> Figure | None:
            parts = tuple(
                self._sum(
                    key("seats.cost", {"type": seat_type}),
                    f"Seat fees, {seat_type}",
                    tuple(line for m in fees for line in m.lines),
                    MoneyKind.ESTIMATED,
                    FEE_RULE,
                )
                for seat_type, fees in by(self._own_fees(), lambda m: m.term.type).items()
            )
            return self._sum(figure_key, "Seat fees at contract rates", parts, MoneyKind.ESTIMATED, FEE_RULE)

        return self._once("seats.cost", make) if self._own_fees() else None

    def group_fees(self, group: str) -> Figure | None:
        """A group's part of the seat fees; group ``""``: seats that nobody holds."""
        lines = tuple(s.line for s in self.ledger.fee_shares if s.group == group)
        own = tuple(x for x in lines if x.amount.currency == self.ledger.currency)
        rule = (
            "Seats held on the day of the latest roster at the contract's fee, for each month of the window."
        )
        name = key("seats.cost", {"group": group or "nobody"})
        title = f"Seat fees, {group or 'seats that nobody holds'}"
        return (
            self._once(name, lambda k: self._sum(k, title, own, MoneyKind.ESTIMATED, rule)) if own else None
        )

    def _own_fees(self) -> list[SeatMonth]:
        return [m for m in self.ledger.seat_fees if m.contract.currency == self.ledger.currency]

    def seat_count(self, name: str, title: str, pick: Callable[[SeatGroup], int], rule: str) -> Figure | None:
        """Seats in the latest rosters, by seat type."""

        def make(figure_key: str) -> Figure | None:
            parts = tuple(
                Figure(
                    key(name, {"type": seat_type}),
                    f"{title}, {seat_type}",
                    Operator.COUNT,
                    Decimal(sum(pick(g) for g in groups)),
                    unit="seats",
                    rule=rule,
                    rows=Selector.union(g.rows for g in groups),
                )
                for seat_type, groups in by(list(self.ledger.seats), lambda g: g.seat_type).items()
            )
            value = sum((p.value for p in parts if isinstance(p.value, Decimal)), Decimal(0))
            return Figure(figure_key, title, Operator.SUM, value, parts, unit="seats", rule=rule)

        return self._once(name, make) if self.ledger.seats else None

    def assigned(self) -> Figure | None:
        return self.seat_count("seats.assigned", "Seats assigned", lambda g: g.assigned, HELD)

    def active(self) -> Figure | None:
        rule = "Any message, session or run in the window."
        return self.seat_count("seats.active", "Seats seen in use", lambda g: g.active, rule)

    def unassigned(self) -> Figure | None:
        """Seats paid for that nobody holds; None where there are none."""
        bought = self.bought()
        assigned = self.assigned()
        if bought is None or assigned is None or bought.value <= assigned.value:  # type: ignore[operator]
            return None
        left = bought.value - assigned.value  # type: ignore[operator]
        title, rule = "Seats bought that nobody holds", "Seats bought less seats assigned."
        return self._once(
            "seats.unassigned",
            lambda k: Figure(
                k, title, Operator.DIFFERENCE, left, (bought, assigned), unit="seats", rule=rule
            ),
        )

    def people(self) -> Figure | None:
        """People seen to use a seat, by group."""

        def make(figure_key: str) -> Figure:
            parts = tuple(self.people_of(group, count) for group, count in self.ledger.people)
            value = sum((Decimal(count) for _, count in self.ledger.people), Decimal(0))
            return Figure(figure_key, "People seen in use", Operator.SUM, value, parts, unit="people")

        return self._once("seats.people", make) if self.ledger.people else None

    def people_of(self, group: str, count: int) -> Figure:
        """People of a group seen to use a seat."""
        return Figure(
            key("seats.people", {"group": group}),
            f"People seen in use, {group}",
            Operator.COUNT,
            Decimal(count),
            unit="people",
            rule="Everybody with usage on a seat in the window, each person once.",
            rows=Selector("usage").narrowed(
                team=group, month=tuple(str(m) for m in self.ledger.months) or None
            ),
        )

    def bought(self) -> Figure | None:
        """Committed seats in the last month of the window, by contract clause."""

        def make(figure_key: str) -> Figure | None:
            last = max(m.month for m in self.ledger.seat_fees)
            parts = tuple(
                Figure(
                    key("seats.bought", {"type": m.term.type, "contract": m.contract.id}),
                    f"Seats bought, {m.term.type}",
                    Operator.GIVEN,
                    Decimal(m.term.committed),
                    unit="seats",
                    rule="As the contract says.",
                    source=m.contract.source,
                    assumed=m.contract.assumed,
                )
                for m in self.ledger.seat_fees
                if m.month == last
            )
            value = sum((p.value for p in parts if isinstance(p.value, Decimal)), Decimal(0))
            return Figure(figure_key, "Seats bought", Operator.SUM, value, parts, unit="seats")

        return self._once("seats.bought", make) if self.ledger.seat_fees else None
