"""What a plan says beside its tasks opens: breakpoints, newcomers, what would flip a task, exposures."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from test_planning import TOOL, filled, planned

from bothhalves.brief.plan_findings import FLIPS, Finding, Findings, findings_of
from bothhalves.brief.plans import sheets
from bothhalves.core.explain import Figure
from bothhalves.core.money import Amount
from bothhalves.report.plan import plan_record, plan_text
from bothhalves.report.terminal import explain_text
from workspace_folder import Folder

#: Half of list price and 2 a month for each person; 20 hours at 100 build it.
GATEWAY = {**TOOL, "hours": "20", "share": "50%", "source": "a trial"}
SEAT = {"type": "premium", "product": "chat", "committed": 10, "fee": "100", "labels": ["Premium"]}
NEW, LINE, EXPOSED = (
    "Where newcomers begin, by kind of work",
    "Where the seat is the cheaper path",
    "What the seller could charge more for",
)


def company(place: Path, smallest: int = 1, **terms: Any) -> Folder:
    folder = filled(place, {"tools": [GATEWAY]}, **{"source": "order form 7", **terms})
    folder.company(smallest_group=smallest)
    return folder


def found_in(folder: Folder) -> Findings:
    return findings_of(sheets(planned(folder))[0])


def low(figure: Figure) -> Decimal:
    return figure.value.low if isinstance(figure.value, Amount) else figure.value


def parts(figure: Figure) -> dict[str, Decimal]:
    """The figures that one is made of, by the name in their key."""
    return {f.key.partition("?")[0]: low(f) for f in figure.operands if isinstance(f, Figure)}


def one(found: tuple[Finding, ...], words: str) -> Finding:
    (finding,) = (f for f in found if words in str(f.words[0]))
    return finding


def test_the_number_of_people_that_carries_a_tool_opens_down_to_its_building(tmp_path: Path) -> None:
    """Four people save 400 less half of a use of 30, so 385 a month, less 2 each: 94.25 a person."""
    (needed,) = one(found_in(company(tmp_path)).parts[FLIPS], "fewer than 3 people").figures
    assert needed.key == "plan.flip.people?contract=anthropic-2026&tool=gateway"
    assert parts(needed) == {"plan.tool.year": 2400, "plan.tool.saves-each": Decimal("94.25")}
    year, each = needed.operands
    assert isinstance(year, Figure)
    assert isinstance(each, Figure)
    told = {"hours": 20, "rate": 100, "once": 0, "upkeep": Decimal("0.2"), "run": 0}
    assert parts(year) == {f"plan.tool.{name}": value for name, value in told.items()}
    assert parts(each) == {"plan.tool.saves": 377, "plan.tool.people": 4}
    shown = explain_text(needed)
    for words in ("from: a trial", "only before", "contract:anthropic-2026/seats/premium", "order form 7"):
        assert words in shown


def test_what_few_people_save_stays_among_them(tmp_path: Path) -> None:
    """Four are fewer than five: neither how many nor what each of them saves is told."""
    (needed,) = one(found_in(company(tmp_path, 5)).parts[FLIPS], "fewer than 3 people").figures
    assert parts(needed) == {"plan.tool.year": 2400}


def test_the_fee_below_which_a_move_saves_nothing_opens(tmp_path: Path) -> None:
    found = found_in(company(tmp_path)).parts[FLIPS]
    for flip in (f for finding in found for f in finding.figures if f.key.startswith("plan.flip.fee?")):
        own = parts(flip)
        spared = Fraction(own["plan.saves"]) / Fraction(own["plan.seat-months"])
        assert own["plan.fee"] == 100
        assert abs(Fraction(low(flip)) - (100 - spared)) <= Fraction(1, 200)
    assert any(f.key.startswith("plan.flip.fee?") for finding in found for f in finding.figures)


def test_a_breakpoint_opens_down_to_fees_and_prices_of_use(tmp_path: Path) -> None:
    found = found_in(company(tmp_path)).parts[LINE]
    (at,) = one(found, "premium against gateway: The seat is cheaper above 196.").figures
    assert low(at) == 196  # (100 - 2) / 0.5
    assert parts(at) == {"plan.fee": 100, "plan.person-cost": 2, "plan.use-price": Decimal("0.5")}
    (at,) = one(found, "premium against metered: The seat is cheaper above 100.").figures
    assert parts(at) == {"plan.fee": 100, "plan.person-cost": 0, "plan.use-price": 1}


def test_both_ends_of_an_allowance_open(tmp_path: Path) -> None:
    """240 are included, and more costs list price: dearer than half of it plus 2 from 284 on."""
    terms = [{"name": "dev", "per_person": {"premium": 240}, "overage": {"then": "api-rates"}}]
    found = found_in(company(tmp_path, seats=[SEAT], allowances=terms)).parts[LINE]
    finding = one(found, "premium against gateway: The seat is cheaper between 196 and 284.")
    assert [low(f) for f in finding.figures] == [196, 284]
    keys = [f.key for f in finding.figures]
    assert keys[1] == "plan.break-even?against=gateway&contract=anthropic-2026&end=2&seat=premium"
    assert Decimal(240) in {
        Decimal(f.key.split("beyond=")[1].split("&")[0])
        for f in finding.figures[1].operands
        if isinstance(f, Figure) and "beyond=" in f.key
    }


def test_a_seat_at_token_rates_has_a_price_of_its_controls_and_no_breakpoint(tmp_path: Path) -> None:
    """100 and usage at the API's rates: 100 more at any use."""
    found = found_in(company(tmp_path, seats=[SEAT], seat_usage=[{"seats": ["premium"]}])).parts[LINE]
    (more,) = one(found, "premium against metered").figures
    assert more.key.startswith("plan.premium?")
    assert low(more) == 100


def test_where_a_newcomer_begins_opens_down_to_fee_and_price(tmp_path: Path) -> None:
    """Eight people are no thirty, so the rule holds: half of list price with the tool, all with the meter."""
    (finding,) = found_in(company(tmp_path)).parts[NEW]
    spend, times = finding.figures
    assert (low(spend), low(times)) == (100, 2)
    assert spend.key == "plan.newcomers.spend?contract=anthropic-2026&work=chat"
    assert parts(spend)["plan.fee"] == 100


def test_what_could_be_repriced_opens_down_to_use_and_fee(tmp_path: Path) -> None:
    """Three people use 300, 310 and 290 on a seat of 90; three times the fee is 270."""
    seats = [{**SEAT, "fee": "90"}]
    (finding,) = found_in(company(tmp_path, seats=seats)).parts[EXPOSED]
    people, amount = finding.figures
    assert (low(people), low(amount)) == (3, 900 - 270)
    assert parts(amount) == {"plan.exposure.people": 3, "plan.exposure.use": 900, "plan.fee": 90}


def test_every_number_beside_the_tasks_is_in_the_record_under_its_key(tmp_path: Path) -> None:
    found = planned(company(tmp_path))
    made = sheets(found)
    record = json.loads(plan_record(found, made))
    (beside,) = (c["beside"] for c in record["contracts"])
    keys = [key for told in beside.values() for one in told for key in one["figures"]]
    assert len(keys) > 4
    assert set(keys) <= set(record["figures"])
    text = plan_text(found, made)
    assert all(one["words"] in text for told in beside.values() for one in told)
