"""Canonical Parquet files of requests, of any number, counted and rated without a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bothhalves.core.prices import PriceBook
from bothhalves.workspace.counting import Named, price_periods, rated
from bothhalves.workspace.records import RatedUsage, Stream

#: Windows of the day in price lists begin and end on it.
_QUARTER_HOUR_S = 900


def rated_files(paths: Sequence[Path], book: PriceBook) -> Iterator[RatedUsage]:
    """The usage of the files by workload, model, month (of UTC) and all that a price depends on, rated.

    Memory depends on the number of such groups and days, not on the number of rows. Raises
    :class:`~bothhalves.store.canonical.NotPlain` for files that state more than plain requests.
    """
    from bothhalves.store.files import Distinct, counted_files

    def distinct(models: list[tuple[str, str]]) -> Distinct:
        known = [(vendor := book.vendor(v), book.model(vendor, m)) for v, m in models]
        priced = [(vendor, model) for vendor, model in known if model is not None]
        edges = sorted({band for vendor, model in priced for band in book.bands(vendor, model)})
        if any(book.windows(vendor, model) for vendor, model in priced):
            return Distinct(edges, _QUARTER_HOUR_S)
        return Distinct(edges)

    with counted_files(paths, distinct) as (store, _):
        cuts, windows = price_periods(book, store.models())
        for q in store.quantities(("workload",), None, cuts, windows):
            workload = dict(q.dimensions)["workload"]
            yield rated(Named(Stream.API, workload, "", "", q), book)
