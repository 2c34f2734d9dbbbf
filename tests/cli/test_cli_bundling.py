"""``bothhalves bundle`` and ``bothhalves clauses``: what is printed, opened, written and refused."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from command import DONE, PROBLEMS, WRONG_USE, record, run

from workspace_folder import Folder, contract, csv_of, members, used

TERM = {"start": "2027-01-01", "months": 12}
SEAT = {"type": "premium", "product": "claude", "labels": ["Premium"]}
COMMITMENT = {
    "amount": 6000,
    "per": "year",
    "bands": [{"from": 6000, "discount": "10%"}],
    "overage": "list",
    "unused": "forfeited",
}
DEAL = "standalone: {seats: seats-alone, api: api-alone}\nevidence: {api: typical}\nrenewal_uplift: 8%\n"


def offer(name: str, **more: Any) -> str:
    seats = [{**SEAT, "committed": 8, "fee": 90, "list_fee": 100}]
    return contract(id=name, term=TERM, **{"seats": seats, "commitment": COMMITMENT, **more})


def company(place: Path, **files: str) -> Path:
    """Five seats that are needed and ten dollars of usage a day; two offers, and a price of each half."""
    folder = Folder(place, needs={"terms": {"training": "never"}})
    folder.write({"contracts/a.yaml": contract(id="signed", accounts=[]), "deal.yaml": DEAL})
    one = [{**SEAT, "committed": 8, "fee": 0, "list_fee": 100}]
    told = {
        "both": offer("both", seat_terms={"training": "never"}),
        "one-number": offer(
            "one-number", seats=one, commitment=None, undivided={"price": 9000, "usage": 6000}
        ),
        "seats-alone": contract(id="seats-alone", term=TERM, seats=[{**SEAT, "committed": 5, "fee": 95}]),
        "api-alone": contract(id="api-alone", term=TERM, seats=[]),
    }
    folder.write({f"offers/{name}.yaml": text for name, text in (told | files).items()})
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    people = [(f"p{n}@acme.test", "active", "Premium") for n in range(5)]
    folder.imported(
        {
            "usage.csv": csv_of(*(used(day, 2_000_000) for day in days)),
            "members-2026-10-31.csv": members(*people),
        }
    )
    return folder.root


def amount(found: dict[str, Any], key: str) -> Decimal:
    return Decimal(found["figures"][key]["low"])


def test_a_bundle_is_taken_apart_to_the_cent(tmp_path: Path) -> None:
    found = record("bundle", "both", "-w", company(tmp_path))
    (one,) = found["offers"]
    seats, api = (
        {k: amount(found, h[k]) for k in ("standalone", "bundle", "premium")} for h in one["halves"]
    )
    assert seats == {"standalone": 5 * 95 * 12, "bundle": 8 * 90 * 12, "premium": 2940}
    assert api == {"standalone": 3650, "bundle": 6000, "premium": 2350}
    effects = [amount(found, h[k]) for h in one["halves"] for k in ("rate", "quantity")]
    assert effects == [5 * -5 * 12, 3 * 90 * 12, -365, 6000 - 3285]
    assert one["carries"] == "seats"
    assert [h["evidence"] for h in one["halves"]] == ["B", "D"]
    assert amount(found, one["counter_offer"]) == 5 * 90 * 12 + 3285
    assert amount(found, one["leverage"]) == 14640 - 9350


def test_every_figure_of_the_record_opens(tmp_path: Path) -> None:
    root = company(tmp_path)
    (one,) = record("bundle", "both", "-w", root)["offers"]
    for figure in (one["true_discount"], one["headline"], one["halves"][1]["quantity"], one["counter_offer"]):
        assert "rule" in run("bundle", "both", "-w", root, "--explain", figure).stdout
    assert "no figure" in run("bundle", "-w", root, "--explain", "bundle.none", code=WRONG_USE).stderr.lower()


def test_one_number_is_refused_by_half_and_shown_with_bounds(tmp_path: Path) -> None:
    root = company(tmp_path)
    text = run("bundle", "one-number", "-w", root).stdout
    for words in (
        "Not identified",
        "Ask for the price of the seats and of the usage apart",
        "Shapley",
        "at most",
    ):
        assert words in text
    found = record("bundle", "one-number", "-w", root)
    (one,) = found["offers"]
    assert one["carries"] == "not identified"
    shares = one["not_identified"]["shares"]
    assert [amount(found, shares["seats"][n]) for n in ("least", "most")] == [9000 - 3650, 5700]
    assert [amount(found, shares["seats"]["shapley"])] == [5700 - 175]


def test_offers_stand_side_by_side(tmp_path: Path) -> None:
    text = run("bundle", "-w", company(tmp_path)).stdout
    assert "side by side" in text
    assert text.splitlines()[0].split() == ["side", "by", "side", "both", "one-number"]
    assert "seats-alone:" not in text
    assert "not identified" in text


def test_the_headline_opens_down_to_what_the_offer_states(tmp_path: Path) -> None:
    found = record("bundle", "both", "-w", company(tmp_path))
    below = found["figures"]["bundle.offered-price?offer=both"]["operands"]
    told = {key.partition("?")[0]: found["figures"][key] for key in below}
    stated = {"seats": 8, "fee": 90, "list-fee": 100, "commitment": 6000, "discount": 10}
    assert {
        name: Decimal(told[f"bundle.offered-{name}"].get("low") or told[f"bundle.offered-{name}"]["value"])
        for name in stated
    } == stated


def test_shares_of_one_price_open_down_to_it_and_to_both_alone(tmp_path: Path) -> None:
    found = record("bundle", "one-number", "-w", company(tmp_path))
    share = found["figures"]["bundle.share?by=shapley&half=seats&offer=one-number"]
    alone, both, price = (amount(found, key) for key in share["operands"])
    assert (alone, both, price) == (5700, 5700 + 3650, 9000)
    assert Decimal(share["low"]) == alone - (both - price) / 2


def test_an_offer_in_another_currency_is_refused_beside_the_others(tmp_path: Path) -> None:
    root = company(tmp_path, both=offer("both", currency="EUR"))
    found = record("bundle", "-w", root, code=PROBLEMS)
    told = {one["offer"]: one["refused"] for one in found["offers"]}
    assert told["one-number"] is None
    assert told["both"]["reason"] == "both is in EUR, and what is needed is counted in USD"
    assert told["both"]["ask"] == "Ask for a price in USD."


def test_the_headline_has_credits_at_their_face_as_sellers_count_them(tmp_path: Path) -> None:
    """1,000 once and 70 a month (of 80 that eight seats bring) beside 9,600 and 6,000 / 0.9 at list price."""
    credits = [{"name": "api", "per_seat": {"premium": 10}, "cap": 70}]
    once = [{"name": "start", "amount": 1000, "until": "2027-07-01"}]
    root = company(tmp_path, both=offer("both", credits=credits, included_credits=once))
    found = record("bundle", "both", "-w", root)
    listed = 9600 + Decimal(6000) / Decimal("0.9") + 1000 + 12 * 70
    assert abs(amount(found, "bundle.offered-list?offer=both") - listed) < Decimal("0.001")
    assert amount(found, "bundle.offered-price?offer=both") == 8640 + 6000


def test_seats_without_a_price_alone_are_refused_with_what_to_ask(tmp_path: Path) -> None:
    bare = offer("both", seats=[{**SEAT, "committed": 8, "fee": 90}])
    root = company(tmp_path, both=bare)
    (root / "deal.yaml").unlink()
    done = run("bundle", "both", "-w", root, code=PROBLEMS)
    assert "no price of premium seats alone is known" in done.stdout
    assert "Ask for a quote" in done.stdout


def test_list_fees_and_list_prices_stand_in_for_quotes_at_grade_c(tmp_path: Path) -> None:
    root = company(tmp_path)
    (root / "deal.yaml").unlink()
    found = record("bundle", "both", "-w", root)
    (one,) = found["offers"]
    assert [h["evidence"] for h in one["halves"]] == ["C", "C"]
    assert amount(found, one["halves"][0]["standalone"]) == 5 * 100 * 12


def test_terms_are_priced_ranked_and_open(tmp_path: Path) -> None:
    root = company(tmp_path)
    found = record("clauses", "both", "-w", root)
    asks = {a["clause"]: amount(found, a["worth"]) for a in found["asks"]}
    assert asks["needed-seats"] == 3 * 90 * 12
    assert asks["renewal-cap"] == 8 * 90 * 12 * Decimal("0.05")
    worths = [amount(found, a["worth"]) for a in found["asks"]]
    assert worths == sorted(worths, reverse=True)
    assert {a["clause"]: a["evidence"] for a in found["asks"]}["renewal-cap"] == "D"
    package = found["package"]
    assert amount(found, package["sum"]) > amount(found, package["worth"])
    assert {n["clause"] for n in found["not_priced"]} >= {"price-cap", "ramp", "no-minimum"}
    opened = run("clauses", "both", "-w", root, "--explain", found["asks"][0]["worth"]).stdout
    assert "only without it" in opened


def test_terms_that_are_not_money_are_gates(tmp_path: Path) -> None:
    root = company(tmp_path)
    (gate,) = record("clauses", "both", "-w", root)["gates"]
    assert gate == {
        "name": "training", "seats": "never", "api": "", "required": "never", "fails": ["API"],
        "differs": True,
    }  # fmt: skip
    assert "fails for API; the two sides differ" in run("clauses", "both", "-w", root).stdout


def test_a_price_step_gives_the_price_clause_a_worth(tmp_path: Path) -> None:
    bare = {"commitment": None, "prices": "lock"}
    root = company(tmp_path, both=contract(id="both", term=TERM, **bare))
    found = record("clauses", "both", "-w", root, "--price-step", "2027-07=80%")
    asks = {a["clause"]: amount(found, a["worth"]) for a in found["asks"]}
    assert asks["price-cap"] == Decimal("0.2") * 10 * 184


def test_steps_of_forecast_yaml_and_of_the_option_are_the_same_to_every_verb(tmp_path: Path) -> None:
    """80 % of today's list from July on, written down or asked for: the same figures, and said alike."""
    root = company(tmp_path)
    verbs = {"clauses": DONE, "bundle": DONE, "projection": DONE, "commit": PROBLEMS}
    option = ("both", "-w", root, "--price-step", "2027-07=80%")
    asked = {verb: run(verb, *option, code=code).stdout for verb, code in verbs.items()}
    steps = "price_steps: [{from: 2027-07-01, factor: 0.8, reason: announced}]\n"
    (root / "forecast.yaml").write_text(steps, "utf-8")
    for verb, code in verbs.items():
        stated = run(verb, "both", "-w", root, code=code).stdout
        said = " From 2027-07-01, list prices are times 0.8: announced (usage is told at those of today);"
        assert figures_in(stated.replace(said, "")) == figures_in(asked[verb]), verb
        assert "List prices are 80 % of those of today from 2027-07 on." in stated


