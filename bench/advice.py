"""``python -m bench.advice [FOLDER] [--half first|second] [--docs]``: advice walked through real usage.

Each trace's steps are read as the months of a course, in several ways, and each course signs again and again
under each of the terms. The offer's thresholds are shares of what the months before the first decision used,
so no rule knows more than a buyer would. ``--half`` takes every second tenant by a hash of its name;
``--docs`` prints the tables of docs/backtest.md.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from pathlib import Path

from bench.traces import LOG, METRIC, Trace, traces
from bothhalves.core.dates import Month
from bothhalves.core.deal.backtesting import (
    OURS,
    Course,
    Standing,
    Trial,
    Walk,
    losses,
    median,
    standings,
    walked,
)
from bothhalves.core.deal.rivals import RIVALS, advised
from bothhalves.core.deal.usual_terms import USUAL, Per, UsualTerms

DATA = Path(__file__).parent / "data"
RULES = {OURS: advised, **RIVALS}
_FIRST = Month(2000, 1)
_HOUR, _DAY = 3_600, 86_400
TENANT = "tenant"
#: So many halves of the tenants are drawn, from this seed.
_DRAWN, _SEED = 1_000, 2_026
_HEAD = ("months are", "terms", "rule", "median", "worst tenth", "overall", "ahead", "level", "behind")


@dataclass(frozen=True, slots=True)
class Reading:
    """Steps of ``seconds`` are months; terms of ``months``, drawn down ``per`` month or term."""

    title: str
    seconds: int
    months: int
    per: Per
    known: int


TENANTS = (
    Reading("2 hours; a day's terms, one pool", 2 * _HOUR, 12, "term", 12),
    Reading("2 hours; a day's terms, lost by the month", 2 * _HOUR, 12, "month", 12),
    Reading("days; terms of three, one pool", _DAY, 3, "term", 3),
    Reading("days; terms of one", _DAY, 1, "term", 3),
)
LOGS = (
    Reading("weeks; terms of four, one pool", 7 * _DAY, 4, "term", 4),
    Reading("30 days; terms of one", 30 * _DAY, 1, "term", 3),
)


@dataclass(frozen=True, slots=True)
class Table:
    """What came of one reading under one set of terms."""

    reading: Reading
    terms: UsualTerms
    walks: tuple[Walk, ...]

    @property
    def counted(self) -> int:
        """How many of them used something after the first decision."""
        return sum(1 for walk in self.walks if walk.best)

    def of(self, half: str) -> Table:
        """The same for a half of the tenants."""
        return replace(self, walks=tuple(w for w in self.walks if in_half(w.course.name, half)))

    @property
    def standings(self) -> tuple[Standing, ...]:
        return standings(self.walks, RULES)

    @property
    def verdict(self) -> str:
        """How the median of our advice compares with the lowest of the rivals'."""
        ours, *rivals = self.standings
        least = min(r.median for r in rivals)
        return "below" if ours.median < least else "level" if ours.median == least else "ABOVE"


