"""What a workspace knows about a window, counted and rated: the ledger that the page is built from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bothhalves.core.contracts import Contract, SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.evidence import Comparison
from bothhalves.core.explain import Grade, Line, Problem, Selector
from bothhalves.core.money import MoneyKind
from bothhalves.core.rating import Rating

#: The code of the problem of :func:`bothhalves.workspace.counting.unfinished`.
OUTPUT_AT_LEAST = "usage.output-at-least"


class Stream(StrEnum):
    """Which path usage took: the meter, a seat, or one that nobody has stated."""

    API = "api"
    SEAT = "seat"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class RatedUsage:
    """A month's usage on one model, at list price. ``owner`` is a group for seats, else a workload.

    ``output_at_least`` is the number of calls whose final output count was never written.
    """

    stream: Stream
    vendor: str
    product: str
    account: str
    owner: str
    model: str
    month: str
    requests: int | None
    quantities: tuple[tuple[str, Decimal], ...]
    rating: Rating
    rows: Selector
    output_at_least: int = 0
    feed: str = ""

    @property
    def billed_as(self) -> str:
        """What ``billing`` of company.yaml calls it: the product, or the feed where no row names one."""
        return self.product or self.feed

    @property
    def tokens(self) -> Decimal:
        return sum((q for m, q in self.quantities if m.endswith("_tokens")), Decimal(0))


@dataclass(frozen=True, slots=True)
class Stated:
    """Money that sources state for a month, added up within one kind and currency.

    ``owner`` is the workload that the account, key or product belongs to, empty where none is named.
    ``span`` reaches from the first start to the last end of what was added, where the source says either.
    ``also`` names other feeds that state the same money and are not counted.
    """

    feed: str
    vendor: str
    account: str
    key: str
    product: str
    owner: str
    category: str
    month: str
    currency: str
    kind: MoneyKind
    amount: Decimal
    gross: Decimal | None
    rows: Selector
    count: int
    span: tuple[datetime, datetime] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatGroup:
    """Seats of one type held in one group on the roster's day.

    ``active`` did something in the window; ``unseen`` hold a seat that no activity source covers.
    """

    vendor: str
    product: str
    seat_type: str
    group: str
    assigned: int
    active: int
    unseen: int
    rows: Selector

    @property
    def idle(self) -> int:
        """Seats that an activity source covers and nobody was seen to use in the window."""
        return self.assigned - self.active - self.unseen


@dataclass(frozen=True, slots=True)
class SeatMonth:
    """What one seat clause charges in one month: the fee of its committed seats, and whatever is trued up."""

    contract: Contract
    term: SeatTerm
    month: Month
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FeeShare:
    """A group's part of the seat fees of a month; group ``""``: seats that nobody holds."""

    group: str
    line: Line


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """An imported file or folder."""

    feed: str
    name: str
    sha256: str
    rows: int
    first: datetime | None
    last: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Vendor-months of the window by how they are known."""

    measured: tuple[tuple[str, str], ...]
    invoice_only: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the page shows, before it is arranged. Other currencies are listed in problems.

    ``people`` counts by group those who were seen to use a seat.
    """

    company: str
    currency: str
    zone: str
    window: tuple[date, date]
    months: tuple[Month, ...]
    snapshot: str
    books: tuple[str, ...]
    labels: tuple[str, ...]
    seats_owner: str
    tokens_owner: str
    usage: tuple[RatedUsage, ...]
    invoiced: tuple[Stated, ...]
    vendor_estimates: tuple[Stated, ...]
    people: tuple[tuple[str, int], ...]
    seats: tuple[SeatGroup, ...]
    seat_fees: tuple[SeatMonth, ...]
    fee_shares: tuple[FeeShare, ...]
    contract_lines: tuple[Line, ...]
    comparisons: tuple[Comparison, ...]
    grade: Grade
    full_months: int
    coverage: Coverage
    sources: tuple[SourceRecord, ...]
    shadowed: tuple[tuple[str, str, int], ...]
    workload_names: dict[str, str]
    group_names: dict[str, str]
    problems: tuple[Problem, ...]
