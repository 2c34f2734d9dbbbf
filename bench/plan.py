"""The whole allocation of invented companies, and HiGHS on the same as far as it goes."""

from __future__ import annotations

from typing import Any

from bench.measure import job
from bench.table import Row

#: Seconds that a company of so many people may take; None: nothing was promised.
MOST = {1_000: None, 10_000: None, 100_000: 10.0, 1_000_000: 60.0}
SCENARIOS = (50, 200)
WORKLOADS = 2_000
#: People, scenarios and workloads at which HiGHS is asked too, and for how many seconds at most.
BESIDE = {
    "quick": ((100, 10, 20, 120), (1_000, 50, 100, 120)),
    "full": ((100, 10, 20, 600), (1_000, 50, 100, 1_800), (1_000, 50, 2_000, 1_800)),
}
_GAP = 1e-6


def measured(size: str) -> list[Row]:
    rows = []
    for scenarios in SCENARIOS:
        for people, most in MOST.items():
            run = job("plan", str(people), str(scenarios), str(WORKLOADS))
            told = run.answer
            target = f"gap <= {_GAP:g}" + (f", <= {most:g} s" if most else "")
            met = told["gap"] <= _GAP and (most is None or run.wall <= most)
            rows.append(Row(_what(people, scenarios, WORKLOADS, told), run, None, target, met))
    for people, scenarios, workloads, seconds in BESIDE[size]:
        rows += _beside(people, scenarios, workloads, seconds)
    return rows


def _what(people: int, scenarios: int, workloads: int, told: Any) -> str:
    size = f"{people:,} people, {scenarios} scenarios, {workloads:,} workloads"
    return f"{size}: {told['objective']}, gap {told['gap']:.1e}"


def _beside(people: int, scenarios: int, workloads: int, seconds: int) -> list[Row]:
    """HiGHS on the same company. It must come to the same micro-dollar where it finishes, and to no less."""
    words = [str(people), str(scenarios), str(workloads)]
    ours, run = job("plan", *words), job("plan_milp", *words, str(seconds))
    told = run.answer
    what = f"the same in HiGHS, {told['status']}: {told['objective']}"
    same = told["status"] == "optimal" and told["objective"] == ours.answer["objective"]
    target, met = ("the same micro-dollar", same) if told["status"] == "optimal" else ("", None)
    return [
        Row(_what(people, scenarios, workloads, ours.answer), ours),
        Row(what, run, run.cpu / ours.cpu, target, met),
    ]


def solved(people: str, scenarios: str, workloads: str) -> Any:
    """The job of the measured process: everything but drawing the company."""
    from bench.plan_company import company
    from bothhalves.allocate.search import Limits
    from bothhalves.allocate.solve import solve

    drawn = company(int(people), int(scenarios), int(workloads))

    def answer() -> dict[str, Any]:
        found = solve(drawn, Limits(seconds=600))
        return {"objective": _dollars(found.objective), "gap": found.gap, "status": found.status}

    return answer


def solved_by_highs(people: str, scenarios: str, workloads: str, seconds: str) -> Any:
    """The same band by band as one mixed-integer program each."""
    from bench.plan_company import company
    from bench.whole_milp import reference

    drawn = company(int(people), int(scenarios), int(workloads))

    def answer() -> dict[str, Any]:
        found = reference(drawn, float(seconds))
        amount = "no choice" if found.objective is None else _dollars(found.objective)
        return {"objective": amount, "status": found.status}

    return answer


def _dollars(micro: Any) -> str:
    """Rounded to whole micro-dollars: an expectation over scenarios need not be one."""
    return f"{round(micro) / 1_000_000:,.6f}"
