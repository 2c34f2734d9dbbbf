"""The figures of a ledger: seats, usage, what was billed, and both halves together."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable

from bothhalves.brief.seat_figures import SeatFigures
from bothhalves.brief.usage_figures import UsageFigures
from bothhalves.core.dates import Month
from bothhalves.core.explain import Figure, Operator, key
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.workspace.records import Stated

BILLED_RULE = "Amounts that the vendor states as billed, as imported; not computed here."


class Figures(SeatFigures, UsageFigures):
    """Every figure of a page."""

    @property
    def window_words(self) -> str:
        """The window as people say it."""
        return window_words(self.ledger.months[0], self.ledger.months[-1])

    def billed(self, name: str, title: str, stated: Iterable[Stated], **dimensions: str) -> Figure | None:
        """Invoiced money, one given figure for each vendor, account and month."""
        chosen = [s for s in stated if s.currency == self.ledger.currency]

        def make(figure_key: str) -> Figure | None:
            parts = tuple(
                Figure(
                    key(
                        name,
                        {
                            **dimensions,
                            "vendor": s.vendor,
                            "account": s.account,
                            "key": s.key,
                            "month": s.month,
                            "product": s.product,
                            "category": s.category,
                            "feed": s.feed,
                        },
                    ),
                    f"{s.vendor} {s.product} {s.category}, {s.month}".replace("  ", " "),
                    Operator.GIVEN,
                    Amount.of(s.amount, s.currency, MoneyKind.INVOICED),
                    rule=billed_rule(s.also),
                    rows=s.rows,
                    source=s.feed,
                )
                for s in chosen
            )
            return self._sum(figure_key, title, parts, MoneyKind.INVOICED, BILLED_RULE)

        return self._once(key(name, dimensions), make) if chosen else None

    def seats_billed(self) -> Figure | None:
        return self.billed(
            "seats.billed", "Seats as billed", (s for s in self.ledger.invoiced if s.category == "seats")
        )

    def tokens_billed(self) -> Figure | None:
        return self.billed(
            "tokens.billed", "Tokens as billed", (s for s in self.ledger.invoiced if s.category != "seats")
        )

    def stated_estimate(self, feed: str, kind: MoneyKind, stated: Iterable[Stated]) -> Figure | None:
        """What a source itself computed: compared with ours, never added to anything."""
        chosen = [s for s in stated if s.currency == self.ledger.currency]
        rule = "The source's own estimate, as imported."

        def make(figure_key: str) -> Figure:
            parts = tuple(
                Figure(
                    key(
                        "estimates.stated",
                        {
                            "feed": feed,
                            "kind": kind,
                            "month": s.month,
                            "vendor": s.vendor,
                            "product": s.product,
                            "account": s.account,
                            "key": s.key,
                        },
                    ),
                    f"{s.vendor} {s.product}, {s.month}".replace(" ,", ","),
                    Operator.GIVEN,
                    Amount.of(s.amount, s.currency, kind),
                    rule=rule,
                    rows=s.rows,
                    source=feed,
                )
                for s in chosen
            )
            return self._sum(figure_key, f"Estimate by {feed}", parts, kind, rule)

        return self._once(key("estimates.stated", {"feed": feed, "kind": kind}), make) if chosen else None

    def workload_billed(self, workload: str) -> Figure | None:
        """Invoiced money that a vendor states for the workload's account, key or product."""
        own = (s for s in self.ledger.invoiced if s.owner == workload and s.category != "seats")
        return self.billed("tokens.billed", f"Billed for {workload}", own, workload=workload)

    def shared_billed(self, workloads: set[str]) -> Figure | None:
        """Invoiced money for usage that belongs to none of ``workloads`` alone."""
        rest = [s for s in self.ledger.invoiced if s.owner not in workloads and s.category != "seats"]
        return self.billed("tokens.shared", "Billed, not told apart by workload", rest)

    def both(self) -> Figure | None:
        """Contract seat fees and metered usage at list price together; None unless both are known."""
        seats, tokens = self.seat_fees(), self.token_cost()
        if seats is None or tokens is None:
            return None
        return self._once(
            "both.cost",
            lambda k: self._sum(
                k, "Seats and tokens at rates", (seats, tokens), MoneyKind.ESTIMATED, "Seat fees plus tokens."
            ),
        )

    def both_billed(self) -> Figure | None:
        seats, tokens = self.seats_billed(), self.tokens_billed()
        if seats is None or tokens is None:
            return None
        return self._once(
            "both.billed",
            lambda k: self._sum(
                k, "Seats and tokens as billed", (seats, tokens), MoneyKind.INVOICED, BILLED_RULE
            ),
        )


def billed_rule(also: tuple[str, ...]) -> str:
    """What is said of billed amounts, which the feeds ``also`` state too, though they count once."""
    return f"{BILLED_RULE} Also stated by {', '.join(also)}." if also else BILLED_RULE


def window_words(first: Month, last: Month) -> str:
    """Months as people say them: "October 2026", "September to October 2026"."""
    if first == last:
        return f"{month_name[first.number]} {first.year}"
    start = month_name[first.number] + ("" if first.year == last.year else f" {first.year}")
    return f"{start} to {month_name[last.number]} {last.year}"
