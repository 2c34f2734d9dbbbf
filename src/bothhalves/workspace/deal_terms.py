"""``deal.yaml``: what a deal is judged by that no contract says. Every default is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

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
class Evidence:
    """What the standalone price of each half is: an observed ``quote``, a published ``list`` price, or what
    somebody holds to be ``typical``."""

    seats: Literal["quote", "list", "typical"] = "quote"
    api: Literal["quote", "list", "typical"] = "quote"


@dataclass(frozen=True, slots=True)
class DealTerms:
    """``discount_rate`` is what a year is worth to the buyer, ``renewal_uplift`` the rise of a seat fee at
    renewal where a contract states none, ``quarter_ends`` are the seller's. ``renewal_cap`` is the rise to
    ask for, ``reduce_seats`` the part of the committed seats that one asks to be free to give back."""

    discount_rate: Percent | None = None
    renewal_uplift: Percent | None = None
    quarter_ends: tuple[date, ...] = ()
    standalone: Standalone = Standalone()
    evidence: Evidence = Evidence()
    renewal_cap: Percent = Decimal("0.03")
    reduce_seats: Percent = Decimal("0.2")

    def fault(self) -> str | None:
        rates = [r for r in (self.discount_rate, self.renewal_uplift) if r is not None]
        if not all(0 <= r <= 1 for r in (*rates, self.renewal_cap, self.reduce_seats)):
            return "discount_rate, renewal_uplift, renewal_cap and reduce_seats are between 0% and 100%"
        twice = len(set(self.quarter_ends)) < len(self.quarter_ends)
        return "quarter_ends names a day twice" if twice else None

    @property
    def rate(self) -> Decimal:
        return self.discount_rate or Decimal(0)

    def said(self) -> Iterator[str]:
        """What is taken for granted, in sentences."""
        yield rate_said(self.rate)
        yield self.uplift_said()

    def uplift_said(self) -> str:
        """What fees are taken to do at renewal."""
        if self.renewal_uplift is None:
            return f"{FILE} does not say renewal_uplift; fees rise at renewal only where a contract says so."
        return f"Seat fees rise by {plain(100 * self.renewal_uplift)} % at renewal where no contract says."


def rate_said(rate: Decimal) -> str:
    """The yearly rate that later money is discounted at, in a sentence."""
    if not rate:
        return f"{FILE} does not say discount_rate; money of later years counts in full."
    return f"Money due a year later is discounted at {plain(100 * rate)} %."


def deal_terms_of(workspace: Workspace, rate: Decimal | None = None) -> tuple[DealTerms, list[Problem]]:
    """``deal.yaml``, or the defaults where there is none; and what is wrong with it. ``rate`` takes the place
    of its ``discount_rate``."""
    found, problems = _read(workspace)
    return (found if rate is None else replace(found, discount_rate=rate)), problems


def _read(workspace: Workspace) -> tuple[DealTerms, list[Problem]]:
    path = workspace.root / FILE
    if not path.exists():
        return DealTerms(), []
    from bothhalves.reading import read_yaml

    found, problems = read_yaml(path, DealTerms, FILE)
    return found or DealTerms(), list(problems)
