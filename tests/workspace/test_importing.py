"""Files on their way into the store: nothing is lost, nothing counted twice, whatever the order."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bothhalves.workspace.rebuilding import rebuild_derived
from source import ROOT
from workspace_folder import Folder, csv_of, members, used

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


def test_a_saved_mapping_is_used_for_the_table_it_was_written_for(tmp_path: Path) -> None:
    """The table has all columns that a canonical usage file must have, and is a bill."""
    folder = Folder(tmp_path)
    columns = {"time": "time", "vendor": "=acme-cloud", "amount": "charged", "category": "kind"}
    columns |= {"currency": "=EUR", "kind": "=invoiced"}
    mapping = {"name": "bill", "target": "costs", "columns": columns, "zone": "UTC", "bucket": "month"}
    folder.write({"mappings/bill.yaml": yaml.safe_dump(mapping)})
    bill = "time,vendor,product,requests,charged,kind\n2026-09-01T00:00:00Z,Acme,chat,12,7.50,usage\n"
    report = folder.imported({"bill.csv": bill})
    assert [(s.feed, s.records) for s in report.sources] == [("mapped-bill", 1)]
    assert [c.amount for c in folder.open().store.costs()] == [Decimal("7.50")]


def test_a_web_page_saved_as_a_table_is_refused(tmp_path: Path) -> None:
    report = Folder(tmp_path).imported(
        {"usage.csv": "<!DOCTYPE html>\n<html><title>Sign in</title></html>\n"}
    )
    assert [p.code for p in report.problems] == ["import.not-a-table"]


def logs(*calls: tuple[str, str]) -> str:
    """LiteLLM's spend logs of calls with these ids and costs, an hour apart."""
    rows = [f"{id},{spend},gpt-5,openai,100,10,2026-09-0{id[-1]}T00:00:00Z,{{}}" for id, spend in calls]
    header = "request_id,spend,model,custom_llm_provider,prompt_tokens,completion_tokens,startTime,metadata"
    return "\n".join([header, *rows, ""])


def test_overlapping_logs_of_a_gateway_estimate_each_call_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"a.csv": logs(("call-1", "0.10"), ("call-2", "0.20"), ("call-3", "0.30"))})
    folder.imported({"b.csv": logs(("call-3", "0.35"), ("call-4", "0.40"))})
    folder.imported(
        {"c.csv": logs(("call-4", "0.40"), ("call-5", "0.50")), "d.csv": logs(("call-5", "0.50"))}
    )
    costs = folder.open().store.costs()
    assert sum(c.amount for c in costs) == Decimal("1.55")
    assert sum(found.requests or 0 for found in folder.open().store.quantities()) == 5


HEADER = "time,until,vendor,model,requests,input_tokens,key\n"
DAY = "2026-09-01T00:00:00Z,2026-09-02T00:00:00Z,anthropic,claude-opus-4-8"
PAGES = {f"page-{n}.csv": f"{HEADER}{DAY},1,{1 << n},k{n}\n" for n in (1, 2, 3)}


def _pages(*numbers: int) -> dict[str, str]:
    return {f"page-{n}.csv": PAGES[f"page-{n}.csv"] for n in numbers}


def _tokens(folder: Folder) -> int:
    return sum(int(dict(q.quantities)["input_tokens"]) for q in folder.open().store.quantities())


