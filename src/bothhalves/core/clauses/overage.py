"""What happens to usage beyond an allowance or a pack: it stops, or it is charged, up to a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Basis, Percent, charge
from bothhalves.core.clauses.draw_down import Draw, among, cover, left, summed
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, ZERO, plain

_DOWN = Context(prec=EXACT.prec, rounding=ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class Overage:
    """Usage beyond what is covered. ``then`` is ``stop``, ``price`` (``price`` per unit) or ``api-rates``.

    API rates are those of the usage's own Lines, ``times`` a multiple, less ``discount``. ``budget`` is the
    most money that overage may cost in a month; usage beyond it stops. Usage that stopped is not charged,
    and what people wanted is then at least what was seen.
    """

    then: str = "stop"
    price: Decimal | None = None
    times: Decimal | None = None
    discount: Percent | None = None
    budget: Decimal | None = None

    def fault(self) -> str | None:
        if self.then not in ("stop", "price", "api-rates"):
            return "then is stop, price or api-rates"
        if (self.then == "price") != (self.price is not None):
            return "then: price needs a price, and only it takes one"
        if self.then != "api-rates" and (self.times is not None or self.discount is not None):
            return "times and discount belong to api-rates"
        if self.then == "stop" and self.budget is not None:
            return "a budget needs overage that is charged"
        if min(self.price or ZERO, self.times or ZERO, self.budget or ZERO) < 0:
            return "price, times and budget are not below zero"
        return None if 0 <= (self.discount or ZERO) <= 1 else "discount is between 0% and 100%"

    @property
    def factor(self) -> Decimal:
        """What one unit of money at API rates costs."""
        times = Decimal(1) if self.times is None else self.times
        return EXACT.multiply(times, EXACT.subtract(Decimal(1), self.discount or ZERO))

    def rate(self, draw: Draw) -> tuple[Decimal, int]:
        """The price of what is left of a draw, and for how many of its units."""
        if self.then == "price":
            return self.price or ZERO, 1
        return (
            (EXACT.multiply(draw.line.price, self.factor), draw.line.per) if draw.meter else (self.factor, 1)
        )

    def said(self) -> str:
        """How it reads on a Line."""
        if self.then == "price":
            return "beyond the allowance"
        times = "" if self.factor == 1 else f" x {plain(self.factor)}"
        return f"beyond the allowance, at API rates{times}"


def charge_overage(
    basis: Basis, clause: str, month: Month, draws: Sequence[Draw], overage: Overage
) -> tuple[list[Line], list[Draw]]:
    """Lines of everything that is left of the draws: what is charged and what was stopped.

    What is charged leaves its own Line (``CLAUSE/beyond``) for one at the overage price
    (``CLAUSE/overage``); what was stopped (``CLAUSE/blocked``) leaves it for nothing.
    """
    lines: list[Line] = []
    after = list(draws)
    if overage.then != "stop":
        budget = overage.budget
        for rate in sorted({overage.rate(d) for d in draws}):
            found, after = among(
                after,
                lambda d, rate=rate: overage.rate(d) == rate,  # type: ignore[misc]
                lambda some, most=budget: _charged(basis, clause, month, some, overage, most),  # type: ignore[misc]
            )
            lines += found
            if budget is not None:
                spent = summed(x.amount.low for x in found if x.entry.endswith("/overage"))
                budget = EXACT.subtract(budget, spent)
    note = "stopped: wanted at least this"
    blocked, after = cover(basis, f"{clause}/blocked", month, after, left(after), note)
    return lines + blocked, after


def _charged(
    basis: Basis,
    clause: str,
    month: Month,
    draws: Sequence[Draw],
    overage: Overage,
    budget: Decimal | None,
) -> tuple[list[Line], list[Draw]]:
    """Draws of one rate, charged as far as the budget goes."""
    price, per = overage.rate(draws[0])
    wanted = left(draws)
    cost = Fraction(summed(d.left if d.meter else d.net for d in draws)) * Fraction(price) / per
    if budget is not None and cost > budget:
        share = Fraction(budget) / cost * Fraction(wanted)
        wanted = _DOWN.divide(Decimal(share.numerator), Decimal(share.denominator)).quantize(
            Decimal("1E-12"), context=_DOWN
        )
    beyond, after = cover(basis, f"{clause}/beyond", month, draws, wanted, "charged as overage")
    lines = list(beyond)
    for draw, rest in zip(draws, after, strict=True):
        part = EXACT.subtract(draw.left, rest.left)
        if part:
            lines.append(
                charge(
                    basis,
                    f"{clause}/overage",
                    month,
                    quantity=part if draw.meter else EXACT.subtract(draw.net, rest.net),
                    price=price,
                    per=per,
                    unit=f"{draw.meter or basis.currency}, {overage.said()}",
                    meter=draw.line.meter,
                    of=draw.line,
                )
            )
    return lines, after
