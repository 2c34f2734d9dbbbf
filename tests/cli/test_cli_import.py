"""``bothhalves init`` and ``bothhalves import``: what is made, what is taken, what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from command import DONE, FAILED, PROBLEMS, WRONG_USE, record, run, tree, workspace, written

from workspace_folder import contract, csv_of, members, used

USAGE = csv_of(used("2026-09-15T12:00:00Z"), used("2026-09-16T12:00:00Z", 2_000_000))
TRANSCRIPT = (
    '{"type":"assistant","timestamp":"2026-09-01T09:14:07.400Z","sessionId":"s-1","uuid":"u-1","requestId":"r-1",'
    '"isSidechain":false,"message":{"id":"msg-1","role":"assistant","model":"claude-opus-4-8",'
    '"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":100}}}\n'
)


def cost(root: Path, code: int = DONE) -> str | None:
    """What the page's tokens cost, or None where there is no such figure."""
    figure = record("page", "-w", root, code=code)["figures"].get("tokens.cost")
    return figure["low"] if figure else None


def test_init_writes_commented_files_and_keeps_what_is_there(tmp_path: Path) -> None:
    root = tmp_path / "acme"
    assert "company.yaml" in run("init", root, "--company", 'A "B" & C', "--zone", "Europe/Berlin").stderr
    ignored = (root / ".gitignore").read_text().split()
    assert {"inbox/", "state/", ".bothhalves/", "people.yaml"} <= set(ignored)
    (root / "people.yaml").write_text("people: []\n")
    before = tree(root)
    assert "wrote" not in run("init", root).stderr
    assert tree(root) == before
    page = record("page", "-w", root)
    assert (page["company"], page["window"]["zone"]) == ('A "B" & C', "Europe/Berlin")


def test_a_folder_that_is_no_workspace_is_wrong_use(tmp_path: Path) -> None:
    for verb in (
        ["page"],
        ["check"],
        ["import"],
        ["explain", "seats.cost"],
        ["export", "json"],
        ["export", "csv"],
    ):
        assert "bothhalves init" in run(*verb, "-w", tmp_path, code=WRONG_USE).stderr


@pytest.mark.parametrize("form", ["plain", "gz", "BOM", "another name"])
def test_a_file_is_known_by_its_content(tmp_path: Path, form: str) -> None:
    root = workspace(tmp_path)
    contents = {
        "gz": ("usage.csv.gz", gzip.compress(USAGE.encode())),
        "BOM": ("usage.csv", b"\xef\xbb\xbf" + USAGE.encode()),
        "another name": ("Download (3).txt", USAGE.encode()),
    }
    name, content = contents.get(form, ("usage.csv", USAGE.encode()))
    (tmp_path / name).write_bytes(content)
    told = record("import", tmp_path / name, "-w", root)
    assert [(s["feed"], s["records"]) for s in told["sources"]] == [("canonical-usage", 2)]
    assert cost(root) == "15"


