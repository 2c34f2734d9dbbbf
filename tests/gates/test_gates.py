"""Requirements before price, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.core.clauses.protections import Needs, Protections
from bothhalves.core.gates import Job, PathKind, Way, refusals
from bothhalves.core.routes import Work, Worker

CASES = yaml.safe_load((Path(__file__).parent / "gates.yaml").read_text())


def job_of(said: dict[str, Any]) -> Job:
    return Job(
        Worker(said["worker"]),
        Work(said.get("work", "chat")),
        said.get("attended", True),
        Needs(tuple(said.get("controls", ())), Protections(**said.get("terms", {}))),
    )


def way_of(said: dict[str, Any]) -> Way:
    return Way(
        "the path",
        PathKind(said["kind"]),
        frozenset(map(Work, said.get("work", list(Work)))),
        frozenset(said.get("controls", ())),
        frozenset(said.get("lacks", ())),
        Protections(**said.get("terms", {})),
    )


@pytest.mark.parametrize("case", CASES, ids=[c["title"] for c in CASES])
def test_gates(case: dict[str, Any]) -> None:
    found = refusals(job_of(case["job"]), way_of(case["way"]))
    assert [str(r.gate) for r in found] == case["refused"]
    assert all(r.reason for r in found)
