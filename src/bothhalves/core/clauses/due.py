"""What is due so far: every Line that stands by itself, with all that was added about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Basis, MeteredUse, amount_of
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT, ZERO, quotient

#: Kinds of charges, in the order in which a commitment is drawn on: what is due first comes first.
KINDS = ("seats", "packs", "units", "seat-usage", "api")
_FAMILIES = {"seats": "seats", "packs": "packs", "usage": "units"}
#: What is paid for usage within an undivided price leaves nothing of it to be paid, as a credit does.
_WITHIN = "undivided/usage"


@dataclass(frozen=True, slots=True)
class Due:
    """A charge of a month: its ``kind``, what it comes to (``net``), and its worth ``at_list``.

    ``at_list`` is of the part that is still to be paid. Kinds beyond :data:`KINDS` are named by the family
    of their clause.
    """

    line: Line
    kind: str
    net: Decimal
    at_list: Decimal
    use: MeteredUse | None = None


def due_of(basis: Basis, usage: Iterable[MeteredUse], lines: Sequence[Line]) -> list[Due]:
    """The charges among ``lines``, in the order of :data:`KINDS` and then of their ids."""
    roots = {line.id: line.of for line in lines}
    contracted: dict[str, Decimal] = {}
    paid: dict[str, Decimal] = {}
    for line in lines:
        root = _root(line, roots)
        side = paid if line.view is View.BILLED or line.entry.endswith(_WITHIN) else contracted
        side[root] = EXACT.add(side.get(root, ZERO), amount_of([line]))
    uses = {use.line.id: use for use in usage}
    found = []
    for line in lines:
        if not line.of:
            use = uses.get(line.id)
            before = contracted.get(line.id, ZERO)
            net = EXACT.add(before, paid.get(line.id, ZERO))
            kind = _kind(basis, line, use)
            at_list = _at_list(line, before, net) if kind == "api" else net
            found.append(Due(line, kind, net, at_list, use))
    order = {kind: n for n, kind in enumerate(KINDS)}
    return sorted(found, key=lambda d: (order.get(d.kind, len(KINDS)), d.line.id))


def _root(line: Line, roots: dict[str, str]) -> str:
    found, of = line.id, line.of
    while of:
        found, of = of, roots.get(of, "")
    return found


def _kind(basis: Basis, line: Line, use: MeteredUse | None) -> str:
    if use is not None:
        return "seat-usage" if use.seat_type else "api"
    family = line.entry.removeprefix(f"{basis.id}/").partition("/")[0]
    return _FAMILIES.get(family, family)


def _at_list(line: Line, contracted: Decimal, net: Decimal) -> Decimal:
    """The list price of what is still due: all of it, unless credits, packs or one price paid for a part."""
    worth = amount_of([line])
    if net == contracted or not contracted:
        return worth
    return quotient(Fraction(worth) * Fraction(net) / Fraction(contracted))
