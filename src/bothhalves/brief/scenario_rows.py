"""The key figures of a scenario: seats to buy, both halves a year, the commitment, all years, the saving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from bothhalves.brief.changed_costs import Scene, held
from bothhalves.brief.committing import commit_sheet
from bothhalves.brief.projecting import CourseSheet, projection_sheet, slug
from bothhalves.brief.scenario_record import KeyFigure
from bothhalves.brief.what_if import totals_at
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario
from bothhalves.core.deal.years import at_levels, level_of
from bothhalves.core.explain import Figure, Operator, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, quotient
from bothhalves.core.moves import horizon
from bothhalves.workspace.committing import ToSign, commitment_of, shown
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.projecting import CannotProject, projected_of
from bothhalves.workspace.prospects import Prospects

KIND = MoneyKind.SCENARIO
_YEAR = 12
_SEATS = frozenset({"window", "growth", "fee", "hold", "tool"})
_PLAN = _SEATS | {"levers"}
_NEED = _PLAN | {"price_steps", "changes"}
_DEAL = _NEED | {"offer"}
_NOW = frozenset({"window", "growth", "price_steps", "changes"})
_TO_BUY = "People whose path is this seat type at these inputs, and those who do moved work there."
_AT_LIST = "The scenario's month ahead at the list price of then, before any contract."
_SETTLED = "Of the recommended amount, in this scenario of months to come."
_LEAST, _MOST = (
    "What the plan saves over the year from the renewal on, engineering taken off: its lower end.",
    "What the plan saves over the year from the renewal on, engineering taken off: its upper end.",
)
_NO_PLAN = "There is no plan yet: `bothhalves plan` says what to measure first."
Ahead = Mapping[str, Mapping[Baseline, Outlook]]


def rows_of(made: Prospects, ahead: Ahead, scenes: Sequence[Scene], offer: str) -> Iterator[KeyFigure]:
    """All key figures. ``ahead`` is what each vendor's baselines lead to, ``offer`` the one that is signed
    (empty: the only one of each vendor)."""
    if not scenes:
        yield KeyFigure("seats", "Seats to buy", "All types", None, _SEATS, _NO_PLAN)
    for scene in scenes:
        yield from _seats(scene)
    for vendor, outlooks in ahead.items():
        yield from _Vendor(made, vendor, outlooks, offer, several=len(ahead) > 1).rows()
    for scene in scenes:
        yield from _saving(scene)


def _seats(scene: Scene) -> Iterator[KeyFigure]:
    contract = scene.covered.sheet.plan.situation.contract
    for kind in dict.fromkeys(t.type for t in contract.seats):
        path = f"{contract.id}/{kind}"
        moved = sum(w.people for w in scene.covered.works if w.is_moved and w.seat == path)
        figure = Figure(
            key("seats.to-buy", {"contract": contract.id, "type": kind}),
            f"{kind.capitalize()} seats to buy under {contract.id}",
            Operator.GIVEN,
            Decimal(held(scene.groups, path) + moved),
            unit="seats",
            rule=_TO_BUY,
            source="the plan, at the inputs of the scenario",
        )
        label = f"{kind.capitalize()}, {contract.id}"
        yield KeyFigure(f"seats/{path}", "Seats to buy", label, figure, _SEATS)


def _saving(scene: Scene) -> Iterator[KeyFigure]:
    covered = scene.covered
    if not covered.crowd.lots and not any(work.is_tuned for work in covered.works):
        return
    sheet, (_, _, saves) = covered.sheet, totals_at(scene)
    where = f", {sheet.contract}"
    name, group = f"saving/{sheet.contract}", "Saving that can be banked"
    if saves is None or not isinstance(saves.value, Amount):
        why = "What it saves has no lower end: a part of the cost after the plan is not known."
        yield KeyFigure(name, group, f"At least{where}", None, _PLAN, why)
        return
    ends = {"least": (saves.value.low, _LEAST), "most": (saves.value.high, _MOST)}
    for end, (value, rule) in ends.items():
        if value is None:
            yield KeyFigure(f"{name}/{end}", group, f"At {end}{where}", None, _PLAN, "It has no upper end.")
            continue
        figure = Figure(
            key("saving", {"contract": sheet.contract, "end": end}),
            f"Saved by the plan under {sheet.contract}, at {end}",
            Operator.GIVEN,
            Amount.of(value, saves.value.currency, KIND),
            (saves,),
            rule=rule,
        )
        yield KeyFigure(f"{name}/{end}", group, f"At {end}{where}", figure, _PLAN)


class _Vendor:
    """The key figures of one vendor's halves."""

    def __init__(
        self, made: Prospects, vendor: str, ahead: Mapping[Baseline, Outlook], offer: str, *, several: bool
    ) -> None:
        self.made, self.vendor, self.ahead = made, vendor, ahead
        self.config = made.workspace.config
        self.where = f", {vendor}" if several else ""
        stated = [o for o in self.config.offers if o.id == offer]
        self.offer = offer if not stated or stated[0].vendor == vendor else ""

    def rows(self) -> Iterator[KeyFigure]:
        for baseline, words, reach in (
            (Baseline.CURRENT, "as used today", _NOW),
            (Baseline.EFFICIENT, "after the plan", _NEED),
        ):
            name, label = f"tokens/{self.vendor}/{baseline}", f"Tokens at list price, {words}{self.where}"
            yield KeyFigure(name, "First year ahead", label, self._tokens(baseline, words), reach)
        years = list(self._years())
        yield from (row for row in years if row.group == "First year ahead")
        yield from self._commitment()
        yield from (row for row in years if row.group != "First year ahead")

    def _tokens(self, baseline: Baseline, words: str) -> Figure:
        outlook = self.ahead[baseline]
        months, steps = horizon(outlook.start, outlook.months)[:_YEAR], self.made.steps
        api = at_levels(middle(outlook).api[:_YEAR], [level_of(steps, month) for month in months])
        said = {"vendor": self.vendor, "baseline": str(baseline)}
        parts = tuple(
            Figure(
                key("tokens.ahead", {**said, "month": str(month)}),
                f"{month}, {words}",
                Operator.GIVEN,
                Amount.of(quotient(Fraction(micro, MICRO)), outlook.currency, KIND),
                rule=_AT_LIST,
                source=outlook.source,
            )
            for month, micro in zip(months, api, strict=True)
        )
        title = f"Tokens of {self.vendor} at list price, {words}"
        return sum_of(key("tokens.ahead", said), title, parts, outlook.currency, KIND, rule=_AT_LIST)

    def _commitment(self) -> Iterator[KeyFigure]:
        group = f"Commitment advised{self.where}"
        parts = {
            "amount": "Commit",
            "cost": "Costs in all",
            "forfeited": "Never used of it",
            "overage": "Paid beyond it",
        }
        contract = self._to_commit()
        found = (
            self._sized(contract)
            if contract is not None
            else "Nothing in offers/ or contracts/ has a commitment."
        )
        figures: Mapping[str, Figure] = {} if isinstance(found, str) else dict(_advised(found))
        if not isinstance(found, str):
            per = found.found.offer.clause.per or "year"
            parts |= {"amount": f"Commit, a {per}", "cost": f"Costs in {len(found.months)} months"}
        for part, label in parts.items():
            why = found if isinstance(found, str) else ""
            said = "" if part != "amount" or isinstance(found, str) else self._by_rule(found)
            name = f"commit/{self.vendor}/{part}"
            yield KeyFigure(name, group, label, figures.get(part), _DEAL | {"rule"}, why, said)

    def _by_rule(self, found: ToSign) -> str:
        """By which rule the amount is chosen where one is stated."""
        allowed = found.found.licence
        return f"rule: {found.contract.id} by {allowed.rule}, {allowed.reason}" if self.made.rule else ""

    def _to_commit(self) -> Contract | None:
        """The offer that is signed, the only one of the vendor that is no standalone price, or a contract."""
        alone = {self.made.terms.standalone.seats, self.made.terms.standalone.api}
        offers = [o for o in self.config.offers if o.vendor == self.vendor]
        named = [o for o in offers if o.id == self.offer]
        bundles = [o for o in offers if o.id not in alone]
        first = named or (bundles if len(bundles) == 1 else [])
        rest = [c for c in self.config.contracts if c.vendor == self.vendor]
        return next((c for c in (*first, *rest) if c.commitment is not None), None)

    def _sized(self, contract: Contract) -> ToSign | str:
        rate = Fraction(self.made.terms.rate)
        try:
            known = self.made
            found = commitment_of(known.months, contract, self.ahead, known.steps, rate, known.rule)
        except ValueError as error:
            return f"{contract.id} cannot be sized: {error}."
        licence = found.found.licence
        return f"{contract.id}: nothing to recommend; {licence.reason}" if licence.refuses else found

    def _years(self) -> Iterator[KeyFigure]:
        try:
            found = projected_of(Needed(self.made), self.offer, self.vendor)
        except CannotProject as error:
            yield KeyFigure(
                f"years/{self.vendor}", f"Years ahead{self.where}", "All years", None, _DEAL, str(error)
            )
            return
        for deal, courses in projection_sheet(found).deals.items():
            yield from self._deal(deal, _middle(courses))
        for missing in found.missing:
            name, group = f"years/{self.vendor}/{slug(missing.name)}/total", self._group(missing.name)
            yield KeyFigure(name, group, "All years", None, _DEAL, missing.why)

    def _group(self, deal: str) -> str:
        return f"Both halves, {deal}{self.where}"

    def _deal(self, deal: str, course: CourseSheet) -> Iterator[KeyFigure]:
        own, group = f"years/{self.vendor}/{slug(deal)}", self._group(deal)
        reach = _DEAL if deal == "as quoted" else _NEED
        first = course.years[0]
        if Half.SEATS in first.halves:
            label = f"Seats, {deal}{self.where}"
            yield KeyFigure(f"{own}/seats", "First year ahead", label, first.halves[Half.SEATS], reach)
        for year in course.years:
            yield KeyFigure(f"{own}/{year.number}", group, f"{year.first} to {year.last}", year.total, reach)
        yield KeyFigure(f"{own}/total", group, "All years", course.total, reach)
        yield KeyFigure(f"{own}/now", group, "Present value", course.present_value, reach | {"rate"})


