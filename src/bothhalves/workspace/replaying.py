"""Real past usage and seats under other terms: what today's contracts make of them, and what others would.

Both sides are settled on the same counted cells, so that any number of offers costs one count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bothhalves.core.clauses.base import Term
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.settled import Settled, settled

#: The id of the terms of a buyer without any contract: list price, by the month.
LIST = "list-price"


@dataclass(frozen=True, slots=True)
class Side:
    """One way to price the window: its contracts settled, and what had no price."""

    name: str
    settled: tuple[Settled, ...]
    unpriced: tuple[str, ...]

    @property
    def assumptions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a for s in self.settled for a in s.assumptions))


@dataclass(frozen=True, slots=True)
class Replayed:
    """The same usage and seats of one vendor on two sides."""

    vendor: str
    currency: str
    months: tuple[Month, ...]
    today: Side
    under: Side
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def replay(workspace: Workspace, under: Path, months: tuple[Month, ...]) -> Replayed | list[Problem]:
    """The window under the terms in ``under``: a contract, an offer or a price book; else what is wrong."""
    from bothhalves.reading import price_book, top_keys
    from bothhalves.reading.contracts import read_contract

    keys = top_keys(under)
    if "book" in keys:
        book, problems = price_book((*workspace.config.books, under))
        faulty = [p for p in problems if p.where.file == str(under)]
        return faulty or _under_book(workspace, under, book, months)
    offer, problems = read_contract(under, workspace.config.plans)
    if offer is None or problems:
        return problems
    return replay_offer(workspace, offer, months)


def replay_offer(
    workspace: Workspace, offer: Contract, months: tuple[Month, ...], asked: Asked | None = None
) -> Replayed:
    """The window under ``offer`` against today's contracts with the same vendor."""
    current = own_contracts(workspace, offer.vendor, months)
    counted = asked or asked_of(workspace, span_of((*current, offer), months))
    shifted, notes = within(offer, months)
    today = _side("today", counted, current or (_list_price(offer, months),), months)
    under = _side(offer.id, counted, (shifted,), months)
    return _replayed(offer.vendor, offer.currency, months, today, under, notes)


def _under_book(workspace: Workspace, path: Path, book: PriceBook, months: tuple[Month, ...]) -> Replayed:
    """The window under today's contracts with ``book`` on top of the prices, for the book's vendor."""
    layer = book.layers[-1]
    vendor = next(iter(layer.prices)).vendor
    current = own_contracts(workspace, vendor, months)
    terms = current or (_list_price_of(vendor, workspace.config.company.currency, months),)
    counted = span_of(terms, months)
    today = _side("today", asked_of(workspace, counted), terms, months)
    under = _side(path.name, asked_of(workspace, counted, book), terms, months)
    return _replayed(vendor, terms[0].currency, months, today, under, ())


def own_contracts(workspace: Workspace, vendor: str, months: Sequence[Month]) -> tuple[Contract, ...]:
    """The workspace's contracts with ``vendor`` that charge any of the months."""
    found = [c for c in workspace.config.contracts if c.vendor == vendor]
    return tuple(c for c in found if any(runs(c, month) for month in months))


def runs(contract: Contract, month: Month) -> bool:
    """True if the contract charges the month, in its term or in one that it renewed into."""
    later = contract.term.auto_renews and month.first >= contract.term.start
    return contract.term.charged(month) or later


def span_of(contracts: Iterable[Contract], months: tuple[Month, ...]) -> tuple[Month, ...]:
    """The months from the earliest start of a term that has begun to the end of the window."""
    starts = [Month.of(c.term.start) for c in contracts if Month.of(c.term.start) < months[0]]
    return tuple(month_range(min([months[0], *starts]), months[-1]))


def within(offer: Contract, months: tuple[Month, ...]) -> tuple[Contract, tuple[str, ...]]:
    """The offer as if its term had begun with the window, unless the window lies in its term."""
    if all(runs(offer, month) for month in months):
        return offer, ()
    first: date = months[0].first
    note = f"{offer.id} begins on {offer.term.start}; it is replayed as if it had begun on {first}."
    return replace(offer, term=replace(offer.term, start=first)), (note,)


def _list_price(offer: Contract, months: tuple[Month, ...]) -> Contract:
    terms = _list_price_of(offer.vendor, offer.currency, months)
    return replace(terms, accounts=offer.accounts, exchange=offer.exchange)


def _list_price_of(vendor: str, currency: str, months: tuple[Month, ...]) -> Contract:
    return Contract(LIST, vendor, currency, Term(months[0].first, len(months)))


def _side(name: str, asked: Asked, contracts: Iterable[Contract], months: tuple[Month, ...]) -> Side:
    terms = tuple(contracts)
    missing = dict.fromkeys(
        f"{unpriced.meter} of {usage.model}: {unpriced.reason}"
        for contract in terms
        for usage, unpriced in asked.unpriced(contract)
        if Month.parse(usage.month) in months
    )
    return Side(
        name, tuple(settled(asked, c, months, MoneyKind.SCENARIO) for c in terms), tuple(sorted(missing))
    )


def _replayed(
    vendor: str,
    currency: str,
    months: tuple[Month, ...],
    today: Side,
    under: Side,
    notes: tuple[str, ...],
) -> Replayed:
    lacking = dict.fromkeys(str(n) for side in (today, under) for s in side.settled for n in s.unexchanged)
    fix = "Give the contract an exchange rate with a date and a source."
    problems = [Problem("money.exchange", Where("contracts/"), what, fix) for what in lacking]
    found = {line.amount.currency for side in (today, under) for s in side.settled for line in s.lines}
    if found - {currency}:
        what = f"the two sides are in {' and '.join(sorted(found | {currency}))}, which are not compared."
        problems.append(Problem("money.exchange", Where("contracts/"), what, fix))
    return Replayed(vendor, currency, months, today, under, notes, tuple(problems))
