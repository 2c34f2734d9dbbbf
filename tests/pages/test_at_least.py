"""Calls whose final output count was never written make figures above them lower bounds, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bothhalves.brief import Page
from bothhalves.report import show, why
from bothhalves.report.record import figure_record
from bothhalves.report.table import cell_text
from bothhalves.workspace.records import OUTPUT_AT_LEAST
from workspace_folder import Folder, contract, csv_of, used


def call(name: str, minute: int, model: str, output: int, *, ended: bool) -> str:
    message = {
        "id": name, "role": "assistant", "model": model, "stop_reason": "end_turn" if ended else None,
        "usage": {"input_tokens": 1000, "output_tokens": output},
    }  # fmt: skip
    record = {"type": "assistant", "timestamp": f"2026-09-01T08:{minute:02}:00.000Z", "sessionId": "s1"}
    return json.dumps({**record, "requestId": f"req_{name}", "message": message}) + "\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Logs of a seat with one call to Opus cut off, all calls to Haiku ended; and metered usage."""
    folder = Folder(tmp_path_factory.mktemp("cut"), billing={"claude-code": "included"})
    folder.write({"contracts/one.yaml": contract()})
    log = call("a", 1, "claude-opus-4-8", 40, ended=True) + call("b", 2, "claude-opus-4-8", 2, ended=False)
    log += call("c", 3, "claude-haiku-4-5", 30, ended=True)
    folder.imported({"projects/app/session.jsonl": log})
    folder.imported({"usage.csv": csv_of(used("2026-09-02T12:00:00Z", output_tokens=10, workload="search"))})
    return folder.page()


def weakened(page: Page) -> set[str]:
    return {key for key, f in page.figures().items() if any(p.code == OUTPUT_AT_LEAST for p in f.problems)}


def test_the_figures_that_rest_on_it_carry_the_problem(page: Page) -> None:
    tokens = {key for key in page.figures() if key.startswith("seats.tokens")}
    inputs = {key for key in tokens if "meter=input" in key}
    notional = {key for key in page.figures() if key.startswith("seats.notional") and "haiku" not in key}
    assert weakened(page) == (tokens - inputs) | notional
    assert len(notional) == 3
    assert {show.at_least(page.figures()[key]) for key in weakened(page)} == {True}


def test_no_other_figure_reads_at_least(page: Page) -> None:
    rest = {key: f for key, f in page.figures().items() if key not in weakened(page)}
    assert [key for key, f in rest.items() if show.at_least(f) or "at least" in show.figure(f)] == []
    assert {"tokens.cost", "tokens.count", "both.cost", "seats.cost"} <= set(rest)


def test_tokens_and_money_read_at_least_on_every_face(page: Page) -> None:
    tokens, notional = page.figures()["seats.tokens"], page.figures()["seats.notional"]
    assert show.with_unit(tokens) == "at least 3.07k tokens"
    assert show.exactly(tokens) == "at least 3,072 tokens"
    assert cell_text(tokens) == "at least 3072"
    assert figure_record(tokens)["at_least"] is True
    assert show.headline(notional).startswith("at least $0.01")


def test_the_drawer_and_the_page_say_why(page: Page) -> None:
    (problem,) = (p for p in page.problems if p.code == OUTPUT_AT_LEAST)
    assert problem.what.startswith("the final output count of 1 call to anthropic claude-opus-4-8")
    assert why.problems(page.figures()["seats.tokens"]) == (problem,)
    assert why.problems(page.figures()["seats.notional"]) == (problem,)


def test_a_log_that_ends_well_weakens_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"projects/app/session.jsonl": call("a", 1, "claude-opus-4-8", 40, ended=True)})
    assert weakened(folder.page()) == set()


def test_what_has_no_price_says_so_on_every_figure_above_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rows = (
        used("2026-09-02T12:00:00Z", workload="a"),
        used("2026-09-02T12:00:00Z", workload="b", model="nova-9"),
    )
    folder.imported({"usage.csv": csv_of(*rows)})
    page = folder.page()
    (problem,) = page.problems
    assert problem.what.startswith("1,000,000 input tokens: no price is known for anthropic model 'nova-9'")
    found = {key for key, figure in page.figures().items() if problem in figure.problems}
    assert {key for key, f in page.figures().items() if show.at_least(f)} == found
    assert {"tokens.cost", "tokens.cost?workload=b", "models.cost?id=anthropic:nova-9"} <= found
    assert "tokens.cost?workload=a" not in found
