"""What is told of the months to come of a window: the deal, and the brief of each offer; made when asked for.

It takes seconds, so that each is made once, and all of it from the same outlooks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from bothhalves.brief.deal_record import Deal
from bothhalves.workspace import Workspace

if TYPE_CHECKING:
    from bothhalves.brief.negotiation_record import NegotiationBrief
    from bothhalves.workspace.prospects import Prospects


class Ahead:
    """The months after a window, as seen on ``today``; ``prospects`` makes what all is looked ahead from."""

    def __init__(self, prospects: Callable[[], Prospects], today: date) -> None:
        self._make, self.today = prospects, today
        self._prospects: Prospects | None = None
        self._deal: Deal | None = None
        self._briefs: dict[str, NegotiationBrief] = {}

    def beside(self, workspace: Workspace) -> Ahead:
        """The same from another connection to the data."""
        return Ahead(lambda: self._make().beside(workspace), self.today)

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
