"""The five inputs as sliders: where each stands, how far it goes, and in which steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from bothhalves.brief.changes import Changes
from bothhalves.brief.line_record import Slider
from bothhalves.core.money import ZERO, plain

_PERCENT = {
    "hold": (ZERO, Decimal(90)),
    "levers": (ZERO, Decimal(100)),
    "growth": (Decimal(-50), Decimal(200)),
}
_STEP = Decimal(5)
#: How far money goes that is nothing now.
_SOME = Decimal(20)


def sliders(
    base: Mapping[str, Decimal], changes: Changes, labels: Mapping[str, str], currency: str
) -> Iterator[Slider]:
    """A slider for each input that the plan has, at ``base`` unless it is changed."""
    given = dict(changes.given())
    for name, planned in base.items():
        value = given.get(name, planned)
        least, most, step = _reach(name, planned)
        shown = f"{plain(value)} %" if name in _PERCENT else f"{currency} {plain(value)}"
        yield Slider(
            name,
            labels[name],
            shown,
            plain(value),
            plain(min(least, value)),
            plain(max(most, value)),
            plain(step),
            plain(planned),
            name in given,
        )


def _reach(name: str, planned: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """From where to where, with the planned value on a step."""
    if name in _PERCENT:
        least, most = _PERCENT[name]
        return least + (planned - least) % _STEP, most, _STEP
    step = Decimal(1).scaleb(planned.adjusted() - 1) if planned else Decimal(1)
    return planned % step, planned * 2 or _SOME, step
