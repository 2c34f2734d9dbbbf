"""Held seats as figures: counted by label and group, by what a contract charges, and by who was active."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bothhalves.brief.making import by
from bothhalves.brief.seat_orders import ReleaseRow, SizeRow, given, releases, seats_of, size_row, summed
from bothhalves.core.explain import Figure, Operator, Selector, by_key, key
from bothhalves.core.seating.labelling import Label, Stage
from bothhalves.workspace.seating import HeldSeat, ProductCohorts, Seating

#: Beside the labels: what idle seats come to.
MARKS: dict[str, Callable[[HeldSeat], bool]] = {
    "watch": lambda s: s.told.stage is Stage.WATCH and s.told.label not in (Label.PROTECTED, Label.NEW),
    "reclaim": lambda s: (
        s.told.label is Label.NEVER_USED
        or (s.told.label is Label.DORMANT and s.told.stage is Stage.RECLAIM)
    ),
}  # fmt: skip
_RULES = {
    "watch": "Idle long enough to be watched, and not yet dormant.",
    "reclaim": "Never used, or idle for so long that the seat is reclaimed without asking.",
}


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A group's seats: ``held`` in all, by label, and the marks. Labels that nobody has are left out."""

    group: str
    held: Figure
    labels: Mapping[Label, Figure]
    marks: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class CohortRow:
    """What became of a product's seats, by name of the cohort."""

    told: ProductCohorts
    counts: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class ActiveRow:
    """People who used a vendor's seats: on a mean day, in a mean week, in each month. None: not told."""

    vendor: str
    daily: Figure | None
    weekly: Figure | None
    monthly: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SeatBrief:
    """The answer of ``bothhalves seats``; ``group`` is the only one shown, ``""``: all are."""

    seating: Seating
    group: str
    rows: tuple[LabelRow, ...]
    total: LabelRow | None
    sizes: tuple[SizeRow, ...]
    releases: tuple[ReleaseRow, ...]
    cohorts: tuple[CohortRow, ...]
    actives: tuple[ActiveRow, ...]
    unseated: Figure | None
    extra: tuple[Figure, ...] = field(default=())

    @property
    def seats(self) -> tuple[HeldSeat, ...]:
        return _chosen(self.seating, self.group)

    def roots(self) -> Iterable[Figure]:
        """Every figure shown."""
        for row in (*self.rows, *([self.total] if self.total else [])):
            yield from (row.held, *row.labels.values(), *row.marks.values())
        for size in self.sizes:
            own = (size.bought, size.held, size.unassigned, size.unused, size.most_active, size.needed)
            yield from (*own, *(f for f in (size.buy, size.cost, size.whole) if f))
        for release in self.releases:
            yield from (release.today, release.unassigned, release.unused)
        for cohort in self.cohorts:
            yield from cohort.counts.values()
        for active in self.actives:
            yield from (*(f for f in (active.daily, active.weekly) if f), *active.monthly)
        yield from ([self.unseated] if self.unseated else [])

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())


def seat_brief(seating: Seating, group: str = "") -> SeatBrief:
    """``seating`` in figures; what is not about one group is left out where ``group`` is given."""
    seats = _chosen(seating, group)
    rows = tuple(_label_row(name, own) for name, own in sorted(by(seats, _group).items()))
    whole = not group
    return SeatBrief(
        seating,
        group,
        rows,
        _total(rows) if rows else None,
        tuple(size_row(s, seats) for s in seating.sizes) if whole else (),
        tuple(releases(seating)) if whole else (),
        tuple(_cohort_row(c) for c in seating.cohorts) if whole else (),
        tuple(_actives(seating)) if whole else (),
        _unseated(seating, group),
    )


def _chosen(seating: Seating, group: str) -> tuple[HeldSeat, ...]:
    return tuple(s for s in seating.seats if not group or s.told.facts.group == group)


def _group(seat: HeldSeat) -> str:
    return seat.told.facts.group


def _name(label: Label) -> str:
    return f"seats.{label.replace(' ', '-')}"


def _label_row(group: str, seats: list[HeldSeat]) -> LabelRow:
    said = {"group": group}
    labels = {
        label: seats_of(_name(label), f"Seats {label}, {group}", own, said)
        for label, own in sorted(
            by(seats, lambda s: s.told.label).items(), key=lambda i: list(Label).index(i[0])
        )
    }
    marks = {
        name: seats_of(f"seats.{name}", f"Seats to {name}, {group}", own, said, _RULES[name])
        for name, chosen in MARKS.items()
        if (own := [s for s in seats if chosen(s)])
    }
    return LabelRow(group, summed("seats.held", f"Seats held, {group}", labels.values(), said), labels, marks)


