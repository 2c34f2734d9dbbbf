"""Judged tasks that people write down in evaluations/*.csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.core.levers.quality import OWN, Evaluation
from bothhalves.intake.base import Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.tabular import fields, header

FOLDER = "evaluations"
COLUMNS = (
    "workload", "task_class", "model", "tasks", "passes", "input_tokens", "output_tokens", "cost",
    "currency", "judged_on", "source",
)  # fmt: skip
#: Without these a row says nothing.
NEEDED = ("workload", "model", "tasks", "passes", "judged_on")


def read_evaluations(root: Path, workloads: Iterable[str]) -> tuple[tuple[Evaluation, ...], list[Problem]]:
    """Every good row of every file, and every problem of all of them with file and row."""
    known, sink = set(workloads), Sink()
    found: dict[tuple[str, ...], Evaluation] = {}
    for path in sorted((root / FOLDER).glob("*.csv")):
        for row in _rows(Source(path, f"{FOLDER}/{path.name}"), sink):
            evaluation = _evaluation(row)
            problem = _problem(evaluation, known, found)
            if problem is not None and row.sound:
                sink.problems.append(problem)
            elif row.sound:
                found[_key(evaluation)] = evaluation
    return tuple(found.values()), sink.problems


def _rows(source: Source, sink: Sink) -> Iterator[Fields]:
    lacking = [name for name in NEEDED if name not in {c.lower() for c in header(source)}]
    if header(source) and lacking:
        what = f"the columns {', '.join(lacking)} are missing."
        fix = f"The header is {','.join(COLUMNS)}."
        sink.problems.append(Problem("evaluation.columns", Where(source.name, 1), what, fix))
        return
    yield from fields(source, sink)


def _evaluation(row: Fields) -> Evaluation:
    for name in NEEDED:
        if not row.has(name):
            row.bad(name, "missing", f"Write {name}.")
    return Evaluation(
        workload=row.text("workload"),
        task_class=row.text("task_class"),
        model=row.text("model"),
        tasks=row.count("tasks"),
        passes=row.count("passes"),
        input_tokens=row.count_or_none("input_tokens"),
        output_tokens=row.count_or_none("output_tokens"),
        cost=row.quantity("cost"),
        currency=row.currency("currency") if row.has("cost") else "",
        judged_on=row.text("judged_on"),
        source=row.text("source"),
        where=row.where,
    )


def _key(evaluation: Evaluation) -> tuple[str, ...]:
    judged_on = OWN if evaluation.is_own else evaluation.judged_on
    return evaluation.workload, evaluation.task_class, evaluation.model, judged_on


def _problem(
    evaluation: Evaluation, known: set[str], found: dict[tuple[str, ...], Evaluation]
) -> Problem | None:
    """What is wrong with a row that can be read; None where nothing is."""
    if not 0 <= evaluation.passes <= evaluation.tasks or not evaluation.tasks:
        what = f"{evaluation.passes} of {evaluation.tasks} judged tasks cannot have passed."
        return Problem("evaluation.passes", evaluation.where, what, "Correct tasks and passes.")
    if evaluation.workload not in known:
        what = f"no workload is called {evaluation.workload[:60]!r}."
        fix = "Write the id of a workload of workloads.yaml."
        return Problem("evaluation.workload", evaluation.where, what, fix)
    first = found.get(_key(evaluation))
    if first is not None:
        what = f"the same class and model are judged already in {first.where}; that row is taken."
        return Problem("evaluation.twice", evaluation.where, what, "Add the two up in one row.")
    return None
