"""What the two invented companies of one mistake each are there to show.

Ottermere Quay sizes its seats by headcount; Brindlepost commits to tokens before it makes them fewer.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.brief import Page
from bothhalves.brief.building import arranged
from bothhalves.core.dates import Month
from bothhalves.core.explain import Grade
from bothhalves.core.levers.mix import Lever
from bothhalves.core.levers.quality import Verdict
from bothhalves.core.money import Amount
from bothhalves.core.seating.labelling import Label
from bothhalves.workspace import Workspace, open_workspace
from bothhalves.workspace.importing import Options, import_paths
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.levers import WorkloadLevers, levers_of
from bothhalves.workspace.records import Ledger
from bothhalves.workspace.seating import Seating, seating_of
from source import ROOT

MILLION = 1_000_000
MONTHS = tuple(Month.parse(f"2026-{n:02}") for n in range(7, 11))
CLOSE = Decimal("0.02")
#: Dollars for a million tokens of input and output.
LIST = {"claude-opus-4-8": (5, 25), "claude-sonnet-4-6": (3, 15), "claude-haiku-4-5": (1, 5)}


@dataclass(frozen=True)
class Company:
    workspace: Workspace
    ledger: Ledger
    page: Page

    def amount(self, key: str) -> Decimal:
        value = self.page.figures()[key].value
        assert isinstance(value, Amount)
        assert value.is_point
        return value.low

    def count(self, key: str) -> Decimal:
        value = self.page.figures()[key].value
        assert isinstance(value, Decimal)
        return value


def _company(name: str, folder: Path) -> Company:
    folder = shutil.copytree(ROOT / "examples" / name, folder / name)
    import_paths(open_workspace(folder), [], Options(), lambda text: None)
    workspace = open_workspace(folder)
    ledger = ledger_of(workspace)
    return Company(workspace, ledger, arranged(ledger))


@pytest.fixture(scope="session")
def ottermere(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return _company("ottermere", tmp_path_factory.mktemp("ottermere"))


@pytest.fixture(scope="session")
def brindlepost(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return _company("brindlepost", tmp_path_factory.mktemp("brindlepost"))


@pytest.fixture(scope="session")
def seating(ottermere: Company) -> Seating:
    return seating_of(ottermere.workspace, MONTHS)


@pytest.fixture(scope="session")
def levers(brindlepost: Company) -> dict[str, WorkloadLevers]:
    found = levers_of(brindlepost.workspace, MONTHS, Grade.B)
    return {w.workload: w for w in found.workloads}


@pytest.mark.parametrize("name", ["ottermere", "brindlepost"])
def test_four_full_months_agree_with_the_invoices(name: str, request: pytest.FixtureRequest) -> None:
    company: Company = request.getfixturevalue(name)
    gaps = [c.gap for c in company.ledger.comparisons]
    assert gaps
    assert all(gap is not None and abs(gap) <= CLOSE for gap in gaps)
    assert {c.month for c in company.ledger.comparisons} == {str(m) for m in MONTHS}
    assert company.page.grade is Grade.B
    assert company.page.problems == ()


# -- Ottermere Quay -----------------------------------------------------------------------------------


def test_a_vacation_scheme_is_paid_after_it_has_gone(ottermere: Company) -> None:
    committed = 4 * (540 * 40 + 60 * 200) + 2 * 24 * 40
    beyond = [21 * 40, 33 * 40, 33 * 40]  # August, September and, without anybody in them, October
    assert ottermere.amount("seats.cost") == committed + sum(beyond)
    assert ottermere.amount("seats.billed") == committed + sum(beyond)


def test_every_kind_of_idle_seat_is_told_apart(seating: Seating) -> None:
    labels = Counter(seat.told.label for seat in seating.seats)
    assert labels[Label.PROTECTED] == 1 + 9 + 2 + 3 + 2
    assert labels[Label.NEW] == 12 + 9
    assert labels[Label.NEVER_USED] == 17
    assert labels[Label.DORMANT] == 15 + 80 + 35
    assert labels[Label.NOT_VISIBLE] == 24
    assert labels.total() == 622


def test_no_seat_of_a_product_without_activity_is_called_unused(seating: Seating) -> None:
    research = [s.told.label for s in seating.seats if s.told.facts.product == "perplexity"]
    assert research == [Label.NOT_VISIBLE] * 24


def test_seats_that_changed_hands_are_counted_once(seating: Seating) -> None:
    (claude,) = (c for c in seating.cohorts if c.product == "claude")
    assert claude.found.reassigned == 14


# -- Brindlepost --------------------------------------------------------------------------------------


def test_brindlepost_pays_the_list_less_the_discount_of_its_commitment(brindlepost: Company) -> None:
    cost = _reported_cost() + _logged_cost()
    assert brindlepost.amount("tokens.cost") == cost * 88 / 100 / MILLION


def _reported_cost() -> Decimal:
    text = gzip.decompress((ROOT / "examples/brindlepost/inbox/anthropic-usage.json.gz").read_bytes())
    cost = Decimal(0)
    for bucket in json.loads(text)["data"]:
        for row in bucket["results"]:
            written = row["cache_creation"]["ephemeral_5m_input_tokens"]
            share = Decimal("0.5") if row["service_tier"] == "batch" else 1
            share *= Decimal("1.1") if row["inference_geo"] == "us" else 1
            counts = (row["uncached_input_tokens"], row["cache_read_input_tokens"], written)
            cost += share * _cost(row["model"], *counts, row["output_tokens"])
    return cost


def _logged_cost() -> Decimal:
    text = gzip.decompress((ROOT / "examples/brindlepost/inbox/carrier-terms-log.csv.gz").read_bytes())
    names = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "output_tokens")
    rows = csv.DictReader(io.StringIO(text.decode()))
    return sum((_cost(row["model"], *(int(row[name]) for name in names)) for row in rows), Decimal(0))


def _cost(model: str, fresh: int, read: int, written: int, output: int) -> Decimal:
    """In millionths of a dollar: a read costs a tenth of input, a write five quarters."""
    prompt, answer = LIST[model]
    return prompt * (fresh + Decimal(read) / 10 + Decimal(written) * 5 / 4) + Decimal(answer) * output


def test_what_runs_well_already_has_nothing_to_bank(levers: dict[str, WorkloadLevers]) -> None:
    found = levers["address-repair"].composition
    assert found.efficient.amount == found.current.amount
    assert found.lazy.amount.low > 10 * found.current.amount.low


def test_judged_tasks_decide_class_by_class(levers: dict[str, WorkloadLevers]) -> None:
    chosen = {
        (name, a.task_class): a.chosen.model[1] if a.chosen else ""
        for name in ("recipient-chat", "exception-triage", "driver-notes", "customs-codes")
        for a in levers[name].assignments
    }
    assert chosen == {
        ("recipient-chat", "where-is-it"): "claude-haiku-4-5",
        ("recipient-chat", "redelivery"): "claude-sonnet-4-6",
        ("recipient-chat", "complaint"): "",
        ("exception-triage", "damage"): "claude-sonnet-4-6",
        ("exception-triage", "customs-hold"): "",
        ("exception-triage", "misrouted"): "claude-haiku-4-5",
        ("driver-notes", ""): "claude-sonnet-4-6",
        ("customs-codes", ""): "",
    }


def test_one_model_fails_narrowly_and_one_class_has_too_few_tasks(levers: dict[str, WorkloadLevers]) -> None:
    verdicts = {
        (name, a.task_class, c.model[1]): c.verdict
        for name in ("recipient-chat", "exception-triage")
        for a in levers[name].assignments
        for c in a.candidates
    }
    assert verdicts["recipient-chat", "redelivery", "claude-haiku-4-5"] is Verdict.BELOW
    assert verdicts["exception-triage", "customs-hold", "claude-haiku-4-5"] is Verdict.FEW


def test_the_log_says_what_the_header_costs(levers: dict[str, WorkloadLevers]) -> None:
    terms = levers["carrier-terms"]
    assert terms.evidence[Lever.CACHING].basis == "back-tested"
    assert terms.composition.efficient.amount.low < terms.composition.current.amount.low / 3
    assert terms.built[Lever.CACHING].worth


def test_usage_without_request_counts_claims_no_cache(levers: dict[str, WorkloadLevers]) -> None:
    assert levers["recipient-chat"].evidence[Lever.CACHING].basis == ""
