"""Included credits of the contract as a whole: a sum that pays for API usage until it is spent or expires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import EVERYTHING, Basis, MeteredUse, Scope, Term
from bothhalves.core.clauses.credits import taken_off
from bothhalves.core.clauses.draw_down import of_usage, summed, told
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT


@dataclass(frozen=True, slots=True)
class GrantTerm:
    """``amount`` given once, for API usage in ``scope`` and in none of ``excludes``, after discounts.

    It is there from the month of ``from_`` (left out: the start of the term) to before that of ``until``
    (left out: the end of the term).
    """

    name: str
    amount: Decimal
    scope: Scope = EVERYTHING
    excludes: tuple[Scope, ...] = ()
    from_: date | None = None
    until: date | None = None

    def fault(self) -> str | None:
        if self.amount < 0:
            return "a credit is not below zero"
        return "an empty exclusion excludes all usage" if EVERYTHING in self.excludes else None

    @property
    def id(self) -> str:
        return f"included-credit/{self.name}"

    def holds(self, term: Term, month: Month) -> bool:
        start, until = self.from_ or term.start, self.until or term.until
        return in_force(month.first, start.replace(day=1), until.replace(day=1))

    def covers(self, use: MeteredUse) -> bool:
        apart = use.seat_type or any(x.covers(use) for x in self.excludes)
        return not apart and self.scope.covers(use)

    def assumptions(self) -> list[str]:
        if self.until is not None:
            return []
        return [f"{self.id}: does not say until; what is left expires at the end of the term."]


def grant(
    basis: Basis,
    term: GrantTerm,
    month: Month,
    usage: Sequence[MeteredUse],
    due: Mapping[str, Decimal],
    spent: Decimal,
) -> tuple[list[Line], Decimal]:
    """Negative Lines on eligible usage, in proportion, and what was spent until then.

    In its last month what is left expires: a quantity that costs nothing.
    """
    if not term.holds(basis.term, month):
        return [], spent
    fitting = [use for use in usage if term.covers(use)]
    eligible = [(d.line, d.net) for d in of_usage(fitting, due) if d.net > 0]
    used = min(EXACT.subtract(term.amount, spent), summed(net for _, net in eligible))
    lines = taken_off(basis, term.id, month, eligible, used)
    spent = EXACT.add(spent, used)
    left = EXACT.subtract(term.amount, spent)
    if left and not term.holds(basis.term, month.next):
        lines.append(told(basis, term.id, month, left, f"{basis.currency}, credit expired", "credit", ""))
    return lines, spent
