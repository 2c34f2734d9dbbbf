"""Plans that were made, kept in ``state/plans`` so that the next one can be compared with the last.

A run is kept if it differs from the one before it. Files are numbered and never overwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bothhalves.core.money import exact, plain, total
from bothhalves.workspace.planning.few import OTHERS, moves_together
from bothhalves.workspace.planning.planned import ContractPlan, Planned, Task
from bothhalves.workspace.planning.views import KIND

FOLDER = Path("state") / "plans"


@dataclass(frozen=True, slots=True)
class Kept:
    """A task as it was: how many people, and what it saves at renewal as exact digits (None: no end)."""

    people: int
    low: str
    high: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A plan as it was kept. Tasks are by contract and move."""

    number: int
    window: tuple[str, str]
    tasks: Mapping[tuple[str, str], Kept]


@dataclass(frozen=True, slots=True)
class Changed:
    """A task that came, went or changed between two runs; None: it is not in that run."""

    contract: str
    move: str
    before: Kept | None
    after: Kept | None


@dataclass(frozen=True, slots=True)
class Diff:
    """The newest run against the one before it. ``since`` None: there is none before it."""

    since: Run | None
    now: Run
    changes: tuple[Changed, ...]


def keep(root: Path, planned: Planned) -> Diff:
    """Keep the plan as the newest run, and say what changed since the last one that differs from it."""
    runs = _runs(root)
    now = _run(len(runs) + 1, planned)
    last = runs[-1] if runs else None
    if last is not None and (last.window, last.tasks) == (now.window, now.tasks):
        before = runs[-2] if len(runs) > 1 else None
        return Diff(before, last, _changes(before, last))
    _write(root / FOLDER, now)
    return Diff(last, now, _changes(last, now))


def _run(number: int, planned: Planned) -> Run:
    tasks = {
        (plan.situation.contract.id, move): kept for plan in planned.plans for move, kept in _tasks(plan)
    }
    return Run(number, (str(planned.months[0]), str(planned.months[-1])), tasks)


def _tasks(plan: ContractPlan) -> Iterator[tuple[str, Kept]]:
    """Every task by its move; those of too few people together."""
    few = moves_together(plan.tasks, plan.situation.smallest_group)
    for task in plan.tasks:
        if task.move not in few:
            yield task.move, _kept([task], plan.situation.contract.currency)
    own = [task for task in plan.tasks if task.move in few]
    if own:
        yield OTHERS, _kept(own, plan.situation.contract.currency)


def _kept(tasks: Sequence[Task], currency: str) -> Kept:
    saves = total((t.renewal for t in tasks), currency, KIND)
    high = None if saves.high is None else plain(saves.high)
    return Kept(sum(t.people for t in tasks), plain(saves.low), high)


def _changes(before: Run | None, after: Run) -> tuple[Changed, ...]:
    old: Mapping[tuple[str, str], Kept] = before.tasks if before else {}
    slots = [*after.tasks, *(s for s in old if s not in after.tasks)]
    return tuple(
        Changed(*slot, old.get(slot), after.tasks.get(slot))
        for slot in slots
        if old.get(slot) != after.tasks.get(slot)
    )


def _runs(root: Path) -> list[Run]:
    """Every kept run, oldest first. A file that cannot be read is passed over: nothing depends on it."""
    found = []
    for path in sorted((root / FOLDER).glob("[0-9][0-9][0-9][0-9].json")):
        run = _read(path)
        if run is not None:
            found.append(run)
    return found


def _read(path: Path) -> Run | None:
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        tasks = {
            (t["contract"], t["move"]): Kept(int(t["people"]), _digits(t["low"]), _open(t["high"]))
            for t in told["tasks"]
        }
        first, last = told["window"]
        return Run(int(path.stem), (str(first), str(last)), tasks)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digits(text: str) -> str:
    return plain(exact(text))


def _open(text: str | None) -> str | None:
    return None if text is None else _digits(text)


def _write(folder: Path, run: Run) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tasks: Sequence[dict[str, Any]] = [
        {"contract": contract, "move": move, "people": k.people, "low": k.low, "high": k.high}
        for (contract, move), k in run.tasks.items()
    ]
    text = json.dumps({"window": list(run.window), "tasks": tasks}, indent=1, ensure_ascii=False)
    fresh = folder / f".{run.number:04}.json"
    fresh.write_text(text + "\n", "utf-8")
    os.replace(fresh, folder / f"{run.number:04}.json")
