"""The examples as a whole: import, page, and every figure against the exact one that was looked at.

The exact figures are in ``tests/examples/*.yaml``. After a change that is meant to move them, write them anew
and look at the difference::

    GOLDEN=write python -m pytest tests/test_examples.py -k golden
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from markupsafe import escape
from typer.testing import CliRunner

from bothhalves.brief import Page, Table
from bothhalves.brief.building import arranged
from bothhalves.cli import app
from bothhalves.core.explain import Figure, Grade, Line, recomputed, walk
from bothhalves.core.money import Amount, plain, total
from bothhalves.web.static_page import render_static
from bothhalves.workspace import Workspace, open_workspace
from bothhalves.workspace.importing import ImportReport, Options, import_paths
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.records import Ledger
from source import ROOT

EXAMPLES = {p.parent.name: p.parent for p in sorted((ROOT / "examples").glob("*/company.yaml"))}
GOLDEN = ROOT / "tests" / "examples"
CLOSE = Decimal("0.004")
#: Dollars for a million tokens of input and output that Meridian Freight pays.
PER_MILLION = {
    "claude-opus-4-8": ("5", "25"),
    "claude-opus-5": ("4.5", "22.5"),
    "claude-sonnet-4-6": ("3", "15"),
    "claude-haiku-4-5": ("1", "5"),
}
#: What makes the exports of each example, and what it writes.
MADE = {
    "assistant": ("make_log.py", ("inbox/*.ndjson.gz",)),
    "brindlepost": ("make_exports.py", ("inbox/*.gz", "inbox/members*.csv", "people.yaml")),
    "meridian": ("make_exports.py", ("inbox/*.gz", "inbox/members*.csv", "people.yaml")),
    "ottermere": ("make_exports.py", ("inbox/*.gz", "inbox/research*.csv", "people.yaml")),
    "team": ("make_trace.py", ("inbox/*.csv.gz",)),
}


@dataclass(frozen=True)
class Example:
    """An example after two imports."""

    workspace: Workspace
    first: ImportReport
    again: ImportReport
    snapshots: tuple[str, str]
    ledger: Ledger
    page: Page


def _imported(folder: Path) -> tuple[ImportReport, str]:
    report = import_paths(open_workspace(folder), [], Options(), lambda text: None)
    return report, open_workspace(folder).store.snapshot_id


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Example]:
    return {name: _example(name, tmp_path_factory.mktemp(name)) for name in EXAMPLES}


def _example(name: str, folder: Path) -> Example:
    folder = shutil.copytree(EXAMPLES[name], folder / name)
    first, before = _imported(folder)
    again, after = _imported(folder)
    workspace = open_workspace(folder)
    ledger = ledger_of(workspace)
    return Example(workspace, first, again, (before, after), ledger, arranged(ledger))


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, examples: dict[str, Example]) -> Example:
    return examples[request.param]


# -- what holds for every example ---------------------------------------------------------------------


def test_every_export_is_recognised_and_read(example: Example) -> None:
    assert example.first.sources
    assert [s.name for s in example.first.sources if not s.feed or not s.records] == []
    assert example.first.problems == []


def test_a_second_import_changes_nothing(example: Example) -> None:
    before, after = example.snapshots
    assert before == after
    assert sum(example.again.rows.values()) == 0


def test_every_figure_follows_from_what_is_below_it(example: Example) -> None:
    figures = example.page.figures()
    assert {key: f.value for key, f in figures.items()} == {key: recomputed(f) for key, f in figures.items()}


def test_one_key_is_one_number(example: Example) -> None:
    values: dict[str, set[object]] = {}
    for root in example.page.roots():
        for node in walk(root):
            if isinstance(node, Figure):
                values.setdefault(node.key, set()).add(node.value)
    assert {key: found for key, found in values.items() if len(found) > 1} == {}


def test_rows_of_a_table_add_up_to_its_total(example: Example) -> None:
    for table in example.page.tables:
        for column, value in _totals(table):
            parts = [row.cells[column].value for row in table.rows if row.cells[column] is not None]
            assert _sum(parts) == value, f"{table.id}: {table.columns[column]}"


def _totals(table: Table) -> Iterator[tuple[int, Amount | Decimal]]:
    if table.total is not None:
        yield from ((n, cell.value) for n, cell in enumerate(table.total.cells) if cell is not None)


def _sum(parts: list[Amount | Decimal]) -> Amount | Decimal:
    first = parts[0]
    if isinstance(first, Amount):
        return total(parts, first.currency, first.kind)
    return sum(parts, Decimal(0))


def test_every_figure_opens_to_stored_rows(example: Example) -> None:
    nodes = [node for figure in example.page.roots() for node in walk(figure)]
    selectors = {node.rows for node in nodes if node.rows is not None}
    assert selectors
    assert [s for s in selectors if not example.workspace.rows(s, 1)] == []


def test_the_page_can_be_written_as_one_file(example: Example) -> None:
    html = render_static(example.page, example.workspace.rows, "example")
    assert [label for label in example.page.labels if escape(label) not in html] == []


def test_kinds_of_money_never_mix(example: Example) -> None:
    for figure in example.page.figures().values():
        kinds = {node.amount.kind for node in walk(figure) if isinstance(node, Line)}
        if isinstance(figure.value, Amount):
            assert kinds <= {figure.value.kind}, figure.key


def test_what_is_invented_or_assumed_is_said(example: Example) -> None:
    company = example.workspace.config.company
    assert any("Invented" in label for label in example.page.labels) is company.invented
    assert [text for text in company.assumed if f"Assumed: {text}" not in example.page.labels] == []
    assert company.invented or company.assumed


@pytest.mark.parametrize("name", EXAMPLES)
def test_figures_are_the_golden_ones(name: str, examples: dict[str, Example]) -> None:
    path, found = GOLDEN / f"{name}.yaml", _golden(examples[name].page)
    if os.environ.get("GOLDEN") == "write":
        path.write_text(yaml.safe_dump(found, sort_keys=False, width=120), "utf-8")
    assert yaml.safe_load(path.read_text("utf-8")) == found


def _golden(page: Page) -> dict[str, object]:
    """What is shown, exactly: badges, and every figure of the halves and the tables by key."""
    shown = [*page.seats.amounts, *page.seats.counts, *page.tokens.amounts, *page.tokens.counts]
    shown += [s.figure for s in page.together]
    shown += [cell for table in page.tables for row in table.rows for cell in row.cells if cell is not None]
    return {
        "badges": [badge.text for badge in (page.agreement, page.coverage, page.evidence)],
        "figures": {figure.key: _written(figure.value) for figure in shown},
    }


def _written(value: Amount | Decimal) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if value.is_point:
        number = plain(value.low)
    elif value.high is None:
        number = f"at least {plain(value.low)}"
    else:
        number = f"{plain(value.low)} to {plain(value.high)}"
    return f"{number} {value.currency} {value.kind.value}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_exports_are_what_their_script_makes(name: str, tmp_path: Path) -> None:
    script, patterns = MADE[name]
    copy = shutil.copytree(EXAMPLES[name], tmp_path / name)
    kept = _contents(copy, patterns)
    assert len(kept) >= len(patterns)
    for path in kept:
        (copy / path).unlink()
    paths = os.pathsep.join(map(str, (ROOT / "src", ROOT / "examples")))
    environment = {**os.environ, "PYTHONPATH": paths}
    subprocess.run([sys.executable, copy / "sources" / script], env=environment, check=True)
    assert _contents(copy, patterns) == kept


def _contents(folder: Path, patterns: tuple[str, ...]) -> dict[str, bytes]:
    paths = sorted(path for pattern in patterns for path in folder.glob(pattern))
    return {
        str(path.relative_to(folder)): gzip.decompress(path.read_bytes())
        if path.suffix == ".gz"
        else path.read_bytes()
        for path in paths
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_says_where_its_data_comes_from(name: str) -> None:
    folder = EXAMPLES[name]
    text = (folder / "SOURCES.md").read_text("utf-8")
    for licence in (folder / "LICENSES").glob("*"):
        assert f"LICENSES/{licence.name}" in text
    assert (folder / "LICENSES").is_dir() is not open_workspace(folder).config.company.invented


# -- what each example is there to show ---------------------------------------------------------------


def _value(example: Example, key: str) -> Amount:
    value = example.page.figures()[key].value
    assert isinstance(value, Amount)
    return value


def test_meridian_agrees_with_its_invoices(examples: dict[str, Example]) -> None:
    ledger = examples["meridian"].ledger
    gaps = [c.gap for c in ledger.comparisons]
    assert {c.vendor for c in ledger.comparisons} == {"anthropic", "openai"}
    assert all(gap is not None and abs(gap) <= CLOSE for gap in gaps)
    assert examples["meridian"].page.agreement.text == "Agrees with invoices to 0.4 %"
    assert examples["meridian"].page.grade is Grade.B
    assert examples["meridian"].page.problems == ()


def test_meridian_costs_what_plain_arithmetic_says(examples: dict[str, Example]) -> None:
    inbox = EXAMPLES["meridian"] / "inbox"
    cost = sum(_anthropic_cost(row) for row in _results(inbox / "anthropic-usage.json.gz"))
    for row in _results(inbox / "openai-usage.json.gz"):
        fresh = row["input_tokens"] - row["input_cached_tokens"]
        cost += fresh * Decimal("0.75") + row["input_cached_tokens"] * Decimal("0.075")
        cost += row["output_tokens"] * Decimal("4.5")
    assert _value(examples["meridian"], "tokens.cost").low == cost / 1_000_000


def _results(path: Path) -> list[dict[str, Any]]:
    buckets = json.loads(gzip.decompress(path.read_bytes()))["data"]
    return [row for bucket in buckets for row in bucket["results"]]


def _anthropic_cost(row: dict[str, Any]) -> Decimal:
    """In millionths of a dollar: a read costs a tenth of input, a write five quarters or twice as much."""
    fresh, output = (Decimal(price) for price in PER_MILLION[row["model"]])
    written = row["cache_creation"]
    cost = row["uncached_input_tokens"] * fresh + row["output_tokens"] * output
    cost += row["cache_read_input_tokens"] * fresh / 10
    cost += written["ephemeral_5m_input_tokens"] * fresh * 5 / 4
    cost += written["ephemeral_1h_input_tokens"] * fresh * 2
    cost *= Decimal("0.5") if row["service_tier"] == "batch" else 1
    cost *= Decimal("1.1") if row["inference_geo"] == "us" else 1
    return cost + row["server_tool_use"]["web_search_requests"] * 10_000


def test_meridian_has_620_seats_of_which_145_are_dormant(examples: dict[str, Example]) -> None:
    figures = examples["meridian"].page.figures()
    assert figures["seats.bought"].value == figures["seats.assigned"].value == 620
    assert figures["seats.active"].value == 620 - 145
    assert figures["seats.unseen"].value == 0
    assert _value(examples["meridian"], "seats.cost").low == 2 * (540 * 60 + 80 * 150)
    assert _value(examples["meridian"], "seats.billed").low == _value(examples["meridian"], "seats.cost").low


def test_meridian_pays_its_own_price_for_one_model_only(examples: dict[str, Example]) -> None:
    lines = [line for u in examples["meridian"].ledger.usage for line in u.rating.lines]
    own = {line.dimensions[2] for line in lines if line.layer == "book meridian-anthropic"}
    assert own == {("workload", "shipment-documents")}
    prices = {(line.meter, line.price) for line in lines if line.layer == "book meridian-anthropic"}
    assert prices == {("input_tokens", Decimal("4.50")), ("output_tokens", Decimal("22.50"))}


def test_meridian_shows_the_key_that_nobody_owns(examples: dict[str, Example]) -> None:
    (table,) = (t for t in examples["meridian"].page.tables if t.id == "workloads")
    assert "apikey_01MeridianScratch" in [row.name for row in table.rows]


def test_team_does_not_price_what_it_knows_in_requests_only(examples: dict[str, Example]) -> None:
    value = _value(examples["team"], "tokens.cost?workload=unmeasured")
    assert (value.low, value.high) == (0, None)
    assert _value(examples["team"], "tokens.cost").at_least


def test_team_says_at_least_where_logs_do_not_know_the_final_output(examples: dict[str, Example]) -> None:
    assert _value(examples["team"], "seats.notional").at_least


def test_team_counts_its_logs_beside_the_traffic_of_its_service(examples: dict[str, Example]) -> None:
    assert examples["team"].ledger.shadowed == ()


def test_assistant_counts_every_token_of_its_window(examples: dict[str, Example]) -> None:
    lines = gzip.decompress(
        (EXAMPLES["assistant"] / "inbox" / "messages.ndjson.gz").read_bytes()
    ).splitlines()
    messages = [m for m in map(json.loads, lines) if m["time"][:7] in ("2024-11", "2024-12")]
    figures = examples["assistant"].page.figures()
    assert figures["tokens.count"].value == sum(m["prompt_tokens"] + m["completion_tokens"] for m in messages)
    assert figures["requests.count?workload=aider"].value == len(messages)


def test_assistant_has_no_seats_and_no_total_of_both_halves(examples: dict[str, Example]) -> None:
    page = examples["assistant"].page
    assert page.seats.missing is not None
    assert page.together == ()


def test_assistant_says_at_least_for_models_without_a_price(examples: dict[str, Example]) -> None:
    assert _value(examples["assistant"], "tokens.cost").at_least
    unpriced = {(u.vendor, u.model) for u in examples["assistant"].ledger.usage if u.rating.unpriced}
    assert ("ollama", "REDACTED") in unpriced
    assert ("anthropic", "claude-3-5-sonnet-20241022") not in unpriced


def test_assistant_shows_the_tools_own_estimate_and_never_adds_it(examples: dict[str, Example]) -> None:
    page = examples["assistant"].page
    theirs = page.figures()["estimates.stated?feed=mapped-aider-costs&kind=estimated"]
    assert [row.cells for row in page.tables[-1].rows] == [(theirs,)]
    assert theirs not in list(walk(page.figures()["tokens.cost"]))


@pytest.mark.parametrize(
    ("example", "shown"),
    [("assistant", r"^\| seller and model.*?(?=\n\n)"), ("team", r"(?<=^```text\n).*?(?=\n```)")],
)
def test_an_example_is_compared_with_its_tools_own_counts_as_its_sources_say(
    example: str, shown: str
) -> None:
    folder = EXAMPLES[example]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, folder / "sources" / "compare.py"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    text = (folder / "SOURCES.md").read_text("utf-8")
    assert re.findall(shown, text, re.DOTALL | re.MULTILINE) == [run.stdout.strip()]


def test_the_tour_of_the_deal_shows_what_is_printed(examples: dict[str, Example]) -> None:
    """The lines after ``$`` in the tour are printed in this order; ``…`` stands for any lines."""
    folder = str(examples["meridian"].workspace.root)
    (block,) = re.findall(r"```text\n(\$ .*?)```", (ROOT / "docs" / "tour.md").read_text("utf-8"), re.DOTALL)
    for command, *said in (part.splitlines() for part in block.split("$ ")[1:]):
        result = CliRunner().invoke(app, [*command.split()[1:], "--workspace", folder])
        printed = iter(result.output.splitlines())
        missing = [line for line in said if line != "…" and line not in printed]
        assert missing == [], f"{command} printed {result.output}"
