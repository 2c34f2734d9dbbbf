"""What the product answers: a canonical file priced, and a ledger of a workspace, both as rows of text."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bothhalves.core.money import Amount, MoneyKind, plain, total
from bothhalves.intake.source import Source
from bothhalves.reading import price_book
from bothhalves.report.answers import answer_record, encoded, summary_record
from bothhalves.workspace.pricing import Totals, answers
from bothhalves.workspace.records import Ledger, RatedUsage

Record = dict[str, Any]
BOOKS = (Path(__file__).parent / "books", Path(__file__).parents[1] / "cases" / "books")
IDENTITY = ("month", "stream", "vendor", "product", "account", "owner", "model")


def book_path(name: str) -> Path:
    """A private book of these sheets or of the pricing cases."""
    return next(folder / name for folder in BOOKS if (folder / name).exists())


def priced(file: Path, books: Iterable[str] = ()) -> list[Record]:
    """Every line that ``bothhalves price FILE --json`` prints, made in this process."""
    book, problems = price_book([book_path(name) for name in books])
    assert problems == []
    totals, lines = Totals(), []
    for answer in answers(Source(file, file.name), book, []):
        totals.add(answer)
        lines.append(encoded(answer_record(answer)))
    lines.append(encoded(summary_record(totals, book.versions)))
    return [json.loads(line) for line in lines]


def priced_by_command(file: Path, books: Iterable[str] = ()) -> list[Record]:
    """The same from the command line."""
    given = [part for name in books for part in ("--book", str(book_path(name)))]
    command = [sys.executable, "-c", "from bothhalves.cli import main; main()", "price", str(file), "--json"]
    done = subprocess.run([*command, *given], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def ledger_rows(ledger: Ledger, names: Iterable[str]) -> list[Record]:
    """Counted and rated usage, one row for each combination of ``names`` (of :data:`IDENTITY`)."""
    chosen = [name for name in IDENTITY if name in set(names)] or ["month", "model"]
    groups: dict[tuple[str, ...], list[RatedUsage]] = defaultdict(list)
    for usage in ledger.usage:
        groups[tuple(str(getattr(usage, name)) for name in chosen)].append(usage)
    return [
        dict(zip(chosen, key, strict=True)) | _measures(found, ledger.currency)
        for key, found in groups.items()
    ]


def _measures(found: list[RatedUsage], currency: str) -> Record:
    """Meters above zero, requests where all are known, and the money of the rows."""
    meters: dict[str, Decimal] = defaultdict(Decimal)
    for usage in found:
        for meter, quantity in usage.quantities:
            meters[meter] += quantity
    requests = [u.requests for u in found]
    known = None if None in requests else sum(r for r in requests if r is not None)
    return {
        **{meter: plain(quantity) for meter, quantity in meters.items() if quantity},
        "requests": known,
        **_money(found, currency),
    }


def _money(found: list[RatedUsage], currency: str) -> Record:
    kinds = [k for k in (MoneyKind.ESTIMATED, MoneyKind.NOTIONAL) if _amounts(found, currency, k)]
    amount = total(_amounts(found, currency, kinds[0]), currency, kinds[0]) if kinds else None
    unpriced = any(u.rating.unpriced for u in found)
    if amount is None:
        return {"cost": None, "at_least": unpriced}
    high = None if amount.high is None else plain(amount.high)
    cost = plain(amount.low) if amount.is_point else None
    return {"cost": cost, "low": plain(amount.low), "high": high, "at_least": amount.at_least or unpriced}


def _amounts(found: list[RatedUsage], currency: str, kind: MoneyKind) -> list[Amount]:
    lines = [line.amount for u in found for line in u.rating.lines]
    return [a for a in lines if a.currency == currency and a.kind is kind]


def meters_told(row: Mapping[str, Any]) -> set[str]:
    """The token meters of a row: an expected row names every one that is not zero."""
    return {name for name in row if name.endswith("_tokens") or name == "web_searches"}
