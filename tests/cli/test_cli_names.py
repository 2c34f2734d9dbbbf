"""Names of people stay in inbox/ and state/: no other file and no output holds one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest
from command import run, tree, workspace, written

from bothhalves.brief import build
from bothhalves.report.record import figure_json
from bothhalves.workspace import open_workspace
from workspace_folder import contract, csv_of, members, used

NAMES = ("zenobia", "quimby", "ottokar", "wilhelmina")
HEADER = (
    "date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,"
    "net_amount,total_monthly_quota,organization,cost_center_name,aic_quantity,aic_gross_amount\n"
)
REPORT = {
    "data": [
        {
            "date": "2026-10-01T00:00:00Z", "organization_id": "org-1", "customer_type": "subscription",
            "actor": {"type": "user_actor", "email_address": "Quimby@example.com"}, "terminal_type": "vscode",
            "core_metrics": {"num_sessions": 2},
            "model_breakdown": [
                {"model": "claude-opus-4-8", "estimated_cost": {"amount": 1, "currency": "USD"},
                 "tokens": {"input": 5, "output": 6, "cache_read": 0, "cache_creation": 0}}
            ],
        }
    ],
    "has_more": False,
}  # fmt: skip
TRANSCRIPT = {
    "type": "assistant", "timestamp": "2026-10-01T09:14:07.400Z", "sessionId": "s-1", "uuid": "u-1",
    "requestId": "r", "cwd": "/home/wilhelmina/src", "isSidechain": False,
    "message": {"id": "m", "role": "assistant", "model": "claude-opus-4-8", "stop_reason": "end_turn",
                "usage": {"input_tokens": 10, "output_tokens": 10}},
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("names")
    made = workspace(place)
    written(made, "contracts/anthropic.yaml", contract())
    written(
        made, "people.yaml", "people:\n  - {names: [zenobia@example.com, 'login:ottokar'], group: team}\n"
    )
    files = {
        "usage.csv": csv_of(used("2026-10-02T00:00:00Z", person="email:Zenobia@example.com")),
        "members.csv": members(
            ("zenobia@example.com", "Active", "Premium"), ("quimby@example.com", "Active", "Premium")
        ),
        "billing.csv": HEADER
        + "2026-10-01,Ottokar,copilot,s,GPT-5.4,10,ai-credits,0.01,0.1,0,0.1,0,acme,,10,0.1\n",
        "report.json": json.dumps(REPORT),
        "logs/p/a.jsonl": json.dumps(TRANSCRIPT) + "\n",
    }
    paths = [written(place, name, text) for name, text in files.items()]
    paths[-1] = place / "logs"
    run("import", *paths, "--as-of", "2026-10-31", "-w", made)
    return made


def told(text: str) -> list[str]:
    return [name for name in NAMES if name in text.lower()]


def test_no_derived_file_holds_a_name(root: Path) -> None:
    files = tree(root / ".bothhalves")
    assert files
    for name, content in files.items():
        assert told(name) == []
        assert told(content.decode("latin-1")) == [], name


def test_no_packed_column_holds_a_name(root: Path) -> None:
    """Parquet packs its pages, so the values are read as well."""
    paths = sorted((root / ".bothhalves").rglob("*.parquet")) + sorted((root / "state").rglob("*.parquet"))
    assert paths
    for path in paths:
        rows = duckdb.sql(f"select * from read_parquet('{path}')").fetchall()
        assert told(repr(rows)) == [], path


def test_names_lie_only_where_they_may(root: Path) -> None:
    holders = set()
    for name, content in tree(root).items():
        text = gzip.decompress(content) if name.endswith(".gz") else content
        if told(text.decode("latin-1")):
            holders.add(name.split("/")[0])
    assert holders == {"inbox", "state", "people.yaml"}


def test_what_may_hold_names_is_kept_from_version_control(root: Path) -> None:
    assert {"inbox/", "state/", "people.yaml"} <= set((root / ".gitignore").read_text().split())
    for name in ("identity.key", "people.ndjson"):
        assert (root / "state" / name).stat().st_mode & 0o077 == 0


def test_no_output_holds_a_name(root: Path, tmp_path: Path) -> None:
    outputs = [run("page", *more, "-w", root, code=0) for more in ((), ("--json",), ("--csv",))]
    outputs += [run(verb, "-w", root, code=code) for verb, code in (("check", 0), ("doctor", 3))]
    outputs.append(run("explain", "seats.assigned", "--rows", "-w", root))
    run("export", "csv", "--out", tmp_path / "out", "-w", root)
    run("export", "json", "--out", tmp_path / "page.json", "-w", root)
    for done in outputs:
        assert told(done.stdout + done.stderr) == []
    place = open_workspace(root)
    for key, figure in build(place).figures().items():
        assert told(figure_json(figure, place.rows)) == [], key
    for name, content in tree(tmp_path).items():
        assert told(content.decode()) == [], name
