"""The brief to negotiate with, on the invented Meridian Freight and on variations of what is known of it.

The whole brief is in ``golden/``. After a change that is meant to move it, write it anew and look at the
difference::

    GOLDEN=write python -m pytest tests/brief/test_negotiation.py -k golden
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from math import floor
from pathlib import Path
from typing import Any

import pytest

from bothhalves.brief.bases import bases_of
from bothhalves.brief.bundles import bundle_sheet
from bothhalves.brief.committing import running_sheet
from bothhalves.brief.negotiation import brief_of
from bothhalves.brief.negotiation_record import NegotiationBrief
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.evidence import Comparison
from bothhalves.core.explain import Figure, parse_key, recomputed, walk
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.report.bundle import bundles_text
from bothhalves.report.negotiation import (
    negotiation_html,
    negotiation_markdown,
    negotiation_record,
    negotiation_text,
)
from bothhalves.workspace import Workspace, open_workspace
from bothhalves.workspace.bundling import bundled_of
from bothhalves.workspace.committing import running_of
from bothhalves.workspace.forecasting import outlook_of
from bothhalves.workspace.importing import import_paths
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.negotiating import Ground, ground_of
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.reading_files import Options
from source import ROOT

GOLDEN = Path(__file__).parent / "golden"
MONTHS = (Month(2026, 9), Month(2026, 10))
TODAY = date(2026, 11, 20)
HOSTILE = (
    "<script>alert(1)</script> | [pay](http://evil.test) ![x](y) **b**\n# h `c` www.evil.test a@evil.test"
)
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "p",
    "strong",
    "span",
    "section",
    "ul",
    "li",
}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


def example(name: str, place: Path) -> Workspace:
    root = place / name
    shutil.copytree(ROOT / "examples" / name, root, ignore=shutil.ignore_patterns("state"))
    import_paths(open_workspace(root), [], Options(), lambda text: None)
    return open_workspace(root)


@pytest.fixture(scope="module")
def meridian(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return example("meridian", tmp_path_factory.mktemp("brief"))


@pytest.fixture(scope="module")
def ahead(meridian: Workspace) -> Prospects:
    return Prospects(meridian, MONTHS)


@pytest.fixture(scope="module")
def ground(ahead: Prospects) -> Ground:
    return ground_of(ahead, TODAY)


@pytest.fixture(scope="module")
def brief(ground: Ground) -> NegotiationBrief:
    return brief_of(ground, TODAY)


def shown(brief: NegotiationBrief) -> str:
    """All that a reader sees, in every form."""
    return "\n".join(
        write(brief)
        for write in (negotiation_text, negotiation_markdown, negotiation_html, negotiation_record)
    )


def essence(brief: NegotiationBrief) -> str:
    """The record with figures' values and how many Lines they have, without the state of data and books."""
    record: dict[str, Any] = json.loads(negotiation_record(replace(brief, snapshot="", books=())))
    kept = ("title", "value", "low", "high", "currency", "kind", "unit", "operator", "operands", "rule")
    record["figures"] = {
        key: {**{k: f[k] for k in kept if k in f}, "lines": len(f["lines"])}
        for key, f in record["figures"].items()
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def figure(brief: NegotiationBrief, key: str) -> Decimal:
    value = brief.figures()[key].value
    return value.low if isinstance(value, Amount) else value


def words(brief: NegotiationBrief, part: str) -> str:
    (found,) = (p for p in brief.parts if p.id == part)
    return "\n".join([*(str(c) for row in found.rows for c in row if isinstance(c, str)), *found.notes])


@pytest.mark.parametrize("form", ["md", "json"])
def test_the_golden_brief(brief: NegotiationBrief, form: str) -> None:
    made = negotiation_markdown(replace(brief, snapshot="", books=())) if form == "md" else essence(brief)
    golden = GOLDEN / f"meridian.{form}"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(made, "utf-8")
    assert made == golden.read_text("utf-8")


def test_every_part_is_there(brief: NegotiationBrief) -> None:
    names = [p.id for p in brief.parts]
    assert names == ["need", "costs", "asks", "exposures", "dates", "protections", "unknowns"]
    assert all(p.rows or p.notes for p in brief.parts)
    assert "invented" in " ".join(brief.labels).lower()
    for write in (negotiation_text, negotiation_markdown, negotiation_html):
        assert "Invented company" in write(brief).replace("\\", "")


def test_every_number_of_money_is_a_figure_with_a_key(brief: NegotiationBrief) -> None:
    told = [c for c in brief.headline if isinstance(c, str)]
    told += [c for p in brief.parts for row in p.rows for c in row if isinstance(c, str)]
    told += [said for p in brief.parts for said in (*p.columns, *p.notes)]
    assert [text for text in told if re.search(r"[$€£]\s?\d", text)] == []
    record = json.loads(negotiation_record(brief))
    cells = [c for p in record["parts"] for row in p["rows"] for c in row if isinstance(c, dict)]
    assert cells
    assert all(c["figure"] in record["figures"] for c in cells)


def test_every_figure_recomputes_from_its_leaves(brief: NegotiationBrief) -> None:
    for key, told in brief.figures().items():
        parse_key(key)
        again = recomputed(told)
        if isinstance(again, Amount):
            assert again == told.value, key
        else:
            assert isinstance(told.value, Decimal)
            assert abs(again - told.value) < Decimal("1e-20"), key


def test_a_key_has_one_value(brief: NegotiationBrief) -> None:
    seen: dict[str, object] = {}
    for root in brief.roots():
        for node in walk(root):
            if isinstance(node, Figure):
                assert seen.setdefault(node.key, node.value) == node.value


def test_nothing_forbidden_is_in_it(brief: NegotiationBrief, ground: Ground) -> None:
    text = shown(brief)
    assert "margin" not in re.sub(r"margin: ", "", text).lower()  # the style sheet has margins
    keys = brief.figures()
    assert not any(k.startswith(("plan.", "levers.", "commit.running.saving")) for k in keys)
    kinds = {f.value.kind for f in keys.values() if isinstance(f.value, Amount)}
    assert kinds == {MoneyKind.SCENARIO, MoneyKind.NOTIONAL}
    people = {p.person for plan in ground.planned.plans for p in plan.situation.people}
    assert people
    assert not any(person in text for person in people)


def test_no_saving_is_counted_that_is_still_to_be_built(
    brief: NegotiationBrief, ground: Ground, meridian: Workspace
) -> None:
    """Usage needed is today's, though the plan would lower it; holders who would leave for a tool stay."""
    today = outlook_of(meridian, MONTHS, Baseline.CURRENT, vendor="anthropic")
    after = outlook_of(meridian, MONTHS, Baseline.EFFICIENT, vendor="anthropic", planned=ground.planned)
    assert [s.api for s in ground.need.scenarios] == [s.api for s in today.scenarios]
    for built, planned, held in zip(ground.need.scenarios, after.scenarios, today.scenarios, strict=True):
        assert sum(built.api) > sum(planned.api)
        after_plan, needed, now = (way.seats["standard"] for way in (planned, built, held))
        assert after_plan[-1] < needed[-1] < now[-1]
        assert after_plan[0] == needed[0] + 11  # who does moved work; the tool is not live yet
    for part in brief.parts:
        if part.id in ("need", "costs", "asks"):
            assert all("basis=built" in f.key for f in part.roots())


def test_the_offer_costs_what_is_needed_inside_it(brief: NegotiationBrief) -> None:
    said = "?basis=built&offer=bundle-2027"
    cost, alone = figure(brief, f"bundle.cost{said}"), figure(brief, f"bundle.standalone{said}")
    term = range(3, 15)  # months after the window, in which 30 % of 3 and 60 % of 1 are hired with a seat
    standard, premium = (
        sum(floor(now + more * month + Fraction(1, 2)) for month in term)
        for now, more in ((427, Fraction(9, 10)), (48, Fraction(6, 10)))
    )
    seats = 54 * standard + 12 * 135 * 90  # standard seats needed and premium seats committed
    assert cost - figure(brief, "bundle.inside?basis=built&half=api&offer=bundle-2027") == seats
    assert figure(brief, f"bundle.leverage{said}") == cost - alone
    seats_alone = alone - figure(brief, "bundle.standalone?basis=built&half=api&offer=bundle-2027")
    assert seats_alone == 56 * standard + 140 * premium


def comparison(invoiced: str) -> Comparison:
    one, other = (
        Amount.of(Decimal(n), "USD", k)
        for n, k in ((invoiced, MoneyKind.INVOICED), ("100", MoneyKind.ESTIMATED))
    )
    return Comparison("anthropic", "", "2026-10", one, other)


@pytest.mark.parametrize(
    ("invoiced", "draft"), [("103", False), ("103.1", True), ("97.2", False), ("96", True), ("0", True)]
)
def test_a_gap_above_three_percent_makes_a_draft(ground: Ground, invoiced: str, draft: bool) -> None:
    found = brief_of(
        replace(ground, ledger=replace(ground.ledger, comparisons=(comparison(invoiced),))), TODAY
    )
    assert found.is_draft is draft
    for write in (negotiation_text, negotiation_markdown, negotiation_html):
        assert ("DRAFT" in write(found)) is draft


def test_without_an_invoice_it_is_a_draft(ground: Ground) -> None:
    found = brief_of(replace(ground, ledger=replace(ground.ledger, comparisons=())), TODAY)
    assert found.drafts == ("no invoice is here to compare with",)


def test_a_price_without_a_source_is_not_shown(ground: Ground) -> None:
    found = brief_of(replace(ground, unsourced=("seats-alone-2027 names no source",)), TODAY)
    keys = [k for root in found.roots() for k in [root.key]]
    assert not any(
        k.startswith(("bundle.standalone", "bundle.leverage", "bundle.true-discount")) for k in keys
    )
    assert any(k.startswith("bundle.cost") for k in keys)
    assert (
        "Refused: walk-away cost and true discount, as seats-alone-2027 names no source."
        in negotiation_text(found)
    )


def test_few_heavy_users_stand_together_or_not_at_all(ground: Ground) -> None:
    many = brief_of(ground, TODAY)
    (people,) = (f for k, f in many.figures().items() if k.startswith("exposure.heavy.people"))
    assert people.value == 53
    few = brief_of(replace(ground, smallest_group=54), TODAY)
    assert not any(k.startswith("exposure.heavy") for k in few.figures())
    assert "Fewer than 54 people" in words(few, "exposures")


def test_what_a_signed_commitment_loses_is_an_exposure(tmp_path: Path) -> None:
    """Its figures are those of ``bothhalves commit``; without a quote for seats nothing is said of apart."""
    place = example("brindlepost", tmp_path)
    months = tuple(Month(2026, n) for n in (7, 8, 9, 10))
    (signed,) = (c for c in place.config.contracts if c.commitment is not None)
    ahead = Prospects(place, months)
    own = running_sheet(running_of(place, months, signed, ahead.baselines(signed.vendor)))
    lost = {r.forfeited.key: r.forfeited.value for r in own.rows if r.period.forfeited > 0}
    found = brief_of(ground_of(ahead, TODAY), TODAY)
    assert lost
    assert lost == {k: f.value for k, f in found.figures().items() if k.startswith("commit.running.")}
    assert "no price of premium, standard seats alone is known" in negotiation_text(found)
    assert not any(k.startswith("bundle.") for k in found.figures())


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_hostile_names_stay_text(brief: NegotiationBrief) -> None:
    rows = tuple(
        replace(p, rows=tuple((HOSTILE, *r[1:]) for r in p.rows), notes=(HOSTILE,)) for p in brief.parts
    )
    bad = replace(brief, company=HOSTILE, source=HOSTILE, labels=(HOSTILE,), drafts=(HOSTILE,), parts=rows)
    reader = _Tags()
    reader.feed(negotiation_html(bad))
    assert reader.tags <= TAGS
    assert reader.attributes <= {"lang", "charset", "name", "content", "class", "id", "scope", "title"}
    markdown = negotiation_markdown(bad)
    assert not re.search(r"(?<!\\)[<>`@]", markdown)
    assert not re.search(r"(?<!\\)\[|http:/|www\.", markdown)
    assert not re.search(r"^# h", markdown, re.MULTILINE)
    for part in bad.parts:
        pipes = len(part.columns) + 1
        table = markdown.split(f"## {part.title}")[1].split("##")[0].splitlines()
        assert all(len(re.findall(r"(?<!\\)\|", row)) == pipes for row in table if row.startswith("|"))


def test_the_page_stands_by_itself(brief: NegotiationBrief) -> None:
    page = negotiation_html(brief)
    assert page.startswith("<!doctype html>")
    assert not re.search(r"<(script|link|img|iframe)|https?://|url\(|@import", page)
    assert "@media print" in page


def test_the_bundle_stands_on_both_needs_and_the_first_is_that_of_the_brief(
    ahead: Prospects, brief: NegotiationBrief
) -> None:
    found = bundled_of(Needed(ahead))
    sheets = [s for s in map(bundle_sheet, found.offers) if s is not None]
    bases = bases_of(found, sheets)
    known = brief.figures()
    shared = [row.now for row in bases["bundle-2027"] if row.now is not None and row.now.key in known]
    assert len(shared) == 4
    assert all(known[f.key].value == f.value for f in shared)
    assert all(row.later is not None and "basis" not in row.later.key for row in bases["bundle-2027"])
    text = bundles_text(found, sheets, bases)
    assert "with nothing built" in text
    assert "The brief counts what is needed with nothing built" in text
