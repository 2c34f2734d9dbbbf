"""Canonical Parquet files of requests, of any number, counted and rated without a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bothhalves.core.prices import PriceBook
from bothhalves.workspace.counting import Named, price_periods, rated
from bothhalves.workspace.records import RatedUsage, Stream

if TYPE_CHECKING:
    from bothhalves.store.files import Distinct

#: Windows of the day in price lists mostly begin and end on it.
_QUARTER_HOUR_S = 900
_MINUTE_S = 60


def told_apart(models: Iterable[tuple[str, str]], book: PriceBook) -> Distinct:
    """How requests to vendors' models must be told apart, so that those alike have one price."""
    from bothhalves.store.files import Distinct

    known = [(vendor := book.vendor(v), book.model(vendor, m)) for v, m in models]
    priced = [(vendor, model) for vendor, model in known if model is not None]
    edges = sorted({band for vendor, model in priced for band in book.bands(vendor, model)})
    minutes = {minute for vendor, model in priced for minute in book.windows(vendor, model)}
    if not minutes:
        return Distinct(edges)
    return Distinct(edges, _MINUTE_S if any(m % 15 for m in minutes) else _QUARTER_HOUR_S)


def rated_files(paths: Sequence[Path], book: PriceBook) -> Iterator[RatedUsage]:
    """The usage of the files by workload, model, month (of UTC) and all that a price depends on, rated.

    Memory depends on the number of such groups and days, not on the number of rows. Raises
    :class:`~bothhalves.store.canonical.NotPlain` for files that state more than plain requests.
    """
    from bothhalves.store.files import counted_files

    with counted_files(paths, lambda models: told_apart(models, book)) as (store, _):
        cuts, windows = price_periods(book, store.models())
        for q in store.quantities(("workload",), None, cuts, windows):
            workload = dict(q.dimensions)["workload"]
            yield rated(Named(Stream.API, workload, "", "", q), book)
