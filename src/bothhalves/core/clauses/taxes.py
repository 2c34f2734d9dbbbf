"""Tax on what is billed. Prices of contracts are without tax unless it is stated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bothhalves.core.clauses.base import Basis, Percent, charge
from bothhalves.core.clauses.draw_down import summed
from bothhalves.core.clauses.due import Due
from bothhalves.core.clauses.rates import shown
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View


@dataclass(frozen=True, slots=True)
class TaxTerm:
    """``rate`` on what is billed in a month for each kind in ``on``, all if empty, such as ``seats``."""

    rate: Percent
    on: tuple[str, ...] = ()
    name: str = "tax"

    def fault(self) -> str | None:
        return None if 0 <= self.rate <= 1 else "rate is between 0% and 100%"


def tax(basis: Basis, term: TaxTerm, month: Month, due: Iterable[Due]) -> list[Line]:
    """One billed Line for each kind of charge that is taxed and comes to anything."""
    by_kind: dict[str, list[Due]] = {}
    for one in due:
        if not term.on or one.kind in term.on:
            by_kind.setdefault(one.kind, []).append(one)
    return [
        charge(
            basis,
            f"tax/{term.name}",
            month,
            quantity=billed,
            price=term.rate,
            unit=f"{basis.currency} of {kind}, {shown(term.rate)}",
            meter="tax",
            view=View.BILLED,
        )
        for kind, found in sorted(by_kind.items())
        if (billed := summed(d.net for d in found))
    ]
