"""Why is a total zero or partial? Answered offline, from the installation to the last missing price."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bothhalves.workspace.counting import unfinished
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.open import NotAWorkspace, Workspace, open_workspace
from bothhalves.workspace.pricing import REMEDIES
from bothhalves.workspace.records import Ledger, Stream

PARTS = ("duckdb", "genai-prices", "msgspec", "pydantic", "fastapi", "jinja2")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: what was found and, where it is not good, what to do."""

    good: bool
    what: str
    fix: str = ""


def examine(root: Path) -> list[Finding]:
    """Findings in the order in which a number is made."""
    found = list(_installation())
    try:
        workspace = open_workspace(root)
    except NotAWorkspace as error:
        return [*found, Finding(False, str(error), f"Run: bothhalves init {root}")]
    found.append(Finding(True, f"workspace {root} read"))
    found += [Finding(not p.changes, str(p)) for p in workspace.problems]
    ledger = ledger_of(workspace)
    for look in (_imports, _seats, _tokens, _prices, _invoices):
        found += look(workspace, ledger)
    return found


def _installation() -> Iterator[Finding]:
    major, minor = sys.version_info[:2]
    yield Finding((major, minor) >= (3, 11), f"Python {major}.{minor}", "Python 3.11 or later is needed.")
    for name in PARTS:
        try:
            yield Finding(True, f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding(False, f"{name} is not installed", "Install the locked requirements again.")


def _imports(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    if not ledger.sources:
        yield Finding(False, "nothing is imported: every total is absent", "Run: bothhalves import EXPORT…")
        return
    yield Finding(True, f"{len(ledger.sources)} sources imported")
    for problem in workspace.store.problems():
        if problem.changes:
            yield Finding(False, f"a row was not read: {problem.where}: {problem.what}", problem.fix)
    for feed, reason, rows in ledger.shadowed:
        yield Finding(True, f"{rows:,} rows of {feed} are not counted: {reason}")


def _seats(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    if not ledger.seat_fees:
        yield Finding(
            False,
            "the seats have no price: no contract names seats in this window",
            "Write contracts/<vendor>.yaml with seats, fee and term.",
        )
    if not ledger.seats:
        yield Finding(False, "no seat roster reaches this window", "Import the vendor's member list.")


def _tokens(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    span = f"{ledger.months[0]} to {ledger.months[-1]}"
    if not ledger.usage:
        yield Finding(
            False, f"no usage lies in the window {span}", "Choose another --window or import usage."
        )
    unstated = sorted({u.billed_as for u in ledger.usage if u.stream is Stream.UNSTATED})
    if unstated:
        yield Finding(
            False,
            f"nobody says who pays for {', '.join(unstated)}",
            "Write `billing: {name: metered}` or `included` into company.yaml.",
        )


def _prices(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    reasons = sorted({(m.reason, m.code) for u in ledger.usage for m in u.rating.unpriced})
    for reason, code in reasons:
        fix = REMEDIES.get(code, "Add the price to books/*.yaml.")
        yield Finding(False, f"a total reads “at least”: {reason}", fix)
    for problem in unfinished(ledger.usage).values():
        yield Finding(False, f"a total reads “at least”: {problem.what}", problem.fix)
    if ledger.usage and not reasons:
        yield Finding(True, "every model, meter and tier in the window has a price")


def _invoices(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    if not ledger.comparisons:
        yield Finding(
            False,
            "nothing can be checked against an invoice",
            "Import the vendor's cost report for the same months.",
        )
    for comparison in ledger.comparisons:
        place = f"{comparison.vendor} {comparison.account} {comparison.month}".replace("  ", " ")
        yield Finding(
            comparison.agrees,
            f"{place}: computed and invoiced cost {'agree' if comparison.agrees else 'do not agree'}",
            "Look for missing usage, another price date, tax or discounts.",
        )
