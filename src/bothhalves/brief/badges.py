"""Three verdicts at the top: agreement with invoices, coverage, and what the evidence licenses."""

from __future__ import annotations

from decimal import Decimal

from bothhalves.brief.figures import Figures
from bothhalves.brief.record import Agreement, Badge
from bothhalves.core.evidence import LICENCE, Comparison
from bothhalves.core.explain import Figure, Grade, Operator, key
from bothhalves.workspace.records import Ledger


def agreement(ledger: Ledger) -> Agreement:
    """Whether every vendor-month that has both sides agrees."""
    if not ledger.comparisons:
        return Agreement.UNCHECKED
    agrees = all(c.agrees for c in ledger.comparisons)
    return Agreement.AGREES if agrees else Agreement.DISAGREES


def agreement_badge(ledger: Ledger) -> Badge:
    figures = tuple(comparison_figure(c) for c in ledger.comparisons)
    verdict = agreement(ledger)
    if verdict is Agreement.UNCHECKED:
        return Badge("No invoice to check against", "warn")
    gaps = [abs(c.gap) for c in ledger.comparisons if c.gap is not None]
    percent = (max(gaps) * 100).quantize(Decimal("0.1")) if gaps else Decimal(0)
    if verdict is Agreement.AGREES:
        return Badge(f"Agrees with invoices to {percent} %", "good", figures)
    wrong = sum(1 for c in ledger.comparisons if not c.agrees)
    return Badge(f"Does not agree with {wrong} of {len(ledger.comparisons)} invoices", "bad", figures)


def comparison_figure(comparison: Comparison) -> Figure:
    """Invoiced minus computed, the point of the computed range nearest to the invoice."""
    dimensions = {"vendor": comparison.vendor, "account": comparison.account, "month": comparison.month}
    place = " ".join(v for v in dimensions.values() if v)
    invoiced = Figure(
        key("check.invoiced", dimensions),
        f"Invoiced, {place}",
        Operator.GIVEN,
        comparison.invoiced.low,
        unit=comparison.invoiced.currency,
    )
    computed = Figure(
        key("check.computed", dimensions),
        f"Computed, {place}",
        Operator.GIVEN,
        comparison.nearest,
        unit=comparison.invoiced.currency,
        rule="The point of the computed range that lies nearest to the invoice.",
    )
    return Figure(
        key("check.gap", dimensions),
        f"Invoiced less computed, {place}",
        Operator.DIFFERENCE,
        comparison.invoiced.low - comparison.nearest,
        (invoiced, computed),
        unit=comparison.invoiced.currency,
        rule="Computed cost must lie within 2 % of the invoice before anything is said about price.",
    )


def coverage_badge(ledger: Ledger, figures: Figures) -> Badge:
    cover = ledger.coverage
    every = len(cover.measured) + len(cover.invoice_only) + len(cover.unknown)
    if not every:
        return Badge("Nothing imported", "warn")
    text = f"{len(cover.measured)} of {every} vendor-months measured"
    if cover.invoice_only:
        text += f", {len(cover.invoice_only)} by invoice only"
    if cover.unknown:
        text += f", {len(cover.unknown)} unknown"
    unpriced = any(u.rating.unpriced for u in ledger.usage)
    text += "; some usage has no price" if unpriced else ""
    return Badge(text, "good" if len(cover.measured) == every and not unpriced else "warn")


def evidence_badge(ledger: Ledger) -> Badge:
    months = "1 full month" if ledger.full_months == 1 else f"{ledger.full_months} full months"
    tone = "good" if ledger.grade in (Grade.A, Grade.B) else "warn"
    return Badge(f"Evidence {ledger.grade}: {months} of data; licenses {LICENCE[ledger.grade]}", tone)
