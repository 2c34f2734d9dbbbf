"""Rating a canonical file for its summary: requests at one price are rated together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from bothhalves.core.explain import Problem
from bothhalves.core.money import MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted, rate
from bothhalves.intake import canonical, canonical_columns, tabular
from bothhalves.intake.canonical import CanonicalRow
from bothhalves.intake.source import Source, Unreadable
from bothhalves.store.summing import DAY_S, Distinct, Group, one_by_one, plain_requests
from bothhalves.workspace.pricing import Answer, Totals, answered, answers, outcome

#: Windows of the day in price lists mostly begin and end on it.
_QUARTER_HOUR_S = 900
_MINUTE_S = 60
_EPOCH = date(1970, 1, 1)


def summed(source: Source, book: PriceBook, totals: Totals, whole: list[Problem]) -> Iterator[Answer]:
    """Adds every row of the file to ``totals``, and gives the answers that have problems, in their order.

    What is wrong with the file as a whole is added to ``whole``. The summary is that of
    :func:`~bothhalves.workspace.pricing.answers`, row by row.
    """
    found = _together(source, book, totals)
    for answer in answers(source, book, whole) if found is None else answered(found, book, whole):
        totals.add(answer)
        if answer.problems:
            yield answer


def _together(source: Source, book: PriceBook, totals: Totals) -> list[CanonicalRow] | None:
    """Adds what can be rated together and returns the other rows; None if all are to be read."""
    try:
        with tabular.as_columns(source) as table:
            return None if table is None else _of_table(source, table, book, totals)
    except Unreadable:
        return None


def _of_table(source: Source, table: Source, book: PriceBook, totals: Totals) -> list[CanonicalRow] | None:
    """The same for a file whose rows are those of ``table``."""
    from bothhalves.store.bulk import surveyed

    columns = canonical_columns.columns(table)
    if columns is None or "time" not in columns.values or "vendor" not in columns.values:
        return None
    sure = f"{columns.sure} and {one_by_one(columns.values)}"
    bulk = surveyed(columns.path, columns.values, f"({sure})", columns.texts, columns.instant)
    if bulk is None:
        return None
    ids = [row.id for row in _rows(source, bulk.aside)]
    with plain_requests(bulk) as plain:
        open_groups = []
        rated: list[tuple[Answer, int]] = []
        for group in plain.groups(told_apart(plain.models(), book), ids):
            answer = _answer(group, book)
            if answer is None:
                open_groups.append(group)
            else:
                rated.append((answer, group.rows))
        single = plain.single(open_groups)
    if len(single) > max(1000, bulk.rows // 4):
        return None
    for answer, rows in rated:
        totals.add(answer, rows)
    return _rows(source, single)


def told_apart(models: Iterable[tuple[str, str]], book: PriceBook) -> Distinct:
    """How requests to vendors' models must be told apart, so that those alike have one price."""
    known = [(vendor := book.vendor(v), book.model(vendor, m)) for v, m in models]
    priced = [(vendor, model) for vendor, model in known if model is not None]
    edges = sorted({band for vendor, model in priced for band in book.bands(vendor, model)})
    days = sorted({(day - _EPOCH).days for vendor, model in priced for day in book.cuts(vendor, model)})
    minutes = {minute for vendor, model in priced for minute in book.windows(vendor, model)}
    grain = _MINUTE_S if any(m % 15 for m in minutes) else _QUARTER_HOUR_S
    return Distinct(edges, days, grain if minutes else DAY_S)


def _rows(source: Source, numbers: list[int] | tuple[int, ...]) -> list[CanonicalRow]:
    return list(canonical.answered(tabular.picked(source, numbers)))


def _answer(group: Group, book: PriceBook) -> Answer | None:
    """What all rows of a group come to together; None where something has no price."""
    included = group.billing == "included"
    counted = Counted(
        group.vendor,
        group.model,
        group.start,
        None,
        tuple((meter, Decimal(quantity)) for meter, quantity in group.quantities),
        group.tier,
        group.speed,
        group.region,
        group.prompt_above,
        group.prompt_upto,
        group.rows,
        MoneyKind.NOTIONAL if included else MoneyKind.ESTIMATED,
    )
    rating = rate(counted, book)
    if rating.unpriced:
        return None
    status, amount = outcome(rating, counted.kind)
    return Answer(0, "", status, rating, amount)
