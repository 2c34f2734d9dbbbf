"""Copilot: gross, discount and net stay apart; the unit changes in June 2026; a person-day counts once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Record, Seat, Usage
from bothhalves.intake import copilot
from bothhalves.intake.base import Sink
from bothhalves.intake.source import Source

HERE = Path(__file__).parent
NEW_HEADER = (
    "date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,"
    "net_amount,total_monthly_quota,organization,cost_center_name,aic_quantity,aic_gross_amount,input,output,"
    "cache_read,cache_write\n"
)


def read(path: Path, format_name: str) -> Sink:
    source, sink = Source(path, path.name), Sink()
    (found,) = [f for f in copilot.FORMATS if f.matches(source)]
    assert found.name == format_name
    found.read(source, sink)
    return sink


def billed(folder: Path, *lines: str, header: str = NEW_HEADER) -> Sink:
    path = folder / "billing.csv"
    path.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    return read(path, "copilot-billing")


def costs(records: list[Record]) -> list[Cost]:
    return [r for r in records if isinstance(r, Cost)]


def uses(records: list[Record]) -> list[Usage]:
    return [r for r in records if isinstance(r, Usage)]


def test_real_rows_net_nothing_and_show_the_gross_use() -> None:
    sink = read(HERE / "billing-real.csv", "copilot-billing")
    assert sink.problems == []
    money = costs(sink.records)
    assert len(money) == len(uses(sink.records)) == 68
    assert {c.kind for c in money} == {MoneyKind.INVOICED}
    assert sum(c.amount for c in money) == 0
    assert sum((c.gross for c in money if c.gross is not None), Decimal(0)) > 0
    assert {u.billing for u in uses(sink.records) if u.quantity} == {Billing.INCLUDED}
    (span,) = sink.spans
    assert (span.start, span.until) == (datetime(2026, 5, 27, tzinfo=UTC), datetime(2026, 6, 7, tzinfo=UTC))


def test_the_unit_changes_on_the_first_of_june_and_is_never_restated() -> None:
    sink = read(HERE / "billing-real.csv", "copilot-billing")
    change = datetime(2026, 6, 1, tzinfo=UTC)
    for usage in uses(sink.records):
        assert usage.meter == ("ai-credits" if usage.time >= change else "premium-requests")
    first = uses(sink.records)[0]
    assert (str(first.quantity), first.model, first.person) == (
        "0.8999999999999999",
        "Auto: Claude Haiku 4.5",
        "login:user-02",
    )


def test_token_columns_of_newer_files_stand_apart_from_the_credits_that_paid_for_them(tmp_path: Path) -> None:
    sink = billed(
        tmp_path,
        "2026-09-01,Ada-Example,copilot,copilot_ai_credit,Claude Haiku 4.5,5.1,ai-credits,0.01,0.051,"
        "0.051,0,1900,acme,R&D,5.1,0.051,1000,8000,60000,3200",
    )
    usage, tokens = uses(sink.records)
    assert (tokens.input_tokens, tokens.output_tokens) == (1000, 8000)
    assert (tokens.cache_read_tokens, tokens.cache_write_tokens) == (60000, 3200)
    assert (tokens.meter, tokens.billing, usage.prompt_tokens) == ("", Billing.INCLUDED, 0)
    assert (usage.meter, usage.quantity, usage.workload) == ("ai-credits", Decimal("5.1"), "R&D")
    assert (usage.person, usage.account, usage.product) == ("login:ada-example", "acme", "copilot")
    (cost,) = costs(sink.records)
    assert (cost.amount, cost.gross, cost.currency) == (Decimal(0), Decimal("0.051"), "USD")
    assert cost.description == "copilot_ai_credit Claude Haiku 4.5"


def test_use_beyond_the_pool_is_metered(tmp_path: Path) -> None:
    row = "2026-09-01,a,copilot,copilot_ai_credit,m,100,ai-credits,0.01,{},1900,acme,,0,0,,,,"
    sink = billed(tmp_path, row.format("1.00,0.25,0.75"), row.format("1.00,1.00,0"), row.format("0,0,0"))
    assert [u.billing for u in uses(sink.records)] == [Billing.METERED, Billing.INCLUDED, Billing.UNKNOWN]
    assert [c.amount for c in costs(sink.records)] == [Decimal("0.75"), 0, 0]


def test_amounts_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    sink = billed(
        tmp_path,
        "2026-09-01,a,copilot,s,m,100,ai-credits,0.01,1.00,0.25,0.25,1900,acme,,0,0,,,,",
        header=NEW_HEADER,
    )
    assert [p.code for p in sink.problems] == ["copilot.amounts-differ"]
    assert len(sink.records) == 2


def test_lines_quoted_as_a_whole_are_read(tmp_path: Path) -> None:
    text = (HERE / "billing-real.csv").read_text("utf-8-sig").splitlines()[:3]
    wrapped = "\n".join('"' + line.replace('"', '""') + '"' for line in text)
    path = tmp_path / "wrapped.csv"
    path.write_text(wrapped)
    assert [str(u.quantity) for u in uses(read(path, "copilot-billing").records)] == [
        "0.8999999999999999"
    ] * 2


@pytest.mark.parametrize(
    "row",
    [
        "2026-09-01,a,copilot,s,m,-1,ai-credits,0.01,0,0,0,0,o,,0,0,,,,",
        "2026-09-01,a,copilot,s,m,nan,ai-credits,0.01,0,0,0,0,o,,0,0,,,,",
        "01/09/2026,a,copilot,s,m,1,ai-credits,0.01,0,0,0,0,o,,0,0,,,,",
        '2026-09-01,a,copilot,s,m,1,ai-credits,0.01,"1,000",0,0,0,o,,0,0,,,,',
        "2026-09-01,a,copilot,s,m,1,ai-credits,0.01,,0,0,0,o,,0,0,,,,",
        "2026-09-01,a,copilot,s,m,1,ai-credits,0.01,0,0,0,0,o,,0,0,1.5,,,",
        "2026-09-01,a",
    ],
)
def test_a_bad_row_is_a_problem_and_no_record(tmp_path: Path, row: str) -> None:
    sink = billed(tmp_path, row)
    assert len(sink.problems) == 1
    assert sink.problems[0].where.row == 2
    assert sink.records == []


def test_seats_carry_plan_team_and_last_use() -> None:
    sink = read(HERE / "seats-2026-05-02.json", "copilot-seats")
    assert sink.problems == []
    seats = [r for r in sink.records if isinstance(r, Seat)]
    assert len(seats) == 9
    assert (seats[0].person, seats[0].seat_type, seats[0].group) == (
        "login:monalisa",
        "enterprise",
        "The A Team",
    )
    assert seats[0].last_active == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert seats[0].assigned == datetime(2026, 1, 3, 9, tzinfo=UTC)
    assert {s.as_of for s in seats} == {datetime(2026, 5, 2, tzinfo=UTC)}
    unused = [s.person for s in seats if s.last_active is None]
    assert "login:newjoiner" in unused


def test_a_seat_that_ends_says_when_and_a_missing_page_is_told(tmp_path: Path) -> None:
    answer = json.loads((HERE / "seats-2026-05-02.json").read_text())
    answer["seats"] = answer["seats"][:2]
    answer["seats"][1]["pending_cancellation_date"] = "2026-05-31"
    path = tmp_path / "seats-2026-05-02.json"
    path.write_text(json.dumps(answer))
    sink = read(path, "copilot-seats")
    assert [r.status for r in sink.records if isinstance(r, Seat)] == ["active", "ends 2026-05-31"]
    assert [(p.code, p.changes) for p in sink.problems] == [("import.more-pages", True)]


def test_daily_metrics_are_actions_of_a_person() -> None:
    sink = read(HERE / "users-1-day.json", "copilot-user-metrics")
    told = [(r.person, r.kind, r.count) for r in sink.records if isinstance(r, Activity)]
    assert told == [
        ("login:hubot", "interactions", 24),
        ("login:hubot", "acceptances", 24),
        ("login:octocat", "use", None),
    ]
    assert [s.start for s in sink.spans] == [datetime(2026, 4, 25, tzinfo=UTC)]


def metrics_row(login: str, count: int) -> dict[str, object]:
    return {
        "day": "2026-09-01",
        "user_login": login,
        "organization_id": 7,
        "user_initiated_interaction_count": count,
    }


@pytest.mark.parametrize(("second", "changes"), [(5, False), (6, True)])
def test_a_person_counts_once_per_day_however_the_report_is_split(
    tmp_path: Path, second: int, changes: bool
) -> None:
    path = tmp_path / "users.ndjson"
    rows = [metrics_row("ada", 5), metrics_row("Ada", second), metrics_row("cy", 1)]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    sink = read(path, "copilot-user-metrics")
    told = [(r.person, r.count) for r in sink.records if isinstance(r, Activity)]
    assert told == [("login:ada", 5), ("login:cy", 1)]
    assert [(p.code, p.changes) for p in sink.problems] == [("copilot.repeated-day", changes)]
    (usage_format,) = [f for f in copilot.FORMATS if f.name == "copilot-user-metrics"]
    assert "person" in usage_format.replaces
