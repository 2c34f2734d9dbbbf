"""Seats on the left, tokens on the right."""

from __future__ import annotations

from bothhalves.brief.figures import Figures
from bothhalves.brief.making import by, low
from bothhalves.brief.parts import Prompt, Segment
from bothhalves.brief.record import Half
from bothhalves.core.explain import Figure
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.records import Ledger, Stream

SEATS_PROMPT = Prompt(
    "Seats are not here yet",
    (
        "Export the member list from the vendor's admin page (Claude: Settings, Members, Export).",
        "Run `bothhalves import members-….csv`.",
        "Write the fee and the number of seats bought into contracts/<vendor>.yaml.",
    ),
)
TOKENS_PROMPT = Prompt(
    "Tokens are not here yet",
    (
        "Fetch the usage report with an admin key (usage_report/messages, usage/completions),"
        " or take the gateway's spend log.",
        "Run `bothhalves import usage.json`.",
        "Name the workloads in workloads.yaml by key or workspace.",
    ),
)
LARGEST = 5


def seats_half(ledger: Ledger, figures: Figures) -> Half:
    """Fees, counts and, where the tokens of seat users are known, what they would cost metered."""
    amounts = [figures.seat_fees(), figures.seats_billed(), figures.notional()]
    counts = [
        figures.bought(),
        figures.assigned(),
        figures.active(),
        figures.seat_count(
            "seats.unseen",
            "Seats not visible",
            lambda g: g.unseen,
            "Assigned, but no activity source covers them: no data is not dormant.",
        ),
        figures.seat_count(
            "seats.idle",
            "Seats with no activity seen",
            lambda g: g.idle,
            "Covered by an activity source, unused.",
        ),
        figures.unassigned(),
        None if ledger.seats else figures.people(),
    ]
    shown = tuple(f for f in amounts if f is not None)
    counted = tuple(f for f in counts if f is not None and f.value)
    missing = None if shown or counted else SEATS_PROMPT
    return Half("Seats", ledger.seats_owner, shown, counted, _seat_bar(counted), _seat_notes(ledger), missing)


def _seat_bar(counts: tuple[Figure, ...]) -> tuple[Segment, ...]:
    """The seats bought: in use, not visible, and paid for without use."""
    styles = {
        "seats.active": ("seen in use", "solid"),
        "seats.unseen": ("not visible", "light"),
        "seats.idle": ("no activity seen", "hatched"),
        "seats.unassigned": ("nobody holds them", "hatched"),
    }
    return tuple(Segment(*styles[f.key], f) for f in counts if f.key in styles and f.value)


def _seat_notes(ledger: Ledger) -> tuple[str, ...]:
    notes = []
    over = _over_assigned(ledger)
    if over:
        notes.append(f"More seats are assigned than the contract names: {', '.join(over)}.")
    if ledger.seat_fees and any(m.contract.assumed for m in ledger.seat_fees):
        notes.append("The seat fee is assumed, not taken from a signed contract.")
    return tuple(notes)


def _over_assigned(ledger: Ledger) -> list[str]:
    if not ledger.seat_fees:
        return []
    last = max(m.month for m in ledger.seat_fees)
    assigned = {t: sum(g.assigned for g in gs) for t, gs in by(ledger.seats, lambda g: g.seat_type).items()}
    return [
        f"{m.term.type} {assigned[m.term.type]} of {m.term.committed}"
        for m in ledger.seat_fees
        if m.month == last and assigned.get(m.term.type, 0) > m.term.committed
    ]


def tokens_half(ledger: Ledger, figures: Figures) -> Half:
    """Metered usage at rates and as billed, by the largest workloads."""
    usage = [u for u in ledger.usage if u.stream is not Stream.SEAT]
    cost, billed = figures.token_cost(), figures.tokens_billed()
    metered = figures.metered_cost()
    amounts = tuple(f for f in (cost, billed) if f is not None)
    count = figures.tokens("tokens.count", "Tokens", usage)
    counts = (count,) if count is not None else ()
    missing = None if amounts or counts else TOKENS_PROMPT
    return Half(
        "Tokens",
        ledger.tokens_owner,
        amounts,
        counts,
        _token_bar(ledger, figures, metered),
        _notes(ledger),
        missing,
    )


def _token_bar(ledger: Ledger, figures: Figures, cost: Figure | None) -> tuple[Segment, ...]:
    if cost is None:
        return ()
    parts = [o for o in cost.operands if isinstance(o, Figure)]
    shown = [p for p in parts if low(p)][:LARGEST]
    labels = [p.title.rsplit(": ", 1)[-1] for p in shown]
    segments = [
        Segment(ledger.workload_names.get(label, label), "solid" if i % 2 == 0 else "light", part)
        for i, (label, part) in enumerate(zip(labels, shown, strict=True))
    ]
    rest = figures.others(parts[len(shown) :])
    return tuple(segments + ([Segment("others", "light", rest)] if rest is not None else []))


def _notes(ledger: Ledger) -> tuple[str, ...]:
    notes = []
    unstated = {u.billed_as for u in ledger.usage if u.stream is Stream.UNSTATED}
    if unstated:
        names = ", ".join(sorted(unstated))
        notes.append(f"Nobody has said whether {names} is metered or included in a seat; it is counted here.")
    if any(line.amount.kind is MoneyKind.ESTIMATED for line in ledger.contract_lines):
        notes.append("Usage that a contract prices itself is in the table below.")
    return tuple(notes)
