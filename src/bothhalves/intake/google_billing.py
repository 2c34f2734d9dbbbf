"""Google Cloud's billing export, standard or detailed, saved from BigQuery as JSON lines, CSV or Parquet.

Only services that sell AI are read. A row's cost and each of its credits are records of their own; together
they are what is invoiced. Nothing in the export names a key or a person: the project is the account. Google
documents no grammar for the names of its SKUs. Usage is counted where a name has the wording of its price
list, such as ``Gemini 2.5 Flash Text Input - Predictions``, and the unit counts tokens; of any other SKU only
the money is read. Rows arrive late and are then invoiced in a later month, so an export takes the place of
rows of the same invoice month only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.cloud_bills import Unread, tokens_per, whole_tokens, workload_of
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.tabular.documents import decode
from bothhalves.intake.times import utc

VENDOR = "google"
#: Services that sell AI, and our products.
_PRODUCTS = {
    "gemini api": "gemini-api",
    "generative language api": "gemini-api",
    "vertex ai": "vertex-ai",
    "gemini for google cloud api": "gemini-code-assist",
    "cloud ai companion api": "gemini-code-assist",
}
_AI = re.compile(r"\b(gemini|claude|anthropic|generative|imagen|veo|lyria|agent platform)\b", re.IGNORECASE)
_CATEGORIES = {
    "regular": "usage",
    "tax": "tax",
    "adjustment": "adjustment",
    "rounding_error": "adjustment",
}
_MODEL = re.compile(r"\bgemini[ -](\d+(?:\.\d+)?)[ -](pro|ultra|nano|flash[ -]lite|flash)\b")
#: Words that make a SKU another model's, or no count of tokens.
_OTHER = re.compile(
    r"storage|tuning|tts|live|native|embedding|robotics|computer use|generation|provisioned|grounding|search"
)
_DIRECTION = re.compile(r"\b(input|output)\b")
_CACHED = re.compile(r"\bcach(?:ed|ing|e)\b")
_MEDIUM = re.compile(r"\b(audio|image|video)\b")
_TIER = re.compile(r"\b(batch|flex|priority)\b")
_LONG = re.compile(r"\blong\b")
_LONG_CONTEXT = (200_000, None)
#: The parts that are objects, and what a query that names just one value of them has selected.
_NESTED = {
    "invoice": "month",
    "service": "description",
    "sku": "description",
    "project": "id",
    "usage": "amount",
    "resource": "name",
}


class _Sku(NamedTuple):
    """What the name of a SKU says: ``meter`` is a token column of usage or a meter of its own."""

    model: str
    meter: str
    tier: str
    region: str
    prompt_band: tuple[int, int | None] | None


def sku_of(description: str) -> _Sku | None:
    """What a SKU of tokens is for; None where its name does not say model and direction."""
    text = description.lower()
    model, direction = _MODEL.search(text), _DIRECTION.search(text)
    if model is None or direction is None or _OTHER.search(text):
        return None
    meter = _meter(direction[1], text)
    if not meter:
        return None
    tier = _TIER.search(text)
    return _Sku(
        f"gemini-{model[1]}-{model[2].replace(' ', '-')}",
        meter,
        tier[1] if tier else "standard",
        "global" if re.search(r"\bglobal\b", text) else "",
        _LONG_CONTEXT if _LONG.search(text) else None,
    )


def _meter(direction: str, text: str) -> str:
    medium = _MEDIUM.search(text)
    if _CACHED.search(text):
        named = {
            None: "cache_read_tokens",
            "audio": "cache_audio_read_tokens",
            "image": "cache_image_read_tokens",
        }
        return named.get(medium[1] if medium else None, "")
    return f"{direction}_{medium[1]}_tokens" if medium else f"{direction}_tokens"


def _matches(source: Source) -> bool:
    names = {name.lower() for name in tabular.header(source)}
    return names >= {"usage_start_time", "cost", "currency"} and all(
        any(name.split(".")[0].startswith(part) for name in names) for part in ("service", "sku")
    )


def _read(source: Source, sink: Sink) -> None:
    unread = Unread()
    for row in tabular.fields(source, sink):
        whole = _prepared(row)
        service, sku = whole.inner("service").text("description"), whole.inner("sku").text("description")
        product = _PRODUCTS.get(service.lower()) or (_slug(service) if _AI.search(f"{service} {sku}") else "")
        if whole.sound and not (service and sku):
            whole.bad("service.description", "or sku.description missing", "Export again with both.")
        elif product:
            _keep(whole, product, sku, unread)
        elif whole.sound:
            unread.services[service] += 1
    unread.report(source, sink)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _prepared(row: Fields) -> Fields:
    """The row with its parts as objects, however they are written, and its times as UTC, which they are."""
    values = dict(row.values)
    for name in (*_NESTED, "labels", "credits"):
        values[name] = _structured(row, name)
    for name in ("usage_start_time", "usage_end_time"):
        if isinstance(text := values.get(name), str):
            values[name] = utc(text.strip().removesuffix(" UTC"))
    return replace(row, values=values)


def _structured(row: Fields, name: str) -> object:
    """The part ``name``: an object, its JSON text, or columns such as ``sku.id`` or ``sku_id``."""
    value = row.values.get(name)
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            return decode(value)
        except ValueError:
            row.bad(name, "is not JSON", "Export again.")
            return None
    if name in _NESTED and isinstance(value, str) and value.strip():
        return {_NESTED[name]: value}
    if name in _NESTED and not value:
        parted = {
            n[len(name) + 1 :]: v for n, v in row.values.items() if n.startswith((f"{name}.", f"{name}_"))
        }
        return {n: v for n, v in parted.items() if v not in (None, "")}
    return value or None


def _keep(row: Fields, product: str, description: str, unread: Unread) -> None:
    cost = _cost(row, product, description)
    credits = list(_credits(row, cost))
    sku = sku_of(description)
    usage = _usage(row, cost, sku) if sku and cost.category == "usage" else None
    if usage is None and cost.category == "usage" and row.sound:
        unread.skus[description] += 1
    for record in (usage, cost, *credits):
        if record is not None:
            row.keep(record)


def _cost(row: Fields, product: str, description: str) -> Cost:
    span = _span(row)
    kind = row.text("cost_type").lower() or "regular"
    if kind not in _CATEGORIES:
        row.doubt("import.unknown-value", "cost_type", f"{kind[:40]!r} is not documented.", "Report it.")
    sku = sku_of(description)
    return Cost(
        row.where,
        span.start,
        span.until,
        VENDOR,
        row.money("cost"),
        row.currency("currency"),
        MoneyKind.INVOICED,
        _CATEGORIES.get(kind, "adjustment"),
        gross=row.decimal("cost_at_list"),
        product=product,
        account=row.inner("project").text("id"),
        key=row.inner("resource").text("name"),
        model=sku.model if sku else "",
        meter=sku.meter if sku else "",
        quantity=row.inner("usage").decimal("amount"),
        description=description,
        invoice=row.inner("invoice").text("month"),
    )


def _span(row: Fields) -> Span:
    start = row.instant("usage_start_time")
    until = row.instant("usage_end_time")
    if row.sound and until <= start:
        row.bad("usage_end_time", "is not after usage_start_time", "Export again.")
    return Span(start, until)


def _credits(row: Fields, cost: Cost) -> Iterator[Cost]:
    """The credits on a row, negative amounts each; a CSV may hold their sum alone."""
    credits = row.values.get("credits")
    if not isinstance(credits, list):
        if credits is not None and (amount := row.decimal("credits")):
            yield replace(cost, amount=amount, category="credit", gross=None, quantity=None)
        return
    for credit in row.items("credits"):
        amount = credit.money("amount")
        if not credit.sound:
            row.bad("credits", "holds a credit without an amount", "Export again.")
        named = ": ".join(
            filter(None, (credit.text("type"), credit.text("name") or credit.text("full_name")))
        )
        yield replace(
            cost, amount=amount, category="credit", gross=None, quantity=None, description=named or "credit"
        )


def _usage(row: Fields, cost: Cost, sku: _Sku) -> Usage | None:
    """The tokens of a row; None where no unit says that tokens are counted, or they are taken back."""
    used = row.inner("usage")
    counted = _counted(used)
    if counted is None or (used.decimal(counted[0]) or Decimal(0)) < 0:
        return None
    tokens = whole_tokens(used, *counted)
    usage = Usage(
        row.where,
        cost.time,
        VENDOR,
        sku.model,
        until=cost.until,
        product=cost.product,
        account=cost.account,
        key=cost.key,
        workload=workload_of(_labels(row)),
        tier=sku.tier,
        region=sku.region,
        prompt_band=sku.prompt_band,
        billing=Billing.METERED,
        source=cost.invoice,
    )
    if sku.meter == "input_tokens":
        return replace(usage, input_tokens=tokens)
    if sku.meter == "output_tokens":
        return replace(usage, output_tokens=tokens)
    if sku.meter == "cache_read_tokens":
        return replace(usage, cache_read_tokens=tokens)
    return replace(usage, meter=sku.meter, quantity=Decimal(tokens))


def _counted(used: Fields) -> tuple[str, int] | None:
    """Which amount counts tokens, and how many tokens one of its units is."""
    for amount, unit in (("amount", "unit"), ("amount_in_pricing_units", "pricing_unit")):
        name = used.text(unit).lower()
        per = 1 if name == "count" else tokens_per(name)
        if per and used.has(amount):
            return amount, per
    return None


def _labels(row: Fields) -> Mapping[str, str]:
    held = [row.values.get("labels"), row.inner("project").values.get("labels")]
    pairs = (pair for part in reversed(held) if isinstance(part, list) for pair in part)
    return {
        str(pair.get("key")): pair["value"]
        for pair in pairs
        if isinstance(pair, dict) and isinstance(pair.get("value"), str)
    }


FORMATS = (
    Format(
        "google-billing",
        "Google Cloud billing export",
        _matches,
        _read,
        replaces=("account", "invoice", "source"),
        feed_rank=10,
    ),
)
