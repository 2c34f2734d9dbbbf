"""Histories walked by every rule, as in cases/backtests.yaml, by way of files and the verb."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bothhalves.cli import app
from bothhalves.core.money import to_cents

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "backtests.yaml").read_text("utf-8"))
#: The amount of least regret is looked for in cents, and three terms are added up.
CLOSE = Decimal("0.03")
#: What just covers a mean of thirds is signed in micro-units.
CENT = Decimal("0.01")


def record(place: Path, case: dict[str, Any]) -> dict[str, Any]:
    offer = {"id": "o", "vendor": "anthropic", "currency": "USD", "commitment": case["commitment"]}
    offer["term"] = {"start": "2027-01-01", "months": case["months"]}
    (place / "o.yaml").write_text(yaml.safe_dump(offer))
    (place / "h.csv").write_text("\n".join(["period,amount", *rows(case)]))
    lengths = ["--months", str(case["months"]), "--known", str(case["known"])]
    command = ["backtest", str(place / "h.csv"), "--terms", str(place / "o.yaml"), *lengths, "--json"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def rows(case: dict[str, Any]) -> list[str]:
    """A line for each period, numbered or by months from the first on."""
    year, _, month = case["first"].partition("-")
    if not month:
        return [f"{n},{amount}" for n, amount in enumerate(case["history"], int(year))]
    first = int(year) * 12 + int(month) - 1
    places = (divmod(first + n, 12) for n in range(len(case["history"])))
    return [f"{y}-{m + 1:02},{amount}" for (y, m), amount in zip(places, case["history"], strict=True)]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_every_rule_pays_what_was_worked_out(tmp_path: Path, case: dict[str, Any]) -> None:
    found = record(tmp_path, case)
    (walk,) = found["terms"][0]["walks"]
    for rule, expected in case["paid"].items():
        figures = [found["figures"][term["bills"][rule]] for term in walk["terms"]]
        paid = [to_cents(Decimal(figure["low"])) for figure in figures]
        close = CLOSE if rule == "advice" else 0
        assert len(paid) == len(expected)
        assert all(abs(a - Decimal(b)) <= close for a, b in zip(paid, expected, strict=True)), (rule, paid)
    for rule, expected in case["regret"].items():
        regret = to_cents(Decimal(found["figures"][walk["regret"][rule]]["low"]))
        assert abs(regret - Decimal(expected)) <= (CLOSE if rule == "advice" else CENT), (rule, regret)
