"""What the months of a window ask of a contract: its vendor's metered usage at list price, and its seats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from bothhalves.core.clauses.base import Demand, MeteredUse, UnitUse
from bothhalves.core.clauses.protection import PriceTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, Selector
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Unpriced
from bothhalves.core.terms import Seat
from bothhalves.workspace.counting import Named, named_usage, person_usage, place, rated
from bothhalves.workspace.holdings import Event, events, holders, labels, seat_uses, usual_type
from bothhalves.workspace.lazy_use import Reference
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import RatedUsage, Stream

LOW, HIGH = "low", "high"
Use = tuple[Named, RatedUsage]


@dataclass(frozen=True)
class Asked:
    """The usage and the rosters of a window, counted once; any number of contracts can be settled on them."""

    months: tuple[Month, ...]
    usage: tuple[Use, ...]
    by_person: Callable[[], tuple[Use, ...]]
    rosters: tuple[tuple[date, list[Seat]], ...]
    book: PriceBook
    _known: dict[tuple[int, str, MoneyKind], tuple[Contract, list[Demand]]] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def of(self, contract: Contract, end: str = LOW, kind: MoneyKind = MoneyKind.ESTIMATED) -> list[Demand]:
        """What each month asks of ``contract``, every interval at its ``low`` or its ``high`` end.

        A Line without upper end stays at its low one; :meth:`endless` names those. The answers are kept.
        """
        slot = id(contract), end, kind
        if slot not in self._known:
            self._known[slot] = (
                contract,
                self._asked(contract, end, kind),
            )  # kept, so that its id stays its own
        return list(self._known[slot][1])

    def _asked(self, contract: Contract, end: str, kind: MoneyKind) -> list[Demand]:
        told = self.events(contract)
        return [
            Demand(
                month,
                (*self._metered(contract, month, end, kind), *self._seated(contract, month, end, kind)),
                seat_uses(contract, told, month),
                tuple(self._units(contract, month)),
            )
            for month in self.months
        ]

    def events(self, contract: Contract) -> list[Event]:
        """The joins and leaves that the rosters of the contract's vendor tell of."""
        own = [(day, [s for s in seats if s.vendor == contract.vendor]) for day, seats in self.rosters]
        return events([(day, seats) for day, seats in own if seats], labels(contract))

    def at_list(self, contracts: Iterable[Contract], months: tuple[Month, ...]) -> tuple[RatedUsage, ...]:
        """The usage of ``months`` at list price, without what one of the contracts prices itself."""
        shown, signed = {str(month) for month in months}, list(contracts)
        return tuple(
            usage
            for named, usage in self.usage
            if usage.month in shown and not any(_prices(contract, named) for contract in signed)
        )

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

    def _for(self, contract: Contract, month: Month, found: tuple[Use, ...] | None = None) -> list[Use]:
        return [
            (named, usage)
            for named, usage in (self.usage if found is None else found)
            if usage.vendor == contract.vendor
            and usage.month == str(month)
            and (not contract.accounts or usage.account in contract.accounts)
        ]

    def _metered(self, contract: Contract, month: Month, end: str, kind: MoneyKind) -> Iterable[MeteredUse]:
        for named, usage in self._for(contract, month):
            _, product, meter = place(named)
            if usage.stream is not Stream.API or (meter and contract.prices_itself(product, meter)):
                continue
            yield from self._uses(contract, named, usage, end, kind)

    def _seated(self, contract: Contract, month: Month, end: str, kind: MoneyKind) -> Iterable[MeteredUse]:
        """Usage under seats, person by person, where a clause puts a price on it."""
        if not contract.under_seats.in_money:
            return
        held = holders(contract, self.rosters, month)
        products = {term.product for term in contract.seats_in(month)}
        for named, usage in self._for(contract, month, self.by_person()):
            if usage.stream is Stream.SEAT and usage.product in products:
                seat_type = held.get(usage.owner) or usual_type(contract, usage.product, month)
                for use in self._uses(contract, named, usage, end, kind):
                    line = replace(use.line, dimensions=_of_seat(use.line, usage.owner, seat_type))
                    yield replace(use, line=line, seat_type=seat_type, person=usage.owner)

    def _uses(
        self, contract: Contract, named: Named, usage: RatedUsage, end: str, kind: MoneyKind
    ) -> Iterable[MeteredUse]:
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

    def _units(self, contract: Contract, month: Month) -> Iterable[UnitUse]:
        """Usage that the contract prices itself: credits, seconds, requests; by person where that matters."""
        priced = [u for u in self._for(contract, month) if contract.prices_itself(*place(u[0])[1:])]
        if any(contract.under_seats.drawn(*place(named)[1:]) for named, _ in priced):
            held = holders(contract, self.rosters, month)
            found = self._for(contract, month, self.by_person())
            yield from _personal([u for u in found if contract.prices_itself(*place(u[0])[1:])], held)
        else:
            yield from _pooled(priced)

    def _at_signing(self, contract: Contract, named: Named) -> dict[str, Line]:
        """The usage rated at the list prices of the day on which the term began, by meter.

        A model that the contract says succeeds another one is rated as that one.
        """
        if contract.prices is None:
            return {}
        start = datetime.combine(contract.term.start, datetime.min.time(), UTC)
        successors = contract.prices.successors if isinstance(contract.prices, PriceTerm) else {}
        model = successors.get(named.counted.model, named.counted.model)
        counted = replace(named.counted, model=model, start=start, until=start, is_apart=False)
        return {x.meter: x for x in rated(replace(named, counted=counted), self.book).rating.lines}


