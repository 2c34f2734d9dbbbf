"""The sections about a deal, made from the very records of the verbs ``bundle``, ``commit``, ``projection``,
``renewal`` and ``clauses``: nothing is computed here, and a section that cannot be made says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from bothhalves.brief.bases import bases_of, figures
from bothhalves.brief.bundles import bundle_sheet
from bothhalves.brief.committing import commit_sheet
from bothhalves.brief.deal_asks import asks_section
from bothhalves.brief.deal_bundle import bundle_section
from bothhalves.brief.deal_commit import commit_section
from bothhalves.brief.deal_record import Deal, Section
from bothhalves.brief.deal_years import projection_section, renewal_section
from bothhalves.brief.projecting import projection_sheet
from bothhalves.brief.renewing import renewal_sheets
from bothhalves.brief.term_worths import worth_sheet
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.headline import Refusal
from bothhalves.core.explain import Figure
from bothhalves.workspace.bundling import UnknownOffer, bundled_of
from bothhalves.workspace.committing import commitment_of
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.projecting import CannotProject, projected_of
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.renewing import renewing_of
from bothhalves.workspace.term_worths import worths_of

#: How a quote gets in.
ADD_OFFER = "Write the seller's quote into `offers/NAME.yaml`, as a contract is written."
ADD_CLAUSE = "A `commitment` clause in a file of `offers/` or `contracts/` makes this section."
BUNDLE, COMMIT, YEARS, ASKS = (
    "The bundle, taken apart",
    "How much to commit",
    "Three years",
    "What to ask for",
)
Made = tuple[Section, Iterable[Figure]]


def deal_of(prospects: Prospects, today: date) -> Deal:
    """The sections after an observed window, as seen on a day."""
    return _Making(prospects, today).deal()


def refused(section: str, title: str, why: str, fix: str = "") -> Section:
    """A section that says why it is empty."""
    return Section(section, (title,), why_not=why, fix=fix)


class _Making:
    """One deal."""

    def __init__(self, prospects: Prospects, today: date) -> None:
        self.prospects, self.today = prospects, today
        self.config, self.needed = prospects.workspace.config, Needed(prospects)

    def deal(self) -> Deal:
        made = [m for part in (self._bundles, self._commitments, self._years, self._asks) for m in part()]
        return Deal(tuple(section for section, _ in made), tuple(f for _, figures in made for f in figures))

    def _bundles(self) -> Iterable[Made]:
        if not self.config.offers:
            yield refused("bundle", BUNDLE, "There is no offer in `offers/`.", ADD_OFFER), ()
            return
        try:
            found = bundled_of(self.needed)
        except UnknownOffer as error:
            yield refused("bundle", BUNDLE, str(error.args[0]), ADD_OFFER), ()
            return
        sheets = {a.offer.id: sheet for a in found.offers if (sheet := bundle_sheet(a)) is not None}
        bases = bases_of(found, list(sheets.values()))
        for apart in found.offers:
            sheet, name = sheets.get(apart.offer.id), f"bundle-{apart.offer.id}"
            if sheet is not None:
                rows = bases.get(apart.offer.id, ())
                known = figures(rows) | sheet.figures()
                yield bundle_section(name, sheet, rows), known.values()
            elif isinstance(apart.found, Refusal):
                why = f"{apart.offer.id} cannot be taken apart: {apart.found.reason}."
                yield refused(name, BUNDLE, why, apart.found.ask), ()

    def _commitments(self) -> Iterable[Made]:
        with_clause = [c for c in (*self.config.offers, *self.config.contracts) if c.commitment is not None]
        if not with_clause:
            yield refused("commit", COMMIT, "No offer or contract has a commitment clause.", ADD_CLAUSE), ()
        for contract in with_clause:
            yield self._commitment(contract)

    def _commitment(self, contract: Contract) -> Made:
        name = f"commit-{contract.id}"
        try:
            to_sign = commitment_of(
                self.prospects.months,
                contract,
                self.prospects.baselines(contract.vendor),
                self.prospects.steps,
                Fraction(self.prospects.terms.rate),
                self.prospects.rule,
            )
        except ValueError as error:
            return refused(name, COMMIT, f"{contract.id} cannot be sized: {error}."), ()
        licence = to_sign.found.licence
        if licence.refuses:
            return refused(name, COMMIT, f"{contract.id}: nothing to recommend; {licence.reason}"), ()
        sheet = commit_sheet(to_sign)
        return commit_section(name, sheet), sheet.figures().values()

    def _years(self) -> Iterable[Made]:
        signed = (*self.config.offers, *self.config.contracts)
        if not signed:
            why = "There is no contract and no offer."
            yield refused("years", YEARS, why, "Write one into `contracts/` or `offers/`."), ()
            return
        for vendor in sorted({c.vendor for c in signed}):
            yield self._projection(vendor)
        found = renewing_of(self.needed, self.today)
        for sheet in renewal_sheets(found):
            yield renewal_section(sheet, self.today), sheet.figures().values()

    def _projection(self, vendor: str) -> Made:
        name = f"years-{vendor}"
        try:
            found = projected_of(self.needed, vendor=vendor)
        except CannotProject as error:
            return refused(name, f"{YEARS}, {vendor}", str(error)), ()
        sheet = projection_sheet(found)
        return projection_section(name, sheet), sheet.figures().values()

    def _asks(self) -> Iterable[Made]:
        if not self.config.offers:
            yield refused("asks", ASKS, "There is no offer in `offers/`.", ADD_OFFER), ()
            return
        try:
            sheet = worth_sheet(worths_of(self.needed))
        except UnknownOffer as error:
            yield refused("asks", ASKS, str(error.args[0]), ADD_OFFER), ()
            return
        yield asks_section(sheet), sheet.figures().values()
