"""The vendor that the guide to books adds: its files are read, price usage, and stand behind a contract."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.explain import Problem
from bothhalves.intake.source import Source
from bothhalves.reading.contracts import read_contract
from bothhalves.workspace.pricing import answers
from source import ROOT
from workspace_folder import Folder, csv_of

GUIDE = (ROOT / "docs" / "guides" / "books.md").read_text("utf-8")
FILES = {
    text.splitlines()[0].removeprefix("# "): text
    for text in re.findall(r"```yaml\n(# .*?)```", GUIDE, re.DOTALL)
}
BOOK, PLANS = "books/tonic.yaml", "plans/tonic.yaml"
SHORT, LONG = {"input_tokens": 100_000, "output_tokens": 1_000}, {"input_tokens": 300_000}
USED = [
    ({"model": "tonic-large-latest", **SHORT, "cache_read_tokens": 50_000, "web_searches": 5}, "0.258"),
    ({"model": "tonic-large-latest", **LONG}, "1.2"),
    ({"model": "tonic-large-2", "tier": "batch", **SHORT}, "0.104"),
    ({"model": "tonic-film", "meter": "video_seconds_1080p", "quantity": "12.5"}, "1.5"),
]
CONTRACT = """id: tonic-2026
vendor: tonic-ai
currency: USD
term: {start: 2026-07-01, months: 12}
seats: [{plan: tonic-team, committed: 12, billed: annual}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write({**FILES, "contracts/tonic.yaml": CONTRACT})
    return folder


def test_a_vendor_takes_two_short_files() -> None:
    assert list(FILES) == [BOOK, PLANS]
    assert sum(len(text.splitlines()) for text in FILES.values()) < 40


def test_the_files_are_sound(folder: Folder) -> None:
    workspace = folder.open()
    assert list(workspace.problems) == []
    assert workspace.book.vendor("tonic") == "tonic-ai"


def test_its_usage_is_priced(folder: Folder) -> None:
    rows = [{"time": "2026-09-01T08:00:00Z", "vendor": "tonic", **row} for row, _ in USED]
    folder.write({"usage.csv": csv_of(*rows)})
    whole: list[Problem] = []
    found = list(answers(Source(folder.root / "usage.csv", "usage.csv"), folder.open().book, whole))
    assert [problem for answer in found for problem in answer.problems] + whole == []
    assert [answer.amount.low for answer in found if answer.amount] == [Decimal(cost) for _, cost in USED]


def test_a_contract_names_its_plan(folder: Folder) -> None:
    contract, problems = read_contract(folder.root / "contracts" / "tonic.yaml", [folder.root / PLANS])
    assert problems == []
    assert contract is not None
    (seat,) = contract.seats
    assert (seat.product, seat.fee, seat.minimum) == ("tonic", 25, 3)
    (allowance,) = contract.allowances
    assert list(allowance.per_person.values()) == [20]
