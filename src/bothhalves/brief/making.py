"""How figures are made: on demand, once for each key, always from the ledger."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from typing import TypeVar

from bothhalves.core.explain import Figure, Line, Problem, sum_of
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.workspace.counting import unfinished, unpriced
from bothhalves.workspace.records import Ledger, RatedUsage

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Maker:
    """Makes figures and remembers them, so that one key is one figure."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._unfinished = unfinished(ledger.usage)
        self._unpriced = unpriced(ledger.usage)
        self._made: dict[str, Figure | None] = {}

    def _sum(
        self,
        figure_key: str,
        title: str,
        operands: tuple[Figure | Line, ...],
        kind: MoneyKind,
        rule: str,
        problems: tuple[Problem, ...] = (),
    ) -> Figure:
        """A sum of money, weakened by ``problems`` and by what weakens any of its operands."""
        below = (p for o in operands if isinstance(o, Figure) for p in o.problems)
        found = tuple(dict.fromkeys((*problems, *below)))
        return sum_of(figure_key, title, operands, self.ledger.currency, kind, rule=rule, problems=found)

    def _weakening(self, usage: Iterable[RatedUsage]) -> tuple[Problem, ...]:
        """What makes the output of ``usage`` a lower bound: a problem for each model."""
        models = dict.fromkeys((u.vendor, u.model) for u in usage if u.output_at_least)
        return tuple(self._unfinished[model] for model in models)

    def _total_of(
        self, name: str, title: str, parts: Iterable[Figure | None], kind: MoneyKind, rule: str
    ) -> Figure | None:
        """The sum of the parts that there are, dearest first; None without any."""
        found = tuple(sorted((p for p in parts if p is not None), key=lambda f: (-low(f), f.key)))
        return self._once(name, lambda k: self._sum(k, title, found, kind, rule)) if found else None

    def hidden(self) -> tuple[Figure, ...]:
        """Everything that was made, so that each can be opened by its key."""
        return tuple(f for f in self._made.values() if f is not None)

    def _once(self, figure_key: str, make: Callable[[str], Figure | None]) -> Figure | None:
        if figure_key not in self._made:
            self._made[figure_key] = make(figure_key)
        return self._made[figure_key]


def by(items: Iterable[T], name: Callable[[T], K]) -> dict[K, list[T]]:
    """``items`` in groups, in order of first appearance."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(name(item), []).append(item)
    return groups


def low(figure: Figure) -> Decimal:
    """For ordering: the least that a figure is worth."""
    return figure.value.low if isinstance(figure.value, Amount) else figure.value
