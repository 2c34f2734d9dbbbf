"""What the buyer is exposed to: heavy users of flat seats, seats that only ever go up, money that is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bothhalves.brief.bundles import BundleSheet
from bothhalves.brief.committing import running_sheet
from bothhalves.brief.negotiation_record import Cell, Part
from bothhalves.brief.rekeyed import built
from bothhalves.brief.renewing import RenewalSheet
from bothhalves.core.deal.halves import Half
from bothhalves.core.explain import Figure, Operator, key
from bothhalves.core.money import plain, total
from bothhalves.workspace.negotiating import Ground
from bothhalves.workspace.planning.findings import Exposure, exposures

_HEAVY = "A month of their use at list price, less the fee of their seats; nobody charges it today."
_PEOPLE = "Holders of a flat seat whose use is so heavy at every price that the data allow."
_Row = tuple[Cell, ...]


def exposures_part(
    ground: Ground,
    renewals: Sequence[RenewalSheet],
    now: BundleSheet | None,
    later: BundleSheet | None,
) -> Part:
    """Every exposure with its amount; ``later`` is the offer if the whole plan is carried out."""
    own = [r for r in renewals if r.told.contract.vendor == ground.offer.vendor]
    rows = (
        *_heavy(ground),
        *(row for r in own for row in _ratchet(r)),
        *_lost(ground),
        *_forfeits(now, later),
    )
    notes = [*_few(ground), *_ratchets(ground)]
    if not rows:
        notes.append("No exposure is found on what is known.")
    columns = ("exposure", "how many", "amount")
    return Part("exposures", "Exposures", columns if rows else (), rows, tuple(notes))


def _found(ground: Ground) -> list[Exposure]:
    plans = (p.situation for p in ground.planned.plans if p.situation.contract.vendor == ground.offer.vendor)
    return [e for s in plans for e in exposures(s.people, s.paths, s.heavy_times, s.contract.currency)]


def _groups(ground: Ground) -> list[list[Exposure]]:
    """Exposures by seat type; those of too few people stand together, or with the next larger one."""
    rising = sorted(_found(ground), key=lambda e: (len(e.people), e.seat))
    small: list[Exposure] = []
    alone: list[list[Exposure]] = []
    for one in rising:
        if len(one.people) < ground.smallest_group or (small and _count(small) < ground.smallest_group):
            small.append(one)
        else:
            alone.append([one])
    return [*alone, small] if small else alone


def _count(found: Sequence[Exposure]) -> int:
    return sum(len(e.people) for e in found)


def _few(ground: Ground) -> Iterator[str]:
    for group in _groups(ground):
        if _count(group) < ground.smallest_group:
            few = ground.smallest_group
            yield f"Fewer than {few} people are heavy users of flat seats; they are not shown."


def _heavy(ground: Ground) -> Iterator[_Row]:
    for group in sorted(_groups(ground), key=lambda g: [e.seat for e in g]):
        if _count(group) < ground.smallest_group:
            continue
        seats = ",".join(sorted(e.seat for e in group))
        amounts = [e.amount for e in group]
        times = plain(group[0].times)
        said = {"offer": ground.offer.id, "type": seats}
        words = f"Heavy users of flat {seats} seats, at least {times} times the fee: a month beyond it"
        people = Figure(
            key("exposure.heavy.people", said), f"Heavy users of flat {seats} seats", Operator.GIVEN,
            Decimal(_count(group)), unit="people", rule=_PEOPLE,
        )  # fmt: skip
        value = total(amounts, amounts[0].currency, amounts[0].kind)
        yield words, people, Figure(
            key("exposure.heavy", said), words, Operator.GIVEN, value, rule=_HEAVY,
            source=f"{_count(group)} people's use in the window",
        )  # fmt: skip


def _ratchet(sheet: RenewalSheet) -> Iterator[_Row]:
    """What a renewal takes over of itself, and months that raised the mark for good."""
    name = sheet.told.contract.id
    if sheet.told.baselines is not None and sheet.told.baselines.gap > 0 and sheet.baselines is not None:
        yield (
            f"Ratchet: a renewed year of {name} as inherited, above what is needed",
            "",
            built(sheet.baselines.gap),
        )
    for one in sheet.types:
        for spike in one.spikes:
            told = spike.spike
            words = f"Ratchet: {told.seats} {one.told.type} seats in {told.month} instead of {told.instead}"
            yield f"{words}, until now", "", built(spike.cost)
            yield f"{words}, in a renewed year", "", built(spike.a_year)


def _ratchets(ground: Ground) -> Iterator[str]:
    """Seats of the offer that only ever go up."""
    for term in ground.offer.seats:
        if term.rule is not None and term.rule.stated.ratchets:
            yield f"{term.type}: seats billed never fall within the offered term, so each one added stays."


def _lost(ground: Ground) -> Iterator[_Row]:
    """What is left of a signed commitment when its period ends."""
    for running in ground.running:
        for row in running_sheet(running).rows:
            if row.period.forfeited > 0:
                words = f"Forfeit: left of the commitment of {running.contract.id}, {row.period.scenario}"
                yield words, "", row.forfeited


def _forfeits(now: BundleSheet | None, later: BundleSheet | None) -> Iterator[_Row]:
    """What the offer charges for seats and usage that nobody needs."""
    for sheet, words in ((now, "as things are"), (later, "if the whole plan is carried out")):
        for half in sheet.halves if sheet is not None else ():
            name = (
                "Forfeit: usage committed and not used" if half.part.half is Half.API else "Seats not needed"
            )
            figure = built(half.quantity) if sheet is now else half.quantity
            if half.part.quantity > 0:
                yield f"{name}, {words}", "", figure
