"""A bundle taken apart as figures: each half alone and inside, what that is above, by rate and by quantity.

Where scenarios have no chances, the base scenario is told, settled; where they have, the mean over them. What
is shown by scenario is always settled, and opens down to its Lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.deal.bundle import Bundle, HalfPart
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.headline import Headline
from bothhalves.core.deal.quantities import unit_fee
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.explain import Figure, Line, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, quotient
from bothhalves.workspace.bundling import Apart

KIND = MoneyKind.SCENARIO
HALVES = (Half.SEATS, Half.API)
_MEAN = "The mean over the scenarios by their chances."
_RULES = {
    "standalone": "What is needed, at the price of this half alone.",
    "offered": "What is needed, at the unit rates of the offer, without what it commits the buyer to.",
    "inside": "What is needed, inside the offer, with all that it commits the buyer to.",
}
_TITLES = {"standalone": "alone", "offered": "at the offer's rates", "inside": "in the bundle"}
_PREMIUM = "What the bundle costs above the price alone; below zero it costs less."
_RATE = "Other unit rates, on what is needed."
_STATED = "As the offer states."
_QUANTITY = "What is paid for and not needed."


@dataclass(frozen=True, slots=True)
class HalfSheet:
    """One half of a bundle."""

    part: HalfPart
    standalone: Figure
    offered: Figure
    bundle: Figure
    premium: Figure
    rate: Figure
    quantity: Figure

    def roots(self) -> tuple[Figure, ...]:
        return (self.standalone, self.offered, self.bundle, self.premium, self.rate, self.quantity)


@dataclass(frozen=True, slots=True)
class WaySheet:
    """The whole bundle in one scenario, settled."""

    name: str
    standalone: Figure
    bundle: Figure
    premium: Figure

    def roots(self) -> tuple[Figure, ...]:
        return (self.standalone, self.bundle, self.premium)


@dataclass(frozen=True, slots=True)
class BundleSheet:
    """An offer taken apart. ``shares`` are the figures of one undivided price, by half and way to split it;
    ``headline`` and ``counter`` are None where there is none."""

    apart: Apart
    bundle: Bundle
    standalone: Figure
    cost: Figure
    leverage: Figure
    discount: Figure | None
    headline: Figure | None
    counter: Figure | None
    halves: tuple[HalfSheet, ...]
    ways: tuple[WaySheet, ...]
    shares: Mapping[Half, Mapping[str, Figure]]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        own = (self.standalone, self.cost, self.leverage, self.discount, self.headline, self.counter)
        roots = [f for f in own if f is not None]
        roots += [f for half in self.halves for f in half.roots()]
        roots += [f for way in self.ways for f in way.roots()]
        roots += [f for told in self.shares.values() for f in told.values()]
        return by_key(roots)


def bundle_sheet(apart: Apart) -> BundleSheet | None:
    """The offer as figures; None where it was refused."""
    return _Maker(apart, apart.found).sheet() if isinstance(apart.found, Bundle) else None


class _Maker:
    """Figures of one offer."""

    def __init__(self, apart: Apart, bundle: Bundle) -> None:
        self.apart, self.bundle = apart, bundle
        self.currency = apart.offer.currency
        self._is_mean = apart.outlook.is_weighed

    def key(self, name: str, **said: str) -> str:
        return key(f"bundle.{name}", {"offer": self.apart.offer.id, **said})

    def sum(self, figure_key: str, title: str, parts: Iterable[Figure | Line], rule: str) -> Figure:
        return sum_of(figure_key, title, tuple(parts), self.currency, KIND, rule=rule)

    def given(self, name: str, title: str, micro: Fraction, rule: str, *below: Figure, **said: str) -> Figure:
        value = Amount.of(quotient(micro / MICRO), self.currency, KIND)
        source = "" if below else self.apart.outlook.source
        return Figure(self.key(name, **said), title, Operator.GIVEN, value, below, rule=rule, source=source)

    def stated(self, name: str, title: str, value: Decimal, unit: str = "", **said: str) -> Figure:
        """What the offer states: money, or a number in ``unit``."""
        amount = value if unit else Amount.of(value, self.currency, KIND)
        source = self.apart.offer.source or self.apart.offer.id
        own = self.key(name, **said)
        return Figure(own, title, Operator.GIVEN, amount, unit=unit, rule=_STATED, source=source)

    def less(self, name: str, title: str, first: Figure, second: Figure, rule: str, **said: str) -> Figure:
        assert isinstance(first.value, Amount)
        assert isinstance(second.value, Amount)
        value = first.value - second.value
        return Figure(self.key(name, **said), title, Operator.DIFFERENCE, value, (first, second), rule=rule)

    def over(self, name: str, title: str, first: Figure, second: Figure, rule: str) -> Figure | None:
        assert isinstance(first.value, Amount)
        assert isinstance(second.value, Amount)
        if second.value.low <= 0:
            return None
        share = first.value.low / second.value.low
        return Figure(self.key(name), title, Operator.RATIO, share, (first, second), rule=rule)

    def sheet(self) -> BundleSheet:
        halves = tuple(self.half(part) for part in self.bundle.halves)
        ways = tuple(self.way(name) for name in self.apart.lines)
        base = next(w for w in ways if w.name == self.apart.base)
        if self._is_mean:
            standalone = self.given("standalone", "Both halves alone", self.bundle.standalone, _MEAN)
            cost = self.given("cost", "The need inside the bundle", self.bundle.cost, _MEAN)
        else:
            standalone, cost = base.standalone, base.bundle
        leverage = self.less("leverage", "Buying both together, less both alone", cost, standalone, _PREMIUM)
        saved = self.less("saved", "Saved by buying both together", standalone, cost, "Below zero: none.")
        rule = "What the bundle saves, over both halves alone: the true discount, which may be below zero."
        return BundleSheet(
            self.apart,
            self.bundle,
            standalone,
            cost,
            leverage,
            self.over("true-discount", "True discount of the bundle", saved, standalone, rule),
            self.headline(),
            self.counter(),
            halves,
            ways,
            self.shares(standalone, cost),
        )

    def half(self, part: HalfPart) -> HalfSheet:
        sides = {
            side: self.side(side, part.half, micro)
            for side, micro in (
                ("standalone", part.standalone),
                ("offered", part.offered),
                ("inside", part.bundle),
            )
        }
        alone, offered, inside = sides.values()
        said = {"half": str(part.half)}
        title = f"{part.half}, "
        return HalfSheet(
            part,
            alone,
            offered,
            inside,
            self.less("premium", title + "above the price alone", inside, alone, _PREMIUM, **said),
            self.less("rate-effect", title + "by rate", offered, alone, _RATE, **said),
            self.less("quantity-effect", title + "by quantity", inside, offered, _QUANTITY, **said),
        )

    def side(self, side: str, half: Half, micro: Fraction) -> Figure:
        """What a half costs on one side: the mean, or the base scenario settled."""
        title = f"{half}, {_TITLES[side]}"
        if self._is_mean:
            return self.given(side, title, micro, f"{_RULES[side]} {_MEAN}", half=str(half))
        lines = self.lines(self.apart.base, side, half)
        return self.sum(self.key(side, half=str(half)), title, lines, _RULES[side])

    def lines(self, way: str, side: str, half: Half) -> list[Line]:
        role = {"offered": "counter", "inside": "offer"}.get(side, "seats" if half is Half.SEATS else "api")
        return self.apart.lines[way][role][half]

    def way(self, name: str) -> WaySheet:
        told = name == self.apart.base and not self._is_mean
        said = {} if told else {"scenario": name}
        alone = [x for half in HALVES for x in self.lines(name, "standalone", half)]
        inside = [x for half in Half for x in self.lines(name, "inside", half)]
        standalone = self.sum(
            self.key("standalone", **said), f"Both halves alone, {name}", alone, _RULES["standalone"]
        )
        cost = self.sum(self.key("cost", **said), f"Inside the bundle, {name}", inside, _RULES["inside"])
        title = f"Above both alone, {name}"
        return WaySheet(
            name, standalone, cost, self.less("premium", title, cost, standalone, _PREMIUM, **said)
        )

    def headline(self) -> Figure | None:
        found = self.bundle.headline
        if not isinstance(found, Headline):
            return None
        rule = "The quantities that are offered, whether they are needed or not."
        terms = tuple(self.terms())
        price = self.given("offered-price", "Price of what is offered", found.price, rule, *terms)
        listed = self.given("offered-list", "What is offered, at list price", found.list, rule, *terms)
        off = self.less("offered-saved", "Off the list price", listed, price, rule)
        return self.over("headline-discount", "Discount as the seller shows it", off, listed, rule)

    def terms(self) -> Iterator[Figure]:
        """The quantities on offer, with their prices."""
        offer = self.apart.offer
        for seat in offer.seats:
            said = {"type": seat.type, "from": str(seat.from_ or "")}
            count = Decimal(max(seat.committed, seat.minimum))
            yield self.stated("offered-seats", f"{seat.type} seats on offer", count, "seats", **said)
            yield self.stated("offered-fee", f"Fee of each {seat.type} seat on offer", unit_fee(seat), **said)
            if seat.list_fee is not None:
                yield self.stated("offered-list-fee", f"List fee of {seat.type}", seat.list_fee, **said)
        clause, both = offer.commitment, offer.undivided
        if clause is not None and clause.amount is not None:
            per = clause.per or "year"
            yield self.stated("offered-commitment", f"Committed a {per}", clause.amount)
            off = clause.discount(clause.amount) * 100
            yield self.stated("offered-discount", "Discount on usage within it", off, "%")
        if both is not None:
            yield self.stated("offered-one-price", f"Price of both halves a {both.per}", both.price)
            if both.usage is not None:
                yield self.stated("offered-usage", "Usage at list price that is in it", both.usage)

    def counter(self) -> Figure | None:
        cost = self.bundle.counter_cost
        if cost is None:
            return None
        title = "Counter-offer: what is needed, at the offer's unit rates"
        if self._is_mean:
            return self.given("counter-offer", title, cost, f"{_RULES['offered']} {_MEAN}")
        lines = [x for half in HALVES for x in self.lines(self.apart.base, "offered", half)]
        return self.sum(self.key("counter-offer"), title, lines, _RULES["offered"])

    def shares(self, standalone: Figure, cost: Figure) -> dict[Half, dict[str, Figure]]:
        """What can be said of each half of one price: from what it costs alone, and what both cost."""
        found: dict[Half, dict[str, Figure]] = {}
        for share in self.bundle.undivided.shares if self.bundle.undivided else ():
            told = {
                "in-proportion": ("in proportion to the prices alone (ASC 606)", share.in_proportion),
                "shapley": ("by Shapley, alone less half of the discount", share.shapley),
                "least": ("at least, if the other half is not dearer than alone", share.low),
                "most": ("at most, what it costs alone", share.high),
            }
            alone = self.side("standalone", share.half, share.standalone)
            below, title = (alone, standalone, cost), f"{share.half} of the one price, "
            found[share.half] = {"standalone": alone} | {
                name: self.given("share", title + words, micro, words, *below, half=share.half, by=name)
                for name, (words, micro) in told.items()
                if micro is not None
            }
        return found
