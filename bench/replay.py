"""A year of usage under ten offers: it is counted and rated once, and settled once for each offer."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from bench import cells, prices, usage_rows
from bench.measure import CACHE, job, middle, product, run
from bench.table import Row

ROWS = {"quick": 1_000_000, "full": 10_000_000}
OFFERS, REPEATS = 10, 3
#: Ten offers are settled in the time of at most so many ratings of the year.
MOST_RATIO = 10


def measured(size: str) -> list[Row]:
    root = _workspace(ROWS[size])
    offers = [_offer(root, number) for number in range(OFFERS)]
    pairs = [(job("replay", root), job("replay", root, *offers)) for _ in range(REPEATS)]
    rating, replay = (middle(column) for column in zip(*pairs, strict=True))
    rows, lines = f"{ROWS[size] // 1_000_000} M rows", replay.answer[0]
    ratio = replay.wall / rating.wall
    return [
        Row(f"{rows} of a year, {lines} lines: counted and rated", rating),
        Row(
            f"the same under {OFFERS} offers", replay, ratio, f"<= {MOST_RATIO} ratings", ratio <= MOST_RATIO
        ),
    ]


def _workspace(rows: int) -> Path:
    """A workspace whose only usage is a year of a canonical file, counted by workload and day."""
    source = CACHE / f"year-{rows}.parquet"
    if not source.exists():
        draft = source.with_suffix(".part")
        usage_rows.write(draft, rows, "2025-11-01", 365)
        draft.replace(source)
    root = CACHE / f"replay-{rows}"
    shutil.rmtree(root, ignore_errors=True)
    run(product("init", root))
    prices.write(root / "books")
    cells.fill(root, source, ("workload",))
    return root


def _offer(root: Path, number: int) -> Path:
    """Seats, a rate, and a commitment with bands; every offer with other figures."""
    path = root / "offers" / f"{number}.yaml"
    path.parent.mkdir(exist_ok=True)
    terms = {
        "id": f"offer-{number}",
        "vendor": "anthropic",
        "currency": "USD",
        "term": {"start": "2025-11-01", "months": 12},
        "seats": [{"type": "premium", "product": "claude", "committed": 100 + number, "fee": 100 - number}],
        "rates": [{"name": "mid", "scope": {"models": ["model-0-1"]}, "discount": f"{5 + number}%"}],
        "commitment": {
            "amount": 10_000 * (number + 1),
            "per": "year",
            "bands": [{"from": 10_000, "discount": "8%"}, {"from": 60_000, "discount": "12%"}],
            "overage": "list",
        },
    }
    path.write_text(yaml.safe_dump(terms), "utf-8")
    return path
