"""At which monthly use a seat is the cheaper path, and the sentence that says so.

The answer is not one number: it is a half-line, a bounded interval, several intervals, or empty. It is found
from the two schedules by exact crossing, so that any contract shape has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.money import plain, quotient
from bothhalves.core.paths.regions import Region, below
from bothhalves.core.paths.schedules import Schedule


class Form(StrEnum):
    """What the use at which a seat is cheaper looks like."""

    ALWAYS = "always"
    NEVER = "never"
    ABOVE = "above"  # a half-line
    UNTIL = "until"
    BETWEEN = "between"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Use for which the seat is strictly cheaper than the metered path.

    ``premium`` is what the seat costs beyond the metered path without any use: the price of its controls.
    ``per_use`` is what each unit of use adds to that gap (below zero: it closes), for a seat whose use is
    billed at token rates; None: the seat's use is priced otherwise. Beyond the use at which a seat stops
    it is not cheaper: it is not enough.
    """

    form: Form
    regions: tuple[Region, ...]
    premium: Fraction
    per_use: Fraction | None
    sentence: str

    @property
    def low(self) -> Fraction | None:
        """Where the seat begins to be cheaper (u1); None: nowhere."""
        return self.regions[0].low if self.regions else None

    @property
    def high(self) -> Fraction | None:
        """Where it ends to be (u2); None: nowhere, or never."""
        return self.regions[-1].high if self.regions else None

    def __contains__(self, use: Decimal | Fraction) -> bool:
        return any(use in region for region in self.regions)


def breakpoint_of(seat: Schedule, path: Schedule) -> Breakpoint:
    """The use at which ``seat`` is cheaper than the metered ``path``."""
    found = below(seat, path)
    regions = _within(found.regions, seat.stop)
    premium = Fraction(seat.fee) - Fraction(path.fee)
    rates = _rate_gap(seat, path)
    form = _form(regions)
    sentence = _sentence(form, regions, premium, rates)
    if seat.stop is not None:
        sentence += f" It stops at {_shown(Fraction(seat.stop))}; more use is not to be had on it."
    if found.known_until is not None:
        sentence += f" Beyond {_shown(found.known_until)} the two take turns without end."
    return Breakpoint(form, regions, premium, rates, sentence)


def _within(regions: tuple[Region, ...], stop: Decimal | None) -> tuple[Region, ...]:
    """The parts of the regions in which the seat gives all that is used."""
    if stop is None:
        return regions
    end = Fraction(stop)
    kept = []
    for region in regions:
        if region.high is not None and region.high <= end:
            kept.append(region)
        elif region.low < end:
            kept.append(Region(region.low, end, region.low_closed, True))
    return tuple(kept)


def _rate_gap(seat: Schedule, path: Schedule) -> Fraction | None:
    """The slope of the gap where the seat's use is billed from the first unit on, and all at one rate."""
    simple = len(seat.pieces) == len(path.pieces) == 1 and seat.stair is path.stair is None
    if not simple or seat.stop is not None or not seat.pieces[0].slope:
        return None
    return Fraction(seat.pieces[0].slope) - Fraction(path.pieces[0].slope)


def _form(regions: tuple[Region, ...]) -> Form:
    if not regions:
        return Form.NEVER
    if len(regions) > 1:
        return Form.SEVERAL
    only = regions[0]
    if only.low_closed and only.low == 0:
        return Form.ALWAYS if only.high is None else Form.UNTIL
    return Form.ABOVE if only.high is None else Form.BETWEEN


def _sentence(form: Form, regions: tuple[Region, ...], premium: Fraction, per_use: Fraction | None) -> str:
    if per_use is not None and premium > 0:
        return _of_rates(premium, per_use)
    if form is Form.NEVER:
        return "No use makes the seat the cheaper path: usage costs less metered wherever the fee is earned."
    if form is Form.ALWAYS:
        return "The seat is cheaper at any use."
    return f"The seat is cheaper {' and '.join(_region(r) for r in regions[:3])}." + (
        " There are more such intervals." if len(regions) > 3 else ""
    )


def _of_rates(premium: Fraction, per_use: Fraction) -> str:
    start = f"The seat bills usage at rates and costs {_shown(premium)} more a month"
    if per_use >= 0:
        return f"{start} without use and never less with it: no use earns its fee, which pays for controls."
    closes = premium / -per_use
    return f"{start}; its rates are lower, and the gap closes at {_shown(closes)} of use."


def _region(region: Region) -> str:
    if region.high is None:
        return f"above {_shown(region.low)}"
    if region.low == 0 and region.low_closed:
        return f"up to {_shown(region.high)}"
    return f"between {_shown(region.low)} and {_shown(region.high)}"


def _shown(value: Fraction) -> str:
    """To cents, without needless zeros."""
    return plain(quotient(value, cents=True))
