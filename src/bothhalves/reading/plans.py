"""The plans that vendors offer: the shipped ones, and those of the workspace over them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from bothhalves.core.explain import Problem
from bothhalves.core.plans import Offered, PlanBook, PlansFile, overlaps
from bothhalves.reading.currencies import is_code, unknown_currency
from bothhalves.reading.records import read_yaml

SHIPPED = Path(str(files("bothhalves"))) / "books" / "plans"


def plan_book(workspace_plans: Sequence[Path] = ()) -> tuple[PlanBook, list[Problem]]:
    """All known plans and what is wrong with the given files.

    A file of the workspace replaces every shipped entry of the plans that it states.
    """
    shipped, faults = _shipped()
    offered, problems = list(shipped), list(faults)
    for path in workspace_plans:
        found, wrong = _read(path, str(path))
        problems += wrong
        own = {(o.vendor, o.plan.id) for o in found}
        offered = [o for o in offered if (o.vendor, o.plan.id) not in own] + list(found)
    return PlanBook(tuple(offered)), problems


@cache
def _shipped() -> tuple[tuple[Offered, ...], tuple[Problem, ...]]:
    offered: list[Offered] = []
    problems: list[Problem] = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        found, faults = _read(path, f"books/plans/{path.name}")
        offered += found
        problems += faults
    return tuple(offered), tuple(problems)


def _read(path: Path, name: str) -> tuple[tuple[Offered, ...], list[Problem]]:
    book, problems = read_yaml(path, PlansFile, name)
    if book is None:
        return (), problems
    if not is_code(book.currency):
        problems.append(unknown_currency(book.currency, book.where))
    for first, second in overlaps(book.plans):
        what = f"plan {second.id} is stated twice for the same days, here and at line {first.where.row}."
        fix = "Give the older entry an until, on the day on which the newer one begins."
        problems.append(Problem("plan.overlap", second.where, what, fix))
    return tuple(Offered(book.vendor, book.currency, plan) for plan in book.plans), problems
