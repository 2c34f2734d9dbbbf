"""The feed of record for invoiced money: what two feeds state is counted once.

The feeds of a vendor's month are heard category by category in one order, and what a feed states counts
unless a feed that counts states the same: of a category, an account and a product, where both say one.
Exports give one account different names; so two that have no name in common state the same charge where their
totals are equal to the cent. A purchase that is equal to the seats is the seats.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bothhalves.core.evidence import TOLERANCE
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import EXACT, MoneyKind, plain, to_cents
from bothhalves.workspace.records import Stated

#: The rank of invoices that people wrote down: after the vendor's own exports, before those that aggregate.
WRITTEN_RANK = 39
#: The ranks of published layouts, which aggregate: they call products as they please.
_AGGREGATES = range(40, 50)
_UNRANKED = 50
#: Categories in the order in which they are decided.
_CATEGORIES = ("usage", "credit", "adjustment", "seats", "purchase", "tax")
#: Categories of one charge, which some feeds state net in one row and others in several.
_CHARGE = ("usage", "credit", "adjustment")

Slot = tuple[str, str, str]  # vendor, month, currency


class Cell(NamedTuple):
    """What a feed states of one category, account and product."""

    feed: str
    category: str
    account: str
    product: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """Money of a feed that is not counted, because ``by``, the feed of record, states it too."""

    stated: Stated
    by: str


@dataclass(frozen=True, slots=True)
class StatedOnce:
    """Money that counts, each with who ``also`` states it; what is not counted; and where the two differ."""

    counted: tuple[Stated, ...]
    repeated: tuple[Repeated, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Month:
    """A vendor's month in one currency: what every feed states, what counts, and by whom the rest is told."""

    ranks: Mapping[str, int]
    spans: dict[tuple[str, str], tuple[datetime, datetime]] = field(default_factory=dict)
    said: dict[Cell, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    counted: dict[tuple[str, str], list[Cell]] = field(default_factory=lambda: defaultdict(list))
    told: dict[Cell, list[Cell]] = field(default_factory=dict)
    #: Feeds that state usage and what is taken off it. Another's usage may be before that or after.
    whole: set[str] = field(default_factory=set)

    def add(self, stated: Stated) -> None:
        cell = _cell(stated)
        self.said[cell] = EXACT.add(self.said[cell], stated.amount)
        if stated.span:
            first, after = self.spans.setdefault((cell.feed, cell.category), stated.span)
            self.spans[cell.feed, cell.category] = min(first, stated.span[0]), max(after, stated.span[1])

    def decide(self) -> None:
        """Hears the feeds of each category in their order."""
        states = {
            (cell.feed, cell.category != "usage") for cell, n in self.said.items() if n and _charges(cell)
        }
        self.whole = {feed for feed, less in states if less and (feed, False) in states}
        heard: dict[tuple[int, bool, int, str, str], list[Cell]] = defaultdict(list)
        for cell in sorted(self.said):
            apart = _charges(cell) and cell.feed not in self.whole
            family = 0 if _charges(cell) else _CATEGORIES.index(cell.category)
            place = (family, apart, self._rank(cell.feed), cell.feed, cell.category)
            heard[place].append(cell)
        for place in sorted(heard):
            self._hear(heard[place])

    def _hear(self, cells: list[Cell]) -> None:
        told = {cell: self._named(cell) for cell in cells}
        if not any(told.values()):
            told = dict.fromkeys(cells, self._equal(cells))
        for cell, by in told.items():
            if by:
                self.told[cell] = by
            else:
                self.counted[cell.category, cell.account].append(cell)

    def _named(self, cell: Cell) -> list[Cell]:
        """The counted cells of other feeds that name the same account and product, or do not say."""
        partial = cell.category == "usage" and cell.feed not in self.whole
        found = self._counted(cell.category, cell.account)
        if partial:
            less = (c for category in _CHARGE[1:] for c in self._counted(category, cell.account))
            found += [c for c in less if c.feed in self.whole]
        others = (c for c in found if c.feed != cell.feed)
        return [c for c in others if self._same_product(c, cell) and self._same_days(c, cell)]

    def _counted(self, category: str, account: str) -> list[Cell]:
        """What counts of the category and account; with no account of either, of all."""
        if account:
            return [c for a in (account, "") for c in self.counted.get((category, a), ())]
        return [c for (counted, _), cells in self.counted.items() if counted == category for c in cells]

    def _same_days(self, one: Cell, other: Cell) -> bool:
        """False for two exports of a vendor's that tell usage of different days of the month."""
        spans = [self.spans.get((cell.feed, cell.category)) for cell in (one, other)]
        own = all(self._rank(cell.feed) < WRITTEN_RANK for cell in (one, other))
        if not own or one.category != "usage" or None in spans:
            return True
        (first, after), (start, until) = (span for span in spans if span)
        return first < until and start < after

    def _same_product(self, one: Cell, other: Cell) -> bool:
        aggregated = any(self._rank(cell.feed) in _AGGREGATES for cell in (one, other))
        names = {_plain(one.product), _plain(other.product)}
        return aggregated or len(names) == 1 or "" in names

    def _equal(self, cells: list[Cell]) -> list[Cell]:
        """The counted cells of the first other feed that comes to the same total under other names."""
        total, category = self.sum(cells), cells[0].category
        answering = "seats" if category == "purchase" else category if category in _CHARGE else ""
        by_feed: dict[str, list[Cell]] = defaultdict(list)
        for (counted, _), found in self.counted.items():
            for cell in found if counted == answering else ():
                if cell.feed != cells[0].feed and self._same_days(cell, cells[0]):
                    by_feed[cell.feed].append(cell)
        equal = (f for f in sorted(by_feed) if to_cents(self.sum(by_feed[f])) == to_cents(total))
        return next((by_feed[feed] for feed in equal), []) if total else []

    def _rank(self, feed: str) -> int:
        return self.ranks.get(feed, _UNRANKED)

    def sum(self, cells: Iterable[Cell]) -> Decimal:
        result = Decimal(0)
        for cell in cells:
            result = EXACT.add(result, self.said[cell])
        return result

    def differing(self) -> Iterator[tuple[Cell, Cell, Decimal, Decimal]]:
        """Of each feed that is not counted one cell and one of record, with both amounts, if they differ."""
        pairs: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for cell in self.told:
            kind = "usage" if _charges(cell) else cell.category
            pairs[cell.feed, kind].append(cell)
        for (_, kind), cells in sorted(pairs.items()):
            by = list(dict.fromkeys(c for cell in cells for c in self.told[cell]))
            theirs, ours = self.sum(cells), self.sum(by)
            alike = {c.category for c in cells}
            same = _close(theirs, self.sum(c for c in by if c.category in alike))
            net = kind == "usage" and _close(self._net(cells), self._net(by))
            if not (same or net or _close(theirs, ours)):
                yield cells[0], by[0], theirs, ours

    def _net(self, cells: list[Cell]) -> Decimal:
        """The whole charge, credits taken off, of the feeds and accounts of ``cells``."""
        places = {(cell.feed, cell.account) for cell in cells}
        whole = (c for c in self.said if _charges(c) and (c.feed, c.account) in places)
        return self.sum(whole)


def counted_once(stated: Sequence[Stated], ranks: Mapping[str, int]) -> StatedOnce:
    """``stated`` with all invoiced money of one feed of record; other kinds are never added and stay.

    ``ranks`` order the feeds, lowest first; equals go by name.
    """
    slots: dict[Slot, _Month] = defaultdict(lambda: _Month(ranks))
    for s in stated:
        if s.kind is MoneyKind.INVOICED:
            slots[_slot(s)].add(s)
    for month in slots.values():
        month.decide()
    counted: list[Stated] = []
    repeated: list[Repeated] = []
    also = {slot: _also(month) for slot, month in slots.items()}
    for s in stated:
        by = slots[_slot(s)].told.get(_cell(s)) if s.kind is MoneyKind.INVOICED else None
        if by:
            repeated.append(Repeated(s, by[0].feed))
        else:
            others = also[_slot(s)].get(_cell(s), ()) if s.kind is MoneyKind.INVOICED else ()
            counted.append(replace(s, also=tuple(sorted(others))))
    return StatedOnce(tuple(counted), tuple(repeated), tuple(_problems(slots)))


def _also(month: _Month) -> dict[Cell, Collection[str]]:
    """The feeds that state what a counted cell does."""
    found: dict[Cell, set[str]] = defaultdict(set)
    for cell, by in month.told.items():
        for counted in by:
            found[counted].add(cell.feed)
    return dict(found)


def _problems(slots: Mapping[Slot, _Month]) -> Iterator[Problem]:
    for (vendor, when, currency), month in sorted(slots.items()):
        for cell, by, theirs, ours in month.differing():
            what = (
                f"{by.feed} states {plain(ours)} {currency} of {vendor}'s {cell.category} in {when}, which is"
                f" counted; {cell.feed} states {plain(theirs)} {currency}, which is not."
            )
            fix = "Compare the two exports: one may lack days, accounts or credits, or hold other services."
            yield Problem("costs.differ", Where("costs"), what, fix)


def _close(one: Decimal, other: Decimal) -> bool:
    gap = abs(EXACT.subtract(one, other))
    return gap <= EXACT.multiply(TOLERANCE, max(abs(one), abs(other)))


def _charges(cell: Cell) -> bool:
    return cell.category in _CHARGE


def _plain(product: str) -> str:
    return re.sub(r"[^a-z0-9]", "", product.lower())


def _slot(stated: Stated) -> Slot:
    return stated.vendor, stated.month, stated.currency


def _cell(stated: Stated) -> Cell:
    return Cell(stated.feed, stated.category, stated.account, stated.product)
