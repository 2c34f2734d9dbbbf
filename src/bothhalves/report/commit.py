"""Commitments as text and as JSON: every amount with its cost and regret, the recommended one marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from bothhalves.brief.committing import (
    AmountRow,
    CommitSheet,
    ComparedRow,
    PeriodRow,
    RunningSheet,
    YearsSheet,
    amount_name,
    share_value,
)
from bothhalves.core.deal.amounts import Candidate
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import Commitment
from bothhalves.core.deal.curves import in_units
from bothhalves.core.deal.spread import Spread
from bothhalves.core.explain import Figure
from bothhalves.core.money import plain, quotient, to_cents
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record

Record = dict[str, Any]
_ROLES = {
    "recommended": "recommended",
    "none": "no commitment",
    "offered": "as offered",
    "current": "sized on today's usage, before the plan's moves",
    "lazy": "sized on lazy usage",
}
_PERCENTILES = ("P10", "P50", "P90")


def commit_text(sheets: Sequence[CommitSheet], running: Sequence[RunningSheet]) -> str:
    """Signed commitments first, then those to choose."""
    blocks = [*(_running(sheet) for sheet in running), *(_to_sign(sheet) for sheet in sheets)]
    lines = [line for block in blocks for line in (*block, "")]
    return "\n".join(lines[:-1])


def _to_sign(sheet: CommitSheet) -> list[str]:
    to_sign, found = sheet.to_sign, sheet.to_sign.found
    contract, months = to_sign.contract, to_sign.months
    return [
        f"Commitment under {contract.id} ({contract.vendor}), {months[0]} to {months[-1]},"
        f" {len(months)} months, {contract.currency}",
        f"  {_answer(found)}",
        f"  Usage at list price: {_used(found)}.",
        *(f"  {said}." for said in found.outlook.source.split("; ") if said),
        "",
        *_amounts(sheet),
        "",
        "Rules",
        *_rules(found),
        "",
        *_spreads(sheet),
        "",
        "What another amount would have cost, settled",
        *_compared(sheet.compared),
        *(_years(sheet.years) if sheet.years else []),
        *_under(to_sign.under),
        *_said("Assumed", [*found.assumptions, *to_sign.said]),
        "",
        f"Open any figure: add --explain '{sheet.compared[0].roots()[0].key}'.",
    ]


def _answer(found: Commitment) -> str:
    """The recommendation with its rule and its reason."""
    if found.licence.refuses:
        return f"Recommended: commit to nothing, because of {found.licence.reason}"
    chosen = found.recommended.candidate
    amount = f"{_amount(chosen)} a {found.offer.clause.per or 'year'}" if chosen.signed else "no commitment"
    return f"Recommended: {amount}, by {found.licence.rule} ({found.licence.reason[:-1]})."


def _used(found: Commitment) -> str:
    ways = found.outlook.scenarios
    if len(ways) > len(_PERCENTILES):
        return f"{len(ways)} scenarios, {_spread(_usage(found))} at P10, P50 and P90"
    return ", ".join(f"{s.name} {_money(Fraction(sum(s.api)))}" for s in ways)


def _usage(found: Commitment) -> Spread:
    return next(row for row in found.rows if not row.candidate.signed).paid


def _amounts(sheet: CommitSheet) -> list[str]:
    """Every candidate that is told; where there are few scenarios, with its cost in each."""
    found = sheet.to_sign.found
    ways = [s.name for s in found.outlook.scenarios]
    names = ways if len(ways) <= len(_PERCENTILES) else list(_PERCENTILES)
    head = ("", "amount", "discount", "expected", *names, "largest regret", "in", "CVaR of regret")
    rows = [(*_cells(sheet, row, by_name=len(ways) <= len(_PERCENTILES)),) for row in sheet.rows]
    lines = grid([head, *rows], right=set(range(1, len(head))) - {len(head) - 2})
    more = found.enumerated - len(sheet.rows)
    told = f"{found.enumerated} amounts were compared; the telling ones are shown."
    return [*lines, *([f"  {told}"] if more > 0 else [])]


def _cells(sheet: CommitSheet, row: AmountRow, *, by_name: bool) -> Iterable[str]:
    found, one = sheet.to_sign.found, row.row
    paid = one.paid
    costs = [s.paid for s in one.scenarios] if by_name else [paid.low, paid.middle, paid.high]
    discount = found.offer.clause.discount(in_units(one.amount)) if one.candidate.signed else None
    yield ">" if one is found.recommended else ""
    yield _amount(one.candidate)
    yield "" if discount is None else show.number(discount * 100, "%")
    yield _money(one.expected)
    yield from (_money(cost) for cost in costs)
    yield _money(one.max_regret)
    yield found.outlook.scenarios[one.worst].name if one.max_regret >= 1 else ""
    yield _money(one.tail_regret)


def _rules(found: Commitment) -> list[str]:
    rows = [
        (
            ">" if rule is found.licence.rule else "",
            str(rule),
            _amount(row.candidate),
            f"expected {_money(row.expected)}",
            f"largest regret {_money(row.max_regret)}",
        )
        for rule, row in found.choices.items()
    ]
    return grid(rows, right={2})


def _spreads(sheet: CommitSheet) -> list[str]:
    """Regret, money forfeited and overage of each amount at P10, P50 and P90; shares at P50."""
    head = ("amount", "regret", "forfeited", "overage", "utilisation", "coverage", "effective savings")
    rows = []
    for row in (r.row for r in sheet.rows):
        middle = row.ratios[1]
        shares = [_share(s) for s in (middle.utilisation, middle.coverage, middle.savings)]
        money = [_spread(s) for s in (row.regret, row.forfeited, row.overage)]
        rows.append((_amount(row.candidate), *money, *shares))
    return ["At P10 / P50 / P90, shares at P50", *grid([head, *rows], right={0, 4, 5, 6})]


def _compared(rows: Sequence[ComparedRow]) -> list[str]:
    names = list(rows[0].costs)
    head = ("", "amount", *(f"in {n}" for n in names), *(f"more in {n}" for n in names))
    told = [
        (
            _ROLES[row.role],
            _amount(row.candidate),
            *(show.figure(row.costs[n], show.cents_money) for n in names),
            *(show.figure(row.more[n], show.cents_money) if row.more else "" for n in names),
        )
        for row in rows
    ]
    return grid([head, *told], right=set(range(1, len(head))))


def _years(years: YearsSheet) -> list[str]:
    head = ("year from", "promised", "costs", "by itself", "costs", "at list")
    rows = [
        (
            str(row.year.first),
            show.NOTHING if row.year.kept is None else _amount(row.year.kept.candidate),
            show.cents(row.kept),
            _amount(row.year.alone.candidate),
            show.figure(row.alone, show.cents_money),
            show.figure(row.at_list, show.cents_money),
        )
        for row in years.rows
    ]
    sums = ", ".join(
        f"{words} {show.figure(figure, show.cents_money)}"
        for words, figure in (
            ("the whole promise", years.promise),
            ("signed again every year", years.yearly),
            ("what walking free costs more", years.walk_away),
        )
    )
    now = (f"  {f.title}: {show.figure(f, show.cents_money)}." for f in years.now)
    return ["", "Year by year, expected", *grid([head, *rows], right={1, 2, 3, 4, 5}), f"  {sums}.", *now]


def _under(under: Mapping[str, Commitment]) -> list[str]:
    """What price protection is worth when list prices change as stated."""
    if not under:
        return []
    rows = [
        (kind, _amount(c.recommended.candidate), f"expected {_money(c.recommended.expected)}")
        for kind, c in under.items()
    ]
    return ["", "When list prices change as stated, under", *grid(rows, right={1})]


def _running(sheet: RunningSheet) -> list[str]:
    running = sheet.running
    head = ("", "committed", "used so far", "at the end", "of it", "lost", "beyond", "lasts")
    rows = [_period(row) for row in sheet.rows]
    periods = [row.period for row in sheet.rows]
    under = [p.scenario for p in periods if p.is_under_used]
    over = [p.scenario for p in periods if p.is_over_used]
    return [
        f"Commitment of {running.contract.id} ({running.contract.vendor}), signed; used to {running.last}",
        *grid([head, *rows], right={1, 2, 3, 4, 5, 6}),
        *_warned("Less than 95 % of it will be used", under),
        *_warned("More than 110 % of what it covers will be used", over),
        *(f"  {f.title}: {show.figure(f, show.cents_money)}." for f in sheet.savings.values()),
        *_said("Assumed", running.said),
    ]


def _warned(what: str, scenarios: Sequence[str]) -> list[str]:
    return [f"  {what} ({', '.join(scenarios)}): both owners should know."] if scenarios else []


def _period(row: PeriodRow) -> tuple[str, ...]:
    period = row.period
    lasts = f"to its end, in {period.left_months} months"
    if period.runway is not None:
        lasts = f"{plain(quotient(Fraction(round(period.runway * 10), 10)))} months"
    money = (row.committed, row.drawn, row.projected)
    return (
        period.scenario,
        *(show.figure(f, show.cents_money) for f in money),
        show.figure(row.utilisation),
        *(show.figure(f, show.cents_money) for f in (row.forfeited, row.overage)),
        lasts,
    )


def _said(title: str, sentences: Iterable[str]) -> list[str]:
    found = list(sentences)
    return ["", title, *(f"  {s}" for s in found)] if found else []


def _amount(candidate: Candidate) -> str:
    return show.signed(in_units(candidate.amount), show.cents_money) if candidate.signed else "none"


def _money(micro: Fraction) -> str:
    """To the cent: an amount that just covers a scenario is rounded up to a millionth of the currency."""
    cents = to_cents(quotient(Fraction(micro) / MICRO))
    return show.signed(cents, show.cents_money) if cents or not micro else "under 0.01"


def _spread(spread: Spread) -> str:
    return " / ".join(map(_money, (spread.low, spread.middle, spread.high)))


def _share(share: Fraction | None) -> str:
    value = share_value(share)
    return show.NOTHING if value is None else show.number(value * 100, "%")


def commit_record(sheets: Sequence[CommitSheet], running: Sequence[RunningSheet]) -> str:
    """One JSON object: the amounts of each contract, the choices, what is signed, and every figure."""
    figures: dict[str, Figure] = {}
    for own in (*(s.figures() for s in sheets), *(r.figures() for r in running)):
        figures |= own
    record: Record = {
        "to_sign": [_sheet(sheet) for sheet in sheets],
        "signed": [_running_record(sheet) for sheet in running],
        "figures": {k: figure_record(f) for k, f in sorted(figures.items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _sheet(sheet: CommitSheet) -> Record:
    found = sheet.to_sign.found
    return {
        "contract": sheet.to_sign.contract.id,
        "from": str(sheet.to_sign.months[0]),
        "to": str(sheet.to_sign.months[-1]),
        "grade": str(found.outlook.grade),
        "full_months": found.outlook.full_months,
        "rule": str(found.licence.rule),
        "reason": found.licence.reason,
        "refused": found.licence.refuses,
        "recommended": amount_name(found.recommended.candidate),
        "choices": {str(rule): amount_name(row.candidate) for rule, row in found.choices.items()},
        "enumerated": found.enumerated,
        "amounts": [_row(found, row) for row in sheet.rows],
        "compared": [
            {
                "role": row.role,
                "amount": amount_name(row.candidate),
                "costs": {name: f.key for name, f in row.costs.items()},
                "more": {name: f.key for name, f in row.more.items()},
            }
            for row in sheet.compared
        ],
        "years": None if sheet.years is None else [f.key for f in sheet.years.roots()],
        "under": {kind: amount_name(c.recommended.candidate) for kind, c in sheet.to_sign.under.items()},
        "expected_under": {kind: expected.key for kind, (_, expected) in sheet.under.items()},
        "assumptions": [*found.assumptions, *sheet.to_sign.said],
    }


def _row(found: Commitment, row: AmountRow) -> Record:
    one = row.row
    return {
        "amount": amount_name(one.candidate),
        "rules": [str(rule) for rule in row.rules],
        "threshold": one.threshold,
        "expected": row.expected.key,
        "max_regret": row.max_regret.key,
        "tail_regret": row.tail_regret.key,
        **{
            part: dict(zip(_PERCENTILES, map(_number, (s.low, s.middle, s.high)), strict=True))
            for part, s in {
                "paid": one.paid, "regret": one.regret, "forfeited": one.forfeited, "overage": one.overage,
            }.items()
        },
        "shares": [
            {p: _plain(getattr(r, p)) for p in ("utilisation", "coverage", "savings")} for r in one.ratios
        ],
        "scenarios": {
            way.name: {p: _number(getattr(s, p)) for p in ("paid", "regret", "forfeited", "overage")}
            for way, s in zip(found.outlook.scenarios, one.scenarios, strict=False)
        },
    }  # fmt: skip


def _running_record(sheet: RunningSheet) -> Record:
    return {
        "contract": sheet.running.contract.id,
        "to": str(sheet.running.last),
        "periods": [
            {
                "scenario": row.period.scenario,
                "runway": _plain(row.period.runway),
                "left_months": row.period.left_months,
                "under_used": row.period.is_under_used,
                "over_used": row.period.is_over_used,
                "figures": [f.key for f in row.roots()],
            }
            for row in sheet.rows
        ],
        "savings": {name: f.key for name, f in sheet.savings.items()},
        "assumptions": list(sheet.running.said),
    }


def _number(micro: Fraction) -> str:
    return plain(quotient(Fraction(micro) / MICRO))


def _plain(share: Fraction | None) -> str | None:
    value = share_value(share)
    return None if value is None else plain(value)
