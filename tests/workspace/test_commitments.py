"""Commitments of a company that uses 300 a month: signed anew or offered, compared, settled, burned down."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bothhalves.brief.committing import commit_sheet, running_sheet
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import Rule
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.explain import Grade, recomputed
from bothhalves.core.money import Amount
from bothhalves.report.commit import commit_text
from bothhalves.workspace.committing import ToSign, commitment_of, commitments_of, running_of
from bothhalves.workspace.forecasting import outlook_of
from bothhalves.workspace.health import examine
from bothhalves.workspace.prospects import Prospects
from workspace_folder import Folder, contract, csv_of, used

WINDOW = (Month(2026, 9), Month(2026, 10))
AHEAD = Month(2026, 11)
BANDS = [{"from": 2000, "discount": "5%"}, {"from": 5000, "discount": "12%"}]
#: Monthly use at list price on each baseline, low, base and high.
USE = {
    Baseline.LAZY: (780, 800, 820),
    Baseline.CURRENT: (440, 450, 460),
    Baseline.EFFICIENT: (190, 200, 210),
}


def term(**more: Any) -> dict[str, Any]:
    return {"amount": 3000, "per": "year", "bands": BANDS, "overage": "list", "unused": "forfeited", **more}


def offer(months: int = 12, start: str = "2027-01-01", **more: Any) -> str:
    said = {"id": "offer", "seats": [], "term": {"start": start, "months": months}}
    return contract(**{**said, "commitment": term(), **more})


def folder(place: Path, signed: dict[str, Any] | None = None, **offered: Any) -> Folder:
    """Ten dollars on each day of September and October, an offer, and perhaps a signed commitment."""
    found = Folder(place)
    found.write({"offers/offer.yaml": offer(**offered)})
    found.write({"contracts/a.yaml": contract(seats=[], commitment=signed)} if signed else {})
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    found.imported({"usage.csv": csv_of(*(used(day, 2_000_000) for day in days))})
    return found


def outlooks(
    grade: Grade = Grade.B, months: int = 36, *, planned: bool = True, full_months: int = 4
) -> dict[Baseline, Outlook]:
    def one(baseline: Baseline) -> Outlook:
        ways = tuple(
            Scenario(name, (use * MICRO,) * months)
            for name, use in zip(("low", "base", "high"), USE[baseline], strict=True)
        )
        told = baseline if planned or baseline is not Baseline.EFFICIENT else Baseline.CURRENT
        return Outlook(AHEAD, "USD", ways, grade, full_months, told, "four months, by hand")

    return {b: one(b) for b in Baseline}


def to_sign(place: Folder, known: dict[Baseline, Outlook] | None = None, **more: Any) -> ToSign:
    (found,) = place.open().config.offers
    return commitment_of(WINDOW, found, known or outlooks(), **more)


def money(figure: Any) -> Decimal:
    assert isinstance(figure.value, Amount)
    assert figure.value.is_point
    return figure.value.low


def test_the_amount_is_that_of_usage_after_the_plan(tmp_path: Path) -> None:
    """2,280 to 2,520 a year: 2,000 at 5 % off are the threshold; 2,280 x 0.95 = 2,166 cover the low year."""
    found = to_sign(folder(tmp_path))
    assert found.found.licence.rule is Rule.REGRET
    chosen = found.found.recommended
    assert 2166 * MICRO <= chosen.amount <= 2394 * MICRO
    # Twice 120 of usage stand against each other: 6 to gain above, 114 to lose below.
    assert chosen.max_regret <= min(
        row.max_regret for row in found.found.rows if row.candidate != chosen.candidate
    )
    assert found.wanted[Baseline.CURRENT] == Candidate(5000 * MICRO)
    assert found.wanted[Baseline.LAZY].amount >= 780 * 12 * MICRO * 88 // 100


def test_what_earlier_forecasts_would_have_signed_is_settled_on_the_same_months(tmp_path: Path) -> None:
    sheet = commit_sheet(to_sign(folder(tmp_path)))
    figures = sheet.figures()
    base = "contract=offer&scenario=base"
    assert money(figures[f"commit.none.cost?{base}"]) == 2400
    assert money(figures[f"commit.current.cost?{base}"]) == 5000
    more = money(figures[f"commit.current.more?{base}"])
    assert more == 5000 - money(figures[f"commit.recommended.cost?{base}"]) > 0
    assert money(figures[f"commit.lazy.more?{base}"]) > more
    for figure in figures.values():
        assert recomputed(figure) == figure.value


def test_what_is_settled_is_what_was_counted(tmp_path: Path) -> None:
    found = to_sign(folder(tmp_path))
    ways = {s.name: n for n, s in enumerate(found.found.outlook.scenarios)}
    for signed in found.settled:
        row = found.found.row(signed.candidate)
        assert row is not None
        for name, lines in signed.lines.items():
            settled = sum((Fraction(x.amount.low) for x in lines), Fraction(0)) * MICRO
            assert abs(settled - row.scenarios[ways[name]].paid) < 1


@pytest.mark.parametrize(
    ("grade", "full_months", "said"), [(Grade.C, 5, "ranges only"), (Grade.B, 1, "1 full month")]
)
def test_evidence_that_allows_nothing_commits_to_nothing_and_says_why(
    tmp_path: Path, grade: Grade, full_months: int, said: str
) -> None:
    found = to_sign(folder(tmp_path), outlooks(grade, full_months=full_months))
    assert found.found.recommended.candidate == NOTHING
    assert said in found.found.licence.reason
    text = commit_text([commit_sheet(found)], [])
    assert "commit to nothing" in text
    assert found.found.choices[Rule.REGRET].candidate.signed  # the others stay beside it


def test_without_a_plan_the_usage_is_said_to_be_before_its_moves(tmp_path: Path) -> None:
    found = to_sign(folder(tmp_path), outlooks(planned=False))
    assert any("before the moves" in s for s in found.found.assumptions)


def test_negotiated_rates_come_off_before_the_commitment(tmp_path: Path) -> None:
    """A tenth off 2,400 leaves 2,160, of which 2,000 at 5 % off cover 2,105.26."""
    found = to_sign(folder(tmp_path, rates=[{"discount": "10%"}]))
    (none,) = (s for s in found.settled if s.role == "none")
    assert sum(x.amount.low for x in none.lines["base"]) == 2160
    assert any("negotiated rates" in s for s in found.said)
    base = [sum(s.api) // MICRO for s in found.found.outlook.scenarios]
    assert base == [2052, 2160, 2268]


def test_a_promise_of_three_years_is_told_year_by_year(tmp_path: Path) -> None:
    sheet = commit_sheet(to_sign(folder(tmp_path, months=36), rate=Fraction(8, 100)))
    assert sheet.years is not None
    assert [str(r.year.first) for r in sheet.years.rows] == ["2027-01", "2028-01", "2029-01"]
    # Usage is the same in all years, so each would be signed alike, and walking away costs nothing more.
    assert money(sheet.years.walk_away) == 0
    assert "Year by year" in commit_text([sheet], [])
    promise, yearly = sheet.years.now
    assert money(promise) < money(sheet.years.promise)
    assert money(yearly) < money(sheet.years.yearly)
    assert "Money due a year later is discounted at 8 %." in sheet.to_sign.said


def test_prices_that_fall_are_worth_a_cap_and_not_a_lock(tmp_path: Path) -> None:
    steps = [PriceStep(Month(2028, 1), Fraction(1, 2))]
    found = to_sign(folder(tmp_path, months=36, prices="cap"), steps=steps)
    cap, lock = (found.under[kind].recommended.expected for kind in ("cap", "lock"))
    assert cap < lock
    assert cap == found.found.recommended.expected
    assert any("50 % of those of today from 2028-01" in s for s in found.said)
    assert "under" in commit_text([commit_sheet(found)], [])


def test_seats_that_count_are_drawn_before_usage(tmp_path: Path) -> None:
    """Ten seats at 30 make 3,600 a year, which a commitment of 3,000 is used up by alone."""
    seats = [{"type": "premium", "product": "claude", "committed": 10, "fee": "30", "labels": ["Premium"]}]
    place = folder(tmp_path, seats=seats, commitment=term(counts=["seats", "api"]))
    found = to_sign(place)
    offered = found.found.row(Candidate(3000 * MICRO))
    assert offered is not None
    assert all(s.forfeited == 0 for s in offered.scenarios)
    (none,) = (s for s in found.settled if s.role == "none")
    assert sum(x.amount.low for x in none.lines["base"]) == 3600 + 2400


def test_a_signed_commitment_is_sized_for_the_next_term(tmp_path: Path) -> None:
    workspace = folder(tmp_path, term()).open()
    (signed,) = workspace.config.contracts
    found = commitment_of(WINDOW, signed, outlooks())
    assert (found.months[0], found.months[-1]) == (Month(2027, 1), Month(2027, 12))
    assert any("signed again" in s for s in found.said)


def test_a_signed_commitment_burns_down(tmp_path: Path) -> None:
    """300 + 310 so far, of which the discount leaves 579.50; at 305 a month 1,159 of 3,000 are used."""
    workspace = folder(tmp_path, term(per="year")).open()
    (signed,) = workspace.config.contracts
    sheet = running_sheet(running_of(workspace, WINDOW, signed, outlooks()))
    figures = sheet.figures()
    paced = "contract=anthropic-2026&scenario=at-this-pace"
    assert money(figures[f"commit.running.drawn?{paced}"]) == Decimal("579.5")
    # Of eight months of the term nothing is known, which is not none.
    assert money(figures[f"commit.running.projected?{paced}"]) == 1159
    assert money(figures[f"commit.running.forfeited?{paced}"]) == 1841
    assert any("no usage is known" in s for s in sheet.running.said)
    assert money(figures["commit.running.saving.in-term?contract=anthropic-2026"]) == 0
    assert money(figures["commit.running.saving.at-list?contract=anthropic-2026"]) == 500
    assert money(figures["commit.running.saving.at-renewal?contract=anthropic-2026"]) > 0
    assert "both owners should know" in commit_text([], [sheet])


def test_a_contract_without_a_commitment_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.write({"contracts/a.yaml": contract()})
    workspace = place.open()
    (signed,) = workspace.config.contracts
    with pytest.raises(ValueError, match="no commitment clause"):
        commitment_of(WINDOW, signed, outlooks())
    with pytest.raises(ValueError, match="no commitment that runs"):
        running_of(workspace, WINDOW, signed, outlooks())


def test_another_currency_is_not_compared(tmp_path: Path) -> None:
    place = folder(tmp_path, currency="EUR")
    with pytest.raises(ValueError, match="EUR"):
        to_sign(place)


def test_what_cannot_be_told_does_not_keep_the_rest_from_being_told(tmp_path: Path) -> None:
    place = folder(tmp_path, currency="EUR")
    place.write({"offers/more.yaml": offer(id="more")})
    workspace = place.open()
    found, running, refused = commitments_of(Prospects(workspace, WINDOW), workspace.config.offers)
    assert [f.contract.id for f in found] == ["more"]
    assert not running
    assert refused == [
        "offer cannot be sized: it is in EUR and usage in USD, and no rate is stated for a forecast."
    ]


def test_usage_that_nobody_says_who_pays_for_is_named(tmp_path: Path) -> None:
    """None of it is looked ahead, and the zero that is left says why."""
    place = folder(tmp_path)
    place.imported(
        {"more.csv": csv_of({**used("2026-10-02T10:00:00Z", 5, id="x"), "billing": "", "product": "labs"})}
    )
    outlook = outlook_of(place.open(), WINDOW, Baseline.CURRENT)
    assert "nobody says who pays for labs" in outlook.source


def test_what_nobody_says_who_pays_for_is_called_as_company_yaml_calls_it(tmp_path: Path) -> None:
    """Rows without a product are called by their feed, under which the remedy takes them."""
    place = folder(tmp_path)
    row = {**used("2026-10-02T10:00:00Z", 5, id="x"), "billing": "", "product": ""}
    place.imported({"more.csv": csv_of(row)})
    (said,) = (f for f in examine(place.root) if "who pays" in f.what)
    name = said.what.removeprefix("nobody says who pays for ")
    place.write({"company.yaml": f"company: Acme\nbilling: {{{name}: metered}}\n"})
    assert not [f for f in examine(place.root) if "who pays" in f.what]
