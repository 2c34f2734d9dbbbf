"""How many people the plans behind a contract's seats take: beyond it a seat is closed to others.

Whoever holds a seat today keeps it. The solver keeps to the limit of one seat type by itself; what several
types share is looked at once it has chosen, and closes them to everybody else where they would be too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bothhalves.core.contracts import Contract
from bothhalves.core.gates import Limit
from bothhalves.core.plans import Plan
from bothhalves.workspace.paths import Path
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.problem import Chosen, WorkChoices

#: The seats of a contract by type: today's, or those after a choice.
Held = Mapping[str, int]


def limits(contract: Contract, most: Mapping[str, int | None], paths: Iterable[Path]) -> tuple[Limit, ...]:
    """``most`` is what the contract says of each of its seat types. Types of which it says nothing share the
    limit of their plans if these are of one product."""
    signed = {p.name: p.plan for p in paths if p.signed and p.id == f"{contract.id}/{p.name}"}
    found = [
        Limit((type_,), stated, _source(contract, signed.get(type_), stated))
        for type_, stated in most.items()
        if stated is not None
    ]
    shared: dict[str, list[tuple[str, Plan, int]]] = {}
    for type_, stated in most.items():
        plan = signed.get(type_)
        if stated is None and plan is not None and plan.max_seats is not None:
            shared.setdefault(plan.product, []).append((type_, plan, plan.max_seats))
    for own in shared.values():
        types = tuple(type_ for type_, _, _ in own)
        _, plan, people = max(own, key=lambda one: one[2])
        found.append(Limit(types, people, _source(contract, plan, people)))
    return tuple(found)


def _source(contract: Contract, plan: Plan | None, most: int) -> str:
    """Who says so: the plan of the books, or the contract where it says otherwise."""
    if plan is not None and plan.max_seats == most:
        return f"plan {plan.id} ({plan.source})"
    return f"contract {contract.id}" + (f" ({contract.source})" if contract.source else "")


def on(limit: Limit, held: Held) -> int:
    """How many people are on the seats."""
    return sum(held.get(type_, 0) for type_ in limit.types)


def rooms(found: Iterable[Limit], held: Held) -> dict[str, int]:
    """How many people each seat type may have, for the solver: no fewer than today."""
    least: dict[str, int] = {}
    for limit in found:
        room = max(limit.most, on(limit, held))
        for type_ in limit.types:
            least[type_] = min(least.get(type_, room), room)
    return least


def seats_after(people: Sequence[Choices], work: Sequence[WorkChoices], chosen: Chosen) -> Held:
    """People by seat type after the choice, with those who do a workload's work on seats."""
    found = Counter(_type(chosen.people[person.person]) for person in people)
    for one in work:
        for option in one.options:
            if option.seat and option.id == chosen.workloads[one.workload]:
                found[option.seat] += option.seats
    return found


def shut(
    people: Sequence[Choices], work: Sequence[WorkChoices], limit: Limit
) -> tuple[tuple[Choices, ...], tuple[WorkChoices, ...], str]:
    """The seats closed to whoever holds none of them and to workloads, and that in words."""
    kept = tuple(p if _type(p.paths.current) in limit.types else _kept_out(p, limit) for p in people)
    asking = [w.workload for w in work if _asked(w, limit)]
    left = tuple(replace(w, options=tuple(o for o in w.options if o.seat not in limit.types)) for w in work)
    return kept, left, _sentence(limit, asking)


def turned_away(
    people: Sequence[Choices], work: Sequence[WorkChoices], chosen: Chosen, found: Iterable[Limit]
) -> tuple[tuple[Choices, ...], tuple[str, ...]]:
    """People with what kept them from a seat that was open to them, and each limit that the choice has
    reached and that keeps anybody out, in words."""
    after, said, kept = seats_after(people, work, chosen), [], list(people)
    for limit in found:
        left = limit.most - on(limit, after)
        outside = [n for n, p in enumerate(kept) if left < 1 and _stays_out(p, chosen, limit)]
        waiting = [w.workload for w in work if _asked(w, limit, chosen) > left]
        for number in outside:
            kept[number] = _kept_out(kept[number], limit)
        said += [_sentence(limit, waiting)] if outside or waiting else []
    return tuple(kept), tuple(said)


def _sentence(limit: Limit, work: Sequence[str]) -> str:
    others = f"; no seats are left for {', '.join(work)}" if work else ""
    return f"Closed to others by {limit.refusal.gate}: {limit.refusal.reason}{others}."


def _stays_out(person: Choices, chosen: Chosen, limit: Limit) -> bool:
    """True for somebody who might be on the seats, is not, and stays where they are."""
    now = person.paths.current
    return (
        chosen.people[person.person] == now and _type(now) not in limit.types and bool(_open(person, limit))
    )


def _asked(work: WorkChoices, limit: Limit, chosen: Chosen | None = None) -> int:
    """How many people the workload would put on the seats, unless that is chosen; 0: none."""
    taken = chosen.workloads[work.workload] if chosen else ""
    return max((o.seats for o in work.options if o.seat in limit.types and o.id != taken), default=0)


def _kept_out(person: Choices, limit: Limit) -> Choices:
    closed = _open(person, limit)
    refused = {path: (*person.refused.get(path, ()), limit.refusal) for path in closed}
    others = tuple(path for path in person.eligible if path not in closed)
    return replace(person, eligible=others, refused={**person.refused, **refused})


def _open(person: Choices, limit: Limit) -> list[str]:
    return [path for path in person.eligible if _type(path) in limit.types]


def _type(path: str) -> str:
    return path.rpartition("/")[2]