def middle(outlook: Outlook) -> Scenario:
    """The scenario that is told where one has to do: base, or the middle one by usage."""
    ways = shown(outlook)
    return next((s for s in ways if s.name == "base"), ways[len(ways) // 2])


def _middle(courses: Sequence[CourseSheet]) -> CourseSheet:
    return next((c for c in courses if c.course.scenario == "base"), courses[len(courses) // 2])


def _advised(to_sign: ToSign) -> Iterable[tuple[str, Figure]]:
    sheet, found = commit_sheet(to_sign), to_sign.found
    chosen = next(row for row in sheet.rows if row.row is found.recommended)
    name = middle(found.outlook).name
    yield "amount", chosen.amount
    yield "cost", sheet.compared[0].costs[name]
    place = [s.name for s in found.outlook.scenarios].index(name)
    told = chosen.row.scenarios
    lost = told[place].forfeited if told else chosen.row.forfeited.middle
    beyond = told[place].overage if told else chosen.row.overage.middle
    for part, title, micro in (("forfeited", "Never used", lost), ("overage", "Paid beyond it", beyond)):
        yield (
            part,
            Figure(
                key(f"commit.recommended.{part}", {"contract": to_sign.contract.id, "scenario": name}),
                f"{title}, {name}",
                Operator.GIVEN,
                Amount.of(quotient(Fraction(micro) / MICRO), to_sign.contract.currency, KIND),
                rule=_SETTLED,
                source=found.outlook.source,
            ),
        )
