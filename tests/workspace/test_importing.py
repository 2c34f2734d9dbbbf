"""Files on their way into the store: nothing is lost, nothing counted twice, whatever the order."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from source import ROOT
from workspace_folder import Folder

NOISY = (ROOT / "tests/intake/copilot/billing-real.csv").read_text("utf-8-sig")


def test_amounts_worked_out_in_floating_point_keep_every_digit(tmp_path: Path) -> None:
    """Copilot writes 0.036000000000000004 where it means 0.036: both are kept as they stand."""
    folder = Folder(tmp_path)
    report = folder.imported({"billing.csv": NOISY})
    assert report.problems == []
    written = list(csv.DictReader(NOISY.splitlines()))
    costs = folder.open().store.costs()
    assert sorted(c.amount for c in costs) == sorted(Decimal(row["net_amount"]) for row in written)
    counted = [q for found in folder.open().store.quantities() for _, q in found.quantities]
    assert sum(counted) == sum(Decimal(row["quantity"]) for row in written)
