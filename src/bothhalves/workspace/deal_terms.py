"""``deal.yaml``: what a deal is judged by that no contract says. Every default is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import Percent
from bothhalves.core.explain import Problem
from bothhalves.core.money import plain
from bothhalves.workspace.open import Workspace

FILE = "deal.yaml"


@dataclass(frozen=True, slots=True)
class Standalone:
    """Ids of the offers, or contracts, under which each half can be bought by itself; "": none is known."""

    seats: str = ""
    api: str = ""


@dataclass(frozen=True, slots=True)
class DealTerms:
    """``discount_rate`` is what a year is worth to the buyer, ``renewal_uplift`` the rise of a seat fee at
    renewal where a contract states none, ``quarter_ends`` are the seller's."""

    discount_rate: Percent | None = None
    renewal_uplift: Percent | None = None
    quarter_ends: tuple[date, ...] = ()
    standalone: Standalone = Standalone()

    def fault(self) -> str | None:
        rates = [r for r in (self.discount_rate, self.renewal_uplift) if r is not None]
        if not all(0 <= r <= 1 for r in rates):
            return "discount_rate and renewal_uplift are between 0% and 100%"
        twice = len(set(self.quarter_ends)) < len(self.quarter_ends)
        return "quarter_ends names a day twice" if twice else None

    @property
    def rate(self) -> Decimal:
        return self.discount_rate or Decimal(0)

    def said(self) -> Iterator[str]:
        """What is taken for granted, in sentences."""
        if self.discount_rate is None:
            yield f"{FILE} does not say discount_rate; money of later years counts in full."
        else:
            yield f"Money a year later is worth {plain(100 * self.discount_rate)} % less."
        if self.renewal_uplift is None:
            yield f"{FILE} does not say renewal_uplift; fees rise at renewal only where a contract says so."
        else:
            yield f"Seat fees rise by {plain(100 * self.renewal_uplift)} % at renewal where no contract says."


def deal_terms_of(workspace: Workspace) -> tuple[DealTerms, list[Problem]]:
    """``deal.yaml``, or the defaults where there is none; and what is wrong with it."""
    path = workspace.root / FILE
    if not path.exists():
        return DealTerms(), []
    from bothhalves.reading import read_yaml

    found, problems = read_yaml(path, DealTerms, FILE)
    return found or DealTerms(), list(problems)
