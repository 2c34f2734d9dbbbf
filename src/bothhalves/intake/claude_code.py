"""Anthropic's Claude Code analytics report: one row per person or key, terminal and UTC day.

Its money is an estimate at list price: an estimate of a bill where the person works on an API key, notional
where the seat pays. Cache writes come as one number, without their lifetime. Work on an API key is use of the
Claude API, which the usage report of the same organisation tells as well: it is that product here, with
Claude Code as its workload and without an account, so that it is counted once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Usage
from bothhalves.intake.anthropic import PRODUCT as API
from bothhalves.intake.anthropic import VENDOR
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import covered, entries
from bothhalves.intake.source import Source

PRODUCT = "claude-code"
_PAYERS = {
    "api": (Billing.METERED, MoneyKind.ESTIMATED),
    "subscription": (Billing.INCLUDED, MoneyKind.NOTIONAL),
}


class _Of(NamedTuple):
    """Whose work a row is about, and who pays."""

    day: Span
    account: str
    person: str
    key: str
    billing: Billing
    kind: MoneyKind


def _matches(source: Source) -> bool:
    return outline(source).has("model_breakdown", "customer_type", "actor")


def _read(source: Source, sink: Sink) -> None:
    for entry in entries(source, sink):
        for row in entry.rows:
            of = _of(row)
            covered(row, of.day.start, of.day.until, sink)
            for part in row.items("model_breakdown"):
                _keep_model(part, of)
            _keep_sessions(row.inner("core_metrics", apart=True), of)


def _of(row: Fields) -> _Of:
    start = row.instant("date")
    actor = row.inner("actor")
    email = actor.email("email_address")
    customer = row.text("customer_type")
    billing, kind = _PAYERS.get(customer, (Billing.UNKNOWN, MoneyKind.ESTIMATED))
    if customer not in _PAYERS:
        what = f"{customer[:40]!r} is neither api nor subscription, so who pays is not known."
        row.doubt("import.unknown-value", "customer_type", what, "Export again, or report the new value.")
    return _Of(
        Span(start, start + timedelta(days=1)),
        row.text("organization_id"),
        f"email:{email}" if email else "",
        actor.text("api_key_name"),
        billing,
        kind,
    )


def _keep_model(part: Fields, of: _Of) -> None:
    used, on_key = part.inner("tokens"), of.billing is Billing.METERED
    part.keep(
        Usage(
            part.where,
            of.day.start,
            VENDOR,
            part.text("model"),
            until=of.day.until,
            product=API if on_key else PRODUCT,
            account="" if on_key else of.account,
            key=of.key,
            person=of.person,
            workload=PRODUCT if on_key else "",
            input_tokens=used.count("input"),
            cache_read_tokens=used.count("cache_read"),
            cache_write_tokens=used.count("cache_creation"),
            output_tokens=used.count("output"),
            billing=of.billing,
        )
    )
    if part.has("estimated_cost"):
        _keep_cost(part, of)


def _keep_cost(part: Fields, of: _Of) -> None:
    estimate = part.inner("estimated_cost")
    part.keep(
        Cost(
            part.where,
            of.day.start,
            of.day.until,
            VENDOR,
            estimate.cents("amount", quoted=True),
            estimate.currency("currency"),
            of.kind,
            product=PRODUCT,
            account=of.account,
            key=of.key,
            person=of.person,
            model=part.text("model"),
        )
    )


def _keep_sessions(metrics: Fields, of: _Of) -> None:
    sessions = metrics.count("num_sessions")
    if of.person and sessions:
        metrics.keep(
            Activity(
                metrics.where,
                of.day.start,
                of.day.until,
                VENDOR,
                PRODUCT,
                of.person,
                "sessions",
                sessions,
                of.account,
            )
        )


FORMATS = (
    Format(
        "claude-code-report",
        "Claude Code analytics report",
        _matches,
        _read,
        replaces=("account", "person", "key"),
        feed_rank=20,
    ),
)
