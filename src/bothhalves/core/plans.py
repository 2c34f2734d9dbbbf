"""What vendors offer, as dated records: the five routes, the five shapes of a seat, and plans.

A plan that changes is stated again from its day on; nothing is overwritten. What a vendor does not publish
is None, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.dates import in_force
from bothhalves.core.explain import Where


class RouteKind(StrEnum):
    """The five ways to buy."""

    APP = "app-subscription"
    TEAM = "team-seats"
    API = "direct-api"
    CREDITS = "credit-pool"
    ENTERPRISE = "enterprise"


class SeatShape(StrEnum):
    """The five ways in which a seat charges."""

    FLAT = "flat"
    ALLOWANCE = "allowance"  # a fee with an allowance, then overage (or a stop)
    RATES = "rates"  # a platform fee, and usage at token rates
    POOL = "pool"  # an allowance or credits that the organisation shares
    PACKS = "packs"  # prepaid packs of credits


class Status(StrEnum):
    """How a fact is known."""

    OFFICIAL = "official"
    REPORTED = "reported"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class PlanFee:
    """``fee`` per seat and ``per`` (``month`` or ``year``); ``billed`` is ``monthly`` or ``annual``.

    None: the vendor publishes none. ``low`` and ``high`` are the range that is reported where no single
    figure is known. ``first_months``: the fee holds for so many months of a new subscription only.
    """

    billed: str
    fee: Decimal | None = None
    per: str = "month"
    low: Decimal | None = None
    high: Decimal | None = None
    first_months: int | None = None
    status: Status | None = None  # None: that of the plan
    source: str = ""
    note: str = ""

    def fault(self) -> str | None:
        if self.billed not in ("monthly", "annual"):
            return "billed is monthly or annual"
        if self.per not in ("month", "year"):
            return "per is month or year"
        return None if (self.low is None) == (self.high is None) else "give both low and high, or neither"

    @property
    def monthly(self) -> Fraction | None:
        """The fee per seat-month, exact."""
        return None if self.fee is None else Fraction(self.fee) / (12 if self.per == "year" else 1)


@dataclass(frozen=True, slots=True)
class PlanAllowance:
    """What the fee includes: ``amount`` of ``unit`` for each ``per``, renewed at every ``resets``.

    ``kind``: ``usage`` (money at list price, or a relation to another plan), ``credits``, ``api-credit``
    (money for API calls) or ``quota`` (a count that limits and is never charged for). ``meter`` is the
    name under which usage counts the unit; left out, the unit is money in the book's currency.
    ``amount`` None: the vendor states only a relation (``times`` of another plan, in ``of``), a range
    (``low`` to ``high``, for one of ``models`` if given) or nothing. ``pooled``: the organisation shares
    what its seats bring; ``added`` says when a seat added in between enlarges the pool. ``carry_over`` is
    how many periods unused amounts live on; ``cap`` bounds what an organisation gets per period.
    ``value`` is the price of one unit, where the vendor states it; ``excludes`` names what it is not for.
    """

    kind: str
    unit: str
    meter: str = ""
    amount: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    per: str = "seat"
    resets: str = "month"
    pooled: bool = False
    added: str = "at-once"
    carry_over: int = 0
    cap: Decimal | None = None
    value: Decimal | None = None
    times: Decimal | None = None
    of: str = ""
    models: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    from_: date | None = None
    until: date | None = None
    source: str = ""
    status: Status = Status.OFFICIAL
    as_of: date | None = None
    note: str = ""

    def fault(self) -> str | None:
        wanted = (
            ("kind", self.kind, ("usage", "credits", "api-credit", "quota")),
            ("per", self.per, ("seat", "person", "organisation", "account")),
            ("resets", self.resets, ("5h", "day", "week", "month", "quarter", "year", "never")),
            ("added", self.added, ("at-once", "at-reset")),
        )
        for name, value, known in wanted:
            if value not in known:
                return f"{name} is {', '.join(known[:-1])} or {known[-1]}"
        if (self.low is None) != (self.high is None):
            return "give both low and high, or neither"
        return None if (self.times is None) == (not self.of) else "times and of are given together"


@dataclass(frozen=True, slots=True)
class PlanPack:
    """Prepaid units: whole packs of ``size`` at ``price`` each, usable for ``expires_months``.

    ``meter`` as in :class:`PlanAllowance`. ``expires_months`` None: they never expire. ``price`` None: the
    vendor publishes none. ``at_least`` is the fewest packs of one purchase.
    """

    unit: str
    size: Decimal
    price: Decimal | None = None
    meter: str = ""
    expires_months: int | None = None
    at_least: int = 1
    from_: date | None = None
    until: date | None = None
    source: str = ""
    status: Status = Status.OFFICIAL
    note: str = ""

    def fault(self) -> str | None:
        if self.size <= 0:
            return "size is above zero"
        if self.at_least < 1 or not 1 <= (1 if self.expires_months is None else self.expires_months) <= 1200:
            return "at_least is above zero, expires_months between 1 and 1200"
        return None


@dataclass(frozen=True, slots=True)
class PlanOverage:
    """What happens when the allowance is used up: ``then`` is ``stop``, ``wait``, ``api-rates`` or ``price``.

    ``price`` is per ``unit``; ``times`` is a multiple of API rates. ``opt_in``: nothing is charged until
    the buyer enables it.
    """

    then: str
    price: Decimal | None = None
    unit: str = ""
    times: Decimal | None = None
    opt_in: bool = True
    source: str = ""
    note: str = ""

    def fault(self) -> str | None:
        if self.then not in ("stop", "wait", "api-rates", "price"):
            return "then is stop, wait, api-rates or price"
        if self.times is not None and self.then != "api-rates":
            return "times is a multiple of api-rates"
        return None if (self.then == "price") == (self.price is not None) else "then: price needs a price"


@dataclass(frozen=True, slots=True)
class Plan:
    """One offer of a vendor, as it stands on ``[from, until)``.

    ``controls`` are those that a source confirms; ``lacks`` those that a source denies. What is in neither
    is not known. ``draw_down`` is the order in which sources of usage are spent, of ``included``,
    ``purchased`` and ``overage``. ``proration`` and ``removals`` say in words what a seat added or removed
    within the term costs; ``changes`` what is announced, scheduled or withdrawn.
    """

    id: str
    name: str
    product: str
    route: RouteKind
    shape: SeatShape
    from_: date
    until: date | None = None
    fees: tuple[PlanFee, ...] = ()
    min_seats: int | None = None
    max_seats: int | None = None
    allowances: tuple[PlanAllowance, ...] = ()
    packs: tuple[PlanPack, ...] = ()
    overage: PlanOverage | None = None
    draw_down: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()  # products that the seat opens, such as claude-code
    channel: str = ""
    proration: str = ""
    removals: str = ""
    renews_into: str = ""
    sold: bool = True  # False: only contracts already signed
    labels: tuple[str, ...] = ()  # what rosters call a seat of this plan
    source: str = ""
    status: Status = Status.OFFICIAL
    confidence: str = ""
    from_basis: str = "documented"
    as_of: date | None = None
    changes: tuple[str, ...] = ()
    note: str = ""
    where: Where = Where("")

    def fault(self) -> str | None:
        if self.until is not None and self.until <= self.from_:
            return f"until {self.until} is not after from {self.from_}"
        if set(self.draw_down) - {"included", "purchased", "overage"}:
            return "draw_down lists included, purchased and overage"
        if self.min_seats is not None and self.max_seats is not None and self.min_seats > self.max_seats:
            return "min_seats is not above max_seats"
        return None

    def fee(self, billed: str) -> PlanFee | None:
        """The lasting fee for one way of billing, not that of a first period."""
        return next((f for f in self.fees if f.billed == billed and f.first_months is None), None)

    @property
    def api_credit(self) -> PlanAllowance | None:
        """The API money that the plan includes, if any."""
        return next((a for a in self.allowances if a.kind == "api-credit"), None)


@dataclass(frozen=True, slots=True)
class PlansFile:
    """The plans of one vendor, as written in ``books/plans/VENDOR.yaml``."""

    book: str
    vendor: str
    checked: date
    plans: tuple[Plan, ...]
    currency: str = "USD"
    source: str = ""
    where: Where = Where("")


@dataclass(frozen=True, slots=True)
class Offered:
    """A plan with its vendor and currency, as found in the books."""

    vendor: str
    currency: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class PlanBook:
    """All plans that are known."""

    offered: tuple[Offered, ...] = field(default=())

    def on(self, day: date) -> tuple[Offered, ...]:
        """The plans in force on ``day``."""
        return tuple(o for o in self.offered if in_force(day, o.plan.from_, o.plan.until))

    def find(self, plan: str, day: date) -> Offered | None:
        """The plan with this id in force on ``day``."""
        return next((o for o in self.on(day) if o.plan.id == plan), None)

    def ids(self) -> list[str]:
        return sorted({o.plan.id for o in self.offered})


def overlaps(plans: Iterable[Plan]) -> list[tuple[Plan, Plan]]:
    """Pairs of entries that state the same plan for the same day."""
    found: list[tuple[Plan, Plan]] = []
    by_id: dict[str, list[Plan]] = {}
    for plan in plans:
        for other in by_id.setdefault(plan.id, []):
            first, second = sorted((plan, other), key=lambda p: p.from_)
            if first.until is None or second.from_ < first.until:
                found.append((other, plan))
        by_id[plan.id].append(plan)
    return found
