"""Price shapes: how a quantity becomes parts, each a quantity at one price.

Graduated tiers are marginal (each unit at its own tier's price); volume tiers are all-units (every unit at
the price of the tier that the whole quantity reaches). The name of the shape says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.money import EXACT, ZERO, plain


@dataclass(frozen=True, slots=True)
class Tier:
    """``price`` per unit up to and including ``upto`` units; None: without end."""

    price: Decimal
    upto: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """Whole packs of ``size`` units at ``price`` each."""

    size: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """``quantity`` units at ``price`` each; ``note`` says which part of the shape it is."""

    quantity: Decimal
    price: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Exactly one of ``flat``, ``per_unit``, ``graduated``, ``volume`` and ``package`` is given.

    ``included`` units come first and cost nothing: an allowance. ``included_per_seat`` units for each seat
    are shared by all: a pool. What is left takes the shape.
    """

    flat: Decimal | None = None
    per_unit: Decimal | None = None
    graduated: tuple[Tier, ...] = ()
    volume: tuple[Tier, ...] = ()
    package: Pack | None = None
    included: Decimal = ZERO
    included_per_seat: Decimal = ZERO

    def fault(self) -> str | None:
        """What is wrong with the shape as written, or None."""
        given = [self.flat, self.per_unit, self.graduated or None, self.volume or None, self.package]
        if sum(g is not None for g in given) != 1:
            return "give exactly one of flat, per_unit, graduated, volume, package"
        if self.package is not None and self.package.size <= 0:
            return "a package needs a size above zero"
        if self.included < 0 or self.included_per_seat < 0:
            return "what is included cannot be below zero"
        return _tier_fault(self.graduated or self.volume)

    def parts(self, quantity: Decimal, seats: Decimal = ZERO) -> list[Part]:
        """The quantity as parts that add up to it (packs and flat fees count in their own unit)."""
        allowance = EXACT.fma(self.included_per_seat, seats, self.included)
        covered = min(quantity, allowance)
        found = [Part(covered, ZERO, "included")] if covered else []
        return found + self._charged(EXACT.subtract(quantity, covered))

    def _charged(self, rest: Decimal) -> list[Part]:
        if self.flat is not None:
            return [Part(Decimal(1), self.flat, "flat fee")]
        if not rest:
            return []
        if self.per_unit is not None:
            return [Part(rest, self.per_unit, "per unit")]
        if self.package is not None:
            packs, begun = EXACT.divmod(rest, self.package.size)
            return [Part(packs + bool(begun), self.package.price, f"packs of {plain(self.package.size)}")]
        if self.volume:
            tier = next(t for t in self.volume if t.upto is None or rest <= t.upto)
            return [Part(rest, tier.price, _up_to(tier))]
        return _graduated(self.graduated, rest)


def _graduated(tiers: tuple[Tier, ...], rest: Decimal) -> list[Part]:
    found, below = [], ZERO
    for tier in tiers:
        top = rest if tier.upto is None else min(rest, tier.upto)
        if top > below:
            found.append(Part(EXACT.subtract(top, below), tier.price, _up_to(tier)))
            below = top
    return found


def _up_to(tier: Tier) -> str:
    return "without end" if tier.upto is None else f"up to {plain(tier.upto)}"


def _tier_fault(tiers: tuple[Tier, ...]) -> str | None:
    if not tiers:
        return None
    ends = [t.upto for t in tiers[:-1]]
    if any(end is None for end in ends) or tiers[-1].upto is not None:
        return "every tier but the last needs upto, and the last must not have one"
    known = [end for end in ends if end is not None]
    return None if known == sorted({e for e in known if e > 0}) else "tiers must rise from above zero"
