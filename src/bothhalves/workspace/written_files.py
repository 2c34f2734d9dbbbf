"""The kinds of files that people write into a workspace, beside contracts, plans and price books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def kinds() -> Mapping[str, type[Any]]:
    """What each kind of file is read into, by the name of its JSON Schema."""
    from bothhalves.core.seating.pilots import Pilot
    from bothhalves.intake.mapping import Mapping as ColumnMapping
    from bothhalves.workspace.config import Company, People, Workloads
    from bothhalves.workspace.deal_terms import DealTerms
    from bothhalves.workspace.forecast_terms import Forecast
    from bothhalves.workspace.invoices import Invoice
    from bothhalves.workspace.plan_terms import Planning
    from bothhalves.workspace.scenarios import Saved

    return {
        "company": Company,
        "deal": DealTerms,
        "forecast": Forecast,
        "invoice": Invoice,
        "mapping": ColumnMapping,
        "people": People,
        "pilot": Pilot,
        "planning": Planning,
        "scenario": Saved,
        "workloads": Workloads,
    }
