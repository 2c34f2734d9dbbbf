"""Opening a workspace: its files read, its price book made, its store ready to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bothhalves.core.dates import Month, Span
from bothhalves.core.explain import Problem, Selector
from bothhalves.workspace.config import Config, read_config
from bothhalves.workspace.edges import price_edges
from bothhalves.workspace.feeds import feed_ranks
from bothhalves.workspace.identity import Pseudonyms, Register, load_key
from bothhalves.workspace.locking import locked_versions

if TYPE_CHECKING:
    from bothhalves.core.contracts import Contract
    from bothhalves.core.levers.quality import Evaluation
    from bothhalves.core.plans import PlanBook
    from bothhalves.core.prices import PriceBook
    from bothhalves.store import Store
    from bothhalves.workspace.demands import Asked
    from bothhalves.workspace.invoices import Invoice
    from bothhalves.workspace.outcomes import Outcome

MARKER = "company.yaml"


class NotAWorkspace(Exception):
    """The folder has no company.yaml."""


class WrongWindow(Exception):
    """A window or an as-of day that cannot be read."""


@dataclass(frozen=True)
class Workspace:
    """A folder, what people wrote in it, and the prices that hold for it."""

    root: Path
    config: Config

    @cached_property
    def _priced(self) -> tuple[PriceBook, list[Problem]]:
        from bothhalves.reading import price_book

        lock, problems = locked_versions(self.root)
        book, found = price_book(self.config.books, lock)
        return book, [*problems, *found]

    @property
    def book(self) -> PriceBook:
        return self._priced[0]

    @cached_property
    def asked(self) -> dict[tuple[Month, ...], Asked]:
        """What was counted of windows: the store is a snapshot, so that it stays true."""
        return {}

    @cached_property
    def beyond(
        self,
    ) -> dict[tuple[tuple[Month, ...], str, int | None], dict[Month, tuple[Fraction, Fraction]]]:
        """What allowances leave of usage under seats, by window, vendor and days of a month, for as long."""
        return {}

    @cached_property
    def _offered(self) -> tuple[PlanBook, list[Problem]]:
        from bothhalves.reading.plans import plan_book

        return plan_book(self.config.plans)

    @property
    def plans(self) -> PlanBook:
        """What vendors offer: the shipped plans, and those in plans/ over them."""
        return self._offered[0]

    @cached_property
    def _written(self) -> tuple[tuple[Invoice, ...], list[Problem]]:
        from bothhalves.workspace.invoices import imported_too, read_invoices

        written, problems = read_invoices(self.root)
        imported = {i.invoice for i in written if self._is_imported(i)}
        problems += [imported_too(i) for i in written if i.invoice in imported]
        return tuple(i for i in written if i.invoice not in imported), problems

    def _is_imported(self, invoice: Invoice) -> bool:
        """True if an imported bill has lines of the same invoice."""
        same = Selector("costs").narrowed(vendor=invoice.vendor, invoice=invoice.invoice)
        return bool(self.store.rows(same, 1))

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """The invoices that people wrote down."""
        return self._written[0]

    @cached_property
    def _judged(self) -> tuple[tuple[Evaluation, ...], list[Problem]]:
        if not (self.root / "evaluations").is_dir():
            return (), []
        from bothhalves.workspace.evaluations import read_evaluations

        return read_evaluations(self.root, (w.id for w in self.config.workloads))

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """The judged tasks that people wrote down."""
        return self._judged[0]

    @cached_property
    def _counted_outcomes(self) -> tuple[tuple[Outcome, ...], list[Problem]]:
        if not (self.root / "outcomes.csv").is_file():
            return (), []
        from bothhalves.workspace.outcomes import read_outcomes

        return read_outcomes(self.root, (g.id for g in self.config.company.groups))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What groups got done with a tool, as people counted it."""
        return self._counted_outcomes[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the workspace's own files."""
        from bothhalves.core.boundaries import boundary_problems

        own = (
            *self.config.problems,
            *self._priced[1],
            *self._offered[1],
            *self._written[1],
            *self._judged[1],
            *self._counted_outcomes[1],
        )
        company, today = self.config.company, datetime.now(UTC).date()
        crossed = boundary_problems(self.config.contracts, self.plans, company.needs, company.billing, today)
        return (*own, *crossed)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        from bothhalves.workspace.links import known_links

        return Pseudonyms(load_key(self.root), self.config.people, known_links(self.root))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Pseudonyms stored earlier to those of today, for people who were linked since."""
        return self.pseudonyms.aliases(Register(self.root))

    @property
    def edges(self) -> tuple[int, ...]:
        """The prompt sizes by which requests are classed when they are counted."""
        return price_edges(self.root, self.config.books, lambda: self.book.edges)

    @cached_property
    def store(self) -> Store:
        """A snapshot of what is imported. Derived data that is gone is made again first."""
        from bothhalves.store import Store

        self.made_sound(lambda _: None)
        return Store.open(self.root, feed_ranks(), self.config.company.billing)

    def made_sound(self, say: Callable[[str], None]) -> None:
        """Make derived segments again that somebody deleted."""
        from bothhalves.store.manifest import load, missing
        from bothhalves.workspace.rebuilding import rebuild_derived

        if missing(self.root, load(self.root)):
            say("derived data is gone: making it again from the inbox and the kept calls")
            for problem in rebuild_derived(self):
                say(str(problem))

    def under(self, contracts: tuple[Contract, ...]) -> Workspace:
        """The same data, as already opened, under contracts that differ in what is yet to come only."""
        other = Workspace(self.root, replace(self.config, contracts=contracts))
        known = {name: value for name, value in vars(self).items() if name not in ("root", "config")}
        vars(other).update(known)
        return other

    @property
    def zone(self) -> ZoneInfo:
        """What cuts days and months."""
        return ZoneInfo(self.config.company.zone)

    def span(self, months: tuple[Month, ...]) -> Span:
        """The instants of whole months, first to last."""
        return Span.of_days(months[0].first, months[-1].next.first, self.zone)

    def rows(self, selector: Selector, limit: int = 6) -> list[dict[str, str]]:
        """The stored rows that stand behind a number, through pseudonyms; values as text."""
        if selector.table == "contract":
            wanted = dict(selector.where).items()
            return [r for r in map(_terms, self.config.contracts) if wanted <= r.items()]
        if selector.table == "invoice":
            from bothhalves.workspace.invoices import rows

            return rows(self.invoices, selector)
        found = self.store.rows(selector, limit, zone=self.config.company.zone)
        return [{k: "" if v is None else str(v) for k, v in row.items()} for row in found]


def _terms(contract: Contract) -> dict[str, str]:
    """A contract as a row: what a fee stands on."""
    return {
        "id": contract.id,
        "vendor": contract.vendor,
        "start": str(contract.term.start),
        "until": str(contract.term.until),
        "assumed": "yes" if contract.assumed else "no",
        "source": contract.source,
        "file": "contracts/",
    }


def open_workspace(root: Path) -> Workspace:
    """The workspace in ``root``. Raises :class:`NotAWorkspace`; wrong files become problems."""
    if not (root / MARKER).is_file():
        raise NotAWorkspace(
            f"{root} is not a workspace: it has no {MARKER}. Make one: bothhalves init {root}"
        )
    return Workspace(root, read_config(root))