def figures_in(text: str) -> list[str]:
    """Every amount of money in a text."""
    return re.findall(r"\d[\d,]*\.\d\d\b", text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bundle", "nobody"), "No offer is called 'nobody'. Known: api-alone, both"),
        (("clauses", "nobody"), "No offer is called 'nobody'."),
        (("clauses", "--explain", "clause.nothing"), "No figure is called"),
        (("bundle", "--price-step", "soon"), "Write a month and a level"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run(*words, "-w", company(tmp_path), code=WRONG_USE).stderr


def test_a_standalone_price_that_is_not_there_is_said(tmp_path: Path) -> None:
    root = company(tmp_path)
    (root / "deal.yaml").write_text("standalone: {seats: nowhere}\n")
    said = run("bundle", "both", "-w", root, code=WRONG_USE).stderr
    assert "deal.yaml names 'nowhere' as standalone" in said


def test_one_price_is_told_with_each_half_alone_and_no_headline(tmp_path: Path) -> None:
    one = [{**SEAT, "committed": 8, "fee": 0}]
    text = offer("one", seats=one, commitment=None, undivided={"price": 9000, "usage": 6000})
    said = run("bundle", "one", "-w", company(tmp_path, one=text)).stdout
    assert "No headline discount; true discount" in said
    assert re.search(r"^seats +\$5,700\.00 +\$", said, re.MULTILINE)


def test_both_verbs_and_the_brief_say_the_same_discounts(tmp_path: Path) -> None:
    root = company(tmp_path)
    bundle = run("bundle", "both", "-w", root).stdout
    brief = run("brief", "both", "-w", root, code=PROBLEMS).stdout
    assert "Headline 10.0 % off" in bundle
    assert re.search(r"as the seller shows it +10\.0 %", brief)


def test_a_renewal_that_needs_more_is_no_exposure(tmp_path: Path) -> None:
    """The ten seats of the contract are renewed; twelve people need one."""
    root = company(tmp_path)
    Path(root, "forecast.yaml").write_text("seats: [{type: premium, people: 12}]\n", "utf-8")
    assert "Ratchet" not in run("brief", "both", "-w", root, code=PROBLEMS).stdout
    assert "Gap: −$2,592.00" in run("renewal", "-w", root).stdout


def test_leverage_is_told_without_a_sign(tmp_path: Path) -> None:
    good = offer("good", seats=[{**SEAT, "committed": 5, "fee": 50, "list_fee": 100}], commitment=None,
                 rates=[{"discount": "10%"}])  # fmt: skip
    said = run("bundle", "good", "-w", company(tmp_path, good=good)).stdout
    assert "Buying both together is worth $3,065.00: leverage is real." in said


def test_an_offer_in_another_currency_is_not_set_against_this_one(tmp_path: Path) -> None:
    root = company(tmp_path, euro=offer("euro", currency="EUR"))
    Path(root, "deal.yaml").unlink()
    said = run("bundle", "euro", "both", "-w", root, code=PROBLEMS).stdout
    assert "euro: cannot be taken apart, as euro is in EUR, and what is needed is counted in USD." in said
    for verb in ("clauses", "brief"):
        assert "is counted in USD" in run(verb, "euro", "-w", root, code=WRONG_USE).stderr


def test_an_offer_that_cannot_be_read_is_pointed_to(tmp_path: Path) -> None:
    root = company(tmp_path, broken="id: broken\nvendor: anthropic\ncurrency: USD\n")
    assert "`bothhalves check` says why" in run("bundle", "broken", "-w", root, code=WRONG_USE).stderr


@pytest.mark.parametrize(
    "forged",
    [{"id": "x\nTrue discount 40 %"}, {"seats": [{**SEAT, "type": "a\nb", "committed": 1, "fee": 1}]}],
)
def test_a_name_of_two_lines_forges_none(tmp_path: Path, forged: dict[str, Any]) -> None:
    root = company(tmp_path, bad=contract(**{"id": "bad", "term": TERM, "commitment": COMMITMENT, **forged}))
    assert "True discount 40 %" not in run("bundle", "-w", root).stdout
    assert "on one line each" in run("check", "-w", root, code=PROBLEMS).stdout


@pytest.mark.parametrize("months", [12, 60])
def test_a_term_beyond_what_is_looked_ahead_at_says_so(tmp_path: Path, months: int) -> None:
    long = offer("long").replace("months: 12", f"months: {months}")
    said = run("bundle", "long", "-w", company(tmp_path, long=long)).stdout
    assert ("Months after 2029-10" in said) == (months == 60)


@pytest.mark.parametrize("verb", ["clauses", "bundle"])
def test_a_forecast_that_cannot_be_read_is_said(tmp_path: Path, verb: str) -> None:
    root = company(tmp_path)
    (root / "forecast.yaml").write_text("horizon_months: soon\n")
    assert "forecast.yaml" in run(verb, "both", "-w", root, code=PROBLEMS).stderr


def test_a_month_of_data_gives_no_term_a_price(tmp_path: Path) -> None:
    root = company(tmp_path)
    done = run("clauses", "both", "-w", root, "--window", "2026-09", code=PROBLEMS)
    assert "No year is looked ahead from 1 full month of data" in done.stdout
    assert "Gates" in done.stdout
    assert "Worth a price" not in done.stdout
    found = record("clauses", "both", "-w", root, "--window", "2026-09", code=PROBLEMS)
    assert (found["asks"], found["held"], found["package"]) == ([], [], None)


@pytest.mark.parametrize("name", ["both", "one-number"])
def test_a_month_of_data_takes_no_bundle_apart(tmp_path: Path, name: str) -> None:
    root = company(tmp_path)
    done = run("bundle", name, "-w", root, "--window", "2026-09", code=PROBLEMS)
    assert f"{name}: cannot be taken apart, as no year is looked ahead from 1 full month" in done.stdout
    assert "in the bundle" not in done.stdout
    found = record("bundle", name, "-w", root, "--window", "2026-09", code=PROBLEMS)
    assert (found["figures"], found["offers"][0]["refused"]["ask"]) == ({}, "Import more.")


def test_a_contract_that_has_renewed_is_at_the_fee_of_today(tmp_path: Path) -> None:
    """100 a seat from October 2025 on and 10 % more a year: 110 since the renewal. Five seats are needed."""
    root = company(tmp_path)
    seats = [{**SEAT, "committed": 8, "fee": 100, "list_fee": 130, "renewal": {"uplift": "10%"}}]
    term = {"start": "2025-10-01", "months": 12, "auto_renews": True}
    running = contract(id="signed", accounts=[], term=term, seats=seats, commitment=COMMITMENT)
    (root / "contracts" / "a.yaml").write_text(running)
    (root / "deal.yaml").write_text("standalone: {seats: signed, api: api-alone}\n")
    found = record("bundle", "both", "signed", "-w", root)
    assert amount(found, "bundle.standalone?half=seats&offer=both") == 5 * 110 * 12
    assert amount(found, "bundle.inside?half=seats&offer=signed") == 8 * 110 * 12
    assert amount(found, "bundle.offered?half=seats&offer=signed") == 5 * 110 * 12
