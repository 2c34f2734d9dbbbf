"""People's usage as it would cost if nobody had chosen a model, cached a prompt or batched a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from bothhalves.core.money import ZERO, quotient
from bothhalves.core.prices import STANDARD, PriceBook
from bothhalves.core.rating import Counted, Rating, rate
from bothhalves.core.terms import PROMPT_METERS
from bothhalves.workspace.counting import Named, to_rate
from bothhalves.workspace.lever_cells import named_model
from bothhalves.workspace.records import RatedUsage

_CHOSEN = frozenset(PROMPT_METERS) - {"input_tokens"}


@dataclass(frozen=True, slots=True)
class Reference:
    """The model (``vendor:model``, or a name of the usage's own vendor) on which all work would run; ``""``:
    none is stated, and lazy is the model that was used."""

    model: str
    book: PriceBook

    def others(self, models: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """The reference models of usage of ``models``; their prices are to be told apart as well."""
        vendors = sorted({vendor for vendor, _ in models}) if self.model else []
        return tuple(dict.fromkeys(named_model(self.model, vendor, self.book) for vendor in vendors))

    def rating(self, named: Named, usage: RatedUsage) -> Rating:
        """The same requests on the reference model, at list price; on their own where it has no price for
        what they did."""
        counted = named.counted
        if not counted.model or not any(meter in PROMPT_METERS for meter, _ in counted.quantities):
            return usage.rating
        own = to_rate(named)
        if self.model:
            vendor, model = named_model(self.model, counted.vendor, self.book)
            found = self._lazily(replace(own, vendor=vendor), model)
            if not found.unpriced:
                return found
        return self._lazily(own, counted.model) if _is_chosen(own) else usage.rating

    def _lazily(self, counted: Counted, model: str) -> Rating:
        return rate(lazy(counted, model), self.book)


def lazy(counted: Counted, model: str) -> Counted:
    """The same requests on the reference ``model`` without cache, batch or fast mode.

    Everything the model read is uncached input.
    """
    quantities = dict(counted.quantities)
    read = sum((Fraction(quantities.pop(m, ZERO)) for m in PROMPT_METERS), Fraction(0))
    kept = {"input_tokens": quotient(read), **quantities} if read else quantities
    return replace(counted, model=model, quantities=tuple(kept.items()), tier=STANDARD, speed=STANDARD)


def _is_chosen(counted: Counted) -> bool:
    """True if something was cached, batched or sped up."""
    plain = counted.tier == counted.speed == STANDARD
    return not plain or any(meter in _CHOSEN for meter, _ in counted.quantities)
