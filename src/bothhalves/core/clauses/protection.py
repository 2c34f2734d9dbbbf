"""Price protection: what a rise or a fall of list prices within the term means for the buyer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bothhalves.core.clauses.base import Basis, MeteredUse, Percent, amount_of
from bothhalves.core.clauses.rates import repriced
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import ZERO, quotient

Kind = Literal["none", "lock", "cap", "pass-through"]


@dataclass(frozen=True, slots=True)
class PriceTerm:
    """List prices of the day on which the term began, kept for ``for_`` months (left out: the term).

    ``lock``: they are charged, whether the list rises or falls. ``cap``: the lower of them and the list.
    ``pass-through``: falls of the list are passed on, rises are not, which charges the same as a cap.
    ``increases_at_most`` lets the price rise with the list by so much for each full year since the start.
    ``models``: which are protected, all if empty. ``successors`` names for a new model the one that it
    succeeds: its usage costs at most what it would have cost at the protected price of the old one.
    """

    kind: Kind = "cap"
    for_: int | None = None
    models: tuple[str, ...] = ()
    increases_at_most: Percent | None = None
    successors: dict[str, str] = field(default_factory=dict)

    def fault(self) -> str | None:
        if self.for_ is not None and self.for_ <= 0:
            return "for is a number of months above zero"
        if (self.increases_at_most or ZERO) < 0:
            return "increases_at_most is not below zero"
        return "a model does not succeed itself" if any(n == o for n, o in self.successors.items()) else None

    def protects(self, model: str) -> bool:
        """True if the model, or the one that it succeeds, is protected."""
        return not self.models or model in self.models or self.successors.get(model) in self.models

    def holds(self, basis: Basis, month: Month) -> bool:
        place = basis.term.index(month)
        return self.kind != "none" and basis.term.runs(month) and (self.for_ is None or place < self.for_)

    def target(self, at_list: Decimal, protected: Decimal, years: int, *, succeeds: bool) -> Decimal:
        """What usage costs that is worth ``at_list`` now and was worth ``protected`` at the start.

        A correction below zero is the mirror of the usage that it corrects.
        """
        if at_list < 0 or protected < 0:
            mirrored = self.target(at_list.copy_negate(), protected.copy_negate(), years, succeeds=succeeds)
            return mirrored.copy_negate()
        rise = (1 + Fraction(self.increases_at_most or ZERO)) ** years
        highest = quotient(Fraction(protected) * rise)
        if self.kind != "lock" or succeeds:
            return min(at_list, highest)
        return protected if at_list <= protected else min(at_list, highest)

    def assumptions(self) -> list[str]:
        if self.kind == "none" or self.for_ is not None:
            return []
        return ["protection: does not say for how long; prices are protected for the term and its renewals."]


def protect(basis: Basis, term: PriceTerm, month: Month, usage: Iterable[MeteredUse]) -> list[Line]:
    """What protection changes in the price of usage that has a protected price."""
    if not term.holds(basis, month):
        return []
    lines: list[Line] = []
    years = basis.term.index(month) // 12
    for use in usage:
        if use.protected is not None and term.protects(use.model):
            at_list = amount_of([use.line])
            succeeds = use.model in term.successors
            target = term.target(at_list, amount_of([use.protected]), years, succeeds=succeeds)
            lines += repriced(basis, "protection", month, use, at_list, target, "at its protected price")
    return lines
