"""Usage as something that allowances, packs and credits draw on, and the Lines that cover it.

What one source cannot cover wholly it covers in proportion: nobody knows in which order a month's usage came.
Parts are rounded so that they add up exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from bothhalves.core.clauses.base import Basis, MeteredUse, Scope, UnitUse, amount_of, charge
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT, ZERO, quotient, split

_GRAIN = -12


@dataclass(frozen=True, slots=True)
class Draw:
    """Usage behind one Line, of which ``left`` is not covered yet, and costs ``net``.

    ``meter`` names the units; ``""`` counts money at list price, and ``net`` is then what the discounts of
    earlier steps leave to pay.
    """

    line: Line
    left: Decimal
    net: Decimal
    meter: str
    product: str
    person: str
    seat_type: str
    use: MeteredUse | None = None

    def worth(self, part: Decimal) -> Decimal:
        """The money that ``part`` of what is left costs."""
        if part == self.left:
            return self.net
        return quotient(Fraction(self.net) * Fraction(part) / Fraction(self.left))

    def less(self, part: Decimal) -> Draw:
        """The same without ``part``."""
        net = EXACT.subtract(self.net, self.worth(part))
        return replace(self, left=EXACT.subtract(self.left, part), net=net)

    def fits(self, meter: str, product: str, seats: Iterable[str], scope: Scope) -> bool:
        """True if a clause about this meter, product (``""``: any), seat types and scope may take it.

        No seat types: any. Units that do not say their seat type fit every one.
        """
        types = tuple(seats)
        seated = not types or self.seat_type in types or (bool(meter) and not self.seat_type)
        scoped = self.use is None or scope.covers(self.use)
        return self.meter == meter and product in ("", self.product) and seated and scoped


def of_usage(usage: Iterable[MeteredUse], nets: Mapping[str, Decimal]) -> list[Draw]:
    """Metered usage as draws of money at list price; corrections below zero are never drawn."""
    found = []
    for use in usage:
        worth = amount_of([use.line])
        if worth > 0:
            net = nets.get(use.line.id, worth)
            found.append(Draw(use.line, worth, net, "", use.product, use.person, use.seat_type, use))
    return found


def of_units(priced: Iterable[tuple[UnitUse, Line]]) -> list[Draw]:
    """Units with the Lines that price them, as draws of units."""
    return [
        Draw(x, u.quantity, amount_of([x]), u.meter, u.product, u.person, u.seat_type)
        for u, x in priced
        if u.quantity > 0
    ]


def nets(usage: Iterable[MeteredUse], lines: Iterable[Line]) -> dict[str, Decimal]:
    """What each Line of usage comes to with the Lines that earlier steps added about it, or about those."""
    found = {use.line.id: ZERO for use in usage}
    about = {identity: identity for identity in found}
    for line in lines:
        whose = about.get(line.id) or about.get(line.of)
        if whose is not None:
            about[line.id] = whose
            found[whose] = EXACT.add(found[whose], amount_of([line]))
    return found


def parts(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """``total`` in proportion to ``weights``, none above its own if the total is not above their sum."""
    if total == summed(weights):
        return list(weights)
    exponents = [int(x.as_tuple().exponent) for x in (total, *weights)]
    return split(total, weights, EXACT.scaleb(Decimal(1), min(_GRAIN, *exponents)))


def summed(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(EXACT.add, values, ZERO)


def left(draws: Iterable[Draw]) -> Decimal:
    """What is not covered yet, of all draws together."""
    return summed(d.left for d in draws)


def cover(
    basis: Basis,
    clause: str,
    month: Month,
    draws: Sequence[Draw],
    amount: Decimal,
    note: str,
    view: View = View.CONTRACTED,
) -> tuple[list[Line], list[Draw]]:
    """Negative Lines for ``amount`` of what is left of the draws, and what is left of them then."""
    weights = [d.left for d in draws]
    amount = min(amount, left(draws))
    if amount <= 0:
        return [], list(draws)
    lines, after = [], []
    for draw, part in zip(draws, parts(amount, weights), strict=True):
        if part:
            lines.append(_covering(basis, clause, month, draw, part, note, view))
        after.append(draw.less(part) if part else draw)
    return lines, after


def _covering(
    basis: Basis, clause: str, month: Month, draw: Draw, part: Decimal, note: str, view: View
) -> Line:
    """Units are taken back at their price, usage in money at what it still costs."""
    money = not draw.meter
    return charge(
        basis,
        clause,
        month,
        quantity=draw.worth(part) if money else part,
        price=Decimal(-1) if money else EXACT.minus(draw.line.price),
        per=1 if money else draw.line.per,
        unit=f"{basis.currency if money else draw.meter}, {note}",
        meter=draw.line.meter,
        view=view,
        of=draw.line,
    )


def among(
    draws: Sequence[Draw],
    wanted: Callable[[Draw], bool],
    step: Callable[[list[Draw]], tuple[list[Line], list[Draw]]],
) -> tuple[list[Line], list[Draw]]:
    """``step`` on the wanted draws of which something is left, the others unchanged, in their order."""
    places = [n for n, d in enumerate(draws) if d.left > 0 and wanted(d)]
    lines, taken = step([draws[n] for n in places])
    after = list(draws)
    for place, draw in zip(places, taken, strict=True):
        after[place] = draw
    return lines, after


def told(
    basis: Basis, clause: str, month: Month, quantity: Decimal, unit: str, meter: str, product: str
) -> Line:
    """A quantity that costs nothing and is worth knowing: what was included and not used, what expired."""
    return charge(
        basis,
        clause,
        month,
        quantity=quantity,
        price=ZERO,
        unit=unit,
        meter=meter,
        dimensions={"product": product},
    )
