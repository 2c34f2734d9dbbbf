"""What a negotiation brief is made of, gathered once: the need, the offer, its terms, the days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.protections import Needs
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.explain import Problem
from bothhalves.workspace.built_need import built_outlook
from bothhalves.workspace.bundling import Apart, Needed, bundled_of, chosen
from bothhalves.workspace.committing import Running, running_of
from bothhalves.workspace.deal_terms import DealTerms, deal_terms_of
from bothhalves.workspace.forecasting import outlook_of
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.making import planned_of
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.projecting import FEWEST_MONTHS
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


def ground_of(workspace: Workspace, months: tuple[Month, ...], today: date, offer_id: str = "") -> Ground:
    """What is known about an offer, a contract, or the first offer. Raises ``bundling.UnknownOffer``."""
    terms, problems = deal_terms_of(workspace)
    offer = chosen(workspace, terms, [offer_id] if offer_id else [])[0]
    ledger = ledger_of(workspace, f"{months[0]}/{months[-1]}")
    planned = planned_of(workspace, months, ledger)
    vendors = {offer.vendor, *(c.vendor for c in workspace.config.contracts)}
    outlooks = {v: built_outlook(workspace, months, v, planned, ledger) for v in sorted(vendors)}
    known = Needed(workspace, months, outlooks)
    need = outlooks[offer.vendor]
    is_known = need.full_months >= FEWEST_MONTHS
    after = None
    if is_known and planned.measure is None:
        efficient = outlook_of(
            workspace, months, Baseline.EFFICIENT, vendor=offer.vendor, planned=planned, ledger=ledger
        )
        after = _apart(workspace, months, offer.id, Needed(workspace, months, {offer.vendor: efficient}))
    return Ground(
        offer,
        ledger,
        planned,
        need,
        _apart(workspace, months, offer.id, known) if is_known else None,
        after,
        worths_of(workspace, months, offer.id, needed=known) if is_known else None,
        renewing_of(workspace, months, today, outlooks=outlooks),
        tuple(_running(workspace, months, offer.vendor, need)) if is_known else (),
        tuple(_unsourced(workspace, terms)),
        workspace.config.company.smallest_group,
        workspace.config.company.needs,
        tuple(problems),
    )


def _running(
    workspace: Workspace, months: tuple[Month, ...], vendor: str, need: Outlook
) -> Iterator[Running]:
    """The signed commitments with the vendor, on the usage as it is."""
    for contract in workspace.config.contracts:
        runs = contract.vendor == vendor and contract.term.runs(months[-1].next)
        if runs and contract.commitment is not None:
            yield running_of(workspace, months, contract, dict.fromkeys(Baseline, need))


def _apart(workspace: Workspace, months: tuple[Month, ...], offer: str, needed: Needed) -> Apart:
    return bundled_of(workspace, months, [offer], needed=needed).offers[0]


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
