"""What makes every number openable: Where, Problem, Line, Figure and the key grammar.

A key is ``name.name.name?dimension=value&dimension=value``: lower-case names, then the dimensions in
alphabetical order with percent-encoded values, such as ``seats.cost?group=ops&month=2026-10``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from urllib.parse import parse_qsl, quote

from bothhalves.core.money import EXACT, ZERO, Amount, MixedMoney, MoneyKind, total

_NAME = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")
_DIMENSION = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a file: ``row`` and ``column`` are 1-based, 0 where the whole file is meant."""

    file: str
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.row, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that weakens a number: where, what is wrong, and how to mend it.

    ``code`` names the kind (``usage.bad-number``). ``changes`` is True when a number would differ if it
    were mended; such problems make a command exit with 3.
    """

    code: str
    where: Where
    what: str
    fix: str
    changes: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.fix}"


class View(StrEnum):
    """The cost views of FOCUS."""

    LIST = "list"
    CONTRACTED = "contracted"
    BILLED = "billed"
    EFFECTIVE = "effective"


class Grade(StrEnum):
    """Evidence grades; what each licenses is in ``core.evidence``."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


Condition = str | int | None | tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """Which stored rows stand behind a number: a table and a value (None: null), or several, per column."""

    table: str
    where: tuple[tuple[str, Condition], ...] = ()

    def narrowed(self, **conditions: Condition) -> Selector:
        return Selector(self.table, tuple(sorted({**dict(self.where), **conditions}.items())))

    @staticmethod
    def union(selectors: Iterable[Selector]) -> Selector:
        """The rows of all ``selectors`` of one table, column by column; what one leaves open stays open.

        The union is exact where the columns that differ vary independently, as keys and models of one
        workload do.
        """
        chosen = list(selectors)
        columns = set.intersection(*({name for name, _ in s.where} for s in chosen))
        values: dict[str, set[str | int | None]] = {name: set() for name in columns}
        for selector in chosen:
            for name, value in selector.where:
                if name in columns:
                    values[name].update(value if isinstance(value, tuple) else (value,))
        merged = {n: v.pop() if len(v) == 1 else tuple(sorted(v, key=str)) for n, v in values.items()}
        return Selector(chosen[0].table).narrowed(**merged)


@dataclass(frozen=True, slots=True)
class Line:
    """One amount: a quantity of a meter at a rate, and everything needed to defend it.

    ``price`` is for ``per`` units. ``entry`` names the price-book entry or contract clause by id;
    ``source`` is its published source. ``price_high`` differs from ``price`` only where the price
    depends on something the usage does not say. ``of`` is the id of the Line that this one is about, as a
    discount is about what it discounts.
    """

    id: str
    meter: str
    quantity: Decimal
    unit: str
    price: Decimal
    price_high: Decimal
    per: int
    amount: Amount
    view: View
    entry: str
    source: str
    layer: str
    rows: Selector = field(default=Selector("usage"))
    entry_where: Where = field(default=Where(""))
    dimensions: tuple[tuple[str, str], ...] = ()
    of: str = ""


class Operator(StrEnum):
    """How a Figure's value follows from its operands."""

    SUM = "sum"  # of Lines or Figures
    COUNT = "count"  # of the rows that its selector names
    DIFFERENCE = "difference"  # first operand minus second
    RATIO = "ratio"  # first operand over second
    GIVEN = "given"  # written down by somebody: an invoice line, a contract, an assumption


