"""Every kind of problem, caused by the input of its case, says exactly what the case expects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bothhalves.core.explain import Problem
from bothhalves.intake.source import Source
from bothhalves.reading import price_book
from tools.catalogue import Entry, entries

COMPANY = "company: Example\n"
WRITTEN = datetime(2026, 9, 30, 12, tzinfo=UTC)
CASES = entries()


def written(files: dict[str, Any]) -> None:
    """Lays out the files of a case in the current folder; a mapping is a link, or a workbook of sheets."""
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict) and "link" in content:
            path.symlink_to(content["link"])
            continue
        if isinstance(content, dict):
            _workbook(path, content)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))


def _workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


def problems_of(case: Entry) -> Iterator[Problem]:
    """Everything that is wrong with the files of a case, which lie in the current folder."""
    ways = {
        "price": _priced, "read": _read, "logs": _logs, "check": _checked,
        "rebuild": _rebuilt, "replay": _replayed, "forecast": _forecast,
        "backtest": _backtest, "scenario": _scenario,
    }  # fmt: skip
    yield from ways[case.how](case)


def _backtest(case: Entry) -> Iterator[Problem]:
    from bothhalves.workspace.histories import read_history

    for path in map(Path, case.inputs):
        yield from read_history(path).problems


def _priced(case: Entry) -> Iterator[Problem]:
    from bothhalves.workspace.pricing import answers

    usage, *books = map(Path, case.inputs)
    book, problems = price_book(books)
    source = Source(usage, usage.name)
    whole: list[Problem] = []
    found = [problem for answer in answers(source, book, whole) for problem in answer.problems]
    yield from (*problems, *whole, *found)


def _read(case: Entry) -> Iterator[Problem]:
    from bothhalves.intake.base import Sink
    from bothhalves.intake.recognise import recognise, unrecognised

    sink = Sink()
    for path in map(Path, case.inputs):
        source = Source(path, path.name, case.options)
        form = recognise(source)
        if form is None:
            yield unrecognised(source)
        else:
            form.read(source, sink)
    yield from sink.problems


def _logs(case: Entry) -> Iterator[Problem]:
    from bothhalves.intake.transcripts import scan

    assert all(name.startswith("logs/") for name in case.inputs)
    yield from scan(Path("logs"), {}, Path("spool")).problems


def _checked(case: Entry) -> Iterator[Problem]:
    """Opens the folder as a workspace, imports its inbox and builds the page."""
    from bothhalves.workspace import open_workspace

    if not Path("company.yaml").exists():
        written({"company.yaml": COMPANY})
    paths = [Path(p) for p in case.options.get("paths", "").split()]
    if Path("inbox").is_dir() or paths:
        from bothhalves.brief import build
        from bothhalves.workspace.importing import Options, import_paths

        given = {name: value for name, value in case.options.items() if name != "paths"}
        yield from import_paths(open_workspace(Path()), paths, Options(**given), lambda _: None).problems
        yield from build(open_workspace(Path()), "", "").problems
    yield from open_workspace(Path()).problems


def _rebuilt(case: Entry) -> Iterator[Problem]:
    """Imports the inbox, empties it, and makes the store again from what is left."""
    from bothhalves.store import rebuild

    assert list(_checked(case)) == []
    for path in Path("inbox").iterdir():
        path.unlink()
    yield from rebuild(Path(), [], edges=(), pseudonym=str).problems


def _forecast(case: Entry) -> Iterator[Problem]:
    """Forecasts from a month of the folder."""
    from bothhalves.core.dates import Month
    from bothhalves.workspace import open_workspace
    from bothhalves.workspace.forecast_book import forecast_of

    assert "forecast.yaml" in case.inputs
    yield from forecast_of(open_workspace(Path()), (Month(2026, 9),)).problems


def _scenario(case: Entry) -> Iterator[Problem]:
    from bothhalves.workspace.scenarios import scenarios_of

    assert all(name.startswith("scenarios/") for name in case.inputs)
    yield from scenarios_of(Path())[1]


def _replayed(case: Entry) -> Iterator[Problem]:
    """Imports the inbox and replays it under offers/x.yaml."""
    from bothhalves.core.dates import Month
    from bothhalves.workspace import open_workspace
    from bothhalves.workspace.replaying import replay

    yield from (p for p in _checked(case) if p.code == case.code)
    found = replay(open_workspace(Path()), Path("offers/x.yaml"), (Month(2026, 9),))
    yield from found if isinstance(found, list) else found.problems


@pytest.mark.parametrize("case", CASES, ids=[case.code for case in CASES])
def test_problem_says_what_its_case_expects(
    case: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in case.limits.items():
        module, _, attribute = name.rpartition(".")
        monkeypatch.setattr(import_module(f"bothhalves.{module}"), attribute, value)
    written(case.inputs)
    problems = list(problems_of(case))
    assert [p.what for p in problems if p.what[:1].isupper() or not p.what.endswith(".")] == []
    said = dict.fromkeys(str(p) for p in problems if p.code == case.code)
    assert "\n".join(said) == case.expected.rstrip("\n")
