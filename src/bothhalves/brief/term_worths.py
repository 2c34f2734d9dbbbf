"""What terms are worth, as figures: the cost without a term less the cost with it, settled, in each scenario.

Where scenarios have no chances, the base scenario is told; where they have, the mean over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bothhalves.core.deal.asks import Package, Valued, Worth
from bothhalves.core.deal.clauses import PricedTerm
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.explain import Figure, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, quotient
from bothhalves.workspace.term_worths import PACKAGE, SHOWN, TermWorths

KIND = MoneyKind.SCENARIO
_RULE = "The Lines that differ: the same months settled without the term, less with it."
_MEAN = "The mean over the scenarios, by their chances, of the cost without the term less the cost with it."
_ALONE = "What each of them is worth alone; they do not add up."


@dataclass(frozen=True, slots=True)
class WorthRow:
    """``worth`` is what is told; ``ways`` are the low, base and high scenario, settled. ``valued`` None: all
    asks together."""

    valued: Valued | None
    worth: Figure
    ways: Mapping[str, Figure]

    def roots(self) -> tuple[Figure, ...]:
        return (self.worth, *self.ways.values())


@dataclass(frozen=True, slots=True)
class WorthSheet:
    """All terms of an offer. ``alone`` is the sum of the asks of the package, each by itself."""

    found: TermWorths
    asks: tuple[WorthRow, ...]
    held: tuple[WorthRow, ...]
    package: WorthRow | None
    alone: Figure | None

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        rows = (*self.asks, *self.held, *([self.package] if self.package else []))
        roots = [f for row in rows for f in row.roots()] + ([self.alone] if self.alone else [])
        return by_key(roots)


def worth_sheet(found: TermWorths) -> WorthSheet:
    """The offer's terms as figures."""
    maker = _Maker(found)
    asks, held = ([maker.row(v) for v in rows] for rows in (found.asks.asks, found.asks.held))
    package = found.asks.package
    whole = maker.package(package) if package is not None else None
    alone = None
    if package is not None:
        chosen = {t.id for t in package.terms}
        parts = tuple(r.worth for r in asks if r.valued and r.valued.pair.term.id in chosen)
        title = "Each ask of the package alone, added up"
        alone = sum_of(maker.key("ask.sum"), title, parts, found.offer.currency, KIND, rule=_ALONE)
    return WorthSheet(found, tuple(asks), tuple(held), whole, alone)


class _Maker:
    """Figures of one offer."""

    def __init__(self, found: TermWorths) -> None:
        self.found = found

    def key(self, name: str, **said: str) -> str:
        return key(name, {"offer": self.found.offer.id, **said})

    def row(self, valued: Valued) -> WorthRow:
        term = valued.pair.term
        ways = {way: self.settled("clause", term.id, way, words(term)) for way in SHOWN}
        return WorthRow(valued, self.worth("clause", term.id, words(term), valued.worth, ways), ways)

    def package(self, package: Package) -> WorthRow:
        title = "All asks together"
        ways = {way: self.settled("ask", PACKAGE, way, title) for way in SHOWN}
        return WorthRow(None, self.worth("ask", PACKAGE, title, package.worth, ways), ways)

    def worth(self, kind: str, term: str, title: str, worth: Worth, ways: Mapping[str, Figure]) -> Figure:
        if not self.found.outlook.is_weighed:
            return ways["base"]
        value = Amount.of(quotient(Fraction(worth.expected) / MICRO), self.found.offer.currency, KIND)
        source = self.found.outlook.source
        name = self.key(f"{kind}.worth", clause=term)
        return Figure(name, title, Operator.GIVEN, value, rule=_MEAN, source=source)

    def settled(self, kind: str, term: str, way: str, title: str) -> Figure:
        """The worth in one scenario; that of the base is the term's own where there are no chances."""
        sides = self.found.lines[term][way]
        apart = {(x.id, x.amount) for x in sides["without"]} & {(x.id, x.amount) for x in sides["with"]}
        mine = {} if way == "base" and not self.found.outlook.is_weighed else {"scenario": way}
        parts = [
            sum_of(
                self.key(f"{kind}.cost", clause=term, scenario=way, side=side),
                f"{title}: only {side} it, {self.found.ways[term][way]}",
                tuple(x for x in lines if (x.id, x.amount) not in apart),
                self.found.offer.currency,
                KIND,
                rule=_RULE,
            )
            for side, lines in sides.items()
        ]
        first, second = (p.value for p in parts)
        assert isinstance(first, Amount)
        assert isinstance(second, Amount)
        name = self.key(f"{kind}.worth", clause=term, **mine)
        return Figure(name, title, Operator.DIFFERENCE, first - second, tuple(parts), rule=_RULE)


def words(term: PricedTerm) -> str:
    """A term in words, from its id."""
    return term.id.replace("-", " ").capitalize()
