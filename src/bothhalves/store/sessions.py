"""What sessions of a product used, from the durable extract of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bothhalves.core.dates import Span
from bothhalves.core.terms import COUNT_METERS
from bothhalves.store import shadowing
from bothhalves.store.engine import Engine, filled, query, quoted


@dataclass(frozen=True, slots=True)
class SessionUse:
    """One session's calls of a day on one model, under one price. ``person`` is a pseudonym."""

    person: str
    session: str
    vendor: str
    model: str
    product: str
    tier: str
    speed: str
    region: str
    start: datetime
    calls: int
    quantities: tuple[tuple[str, Decimal], ...]


def ask(engine: Engine, span: Span, products: Sequence[str]) -> list[SessionUse]:
    """The sessions of ``products`` whose calls lie in ``span``; calls without a session are not in any."""
    shadowing.prepare_calls(engine)
    counts = ", ".join(f"sum(cast({quoted(c)} as decimal(38, 0))) as {quoted(c)}" for c in COUNT_METERS)
    start, until = (end.astimezone(UTC).replace(tzinfo=None) for end in (span.start, span.until))
    bound = {"products": sorted(products), "start": start, "until": until}
    return [_use(row) for row in engine.run(filled(query("sessions"), counts=counts), bound)]


def _use(row: tuple[Any, ...]) -> SessionUse:
    person, session, vendor, model, product, tier, speed, region, start, calls = row[:10]
    quantities = tuple((m, Decimal(n)) for m, n in zip(COUNT_METERS, row[10:], strict=True) if n)
    begun = start.replace(tzinfo=UTC)
    return SessionUse(
        person, session, vendor, model, product, tier, speed, region, begun, int(calls), quantities
    )
