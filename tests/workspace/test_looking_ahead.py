"""Three years and renewal of a company with seats and usage of 300 a month, on a hand-made outlook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bothhalves.brief.projecting import projection_sheet
from bothhalves.brief.renewing import renewal_sheets
from bothhalves.core.dates import Month
from bothhalves.core.deal.bundle import Bundle
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.explain import Figure, Grade, recomputed
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.report.projection import projection_text
from bothhalves.report.renewal import renewal_text
from bothhalves.workspace.bundling import bundled_of
from bothhalves.workspace.deal_terms import deal_terms_of
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.projecting import CannotProject, Projected, TooFewMonths, projected_of
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.renewing import Renewing, renewing_of
from workspace_folder import Folder, contract, csv_of, members, used

WINDOW = (Month(2026, 9), Month(2026, 10))
AHEAD = Month(2026, 11)
SEAT = {"type": "premium", "product": "claude", "fee": "100", "labels": ["Premium"]}
BANDS = [{"from": 3000, "discount": "10%"}]
COMMITMENT = {"amount": 3000, "per": "year", "bands": BANDS, "overage": "committed", "unused": "forfeited"}
ROSTER = "members-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-2026-09-01.csv"
DEAL = "discount_rate: 8%\nquarter_ends: [2026-12-31]\nstandalone: {seats: seats-only, api: api-only}\n"


def offer(name: str, seats: int | None, commitment: dict[str, Any] | None = None, **more: Any) -> str:
    rows = [] if seats is None else [{**SEAT, "committed": seats, "fee": "90"}]
    said: dict[str, Any] = {"id": name, "seats": rows, "term": {"start": "2027-01-01", "months": 12}}
    return contract(**said, **({"commitment": commitment} if commitment else {}), **more)


def folder(place: Path, **signed: Any) -> Folder:
    """Eight people hold seats of which ten are signed; ten dollars a day on the API."""
    found = Folder(place)
    term = {"start": "2026-01-01", "months": 12, "auto_renews": True, "notice_days": 30}
    found.write({"contracts/a.yaml": contract(id="signed", **{"term": term, **signed})})
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    roster = members(*((f"p{n}@x.com", "Active", "Premium") for n in range(8)))
    found.imported({ROSTER: roster, "usage.csv": csv_of(*(used(day, 2_000_000) for day in days))})
    return found


def with_offers(place: Path, **signed: Any) -> Folder:
    found = folder(place, **signed)
    found.write({"offers/both.yaml": offer("both", 8, COMMITMENT), "deal.yaml": DEAL})
    found.write(
        {"offers/s.yaml": offer("seats-only", 0), "offers/a.yaml": offer("api-only", None, COMMITMENT)}
    )
    return found


def outlook(months: int = 36, currency: str = "USD") -> Outlook:
    def one(name: str, percent: int) -> Scenario:
        api = tuple(300 * MICRO * (100 + percent) ** n // 100**n for n in range(months))
        return Scenario(name, api, {"premium": (6,) * months})

    ways = (one("low", 0), one("base", 3), one("high", 6))
    return Outlook(AHEAD, currency, ways, Grade.B, full_months=4, source="four months, by hand")


def needed(place: Folder, known: Outlook | None = None) -> Needed:
    ahead = {"anthropic": {Baseline.EFFICIENT: known or outlook()}}
    return Needed(Prospects(place.open(), WINDOW, known=ahead))


def projected(place: Folder, offer_id: str = "both", known: Outlook | None = None) -> Projected:
    return projected_of(needed(place, known), offer_id)


def renewing(place: Folder, today: date = date(2026, 11, 21), known: Outlook | None = None) -> Renewing:
    return renewing_of(needed(place, known), today)


def money(figure: Figure) -> Decimal:
    assert isinstance(figure.value, Amount)
    assert figure.value.is_point
    return figure.value.low


def test_every_figure_follows_from_what_is_below_it_and_is_a_scenario(tmp_path: Path) -> None:
    sheet = projection_sheet(projected(with_offers(tmp_path)))
    figures = sheet.figures()
    assert len(figures) > 100
    for name, figure in figures.items():
        assert figure.key == name
        assert recomputed(figure) == figure.value, name
        assert not isinstance(figure.value, Amount) or figure.value.kind is MoneyKind.SCENARIO


def test_settled_lines_are_what_the_fast_arithmetic_says(tmp_path: Path) -> None:
    for variant in projected(with_offers(tmp_path)).variants:
        for course in variant.courses:
            rows = {
                Half.SEATS: course.halves.seats,
                Half.API: course.halves.api,
                Half.BOTH: course.halves.both,
            }
            for half, row in rows.items():
                lines = variant.lines[course.scenario][half]
                found = sum((Fraction(x.amount.low) for x in lines), Fraction(0)) * MICRO
                assert abs(found - sum(row)) < Fraction(1, 100), (variant.deal.name, course.scenario, half)


def test_three_variants_side_by_side(tmp_path: Path) -> None:
    found = projected(with_offers(tmp_path))
    assert [v.deal.name for v in found.variants] == ["as is", "as quoted", "priced apart"]
    as_is, as_quoted, apart = (v.courses[0].halves for v in found.variants)
    assert [n / MICRO for n in as_is.seats[:3]] == [1000, 1000, 600]  # renewed from the need in January
    assert [n / MICRO for n in as_quoted.seats[:3]] == [1000, 1000, 720]
    assert [n / MICRO for n in apart.seats[:3]] == [1000, 1000, 540]
    assert as_is.api[2] == 300 * MICRO
    assert as_quoted.api[2] == apart.api[2] == 270 * MICRO
    from_peak = found.variants[0].from_peak[0].halves
    assert from_peak.seats[2] == 1000 * MICRO


@pytest.mark.parametrize("threshold", [3000, 9000])
def test_priced_apart_is_what_the_bundle_sets_the_offer_against(tmp_path: Path, threshold: int) -> None:
    """Quotes for 20 seats and for 9,000 of usage do not bind who needs 6 seats and some 3,600 of usage."""
    place = with_offers(tmp_path)
    bands = [{"from": threshold, "discount": "10%"}]
    place.write(
        {
            "offers/s.yaml": offer("seats-only", 20),
            "offers/a.yaml": offer("api-only", None, {**COMMITMENT, "amount": threshold, "bands": bands}),
        }
    )
    apart = projected(place).variants[2]
    [bundle] = bundled_of(needed(place), ["both"]).offers
    assert isinstance(bundle.found, Bundle)
    for course in apart.courses:
        if course.scenario == "base":
            year = slice(course.months.index(Month(2027, 1)), course.months.index(Month(2028, 1)))
            assert sum(course.halves.total[year]) == bundle.found.standalone


def test_where_projection_and_bundle_count_seats_apart_is_said(tmp_path: Path) -> None:
    """8 are needed in January and 6 from March on: the quote that is signed for 8 charges them all year."""
    place = with_offers(tmp_path)
    place.write({"deal.yaml": "standalone: {seats: seats-only}\n"})
    falling = (8, 8, 8, 8, *(6,) * 32)
    known = replace(
        outlook(), scenarios=tuple(replace(s, seats={"premium": falling}) for s in outlook().scenarios)
    )
    apart = projected(place, known=known).variants[2]
    assert [n / MICRO for n in apart.courses[0].halves.seats[2:15]] == [720] * 12 + [540]
    [bundle] = bundled_of(needed(place, known), ["both"]).offers
    assert isinstance(bundle.found, Bundle)
    assert bundle.found.halves[0].standalone / MICRO == 2 * 720 + 10 * 540
    assert any("only rise within a term; `bundle` charges" in said for said in apart.deal.said)
    assert "alone, seats are charged by the month as they are needed" in " ".join(bundle.found.said)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    found = projected(folder(tmp_path), "")
    assert [v.deal.name for v in found.variants] == ["as is"]
    assert "No offer is named" in found.missing[0].why
    assert "names no standalone" in found.missing[1].why
    assert (found.second, found.no_second) == (None, "No offer prices both tracks in one contract.")
    text = projection_text(projection_sheet(found))
    assert "Priced apart: cannot be shown" in text
    assert "money of later years counts in full" in text


@pytest.mark.parametrize(
    ("files", "offer_id", "said"),
    [
        ({}, "else", "No offer is called 'else'. Known: none."),
        ({"contracts/b.yaml": contract("openai")}, "", "Name the vendor: --vendor anthropic or openai."),
    ],
)
def test_what_cannot_be_projected_says_so(
    tmp_path: Path, files: dict[str, str], offer_id: str, said: str
) -> None:
    place = folder(tmp_path)
    place.write(files)
    with pytest.raises(CannotProject, match=said):
        projected(place, offer_id)


def test_offers_that_deal_yaml_does_not_find_are_named(tmp_path: Path) -> None:
    place = with_offers(tmp_path)
    place.write({"deal.yaml": "standalone: {seats: gone}\n"})
    found = projected(place)
    assert found.missing[0].why == "deal.yaml names gone under standalone, which is not in offers/."


def test_who_names_an_offer_that_cannot_be_read_is_told_where_to_look(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.write({"offers/both.yaml": "id: both\nvendor: anthropic\n"})
    with pytest.raises(CannotProject, match=r"No offer is called 'both'.*`bothhalves check` says why"):
        projected(place)
    assert "`bothhalves check` says why" in projected(place, "").missing[0].why
    place.write({"contracts/a.yaml": "id: signed\n"})
    with pytest.raises(LookupError, match="`bothhalves check` says why"):
        renewing_of(needed(place), date(2026, 11, 21), "signed")


def test_the_second_track_is_watched_from_today(tmp_path: Path) -> None:
    """Seats stay as dear; 250 a month are 3,000 a year, which are payable from the first dollar on."""
    place = with_offers(tmp_path)
    place.write(
        {"offers/both.yaml": offer("both", 6, COMMITMENT), "deal.yaml": "standalone: {seats: seats-only}\n"}
    )
    sheet = projection_sheet(projected(place))
    second = sheet.projected.second
    assert second is not None
    assert second.second is Half.API
    assert second.from_ == {"low": AHEAD, "base": AHEAD, "high": AHEAD}
    assert sheet.watch is not None
    assert money(sheet.watch) == 250
    assert "fold it into both from $250.00 a month on" in projection_text(sheet)


def test_the_second_track_is_set_against_the_fees_of_today(tmp_path: Path) -> None:
    """Apart: 6 seats at 106, renewed once, and 3,600 of usage; together: 6 at 90 and 90 % of it."""
    term = {"start": "2025-03-01", "months": 12, "auto_renews": True}
    place = folder(tmp_path, term=term, seats=[{**SEAT, "committed": 10, "renewal": {"uplift": "6%"}}])
    place.write({"offers/both.yaml": offer("both", 6, COMMITMENT)})
    second = projected(place).second
    assert second is not None
    assert second.advantage["low"][0] / MICRO == 6 * 12 * (106 - 90) + 3600 - 3240


def test_renewal_sets_what_is_inherited_against_what_is_needed(tmp_path: Path) -> None:
    found = renewing(folder(tmp_path))
    (sheet,) = renewal_sheets(found)
    base = sheet.baselines
    assert base is not None
    figures = sheet.figures()
    seats = "contract=signed&type=premium"
    assert money(figures[f"renewal.inherited.seats?{seats}"]) == 10 * 100 * 12
    assert money(figures[f"renewal.honest.seats?{seats}"]) == 6 * 100 * 12
    assert money(base.gap) == 4 * 100 * 12
    assert figures[f"renewal.reclaim?{seats}"].value == 2
    for figure in figures.values():
        assert recomputed(figure) == figure.value
    text = renewal_text(found, [sheet])
    assert "notice by 2026-12-01" in text
    assert "Gap: $4,800.00 in the first year." in text
    assert "Give back 2 of premium." in text


def test_seats_are_counted_in_other_ways_and_the_split_drifts(tmp_path: Path) -> None:
    found = renewing(folder(tmp_path))
    (sheet,) = renewal_sheets(found)
    (one,) = sheet.types
    assert set(one.told.seats) == {8}
    costs = {way.name: money(figure) for way, figure in one.ways if not way.grace}
    assert set(costs.values()) == {Decimal(1000 * len(one.told.seats))}
    drift = sheet.told.drift
    assert drift is not None
    assert (drift.first.month, drift.last.month) == WINDOW
    assert drift.first.share == Fraction(300, 1300)
    assert drift.last.share == Fraction(310, 1310)


RENEWED = {"start": "2025-03-01", "months": 12, "auto_renews": True}


def test_a_rise_that_deal_yaml_assumes_is_one_of_renewals_to_come(tmp_path: Path) -> None:
    """The term renewed in March 2026, and 100 are paid today: 105 from March 2027 on."""
    place = folder(tmp_path, term=RENEWED)
    place.write({"deal.yaml": "renewal_uplift: 5%\n"})
    seats = projected(place, "").variants[0].courses[1].halves.seats
    assert [n / MICRO for n in seats[:5]] == [1000, 1000, 1000, 1000, 630]
    assert seats[16] / MICRO == Fraction("661.5")
    base = renewal_sheets(renewing(place))[0].baselines
    assert base is not None
    assert money(base.gap) == (10 - 6) * 105 * 12


def test_a_rise_that_is_stated_counts_from_the_first_renewal_on(tmp_path: Path) -> None:
    place = folder(tmp_path, term=RENEWED, seats=[{**SEAT, "committed": 10, "renewal": {"uplift": "6%"}}])
    place.write({"deal.yaml": "renewal_uplift: 5%\n"})
    seats = projected(place, "").variants[0].courses[1].halves.seats
    assert [n / MICRO for n in seats[:5]] == [1060, 1060, 1060, 1060, 6 * Fraction("112.36")]


def test_a_term_that_is_over_or_too_far_away_is_said(tmp_path: Path) -> None:
    over = folder(tmp_path / "over", term={"start": "2025-01-01", "months": 12})
    assert renewing(over).over == ("signed",)
    assert renewal_sheets(renewing(over)) == ()
    far = folder(tmp_path / "far", term={"start": "2026-01-01", "months": 60})
    (told,) = renewing(far).contracts
    assert told.baselines is None
    assert any("not within what is looked ahead" in said for said in told.said)


def test_a_contract_that_is_signed_and_has_not_begun_has_its_days(tmp_path: Path) -> None:
    place = folder(tmp_path)
    term = {"start": "2027-01-01", "months": 12, "auto_renews": True, "notice_days": 30}
    place.write({"contracts/b.yaml": contract(id="next", term=term)})
    found = renewing(place)
    assert found.over == ()
    (_, then) = sheets = renewal_sheets(found)
    assert then.told.contract.id == "next"
    assert str(then.told.ending.notice_by) == "2027-12-01"
    assert then.baselines is not None
    assert money(then.baselines.gap) == (10 - 6) * 100 * 12
    assert "next (anthropic): the term begins on 2027-01-01 and ends on 2027-12-31" in renewal_text(
        found, sheets
    )
    assert "next begins on 2027-01-01 and is in no deal" in projection_text(
        projection_sheet(projected(place, ""))
    )


def test_one_month_of_data_looks_no_year_ahead(tmp_path: Path) -> None:
    known = replace(outlook(), full_months=1)
    with pytest.raises(TooFewMonths, match="No year is looked ahead from 1 full month of data"):
        projected(with_offers(tmp_path), known=known)
    (told,) = renewing(folder(tmp_path / "renewal"), known=known).contracts
    assert told.baselines is None
    assert any(said.startswith("No year is looked ahead") for said in told.said)
    assert told.deadlines


def test_an_unknown_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"No contract is called 'x'\. Known: signed"):
        renewing_of(needed(folder(tmp_path)), date(2026, 11, 21), "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("discount_rate: 0.08\n", "expected a percentage"),
        ("discount_rate: 200%\n", "between 0% and 100%"),
        ("quarter_ends: [2026-12-31, 2026-12-31]\n", "twice"),
        ("quarterends: []\n", "quarterends"),
    ],
)
def test_a_faulty_deal_yaml_is_a_problem_and_defaults_hold(tmp_path: Path, text: str, said: str) -> None:
    place = Folder(tmp_path)
    place.write({"deal.yaml": text})
    terms, problems = deal_terms_of(place.open())
    assert terms.rate == 0 or said == "quarterends"
    assert said in str(problems[0])


def test_a_shorter_offer_is_set_against_an_amount_for_the_whole_term_of_usage_alone(tmp_path: Path) -> None:
    """9,000 a year at 40 % off pay half a year of 300 a month well, and a year of it not at all."""
    place = with_offers(tmp_path)
    steep = {**COMMITMENT, "amount": 9000, "bands": [{"from": 9000, "discount": "40%"}]}
    place.write({"offers/a.yaml": offer("api-only", None, steep)})
    place.write({"offers/both.yaml": offer("both", 8, COMMITMENT).replace("months: 12", "months: 6")})
    (apart,) = bundled_of(needed(place)).offers
    assert isinstance(apart.found, Bundle)
    months = range(2, 8)  # from January on, two months after the outlook begins
    usage = next(h for h in apart.found.halves if h.half is Half.API).standalone
    assert usage == sum(300 * MICRO * 103**n // 100**n for n in months)
