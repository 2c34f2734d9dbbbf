"""A renewal as figures: both baselines, seats to give back, other ways of counting, the drift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.renewal import Baselines, Drift
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.true_ups import Counted, Spike
from bothhalves.core.explain import Figure, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, quotient
from bothhalves.workspace.renewing import Renewing, ToRenew, TypeSeats

KIND = MoneyKind.SCENARIO
_GIVEN = "Twelve months of the renewed term, at its fees."
_INHERITED = (
    "What the term renews with of itself: the seats that its clauses say, or those billed at its end if they "
    "are silent, and the amount committed until then."
)
_HONEST = "What is needed: seats in use after the plan, and the amount that the evidence allows to recommend."
_WEIGHED = "The base scenario; the mean by chances where scenarios have them."
_GAP = "Inherited less honest, for the first year of the renewed term."
_COUNTED = "The assigned seats of these months, taken as a whole term, charged in this way."
_SPIKE = (
    "What seats charged because of the month cost to the end of the months seen, under the high-water mark."
)
_A_YEAR = "A year of the seats more with which the term would be renewed, at its renewed fee."
_SHARE = "The API over both halves in the month, at the low end where a price is not known exactly."


@dataclass(frozen=True, slots=True)
class BaselineFigures:
    inherited: Figure
    honest: Figure
    gap: Figure


@dataclass(frozen=True, slots=True)
class SpikeFigures:
    spike: Spike
    cost: Figure
    a_year: Figure


@dataclass(frozen=True, slots=True)
class TypeFigures:
    """A seat type since the running term began."""

    told: TypeSeats
    ways: tuple[tuple[Counted, Figure], ...]
    spikes: tuple[SpikeFigures, ...]

    def roots(self) -> Iterable[Figure]:
        yield from (figure for _, figure in self.ways)
        for spike in self.spikes:
            yield from (spike.cost, spike.a_year)


@dataclass(frozen=True, slots=True)
class RenewalSheet:
    """One contract. ``reclaim`` are seats to give back by type; ``shares`` the first and the last share of
    the API, and by how much it rose."""

    told: ToRenew
    baselines: BaselineFigures | None
    reclaim: Mapping[str, Figure]
    types: tuple[TypeFigures, ...]
    splits: tuple[tuple[Figure, Figure], ...]
    shares: tuple[Figure, Figure, Figure] | None

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        base = self.baselines
        roots = [] if base is None else [base.inherited, base.honest, base.gap]
        roots += [*self.reclaim.values(), *(f for t in self.types for f in t.roots())]
        roots += [*(f for pair in self.splits for f in pair), *(self.shares or ())]
        return by_key(roots)


def renewal_sheets(renewing: Renewing) -> tuple[RenewalSheet, ...]:
    """Every contract's renewal as figures."""
    return tuple(_Sheet(told).made() for told in renewing.contracts)