def test_files_named_together_are_one_export_though_some_are_known(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported(_pages(1), account="north")
    folder.imported(_pages(1, 2), account="north")
    assert _tokens(folder) == 2 + 4
    report = folder.imported(_pages(1, 2))
    assert [s.unchanged for s in report.sources] == [True, True]
    shutil.rmtree(folder.root / ".bothhalves")
    assert _tokens(folder) == 2 + 4
    folder.imported(_pages(1, 2, 3))
    accounts = {dict(q.dimensions)["account"] for q in folder.open().store.quantities(("account",))}
    assert accounts == {"north", ""}, "what was said about a page holds when it is read again"


def test_a_newer_export_in_a_folder_replaces_the_one_that_lies_beside_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({f"exports/{name}": text for name, text in _pages(1).items()})
    folder.imported({f"exports/{name}": text for name, text in _pages(1, 2).items()})
    assert _tokens(folder) == 4


SPEND = (ROOT / "tests/intake/claude/spend_no_period.csv").read_text("utf-8-sig")


def test_a_file_that_gave_nothing_is_read_again_once_it_is_told_what_it_lacks(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert {p.code for p in folder.imported({"spend.csv": SPEND}).problems} == {"import.no-period"}
    assert folder.open().store.costs() == []
    again = folder.imported({"spend.csv": SPEND}, period="2026-09-01/2026-10-01")
    assert not any(p.code == "import.no-period" for p in again.problems)
    store = folder.open().store
    assert store.costs()
    assert not any(p.code == "import.no-period" for p in store.problems())
    assert folder.imported({"spend.csv": SPEND}, period="2026-09-01/2026-10-01").sources[0].unchanged


def test_a_file_in_no_known_format_is_not_kept(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"notes.csv": "a,b\n1,2\n"})
    assert not (folder.root / "inbox" / "notes.csv").exists()


MEMBERS = '{"data": [{"id": "user-a", "email": "ada@example.com"}], "has_more": false}'


def test_a_member_list_is_told_to_lack_its_workspace_only_where_nobody_names_it(tmp_path: Path) -> None:
    for number, account in enumerate(("ws-1", "")):
        folder = Folder(tmp_path / str(number))
        report = folder.imported({"members.json": MEMBERS}, as_of="2026-09-30", account=account)
        noted = [] if account else ["import.no-account"]
        assert [p.code for p in report.problems] == noted
        assert [s.account for s in folder.open().store.seats()] == [account]
        shutil.rmtree(folder.root / ".bothhalves", ignore_errors=True)
        assert [p.code for p in folder.open().store.problems()] == noted, (
            "what was said holds when made again"
        )


ROSTER_OF = "members-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-{0}.csv"
PEOPLE = members(("ada@x.com", "Active", "Premium"), ("bo@x.com", "Active", "Premium"))


def roster_days(folder: Folder) -> list[str]:
    return [str(day) for day in folder.open().store.roster_days()]


def test_the_same_members_on_a_later_day_are_new_evidence(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({ROSTER_OF.format("2026-08-01"): PEOPLE})
    later = folder.imported({ROSTER_OF.format("2026-09-01"): PEOPLE})
    assert [s.unchanged for s in later.sources] == [False]
    assert roster_days(folder) == ["2026-08-01", "2026-09-01"]


def test_both_days_in_one_command_count(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({ROSTER_OF.format(day): PEOPLE for day in ("2026-08-01", "2026-09-01")})
    assert roster_days(folder) == ["2026-08-01", "2026-09-01"]


@pytest.mark.parametrize("name", [ROSTER_OF.format("2026-08-01"), "copy of 2026-08-01.csv", "members.csv"])
def test_the_same_members_of_the_same_day_or_of_no_day_are_a_copy(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)
    folder.imported({ROSTER_OF.format("2026-08-01"): PEOPLE})
    again = folder.imported({name: PEOPLE})
    assert [s.unchanged for s in again.sources] == [True]
    assert roster_days(folder) == ["2026-08-01"]


def test_a_day_that_is_said_is_as_good_as_one_in_the_name(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for day in ("2026-08-01", "2026-09-01", "2026-09-01"):
        report = folder.imported({"members.csv": PEOPLE}, as_of=day)
    assert [s.unchanged for s in report.sources] == [True]
    assert roster_days(folder) == ["2026-08-01", "2026-09-01"]
    assert [s.unchanged for s in folder.imported({"members.csv": PEOPLE}).sources] == [True]


def test_what_was_seen_on_two_days_is_rebuilt_for_both(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({ROSTER_OF.format(day): PEOPLE for day in ("2026-08-01", "2026-09-01")})
    assert rebuild_derived(folder.open()) == []
    assert roster_days(folder) == ["2026-08-01", "2026-09-01"]


def test_rows_that_say_their_own_day_are_a_copy_whatever_the_file_is_called(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rows = csv_of(used("2026-09-15T12:00:00Z"))
    folder.imported({"usage-2026-09-30.csv": rows})
    again = folder.imported({"usage-2026-10-31.csv": rows})
    assert [s.unchanged for s in again.sources] == [True]


def test_an_account_that_is_named_later_counts(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    name = "members.csv"
    folder.imported({name: PEOPLE}, as_of="2026-08-01")
    again = folder.imported({name: PEOPLE}, account="acme-eu")
    assert [s.unchanged for s in again.sources] == [True]
    held = folder.open().store.seats(date(2026, 8, 1))
    assert {(s.account, s.as_of.date()) for s in held} == {("acme-eu", date(2026, 8, 1))}
    assert (
        "more is said of a file that was imported before: reading everything in the inbox again"
        in folder.talk
    )
    folder.talk.clear()
    folder.imported({name: PEOPLE}, account="acme-eu")
    assert folder.talk == []


def test_an_account_that_cannot_be_taken_up_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"members.csv": PEOPLE}, as_of="2026-08-01")
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z"))})
    (folder.root / "inbox" / "usage.csv").unlink()
    folder.imported({"members.csv": PEOPLE}, account="acme-eu")
    assert any("and does not count: " in said and "usage.csv would be needed" in said for said in folder.talk)
    assert {s.account for s in folder.open().store.seats(date(2026, 8, 1))} == {""}