Value = Amount | Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that may be shown, made of its ``operands``; leaves are Lines, counts and givens."""

    key: str
    title: str
    operator: Operator
    value: Value
    operands: tuple[Figure | Line, ...] = ()
    unit: str = ""
    rule: str = ""
    rows: Selector | None = None
    where: Where | None = None
    source: str = ""
    assumed: bool = False
    problems: tuple[Problem, ...] = ()


def key(name: str, dimensions: Mapping[str, str] | None = None) -> str:
    """The key of a figure, without empty dimensions; ``ValueError`` if a name breaks the grammar."""
    pairs = sorted((k, v) for k, v in (dimensions or {}).items() if v != "")
    _check_names(name, [k for k, _ in pairs])
    return name + ("?" if pairs else "") + "&".join(f"{k}={quote(v, safe=':@,')}" for k, v in pairs)


def _check_names(name: str, dimensions: list[str]) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a figure name: {name[:80]!r}")
    for dimension in dimensions:
        if not _DIMENSION.fullmatch(dimension):
            raise ValueError(f"not a dimension: {dimension[:80]!r}")


def parse_key(text: str) -> tuple[str, dict[str, str]]:
    """Name and dimensions of a key; ``ValueError`` if it breaks the grammar."""
    name, _, query = text.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    _check_names(name, [k for k, _ in pairs])
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("a dimension is named twice")
    return name, dict(pairs)


def value_of(operand: Figure | Line) -> Value:
    return operand.amount if isinstance(operand, Line) else operand.value


def sum_of(
    figure_key: str,
    title: str,
    operands: tuple[Figure | Line, ...],
    currency: str,
    kind: MoneyKind,
    **details: object,
) -> Figure:
    """A Figure that is the sum of money operands, all of one currency and kind."""
    amounts = [v for v in map(value_of, operands) if isinstance(v, Amount)]
    if len(amounts) != len(operands):
        raise TypeError(f"{figure_key}: a sum of money takes money only")
    return Figure(figure_key, title, Operator.SUM, total(amounts, currency, kind), operands, **details)  # type: ignore[arg-type]


def recomputed(figure: Figure) -> Value:
    """The figure's value worked out again from its leaves; counts and givens stand for themselves.

    Raises ``ValueError`` where an operator does not fit its operands.
    """
    if figure.operator in (Operator.COUNT, Operator.GIVEN):
        return figure.value
    values = [o.amount if isinstance(o, Line) else recomputed(o) for o in figure.operands]
    if figure.operator is Operator.SUM:
        return _summed(figure, values)
    if len(values) != 2:
        raise ValueError(f"{figure.key}: {figure.operator} takes two operands")
    return _less(*values) if figure.operator is Operator.DIFFERENCE else _over(*values)


def _summed(figure: Figure, values: list[Value]) -> Value:
    amounts = [v for v in values if isinstance(v, Amount)]
    numbers = [v for v in values if isinstance(v, Decimal)]
    if isinstance(figure.value, Amount) and not numbers:
        return total(amounts, figure.value.currency, figure.value.kind)
    if isinstance(figure.value, Decimal) and not amounts:
        return reduce(EXACT.add, numbers, ZERO)
    raise ValueError(f"{figure.key}: a sum is of money only or of numbers only")


def _less(first: Value, second: Value) -> Value:
    if isinstance(first, Amount) and isinstance(second, Amount):
        return first - second
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        return EXACT.subtract(first, second)
    raise ValueError("a difference is of two amounts or of two numbers")


def _over(first: Value, second: Value) -> Value:
    """A share, of two points in one currency or of two numbers; or money per unit."""
    if isinstance(second, Amount):
        if not (isinstance(first, Amount) and first.is_point and second.is_point):
            raise ValueError("a share of money is of two points")
        if first.currency != second.currency:
            raise MixedMoney(f"{first.currency} over {second.currency}")
        first, second = first.low, second.low
    if not second or (second < 0 and isinstance(first, Amount)):
        raise ValueError("a ratio has a divisor, and money is divided by a number above zero only")
    if isinstance(first, Decimal):
        return first / second
    high = None if first.high is None else first.high / second
    return Amount(first.currency, first.kind, first.low / second, high)


def by_key(roots: Iterable[Figure]) -> dict[str, Figure]:
    """Every figure at and below the roots by its key, the first of each."""
    found: dict[str, Figure] = {}
    for root in roots:
        for part in walk(root):
            if isinstance(part, Figure):
                found.setdefault(part.key, part)
    return found


def walk(figure: Figure) -> Iterator[Figure | Line]:
    """The figure and everything below it, parents first."""
    yield figure
    for operand in figure.operands:
        if isinstance(operand, Line):
            yield operand
        else:
            yield from walk(operand)
