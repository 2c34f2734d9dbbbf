"""The advice on commitments, walked through a buyer's own history: of a workspace, or of a file.

What was stated about the future (growth, planned changes) is known today and was not then; so the advice that
is tested looks at the history alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory

from bothhalves.core.clauses.base import EVERYTHING
from bothhalves.core.clauses.commitments import Band, CommitmentTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.deal.backtesting import OURS, Course, Trial, Walk, walked
from bothhalves.core.deal.rivals import RIVALS, advised, advised_by_day
from bothhalves.core.deal.usual_terms import USUAL
from bothhalves.core.explain import Problem
from bothhalves.core.money import quotient
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.forecast_levels import metered_by_month
from bothhalves.workspace.histories import read_history
from bothhalves.workspace.ledger import known_months
from bothhalves.workspace.observed import reach_of
from bothhalves.workspace.open import Workspace, open_workspace
from bothhalves.workspace.records import Stream

RULES = {OURS: advised, **RIVALS}
DATED_RULES = {OURS: advised_by_day, **RIVALS}
#: Lengths of a term that are tried where the history does not hold the offer's own, the longest first.
_LENGTHS = (12, 6, 3, 1)
#: Evidence allows advice from so many months on.
_LEAST = 2
_YEAR = 12
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class History:
    """Usage by month of one or several series, and what is not known of it."""

    courses: tuple[Course, ...]
    currency: str
    problems: tuple[Problem, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backtest:
    """All series under one set of terms. ``short`` are those that hold no decision and its term."""

    terms: str
    title: str
    currency: str
    months: int
    known: int
    walks: tuple[Walk, ...]
    short: tuple[str, ...]
    said: tuple[str, ...] = ()


def history_of(workspace: Workspace, vendor: str = "") -> History:
    """Metered usage at list price by month, in a row up to the last month with data.

    It begins after the last month of which some usage has no price, or its price depends on what nobody knows
    without an upper end, and holds the last months in a row that the data tell whole: what others used is not
    known.
    """
    known, currency = known_months(workspace), workspace.config.company.currency
    if not known:
        return History((), currency)
    reach, months = reach_of(workspace), tuple(month_range(known[0], known[-1]))
    asked = asked_of(workspace, months)
    used = metered_by_month(asked, vendor, currency)
    unknown = _unpriced(asked, vendor) | {month for month, ends in used.items() if ends.is_open}
    first = max((n + 1 for n, month in enumerate(months) if month in unknown), default=0)
    said = list(reach.said(months[first:]))
    if first:
        said.insert(0, f"Some usage of {months[first - 1]} has no known price; the history begins after it.")
    kept = tuple(m for m in reach.in_a_row(months[first:]) if reach.tells_whole(m)) if months[first:] else ()
    amounts = tuple(floor(used[month].middle) for month in kept)
    courses = (Course(vendor or "all usage", kept[0], amounts, is_dated=True),) if kept else ()
    return History(courses, currency, said=tuple(said))


def _unpriced(asked: Asked, vendor: str) -> set[Month]:
    """The months in which some metered usage has no price."""
    own = (u for _, u in asked.usage if u.stream is Stream.API and vendor in ("", u.vendor))
    return {Month.parse(u.month) for u in own if u.rating.unpriced}


def history_in(path: Path, currency: str) -> History:
    """The history in a file: amounts by period, or usage in a format that can be imported."""
    from bothhalves.intake.recognise import recognise
    from bothhalves.intake.source import Source

    source = Source(path, path.name)
    form = recognise(source)
    if form is None:
        read = read_history(path)
        return History(read.courses, currency, read.problems, read.said)
    with TemporaryDirectory() as folder:
        return _imported(Path(folder), path, form.name, currency)


def _imported(folder: Path, path: Path, feed: str, currency: str) -> History:
    """A usage file at list prices, in a workspace of its own; what does not say who pays is metered."""
    from bothhalves.workspace.importing import import_paths
    from bothhalves.workspace.reading_files import Options
    from bothhalves.workspace.starting import start

    tuple(start(folder, "history", currency, "UTC"))
    company = folder / "company.yaml"
    company.write_text(company.read_text().replace("billing: {}", f"billing: {{{feed}: metered}}"))
    workspace = open_workspace(folder)
    report = import_paths(workspace, [path], Options(), lambda _: None)
    found = history_of(open_workspace(folder))
    return replace(found, problems=tuple(report.problems))


def under_contract(history: History, contract: Contract, months: int = 0, known: int = 0) -> Backtest:
    """The history under the commitment clause of a contract or offer, signed for ``months`` at a time.

    Where neither they nor its own term fit into the history, terms are shortened, and thresholds with them.
    Raises ``ValueError`` if it has no commitment clause.
    """
    if contract.commitment is None:
        raise ValueError(f"{contract.id} has no commitment clause")
    length, first = lengths(history, contract.term.months, months, known)
    clause = replace(contract.commitment, scope=EVERYTHING, excludes=(), counts=("api",))
    own = _MONTHS.get(clause.per or "year", contract.term.months)
    said = []
    if length % own:
        clause = _shortened(clause, Fraction(length, own))
        said.append(f"Terms are shorter than offered: {length} of {own} months, thresholds in proportion.")
    if contract.commitment.scope != EVERYTHING or contract.commitment.excludes:
        said.append("All usage is taken to be within the scope of the commitment.")
    if contract.commitment.ramp or contract.commitment.reductions:
        said.append("Steps of a ramp and reductions are those of one term, and are left out.")
    if set(contract.commitment.counts) - {"api"}:
        said.append("Fees that draw on the commitment are left out: usage alone is tested.")
    trial = Trial(clause, length, first)
    return _walked(
        history, contract.id, contract.source or contract.id, [(c, trial) for c in history.courses], said
    )


def _shortened(clause: CommitmentTerm, share: Fraction) -> CommitmentTerm:
    """The clause for a shorter period: amounts and thresholds in proportion, one period a term."""

    def part(amount: Decimal) -> Decimal:
        return quotient(Fraction(amount) * share, cents=True)

    bands = tuple(Band(part(b.from_), b.discount) for b in clause.bands)
    amount = None if clause.amount is None else part(clause.amount)
    return replace(clause, per="term", bands=bands, amount=amount)


def under_usual(history: History, months: int = 0, known: int = 0) -> Iterator[Backtest]:
    """The history under terms as they are commonly offered, sized by what was known at the first decision."""
    length, first = lengths(history, _YEAR, months, known)
    for terms in USUAL:
        pairs = [
            (c, Trial(terms.clause(c.amounts[:first], length, "term"), length, first))
            for c in history.courses
            if sum(c.amounts[:first])
        ]
        yield _walked(history, terms.id, terms.title, pairs, [])


def lengths(history: History, own: int, asked: int = 0, known: int = 0) -> tuple[int, int]:
    """How long terms are, and how many months are known at the first decision.

    As ``asked``, else the longest terms of which one can be looked back on and two billed.
    """
    longest = max((len(c.amounts) for c in history.courses), default=0)
    wished = [asked] if asked else [own, *(n for n in _LENGTHS if n < own)]
    fitting = [n for n in wished if (known or max(_LEAST, n)) + 2 * n <= longest]
    length = (fitting or wished)[-1 if not fitting else 0]
    return length, known or max(_LEAST, min(length, longest - length))


def _walked(
    history: History, terms: str, title: str, pairs: Sequence[tuple[Course, Trial]], said: Iterable[str]
) -> Backtest:
    found = [(c, walked(c, trial, DATED_RULES if c.is_dated else RULES)) for c, trial in pairs]
    walks = tuple(walk for _, walk in found if walk is not None)
    kept = {walk.course.name for walk in walks}
    short = tuple(c.name for c in history.courses if c.name not in kept)
    trial = pairs[0][1] if pairs else None
    months, known = (trial.months, trial.known) if trial else (0, 0)
    return Backtest(terms, title, history.currency, months, known, walks, short, tuple(said))