def drawn_halves(table: Table) -> tuple[int, int, int]:
    """Of random halves of the tenants, on how many our median is below every rival's, as low as the lowest,
    and above it."""
    shares: dict[str, list[list[Fraction]]] = {}
    for walk in table.walks:
        if walk.best:
            own = shares.setdefault(walk.course.name, [])
            own.append([walk.relative(rule) or Fraction(0) for rule in RULES])
    tenants, draw, counts = list(shares.values()), random.Random(_SEED), [0, 0, 0]
    for _ in range(_DRAWN):
        half = chain(*draw.sample(tenants, len(tenants) // 2))
        ours, *rivals = (median(sorted(column)) for column in zip(*half, strict=True))
        least = min(rivals)
        counts[(ours > least) - (ours < least) + 1] += 1
    return counts[0], counts[1], counts[2]


def together(found: Sequence[Table]) -> Iterator[Table]:
    """All walks under all terms: those of each reading, then those of every reading."""
    groups = {table.reading.title: [t for t in found if t.reading == table.reading] for table in found}
    for title, group in {**groups, "all of these": found}.items():
        walks = tuple(chain(*(table.walks for table in group)))
        terms = replace(found[0].terms, id="all-terms", title="all terms")
        yield Table(replace(found[0].reading, title=title), terms, walks)


def tables(found: Sequence[Trace], readings: Iterable[Reading]) -> Iterator[Table]:
    """Every reading under all terms, of the traces that it fits and that used something at first."""
    for reading in readings:
        for terms in USUAL:
            walks = (_walk(trace, reading, terms) for trace in found)
            table = Table(reading, terms, tuple(w for w in walks if w is not None))
            if table.standings:
                yield table


def _walk(trace: Trace, reading: Reading, terms: UsualTerms) -> Walk | None:
    amounts = trace.by(reading.seconds)
    known = (amounts or ())[: reading.known]
    if amounts is None or not sum(known):
        return None
    clause = terms.clause(known, reading.months, reading.per)
    trial = Trial(clause, reading.months, reading.known)
    return walked(Course(f"{trace.of} {trace.name}", _FIRST, amounts), trial, RULES)


def in_half(name: str, half: str) -> bool:
    """True if the trace of this name belongs to the half, which a hash of it decides."""
    even = hashlib.sha256(name.encode()).digest()[0] % 2 == 0
    return half not in ("first", "second") or even == (half == "first")


def cells(table: Table) -> Iterator[tuple[str, ...]]:
    """A row for each rule."""
    for standing in table.standings:
        shares = (standing.median, standing.high, standing.overall)
        counts = (standing.ahead, standing.level, standing.behind)
        told = ("",) * 3 if standing.rule == OURS else tuple(map(str, counts))
        first = (f"{table.reading.title} ({table.counted})", table.terms.title)
        yield *(first if standing.rule == OURS else ("", "")), standing.rule, *map(_percent, shares), *told


def _percent(share: Fraction) -> str:
    """To a tenth; what is above a thousand says only so."""
    return f"{Decimal(round(share * 1000)) / 10:.1f}%" if share < 10 else "> 1000%"


def docs_cells(
    found: Iterable[Table], halves: Sequence[str] = ("all",), *, of_one_kind: bool = True
) -> Iterator[tuple[str, ...]]:
    """A row for each half: medians, on how many look-back paid more, the same and less than we did, and all
    regret over all that hindsight paid; what is not ``of_one_kind`` cannot be added: its worst tenth."""
    for table in found:
        for half in halves:
            one = table.of(half)
            medians = [_percent(s.median) for s in one.standings]
            medians[0] = f"**{medians[0]}**" if one.verdict == "below" else medians[0]
            look = next(s for s in one.standings if s.rule == "look-back")
            counts = f"{look.ahead} / {look.level} / {look.behind}"
            alls = [_percent(s.overall if of_one_kind else s.high) for s in one.standings]
            first = (table.reading.title, table.terms.id.replace("-", " "), f"{half} ({one.counted})")
            yield *first, *medians, counts, *alls


_DOCS_HEAD = (
    "months are", "terms", "tenants", "advice", "no commitment", "look-back", "mean",
    "look-back dearer / same / cheaper",
)  # fmt: skip
_ALL_HEAD = (*_DOCS_HEAD, "all: advice", *_DOCS_HEAD[4:7])
_WORST_HEAD = (*_DOCS_HEAD, "worst tenth: advice", *_DOCS_HEAD[4:7])


def drawn_cells(found: Iterable[Table]) -> Iterator[tuple[str, ...]]:
    """A row for each table: in how many of all drawn halves our median was below, level and above."""
    for table in found:
        shares = (_percent(Fraction(count, _DRAWN)) for count in drawn_halves(table))
        yield table.reading.title, table.terms.id.replace("-", " "), *shares


_DRAWN_HEAD = ("months are", "terms", "below every rival's", "as low as the lowest", "above it")


def printed(rows: Iterable[Sequence[str]], head: Sequence[str] = _HEAD) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def lost(found: Iterable[Table]) -> Mapping[str, tuple[int, str]]:
    """The courses on which some rival was cheaper, with how often, and which rivals."""
    told: dict[str, list[str]] = {}
    for table in found:
        for walk, rival in losses(table.walks, RIVALS):
            told.setdefault(walk.course.name, []).append(rival)
    return {name: (len(rivals), ", ".join(sorted(set(rivals)))) for name, rivals in told.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.advice", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--half", choices=["first", "second", "all"], default="all")
    parser.add_argument("--docs", action="store_true")
    given = parser.parse_args()
    found = [t for t in traces(given.folder) if in_half(f"{t.of} {t.name}", given.half)]
    kinds = {kind: list(tables(own, readings)) for kind, (own, readings) in _by_kind(found).items()}
    if given.docs:
        print(printed(docs_cells(kinds[TENANT], ("first", "second", "all")), _ALL_HEAD), end="\n\n")
        print(printed(drawn_cells(kinds[TENANT]), _DRAWN_HEAD), end="\n\n")
        pooled = list(together(kinds[TENANT]))
        print(printed(docs_cells(pooled, ("first", "second", "all")), _ALL_HEAD), end="\n\n")
        print(printed(drawn_cells(pooled), _DRAWN_HEAD), end="\n\n")
        print(printed(docs_cells(kinds[METRIC], of_one_kind=False), _WORST_HEAD), end="\n\n")
        print(printed(docs_cells([*together(kinds[LOG]), *kinds[LOG]]), _ALL_HEAD))
        return
    for kind, made in kinds.items():
        print(f"### {kind}\n\n{printed(row for table in made for row in cells(table))}\n", flush=True)
        verdicts = [f"{t.reading.title}; {t.terms.title}: {t.verdict}" for t in made if t.verdict != "below"]
        print("Median below every rival's, except:", *(verdicts or ["nowhere"]), sep="\n- ", end="\n\n")
    for name, (times, rivals) in sorted(lost(chain(*kinds.values())).items(), key=lambda r: -r[1][0])[:20]:
        print(f"- {name}: dearer than {rivals} in {times} of the tables")


def _by_kind(found: Iterable[Trace]) -> dict[str, tuple[list[Trace], tuple[Reading, ...]]]:
    """Traces by what they are of, and how the steps of each kind are read."""
    kinds: dict[str, tuple[list[Trace], tuple[Reading, ...]]] = {
        TENANT: ([], TENANTS), LOG: ([], LOGS), METRIC: ([], TENANTS)
    }  # fmt: skip
    for trace in found:
        kinds[trace.name if trace.name in kinds else TENANT][0].append(trace)
    return kinds


if __name__ == "__main__":
    main()
