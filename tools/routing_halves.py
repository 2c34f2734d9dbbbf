"""``python -m tools.routing_halves [FOLDER]``: models chosen on half of the judged tasks, tested on the rest.

A task falls into a half by the hash of its name, so that nobody picks. For each class and floor the cheapest
model is taken whose passes on the first half reach the floor, by the rule of ``core.levers.quality``; where
none does, the work stays on the best single model. Costs are those that the benchmark measured.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from bothhalves.core.levers.quality import FEWEST, lower_bound, reaches

FOLDER = Path(__file__).parent.parent / "tests" / "levers" / "quality_cost"
FLOORS = tuple(Decimal(n) / 100 for n in range(40, 95, 5))


@dataclass(frozen=True, slots=True)
class Result:
    """One task on one model: whether it passed, and what it cost (None: not told)."""

    task_class: str
    task: str
    model: str
    passed: bool
    cost: Fraction | None

    @property
    def is_first(self) -> bool:
        """True if the task is in the half on which models are chosen."""
        return sha256(f"{self.task_class}/{self.task}".encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True)
class Record:
    """Tasks of a class on a model, in one half."""

    tasks: int
    passes: int
    cost: Fraction | None

    @property
    def each(self) -> Fraction | None:
        """What a task costs."""
        return None if self.cost is None else self.cost / self.tasks


@dataclass(frozen=True, slots=True)
class Outcome:
    """A floor on the second half. Costs are of all its tasks; ``broken`` are classes that missed the floor
    by more than sampling explains (the upper end of their own interval is below it)."""

    floor: Decimal
    classes: int
    moved: int
    held: int
    broken: tuple[str, ...]
    tasks: int
    passes: int
    cost: Fraction | None
    best_cost: Fraction | None
    best_passes: int
    oracle_cost: Fraction | None
    oracle_passes: int


def openhands(folder: Path) -> Iterator[Result]:
    """Issues resolved by an agent on several models; the class is the benchmark."""
    for row in _rows(folder / "openhands.csv.gz"):
        # Nothing costs nothing: a zero is a cost that was not recorded.
        cost = Fraction(row["cost_usd"] or 0) or None
        yield Result(row["benchmark"], row["instance"], row["model"], row["resolved"] == "True", cost)


def routerarena(folder: Path) -> Iterator[Result]:
    """Questions on two models; the class is the data set if that is large enough to judge."""
    rows = [r for r in _rows(folder / "routerarena.csv.gz") if r["model"].startswith(("claude", "gemini"))]
    sizes: dict[str, int] = {}
    for row in rows:
        name = row["query"].split("_")[0]
        sizes[name] = sizes.get(name, 0) + 1
    for row in rows:
        name = row["query"].split("_")[0]
        # Two models, two halves: a class needs four times the fewest tasks to be judged at all.
        task_class = name if sizes[name] >= 4 * FEWEST else "others"
        passed = Decimal(row["score"]) >= Decimal("0.5")
        yield Result(task_class, row["query"], row["model"], passed, Fraction(row["cost_usd"]))


def routellm(folder: Path) -> Iterator[Result]:
    """Questions on a weak and a strong model, by subject. No cost is told: a strong answer counts as 1."""
    for row in _rows(folder / "routellm.csv.gz"):
        task_class = row["subject"] or row["task"]
        for model, cost in (("weak", 0), ("strong", 1)):
            passed = row[f"{model}_correct"] == "True"
            yield Result(task_class, row["item"], model, passed, Fraction(cost))


SETS: Mapping[str, Callable[[Path], Iterator[Result]]] = {
    "openhands": openhands,
    "routerarena": routerarena,
    "routellm": routellm,
}


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def outcomes(results: Iterable[Result], floors: Sequence[Decimal] = FLOORS) -> list[Outcome]:
    """Each floor, chosen on the first half and tested on the second."""
    found = _complete(results)
    first = _records([r for r in found if r.is_first])
    second = [r for r in found if not r.is_first]
    return [_outcome(floor, first, second) for floor in floors]


def _complete(results: Iterable[Result]) -> list[Result]:
    """Tasks that every model did, with a known cost: the others would compare different work."""
    found = [r for r in results if r.cost is not None]
    models = {r.model for r in found}
    done: dict[tuple[str, str], set[str]] = {}
    for r in found:
        done.setdefault((r.task_class, r.task), set()).add(r.model)
    return [r for r in found if done[r.task_class, r.task] == models]


def _records(results: Iterable[Result]) -> dict[tuple[str, str], Record]:
    """By class and model."""
    found: dict[tuple[str, str], Record] = {}
    for r in results:
        old = found.get((r.task_class, r.model), Record(0, 0, Fraction(0)))
        cost = (old.cost or Fraction(0)) + (r.cost or Fraction(0))
        found[r.task_class, r.model] = Record(old.tasks + 1, old.passes + r.passed, cost)
    return found


def best_single(records: Mapping[tuple[str, str], Record]) -> str:
    """The model that passes most over all classes; of equals the cheapest."""
    models = sorted({model for _, model in records})

    def order(model: str) -> tuple[int, Fraction]:
        own = [r for (_, m), r in records.items() if m == model]
        return -sum(r.passes for r in own), sum((r.cost or Fraction(0) for r in own), Fraction(0))

    return min(models, key=order)


def chosen(records: Mapping[tuple[str, str], Record], task_class: str, floor: Decimal) -> str | None:
    """The cheapest model by the task whose passes reach the floor on enough tasks; None: nobody's do."""
    good = [
        (record.each or Fraction(0), model)
        for (name, model), record in records.items()
        if name == task_class and record.tasks >= FEWEST and reaches(record.passes, record.tasks, floor)
    ]
    return min(good)[1] if good else None


