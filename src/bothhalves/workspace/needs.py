"""What is needed in the months to come on one basis: with nothing built, or after the whole plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.deal.serving import Serving
from bothhalves.core.deal.years import rebased
from bothhalves.core.moves import horizon
from bothhalves.workspace.committing import anew
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.price_steps import steps_said
from bothhalves.workspace.prospects import Prospects


class Basis(StrEnum):
    """Which need is served: that with nothing built, or that after the whole plan."""

    BUILT = "built"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Over:
    """An offer for a term wholly ahead, what serves the need over it, and what is taken for granted."""

    offer: Contract
    serving: Serving
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """What is needed of every vendor on one basis."""

    prospects: Prospects
    basis: Basis = Basis.PLANNED

    @property
    def workspace(self) -> Workspace:
        return self.prospects.workspace

    @property
    def months(self) -> tuple[Month, ...]:
        return self.prospects.months

    def of(self, vendor: str) -> Outlook:
        """The need of one vendor's halves."""
        return self.prospects.built(vendor) if self.basis is Basis.BUILT else self.prospects.of(vendor)

    def over(self, offer: Contract, more: int = 0) -> Over:
        """The offer for a term that is wholly ahead, and the need over it and ``more`` months."""
        signed, said = anew(offer, self.months[-1])
        known = self.of(offer.vendor)
        found = within(known, Month.of(signed.term.start), signed.term.months + more)
        last, steps = horizon(known.start, known.months)[-1], self.prospects.steps
        if last < horizon(found.start, signed.term.months)[-1]:
            said = (*said, f"Months after {last}, the last looked ahead at, are like those a year before.")
        return Over(signed, Serving(*rebased(found, steps)), (*said, *steps_said(steps)))
