"""Usage that the contract prices itself, by the month and for all seats together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.clauses.base import Basis, Demand, charge
from bothhalves.core.explain import Line
from bothhalves.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class UsageTerm:
    """Usage of ``meter`` that the contract prices itself, per calendar month, for all seats together."""

    product: str
    meter: str
    price: Shape

    @property
    def id(self) -> str:
        return f"usage/{self.meter}"


def charge_usage(basis: Basis, term: UsageTerm, demand: Demand, seats: int) -> Iterator[Line]:
    """What is included, then what is charged. ``seats`` are the month's seats of the product."""
    quantity = sum(
        (u.quantity for u in demand.units if (u.product, u.meter) == (term.product, term.meter)), Decimal(0)
    )
    for part in term.price.parts(quantity, Decimal(seats)):
        yield charge(
            basis,
            term.id,
            demand.month,
            quantity=part.quantity,
            price=part.price,
            unit=f"{term.meter}, {part.note}",
            meter=term.meter,
            dimensions={"product": term.product},
        )
