"""Usage under seats reaches the clauses that price it: credits of a pool, money at rates, by person."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import yaml

from bothhalves.core.dates import Month
from bothhalves.core.settling import settle
from bothhalves.workspace.demands import asked_of
from bothhalves.workspace.settled import settled
from workspace_folder import Folder, contract, csv_of, members, used

SEPTEMBER = Month(2026, 9)
TERM = {"start": "2026-01-01", "months": 12}


def by_clause(folder: Folder, month: Month = SEPTEMBER) -> dict[str, Decimal]:
    """The month's money by clause, usage at list price under ``list``."""
    place = folder.open()
    assert place.config.problems == ()
    own = place.config.contracts[0]
    found: dict[str, Decimal] = {}
    for line in settled(asked_of(place, (month,)), own, (month,)).lines:
        start = f"{own.id}/"
        clause = line.entry.removeprefix(start) if line.entry.startswith(start) else "list"
        found[clause] = found.get(clause, Decimal(0)) + line.amount.low
    return {clause: amount for clause, amount in found.items() if amount}


def credits(person: str, quantity: int) -> dict[str, object]:
    return {
        "time": "2026-09-15T12:00:00Z", "vendor": "github", "product": "copilot", "meter": "ai-credits",
        "quantity": quantity, "person": person, "billing": "metered",
    }  # fmt: skip


def test_a_pool_of_credits_is_shared_and_then_charged(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    seats = [{"plan": "copilot-business", "committed": 2}]
    terms = {"id": "gh", "vendor": "github", "currency": "USD", "term": {**TERM, "start": "2026-06-01"}}
    folder.write({"contracts/a.yaml": yaml.safe_dump({**terms, "seats": seats})})
    folder.imported({"usage.csv": csv_of(credits("ada@x.com", 4000), credits("bo@x.com", 1000))})
    found = by_clause(folder)
    assert found["seats/copilot-business"] == 38
    # 5,000 credits, of which 2 x 1,900 are in the seats, at a cent each
    assert sum(found.values()) - 38 == Decimal(12)


def test_tokens_under_a_seat_at_rates_are_charged_to_the_seat(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rates = [{"seats": ["premium"], "discount": "10%"}]
    folder.write({"contracts/a.yaml": contract(seat_usage=rates)})
    rows = [
        used("2026-09-15T12:00:00Z", product="claude", billing="included", person="ada@x.com"),
        used("2026-09-15T12:00:00Z", product="claude-api", billing="metered"),
    ]
    folder.imported({"usage.csv": csv_of(*rows), "members.csv": members(("ada@x.com", "Active", "Premium"))})
    found = by_clause(folder)
    assert found["list"] == 10
    assert sum(found.values()) == Decimal("1009.5")


def test_tokens_under_a_flat_seat_are_no_charge(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write({"contracts/a.yaml": contract()})
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z", product="claude", billing="included"))})
    assert by_clause(folder) == {"seats/premium": 1000}


def test_two_keys_of_one_workload_are_two_lines(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write({
        "contracts/a.yaml": contract(),
        "workloads.yaml": "workloads: [{id: bot, match: {keys: [k1, k2]}}]\n",
    })  # fmt: skip
    rows = [used("2026-09-15T12:00:00Z", key=k) for k in ("k1", "k2")]
    folder.imported({"usage.csv": csv_of(*rows)})
    place = folder.open()
    demand = asked_of(place, (SEPTEMBER,)).of(place.config.contracts[0])[0]
    assert len({u.line.id for u in demand.usage}) == len(demand.usage) == 2


def test_a_successor_costs_at_most_what_its_predecessor_did_when_the_contract_was_signed(
    tmp_path: Path,
) -> None:
    """Claude Opus 4.8 costs 5 dollars a million; a private list has nova at 9."""
    folder = Folder(tmp_path)
    book = {"book": "own", "vendor": "anthropic", "checked": "2026-09-01", "replaces": False}
    card = {"model": "claude-nova", "from": "2026-08-01", "price": {"input_tokens": 9}}
    prices = {"kind": "cap", "successors": {"claude-nova": "claude-opus-4-8"}}
    folder.write({
        "books/own.yaml": yaml.safe_dump({**book, "prices": [card]}),
        "contracts/a.yaml": contract(seats=[], prices=prices, term={"start": "2026-07-01", "months": 12}),
    })  # fmt: skip
    rows = [
        used("2026-09-15T12:00:00Z", model=m, billing="metered") for m in ("claude-nova", "claude-opus-4-8")
    ]
    folder.imported({"usage.csv": csv_of(*rows)})
    assert by_clause(folder) == {"list": 14, "protection": -4}


def test_usage_in_dollars_under_a_contract_in_euros_is_converted_or_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rate = {"from": "USD", "on": "2026-09-01", "rate": "0.9", "source": "ECB"}
    folder.write({"contracts/a.yaml": contract(currency="EUR", seats=[], exchange=[rate])})
    folder.imported({"usage.csv": csv_of(used("2026-08-15T12:00:00Z"), used("2026-09-15T12:00:00Z"))})
    assert by_clause(folder) == {"list": Decimal("4.5")}
    place = folder.open()
    span = (Month(2026, 8), SEPTEMBER)
    under = settle(place.config.contracts[0], asked_of(place, span).of(place.config.contracts[0]))
    assert [str(n).partition(":")[0] for n in under.unexchanged] == ["2026-08"]
