"""What a deal is looked ahead from, each made once: the plan of a window, and all vendors' outlooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from bothhalves.core.dates import Month
from bothhalves.core.deal.committing import Rule
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.explain import Problem
from bothhalves.workspace.built_need import built_outlook
from bothhalves.workspace.deal_terms import DealTerms, deal_terms_of
from bothhalves.workspace.forecast_terms import forecast_terms
from bothhalves.workspace.forecasting import outlook_of
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.making import planned_of
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.price_steps import stated_steps
from bothhalves.workspace.records import Ledger


class Prospects:
    """The months after ``months``, the observed window.

    ``planned`` and ``ledger`` are those of the window, ``known`` what each baseline of vendors leads to and
    ``built`` what they need with nothing built, where it is known already. ``steps`` are changes of list
    prices beside those of ``forecast.yaml``; ``rate`` takes the place of the ``discount_rate`` of
    ``deal.yaml``; ``rule`` chooses commitments as far as evidence allows it. All of it holds for one state of
    the data: after an import, make another.
    """

    def __init__(
        self,
        workspace: Workspace,
        months: tuple[Month, ...],
        planned: Planned | None = None,
        ledger: Ledger | None = None,
        *,
        known: Mapping[str, Mapping[Baseline, Outlook]] | None = None,
        built: Mapping[str, Outlook] | None = None,
        steps: Sequence[PriceStep] = (),
        rate: Decimal | None = None,
        rule: Rule | None = None,
    ) -> None:
        self.workspace, self.months = workspace, months
        self._planned, self._ledger = planned, ledger
        self._given, self._rate, self.rule = tuple(steps), rate, rule
        self._outlooks = {(vendor, b): one for vendor, own in (known or {}).items() for b, one in own.items()}
        self._built = dict(built or {})

    def beside(self, workspace: Workspace) -> Prospects:
        """The same from another connection to the data."""
        return Prospects(
            workspace, self.months, self._planned, self._ledger,
            steps=self._given, rate=self._rate, rule=self.rule,
        )  # fmt: skip

    @cached_property
    def ledger(self) -> Ledger:
        return self._ledger or ledger_of(self.workspace, f"{self.months[0]}/{self.months[-1]}")

    @cached_property
    def planned(self) -> Planned:
        return self._planned or planned_of(self.workspace, self.months, self.ledger)

    @cached_property
    def steps(self) -> tuple[PriceStep, ...]:
        """How list prices change."""
        return stated_steps(self.workspace, self._given)

    @cached_property
    def _judged(self) -> tuple[DealTerms, list[Problem]]:
        return deal_terms_of(self.workspace, self._rate)

    @property
    def terms(self) -> DealTerms:
        """What the deal is judged by."""
        return self._judged[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with ``deal.yaml`` and ``forecast.yaml``."""
        return (*self._judged[1], *forecast_terms(self.workspace)[1])

    def of(self, vendor: str, baseline: Baseline = Baseline.EFFICIENT) -> Outlook:
        """What one baseline of the vendor's usage leads to; by default the need after the whole plan."""
        asked = vendor, baseline
        if asked not in self._outlooks:
            self._outlooks[asked] = outlook_of(
                self.workspace,
                self.months,
                baseline,
                vendor=vendor,
                planned=self.planned,
                ledger=self.ledger,
            )
        return self._outlooks[asked]

    def baselines(self, vendor: str) -> Mapping[Baseline, Outlook]:
        """What each baseline of the vendor's usage leads to."""
        return {baseline: self.of(vendor, baseline) for baseline in Baseline}

    def built(self, vendor: str) -> Outlook:
        """The need of the vendor's halves with nothing built: what a negotiation may count on."""
        if vendor not in self._built:
            self._built[vendor] = built_outlook(
                self.workspace, self.months, vendor, self.planned, self.ledger
            )
        return self._built[vendor]
