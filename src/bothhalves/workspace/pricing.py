"""Rating a canonical file without a workspace: every row answered in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from bothhalves.core.explain import Problem
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Rating, counted, rate
from bothhalves.core.terms import Billing, Usage
from bothhalves.intake.canonical import CanonicalRow, rows
from bothhalves.intake.source import Source
from bothhalves.intake.tabular import header, kind

#: The currency of a total in which nothing has a price.
DEFAULT_CURRENCY = "USD"
#: What mends usage that lacks something else than a price.
REMEDIES = {"tokens": "Take the usage from a source that counts tokens."}


class Status(StrEnum):
    """What became of a row."""

    PRICED = "priced"
    INTERVAL = "interval"  # the price depends on something the row does not say
    PARTIAL = "partial"  # some meters have no price; the cost covers the rest
    UNPRICED = "unpriced"
    DUPLICATE = "duplicate"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row, rated. ``of`` is the row at which a duplicate is counted; no ``amount``: nothing is known."""

    row: int
    id: str
    status: Status
    rating: Rating | None = None
    amount: Amount | None = None
    of: int | None = None
    where: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Totals:
    """Running totals by currency, metered and included usage apart.

    ``uncertain`` holds the totals to which an interval contributes: they have no single cost.
    """

    rows: Counter[str] = field(default_factory=Counter)
    amounts: dict[tuple[str, MoneyKind], Amount] = field(default_factory=dict)
    uncertain: set[tuple[str, MoneyKind]] = field(default_factory=set)
    incomplete: bool = False

    def add(self, answer: Answer, rows: int = 1) -> None:
        """Takes in a row, or what so many rows come to together."""
        self.rows[answer.status] += rows
        self.incomplete |= answer.status in (Status.UNPRICED, Status.INVALID)
        if answer.amount is not None:
            slot = (answer.amount.currency, answer.amount.kind)
            known = self.amounts.get(slot)
            self.amounts[slot] = answer.amount if known is None else known + answer.amount
            if answer.status is Status.INTERVAL:
                self.uncertain.add(slot)

    def of_kind(self, kind: MoneyKind) -> dict[str, Amount]:
        """Totals by currency; without upper end if any row was unpriced or could not be read."""
        found = {currency: amount for (currency, k), amount in self.amounts.items() if k is kind}
        if not self.amounts and self.incomplete and kind is MoneyKind.ESTIMATED:
            found = {DEFAULT_CURRENCY: Amount.of(Decimal(0), DEFAULT_CURRENCY, kind)}
        if not self.incomplete:
            return found
        return {c: Amount(a.currency, a.kind, a.low, None) for c, a in found.items()}


def answers(source: Source, book: PriceBook, whole: list[Problem]) -> Iterator[Answer]:
    """Each data row of a canonical file in order. A file that has ids is read for them before.

    What is wrong with the file as a whole (it is empty, has no header …) is added to ``whole``.
    """
    has_ids = kind(source) == "json" or "id" in {name.strip().lower() for name in header(source)}
    return _answers(rows(source), _counted_at(rows(source)) if has_ids else {}, book, whole)


def answered(found: Sequence[CanonicalRow], book: PriceBook, whole: list[Problem]) -> Iterator[Answer]:
    """The same for rows of one file, among which all with one id are."""
    return _answers(found, _counted_at(found), book, whole)


def _answers(
    found: Iterable[CanonicalRow], counted_at: dict[str, int], book: PriceBook, whole: list[Problem]
) -> Iterator[Answer]:
    for row in found:
        if row.row:
            yield _answer(row, counted_at, book)
        else:
            whole += row.problems


def _counted_at(found: Iterable[CanonicalRow]) -> dict[str, int]:
    """For every id the row at which it is counted: the one whose output has grown most, the first of equals.

    A streamed call is logged several times while its output grows.
    """
    best: dict[str, tuple[int, int]] = {}
    for row in found:
        if row.usage is not None and row.id:
            known = best.get(row.id)
            if known is None or row.usage.output_tokens > known[0]:
                best[row.id] = (row.usage.output_tokens, row.row)
    return {identifier: place for identifier, (_, place) in best.items()}


def _answer(row: CanonicalRow, counted_at: dict[str, int], book: PriceBook) -> Answer:
    if row.usage is None:
        return Answer(row.row, row.id, Status.INVALID, problems=row.problems)
    place = str(row.usage.where)
    counted_here = counted_at.get(row.id, row.row)
    if counted_here != row.row:
        return Answer(row.row, row.id, Status.DUPLICATE, of=counted_here, where=place, problems=row.problems)
    rating = rate(counted(row.usage), book)
    problems = (*row.problems, *unpriced_problems(row.usage, rating))
    money = MoneyKind.NOTIONAL if row.usage.billing is Billing.INCLUDED else MoneyKind.ESTIMATED
    status, amount = outcome(rating, money)
    return Answer(row.row, row.id, status, rating, amount, None, place, problems)


def outcome(rating: Rating, money: MoneyKind) -> tuple[Status, Amount | None]:
    """What became of rated usage, which costs nothing of that kind of money where it used nothing."""
    if not rating.lines:
        nothing = Amount.of(Decimal(0), DEFAULT_CURRENCY, money)
        return (Status.UNPRICED, None) if rating.unpriced else (Status.PRICED, nothing)
    amount = rating.amount(rating.currencies[0], rating.lines[0].amount.kind)
    if rating.unpriced:
        return Status.PARTIAL, amount
    return Status.PRICED if amount.is_point else Status.INTERVAL, amount


def unpriced_problems(usage: Usage, rating: Rating) -> Iterator[Problem]:
    """A problem for each quantity without a price, naming the remedy."""
    for missing in rating.unpriced:
        fix = REMEDIES.get(
            missing.code, "Add the price to a book (see the guide to books) or correct the row."
        )
        yield Problem(f"price.{missing.code}", usage.where, f"{missing.reason}.", fix)
