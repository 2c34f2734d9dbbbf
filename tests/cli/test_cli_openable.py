"""Every amount that a verb prints to the cent is a figure of its record, which ``--explain`` opens."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from command import PROBLEMS, record, run
from test_cli_bundling import company

VERBS: dict[str, tuple[str, ...]] = {
    "bundle": (),
    "clauses": ("both",),
    "commit": ("both", "--price-step", "2027-07=80%"),
    "projection": ("both",),
    "renewal": (),
    "brief": ("both",),
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
    assert len(told) > 2
    assert {amount for amount in told if amount not in known} == set()


def ends(figure: dict[str, Any]) -> list[str]:
    return [str(figure[end]) for end in ("low", "high", "value") if figure.get(end) is not None]


def cents(value: str) -> Decimal:
    return abs(Decimal(value)).quantize(CENT, ROUND_HALF_UP)
