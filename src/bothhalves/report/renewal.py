"""Renewals as text, as JSON and as a calendar: what is inherited, what is needed, and the days until then."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bothhalves.brief.bases import AFTER
from bothhalves.brief.renewing import RenewalSheet, TypeFigures, way_words
from bothhalves.core.deal.deadlines import Deadline, What
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.deal.true_ups import Counted
from bothhalves.core.explain import Figure
from bothhalves.core.money import quotient
from bothhalves.report import show
from bothhalves.report.bundle import share
from bothhalves.report.calendar import Day, calendar
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record
from bothhalves.workspace.renewing import Renewing

Record = dict[str, Any]


def renewal_text(renewing: Renewing, sheets: Sequence[RenewalSheet]) -> str:
    """One block for each contract that runs."""
    lines = [f"Renewals as of {renewing.today}, from {renewing.months[0]} to {renewing.months[-1]}"]
    for sheet in sheets:
        lines += ["", *_contract(sheet, renewing)]
    if not sheets:
        lines += ["", "No contract is in force."]
    lines += [f"{name}: its term is over." for name in renewing.over]
    return "\n".join(lines)


def _contract(sheet: RenewalSheet, renewing: Renewing) -> list[str]:
    told, outlook = sheet.told, renewing.outlooks[sheet.told.contract.vendor]
    end = told.ending
    notice = f", notice by {end.notice_by}" if end.notice_by else ""
    renews = "renews by itself" if end.renews else "does not renew by itself"
    name = f"{told.contract.id} ({told.contract.vendor})"
    start = told.contract.term.start
    begins = f" begins on {start} and" if start > renewing.today else ""
    parts = {
        "": [f"{name}: the term{begins} ends on {end.last}{notice}; it {renews}."],
        "Inherited against honest, the first year of the renewed term": _baselines(sheet, outlook),
        "Days": _days(told.deadlines),
        "Seats since the term began, counted in other ways": list(_types(sheet.types)),
        "Split since signing": _drift(sheet),
        "Assumed": [f"  {said}" for said in told.said],
    }
    return [line for title, said in parts.items() if said for line in (*_title(title), *said)]


def _title(title: str) -> list[str]:
    return ["", title] if title else []


def _baselines(sheet: RenewalSheet, outlook: Outlook) -> list[str]:
    base = sheet.baselines
    if base is None:
        return []
    rows = [("", "inherited", "honest")]
    for one, other in zip(base.inherited.operands, base.honest.operands, strict=False):
        if isinstance(one, Figure) and isinstance(other, Figure):
            name = one.title.removesuffix(", inherited").partition(" for a year")[0]
            against = other.title.removesuffix(", honest").partition(" for a year")[0]
            words = name if name == against else f"{name}, against {against.split()[0]}"
            rows.append((f"  {words}", _money(one), _money(other)))
    rows.append(("  together", _money(base.inherited), _money(base.honest)))
    lines = grid(rows, right={1, 2})
    lines.append(f"  Gap: {_money(base.gap)} in the first year.")
    if outlook.baseline is Baseline.EFFICIENT:
        lines.append(f"  {AFTER}")
    for kind, figure in sheet.reclaim.items():
        if isinstance(figure.value, Decimal) and figure.value > 0:
            lines.append(f"  Give back {show.figure(figure)} of {kind}.")
    return lines


def _days(days: Iterable[Deadline]) -> list[str]:
    rows = [(str(d.on), "past" if d.is_past else "", str(d.what), d.why) for d in days]
    return [f"  {line}" for line in grid(rows)]


def _types(types: Iterable[TypeFigures]) -> Iterable[str]:
    for one in types:
        seats = " ".join(map(str, one.told.seats))
        yield f"  {one.told.type}, {one.told.months[0]} to {one.told.months[-1]}: {seats}"
        rows = [
            (f"    {way_words(way)}", f"{_seats(way)} seat-months", _money(f), f"renews with {way.renewed}")
            for way, f in one.ways
        ]
        yield from grid(rows, right={1, 2})
        for spike in one.spikes:
            told = spike.spike
            costs = f"{_money(spike.cost)} so far, and {_money(spike.a_year)} in a renewed year"
            yield f"    {told.month}: {told.seats} seats instead of {told.instead} cost {costs}."


def _seats(way: Counted) -> str:
    return show.number(quotient(way.seats))


def _drift(sheet: RenewalSheet) -> list[str]:
    if sheet.shares is None:
        return ["  Fewer than two months are known in both halves."] if sheet.told.contract.seats else []
    first, last, moved = sheet.shares
    told = sheet.told.drift
    assert told is not None
    words = f"{share(first)} of {told.first.month} and {share(last)} of {told.last.month}"
    side = "away from it" if isinstance(moved.value, Decimal) and moved.value < 0 else "to it"
    return [f"  The API was {words}: {share(moved).lstrip(show.MINUS)} of all spent moved {side}."]


def _money(figure: Figure) -> str:
    return show.figure(figure, show.cents_money)


def renewal_record(renewing: Renewing, sheets: Sequence[RenewalSheet]) -> str:
    """One JSON object: each contract with its days and the keys of its figures, and every figure."""
    record: Record = {
        "today": str(renewing.today),
        "window": [str(renewing.months[0]), str(renewing.months[-1])],
        "contracts": [_record(sheet) for sheet in sheets],
        "over": list(renewing.over),
        "figures": {k: figure_record(f) for s in sheets for k, f in sorted(s.figures().items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _record(sheet: RenewalSheet) -> Record:
    told, base = sheet.told, sheet.baselines
    return {
        "contract": told.contract.id,
        "vendor": told.contract.vendor,
        "ends": str(told.ending.last),
        "notice_by": None if told.ending.notice_by is None else str(told.ending.notice_by),
        "renews": told.ending.renews,
        "inherited": None if base is None else base.inherited.key,
        "honest": None if base is None else base.honest.key,
        "gap": None if base is None else base.gap.key,
        "reclaim": {kind: figure.key for kind, figure in sheet.reclaim.items()},
        "days": [
            {"on": str(d.on), "what": str(d.what), "why": d.why, "past": d.is_past} for d in told.deadlines
        ],
        "types": [_type(one) for one in sheet.types],
        "drift": None if sheet.shares is None else sheet.shares[2].key,
        "assumed": list(told.said),
    }


def _type(one: TypeFigures) -> Record:
    return {
        "type": one.told.type,
        "months": [str(m) for m in one.told.months],
        "seats": list(one.told.seats),
        "ways": [
            {"way": way_words(w), "seat_months": _seats(w), "cost": f.key, "renewed": w.renewed}
            for w, f in one.ways
        ],
        "spikes": [
            {"month": str(s.spike.month), "seats": s.spike.seats, "cost": s.cost.key, "a_year": s.a_year.key}
            for s in one.spikes
        ],
    }


def renewal_calendar(sheets: Iterable[RenewalSheet], made: datetime) -> str:
    """Every day of every contract."""
    return calendar((day for sheet in sheets for day in _calendar_days(sheet)), made)


def _calendar_days(sheet: RenewalSheet) -> Iterable[Day]:
    contract = sheet.told.contract
    for deadline in sheet.told.deadlines:
        # A quarter ends four times a year; other days are told apart by what they are for.
        apart = str(deadline.on) if deadline.what is What.QUARTER else deadline.why.partition(":")[0]
        name = f"{deadline.what}: {contract.id}"
        yield Day(deadline.on, name, f"{deadline.why} {_gap(sheet)}".strip(), f"{contract.id}|{apart}")


def _gap(sheet: RenewalSheet) -> str:
    base = sheet.baselines
    return "" if base is None else f"Gap of the renewal: {_money(base.gap)} in the first year."
