"""From a job to the route that buys it, and to the plans that fit at this size; requirements before price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bothhalves.core.clauses.base import Basis, Term, charge
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import MoneyKind, quotient
from bothhalves.core.plans import Offered, Plan, PlanBook, PlanFee, RouteKind


class Worker(StrEnum):
    """Who does the work: a person with AI assisting, software, or a script inside the company."""

    PERSON = "person"
    SOFTWARE = "software"
    SCRIPT = "script"


class Work(StrEnum):
    """The kind of work, as far as it decides the route."""

    CHAT = "chat"
    CODE = "code"
    SEARCH = "search"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done. ``attended``: a person starts and watches each run of a script.

    ``waits``: somebody waits for the answer. ``controls`` are named as in the plans.
    """

    worker: Worker
    work: Work = Work.CHAT
    people: int = 1
    attended: bool = True
    waits: bool = True
    controls: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    name: str = ""

    def fault(self) -> str | None:
        return "people is above zero" if self.people < 1 else None


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What the books say of a route."""

    route: RouteKind
    name: str
    owner: str
    scales_with: tuple[str, ...]
    buys: str
    misunderstood: tuple[str, ...]
    use_when: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is to choose from: plans, the facts of each route, the text of each check, and which
    products do which work."""

    plans: PlanBook
    routes: tuple[RouteFacts, ...]
    checks: Mapping[str, str]
    products: Mapping[str, tuple[str, ...]]

    def facts(self, route: RouteKind) -> RouteFacts:
        return next(r for r in self.routes if r.route is route)


@dataclass(frozen=True, slots=True)
class Choice:
    """A route for the job, and the rule that chose it."""

    route: RouteKind
    reason: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A plan at the job's size. ``line`` is a month's list price; None: not published, or no such billing.

    ``unconfirmed`` are needed controls that no source confirms; ``lacking`` those that a source denies.
    """

    offered: Offered
    billed: str
    seats: int
    line: Line | None
    unconfirmed: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.unconfirmed and not self.lacking


def choices(job: Job, offers: Offers, day: date) -> list[Choice]:
    """The routes for the job, the first being the one to begin with. The rules are tested in this order."""
    if job.worker is Worker.SOFTWARE:
        return [_api(job, "Software does the work, so calls are bought by what they use.")]
    if job.worker is Worker.SCRIPT and not job.attended:
        return [_api(job, "The script runs by itself, again and again: it is software.")]
    pool = Choice(RouteKind.CREDITS, "Generations come in bursts and are shared: compare a pool of credits.")
    return _seats(job, offers, day) + ([pool] if job.work is Work.MEDIA else [])


def _api(job: Job, reason: str) -> Choice:
    batch = "" if job.waits else " Nobody waits for it: the batch tier."
    return Choice(RouteKind.API, reason + batch)


def _seats(job: Job, offers: Offers, day: date) -> list[Choice]:
    if job.worker is Worker.SCRIPT:
        why = "A person starts and watches each run, so the coding tool of a seat does it."
    else:
        why = "A person does the work and AI assists."
    if job.people == 1 and not job.controls:
        return [Choice(RouteKind.APP, f"{why} One person needs it, and no control is asked for.")]
    team = [q for q in quotes(job, offers, day) if q.offered.plan.route is RouteKind.TEAM and q.fits]
    if team:
        return [Choice(RouteKind.TEAM, f"{why} Team plans take {job.people} people and have the controls.")]
    missing = f"No team plan is confirmed to take {job.people} people with {_listed(job.controls)}."
    return [Choice(RouteKind.ENTERPRISE, f"{why} {missing}")]


def _listed(controls: tuple[str, ...]) -> str:
    return ", ".join(controls) or "no further controls"


def quotes(job: Job, offers: Offers, day: date) -> list[Quote]:
    """Every plan that is sold and takes this many people, those that fit first, then by price."""
    found = [q for o in _eligible(job, offers, day) for q in _quoted(job, o, day)]
    return sorted(found, key=_order)


def _eligible(job: Job, offers: Offers, day: date) -> Iterator[Offered]:
    for offered in offers.plans.on(day):
        plan = offered.plan
        if not plan.sold or plan.product not in offers.products[job.work]:
            continue
        if job.vendors and offered.vendor not in job.vendors:
            continue
        if plan.route is RouteKind.APP and job.people > 1:
            continue
        if plan.max_seats is None or job.people <= plan.max_seats:
            yield offered


def _quoted(job: Job, offered: Offered, day: date) -> Iterator[Quote]:
    plan = offered.plan
    seats = max(job.people, plan.min_seats or 1)
    lacking = tuple(c for c in job.controls if c in plan.lacks)
    unconfirmed = tuple(c for c in job.controls if c not in plan.controls and c not in lacking)
    for fee in plan.fees:
        if fee.first_months is None:
            yield Quote(offered, fee.billed, seats, _line(offered, fee, seats, day), unconfirmed, lacking)


def _line(offered: Offered, fee: PlanFee, seats: int, day: date) -> Line | None:
    """A month of the seats at list price."""
    if fee.monthly is None:
        return None
    plan = offered.plan
    basis = Basis(
        plan.id, offered.vendor, offered.currency, Term(day, 1), fee.source or plan.source,
        kind=MoneyKind.SCENARIO,
    )  # fmt: skip
    return charge(
        basis,
        f"fee/{fee.billed}",
        Month.of(day),
        quantity=seats,
        price=quotient(fee.monthly),
        unit=f"seats, billed {fee.billed}",
        meter="seats",
        view=View.LIST,
        dimensions={"product": plan.product},
    )


def _order(quote: Quote) -> tuple[bool, bool, Decimal, str, str]:
    price = quote.line.amount.low if quote.line else Decimal(0)
    return not quote.fits, quote.line is None, price, quote.offered.plan.id, quote.billed


def cautions(plan: Plan) -> list[str]:
    """What a buyer of this plan should know before paying, from its own record."""
    found = []
    if plan.min_seats and plan.min_seats > 1:
        found.append(f"at least {plan.min_seats} seats")
    if plan.max_seats:
        found.append(f"at most {plan.max_seats} seats")
    if plan.fee("annual") and not plan.fee("monthly"):
        found.append("by the year only")
    found += _on_usage(plan)
    credit = plan.api_credit
    if credit is not None:
        cap = f", at most {credit.cap} for an organisation" if credit.cap else ""
        found.append(f"API credit of {credit.amount} {credit.unit} per {credit.per} and {credit.resets}{cap}")
    return [*found, *_on_leaving(plan)]


def _on_usage(plan: Plan) -> Iterable[str]:
    if plan.overage is not None:
        words = {
            "stop": "stops at its limit",
            "wait": "waits for the reset at its limit",
            "api-rates": "charges API rates above what is included",
            "price": f"charges {plan.overage.price} per {plan.overage.unit} above what is included",
        }
        yield words[plan.overage.then]
    if plan.shape.value == "rates":
        yield "the fee includes no usage"


def _on_leaving(plan: Plan) -> Iterable[str]:
    if plan.removals:
        yield f"removed seats: {plan.removals}"
    if plan.status.value != "official":
        yield f"price {plan.status.value}, not official"


def known_controls(book: PlanBook) -> list[str]:
    """Every control that any plan is confirmed to have or to lack."""
    return sorted({c for o in book.offered for c in (*o.plan.controls, *o.plan.lacks)})
