"""What verbs that look ahead share: options about prices and later money, and what they look ahead from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from bothhalves.cli.common import WRONG_USE, say, window_of

if TYPE_CHECKING:
    from bothhalves.core.deal.years import PriceStep
    from bothhalves.workspace import Workspace
    from bothhalves.workspace.prospects import Prospects

StepOption = Annotated[
    list[str] | None,
    typer.Option(
        "--price-step", help="List prices from a month on, beside those of forecast.yaml: 2028-01=80%."
    ),
]
RateOption = Annotated[
    str, typer.Option("--rate", help="What money a year later is worth less. Default: that of deal.yaml.")
]


def prospects_of(
    place: Workspace, window: str, as_of: str, steps: list[str] | None = None, rate: str = ""
) -> Prospects:
    """The months after a window; leaves with a message where an option cannot be read."""
    from bothhalves.workspace.prospects import Prospects

    yearly = _percent(rate) if rate else None
    return Prospects(place, window_of(place, window, as_of), steps=_price_steps(steps or []), rate=yearly)


def _price_steps(said: list[str]) -> list[PriceStep]:
    """Changes of list prices as they are written."""
    from bothhalves.core.dates import Month
    from bothhalves.core.deal.years import PriceStep

    found = []
    for text in said:
        month, _, level = text.partition("=")
        try:
            found.append(PriceStep(Month.parse(month), Fraction(_percent(level))))
        except ValueError as error:
            say(f"--price-step {text!r}: {error}. Write a month and a level, such as 2028-01=80%.")
            raise typer.Exit(WRONG_USE) from error
    return found


def _percent(text: str) -> Decimal:
    from bothhalves.core.clauses.base import percent

    try:
        value = percent(text)
    except ValueError as error:
        say(f"{error}.")
        raise typer.Exit(WRONG_USE) from error
    if value < Decimal(0):
        say(f"{text!r} is below zero.")
        raise typer.Exit(WRONG_USE)
    return value
