"""The nouns: what an export tells us, in one vocabulary. Field names are those of the canonical usage file.

Token counts are disjoint: ``input_tokens`` is uncached input, reads and writes stand beside it, and
``output_tokens`` includes reasoning.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind


class Billing(StrEnum):
    """Who pays for a unit of usage: the meter, the seat it is included in, or nobody has said."""

    METERED = "metered"
    INCLUDED = "included"
    UNKNOWN = "unknown"


#: The disjoint token meters that have a column of their own, in the order in which they are shown.
TOKEN_METERS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_write_tokens",  # lifetime not said by the source
    "output_tokens",
)
COUNT_METERS = (*TOKEN_METERS, "web_searches")
#: Meters whose sum is the prompt of a request.
PROMPT_METERS = TOKEN_METERS[:-1]


@dataclass(frozen=True, slots=True)
class Usage:
    """One request, or one bucket of requests when ``until`` is given.

    ``time`` and ``until`` are UTC instants. ``requests`` is None where the source does not say.
    ``person`` is an identity as the source knows it (``email:ada@example.com``, ``login:ada``,
    ``home:ada``, ``anthropic-user:user_01``), hashed before it is stored. ``prompt_band`` is the
    half-open class that the source states, as ``(more_than, at_most)`` tokens.
    ``output_at_least`` marks a final output count that was never written.
    """

    where: Where
    time: datetime
    vendor: str
    model: str = ""
    until: datetime | None = None
    product: str = ""
    account: str = ""
    key: str = ""
    person: str = ""
    workload: str = ""
    requests: int | None = None
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    web_searches: int = 0
    meter: str = ""
    quantity: Decimal | None = None
    tier: str = "standard"
    speed: str = "standard"
    region: str = ""
    prompt_band: tuple[int, int | None] | None = None
    session: str = ""
    prefix: str = ""
    prefix_tokens: int = 0
    task_class: str = ""
    attempt: int = 0
    outcome: str = ""
    billing: Billing = Billing.UNKNOWN
    id: str = ""
    source: str = ""
    output_at_least: bool = False

    @property
    def prompt_tokens(self) -> int:
        """Everything the model read: uncached input, cache reads and cache writes."""
        return sum(getattr(self, meter) for meter in PROMPT_METERS)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a seat roster on the day of the snapshot.

    ``seat_type`` is the source's own label ("Premium", "Unassigned" becomes an empty string).
    ``as_of`` is the day that the snapshot speaks of; ``assigned`` and ``last_active`` where it says so.
    """

    where: Where
    as_of: datetime
    vendor: str
    product: str
    person: str
    account: str = ""
    seat_type: str = ""
    status: str = ""
    role: str = ""
    group: str = ""
    assigned: datetime | None = None
    last_active: datetime | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Genuine actions of a person in a span, such as messages. ``count`` None: active, number not said."""

    where: Where
    time: datetime
    until: datetime
    vendor: str
    product: str
    person: str
    kind: str = "messages"
    count: int | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """Money that a source states, never computed by us. ``amount`` is in ``currency`` units (not cents).

    ``kind`` says what it is evidence of; ``gross`` is the amount before discounts and included usage where
    the source has both. ``category`` is ``usage``, ``seats``, ``purchase``, ``credit``, ``tax``
    or ``adjustment``. ``id`` is that of the call or line item, where the source gives each one of its own.
    """

    where: Where
    time: datetime
    until: datetime
    vendor: str
    amount: Decimal
    currency: str
    kind: MoneyKind
    category: str = "usage"
    gross: Decimal | None = None
    product: str = ""
    account: str = ""
    key: str = ""
    person: str = ""
    model: str = ""
    meter: str = ""
    quantity: Decimal | None = None
    description: str = ""
    invoice: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Two names of one person that a source states together, such as a user id and an e-mail address."""

    where: Where
    first: str
    second: str


Record = Usage | Seat | Activity | Cost | Identity
USAGE_FIELDS = tuple(f.name for f in fields(Usage))
