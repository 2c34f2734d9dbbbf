"""Bundles taken apart, as text and as JSON: several offers side by side, then each by half."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bothhalves.brief.bases import LATER, NOW, WHY, BasisRow
from bothhalves.brief.bases import figures as figures_of
from bothhalves.brief.bundles import BundleSheet, HalfSheet
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.headline import Refusal
from bothhalves.core.explain import Figure
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record
from bothhalves.workspace.bundling import Apart, Bundled

Record = dict[str, Any]
Bases = Mapping[str, Sequence[BasisRow]]
NAMES = {Half.SEATS: "seats", Half.API: "API"}


def bundles_text(bundled: Bundled, sheets: Sequence[BundleSheet], bases: Bases) -> str:
    """The offers side by side, each taken apart, and what was refused."""
    lines = [*_compared(sheets)] if len(sheets) > 1 else []
    for sheet in sheets:
        told = _sheet(sheet, bases.get(sheet.apart.offer.id, ()))
        lines += ["", *told] if lines else told
    for apart in bundled.offers:
        if isinstance(apart.found, Refusal):
            lines += [
                "",
                f"{apart.offer.id}: cannot be taken apart, as {apart.found.reason}. {apart.found.ask}",
            ]
    lines += ["", "Open any figure: add --explain 'bundle.true-discount?offer=…'."] if sheets else []
    return "\n".join(lines).lstrip("\n")


def _compared(sheets: Sequence[BundleSheet]) -> list[str]:
    head = ("side by side", *(s.apart.offer.id for s in sheets))
    rows = [
        ("headline discount", *(share(s.headline) for s in sheets)),
        ("true discount", *(share(s.discount) for s in sheets)),
        ("both halves alone", *(show.cents(s.standalone) for s in sheets)),
        ("the need in the bundle", *(show.cents(s.cost) for s in sheets)),
        ("buying both, less both alone", *(show.cents(s.leverage) for s in sheets)),
        ("counter-offer", *(show.cents(s.counter) for s in sheets)),
        ("carries the margin", *(carries(s) for s in sheets)),
    ]
    return grid([head, *rows], right=set(range(1, len(head))))


def _bases(rows: Sequence[BasisRow]) -> list[str]:
    """The offer on both needs."""
    if not rows:
        return []
    told = [(r.label, *(_either(f) for f in (r.now, r.later))) for r in rows]
    return ["", *grid([("", NOW.lower(), LATER.lower()), *told], right={1, 2}), f"  {WHY}"]


def _either(figure: Figure | None) -> str:
    return share(figure) if figure is None or isinstance(figure.value, Decimal) else show.cents(figure)


def _sheet(sheet: BundleSheet, bases: Sequence[BasisRow]) -> list[str]:
    apart, bundle = sheet.apart, sheet.bundle
    what = "mean over chances" if apart.outlook.is_weighed else f"scenario {apart.base}"
    after = f" {LATER.lower()}" if bases else ""
    lines = [
        f"{apart.offer.id}: {apart.months[0]} to {apart.months[-1]}, {apart.offer.currency}, {what}",
        f"  Evidence {bundle.grade}; {apart.outlook.baseline} usage. {apart.outlook.source.rstrip('.')}.",
        f"  {headline(sheet)}; true discount {share(sheet.discount)}{after}:"
        f" {show.cents(sheet.cost)} in the bundle against {show.cents(sheet.standalone)} for both alone.",
        *_bases(bases),
    ]
    if isinstance(bundle.headline, Refusal):
        lines.append(f"  No headline: {bundle.headline.reason}. {bundle.headline.ask}")
    lines += ["", *_halves(sheet.halves)] if sheet.halves else _undivided(sheet)
    lines += ["", *(f"  {said}" for said in verdict(sheet))]
    lines += ["", *_ways(sheet), "", "Assumed", *(f"  {said}" for said in (*bundle.said, *apart.said))]
    return lines


def headline(sheet: BundleSheet) -> str:
    """What the seller shows, in words."""
    return "No headline discount" if sheet.headline is None else f"Headline {share(sheet.headline)} off"


def _halves(halves: Sequence[HalfSheet]) -> list[str]:
    head = ("half", "alone", "in the bundle", "above alone", "by rate", "by quantity", "evidence")
    rows = [
        (
            NAMES[h.part.half],
            *map(show.cents, (h.standalone, h.bundle, h.premium, h.rate, h.quantity)),
            str(h.part.grade),
        )
        for h in halves
    ]
    return grid([head, *rows], right=set(range(1, 6)))


def _undivided(sheet: BundleSheet) -> list[str]:
    told = sheet.bundle.undivided
    if told is None:
        return []
    head = ("half of the one price", "alone", "in proportion", "Shapley", "at least", "at most")
    rows = []
    for one in told.shares:
        figures = sheet.shares[one.half]
        names = ("standalone", "in-proportion", "shapley", "least", "most")
        rows.append((NAMES[one.half], *(show.cents(figures.get(name)) for name in names)))
    said = f"  Not identified: {told.reason}. {told.ask}"
    return [said, "", *grid([head, *rows], right=set(range(1, 6)))]


def verdict(sheet: BundleSheet) -> Iterable[str]:
    """What the numbers say, in sentences."""
    bundle = sheet.bundle
    if bundle.halves:
        who = bundle.carries
        if who is not None:
            yield f"The {NAMES[who]} half carries the margin; what it costs to sell is not known."
        elif bundle.pooled and bundle.premium > 0:
            yield "What is unused of the shared commitment could be of either half: neither carries it alone."
        else:
            yield "Neither half carries a margin: neither is dearer than alone, or both are alike."
    if bundle.is_leverage:
        worth = show.cents(sheet.leverage).lstrip(show.MINUS)
        yield f"Buying both together is worth {worth}: leverage is real."
    else:
        yield f"Buying both together costs {show.cents(sheet.leverage)} more than apart: it is no leverage."
    if sheet.counter is not None:
        yield f"Counter-offer: what is needed, at the offered unit rates: {show.cents(sheet.counter)}."


def _ways(sheet: BundleSheet) -> list[str]:
    head = ("scenario", "both alone", "in the bundle", "above alone")
    rows = [(w.name, *map(show.cents, w.roots())) for w in sheet.ways]
    return grid([head, *rows], right={1, 2, 3})


def carries(sheet: BundleSheet) -> str:
    """Which half carries the margin, in a word."""
    if not sheet.halves:
        return "not identified"
    return str(sheet.bundle.carries or "neither")


def share(figure: Figure | None) -> str:
    """A discount in percent, to one place."""
    if figure is None or not isinstance(figure.value, Decimal):
        return "not known"
    return f"{(100 * figure.value).quantize(Decimal('0.1'))} %".replace("-", show.MINUS)


def bundles_record(bundled: Bundled, sheets: Sequence[BundleSheet], bases: Bases) -> str:
    """One JSON object: every offer, and every figure with its Lines."""
    figures = {k: f for rows in bases.values() for k, f in figures_of(rows).items()}
    figures |= {k: f for s in sheets for k, f in s.figures().items()}
    by_id = {s.apart.offer.id: s for s in sheets}
    return json.dumps(
        {
            "offers": [
                _offer(apart, by_id.get(apart.offer.id), bases.get(apart.offer.id, ()))
                for apart in bundled.offers
            ],
            "figures": {k: figure_record(f) for k, f in sorted(figures.items())},
        },
        indent=1,
        ensure_ascii=False,
    )


def _offer(apart: Apart, sheet: BundleSheet | None, bases: Sequence[BasisRow]) -> Record:
    if sheet is None:
        assert isinstance(apart.found, Refusal)
        return {"offer": apart.offer.id, "refused": _refusal(apart.found)}
    bundle = sheet.bundle
    undivided = bundle.undivided
    return {
        "offer": apart.offer.id,
        "refused": None,
        "months": [str(apart.months[0]), str(apart.months[-1])],
        "evidence": str(bundle.grade),
        "scenario": None if apart.outlook.is_weighed else apart.base,
        "carries": carries(sheet),
        "leverage_is_real": bundle.is_leverage,
        "headline": _key(sheet.headline),
        "no_headline": _refusal(bundle.headline) if isinstance(bundle.headline, Refusal) else None,
        "true_discount": _key(sheet.discount),
        "standalone": sheet.standalone.key,
        "cost": sheet.cost.key,
        "leverage": sheet.leverage.key,
        "counter_offer": _key(sheet.counter),
        "bases": [{"what": r.label, "built": _key(r.now), "planned": _key(r.later)} for r in bases],
        "halves": [_half(h) for h in sheet.halves],
        "not_identified": None
        if undivided is None
        else {
            "reason": undivided.reason,
            "ask": undivided.ask,
            "shares": {str(h): {n: f.key for n, f in told.items()} for h, told in sheet.shares.items()},
        },
        "scenarios": {w.name: [f.key for f in w.roots()] for w in sheet.ways},
        "assumptions": [*bundle.said, *apart.said],
    }


def _half(half: HalfSheet) -> Record:
    names = ("standalone", "offered", "bundle", "premium", "rate", "quantity")
    told = dict(zip(names, (f.key for f in half.roots()), strict=True))
    return {"half": str(half.part.half), "evidence": str(half.part.grade), "source": half.part.source, **told}


def _refusal(refusal: Refusal) -> Record:
    return {"what": refusal.what, "reason": refusal.reason, "ask": refusal.ask}


def _key(figure: Figure | None) -> str | None:
    return None if figure is None else figure.key