def _outcome(floor: Decimal, first: Mapping[tuple[str, str], Record], second: Sequence[Result]) -> Outcome:
    best = best_single(first)
    classes = sorted({r.task_class for r in second})
    choice = {name: chosen(first, name, floor) for name in classes}
    taken = {name: model or best for name, model in choice.items()}
    tested = _records(r for r in second if r.model == taken[r.task_class])
    single = _records(r for r in second if r.model == best)
    moved = [name for name, model in choice.items() if model is not None]
    missed = [n for n in moved if not _holds(tested[n, taken[n]], floor)]
    oracle = _oracle(second)
    return Outcome(
        floor,
        len(classes),
        len(moved),
        sum(Fraction(tested[n, taken[n]].passes, tested[n, taken[n]].tasks) >= floor for n in moved),
        tuple(missed),
        sum(r.tasks for r in tested.values()),
        sum(r.passes for r in tested.values()),
        _cost(tested.values()),
        _cost(single.values()),
        sum(r.passes for r in single.values()),
        sum((r.cost or Fraction(0) for r in oracle), Fraction(0)),
        sum(r.passed for r in oracle),
    )


def _holds(record: Record, floor: Decimal) -> bool:
    """True unless the upper end of the 95 % interval of the second half is below the floor."""
    return 1 - lower_bound(record.tasks - record.passes, record.tasks) >= floor


def _cost(records: Iterable[Record]) -> Fraction:
    return sum((r.cost or Fraction(0) for r in records), Fraction(0))


def _oracle(results: Iterable[Result]) -> list[Result]:
    """For each task the cheapest model that passes it, known only afterwards; else the cheapest."""
    by_task: dict[tuple[str, str], list[Result]] = {}
    for r in results:
        by_task.setdefault((r.task_class, r.task), []).append(r)
    return [min(tried, key=lambda r: (not r.passed, r.cost or Fraction(0))) for tried in by_task.values()]


def table(name: str, found: Iterable[Outcome]) -> str:
    """A Markdown table of outcomes."""
    head = "floor | classes with a model | held | broken | passed | best single | cost | oracle's cost"
    lines = [f"### {name}", "", f"| {head} |", "|" + "--:|" * 8]
    lines += (f"| {' | '.join(_cells(o))} |" for o in found)
    return "\n".join([*lines, ""])


def _cells(o: Outcome) -> tuple[str, ...]:
    """Costs are shares of what the best single model costs."""
    return (
        f"{o.floor:.0%}",
        f"{o.moved} of {o.classes}",
        str(o.held),
        str(len(o.broken)),
        _rate(o.passes, o.tasks),
        _rate(o.best_passes, o.tasks),
        _of(o.cost, o.best_cost),
        _of(o.oracle_cost, o.best_cost),
    )


def _rate(passes: int, tasks: int) -> str:
    return f"{passes / tasks:.1%}"


def _of(cost: Fraction | None, whole: Fraction | None) -> str:
    return "not known" if cost is None or not whole else f"{float(cost / whole):.1%}"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, read in SETS.items():
        print(table(name, outcomes(read(folder))))


if __name__ == "__main__":
    main()
