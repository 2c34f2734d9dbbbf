"""Usage of a window counted by price period, named, and rated: one aggregate, one exact product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from bothhalves.core.dates import Month
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted, rate
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.pricing import REMEDIES
from bothhalves.workspace.records import OUTPUT_AT_LEAST, RatedUsage, Stream

if TYPE_CHECKING:
    from bothhalves.store import Cut, Quantities, Window

_DAY = 24 * 60
_METERED = ("product", "account", "key", "workload")
_SEATED = ("product", "account", "team")
_PERSONAL = ("product", "account", "person")


@dataclass(frozen=True, slots=True)
class Named:
    """Counted quantities of one owner: a workload, or a group of people."""

    stream: Stream
    owner: str
    product: str
    account: str
    counted: Quantities


def place(named: Named) -> tuple[str, str, str]:
    """Vendor, product and the one meter that was counted; ``""`` where there are several."""
    meter = named.counted.quantities[0][0] if len(named.counted.quantities) == 1 else ""
    return named.counted.vendor, named.product, meter


def named_usage(workspace: Workspace, months: tuple[Month, ...], naming: Naming) -> Iterator[Named]:
    """Metered usage by workload, seat usage by group. Both come from the same counted cells."""
    counted = _counter(workspace, months)
    for q in counted(_METERED):
        said = dict(q.dimensions)
        stream = naming.stream(q.billing, said["product"], q.feed)
        if stream is not Stream.SEAT:
            yield Named(stream, naming.workload(said, q.feed), said["product"], said["account"], q)
    for q in counted(_SEATED):
        said = dict(q.dimensions)
        if naming.stream(q.billing, said["product"], q.feed) is Stream.SEAT:
            yield Named(Stream.SEAT, said["team"], said["product"], said["account"], q)


def person_usage(
    workspace: Workspace,
    months: tuple[Month, ...],
    naming: Naming,
    others: Iterable[tuple[str, str]] = (),
) -> Iterator[Named]:
    """The same usage by person, whose pseudonym is the owner; cut wherever a price of ``others`` changes."""
    for q in _counter(workspace, months, tuple(others))(_PERSONAL):
        said = dict(q.dimensions)
        stream = naming.stream(q.billing, said["product"], q.feed)
        yield Named(stream, naming.person(said["person"]), said["product"], said["account"], q)


def class_usage(
    workspace: Workspace,
    months: tuple[Month, ...],
    naming: Naming,
    others: Iterable[tuple[str, str]],
) -> Iterator[Named]:
    """Usage outside seats by workload and task class, cut wherever a price of ``others`` changes too.

    So each cell can be priced as if it had run on any of these models.
    """
    counted = _counter(workspace, months, tuple(others))
    for q in counted((*_METERED, "task_class")):
        said = dict(q.dimensions)
        stream = naming.stream(q.billing, said["product"], q.feed)
        if stream is not Stream.SEAT:
            yield Named(stream, naming.workload(said, q.feed), said["product"], said["account"], q)


def daily_usage(
    workspace: Workspace, months: tuple[Month, ...], naming: Naming
) -> Iterator[tuple[str, str, Named]]:
    """Usage by local day (as ``2026-10-31``) with the person, ``""`` where none is named, under workloads."""
    for q in _counter(workspace, months)((*_METERED, "person", "day")):
        said = dict(q.dimensions)
        stream = naming.stream(q.billing, said["product"], q.feed)
        named = Named(stream, naming.workload(said, q.feed), said["product"], said["account"], q)
        yield str(said["day"]), naming.person(said["person"] or ""), named


def _counter(
    workspace: Workspace, months: tuple[Month, ...], others: tuple[tuple[str, str], ...] = ()
) -> Callable[[tuple[str, ...]], list[Quantities]]:
    """Counts the window by any dimensions, cut by everything that prices depend on."""
    models = workspace.store.models()
    cuts, windows = price_periods(workspace.book, models, others)
    banded = models if priced_by_size(workspace.book, others) else priced_by_size(workspace.book, models)
    span, zone = workspace.span(months), workspace.config.company.zone
    return lambda by: workspace.store.quantities(by, span, cuts, windows, zone=zone, banded=banded)


def price_periods(
    book: PriceBook, models: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]] = ()
) -> tuple[list[Cut], list[Window]]:
    """The days and the minutes of the day at which the price of any of ``models`` changes.

    Usage of each of them is cut where a price of one of ``others`` changes, too.
    """
    from bothhalves.store import Cut, Window

    cuts, windows = [], []
    apart = [known for vendor, name in others if (known := _known(book, vendor, name))]
    for vendor, name in models:
        own = _known(book, vendor, name)
        priced = [*([own] if own else []), *apart]
        if not priced:
            continue
        days = [None, *sorted({day for known in priced for day in book.cuts(*known)}), None]
        cuts += [Cut(vendor, name, since, until, n) for n, (since, until) in enumerate(pairwise(days))]
        minutes = {minute for known in priced for minute in book.windows(*known)}
        if minutes:
            edges = sorted({0, *minutes, _DAY})
            windows += [Window(vendor, name, first, after) for first, after in pairwise(edges)]
    return cuts, windows


def _known(book: PriceBook, vendor: str, name: str) -> tuple[str, str] | None:
    """Vendor and model under which the book has prices for a model of usage; None where it has none."""
    resolved = book.vendor(vendor)
    model = book.model(resolved, name)
    return None if model is None else (resolved, model)


def priced_by_size(book: PriceBook, models: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of ``models`` whose price depends on the size of the prompt."""
    return [
        (vendor, name)
        for vendor, name in models
        if (model := book.model(book.vendor(vendor), name)) and book.bands(book.vendor(vendor), model)
    ]


