"""From the job to the route, the plans that fit, and their price at this size."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bothhalves.cli import app
from bothhalves.core.plans import RouteKind
from bothhalves.core.routes import Job, Work, Worker, cautions, choices, known_controls, quotes
from bothhalves.reading.routes import offers
from cli.command import record, run

DAY = date(2026, 11, 20)
OFFERS, PROBLEMS = offers()
APP, TEAM, API, POOL, ENTERPRISE = (
    RouteKind.APP, RouteKind.TEAM, RouteKind.API, RouteKind.CREDITS, RouteKind.ENTERPRISE,
)  # fmt: skip
JOBS = {
    "one analyst": (Job(Worker.PERSON), [APP]),
    "one analyst who needs sign-on": (Job(Worker.PERSON, controls=("sso",)), [TEAM]),
    "forty people": (Job(Worker.PERSON, people=40), [TEAM]),
    "forty people with provisioning at Anthropic": (
        Job(Worker.PERSON, people=40, controls=("sso", "scim"), vendors=("anthropic",)),
        [ENTERPRISE],
    ),
    "two hundred people at Anthropic": (
        Job(Worker.PERSON, people=200, vendors=("anthropic",)),
        [ENTERPRISE],
    ),
    "developers": (Job(Worker.PERSON, Work.CODE, people=12), [TEAM]),
    "a support bot": (Job(Worker.SOFTWARE), [API]),
    "a nightly script": (Job(Worker.SCRIPT, Work.CODE, attended=False), [API]),
    "a script that a developer starts": (Job(Worker.SCRIPT, Work.CODE, people=3), [TEAM]),
    "designers with video": (Job(Worker.PERSON, Work.MEDIA, people=6), [TEAM, POOL]),
}


def test_the_books_tell_all_five_routes() -> None:
    assert PROBLEMS == []
    assert [r.route for r in OFFERS.routes] == [APP, TEAM, API, POOL, ENTERPRISE]
    for facts in OFFERS.routes:
        assert facts.misunderstood
        assert set(facts.checks) <= set(OFFERS.checks)


@pytest.mark.parametrize(("job", "expected"), JOBS.values(), ids=JOBS)
def test_the_route_of_a_job(job: Job, expected: list[RouteKind]) -> None:
    assert [c.route for c in choices(job, OFFERS, DAY)] == expected


def test_nobody_waits_means_batch() -> None:
    waited, batched = (choices(Job(Worker.SOFTWARE, waits=w), OFFERS, DAY)[0].reason for w in (True, False))
    assert "batch" not in waited
    assert "batch" in batched


def test_a_plan_is_priced_at_its_smallest_size_and_left_out_above_its_largest() -> None:
    def seats(people: int) -> dict[str, int]:
        job = Job(Worker.PERSON, people=people, vendors=("anthropic",))
        return {q.offered.plan.id: q.seats for q in quotes(job, OFFERS, DAY) if q.billed == "annual"}

    assert seats(5)["claude-enterprise"] == 50
    assert seats(5)["claude-team-standard"] == 5
    assert seats(150)["claude-team-standard"] == 150
    assert "claude-team-standard" not in seats(151)


def test_the_price_is_a_line_that_names_its_source() -> None:
    job = Job(Worker.PERSON, people=30, vendors=("anthropic",))
    found = {(q.offered.plan.id, q.billed): q.line for q in quotes(job, OFFERS, DAY)}
    line = found["claude-team-standard", "monthly"]
    assert line is not None
    assert (line.quantity, line.price, line.amount.low) == (30, 25, 750)
    assert line.source.startswith("https://")
    assert found["claude-enterprise-hipaa-chat", "annual"] is None


def test_plans_without_a_control_come_last_and_say_which() -> None:
    job = Job(Worker.PERSON, people=30, controls=("sso", "scim"), vendors=("anthropic", "openai"))
    found = quotes(job, OFFERS, DAY)
    assert [q.fits for q in found] == sorted((q.fits for q in found), reverse=True)
    team = next(q for q in found if q.offered.plan.id == "claude-team-premium")
    business = next(q for q in found if q.offered.plan.id == "chatgpt-business-standard")
    assert (team.lacking, business.unconfirmed) == (("scim",), ("scim",))


def test_cautions_come_from_the_plan_s_own_record() -> None:
    plan = OFFERS.plans.find("claude-team-standard", DAY)
    assert plan is not None
    said = cautions(plan.plan)
    assert "at most 150 seats" in said
    assert "API credit of 20 USD per seat and month, at most 500 for an organisation" in said


def test_the_command_answers_in_text_and_json(tmp_path: Path) -> None:
    text = run("route", "--worker", "person", "--people", 40, "--control", "sso", "--as-of", DAY).stdout
    assert "Team seats" in text
    assert "before paying" in text
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text(
        "- {name: bot, worker: software, waits: false}\n- {name: all, worker: person, people: 9}\n"
    )
    answer = record("route", jobs, "--as-of", DAY)
    assert [(a["job"], a["routes"][0]["route"]) for a in answer] == [
        ("bot", "direct-api"), ("all", "team-seats"),
    ]  # fmt: skip
    assert answer[0]["plans"] == []
    assert {p["fits"] for p in answer[1]["plans"]} == {True}


def test_without_options_the_job_is_asked_for() -> None:
    done = CliRunner().invoke(app, ["route", "--as-of", str(DAY)], input="person\ncode\n12\nsso\n")
    assert done.exit_code == 0
    assert "Team seats" in done.stdout
    assert "12 seats" in done.stdout
    assert "Controls that are needed" in done.stderr


def test_a_misspelt_control_is_refused_with_the_one_that_was_meant() -> None:
    told = run("route", "--worker", "person", "--control", "audit-logs", code=2).stderr
    assert "audit-log?" in told
    assert "audit-log" in known_controls(OFFERS.plans)


def test_a_job_that_does_not_fit_names_its_place(tmp_path: Path) -> None:
    jobs = tmp_path / "jobs.yaml"
    jobs.write_text("- {worker: robot}\n")
    assert "jobs.yaml:1:12" in run("route", jobs, code=1).stderr
