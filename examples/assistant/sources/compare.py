"""Compare the tool's own estimate with the list price of the same tokens, message by message.

    python examples/assistant/sources/compare.py

Every seller and model is one row of the table, those apart that differ or have no price. ``same`` counts the
messages on which both agree to a millionth of a cent.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from make_log import Message, messages

from bothhalves.core.dates import instant
from bothhalves.core.explain import Where
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import counted, rate
from bothhalves.core.terms import Usage
from bothhalves.reading import price_book

CLOSE = Decimal("0.00000001")
COLUMNS = ("seller and model", "messages", "same", "tool", "list price", "tool less list")


@dataclass
class Compared:
    """Messages on one model: how many, how many alike, and both sums. ``ours`` None: there is no price."""

    messages: int = 0
    same: int = 0
    theirs: Decimal = Decimal(0)
    ours: Decimal | None = Decimal(0)


def compared() -> dict[str, Compared]:
    """The whole log by seller and model, what the tool counts dearest first."""
    book, _ = price_book()
    found: defaultdict[str, Compared] = defaultdict(Compared)
    for message in messages():
        entry = found[f"{message['seller']} {message['main_model']}"]
        ours, theirs = list_price(message, book), message["cost"]
        entry.messages += 1
        entry.theirs += theirs
        entry.ours = None if ours is None or entry.ours is None else entry.ours + ours
        entry.same += ours is not None and abs(ours - theirs) < CLOSE
    return dict(sorted(found.items(), key=lambda item: -item[1].theirs))


def list_price(message: Message, book: PriceBook) -> Decimal | None:
    """The message's tokens at list price on its day; None where any of them has none."""
    usage = Usage(
        Where("log"),
        instant(message["time"]),
        message["seller"],
        message["main_model"],
        requests=1,
        input_tokens=message["prompt_tokens"],
        output_tokens=message["completion_tokens"],
    )
    rating = rate(counted(usage), book)
    return None if rating.unpriced else sum((line.amount.low for line in rating.lines), Decimal(0))


def table() -> str:
    """What differs, model by model, and two sums: of what agrees, and of what has no price."""
    found = compared()
    priced = {name: c for name, c in found.items() if c.ours is not None}
    rows = [("priced alike", [c for c in priced.values() if c.same == c.messages])]
    rows += [(name, [c]) for name, c in priced.items() if c.same < c.messages]
    rows += [("without a price", [c for c in found.values() if c.ours is None])]
    rule = "|---" + "|--:" * (len(COLUMNS) - 1) + "|"
    return "\n".join([_row(COLUMNS), rule, *(_row(_cells(name, parts)) for name, parts in rows)])


def _cells(name: str, parts: list[Compared]) -> tuple[str, ...]:
    theirs = sum(c.theirs for c in parts)
    counts = (f"{sum(c.messages for c in parts):,}", f"{sum(c.same for c in parts):,}", f"{theirs:.4f}")
    if any(c.ours is None for c in parts):
        return (name, *counts, "unpriced", "")
    ours = sum(c.ours for c in parts)
    return (name, *counts, f"{ours:.4f}", f"{theirs - ours:.4f}")


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(table())