def test_a_folder_holds_exports_and_logs(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    written(tmp_path, "all/usage.csv", USAGE)
    written(tmp_path, "all/logs/p/a.jsonl", TRANSCRIPT)
    told = record("import", tmp_path / "all", "-w", root)
    assert {s["feed"] for s in told["sources"]} == {"canonical-usage", "transcripts"}
    assert cost(root) == "15.0075"


def test_without_names_the_inbox_is_imported(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    written(root, "inbox/usage.csv", USAGE)
    run("import", "-w", root)
    assert cost(root) == "15"


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    root = workspace(tmp_path, usage_csv=USAGE)
    logs = written(tmp_path, "logs/p/a.jsonl", TRANSCRIPT).parents[1]
    run("import", logs, "-w", root)
    before, page = tree(root), record("page", "-w", root)
    told = record("import", tmp_path / "usage.csv", logs, "-w", root)
    assert all(source["unchanged"] for source in told["sources"])
    assert told["rows"] == {} or not any(told["rows"].values())
    assert tree(root) == before
    assert record("page", "-w", root) == page


def test_a_plan_changes_nothing(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    before = tree(root)
    logs = written(tmp_path, "logs/p/a.jsonl", TRANSCRIPT).parents[1]
    told = record("import", written(tmp_path, "usage.csv", USAGE), logs, "--plan", "-w", root)
    assert told["planned"] is True
    assert next((s["feed"], s["records"]) for s in told["sources"]) == ("canonical-usage", 2)
    assert len(told["sources"]) == 2
    assert tree(root) == before
    assert cost(root) is None


def test_an_unknown_file_is_told_and_the_others_are_taken(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    usage, other = written(tmp_path, "usage.csv", USAGE), written(tmp_path, "letter.txt", "Dear all,\n")
    done = run("import", usage, other, "-w", root, code=PROBLEMS)
    assert "letter.txt: not recognised" in done.stdout
    assert "--map" in done.stderr
    assert cost(root) == "15"


def test_a_file_that_is_not_there_is_a_failure_that_is_told(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    assert "there is no such file" in run("import", tmp_path / "no.csv", "-w", root, code=FAILED).stderr
    usage = written(tmp_path, "usage.csv", USAGE)
    assert (
        "there is no such file" in run("import", tmp_path / "no.csv", usage, "-w", root, code=PROBLEMS).stderr
    )


def test_a_row_that_cannot_be_read_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    file = written(tmp_path, "usage.csv", USAGE + csv_of(used("yesterday")).split("\n")[1] + "\n")
    assert "usage.csv:4" in run("import", file, "-w", root, code=PROBLEMS).stderr
    assert cost(root, code=PROBLEMS) == "15"


def test_the_day_of_a_roster(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    written(root, "contracts/anthropic.yaml", contract())
    roster = written(tmp_path, "members.csv", members(("ada@example.com", "Active", "Premium")))
    assert "--as-of" in run("import", roster, "--plan", "-w", root).stderr
    run("import", roster, "--as-of", "2026-09-30", "-w", root)
    page = record("page", "--window", "2026-09", "-w", root)
    assert page["figures"]["seats.assigned"]["value"] == "1"


def test_the_period_of_a_download(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    sample = Path(__file__).parents[1] / "intake" / "claude" / "spend_no_period.csv"
    assert "--period" in run("import", sample, "--plan", "-w", root, code=PROBLEMS).stderr
    run("import", sample, "--period", "2026-09-01/2026-10-01", "-w", root, code=PROBLEMS)
    page = record("page", "-w", root, code=PROBLEMS)
    assert (page["window"]["from"], page["window"]["until"]) == ("2026-09-01", "2026-10-01")
    assert page["figures"]["tokens.billed"]["low"] == "1.95"


def test_account_and_person_that_only_the_importer_knows(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    written(root, "workloads.yaml", "workloads:\n  - {id: lab, owner: Ada, match: {accounts: [org-7]}}\n")
    people = "people:\n  - {names: [ada@example.com], group: team}\n"
    written(root, "people.yaml", people)
    written(root, "company.yaml", "company: Acme\nsmallest_group: 1\nbilling: {claude-code: included}\n")
    run("import", written(tmp_path, "usage.csv", USAGE), "--account", "org-7", "-w", root)
    logs = written(tmp_path, "logs/p/a.jsonl", TRANSCRIPT).parents[1]
    run("import", logs, "--person", "ada@example.com", "-w", root)
    figures = record("page", "-w", root)["figures"]
    assert figures["tokens.cost?workload=lab"]["low"] == "15"
    assert figures["seats.notional?group=team"]["low"] == "0.0075"


MAPPING = """\
name: invoice
target: costs
columns: {time: Month, vendor: "=acme-ai", amount: Net, currency: "=USD", kind: "=invoiced"}
thousands: "."
decimal: ","
date_format: "%d.%m.%Y"
zone: UTC
bucket: month
"""


def test_a_saved_mapping(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    written(root, "mappings/invoice.yaml", MAPPING)
    table = written(tmp_path, "invoice.csv", "Month;Net\n01.09.2026;1.234,50\n")
    run("import", table, "--map", "invoice", "-w", root)
    assert record("page", "-w", root)["figures"]["tokens.billed"]["low"] == "1234.5"
    assert (
        "Saved mappings: invoice" in run("import", table, "--map", "bill", "-w", root, code=PROBLEMS).stderr
    )
