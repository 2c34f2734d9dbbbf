"""The three baselines of a workload, and every subset of its levers as a final state, priced cell by cell.

Lazy: the observed requests all on the reference model, nothing cached, nothing batched. Current: as
observed. Efficient: the cheapest state that evidence allows. All three do the same work. Percentages are what
comes out; none goes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from bothhalves.core.explain import Line
from bothhalves.core.levers.caching import prompt_tokens
from bothhalves.core.levers.mix import LEVERS, Cell, Lever, Placed, Setting
from bothhalves.core.levers.placing import Market, Scene, Settings, flow_of, is_cheaper, moved, placed
from bothhalves.core.money import Amount, MoneyKind, total
from bothhalves.core.prices import PriceBook

Subset = frozenset[Lever]
EVERY: Subset = frozenset(LEVERS)


@dataclass(frozen=True, slots=True)
class State:
    """All cells under settings of the levers, part by part."""

    settings: tuple[tuple[Lever, Setting], ...]
    placed: tuple[Placed, ...]
    currency: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """What the state costs, line by line, in the currency."""
        found = (line for part in self.placed for line in part.rating.lines)
        return tuple(line for line in found if line.amount.currency == self.currency)

    @property
    def amount(self) -> Amount:
        """The sum of the lines; without upper end where anything is unpriced."""
        found = total((line.amount for line in self.lines), self.currency, MoneyKind.SCENARIO)
        missing = any(
            part.rating.unpriced or set(part.rating.currencies) - {self.currency} for part in self.placed
        )
        return replace(found, high=None) if missing else found


@dataclass(frozen=True, slots=True)
class Composition:
    """The baselines, and the cheapest state of each subset of levers.

    In ``from_lazy`` the levers outside the subset are not used, in ``from_today`` they stay as they are.
    With every lever both are ``efficient``; without any they are ``lazy`` and ``current``.
    """

    lazy: State
    current: State
    efficient: State
    from_lazy: Mapping[Subset, State]
    from_today: Mapping[Subset, State]


def subsets(levers: Iterable[Lever] = LEVERS) -> Iterator[Subset]:
    """Every subset of the levers, smallest first."""
    known = tuple(levers)
    for size in range(len(known) + 1):
        yield from map(frozenset, combinations(known, size))


def composed(cells: Iterable[Cell], book: PriceBook, currency: str) -> Composition:
    """Price every subset of levers over ``cells``, by the book's prices on the days of use.

    A state of a subset is the cheapest of those that use some or all of its levers, so a lever that would
    make things dearer, as routing does where it breaks a cache, is left out. Nothing moves to the reference
    model because it happens to be cheaper: that it does today's work as well is not shown.
    """
    market = Market(book, currency, {})
    fitting = tuple(_priced_on_reference(cell, market) for cell in cells)
    found = {base: _states(fitting, base, market) for base in (Setting.LAZY, Setting.TODAY)}
    lazy, today = found[Setting.LAZY], found[Setting.TODAY]
    efficient = _cheapest(today.values(), currency)
    return Composition(
        lazy=lazy[frozenset()],
        current=today[frozenset()],
        efficient=efficient,
        from_lazy={**_closed(lazy, currency), EVERY: efficient},
        from_today={**_closed(today, currency), EVERY: efficient},
    )


def _priced_on_reference(cell: Cell, market: Market) -> Cell:
    """The cell without reference where that model has no price for something that the cell does."""
    if cell.reference is None:
        return cell
    there = market.price(moved(cell.usage, cell.reference))
    worse = len(there.unpriced) > len(market.price(cell.usage).unpriced)
    return replace(cell, reference=None) if worse else cell


def _states(cells: tuple[Cell, ...], base: Setting, market: Market) -> dict[Subset, State]:
    """The state of each subset with all its levers at their best, the others at ``base``."""
    return {chosen: _state(cells, _settings(chosen, base), market) for chosen in subsets()}


def _settings(best: Subset, base: Setting) -> dict[Lever, Setting]:
    return {lever: Setting.BEST if lever in best else base for lever in LEVERS}


def _state(cells: tuple[Cell, ...], settings: Settings, market: Market) -> State:
    counted = all(cell.usage.requests is not None for cell in cells)

    def weight(cell: Cell) -> Fraction:
        return Fraction(cell.usage.requests or 0) if counted else Fraction(prompt_tokens(cell.usage))

    routing = settings[Lever.ROUTING]
    today = _settings(frozenset(), Setting.TODAY)
    scene = Scene(
        settings,
        flow_of(cells, settings, weight),
        flow_of(cells, today, weight),
        flow_of(cells, {**today, Lever.ROUTING: routing}, weight),
    )
    parts = (part for cell in cells for part in placed(cell, scene, market))
    return State(tuple(settings.items()), tuple(parts), market.currency)


def _closed(states: Mapping[Subset, State], currency: str) -> dict[Subset, State]:
    """For each subset the cheapest of its own state and those of its parts."""
    return {chosen: _cheapest([states[part] for part in subsets(chosen)], currency) for chosen in states}


def _cheapest(states: Iterable[State], currency: str) -> State:
    """The first of the cheapest."""
    found = list(states)
    best = found[0]
    for state in found[1:]:
        best = state if is_cheaper(state.placed, best.placed, currency) else best
    return best
