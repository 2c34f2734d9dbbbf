"""Included credits: money for API calls that seats bring. A credit is worth what it displaces, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.allowances import added
from bothhalves.core.clauses.base import EVERYTHING, Basis, Demand, MeteredUse, Scope, charge
from bothhalves.core.clauses.draw_down import of_usage, parts, summed, told
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT, ZERO


@dataclass(frozen=True, slots=True)
class CreditTerm:
    """Money that is taken off metered API usage in a month and lost at its end.

    ``per_seat`` is what each seat of a type brings, ``amount`` what the organisation has beside that,
    ``cap`` the most that it gets in a month. Usage must be nobody's seat usage, fit ``scope`` and none of
    ``excludes``. ``measured_on``: seats ``assigned`` (billed ones where no roster is known) or ``billed``.
    """

    name: str
    per_seat: dict[str, Decimal] = field(default_factory=dict)
    amount: Decimal = ZERO
    cap: Decimal | None = None
    scope: Scope = EVERYTHING
    excludes: tuple[Scope, ...] = ()
    measured_on: str = "assigned"
    from_: date | None = None
    until: date | None = None

    def fault(self) -> str | None:
        if not self.per_seat and not self.amount:
            return "give per_seat, amount or both"
        if EVERYTHING in self.excludes:
            return "an empty exclusion excludes all usage"
        if min([ZERO, self.amount, self.cap or ZERO, *self.per_seat.values()]) < 0:
            return "a credit is not below zero"
        return None if self.measured_on in ("assigned", "billed") else "measured_on is assigned or billed"

    @property
    def id(self) -> str:
        return f"credit/{self.name}" + (f"@{self.from_}" if self.from_ else "")

    def holds(self, month: Month) -> bool:
        """True from the month of the first day on, and not in that of the end."""
        start, until = self.from_ or date.min, self.until
        return in_force(month.first, start.replace(day=1), until.replace(day=1) if until else None)

    def covers(self, use: MeteredUse) -> bool:
        apart = use.seat_type or any(x.covers(use) for x in self.excludes)
        return not apart and self.scope.covers(use)

    def joined(self, other: CreditTerm) -> CreditTerm | None:
        """Both as one clause, if they differ only in what each seat type brings."""
        if replace(self, per_seat={}) != replace(other, per_seat={}):
            return None
        return replace(self, per_seat=self.per_seat | other.per_seat)

    def given(self, demand: Demand, billed: Mapping[str, int]) -> Decimal:
        """What the month's seats bring; a seat added within it counts at once."""
        found = self.amount
        for type_, amount in self.per_seat.items():
            uses = [s for s in demand.seats if s.type == type_]
            known = self.measured_on == "assigned" and bool(uses)
            seats = sum(s.opening + added(s) for s in uses) if known else billed.get(type_, 0)
            found = EXACT.add(found, EXACT.multiply(amount, Decimal(seats)))
        return found if self.cap is None else min(found, self.cap)

    def assumptions(self) -> list[str]:
        if not self.per_seat or self.measured_on == "billed":
            return []
        return [f"{self.id}: seats are those assigned, or billed where no roster is known."]


def credit_usage(
    basis: Basis,
    term: CreditTerm,
    demand: Demand,
    due: Mapping[str, Decimal],
    billed: Mapping[str, int],
) -> list[Line]:
    """Negative Lines on eligible usage, in proportion, and the rest of the credit as a quantity.

    ``due`` is what each Line of usage still costs.
    """
    if not term.holds(demand.month):
        return []
    fitting = [use for use in demand.usage if term.covers(use)]
    eligible = [(d.line, d.net) for d in of_usage(fitting, due) if d.net > 0]
    given = term.given(demand, billed)
    used = min(given, summed(net for _, net in eligible))
    lines = taken_off(basis, term.id, demand.month, eligible, used)
    if given > used:
        unit = f"{basis.currency}, credit not used, expired"
        lines.append(told(basis, term.id, demand.month, EXACT.subtract(given, used), unit, "credit", ""))
    return lines


def taken_off(
    basis: Basis, clause: str, month: Month, eligible: Sequence[tuple[Line, Decimal]], used: Decimal
) -> list[Line]:
    """``used`` as negative Lines on eligible usage, each with what it costs, in proportion."""
    # What division leaves over falls on the last share: in the order of ids, so that of rows changes nothing.
    eligible = sorted(eligible, key=lambda pair: pair[0].id)
    shares = parts(used, [net for _, net in eligible]) if used else []
    return [
        charge(
            basis,
            clause,
            month,
            quantity=share,
            price=Decimal(-1),
            unit=f"{basis.currency}, covered by the credit",
            meter=line.meter,
            view=View.BILLED,
            of=line,
        )
        for (line, _), share in zip(eligible, shares, strict=False)
        if share
    ]
