"""Page records made by hand: a whole company, half of one, an empty one, and the extremes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import lines

from bothhalves.brief import Badge, Half, Origin, Page, Prompt, Row, Segment, Table
from bothhalves.brief.folding import folded
from bothhalves.core.explain import (
    Figure,
    Grade,
    Line,
    Operator,
    Problem,
    Selector,
    View,
    Where,
    key,
    sum_of,
)
from bothhalves.core.money import Amount, MoneyKind, product

USD = "USD"
MILLION = 1_000_000
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
PROMPTS = {
    "seats": Prompt("Seats are missing", ("Export the roster of seats from the vendor's admin console.",
                                          "Run bothhalves import roster.csv.")),
    "tokens": Prompt("Token usage is missing", ("Export usage by model and key from the vendor's console.",
                                                "Run bothhalves import usage.csv.")),
}  # fmt: skip


def line(name: str, meter: str, quantity: int, price: str, high: str = "", **dimensions: str) -> Line:
    """A token line at ``price`` per million, up to ``high``."""
    low, top = Decimal(price), Decimal(high or price)
    amounts = [product(Decimal(quantity), p, MILLION) for p in (low, top)]
    return Line(
        id=f"{name}/{meter}",
        meter=meter,
        quantity=Decimal(quantity),
        unit="tokens",
        price=low,
        price_high=top,
        per=MILLION,
        amount=Amount(USD, MoneyKind.ESTIMATED, *amounts),
        view=View.LIST,
        entry=f"claude-sonnet-5/{meter}",
        source="https://docs.example.com/pricing",
        layer="list",
        rows=Selector("usage", (("model", "claude-sonnet-5"), ("workload", name))),
        entry_where=Where("vendors/anthropic.yaml", 42),
        dimensions=tuple(sorted({**dimensions, "model": "claude-sonnet-5"}.items())),
    )


def seat_line(seat_type: str, seats: int, fee: str, month: str) -> Line:
    return Line(
        id=f"acme/{seat_type}/{month}",
        meter="seat_months",
        quantity=Decimal(seats),
        unit="",
        price=Decimal(fee),
        price_high=Decimal(fee),
        per=1,
        amount=Amount.of(seats * Decimal(fee), USD, MoneyKind.ESTIMATED),
        view=View.CONTRACTED,
        entry=f"order-form.seats.{seat_type}",
        source="Order form OF-2214, section 3",
        layer="contract",
        rows=Selector("seats", (("seat_type", seat_type),)),
        entry_where=Where("contracts/order-form.yaml", 7),
        dimensions=(("month", month),),
    )


def money(figure_key: str, title: str, *operands: Figure | Line, rule: str = "", **details: object) -> Figure:
    return sum_of(figure_key, title, operands, USD, MoneyKind.ESTIMATED, rule=rule, **details)


def count(name: str, title: str, number: int, unit: str, **dimensions: str) -> Figure:
    rows = Selector("seats" if unit == "seats" else "usage")
    return Figure(key(name, dimensions), title, Operator.COUNT, Decimal(number), unit=unit, rows=rows,
                  rule="Counted from the vendor's own export.")  # fmt: skip


def workload_cost(name: str, tokens: int, high: str = "") -> Figure:
    lines = (
        line(name, "input_tokens", tokens * 3 // 4, "3", workload=name),
        line(name, "cache_read_tokens", tokens // 8, "0.30", workload=name),
        line(name, "output_tokens", tokens - tokens * 3 // 4 - tokens // 8, "15", high, workload=name),
    )
    rule = "Counted quantities at the list price in force on the day of use."
    dimensions = {"workload": name, "model": "claude-sonnet-5"}
    model = money(key("tokens.cost", dimensions), f"{name}, claude-sonnet-5", *lines, rule=rule)
    return money(key("tokens.cost", {"workload": name}), f"Tokens of {name}", model, rule=rule)


def seats_half(scale: int = 1) -> Half:
    standard = [seat_line("standard", 575 * scale, "60", month) for month in ("2026-09", "2026-10")]
    premium = [seat_line("premium", 45 * scale, "150", month) for month in ("2026-09", "2026-10")]
    rule = "Committed seats at the contract's fee, for each month of the window, used or not."
    parts = (
        money("seats.cost?type=standard", "Seat fees, standard", *standard, rule=rule),
        money("seats.cost?type=premium", "Seat fees, premium", *premium, rule=rule),
    )
    groups = (("heavy", "solid", 121), ("middle", "light", 354), ("dormant", "hatched", 145))
    bar = tuple(
        Segment(label, style, count(f"seats.{label}", f"{label.capitalize()} seats", n * scale, "seats"))
        for label, style, n in groups
    )
    held = Figure("seats.held", "Seats held", Operator.SUM, Decimal(620 * scale),
                  tuple(s.figure for s in bar), unit="seats")  # fmt: skip
    active = count("seats.active", "Seats seen in use", 475 * scale, "seats")
    share = Figure("seats.share", "Share seen in use", Operator.RATIO, active.value / held.value,  # type: ignore[operator]
                   (active, held), rule="Seen in use at least once in the window.")  # fmt: skip
    return Half(
        name="Seats",
        owner="Procurement's half",
        amounts=(money("seats.cost", "Seat fees at contract rates", *parts, rule=rule),),
        counts=(held, share),
        bar=bar,
        notes=("145 seats show no activity in the window.",),
    )


WORKLOADS = {
    "Support reply drafting": 3_830_000_000,
    "Knowledge search": 6_160_000_000,
    "Shipment document summaries": 2_270_000_000,
    "Pull-request review": 2_550_000_000,
    "Nightly data quality checks": 1_064_000_000,
    "Clause lookup tool": 1_200_000,
}


def tokens_half(names: dict[str, int] | None = None, high: str = "") -> Half:
    sizes = WORKLOADS if names is None else names
    costs = sorted((workload_cost(n, t, high) for n, t in sizes.items()), key=lambda f: -f.value.low)  # type: ignore[union-attr]
    cost = money("tokens.cost", "Tokens at list price", *costs)
    tokens = tuple(count("tokens.count", f"Tokens of {n}", t, "tokens", workload=n) for n, t in sizes.items())
    total = Figure(
        "tokens.count", "Tokens used", Operator.SUM, Decimal(sum(sizes.values())), tokens, unit="tokens"
    )
    styles = ("solid", "light", "solid", "light")
    bar = tuple(
        Segment(c.title.removeprefix("Tokens of "), s, c) for c, s in zip(costs[:4], styles, strict=False)
    )
    return Half("Tokens", "Engineering's half", (cost,), (total,), bar, ("Cached input is counted apart.",))


def invoiced(name: str, title: str, amount: str) -> Figure:
    value = Amount.of(Decimal(amount), USD, MoneyKind.INVOICED)
    return Figure(name, title, Operator.GIVEN, value, where=Where("invoices/2026-10.csv", 3),
                  rows=Selector("costs"), rule="As the vendor states it.", source="Invoice 1042")  # fmt: skip


def full() -> Page:
    """A company whose two halves are known and agree with its invoices, with the line between them."""
    return replace(company(seats_half(), tokens_half()), line=lines.drawn())


def unmeasured() -> Page:
    """A company with too little evidence for a line."""
    return replace(full(), line=lines.measuring())


def company(seats: Half, tokens: Half) -> Page:
    """The page of two halves that are both known."""
    both = money("both.cost", "Seats and tokens at rates", seats.amounts[0], tokens.amounts[0])
    billed_parts = (invoiced("seats.billed", "Seats as billed", "82500"),
                    invoiced("tokens.billed", "Tokens as billed", "69000.10"))  # fmt: skip
    billed = sum_of("both.billed", "Seats and tokens as billed", billed_parts, USD, MoneyKind.INVOICED)
    gap = Figure("check.gap", "Gap to the invoices", Operator.GIVEN, Decimal("0.4"), unit="%")
    return Page(
        company="Meridian Freight",
        currency=USD,
        window=(date(2026, 9, 1), date(2026, 11, 1)),
        zone="UTC",
        snapshot="9f3c41ab",
        books=("genai-prices 0.2.3", "bothhalves books 2026-11-20"),
        labels=("Invented company", "Assumed: seats are billed monthly"),
        headline=("You pay ", both, " for AI in September and October 2026: ", seats.amounts[0],
                  " for seats and ", tokens.amounts[0], " for tokens."),
        lead="475 of 620 assigned seats were seen in use; 6 workloads ran on 1 model.",
        agreement=Badge("Agrees with invoices", "good", (gap,)),
        coverage=Badge("Every month measured", "good"),
        evidence=Badge("Evidence B", "warn"),
        grade=Grade.B,
        seats=seats,
        tokens=tokens,
        together=(Segment("At rates", "solid", both), Segment("As billed", "solid", billed)),
        together_note="At rates: contract fees and list prices. As billed: invoices. Compared, never added.",
        tables=(workload_table(tokens), group_table(seats)),
        origins=origins(),
        problems=(
            Problem("usage.bad-number", Where("inbox/usage.csv", 17, 5), "The output count is negative.",
                    "Export the file again."),
            Problem("workload.unowned", Where("workloads.yaml", 12), "Clause lookup tool has no owner.",
                    "Add owner: to the workload.", changes=False),
        ),
    )  # fmt: skip


def workload_table(tokens: Half) -> Table:
    costs = [f for f in tokens.amounts[0].operands if isinstance(f, Figure)]
    counts = {f.title: f for f in tokens.counts[0].operands if isinstance(f, Figure)}
    rows = tuple(
        Row(c.title.removeprefix("Tokens of "), "Platform", (counts.get(c.title), c, None)) for c in costs
    )
    total = Row("Total", "", (tokens.counts[0], tokens.amounts[0], None))
    columns = ("Tokens", "At list price", "As billed")
    lead, note = "What each costs at list price.", "API usage only."
    return folded(Table("workloads", "Workloads", lead, columns, rows, total, note))


def group_table(seats: Half) -> Table:
    rows = tuple(Row(s.label.capitalize(), "", (s.figure,)) for s in seats.bar)
    return Table("seats", "Seats by use", "", ("Seats",), rows, Row("Total", "", (seats.counts[0],)))


def origins() -> tuple[Origin, ...]:
    start, end = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 45, tzinfo=UTC)
    return (
        Origin("Seat roster", "inbox/seats_2026-10-31.csv", "9f3c41ab" * 8, 620, end, end),
        Origin(
            "Usage report",
            "inbox/usage_2026-09_10.parquet",
            "77ab01cd" * 8,
            41_318,
            start,
            end,
            "cached apart",
        ),
        Origin("Invoice", "invoices/2026-10.csv", "01cd77ab" * 8, 14, start, end),
    )


def seats_only() -> Page:
    page = full()
    return replace(
        page,
        headline=("You pay ", page.seats.amounts[0], " for AI seats. ", "The line needs token usage."),
        tokens=Half("Tokens", "Engineering's half", missing=PROMPTS["tokens"]),
        together=(),
        together_note="The total of both halves appears when both are known; it is never guessed.",
        tables=page.tables[1:],
        agreement=Badge("No invoice to compare with", "warn"),
    )


def tokens_only() -> Page:
    return without_seats(tokens_half())


def without_seats(tokens: Half) -> Page:
    """The page of token usage alone."""
    page = full()
    return replace(
        page,
        headline=("You pay ", tokens.amounts[0], " for AI tokens. ", "The line needs seats."),
        seats=Half("Seats", "Procurement's half", missing=PROMPTS["seats"]),
        tokens=tokens,
        together=(),
        together_note="The total of both halves appears when both are known; it is never guessed.",
        tables=page.tables[:1],
        agreement=Badge("No invoice to compare with", "warn"),
    )


def empty() -> Page:
    page = seats_only()
    return replace(
        page,
        labels=(),
        headline=("Nothing is imported yet.",),
        lead="Three imports make the page: seats, tokens and prices. Prices are already here.",
        seats=Half("Seats", "Procurement's half", missing=PROMPTS["seats"]),
        coverage=Badge("Nothing measured", "warn"),
        evidence=Badge("Evidence D", "bad"),
        grade=Grade.D,
        tables=(),
        origins=(),
        problems=(),
    )


def disagreeing() -> Page:
    page = full()
    gap = Figure("check.gap", "Gap to the invoices", Operator.GIVEN, Decimal("11.5"), unit="%")
    return replace(page, agreement=Badge("Does not agree with invoices", "bad", (gap,)), grade=Grade.C)


def huge() -> Page:
    """50,000 people and 200 workloads."""
    return company(
        seats_half(81), tokens_half({f"workload-{n:03}": 900_000_000 + n * 7_000_001 for n in range(200)})
    )


def tiny() -> Page:
    """One person and a few tokens: amounts far below a cent."""
    one = count("seats.active", "Seats seen in use", 1, "seats")
    seats = replace(seats_half(), counts=(one,), bar=(Segment("active", "solid", one),), notes=())
    page = company(seats, tokens_half({"experiment": 812}))
    return replace(page, headline=("You pay ", page.tokens.amounts[0], " for AI tokens."))


def unpriced() -> Page:
    """A model without a price: the total is at least what is priced, and one row reads unpriced."""
    nothing = Amount(USD, MoneyKind.ESTIMATED, Decimal(0), None)
    problem = Problem(
        "price.missing", Where("inbox/usage.csv", 9), "imaginary-1 has no price.", "Add one to books/."
    )
    leaf = Figure("tokens.cost.unpriced?model=imaginary-1", "812,000 input tokens without a price",
                  Operator.GIVEN, nothing, problems=(problem,))  # fmt: skip
    unknown = money("tokens.cost?workload=imaginary", "Tokens of imaginary", leaf)
    known = workload_cost("Knowledge search", 616_000_000)
    cost = money("tokens.cost", "Tokens at list price", known, unknown)
    tokens = Half("Tokens", "Engineering's half", (cost,), (), (Segment("Knowledge search", "solid", known),))
    rows = (Row("Knowledge search", "", (known,)), Row("imaginary", "", (unknown,)))
    table = Table("workloads", "Workloads", "", ("At list price",), rows, Row("Total", "", (cost,)))
    return replace(without_seats(tokens), tables=(table,), problems=(problem,))


def intervals() -> Page:
    """Usage whose prompt size is not said, so that its price is a range."""
    tokens = tokens_half({"Knowledge search": 616_000_000, "Small": 3_000_000}, high="22.5")
    return replace(without_seats(tokens), tables=(workload_table(tokens),))


def hostile() -> Page:
    """Names that try to be markup, formulas, terminal escapes and reversed text."""
    names = {HOSTILE: 500_000_000, "=cmd|' /C calc'!A0": 90_000_000, "\x1b[31mred\u202egnp.exe": 8_000_000}
    page = company(seats_half(), tokens_half(names))
    nasty = Problem(HOSTILE, Where(HOSTILE, 1), HOSTILE, "javascript:alert(3)")
    return replace(
        page,
        company=HOSTILE,
        labels=(HOSTILE,),
        headline=(HOSTILE, page.tokens.amounts[0]),
        origins=(Origin(HOSTILE, "../../" + HOSTILE, "0" * 64, 1, None, None, HOSTILE),),
        problems=(nasty,),
    )


PAGES = {
    make.__name__: make
    for make in (
        full,
        unmeasured,
        seats_only,
        tokens_only,
        empty,
        disagreeing,
        huge,
        tiny,
        unpriced,
        intervals,
        hostile,
    )
}


def rows(selector: Selector, limit: int) -> list[dict[str, str]]:
    """Source rows of any selector, as a store would give them."""
    found = [
        {
            "file": f"inbox/{selector.table}.csv",
            "source": "9f3c41ab9f3c",
            "row": str(2 + number),
            **{name: str(value) for name, value in selector.where},
            "person": f"p-{5865 + number * 17:04}",
            "note": "=1+1" if number == 2 else "plain",
        }
        for number in range(145)
    ]
    return found[:limit]
