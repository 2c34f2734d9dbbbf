"""What others got wrong, c01.yaml and on: each row with the input, what was wrong, and the exact answer."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from rows import by_identity, differences, same
from surfaces import IDENTITY, ledger_rows, meters_told, priced, priced_by_command

from bothhalves.report.record import page_record
from workspace_folder import Folder

HERE = Path(__file__).parent
#: Rows that are errors of pricing, reading and counting. Others concern budgets, which come with budgets.
ROWS = [*(f"C{n}" for n in range(1, 43)), "C47"]
#: Rows that are tests in code, because they speak of every time zone or of the comparison itself.
IN_CODE = {"C30": "test_days.py", "C41": "test_rows.py"}
#: Also asked of the command line in a process of its own: one of each shape of answer.
BY_COMMAND = ("C1", "C7", "C15", "C39", "C47")
#: Read as text, so that digits stay as they are written.
SHEETS = {
    sheet["row"]: sheet
    for sheet in (
        yaml.load(path.read_text("utf-8"), yaml.BaseLoader) for path in sorted(HERE.glob("c*.yaml"))
    )
}


def _cases(surface: str) -> list[Any]:
    found = []
    for row, sheet in SHEETS.items():
        for name, case in sheet["cases"].items():
            if surface in case:
                found.append(pytest.param(row, case, id=f"{row} {name}"))
    return found


def _usage_file(folder: Path, case: Mapping[str, Any]) -> Path:
    rows = case["price"]
    if case.get("as") == "ndjson":
        path = folder / "usage.ndjson"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path
    path = folder / "usage.csv"
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _check_answers(case: Mapping[str, Any], lines: list[dict[str, Any]]) -> None:
    *answered, summary = lines
    found = [_flat(record) for record in answered]
    assert differences(case["answers"], found) == []
    assert same(case.get("totals", {}), summary["totals"]), summary["totals"]


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Problems by code, lines by meter and cost, as sheets write them."""
    return {
        **record,
        "problems": [p["code"] for p in record["problems"]],
        "what": " ".join(p["what"] for p in record["problems"]),
        "lines": {line["meter"]: line["cost"] for line in record["lines"]},
        "rates": {line["meter"]: line["rate"] for line in record["lines"]},
    }


@pytest.mark.parametrize(("row", "case"), _cases("price"))
def test_priced_rows(row: str, case: dict[str, Any], tmp_path: Path) -> None:
    _check_answers(case, priced(_usage_file(tmp_path, case), case.get("books", ())))


@pytest.mark.parametrize("row", BY_COMMAND)
def test_priced_rows_by_command(row: str, tmp_path: Path) -> None:
    case = next(case for case in SHEETS[row]["cases"].values() if "price" in case)
    _check_answers(case, priced_by_command(_usage_file(tmp_path, case), case.get("books", ())))


@pytest.mark.parametrize(("row", "case"), _cases("imports"))
def test_imported_rows(row: str, case: dict[str, Any], tmp_path: Path) -> None:
    folder = Folder(tmp_path, **case.get("company", {}))
    folder.write(case.get("workspace", {}))
    for step in case["imports"]:
        report = folder.imported(step["files"], **step.get("options", {}))
        if "problems" in step:
            assert [p.code for p in report.problems] == step["problems"]
        folder.write(step.get("afterwards", {}))
    window = case.get("window", "")
    _check_usage(case, folder, window)
    _check_page(case, folder, window)


def _check_usage(case: Mapping[str, Any], folder: Folder, window: str) -> None:
    """Every counted row, meter by meter; a meter that the sheet does not name is zero."""
    if "usage" not in case:
        return
    expected: list[Mapping[str, Any]] = case["usage"]
    names = [name for name in IDENTITY if any(name in row for row in expected)]
    found = by_identity(ledger_rows(folder.ledger(window), names), names)
    wanted = by_identity(expected, names)
    assert differences(wanted, found) == []
    assert [meters_told(row) for row in wanted] == [meters_told(row) for row in found]


def _check_page(case: Mapping[str, Any], folder: Folder, window: str) -> None:
    page = page_record(folder.page(window))
    for key, value in case.get("figures", {}).items():
        figure = page["figures"].get(key)
        assert figure is not None, f"{key} is not among {sorted(page['figures'])}"
        wanted = value if isinstance(value, Mapping) else {"low" if "low" in figure else "value": value}
        assert same(wanted, figure), f"{key}: {figure}"
    for key in case.get("no_figures", ()):
        assert key not in page["figures"]
    if "problems" in case:
        assert sorted(p["code"] for p in page["problems"]) == sorted(case["problems"])
    told = json.dumps([p["what"] + " " + p["fix"] for p in page["problems"]])
    for text in case.get("told", ()):
        assert text in told
    headline = "".join(p if isinstance(p, str) else p["figure"] for p in page["headline"])
    assert case.get("headline", "") in headline


def test_no_row_is_missing() -> None:
    assert [row for row in ROWS if row not in SHEETS and row not in IN_CODE] == []
    for row, file in IN_CODE.items():
        assert row in (HERE / file).read_text("utf-8")


def test_every_row_says_what_was_wrong_and_has_a_sibling() -> None:
    for path in sorted(HERE.glob("c*.yaml")):
        sheet = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        assert path.stem == f"c{int(sheet['row'][1:]):02}"
        assert set(sheet) == {"row", "error", "seen", "cases"}, path.name
        assert len(sheet["error"]) > 30
        assert len(sheet["cases"]) >= 2, f"{path.name} has no sibling"
        for name, case in sheet["cases"].items():
            assert {"price", "imports"} & set(case), f"{path.name}: {name} asks nothing"
            assert {"answers", "usage", "figures", "problems"} & set(case), f"{path.name}: {name}"