class _Sheet:
    """Figures of one contract."""

    def __init__(self, told: ToRenew) -> None:
        self.told, self.contract = told, told.contract

    def key(self, name: str, **more: str) -> str:
        return key(f"renewal.{name}", {"contract": self.contract.id, **more})

    def money(self, name: str, title: str, micro: Fraction, rule: str, **more: str) -> Figure:
        value = Amount.of(quotient(micro / MICRO), self.contract.currency, KIND)
        return Figure(
            self.key(name, **more), title, Operator.GIVEN, value, rule=rule, source=self.contract.source
        )

    def count(self, name: str, title: str, seats: int, rule: str, **more: str) -> Figure:
        return Figure(self.key(name, **more), title, Operator.GIVEN, Decimal(seats), unit="seats", rule=rule)

    def made(self) -> RenewalSheet:
        told = self.told
        base = told.baselines
        return RenewalSheet(
            told,
            None if base is None else self._baselines(base),
            {} if base is None else dict(self._reclaim(base)),
            tuple(map(self._type, told.since_signing)),
            tuple(self._splits()),
            None if told.drift is None else self._drift(told.drift),
        )

    def _baselines(self, base: Baselines) -> BaselineFigures:
        sides = {}
        for side, rule in (("inherited", _INHERITED), ("honest", _HONEST)):
            parts = [
                self.money(
                    f"{side}.seats",
                    f"{s.renewed if side == 'inherited' else s.needed} {s.type} seats for a year, {side}",
                    getattr(s, side),
                    _GIVEN,
                    type=s.type,
                )
                for s in base.seats
            ]
            missing = base.missing[side == "honest"]
            if missing:
                parts.append(
                    self.money(f"{side}.fewest", f"Fewest seats of all types, {side}", missing, _GIVEN)
                )
            api = base.api_inherited if side == "inherited" else base.api_honest
            parts.append(self.money(f"{side}.api", f"A year of the API, {side}", api, self._api(base, side)))
            sides[side] = sum_of(
                self.key(side), f"A year, {side}", tuple(parts), self.contract.currency, KIND, rule=rule
            )
        first, second = sides["inherited"], sides["honest"]
        gap = Figure(
            self.key("gap"), "Gap of the renewal", Operator.DIFFERENCE, first.value - second.value,  # type: ignore[operator]
            (first, second), rule=_GAP,
        )  # fmt: skip
        return BaselineFigures(first, second, gap)

    def _api(self, base: Baselines, side: str) -> str:
        if base.sizing is None:
            return f"Usage at list price, or at negotiated rates; the contract commits to nothing. {_WEIGHED}"
        if side == "inherited":
            return f"Usage under the amount committed until then. {_WEIGHED}"
        return f"The same under the recommended amount, by the rule of {base.sizing.licence.rule}."

    def _reclaim(self, base: Baselines) -> Iterable[tuple[str, Figure]]:
        """Seats held that nobody needs, by type."""
        for one in base.seats:
            if one.type in self.told.held:
                held = self.count("held", f"Seats held, {one.type}", self.told.held[one.type],
                                  "The last month's roster, at its end.", type=one.type)  # fmt: skip
                needed = self.count("needed", f"Seats needed, {one.type}", one.needed,
                                    "In the first month of the renewed term.", type=one.type)  # fmt: skip
                value = Decimal(self.told.held[one.type] - one.needed)
                yield one.type, Figure(
                    self.key("reclaim", type=one.type), f"Seats to give back, {one.type}",
                    Operator.DIFFERENCE, value, (held, needed), unit="seats",
                    rule="Below zero: more are needed than are held.",
                )  # fmt: skip

    def _type(self, told: TypeSeats) -> TypeFigures:
        span = f"{told.months[0]} to {told.months[-1]}"
        ways = tuple((way, self._counted(told.type, way, span)) for way in told.ways)
        return TypeFigures(told, ways, tuple(self._spike(told.type, s) for s in told.spikes))

    def _counted(self, kind: str, way: Counted, span: str) -> Figure:
        """What one way of counting seats would have cost, above how many it counts."""
        said = {"type": kind, "way": way.name.replace(" ", "-"), "rate": way.rate, "grace": way.grace}
        title, seats = f"{kind} seats by {way_words(way)}, {span}", quotient(way.seats)
        counted = Figure(
            self.key("seat-months", **said), title, Operator.GIVEN, seats, unit="seat-months", rule=_COUNTED
        )
        return replace(self.money("counted", title, way.cost, _COUNTED, **said), operands=(counted,))

    def _spike(self, kind: str, spike: Spike) -> SpikeFigures:
        month = str(spike.month)
        words = f"{spike.seats} {kind} seats in {month} instead of {spike.instead}"
        return SpikeFigures(
            spike,
            self.money("spike", f"Cost of {words}", spike.cost, _SPIKE, type=kind, month=month),
            self.money(
                "spike.a-year", f"A renewed year of {spike.more} seats more", spike.a_year, _A_YEAR,
                type=kind, month=month,
            ),
        )  # fmt: skip

    def _splits(self) -> Iterable[tuple[Figure, Figure]]:
        """What each half cost in a month, as the contract settles it."""
        rule = "The month settled under the contract, on what was used."
        for split in self.told.splits:
            month, names = split.month, {Half.SEATS: "Seats", Half.API: "API"}
            first, second = (
                sum_of(
                    self.key(f"split.{half}", month=str(month)), f"{name}, {month}",
                    self.told.lines[month, half], self.contract.currency, MoneyKind.ESTIMATED, rule=rule,
                )
                for half, name in names.items()
            )  # fmt: skip
            yield first, second

    def _drift(self, drift: Drift) -> tuple[Figure, Figure, Figure] | None:
        before, after = (self._share(split.share, str(split.month)) for split in (drift.first, drift.last))
        assert isinstance(before.value, Decimal)
        assert isinstance(after.value, Decimal)
        moved = Figure(
            self.key("drift"), "Drift of the split towards the API", Operator.DIFFERENCE,
            after.value - before.value, (after, before), unit="of all spent",
            rule="The last month known less the first one since signing.",
        )  # fmt: skip
        return before, after, moved

    def _share(self, share: Fraction | None, month: str) -> Figure:
        value = quotient(Fraction(round((share or Fraction(0)) * 10**6), 10**6))
        title = f"Share of the API, {month}"
        return Figure(
            self.key("share", month=month), title, Operator.GIVEN, value, unit="of all spent", rule=_SHARE
        )


def way_words(way: Counted) -> str:
    """A way of counting in words."""
    rate = {"list": " at list price"}.get(way.rate, "")
    return f"{way.name}{rate}" + (f", grace {way.grace}" if way.grace else "")
