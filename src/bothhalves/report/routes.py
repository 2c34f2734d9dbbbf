"""Routes and plans for a job, as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from bothhalves.core.routes import Choice, Job, Offers, Quote, cautions, choices, quotes
from bothhalves.report import show
from bothhalves.report.record import line_record

SHOWN = 12


def route_record(jobs: Sequence[Job], offers: Offers, day: date) -> str:
    """One JSON object for each job: routes with owner and checks, and every plan at its size."""
    return json.dumps([_record(job, offers, day) for job in jobs], indent=2, ensure_ascii=False)


def _record(job: Job, offers: Offers, day: date) -> dict[str, Any]:
    return {
        "job": job.name,
        "worker": str(job.worker),
        "work": str(job.work),
        "people": job.people,
        "controls": list(job.controls),
        "on": day.isoformat(),
        "routes": [_route(choice, offers) for choice in choices(job, offers, day)],
        "plans": [_plan(quote) for quote in _quotes(job, offers, day)],
    }


def _route(choice: Choice, offers: Offers) -> dict[str, Any]:
    facts = offers.facts(choice.route)
    return {
        "route": str(choice.route),
        "reason": choice.reason,
        "owner": facts.owner,
        "scales_with": list(facts.scales_with),
        "misunderstood": list(facts.misunderstood),
        "use_when": facts.use_when,
        "checks": [offers.checks[name] for name in facts.checks],
    }


def _plan(quote: Quote) -> dict[str, Any]:
    plan = quote.offered.plan
    return {
        "plan": plan.id,
        "name": plan.name,
        "vendor": quote.offered.vendor,
        "route": str(plan.route),
        "shape": str(plan.shape),
        "billed": quote.billed,
        "seats": quote.seats,
        "fits": quote.fits,
        "month": None if quote.line is None else line_record(quote.line),
        "unconfirmed": list(quote.unconfirmed),
        "lacking": list(quote.lacking),
        "cautions": cautions(plan),
        "source": plan.source,
        "status": str(plan.status),
        "as_of": str(plan.as_of) if plan.as_of else None,
    }


def _quotes(job: Job, offers: Offers, day: date) -> list[Quote]:
    """Plans are for people; software buys calls."""
    chosen = choices(job, offers, day)
    return [] if chosen[0].route.value == "direct-api" else quotes(job, offers, day)


def route_text(jobs: Sequence[Job], offers: Offers, day: date) -> str:
    """What to buy, who owns it, which plans fit at which price, and what to ask before paying."""
    return "\n\n".join("\n".join(_text(job, offers, day)) for job in jobs)


def _text(job: Job, offers: Offers, day: date) -> list[str]:
    lines = [job.name] if job.name else []
    for choice in choices(job, offers, day):
        facts = offers.facts(choice.route)
        lines += [
            f"{facts.name}: {choice.reason}",
            f"  buys         {facts.buys}",
            f"  owner        {facts.owner}",
            f"  scales with  {', '.join(facts.scales_with)}",
            "  often misunderstood",
            *(f"    - {text}" for text in facts.misunderstood),
            "  before paying",
            *(f"    - {offers.checks[name]}" for name in facts.checks),
            "",
        ]
    found = _quotes(job, offers, day)
    if not found:
        return [*lines, "Calls are priced by model and meter: `bothhalves price FILE` rates a usage file."]
    fitting = [q for q in found if q.fits]
    rest = [q for q in found if not q.fits]
    lines += [f"Plans that fit, list price a month on {show.day(day)}", *_listing(fitting)]
    if rest:
        lines += ["", "Not confirmed to have every control, or known to lack one", *_listing(rest)]
    return lines


def _listing(found: list[Quote]) -> list[str]:
    if not found:
        return ["  none"]
    lines = []
    for quote in found[:SHOWN]:
        plan = quote.offered.plan
        price = (
            "no published price" if quote.line is None else show.amount(quote.line.amount, show.cents_money)
        )
        missing = [f"lacks {c}" for c in quote.lacking] + [f"{c} not confirmed" for c in quote.unconfirmed]
        words = "; ".join([*missing, *cautions(plan)])
        lines.append(f"  {price:>18}  {plan.name}, {quote.seats} seats, billed {quote.billed}: {words}")
    if len(found) > SHOWN:
        lines.append(f"  and {len(found) - SHOWN} more (--json lists them all)")
    return lines
