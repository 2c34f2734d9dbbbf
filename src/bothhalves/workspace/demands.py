"""What the months of a window ask of a contract: its vendor's metered usage at list price, and its seats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bothhalves.core.clauses.base import Demand, MeteredUse, UnitUse
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, Selector
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Unpriced
from bothhalves.core.terms import Seat
from bothhalves.workspace.counting import Named, named_usage, place, rated
from bothhalves.workspace.holdings import Event, events, labels, seat_uses
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import RatedUsage, Stream

LOW, HIGH = "low", "high"


@dataclass(frozen=True)
class Asked:
    """The usage and the rosters of a window, counted once; any number of contracts can be settled on them."""

    months: tuple[Month, ...]
    usage: tuple[tuple[Named, RatedUsage], ...]
    rosters: tuple[tuple[date, list[Seat]], ...]
    book: PriceBook

    def of(self, contract: Contract, end: str = LOW, kind: MoneyKind = MoneyKind.ESTIMATED) -> list[Demand]:
        """What each month asks of ``contract``, every interval at its ``low`` or its ``high`` end.

        A Line without upper end stays at its low one; :meth:`endless` names those.
        """
        told = self.events(contract)
        return [
            Demand(
                month,
                tuple(self._metered(contract, month, end, kind)),
                seat_uses(contract, told, month),
                tuple(_units(self._for(contract, month))),
            )
            for month in self.months
        ]

    def events(self, contract: Contract) -> list[Event]:
        """The joins and leaves that the rosters of the contract's vendor tell of."""
        own = [(day, [s for s in seats if s.vendor == contract.vendor]) for day, seats in self.rosters]
        return events([(day, seats) for day, seats in own if seats], labels(contract))

    def endless(self, contract: Contract) -> frozenset[str]:
        """The ids of the contract's Lines of usage that have no upper end."""
        return frozenset(
            _line_id(named, line)
            for month in self.months
            for named, usage in self._for(contract, month)
            for line in usage.rating.lines
            if line.amount.at_least
        )

    def unpriced(self, contract: Contract) -> list[tuple[RatedUsage, Unpriced]]:
        """The contract's metered usage that has no price."""
        used = [u for month in self.months for _, u in self._for(contract, month)]
        return [(u, missing) for u in used if u.stream is Stream.API for missing in u.rating.unpriced]

    def _for(self, contract: Contract, month: Month) -> list[tuple[Named, RatedUsage]]:
        return [
            (named, usage)
            for named, usage in self.usage
            if usage.vendor == contract.vendor
            and usage.month == str(month)
            and (not contract.accounts or usage.account in contract.accounts)
        ]

    def _metered(self, contract: Contract, month: Month, end: str, kind: MoneyKind) -> Iterable[MeteredUse]:
        for named, usage in self._for(contract, month):
            _, product, meter = place(named)
            if usage.stream is not Stream.API or (meter and contract.prices_itself(product, meter)):
                continue
            counted = named.counted
            then = self._at_signing(contract, named)
            for line in usage.rating.lines:
                signed = then.get(line.meter)
                yield MeteredUse(
                    line=_point(named, line, end, kind),
                    model=usage.model,
                    product=usage.product,
                    account=usage.account,
                    tier=counted.tier,
                    speed=counted.speed,
                    region=counted.region,
                    protected=None if signed is None else _point(named, signed, end, kind),
                )

    def _at_signing(self, contract: Contract, named: Named) -> dict[str, Line]:
        """The usage rated at the list prices of the day on which the term began, by meter."""
        start = datetime.combine(contract.term.start, datetime.min.time(), UTC)
        counted = replace(named.counted, start=start, until=start, is_apart=False)
        return {x.meter: x for x in rated(replace(named, counted=counted), self.book).rating.lines}


def asked_of(workspace: Workspace, months: tuple[Month, ...], book: PriceBook | None = None) -> Asked:
    """Count the window once. ``book`` replaces the workspace's own prices."""
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    prices = book or workspace.book
    usage = tuple((n, rated(n, prices)) for n in named_usage(workspace, months, naming))
    last = months[-1].next.first
    days = [day for day in workspace.store.roster_days() if day < last]
    rosters = tuple((day, workspace.store.seats(day)) for day in days)
    return Asked(months, usage, rosters, prices)


def _point(named: Named, line: Line, end: str, kind: MoneyKind) -> Line:
    """The Line at one end of its interval, as money of ``kind``."""
    amount = line.amount
    value = amount.low if end == LOW or amount.high is None else amount.high
    q = named.counted
    said = {**dict(line.dimensions), "model": q.model, "tier": q.tier, "region": q.region}
    return replace(
        line,
        id=_line_id(named, line),
        amount=Amount.of(value, amount.currency, kind),
        dimensions=tuple(sorted((k, v) for k, v in said.items() if v)),
    )


def _line_id(named: Named, line: Line) -> str:
    """The Line's id with what tells it from others of the same price, and the same on every run."""
    return f"{line.id}|{_conditions(named)}"


def _conditions(named: Named) -> str:
    """Everything beside model and meter that tells one counted cell from another."""
    q = named.counted
    parts = (q.feed, q.tier, q.speed, q.region, q.billing, q.prompt_above, q.prompt_upto, q.period, q.window)
    said = (*parts, q.start if q.is_apart else "")
    return "/".join("" if part is None else str(part) for part in said)


def _units(used: Iterable[tuple[Named, RatedUsage]]) -> Iterable[UnitUse]:
    """Usage that a contract may price itself: credits, seconds, requests of a seat."""
    pooled: dict[tuple[str, str], Decimal] = {}
    rows: dict[tuple[str, str], list[Selector]] = {}
    for named, usage in used:
        _, product, meter = place(named)
        if meter:
            slot = (product, meter)
            pooled[slot] = pooled.get(slot, Decimal(0)) + named.counted.quantities[0][1]
            rows.setdefault(slot, []).append(usage.rows)
    for (product, meter), quantity in sorted(pooled.items()):
        yield UnitUse(product, meter, quantity, rows=Selector.union(rows[product, meter]))
