"""What is told of the months to come of a window: the deal, and the brief of each offer; made when asked for.

It takes seconds, so that each is made once, and all of it from the same outlooks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from bothhalves.brief.deal_record import Deal
from bothhalves.workspace import Workspace
from bothhalves.workspace.scenario_inputs import stated

if TYPE_CHECKING:
    from bothhalves.brief.changes import Changes
    from bothhalves.brief.negotiation_record import NegotiationBrief
    from bothhalves.brief.scenario_record import Comparison, Diff
    from bothhalves.brief.scenarios import Study
    from bothhalves.brief.what_if import Curves
    from bothhalves.core.explain import Figure
    from bothhalves.workspace.prospects import Prospects


class Ahead:
    """The months after a window, as seen on ``today``; ``prospects`` makes what all is looked ahead from, and
    ``curves`` are what changed inputs redraw the page's line by (None: there is no plan)."""

    def __init__(self, prospects: Callable[[], Prospects], today: date, curves: Curves | None = None) -> None:
        self._make, self.today, self._curves = prospects, today, curves
        self._prospects: Prospects | None = None
        self._study: Study | None = None
        self._deal: Deal | None = None
        self._briefs: dict[str, NegotiationBrief] = {}

    def beside(self, workspace: Callable[[], Workspace]) -> Ahead:
        """The same from another connection to the data, opened when it is needed."""
        return Ahead(lambda: self._make().beside(workspace()), self.today, self._curves)

    def at(self, changes: Changes) -> Ahead:
        """The same at changed inputs."""
        inputs = stated(changes.words())
        return Ahead(lambda: self.study.changed(inputs), self.today)

    @property
    def prospects(self) -> Prospects:
        self._prospects = self._prospects or self._make()
        return self._prospects

    def deal(self) -> Deal:
        """The sections about the deal."""
        if self._deal is None:
            from bothhalves.brief.deal_sections import deal_of

            self._deal = deal_of(self.prospects, self.today)
        return self._deal

    def brief(self, offer: str = "") -> NegotiationBrief:
        """The brief on an offer, a contract or (empty) the first offer. Raises ``LookupError``."""
        if offer not in self._briefs:
            from bothhalves.brief.negotiation import brief_of
            from bothhalves.workspace.negotiating import ground_of

            self._briefs[offer] = brief_of(ground_of(self.prospects, self.today, offer), self.today)
        return self._briefs[offer]

    @property
    def study(self) -> Study:
        """What scenarios are told from."""
        if self._study is None:
            from bothhalves.brief.scenarios import Study

            self._study = Study(self.prospects, self._curves)
        return self._study

    def compared(self, wanted: str) -> Comparison:
        """Scenarios side by side, ``wanted`` as :func:`bothhalves.workspace.scenarios.asked_for` writes them.
        Raises ``CannotSave`` for one that is not there, ``WrongWindow`` for a window that it cannot have."""
        from bothhalves.brief.scenario_compare import compared
        from bothhalves.workspace.scenarios import chosen, names_of, prints_of

        workspace = self.prospects.workspace
        return compared(self.study, chosen(workspace.root, names_of(wanted)), prints_of(workspace))

    def diffed(self, wanted: str) -> Diff:
        """Two scenarios taken apart, ``wanted`` and raising as :meth:`compared`."""
        from bothhalves.brief.scenario_compare import diffed
        from bothhalves.workspace.scenarios import chosen, names_of

        names = names_of(wanted)
        ends = names[0], names[-1]
        saved = chosen(self.prospects.workspace.root, ends)
        return diffed(self.study, ends, (saved[ends[0]], saved[ends[1]]))

    def scenario_figure(self, figure_key: str) -> Figure | None:
        """The figure of a scenario, or of two, that a key names."""
        from bothhalves.brief.scenario_compare import figure_of

        return figure_of(self.study, figure_key)
