"""Rated rows as JSON objects: the output of ``bothhalves price FILE --json``."""

from __future__ import annotations

from decimal import Decimal

from bothhalves.core.explain import Line
from bothhalves.core.money import Amount, MoneyKind, plain, product
from bothhalves.workspace.pricing import Answer, Totals


def answer_record(answer: Answer) -> dict[str, object]:
    """One data row. Amounts are plain decimal strings, unrounded; None where not known."""
    lines = answer.rating.lines if answer.rating else ()
    record: dict[str, object] = {
        "row": answer.row,
        "id": answer.id or None,
        "status": str(answer.status),
        **_amount_fields(answer.amount),
        "currency": answer.amount.currency if answer.amount else None,
        "lines": [_line(line, answer.where) for line in lines],
        "problems": [
            {"code": p.code, "where": str(p.where), "what": p.what, "fix": p.fix} for p in answer.problems
        ],
    }
    if answer.of is not None:
        record["of"] = answer.of
    return record


def summary_record(totals: Totals, books: tuple[str, ...]) -> dict[str, object]:
    """The last line: rows by status and totals by currency. Included usage is notional and stands apart."""
    record: dict[str, object] = {
        "summary": True,
        "rows": dict(sorted((str(status), count) for status, count in totals.rows.items())),
        "totals": {c: _total(a) for c, a in sorted(totals.of_kind(MoneyKind.ESTIMATED).items())},
        "books": list(books),
    }
    notional = totals.of_kind(MoneyKind.NOTIONAL)
    if notional:
        record["notional_totals"] = {c: _total(a) for c, a in sorted(notional.items())}
    return record


def _total(amount: Amount) -> dict[str, object]:
    return {**_amount_fields(amount), "at_least": amount.at_least}


def _amount_fields(amount: Amount | None) -> dict[str, str | None]:
    """``cost`` is the amount where it is one number: a point, or all that is priced of a partial one."""
    if amount is None:
        return {"cost": None, "low": None, "high": None}
    low = plain(amount.low)
    high = None if amount.high is None else plain(amount.high)
    return {"cost": low if amount.is_point or amount.at_least else None, "low": low, "high": high}


def _line(line: Line, where: str) -> dict[str, str | None]:
    record: dict[str, str | None] = {
        "meter": line.meter,
        "quantity": plain(line.quantity),
        "rate": plain(product(line.price, Decimal(1), line.per)),
        "cost": plain(line.amount.low) if line.amount.is_point else None,
        "entry": f"{line.layer}:{line.entry}",
        "source": line.source,
        "where": where,
    }
    if not line.amount.is_point:
        record["rate_high"] = plain(product(line.price_high, Decimal(1), line.per))
        record["low"] = plain(line.amount.low)
        record["high"] = None if line.amount.high is None else plain(line.amount.high)
    return record
