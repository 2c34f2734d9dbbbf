"""The five routes and what there is to buy on them, from the shipped books."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from bothhalves.core.explain import Problem
from bothhalves.core.routes import Offers, RouteFacts
from bothhalves.reading.plans import plan_book
from bothhalves.reading.records import read_yaml

BOOKS = Path(str(files("bothhalves"))) / "books"


def offers(workspace_plans: Sequence[Path] = ()) -> tuple[Offers, list[Problem]]:
    """Everything that can be bought, and what is wrong with the given files of plans."""
    plans, problems = plan_book(workspace_plans)
    routes, bad_routes = read_yaml(BOOKS / "routes.yaml", tuple[RouteFacts, ...], "books/routes.yaml")
    checks, bad_checks = read_yaml(BOOKS / "checks.yaml", dict[str, str], "books/checks.yaml")
    work, bad_work = read_yaml(BOOKS / "work.yaml", dict[str, tuple[str, ...]], "books/work.yaml")
    problems = [*problems, *bad_routes, *bad_checks, *bad_work]
    return Offers(plans, routes or (), checks or {}, work or {}), problems
