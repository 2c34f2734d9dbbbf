"""Everything that a window costs, as charges: a Line of use or of purchase with all that was added to it.

Vendors with a contract are settled under it; the usage of all others is at list price. Usage that seats
include has no price here: what it would cost metered is notional, and nobody pays it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.clauses.base import Term
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.replaying import LIST, runs, span_of
from bothhalves.workspace.settled import settled


@dataclass(frozen=True, slots=True)
class Charge:
    """A Line that stands by itself, and the Lines about it: discounts, covers, draw-downs."""

    contract: Contract
    line: Line
    about: tuple[Line, ...]

    @property
    def month(self) -> Month:
        return Month.parse(dict(self.line.dimensions)["month"])

    @property
    def clause(self) -> str:
        """The clause that made the Line, without the contract's id; empty for usage at list price."""
        own = f"{self.contract.id}/"
        return self.line.entry.removeprefix(own) if self.line.entry.startswith(own) else ""

    @property
    def is_note(self) -> bool:
        """True for a quantity that is worth knowing and costs nothing, such as an allowance not used."""
        return bool(self.clause) and not self.about and not self.line.amount.low and not self.line.price

    @property
    def list_cost(self) -> Decimal:
        """At list price, or the contract's own price where there is no other."""
        return self.line.amount.low

    @property
    def contracted_cost(self) -> Decimal:
        """After everything that changes the price."""
        return self._with(View.CONTRACTED)

    @property
    def billed_cost(self) -> Decimal:
        """After everything that changes when and by what it is paid."""
        return self._with(View.CONTRACTED, View.BILLED)

    def _with(self, *views: View) -> Decimal:
        result = self.line.amount.low
        for line in self.about:
            if line.view in views:
                result = EXACT.add(result, line.amount.low)
        return result

    def drawn_on(self, family: str) -> Decimal:
        """How much of the charge a clause of the family paid for."""
        own = f"{self.contract.id}/{family}"
        drawn = [x for x in self.about if x.entry.startswith(own) and x.view is View.BILLED]
        return EXACT.minus(sum((x.amount.low for x in drawn), Decimal(0)))


def charges_of(workspace: Workspace, months: tuple[Month, ...]) -> tuple[Charge, ...]:
    """The charges of the window, in a fixed order."""
    terms = signed(workspace, months)
    asked = asked_of(workspace, span_of(terms, months))
    return charges_from(asked, terms, months, workspace.config.company.currency)


def signed(workspace: Workspace, months: tuple[Month, ...]) -> tuple[Contract, ...]:
    """The contracts that charge any of the months."""
    return tuple(c for c in workspace.config.contracts if any(runs(c, month) for month in months))


def charges_from(
    asked: Asked, terms: Sequence[Contract], months: tuple[Month, ...], currency: str
) -> tuple[Charge, ...]:
    """The charges of what was asked, under ``terms`` and for other vendors at list price."""
    found = [charge for c in terms for charge in _charges(asked, c, months)]
    for contract in at_list_price(asked, terms, currency, months):
        found += _charges(asked, contract, months)
    return tuple(sorted(found, key=lambda c: (str(c.month), c.contract.vendor, c.contract.id, c.line.id)))


def _charges(asked: Asked, contract: Contract, months: tuple[Month, ...]) -> Iterator[Charge]:
    lines = settled(asked, contract, months).lines
    roots = {line.id: line.of for line in lines}
    about: dict[str, list[Line]] = {}
    for line in lines:
        if line.of:
            about.setdefault(_root(line.of, roots), []).append(line)
    for line in lines:
        charge = Charge(contract, line, tuple(about.get(line.id, ())))
        if not line.of and not charge.is_note:
            yield charge


def _root(of: str, roots: dict[str, str]) -> str:
    """The Line that stands by itself at the end of the chain."""
    while roots.get(of):
        of = roots[of]
    return of


def at_list_price(
    asked: Asked, terms: Iterable[Contract], currency: str, months: tuple[Month, ...]
) -> Iterator[Contract]:
    """List price for vendors without a contract. A vendor's accounts outside its contracts are left to it."""
    with_contract = {c.vendor for c in terms}
    for vendor in sorted({usage.vendor for _, usage in asked.usage} - with_contract):
        yield Contract(LIST, vendor, currency, Term(months[0].first, len(months)))
