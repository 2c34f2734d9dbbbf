"""What is measured in a process of its own: ``python -m bench.jobs NAME WORDS…`` prints cost and answer."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench import bundles, deal, plan, projection, seats
from bothhalves.core.money import plain

Job = Callable[[], Any]


def scan(*paths: str) -> Job:
    """DuckDB decodes the columns that rating needs and adds them up; nothing is grouped or joined."""
    import duckdb

    numbers = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "output_tokens")
    texts = ("vendor", "model", "workload", "tier")
    columns = ["max(epoch_us(time))", *(f"max({c})" for c in texts), *(f"sum({c})" for c in numbers)]
    connection = duckdb.connect(config={"memory_limit": "800MB"})
    sql = f"select count(*), {', '.join(columns)} from read_parquet(?)"
    return lambda: connection.execute(sql, [list(paths)]).fetchall()[0][0]


def rating(books: str, path: str) -> Job:
    """A file counted and rated as ``bothhalves price`` does it. The price book is read before."""
    from bothhalves.core.explain import Problem
    from bothhalves.intake.source import Source
    from bothhalves.reading import price_book
    from bothhalves.workspace.pricing import Totals
    from bothhalves.workspace.summing import summed

    book, problems = price_book(sorted(Path(books).glob("*.yaml")))
    assert not problems, problems

    def rated() -> dict[str, Any]:
        totals, whole = Totals(), list[Problem]()
        told = list(summed(Source(Path(path), Path(path).name), book, totals, whole))
        assert not told, told[:1]
        assert not whole, whole
        (amount,) = totals.amounts.values()
        return {"total": plain(amount.low), "rows": totals.rows}

    return rated


def replay(root: str, *offers: str) -> Job:
    """A year of a workspace counted and rated once, and settled under each of the offers."""
    from bothhalves.core.dates import Month, months
    from bothhalves.reading.contracts import read_contract
    from bothhalves.workspace import open_workspace
    from bothhalves.workspace.demands import asked_of
    from bothhalves.workspace.replaying import replay_offer

    workspace = open_workspace(Path(root))
    year = tuple(months(Month(2025, 11), Month(2026, 10)))
    assert workspace.book.layers
    assert workspace.store.models()

    def replayed() -> list[str]:
        asked = asked_of(workspace, year)
        totals = [str(sum(len(u.rating.lines) for _, u in asked.usage))]
        for path in offers:
            offer, problems = read_contract(Path(path))
            assert offer is not None, problems
            side = replay_offer(workspace, offer, year, asked).under
            lines = (line for settled in side.settled for line in settled.lines)
            totals.append(plain(sum((line.amount.low for line in lines), Decimal(0))))
        return totals

    return replayed


def calls(by: str, sample: str) -> Job:
    """The cost of each call of a sample, as text; None where there is no price."""
    content = json.loads(Path(sample).read_text("utf-8"))
    cost = _ours() if by == "ours" else _genai()
    return lambda: [cost(call) for call in content]


def _ours() -> Callable[[dict[str, Any]], str | None]:
    from bothhalves.core.dates import instant
    from bothhalves.core.rating import Counted, rate
    from bothhalves.reading import price_book

    book, _ = price_book()

    def cost(call: dict[str, Any]) -> str | None:
        tokens = call["tokens"]
        prompt = sum(tokens.values()) - tokens["output_tokens"]
        quantities = tuple((meter, Decimal(count)) for meter, count in tokens.items())
        conditions = call["tier"], call["speed"], call["region"]
        counted = Counted(
            call["vendor"],
            call["model"],
            instant(call["day"]),
            None,
            quantities,
            *conditions,
            prompt - 1,
            prompt,
        )
        rating = rate(counted, book)
        return None if rating.unpriced else plain(sum((line.amount.low for line in rating.lines), Decimal(0)))

    return cost


def _genai() -> Callable[[dict[str, Any]], str | None]:
    from genai_prices import Usage, calc_price

    from bothhalves.core.dates import instant

    def cost(call: dict[str, Any]) -> str | None:
        tokens = dict(call["tokens"])
        tokens["cache_write_tokens"] = sum(n for m, n in tokens.items() if m.startswith("cache_write"))
        tokens["input_tokens"] += tokens["cache_read_tokens"] + tokens["cache_write_tokens"]
        tokens.pop("cache_write_5m_tokens", None)
        context = {"processing": call["tier"]} if call["tier"] != "standard" else {}
        context |= {"speed": call["speed"]} if call["speed"] != "standard" else {}
        try:
            price = calc_price(
                Usage(**tokens),
                model_ref=call["model"],
                provider_id=call["vendor"],
                genai_request_timestamp=instant(call["day"]),
                price_context=context,
            )
        except LookupError:
            return None
        return plain(price.total_price)

    return cost


JOBS: dict[str, Callable[..., Job]] = {
    "scan": scan,
    "rating": rating,
    "replay": replay,
    "calls": calls,
    "commit": deal.committed,
    "commit_settled": deal.settled,
    "commit_grid": deal.on_a_grid,
    "bundle": bundles.bundle,
    "bundle_settled": bundles.settled,
    "clauses": bundles.clauses,
    "projection": projection.projected,
    "projection_settled": projection.settled,
    "plan": plan.solved,
    "plan_milp": plan.solved_by_highs,
    "seats": seats.solved,
    "seats_milp": seats.solved_by_highs,
}


def main() -> None:
    name, *words = sys.argv[1:]
    ready = JOBS[name](*words)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    answer = ready()
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "answer": answer}))


if __name__ == "__main__":
    main()
