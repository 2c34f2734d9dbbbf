"""Every amount that a verb prints to the cent is a figure of its record, which ``--explain`` opens."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from command import PROBLEMS, record, run
from test_cli_bundling import company

from workspace_folder import Folder, csv_of, used

VERBS: dict[str, tuple[str, ...]] = {
    "bundle": (),
    "clauses": ("both",),
    "commit": ("both", "--price-step", "2027-07=80%"),
    "projection": ("both",),
    "renewal": (),
    "brief": ("both",),
    "forecast": (),
}
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company(tmp_path_factory.mktemp("openable"))


@pytest.mark.parametrize("verb", VERBS)
def test_amounts_in_words_are_figures(root: Path, verb: str) -> None:
    code = PROBLEMS if verb in ("commit", "brief") else 0
    words = (verb, *VERBS[verb], "-w", root)
    text = run(*words, code=code).stdout
    known = {cents(end) for f in record(*words, code=code)["figures"].values() for end in ends(f)}
    told = {Decimal(t.replace(",", "")) for t in re.findall(r"(?<![\d.])\d[\d,]*\.\d\d(?![\d.%])", text)}
    assert told
    assert {amount for amount in told if amount not in known} == set()


def ends(figure: dict[str, Any]) -> list[str]:
    return [str(figure[end]) for end in ("low", "high", "value") if figure.get(end) is not None]


def cents(value: str) -> Decimal:
    return abs(Decimal(value)).quantize(CENT, ROUND_HALF_UP)


def test_a_month_of_a_driver_opens_down_to_its_factors(tmp_path: Path) -> None:
    """Ten requests a day of one dollar each: both factors have keys, and stand below the month."""
    folder = Folder(tmp_path)
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    folder.write({"workloads.yaml": "workloads: [{id: app, match: {keys: [app]}}]\n"})
    folder.imported({"usage.csv": csv_of(*(used(d, 2_000_000, requests=10, key="app") for d in days))})
    found = record("forecast", "-w", folder.root)
    (driver,) = (d for d in found["drivers"] if d["parts"])
    parts = {p["name"]: p["figure"] for p in driver["parts"]}
    assert set(parts.values()) == set(found["figures"][driver["ahead"]["base"][0]]["operands"])
    assert Decimal(found["figures"][parts["cost of a request"]]["low"]) == 1


def test_ways_of_counting_seats_open_with_how_many_they_count(root: Path) -> None:
    found = record("renewal", "-w", root)
    costs = [f for key, f in found["figures"].items() if key.startswith("renewal.counted?")]
    assert costs
    for cost in costs:
        (key,) = cost["operands"]
        assert key.startswith("renewal.seat-months?")
        assert Decimal(found["figures"][key]["value"]) * 100 == Decimal(cost["low"])


def test_what_is_worked_out_does_not_pass_for_what_somebody_wrote_down(root: Path) -> None:
    words = ("bundle", "one-number", "-w", root, "--explain")
    text = run(*words, "bundle.share?by=shapley&half=seats&offer=one-number").stdout
    assert "Worked out from the parts below, as its rule says." in text
    assert "not computed" not in text
