"""Contracts and offers from YAML, with what the plans of their seats say and they do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bothhalves.core.contracts import Contract
from bothhalves.core.explain import Problem
from bothhalves.core.from_plans import seat_defaults, with_plans
from bothhalves.core.money import plain
from bothhalves.core.plans import Offered, PlanBook
from bothhalves.core.prices import near
from bothhalves.reading.plans import plan_book
from bothhalves.reading.records import convert
from bothhalves.reading.tree import Node, read_tree


def read_contract(
    path: Path, workspace_plans: Sequence[Path] = (), name: str = ""
) -> tuple[Contract | None, list[Problem]]:
    """The contract in the file at ``path`` and every problem found in it.

    A seat that names a ``plan`` needs only ``committed`` beside it: type, product, fee, billing and labels
    are those of the plan on the day on which the seat (or the term) begins. The fewest and the most seats
    of a plan are those of a seat clause that stands alone; of several, any may make up the fewest. Problems
    of the plan files themselves are not repeated here.
    """
    root, problems = read_tree(path, name)
    if root is None:
        return None, problems
    seats = [(s, plan) for s in _items(root, "seats") if (plan := _text(s, "plan"))]
    book = plan_book(workspace_plans)[0] if seats else PlanBook()
    begin = next((_text(node, "start") for node in _children(root, "term")), "")
    for seat, plan in seats:
        alone = len(_items(root, "seats")) == 1
        problems += _fill(seat, plan, _text(seat, "from") or begin, book, alone)
    _fill_minimum(
        root, [book.find(plan, day) for s, plan in seats if (day := _day(_text(s, "from") or begin))]
    )
    contract, found = convert(root, Contract)
    unknown = {p.where for p in problems if p.code == "contract.plan"}
    found = [p for p in found if p.code != "yaml.missing-key" or p.where not in unknown]
    problems = sorted({*problems, *found}, key=lambda p: (p.where, p.code))
    if contract is None or problems:
        return None, problems
    return with_plans(contract, book.find), []


def _fill(seat: Node, plan: str, day: str, book: PlanBook, alone: bool) -> list[Problem]:
    """Add to a seat the keys that it leaves to its plan; its limits only if it is the only seat."""
    begin = _day(day)
    if begin is None:
        return []
    offered = book.find(plan, begin)
    if offered is None:
        return [_unknown(seat, plan, day, book)]
    for key, value in _written(offered, _text(seat, "billed"), alone).items():
        if key not in {k.text for k, _ in seat.pairs}:
            seat.pairs.append((Node(seat.where, "scalar", key), _node(seat, value)))
    return []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # a day that cannot be read is a problem of its own
        return None


def _fill_minimum(root: Node, offered: Sequence[Offered | None]) -> None:
    """Several seats of one product share the fewest seats of their plans, unless the contract states it."""
    stated = {k.text for k, _ in root.pairs}
    plans = [o.plan for o in offered if o is not None]
    fewest = [p.min_seats for p in plans if p.min_seats is not None]
    whole = len(plans) == len(_items(root, "seats")) > 1 and len({p.product for p in plans}) == 1
    if whole and len(fewest) == len(plans) and "minimum_seats" not in stated:
        root.pairs.append((Node(root.where, "scalar", "minimum_seats"), _node(root, str(min(fewest)))))


def _written(offered: Offered, billed: str, alone: bool) -> dict[str, str | tuple[str, ...]]:
    """What the plan says of a seat, as it would be written."""
    said = seat_defaults(offered.plan, billed)
    found: dict[str, str | tuple[str, ...]] = {
        "type": said.type,
        "product": said.product,
        "billed": said.billed,
        "labels": said.labels,
    }
    if said.fee is not None:
        found["fee"] = found["list_fee"] = plain(said.fee)
    limits = {"minimum": said.minimum, "maximum": said.maximum} if alone else {}
    return found | {key: str(seats) for key, seats in limits.items() if seats is not None}


def _unknown(seat: Node, plan: str, day: str, book: PlanBook) -> Problem:
    entries = [o.plan for o in book.offered if o.plan.id == plan]
    if entries:
        first = min(p.from_ for p in entries)
        what = f"plan {plan} is not known for {day}; what is recorded of it begins on {first}."
    else:
        what = f"plan {plan[:40]!r} is not known."
    similar = [] if entries else near(plan, book.ids(), 1)
    fix = f"Did you mean {similar[0]}? " if similar else ""
    fix += "Write type, product and fee into the seat, or add the plan to plans/*.yaml."
    return Problem("contract.plan", seat.where, what, fix)


def _node(seat: Node, value: str | tuple[str, ...]) -> Node:
    if isinstance(value, str):
        return Node(seat.where, "scalar", value, quoted=True)
    return Node(seat.where, "list", items=[Node(seat.where, "scalar", v, quoted=True) for v in value])


def _children(node: Node, key: str) -> list[Node]:
    return [value for k, value in node.pairs if k.text == key]


def _items(root: Node, key: str) -> list[Node]:
    return [item for node in _children(root, key) for item in node.items]


def _text(node: Node, key: str) -> str:
    return next((v.text for v in _children(node, key) if v.kind == "scalar"), "")