def _total(rows: tuple[LabelRow, ...]) -> LabelRow:
    labels = {
        label: summed(_name(label), f"Seats {label}", parts)
        for label in Label
        if (parts := [r.labels[label] for r in rows if label in r.labels])
    }
    marks = {
        name: summed(f"seats.{name}", f"Seats to {name}", parts)
        for name in MARKS
        if (parts := [r.marks[name] for r in rows if name in r.marks])
    }
    return LabelRow("", summed("seats.held", "Seats held", (r.held for r in rows)), labels, marks)


def _cohort_row(told: ProductCohorts) -> CohortRow:
    said = {"vendor": told.vendor, "product": told.product, "since": str(told.before)}
    rows = Selector("seats").narrowed(vendor=told.vendor, product=told.product)
    names = (
        "reactivated",
        "lapsed",
        "released",
        "taken",
        "reassigned",
        "never_activated",
        "waiting",
        "unknown",
    )
    counts = {
        name: Figure(
            key(f"seats.{name.replace('_', '-')}", said),
            f"Seats {name.replace('_', ' ')}",
            Operator.COUNT,
            Decimal(getattr(told.found, name)),
            unit="seats",
            rows=rows,
            rule=f"Between the beginnings of {told.before} and {told.after}.",
        )
        for name in names
    }
    return CohortRow(told, counts)


def _actives(seating: Seating) -> Iterable[ActiveRow]:
    days = (seating.on - seating.months[0].first).days
    vendors = sorted({a.vendor for a in seating.actives["month"]})
    for vendor in vendors:
        yield ActiveRow(
            vendor,
            _mean(seating, vendor, "day", "daily", Decimal(days)),
            _mean(seating, vendor, "week", "weekly", Decimal(days // 7)),
            tuple(
                _people(vendor, "monthly", a.start.isoformat()[:7], a.people)
                for a in seating.actives["month"]
                if a.vendor == vendor and a.people is not None
            ),
        )


def _people(vendor: str, name: str, bucket: str, people: int) -> Figure:
    said = {"vendor": vendor, "bucket": bucket}
    rule = "Distinct people with a genuine action in a seat."
    rows = Selector("activity").narrowed(vendor=vendor)
    title = f"People active, {vendor}, {bucket}"
    return Figure(
        key(f"seats.{name}-active", said),
        title,
        Operator.COUNT,
        Decimal(people),
        unit="people",
        rule=rule,
        rows=rows,
    )


def _mean(seating: Seating, vendor: str, bucket: str, name: str, count: Decimal) -> Figure | None:
    """People in a mean day or whole week of the window, days without anybody included."""
    own = [a for a in seating.actives[bucket] if a.vendor == vendor]
    whole = [a for a in own if bucket == "day" or a.start >= seating.months[0].first]
    if not own or not count or any(a.people is None for a in own):
        return None
    parts = tuple(_people(vendor, name, a.start.isoformat(), a.people or 0) for a in whole)
    total = summed(f"seats.{name}-active.sum", f"People active, all {bucket}s", parts, {"vendor": vendor})
    over = given(
        f"seats.{name}-active.buckets",
        f"Whole {bucket}s of the window",
        int(count),
        {"vendor": vendor},
        "",
        f"{bucket}s",
    )
    value = total.value / count  # type: ignore[operator]
    title = f"People active in a mean {bucket}, {vendor}"
    return Figure(
        key(f"seats.{name}-active", {"vendor": vendor}),
        title,
        Operator.RATIO,
        value,
        (total, over),
        unit="people",
    )


def _unseated(seating: Seating, group: str) -> Figure | None:
    found = [u.who for u in seating.unseated if not group or u.who.group == group]
    if not found:
        return None
    rows = Selector("usage").narrowed(person=tuple(sorted({who.person for who in found})))
    rule = (
        "As many days of metered use as half of the active seat holders, or named in a roster without a seat."
    )
    said = {"group": group}
    title = "People without a seat who have the demand for one"
    value = Decimal(len(found))
    return Figure(
        key("seats.unseated", said), title, Operator.COUNT, value, unit="people", rule=rule, rows=rows
    )
