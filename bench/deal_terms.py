"""The kinds of commitment that deciding on a deal is measured with, each with the same bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bothhalves.core.clauses.commitments import CommitmentTerm

BANDS = ((250_000, "0.04"), (500_000, "0.06"), (1_000_000, "0.11"), (2_000_000, "0.15"))
#: By name. Overage is at list price where nothing else is said.
KINDS = (
    "plain",
    "overage at the committed rate",
    "ramp",
    "monthly pools",
    "rollover",
    "monthly pools that roll over",
    "a minimum each month",
    "seat fees draw too",
)


def commitment(kind: str) -> CommitmentTerm:
    """A million dollars a year of the kind, or as much by the month."""
    from dataclasses import replace
    from decimal import Decimal

    from bothhalves.core.clauses.commitments import Band, CommitmentTerm, RampStep, Rollover

    bands = tuple(Band(Decimal(start), Decimal(discount)) for start, discount in BANDS)
    plain = CommitmentTerm(Decimal(1_000_000), "year", bands=bands, overage="list", unused="forfeited")
    by_month = replace(
        plain,
        amount=Decimal(80_000),
        per="month",
        bands=tuple(replace(band, from_=band.from_ / 12) for band in bands),
    )
    rolled = Rollover(1, "rolled-first")
    return {
        "plain": plain,
        "overage at the committed rate": replace(plain, overage="committed"),
        "ramp": replace(plain, ramp=(RampStep(13, Decimal(1_250_000)), RampStep(25, Decimal(1_500_000)))),
        "monthly pools": by_month,
        "rollover": replace(plain, unused=rolled),
        "monthly pools that roll over": replace(by_month, unused=rolled),
        "a minimum each month": replace(plain, minimum_per_month=Decimal(50_000)),
        "seat fees draw too": replace(plain, counts=("seats", "api")),
    }[kind]
