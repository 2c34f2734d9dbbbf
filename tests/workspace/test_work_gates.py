"""People may take over a workload's work on seats if nothing that it needs speaks against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from test_plan_limits import SEAT
from test_planning import WINDOW, filled, only, planned

from bothhalves.brief.plans import sheets
from bothhalves.report.plan import plan_text
from bothhalves.workspace.planning.work_moves import TO_SEATS
from workspace_folder import Folder

CLOSED, LACKING = "Closed paths", "What workloads need and their API does not promise"
EU = {"residency": "eu"}


def company(place: Path, workload: dict[str, Any], **signed: Any) -> Folder:
    """A workload of 300 dollars a month, which one person could do on a seat of 100."""
    to_seats = [{"workload": "lookup", "seat": "premium", "people": 1}]
    folder = filled(place, {"to_seats": to_seats}, seats=[{**SEAT, "committed": 8}], **signed)
    work = {"id": "lookup", "match": {"keys": ["app"]}, **workload}
    folder.write({"workloads.yaml": yaml.safe_dump({"workloads": [work]})})
    return folder


@pytest.mark.parametrize(
    ("workload", "signed", "why"),
    [
        ({}, {}, ""),
        ({"human": True}, {}, ""),
        ({"human": False}, {}, "human in the loop: software does the work: it has no seat path"),
        ({"needs": {"controls": ["sso"]}}, {}, "controls: no source confirms that premium has sso"),
        ({"needs": {"controls": ["sso"]}}, {"seat_terms": {"sso": True}}, ""),
        ({"needs": {"controls": ["sso"]}}, {"api_terms": {"sso": True}}, "controls: no source confirms"),
        ({"needs": {"terms": EU}}, {}, "residency: "),
        ({"needs": {"terms": EU}}, {"terms": EU}, ""),
    ],
)
def test_a_seat_must_have_what_the_work_needs(
    tmp_path: Path, workload: dict[str, Any], signed: dict[str, Any], why: str
) -> None:
    folder = company(tmp_path, workload, **signed)
    found = planned(folder)
    assert only(found).chosen.workloads["lookup"] == ("today" if why else TO_SEATS)
    told = plan_text(found, sheets(found))
    assert (f"premium is closed to lookup ({why}" in told) == bool(why)
    page = folder.page(f"{WINDOW[0]}/{WINDOW[1]}")
    assert page.line.paths is not None
    (row,) = (row for row in page.line.paths.workloads if row.workload == "lookup")
    assert (row.seat is None) == bool(why)
    assert row.no_seat == (f"closed: {why.partition(':')[0]}" if why else "")


def test_what_the_company_requires_of_every_vendor_holds_for_the_work_too(tmp_path: Path) -> None:
    folder = company(tmp_path, {})
    written = yaml.safe_load((folder.root / "company.yaml").read_text())
    folder.write({"company.yaml": yaml.safe_dump({**written, "needs": {"controls": ["scim"]}})})
    plan = only(planned(folder))
    assert plan.chosen.workloads["lookup"] == "today"
    (_, refused) = plan.situation.gates.closed["lookup"]
    assert [one.reason for one in refused] == ["no source confirms that premium has scim"]


@pytest.mark.parametrize(
    ("promised", "lacks"), [({}, True), ({"retention_days": 60}, True), ({"retention_days": 0}, False)]
)
def test_what_goes_on_as_it_does_is_told_what_it_lacks(
    tmp_path: Path, promised: dict[str, Any], lacks: bool
) -> None:
    """The workload stays on the API, whatever that promises: it is not moved for it."""
    workload = {"human": False, "needs": {"terms": {"retention_days": 30}}}
    found = planned(company(tmp_path, workload, api_terms=promised))
    assert only(found).chosen.workloads["lookup"] == "today"
    told = plan_text(found, sheets(found))
    assert (LACKING in told) == lacks
    assert ("retention days 30 is required, the API under anthropic-2026 promises" in told) == lacks
