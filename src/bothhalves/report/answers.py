"""Rated rows as JSON objects: the output of ``bothhalves price FILE --json``."""

from __future__ import annotations

import json
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
        "totals": _totals(totals, MoneyKind.ESTIMATED),
        "books": list(books),
    }
    notional = _totals(totals, MoneyKind.NOTIONAL)
    if notional:
        record["notional_totals"] = notional
    return record


def _totals(totals: Totals, kind: MoneyKind) -> dict[str, object]:
    """``cost`` is None for a total that an interval contributes to."""
    found: dict[str, object] = {}
    for currency, amount in sorted(totals.of_kind(kind).items()):
        fields = _amount_fields(amount)
        if (currency, kind) in totals.uncertain:
            fields["cost"] = None
        found[currency] = {**fields, "at_least": amount.at_least}
    return found


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


def encoded(record: dict[str, object]) -> str:
    """One line of JSON."""
    return json.dumps(record, ensure_ascii=False)


def summary_text(totals: Totals, books: tuple[str, ...]) -> str:
    """Rows by status, then a total for each currency."""
    lines = [f"{count:,} rows {status}" for status, count in sorted(totals.rows.items())]
    for kind in (MoneyKind.ESTIMATED, MoneyKind.NOTIONAL):
        for currency, amount in sorted(totals.of_kind(kind).items()):
            lines.append(f"{kind} {currency}: {_amount_words(amount)}")
    return "\n".join([*lines, "prices: " + ", ".join(books)])


def _amount_words(amount: Amount) -> str:
    low = plain(amount.low)
    if amount.high is None:
        return f"at least {low}"
    return low if amount.is_point else f"{low} to {plain(amount.high)}"
