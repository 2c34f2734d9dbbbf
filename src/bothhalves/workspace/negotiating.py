"""What a negotiation brief is made of, gathered once: the need, the offer, its terms, the days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.protections import Needs
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.explain import Problem
from bothhalves.workspace.bundling import Apart, apart_of, chosen
from bothhalves.workspace.committing import Running, running_of
from bothhalves.workspace.deal_terms import DealTerms
from bothhalves.workspace.needs import Basis, Needed
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.projecting import FEWEST_MONTHS
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.records import Ledger
from bothhalves.workspace.renewing import Renewing, renewing_of
from bothhalves.workspace.term_worths import TermWorths, worths_of

#: A larger gap between an invoice and the computed cost, as a share of the invoice, makes a brief a draft.
DRAFT_ABOVE = Decimal("0.03")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the brief of one offer stands on.

    ``apart`` and ``worths`` are on what is needed with nothing built; ``planned_apart`` is the same offer if
    the whole plan is carried out. All three are None where too few months are known to look ahead.
    ``running`` are signed commitments with the vendor. ``unsourced`` names standalone prices that nobody has
    a source for.
    """

    offer: Contract
    ledger: Ledger
    planned: Planned
    need: Outlook
    apart: Apart | None
    planned_apart: Apart | None
    worths: TermWorths | None
    renewing: Renewing
    running: tuple[Running, ...]
    unsourced: tuple[str, ...]
    smallest_group: int
    needs: Needs
    problems: tuple[Problem, ...]


def ground_of(prospects: Prospects, today: date, offer_id: str = "") -> Ground:
    """What is known about an offer, a contract, or the first offer. Raises ``bundling.UnknownOffer``."""
    workspace, terms, planned = prospects.workspace, prospects.terms, prospects.planned
    offer = chosen(prospects, [offer_id] if offer_id else [])[0]
    now, later = Needed(prospects, Basis.BUILT), Needed(prospects)
    need = now.of(offer.vendor)
    is_known = need.full_months >= FEWEST_MONTHS
    return Ground(
        offer,
        prospects.ledger,
        planned,
        need,
        apart_of(now, offer) if is_known else None,
        apart_of(later, offer) if is_known and planned.measure is None else None,
        worths_of(now, offer.id) if is_known else None,
        renewing_of(now, today),
        tuple(_running(prospects, offer.vendor, need)) if is_known else (),
        tuple(_unsourced(workspace, terms)),
        workspace.config.company.smallest_group,
        workspace.config.company.needs,
        prospects.problems,
    )


def _running(prospects: Prospects, vendor: str, need: Outlook) -> Iterator[Running]:
    """The signed commitments with the vendor, on the usage as it is."""
    known = dict.fromkeys(Baseline, need)
    for contract in prospects.workspace.config.contracts:
        runs = contract.vendor == vendor and contract.term.runs(prospects.months[-1].next)
        if runs and contract.commitment is not None:
            yield running_of(prospects.workspace, prospects.months, contract, known, prospects.steps)


def _unsourced(workspace: Workspace, terms: DealTerms) -> Iterable[str]:
    """Standalone prices that cannot be shown: nobody says where they are from, or they are only "typical"."""
    known = {c.id: c for c in (*workspace.config.contracts, *workspace.config.offers)}
    for name, kind in (
        (terms.standalone.seats, terms.evidence.seats),
        (terms.standalone.api, terms.evidence.api),
    ):
        found = known.get(name)
        if found is not None and not found.source.strip():
            yield f"{name} names no source"
        elif found is not None and (kind == "typical" or found.assumed):
            yield f"{name} is not an observed or published price"
