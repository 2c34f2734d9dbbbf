"""Usage under seats, source by source: rates, allowances, packs, overage; and the rest is in the fee.

A seat type about whose usage no clause speaks includes it without limit, and an assumption says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bothhalves.core.clauses.allowances import AllowanceState, AllowanceTerm, draw_allowance
from bothhalves.core.clauses.base import Basis, Demand
from bothhalves.core.clauses.draw_down import Draw, among, cover, left, nets, of_units, of_usage
from bothhalves.core.clauses.overage import Overage, charge_overage
from bothhalves.core.clauses.packs import PackState, PackTerm, draw_packs
from bothhalves.core.clauses.usage import (
    SeatUsageTerm,
    UsageTerm,
    charge_usage,
    in_money,
    price_units,
    rate_seats,
    units_of,
)
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line


@dataclass(frozen=True, slots=True)
class SeatUsage:
    """The clauses of a contract about usage under its seats and units that it prices itself."""

    usage: tuple[UsageTerm, ...] = ()
    seat_usage: tuple[SeatUsageTerm, ...] = ()
    allowances: tuple[AllowanceTerm, ...] = ()
    packs: tuple[PackTerm, ...] = ()

    @property
    def sources(self) -> list[AllowanceTerm | PackTerm]:
        """Whatever usage draws on, in the order in which it does."""
        return [*self.allowances, *self.packs]

    def fault(self) -> str | None:
        """What is wrong with the clauses together."""
        names = [("", t.id) for t in self.sources] + [(t.product, t.id) for t in self.usage]
        if len(set(names)) < len(names):
            return "two clauses about usage have the same name"
        shaped = [t for t in self.usage if self.drawn(t.product, t.meter) and not _plain_price(t)]
        if shaped:
            return f"{shaped[0].id}: an allowance or pack draws on it, so give per_unit and nothing included"
        return None

    @property
    def in_money(self) -> bool:
        """True if a clause puts a price on what people use under seats, at list price."""
        return bool(self.seat_usage) or any(not t.meter for t in self.sources)

    def drawn(self, product: str, meter: str) -> bool:
        """True if an allowance or a pack draws on units of the meter."""
        return any(bool(meter) and t.meter == meter and t.product in ("", product) for t in self.sources)

    def assumptions(self, lines: Iterable[Line]) -> list[str]:
        """What the clauses assume, and for which seat types silence was taken as usage without limit."""
        said = [sentence for term in self.sources for sentence in term.assumptions()]
        silent = sorted({e for e in (x.entry for x in lines) if "/included/" in e})
        return said + [
            f"{e.partition('/')[2]}: no clause speaks of this seat's usage, so the fee includes it."
            for e in silent
        ]


@dataclass(frozen=True, slots=True)
class SeatUsageState:
    """What these clauses carry from month to month, by clause id."""

    allowances: Mapping[str, AllowanceState] = field(default_factory=dict)
    packs: Mapping[str, PackState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeatsBilled:
    """The month's billed seats, by seat type and by product."""

    by_type: Mapping[str, int]
    by_product: Mapping[str, int]


def settle_seat_usage(
    basis: Basis,
    clauses: SeatUsage,
    demand: Demand,
    before: Sequence[Line],
    billed: SeatsBilled,
    state: SeatUsageState,
) -> tuple[list[Line], SeatUsageState]:
    """The Lines to add to those ``before`` (usage at list and what earlier steps made of it)."""
    month = demand.month
    usage, units = in_money(demand, clauses.usage), units_of(demand, clauses.usage)
    lines: list[Line] = []
    for term in clauses.usage:
        if not clauses.drawn(term.product, term.meter):
            lines += charge_usage(basis, term, month, units, billed.by_product.get(term.product, 0))
    if clauses.seat_usage:
        lines += rate_seats(basis, clauses.seat_usage, month, usage, nets(usage, before))
    priced = price_units(basis, clauses.usage, month, [u for u in units if clauses.drawn(u.product, u.meter)])
    lines += [line for _, line in priced]
    seated = (
        usage if clauses.packs else [use for use in usage if use.seat_type]
    )  # only packs cover other money
    draws = of_usage(seated, nets(seated, [*before, *lines])) + of_units(priced)
    found, after = _drawn(basis, clauses, demand, draws, billed, state)
    return lines + found, after


def _drawn(
    basis: Basis,
    clauses: SeatUsage,
    demand: Demand,
    draws: list[Draw],
    billed: SeatsBilled,
    state: SeatUsageState,
) -> tuple[list[Line], SeatUsageState]:
    """Included first, then whatever was purchased, then overage."""
    lines: list[Line] = []
    allowances = dict(state.allowances)
    for term in clauses.allowances:
        old = allowances.get(term.id, AllowanceState())
        found, draws, allowances[term.id] = draw_allowance(basis, term, demand, draws, billed.by_type, old)
        lines += found
    found, draws, packs = draw_packs(basis, clauses.packs, demand.month, draws, state.packs)
    lines += found
    for stage in (_overage, _in_the_fee):
        found, draws = stage(basis, clauses, demand.month, draws)
        lines += found
    return lines, SeatUsageState(allowances, packs)


def _overage(
    basis: Basis, clauses: SeatUsage, month: Month, draws: list[Draw]
) -> tuple[list[Line], list[Draw]]:
    """What no source covered takes the first overage that is stated for it, or stops."""
    terms = [t for t in clauses.sources if t.holds(month)]
    lines: list[Line] = []
    for term in sorted(terms, key=lambda t: t.overage is None):
        overage = term.overage or Overage()
        found, draws = among(
            draws,
            term.covers,
            lambda some, t=term, o=overage: charge_overage(basis, t.id, month, some, o),  # type: ignore[misc]
        )
        lines += found
    return lines, draws


def _in_the_fee(
    basis: Basis, clauses: SeatUsage, month: Month, draws: list[Draw]
) -> tuple[list[Line], list[Draw]]:
    """Usage of seats about which nothing is said."""
    lines: list[Line] = []
    for type_ in sorted({d.seat_type for d in draws if d.seat_type and not d.meter}):
        found, draws = among(
            draws,
            lambda d, t=type_: not d.meter and d.seat_type == t and not _spoken_of(clauses, month, d),  # type: ignore[misc]
            lambda some, t=type_: cover(  # type: ignore[misc]
                basis, f"included/{t}", month, some, left(some), "included in the fee"
            ),
        )
        lines += found
    return lines, draws


def _spoken_of(clauses: SeatUsage, month: Month, draw: Draw) -> bool:
    if draw.use is not None and any(t.covers(draw.use) for t in clauses.seat_usage):
        return True
    return any(t.holds(month) and t.covers(draw) for t in clauses.sources)


def _plain_price(term: UsageTerm) -> bool:
    return term.price.per_unit is not None and not term.price.included and not term.price.included_per_seat
