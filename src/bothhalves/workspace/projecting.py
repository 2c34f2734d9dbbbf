"""Three years of both halves under the deal as it is, as quoted, and priced apart; and the second track.

All contracts in force with a vendor go on side by side; an offer takes their place from its first day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bothhalves.core.clauses.protection import PriceTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.alone import for_the_need, usage_alone
from bothhalves.core.deal.halves import Half, ahead
from bothhalves.core.deal.outlook import NO_NEED, STATE_NEED, Outlook, Scenario, within
from bothhalves.core.deal.projection import Course, Deal, Projector, Stretch
from bothhalves.core.deal.running import at_fees_of, risen_so_far
from bothhalves.core.deal.second_track import Tracks, Trigger, trigger
from bothhalves.core.deal.serving import Serving
from bothhalves.core.deal.years import priced
from bothhalves.core.explain import Line, Problem
from bothhalves.core.money import MoneyKind
from bothhalves.core.moves import horizon
from bothhalves.core.settling import Carried
from bothhalves.workspace.committing import shown
from bothhalves.workspace.deal_terms import DealTerms
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.price_steps import steps_said
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.replaying import runs, span_of
from bothhalves.workspace.settled import settled

KIND = MoneyKind.SCENARIO
AS_IS, AS_QUOTED, APART = "as is", "as quoted", "priced apart"
#: What a renewal starts from: the seats needed at the end of the term, or the most of it.
NEED, PEAK = "assigned", "peak"
_UNKNOWN_NEED = f"{NO_NEED.capitalize()}. {STATE_NEED}"
_BOTH = frozenset({Half.SEATS, Half.API})
#: Whole months of data below which no year is looked ahead.
FEWEST_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Variant:
    """A deal under the scenarios shown: renewed from need, and from the peak of each term. ``crossings`` are
    the months in which the API overtakes seats in all scenarios (None: in none). ``lines`` are the settled
    Lines of a scenario renewed from need, by half, and ``peak_lines`` those renewed from the peak."""

    deal: Deal
    courses: tuple[Course, ...]
    from_peak: tuple[Course, ...]
    crossings: tuple[Month | None, ...]
    lines: Mapping[str, Mapping[Half, tuple[Line, ...]]]
    peak_lines: Mapping[str, Mapping[Half, tuple[Line, ...]]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A variant that cannot be shown, and what it would need."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Projected:
    """All variants of one vendor's deal; ``second`` None: nothing was found to fold in, and ``no_second``
    says why."""

    vendor: str
    currency: str
    outlook: Outlook
    terms: DealTerms
    variants: tuple[Variant, ...]
    missing: tuple[Missing, ...]
    second: Trigger | None
    no_second: str
    folded: str
    said: tuple[str, ...]
    problems: tuple[Problem, ...]


class CannotProject(Exception):
    """There is nothing to look ahead under, or the offer is not known."""


class TooFewMonths(CannotProject):
    """The evidence does not allow to look years ahead."""


def projected_of(needed: Needed, offer_id: str = "", vendor: str = "") -> Projected:
    """The projection after the observed window, for the offer's vendor (or ``vendor``, or the only one with a
    contract or an offer). Raises :class:`CannotProject`, or :class:`TooFewMonths`."""
    workspace, prospects = needed.workspace, needed.prospects
    terms = prospects.terms
    offer = _offer(workspace, terms, offer_id, vendor)
    name = offer.vendor if offer else vendor or _vendor(workspace)
    known = needed.of(name)
    if is_too_short(known):
        raise TooFewMonths(too_few(known))
    found = within(known, known.start, known.months)
    sides = _Sides(prospects, name, offer, found, known)
    deals, missing = sides.deals()
    if not deals:
        raise CannotProject(" ".join(dict.fromkeys(m.why for m in missing)))
    variants = tuple(_variant(sides, deal, found) for deal in deals)
    second, reason, folded = sides.second()
    said = [*terms.said(), *steps_said(prospects.steps), *(s for v in variants for s in v.deal.said)]
    return Projected(
        name,
        found.currency,
        found,
        terms,
        variants,
        tuple(missing),
        second,
        reason,
        folded,
        tuple(dict.fromkeys(said)),
        prospects.problems,
    )


def is_too_short(outlook: Outlook) -> bool:
    """True if too few full months stand behind it to say anything of a year to come."""
    return outlook.full_months < FEWEST_MONTHS


def too_few(outlook: Outlook) -> str:
    """Why nothing is said of a year to come."""
    months = "1 full month" if outlook.full_months == 1 else f"{outlook.full_months} full months"
    return f"No year is looked ahead from {months} of data; {FEWEST_MONTHS} are needed. Import more."


def _offer(workspace: Workspace, terms: DealTerms, offer_id: str, vendor: str) -> Contract | None:
    """The offer that is named, or the only one of the vendor."""
    offers = [o for o in workspace.config.offers if vendor in ("", o.vendor)]
    if offer_id:
        found = next((o for o in offers if o.id == offer_id), None)
        if found is None:
            known = ", ".join(o.id for o in offers) or "none"
            unread = workspace.config.unread
            raise CannotProject(f"No offer is called {offer_id!r}. Known: {known}.{unread}")
        return found
    apart = {terms.standalone.seats, terms.standalone.api}
    bundles = [o for o in offers if o.id not in apart]
    return bundles[0] if len(bundles) == 1 else None


def _vendor(workspace: Workspace) -> str:
    """The only vendor with a contract, or else with an offer."""
    config = workspace.config
    for known in (config.contracts, config.offers):
        vendors = sorted({c.vendor for c in known})
        if len(vendors) == 1:
            return vendors[0]
        if vendors:
            raise CannotProject(f"Name the vendor: --vendor {' or '.join(vendors)}.")
    told = "There is no contract and no offer. Write one into contracts/ or offers/."
    raise CannotProject(f"{told}{config.unread}")


class _Sides:
    """The contracts of a vendor and what may take their place. ``whole`` is what ``outlook``, the months that
    are shown, was made from, of which each term has its own scenarios."""

    def __init__(
        self, prospects: Prospects, vendor: str, offer: Contract | None, outlook: Outlook, whole: Outlook
    ) -> None:
        workspace, months, terms = prospects.workspace, prospects.months, prospects.terms
        self.offer, self.terms, self.outlook, self.start = offer, terms, outlook, outlook.start
        self.steps, self.whole = prospects.steps, whole
        config = self.config = workspace.config
        self.last = months[-1]
        signed = (at_fees_of(c, self.last) for c in config.contracts)
        known = {c.id: c for c in (*config.offers, *signed)}
        self.standalone = {
            Half.SEATS: known.get(terms.standalone.seats),
            Half.API: known.get(terms.standalone.api),
        }
        self.unknown = [n for n in (terms.standalone.seats, terms.standalone.api) if n and n not in known]
        own = [c for c in config.contracts if c.vendor == vendor and c.currency == outlook.currency]
        self.current = tuple(c for c in own if runs(c, months[-1]))
        self.later = [c for c in own if Month.of(c.term.start) > months[-1]]
        asked = asked_of(workspace, span_of(self.current, months)) if self.current else None
        self.carried = {c.id: _carried(asked, c, months) for c in self.current}

    def deals(self, baseline: str = NEED) -> tuple[list[Deal], list[Missing]]:
        """The variants that can be shown, and those that cannot."""
        found, missing = [], []
        for name, made in (
            (AS_IS, self._as_is(baseline)),
            (AS_QUOTED, self._as_quoted(baseline)),
            (APART, self._apart(baseline)),
        ):
            if isinstance(made, str):
                missing.append(Missing(name, made))
            else:
                found.append(Deal(name, *made, self.steps))
        return found, missing

    def _stretch(
        self, contract: Contract, halves: frozenset[Half], first: Month, baseline: str
    ) -> tuple[Stretch, tuple[str, ...]]:
        looked = ahead(contract, self.terms.renewal_uplift, baseline)
        return Stretch(looked.contract, halves, first), looked.said

    def _made(
        self, parts: Iterable[tuple[Stretch, tuple[str, ...]]]
    ) -> tuple[tuple[Stretch, ...], tuple[str, ...]]:
        found = list(parts)
        return tuple(s for s, _ in found), tuple(dict.fromkeys(x for _, said in found for x in said))

    def _going_on(
        self, baseline: str, until: Month | None = None, ended: frozenset[Half] = _BOTH
    ) -> list[tuple[Stretch, tuple[str, ...]]]:
        """The contracts in force, of which the halves ``ended`` run until a month. The API is served by the
        first with terms for it."""
        serves = next((c for c in self.current if _has_api_terms(c)), None)
        found = []
        for contract in self.current:
            halves = _BOTH if contract is serves else frozenset({Half.SEATS})
            stretch, said = self._stretch(contract, halves, Month.of(contract.term.start), baseline)
            looked = risen_so_far(stretch.contract, contract, self.last)
            stretch = replace(stretch, contract=looked, carried=self.carried[contract.id])
            if halves - ended:
                found.append((replace(stretch, halves=halves - ended), said))
            if halves & ended:
                early = until is not None and until < Month.of(contract.term.until)
                note = (
                    f"{contract.id} ends on {contract.term.until}; another is in its place from {until} on."
                )
                kept = replace(stretch, halves=halves & ended, until=until)
                found.append((kept, (*said, note) if early else said))
        return found

    def _as_is(self, baseline: str) -> tuple[tuple[Stretch, ...], tuple[str, ...]] | str:
        if not self.current:
            told = " ".join(["No contract of this vendor and currency is in force.", *self._not_begun()])
            return f"{told}{self.config.unread}"
        stretches, said = self._made(self._going_on(baseline))
        return stretches, (*said, *self._not_begun())

    def _not_begun(self) -> list[str]:
        """Signed contracts of which nobody can tell what they replace and what they stand beside."""
        return [
            f"{c.id} begins on {c.term.start} and is in no deal: lay it into offers/ to look ahead under it."
            for c in self.later
        ]

    def _as_quoted(self, baseline: str) -> tuple[tuple[Stretch, ...], tuple[str, ...]] | str:
        if self.offer is None:
            return f"No offer is named: add its id, or lay one into offers/.{self.config.unread}"
        if self.offer.currency != self.outlook.currency:
            return f"{self.offer.id} is in {self.offer.currency}, and usage is not."
        if self.offer.seats and not self.outlook.knows_seats:
            return _UNKNOWN_NEED
        first, served = max(Month.of(self.offer.term.start), self.start), _served(self.offer)
        joined = [c.id for c in self.current if served != _BOTH and _is_joined(c)]
        if joined:
            return f"{self.offer.id} prices one half, and {joined[0]} cannot be left for one half alone."
        parts = [
            *self._going_on(baseline, first, served),
            self._stretch(self._moved(self.offer), served, first, baseline),
        ]
        return self._made(parts)

    def _apart(self, baseline: str) -> tuple[tuple[Stretch, ...], tuple[str, ...]] | str:
        if self.unknown:
            names = " and ".join(self.unknown)
            return f"deal.yaml names {names} under standalone, which is not in offers/.{self.config.unread}"
        seats, api = self.standalone[Half.SEATS], self.standalone[Half.API]
        if seats is None and api is None:
            return "deal.yaml names no standalone offers: standalone: {seats: ID, api: ID}."
        if seats is not None and not self.outlook.knows_seats:
            return _UNKNOWN_NEED
        named = [c for c in (seats, api) if c is not None]
        if any(c.currency != self.outlook.currency for c in named):
            return "A standalone offer is in another currency than usage."
        first = max([self.start, *(Month.of(c.term.start) for c in named)])
        parts = self._going_on(baseline, first)
        if seats is not None:
            signed = for_the_need(self._moved(seats), self._needed_in(first))
            stretch, said = self._stretch(signed, frozenset({Half.SEATS}), first, baseline)
            note = (
                f"{seats.id}: it is signed for the seats that are needed in {first}, which only rise within "
                "a term; `bundle` charges the need of each month."
            )
            parts.append((stretch, (note, *said)))
        if api is not None:
            looked = ahead(replace(api, term=replace(api.term, auto_renews=True)))
            note = f"{api.id}: it is signed for the best amount, and anew for every term."
            said = (note, *looked.said) if api.commitment is not None else looked.said
            end = horizon(self.start, self.outlook.months)[-1].next
            stretches = usage_alone(looked.contract, self.whole, first, end, self.steps)
            parts += [(stretch, said) for stretch in stretches]
        return self._made(parts)

    def _needed_in(self, month: Month) -> dict[str, int]:
        """Seats that are needed in a month, by type, in the base scenario."""
        way = Serving(within(self.outlook, month, 1)).base_scenario
        return {kind: row[0] for kind, row in way.seats.items()}

    def _moved(self, offer: Contract) -> Contract:
        """The offer as if its term began with the outlook, where it has begun before."""
        start = max(offer.term.start, self.start.first)
        return replace(offer, term=replace(offer.term, start=start))

    def second(self) -> tuple[Trigger | None, str, str]:
        """The second track: the trigger, or why there is none; and the contract to fold it into."""
        if self.offer is None or self.offer.currency != self.outlook.currency:
            return None, "No offer prices both tracks in one contract.", ""
        if not (self.offer.seats and _has_api_terms(self.offer)):
            return None, f"{self.offer.id} does not price both tracks.", ""
        if not self.outlook.knows_seats:
            return None, _UNKNOWN_NEED, ""
        if self.outlook.months < 12:
            return None, "Less than a year is looked ahead.", ""
        has_seats = any(c.seats for c in self.current)
        second = Half.API if has_seats or not self.current else Half.SEATS
        apart = tuple(self._by_itself())
        if not any(Half.SEATS in halves for _, halves in apart):
            return (
                None,
                "Nobody says what seats cost by themselves: name a standalone offer in deal.yaml.",
                "",
            )
        folded = ahead(self.offer, self.terms.renewal_uplift, NEED).contract
        listed = priced(self.outlook, self.steps, PriceTerm(kind="none"))
        outlook = replace(listed, scenarios=tuple(replace(s, chance=None) for s in shown(listed)))
        return trigger(Tracks(apart, folded, second), outlook), "", self.offer.id

    def _by_itself(self) -> Iterable[tuple[Contract, frozenset[Half]]]:
        """How each track goes on without the deal: as standalone offers say, else as today."""
        for half, test in ((Half.SEATS, lambda c: bool(c.seats)), (Half.API, _has_api_terms)):
            now = (at_fees_of(c, self.last) for c in self.current if test(c))
            contract = self.standalone[half] or next(now, None)
            if contract is not None:
                yield ahead(contract, self.terms.renewal_uplift, NEED).contract, frozenset({half})


def _served(offer: Contract) -> frozenset[Half]:
    """The halves that an offer has terms for."""
    found = {Half.SEATS} if offer.seats or offer.undivided is not None else set()
    return frozenset(found | ({Half.API} if _has_api_terms(offer) else set())) or _BOTH


def _is_joined(contract: Contract) -> bool:
    """True if its halves cannot be settled apart: one price for both, or a commitment that counts seats."""
    clause = contract.commitment
    return contract.undivided is not None or (clause is not None and "seats" in clause.counts)


def _has_api_terms(contract: Contract) -> bool:
    priced = contract.commitment is not None or contract.undivided is not None
    return priced or bool(contract.rates) or bool(contract.included_credits)


def _carried(asked: Asked | None, contract: Contract, months: tuple[Month, ...]) -> Carried | None:
    """What the observed months leave open under a contract."""
    return None if asked is None else settled(asked, contract, months[-1:], KIND).carried


def _variant(sides: _Sides, deal: Deal, outlook: Outlook) -> Variant:
    peak = next(d for d in sides.deals(PEAK)[0] if d.name == deal.name)
    own = Projector(deal, outlook.start, outlook.months)
    other = Projector(peak, outlook.start, outlook.months)
    ways = shown(outlook)
    return Variant(
        deal,
        tuple(own.course(s) for s in ways),
        tuple(other.course(s) for s in ways),
        tuple(own.course(s).crossing for s in outlook.scenarios),
        *({s.name: _by_half(p, s) for s in ways} for p in (own, other)),
    )


def _by_half(projector: Projector, scenario: Scenario) -> dict[Half, tuple[Line, ...]]:
    return {half: tuple(lines) for half, lines in projector.lines(scenario).items()}