def asked_of(workspace: Workspace, months: tuple[Month, ...], book: PriceBook | None = None) -> Asked:
    """The window, counted once for a workspace. ``book`` replaces the workspace's own prices."""
    if book is not None:
        return _counted(workspace, months, book)
    if months not in workspace.asked:
        workspace.asked[months] = _counted(workspace, months, workspace.book)
    return workspace.asked[months]


def _counted(workspace: Workspace, months: tuple[Month, ...], prices: PriceBook) -> Asked:
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    usage = tuple((n, rated(n, prices)) for n in named_usage(workspace, months, naming))
    last = months[-1].next.first
    days = [day for day in workspace.store.roster_days() if day < last]
    rosters = tuple(
        (day, [replace(s, person=naming.person(s.person)) for s in workspace.store.seats(day)])
        for day in days
    )

    @cache
    def by_person() -> tuple[Use, ...]:
        others = Reference(workspace.config.planning.reference_model, prices).others(workspace.store.models())
        return tuple((n, rated(n, prices)) for n in person_usage(workspace, months, naming, others))

    return Asked(months, usage, by_person, rosters, prices)


def _of_seat(line: Line, person: str, seat_type: str) -> tuple[tuple[str, str], ...]:
    """The Line's dimensions, with the person and the seat in the place of a group."""
    said = {k: v for k, v in line.dimensions if k != "group"} | {"person": person, "seat_type": seat_type}
    return tuple(sorted((k, v) for k, v in said.items() if v))


def _prices(contract: Contract, named: Named) -> bool:
    vendor, product, meter = place(named)
    return bool(meter) and contract.vendor == vendor and contract.prices_itself(product, meter)


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
    said = (*parts, q.start if q.is_apart else "", *dict(q.dimensions).values())
    return "/".join("" if part is None else str(part) for part in said)


def _pooled(used: Iterable[Use]) -> Iterable[UnitUse]:
    """Units of all people together."""
    found: dict[tuple[str, str], list[Use]] = {}
    for use in used:
        found.setdefault(place(use[0])[1:], []).append(use)
    for (product, meter), uses in sorted(found.items()):
        yield UnitUse(product, meter, _quantity(uses), rows=Selector.union(u.rows for _, u in uses))


def _personal(used: Iterable[Use], held: Mapping[str, str]) -> Iterable[UnitUse]:
    """Units of each person, under the seat that they hold."""
    found: dict[tuple[str, str, str], list[Use]] = {}
    for named, usage in used:
        found.setdefault((*place(named)[1:], usage.owner), []).append((named, usage))
    for (product, meter, person), uses in sorted(found.items()):
        rows = Selector.union(u.rows for _, u in uses)
        yield UnitUse(product, meter, _quantity(uses), person, held.get(person, ""), rows)


def _quantity(uses: Iterable[Use]) -> Decimal:
    return sum((named.counted.quantities[0][1] for named, _ in uses), Decimal(0))