def rated(named: Named, book: PriceBook) -> RatedUsage:
    """The quantities of one owner at list price."""
    q = named.counted
    return RatedUsage(
        named.stream, q.vendor, named.product, named.account, named.owner, q.model, q.month, q.requests,
        q.quantities, rate(to_rate(named), book), q.selector, q.output_at_least, q.feed,
    )  # fmt: skip


def to_rate(named: Named) -> Counted:
    """What is to be rated of the quantities of one owner."""
    q = named.counted
    kind = MoneyKind.NOTIONAL if named.stream is Stream.SEAT else MoneyKind.ESTIMATED
    owner = "group" if named.stream is Stream.SEAT else "workload"
    band = "" if q.prompt_above < 0 and q.prompt_upto is None else f"{q.prompt_above}-{q.prompt_upto or ''}"
    dimensions = (
        ("account", named.account),
        ("product", named.product),
        (owner, named.owner),
        ("month", q.month),
        ("conditions", "/".join(c for c in (q.tier, q.speed, q.region, band) if c)),
    )
    start, until = _span(q)
    return Counted(
        vendor=q.vendor,
        model=q.model,
        start=start,
        until=until,
        quantities=q.quantities,
        tier=q.tier,
        speed=q.speed,
        region=q.region,
        prompt_above=q.prompt_above,
        prompt_upto=q.prompt_upto,
        requests=q.requests,
        kind=kind,
        lower_bounds=frozenset({"output_tokens"} if q.output_at_least else ()),
        dimensions=dimensions,
        rows=q.selector,
    )


def unfinished(usage: Iterable[RatedUsage]) -> dict[tuple[str, str], Problem]:
    """By vendor and model: calls whose log ends before the final output count was written."""
    calls: Counter[tuple[str, str]] = Counter()
    for u in usage:
        calls[u.vendor, u.model] += u.output_at_least
    return {
        (vendor, model): Problem(
            OUTPUT_AT_LEAST,
            Where("local agent logs"),
            f"the final output count of {count:,} {'call' if count == 1 else 'calls'} to {vendor} "
            f"{model or '(model not stated)'} was never written: output is at least what is counted.",
            "Import the vendor's usage report or telemetry for the same days.",
        )
        for (vendor, model), count in sorted(calls.items())
        if count
    }


def unpriced(usage: Iterable[RatedUsage]) -> dict[tuple[str, str, str], Problem]:
    """By code, meter and reason: quantities without a price, most of them first."""
    missing: Counter[tuple[str, str, str]] = Counter()
    for u in usage:
        for m in u.rating.unpriced:
            missing[m.code, m.meter, m.reason] += int(m.quantity)
    return {
        (code, meter, reason): Problem(
            f"price.{code}",
            Where("usage"),
            f"{quantity:,} {meter.replace('_', ' ')}: {reason}.",
            REMEDIES.get(code, "Add the price to a book of your own under books/, or correct the source."),
        )
        for (code, meter, reason), quantity in sorted(missing.items(), key=lambda item: -item[1])
    }


def _span(counted: Quantities) -> tuple[datetime, datetime | None]:
    """A cell that crosses a price change keeps its span; all others share one price, that of their start."""
    if counted.is_apart:
        return counted.start, counted.until
    return counted.start, None
