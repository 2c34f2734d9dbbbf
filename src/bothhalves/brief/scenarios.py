"""Key figures of scenarios. Each is worked out by what makes the one page and the verbs ``commit`` and
``projection``, on the same plan and the same data, with the scenario's inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from bothhalves.brief.changed_costs import Scene
from bothhalves.brief.changes import Changes
from bothhalves.brief.drawing import drawn
from bothhalves.brief.plans import sheets
from bothhalves.brief.scenario_needs import built_at, levels_at
from bothhalves.brief.scenario_record import FIRST_WORD, KeyFigure, Told
from bothhalves.brief.scenario_rows import Ahead, rows_of
from bothhalves.brief.sliders import sliders
from bothhalves.brief.what_if import Curves, curves_of, scenes_at
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.explain import Figure, key, parse_key
from bothhalves.core.money import ZERO, plain, quotient
from bothhalves.core.paths.schedules import ONE
from bothhalves.workspace.built_need import built_levels
from bothhalves.workspace.forecast_levels import Levels, levels_of
from bothhalves.workspace.forecast_terms import forecast_terms
from bothhalves.workspace.forecasting import outlook_of
from bothhalves.workspace.ledger import chosen_months, ledger_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.price_steps import stated_steps
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.scenario_changes import change_words
from bothhalves.workspace.scenario_inputs import LIMITS, Inputs

KEPT = "offers keep the fees that they state"
Worked = tuple[tuple[KeyFigure, ...], tuple[str, ...]]


class Study:
    """A window from which scenarios are told; each set of inputs is worked out once.

    ``curves`` None: there is no plan. ``another`` makes the study of another window, which a scenario may
    state.
    """

    def __init__(
        self, prospects: Prospects, curves: Curves | None, another: Callable[[str], Study] | None = None
    ) -> None:
        self.prospects, self.curves = prospects, curves
        self._another = another or (lambda window: study_of(prospects.workspace, window))
        self._others: dict[str, Study] = {}
        self._levels: dict[str, dict[Baseline, Levels]] = {}
        self._worked: dict[Inputs, Worked] = {}

    @property
    def months(self) -> tuple[Month, ...]:
        return self.prospects.months

    def told(self, name: str, inputs: Inputs) -> Told:
        """The scenario under a name. Raises ``WrongWindow`` for a window that cannot be read."""
        study = self.at(inputs.window)
        rows, said = study._rows(replace(inputs, window=""))
        named = (replace(row, figure=_named(row.figure, name) if row.figure else None) for row in rows)
        return Told(name, inputs, tuple(named), study._stated(inputs), study.planned(), said)

    def at(self, window: str) -> Study:
        """The study of a window; of this one where none is named."""
        own = (str(self.months[0]), str(self.months[-1]))
        if window in ("", "/".join(own)) or (own[0] == own[1] == window):
            return self
        if window not in self._others:
            self._others[window] = self._another(window)
        return self._others[window]

    def planned(self) -> dict[str, str]:
        """Where each input stands without a scenario, in words."""
        terms = self.prospects.terms
        found = {"window": f"{self.months[0]}/{self.months[-1]}", **self._strip(Inputs())}
        offers = [o.id for o in self.prospects.workspace.config.offers]
        bundles = [o for o in offers if o not in (terms.standalone.seats, terms.standalone.api)]
        if len(bundles) == 1:
            found["offer"] = bundles[0]
        found |= self._ahead_words(Inputs())
        return {**found, "rate": f"{plain(terms.rate * 100)} %"}

    def _stated(self, inputs: Inputs) -> dict[str, str]:
        given = {name: word.replace("%", " %") for name, word in inputs.given().items()}
        known = {**self._strip(inputs), **self._ahead_words(inputs)}
        return {name: known.get(name, word) for name, word in given.items()}

    def _ahead_words(self, inputs: Inputs) -> dict[str, str]:
        """What is planned and how list prices change, those of ``forecast.yaml`` included, in words."""
        workspace = self.prospects.workspace
        changes = (*forecast_terms(workspace)[0].changes, *inputs.changes)
        steps = stated_steps(workspace, inputs.steps)
        found = {
            "changes": "; ".join(map(change_words, changes)),
            "price_steps": ", ".join(f"{s.from_}={plain(quotient(100 * s.level))} %" for s in steps),
        }
        return {name: words for name, words in found.items() if words}

    def _strip(self, inputs: Inputs) -> dict[str, str]:
        """The inputs of the strip that the plan has, in words as the page writes them."""
        if self.curves is None:
            return {}
        currency = self.curves.covered[self.curves.drawn].currency
        found = sliders(self.curves.base, _changes(inputs), self.curves.labels, currency)
        return {slider.name: slider.shown for slider in found}

    def levels(self, vendor: str) -> dict[Baseline, Levels]:
        """What the observed months used of a vendor, on each baseline."""
        if vendor not in self._levels:
            known = self.prospects
            self._levels[vendor] = {
                b: levels_of(known.workspace, known.months, b, vendor, known.planned) for b in Baseline
            }
        return self._levels[vendor]

    def _rows(self, inputs: Inputs) -> Worked:
        if inputs not in self._worked:
            self._worked[inputs] = self._work(inputs)
        return self._worked[inputs]

    def changed(self, inputs: Inputs) -> Prospects:
        """What is looked ahead from at stated inputs, but for the window and the offer."""
        scenes = self._scenes(inputs)
        ahead = self._ahead(inputs, scenes)
        built = {vendor: self._built(vendor, inputs, scenes) for vendor in ahead}
        return self._made(inputs, ahead, built)

    def _scenes(self, inputs: Inputs) -> tuple[Scene, ...]:
        return scenes_at(self.curves, _changes(inputs)) if self.curves else ()

    def _ahead(self, inputs: Inputs, scenes: tuple[Scene, ...]) -> Ahead:
        config = self.prospects.workspace.config
        vendors = sorted({c.vendor for c in (*config.offers, *config.contracts)})
        return {vendor: self._outlooks(vendor, inputs, scenes) for vendor in vendors}

    def _made(self, inputs: Inputs, ahead: Ahead, built: Mapping[str, Outlook] | None = None) -> Prospects:
        known = self.prospects
        workspace = _with_fee(known.workspace, self.curves, inputs)[0]
        return Prospects(
            workspace, known.months, known.planned, known.ledger,
            known=ahead, built=built, steps=inputs.steps, rate=inputs.rate, rule=inputs.chosen_by,
        )  # fmt: skip

    def _work(self, inputs: Inputs) -> Worked:
        curves, scenes = self.curves, self._scenes(inputs)
        ahead = self._ahead(inputs, scenes)
        _, said = _with_fee(self.prospects.workspace, curves, inputs)
        nothing = tuple(
            f"{name}: the plan has none, so it changes nothing."
            for name, _ in _changes(inputs).given()
            if name != "growth" and (curves is None or name not in curves.base)
        )
        rows = tuple(rows_of(self._made(inputs, ahead), ahead, scenes, inputs.offer))
        return rows, (*said, *nothing, *self._idle(inputs, ahead), *(row.said for row in rows if row.said))

    def _idle(self, inputs: Inputs, vendors: Iterable[str]) -> Iterator[str]:
        """The planned changes that find nothing to change."""
        known = [levels for vendor in vendors for levels in self.levels(vendor).values()]
        used, seats = {n for one in known for n in one.api}, {kind for one in known for kind in one.seats}
        for change in inputs.changes:
            if change.driver and change.driver not in (used if change.seats is None else seats):
                yield f"{change_words(change)}: nothing is called {change.driver}, so it changes nothing."

    def _outlooks(self, vendor: str, inputs: Inputs, scenes: tuple[Scene, ...]) -> dict[Baseline, Outlook]:
        known, achieved = self.prospects, ONE if inputs.levers is None else inputs.levers
        levels = levels_at(self.levels(vendor), scenes, vendor, inputs.growth or ZERO, achieved)
        return {
            b: outlook_of(
                known.workspace, known.months, b, vendor=vendor,
                planned=known.planned, ledger=known.ledger, levels=own, changes=inputs.changes,
            )
            for b, own in levels.items()
        }  # fmt: skip

    def _built(self, vendor: str, inputs: Inputs, scenes: tuple[Scene, ...]) -> Outlook:
        """The need of a vendor with nothing built."""
        known, today = self.prospects, self.levels(vendor)[Baseline.CURRENT]
        levels = built_at(built_levels(today, vendor, known.planned), scenes, vendor, inputs.growth or ZERO)
        return outlook_of(
            known.workspace,
            known.months,
            Baseline.CURRENT,
            vendor=vendor,
            ledger=known.ledger,
            levels=levels,
            changes=inputs.changes,
        )


def _changes(inputs: Inputs) -> Changes:
    return Changes(**{name: inputs.number(name) for name in LIMITS})


def study_of(workspace: Workspace, window: str = "", as_of: str = "") -> Study:
    """The study of a window as the command line writes it. Raises ``WrongWindow``."""
    months = chosen_months(workspace, window or workspace.config.company.window, as_of)
    ledger = ledger_of(workspace, f"{months[0]}/{months[-1]}")
    prospects = Prospects(workspace, months, ledger=ledger)
    plans = sheets(prospects.planned)
    curves = curves_of(prospects.planned, plans, drawn(prospects.planned, plans)) if plans else None
    return Study(prospects, curves, lambda other: study_of(workspace, other, as_of))


def _with_fee(
    workspace: Workspace, curves: Curves | None, inputs: Inputs
) -> tuple[Workspace, tuple[str, ...]]:
    """The workspace whose contract renews at the stated fee of the seat that most people hold."""
    if inputs.fee is None or curves is None or not curves.seat:
        return workspace, ()
    contract, _, kind = curves.seat.rpartition("/")
    every = workspace.config.contracts
    found = tuple(_renewing(c, kind, inputs.fee) if c.id == contract else c for c in every)
    return workspace.under(found), (f"fee: {kind} seats of {contract} renew at it; {KEPT}.",)


def _renewing(contract: Contract, kind: str, fee: Decimal) -> Contract:
    """The contract with a fee agreed for the renewal of a seat type; one with breaks has none."""
    seats = tuple(
        replace(t, renewal=replace(t.renewal or Renewal(), fee=fee)) if t.type == kind and not t.breaks else t
        for t in contract.seats
    )
    return replace(contract, seats=seats)


def _named(figure: Figure, name: str) -> Figure:
    """The figure, and those below it, under keys of the scenario."""
    first, said = parse_key(figure.key)
    parts = tuple(_named(p, name) if isinstance(p, Figure) else p for p in figure.operands)
    return replace(figure, key=key(f"{FIRST_WORD}.{first}", {**said, "of": name}), operands=parts)
