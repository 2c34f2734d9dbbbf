"""One price for seats and usage together, which does not say what either half costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bothhalves.core.clauses.base import Basis, charge
from bothhalves.core.clauses.draw_down import Draw, among, cover, left
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import CENT, EXACT, ZERO, split

ID = "undivided"
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Undivided:
    """``price`` for each ``per``: the contract's seats, written with a fee of 0, and usage with them.

    ``usage`` is how much usage, in money at list price, each period includes; left out, all of it.
    """

    price: Decimal
    per: Literal["month", "quarter", "year", "term"] = "year"
    usage: Decimal | None = None

    def fault(self) -> str | None:
        return "price and usage are not below zero" if min(self.price, self.usage or ZERO) < 0 else None

    def assumptions(self) -> list[str]:
        said = [] if self.per == "month" else [f"{ID}: the price is spread over its months in equal parts."]
        if self.usage is None:
            said.append(f"{ID}: nothing is said of how much usage is in the price, so all of it is.")
        return said


@dataclass(frozen=True, slots=True)
class UndividedState:
    """How much usage at list price the running period has had."""

    used: Decimal = ZERO


def charge_undivided(
    basis: Basis, clause: Undivided, month: Month, draws: Sequence[Draw], state: UndividedState
) -> tuple[list[Line], list[Draw], UndividedState]:
    """The month's part of the price, and covers for the usage that is in it. Usage above is left over."""
    length = MONTHS.get(clause.per, basis.term.months)
    place = basis.term.index(month) % length
    used = ZERO if place == 0 else state.used
    share = split(clause.price, [Decimal(1)] * length, _grain(clause.price))[place]
    price = charge(
        basis, f"{ID}/price", month, quantity=1, price=share, unit=f"month of {length}", meter="bundle"
    )
    wanted = left(d for d in draws if _included(d))
    room = wanted if clause.usage is None else min(wanted, max(EXACT.subtract(clause.usage, used), ZERO))
    covered, after = among(
        draws, _included, lambda some: cover(basis, f"{ID}/usage", month, some, room, "in the one price")
    )
    return [price, *covered], after, UndividedState(EXACT.add(used, room))


def _included(draw: Draw) -> bool:
    return not draw.meter


def _grain(price: Decimal) -> Decimal:
    """Cents, or finer where the price is."""
    return min(CENT, EXACT.scaleb(Decimal(1), int(price.as_tuple().exponent)))
