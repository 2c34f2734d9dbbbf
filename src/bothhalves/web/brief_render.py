"""The brief on an offer for its template: the same record as the verb ``brief`` prints."""

from __future__ import annotations

from typing import Any

from bothhalves.brief.negotiation_record import NegotiationBrief
from bothhalves.report import negotiation


def brief_context(brief: NegotiationBrief) -> dict[str, Any]:
    """What the template of the brief needs."""
    title, state, *basis = negotiation.heading(brief)
    return {
        "brief": brief,
        "heading": title,
        "state": state,
        "basis": basis,
        "told": negotiation.told,
        "sentences": negotiation.sentences,
        "is_figures": negotiation.is_figures,
        "footer": negotiation.footer(brief),
    }
