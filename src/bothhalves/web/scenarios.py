"""Scenarios on the page: a list, up to four side by side, two taken apart, and the one form that writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, HTTPException, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from bothhalves.brief.scenario_record import Comparison, Diff
from bothhalves.report import scenarios as told
from bothhalves.web import render
from bothhalves.web.app import Asked, Desk, awaited, links_of
from bothhalves.web.aside import Asides, is_awaited
from bothhalves.web.scenario_shelf import Shelf
from bothhalves.workspace import WrongWindow
from bothhalves.workspace.scenario_inputs import NAMES, Inputs, stated
from bothhalves.workspace.scenarios import BASE, MOST, CannotSave, asked_for, with_known_offer

From = Annotated[str, Parameter(alias="from", max_length=200)]
To = Annotated[str, Parameter(alias="to", max_length=200)]
Names = Annotated[list[str] | None, Parameter(alias="with", max_length=20)]
Result = TypeVar("Result")
#: What is shown where no scenario is chosen.
NOTHING = Comparison((), (), (), {})
#: So long a form may be, in bytes.
LONGEST = 8_192
#: The inputs of which several stand in one field, and what stands between them.
LISTS = {"price_steps": ",", "changes": ";"}
FORM = "application/x-www-form-urlencoded"


def add_scenarios(app: FastAPI, desk: Desk, shelf: Shelf | None) -> None:
    """The routes of scenarios; without a shelf the list is empty and nothing is saved."""

    @app.get("/scenarios", response_class=HTMLResponse)
    def scenarios(request: Request, asked: Asked, names: Names = None) -> HTMLResponse:
        page = desk.page(asked)
        links = links_of(request, asked, page)
        frame = desk.frame(request, page, links, "scenarios")
        context: dict[str, Any] = {"found": NOTHING, "told": told, "shelf": shelf, "most": MOST, "base": BASE}
        if names and shelf is not None:
            wanted = _wanted(shelf, names if len(set(names)) > 1 else [BASE, *names])
            if _is_awaited(page.compared, wanted):
                return awaited(frame, "Scenarios side by side")
            context["found"] = _worked(page.compared, wanted)
        saved, problems = shelf.saved() if shelf else ({}, [])
        now = shelf.now() if shelf else None
        return HTMLResponse(
            render.html("scenarios.html", **frame, **context, saved=saved, problems=problems, now=now)
        )

    @app.get("/scenarios/diff", response_class=HTMLResponse)
    def diff(request: Request, asked: Asked, first: From = BASE, second: To = BASE) -> HTMLResponse:
        if shelf is None:
            raise HTTPException(404, "This page has no workspace to keep scenarios in.")
        page = desk.page(asked)
        frame = desk.frame(request, page, links_of(request, asked, page), "scenarios")
        wanted = _wanted(shelf, [first, second])
        if _is_awaited(page.diffed, wanted):
            return awaited(frame, "What explains the difference")
        found: Diff = _worked(page.diffed, wanted)
        known = [BASE, *shelf.saved()[0]]
        return HTMLResponse(render.html("scenario_diff.html", **frame, found=found, told=told, known=known))

    @app.post("/scenarios")
    async def keep(request: Request) -> RedirectResponse:
        require_same_origin(request)
        if shelf is None:
            raise HTTPException(404, "This page has no workspace to save scenarios in.")
        form = await _form(request)
        try:
            name = await run_in_threadpool(_kept, shelf, form)
        except ValueError as error:
            raise HTTPException(400, f"This cannot be saved: {str(error).rstrip('.')}.") from error
        asked = {"with": [BASE, name], **({"window": form["window"]} if form.get("window") else {})}
        return RedirectResponse(f"/scenarios?{urlencode(asked, doseq=True)}", status_code=303)


def _kept(shelf: Shelf, form: dict[str, str]) -> str:
    """The name under which a form was saved. Raises ``ValueError``."""
    name, note = form.get("name", "").strip(), form.get("note", "").strip()
    shelf.save(name, _inputs(shelf, form), note, replace=form.get("replace") == "yes")
    return name


def _wanted(shelf: Shelf, names: list[str]) -> str:
    try:
        return asked_for(shelf.chosen(names))
    except CannotSave as error:
        raise HTTPException(400, str(error)) from error


def _is_awaited(work: Callable[[str], Any], wanted: str) -> bool:
    return isinstance(work, Asides) and is_awaited(work.of(wanted))


def _worked(work: Callable[[str], Result], wanted: str) -> Result:
    try:
        return work(wanted)
    except (CannotSave, WrongWindow) as error:
        raise HTTPException(400, str(error)) from error


def _inputs(shelf: Shelf, form: dict[str, str]) -> Inputs:
    steps, changes = (
        [one.strip() for one in form.get(name, "").split(apart) if one.strip()]
        for name, apart in LISTS.items()
    )
    found = stated({name: form.get(name, "") for name in NAMES if name not in LISTS}, steps, changes)
    return with_known_offer(found, shelf.offers)


def require_same_origin(request: Request) -> None:
    """Refuses what another site's page sends. Browsers say where a form is from: ``Sec-Fetch-Site`` cannot be
    set by a page, and where it is missing ``Origin`` has to be this server's own."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if site != "same-origin" and (site is not None or origin != own):
        raise HTTPException(403, "Forms are taken from this page only.")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; the last of a name counts."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415, "This takes a form only.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise HTTPException(413, "This form is too long.")
    try:
        return dict(parse_qsl(body.decode("utf-8"), max_num_fields=40))
    except ValueError as error:
        raise HTTPException(400, "This form cannot be read.") from error
