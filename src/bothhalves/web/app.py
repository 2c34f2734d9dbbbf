"""The web application: one address per state, everything drawn on the server. It reads only; scenarios alone
are saved.

It is given what it needs: ``load`` builds the page of a query, ``rows`` looks up stored rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote, urlencode

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.middleware.gzip import GZipMiddleware

from bothhalves.brief import Page
from bothhalves.brief.changes import UNCHANGED, Changes, parsed
from bothhalves.core import explain
from bothhalves.core.explain import Figure, Line
from bothhalves.report import why
from bothhalves.report.record import figure_json, page_json
from bothhalves.report.table import lines_below_csv, rows_csv, table_csv
from bothhalves.report.terminal import page_text
from bothhalves.web import derivation, render, windows
from bothhalves.web.aside import Asides, is_awaited
from bothhalves.web.brief_render import brief_context
from bothhalves.web.deal_render import deal_context
from bothhalves.web.guard import Guard
from bothhalves.web.links import ServerLinks, local
from bothhalves.web.scenario_shelf import Shelf

#: The most rows that one download holds.
MOST_ROWS = 100_000
Text = Annotated[str, Parameter(max_length=2000)]
#: What stays chosen on a page when the window is another.
CHOSEN = ("with", "from", "to", "offer")
THEMES = ("light", "dark")
#: A page that is still being worked out is asked for again after so many seconds.
ASK_AGAIN = 2
#: What answers a script with a part of a page answers a browser with all of it.
VARY = {"vary": "HX-Request"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: ``window`` as the command line writes it, empty for the default, and inputs that
    are changed."""

    window: str = ""
    changes: Changes = UNCHANGED


def _asked(
    window: Text = "", fee: Text = "", hold: Text = "", levers: Text = "", tool: Text = "", growth: Text = ""
) -> Query:
    """What an address asks for."""
    words = {"fee": fee, "hold": hold, "levers": levers, "tool": tool, "growth": growth}
    try:
        return Query(window, parsed(words))
    except ValueError as error:
        raise HTTPException(400, f"This cannot be tried: {error}.") from error


Asked = Annotated[Query, Depends(_asked)]


def links_of(request: Request, query: Query, page: Page) -> ServerLinks:
    """Addresses that carry the window, every input that is not as planned, and where they lead back to."""
    changes = tuple((s.name, s.value) for s in page.line.sliders if s.is_changed)
    return ServerLinks(query.window, changes, back=_back(request))


def _back(request: Request) -> str:
    """Where closing an explanation leads, if not to the one page: to the page that it is opened on."""
    path = request.url.path
    if path == "/":
        return ""
    return local(request.query_params.get("back", "") if path == "/why" else _address(request))


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


class Desk:
    """Answers about pages: loads them, finds figures in them, and keeps the index of the latest one."""

    def __init__(
        self,
        load: Callable[[Query], Page],
        rows: why.Rows,
        months: Callable[[], Sequence[str]],
        workspace: str,
    ) -> None:
        self.rows, self.months, self.workspace = rows, months, workspace
        self._load = load
        self._indexed: tuple[Page, why.Index] | None = None

    def page(self, query: Query) -> Page:
        try:
            return self._load(query)
        except ValueError as error:
            raise HTTPException(400, f"This window cannot be shown: {error}") from error

    def index(self, page: Page) -> why.Index:
        if self._indexed is None or self._indexed[0] is not page:
            self._indexed = (page, why.index(page))
        return self._indexed[1]

    def figure(self, page: Page, key: str) -> Figure:
        figures = self.index(page).figures
        found = figures.get(key) or figures.get(_canonical(key)) or page.asked_for(_canonical(key))
        if found is None:
            raise HTTPException(404, f"No figure of this page is called {key[:200]!r}.")
        return found

    def part(self, page: Page, key: str, line_id: str) -> Figure | Line:
        """The figure, or the line called ``line_id`` directly under it."""
        figure = self.figure(page, key)
        if not line_id:
            return figure
        line = why.line_of(figure, line_id)
        if line is None:
            raise HTTPException(404, f"{key[:200]!r} has no line called {line_id[:200]!r}.")
        return line

    def derivation(self, page: Page, links: ServerLinks, key: str, line_id: str) -> derivation.Derivation:
        figure, part = self.figure(page, key), self.part(page, key, line_id)
        window = windows.text(*windows.of_days(page.window))
        command = why.command(key, self.workspace, window, links.changes)
        index = self.index(page)
        if isinstance(part, Line):
            return derivation.of_line(page, index, figure, part, self.rows, links, command)
        return derivation.of_figure(page, index, figure, self.rows, links, command)

    def frame(self, request: Request, page: Page, links: ServerLinks, here: str) -> dict[str, Any]:
        """What the top bar and the rail need."""
        shown = windows.of_days(page.window)
        months = self.months()
        earlier, later = windows.neighbours(months, shown)
        return {
            **_bare_frame(request, links),
            "page": page,
            "here": here,
            "path": request.url.path if here != "why" else "/",
            "chosen": {n: request.query_params.getlist(n) for n in CHOSEN if n in request.query_params},
            "window": windows.text(*shown),
            "choices": windows.choices(months, shown),
            "earlier": earlier,
            "later": later,
        }


def _canonical(key: str) -> str:
    """The key as figures carry it, whatever the order and encoding of its dimensions; else unchanged."""
    try:
        return explain.key(*explain.parse_key(key))
    except ValueError:
        return key


def _bare_frame(request: Request, links: ServerLinks) -> dict[str, Any]:
    theme = request.cookies.get("theme", "")
    return {
        "page": None,
        "here": "",
        "links": links,
        "drawer": None,
        "theme": theme if theme in THEMES else "",
        "back": _address(request),
    }


def create_app(
    load: Callable[[Query], Page],
    rows: why.Rows,
    *,
    months: Callable[[], Sequence[str]] = tuple,
    workspace: str = ".",
    shelf: Shelf | None = None,
) -> FastAPI:
    """The application over ``load`` and ``rows``.

    ``months`` names the months (``2026-10``) that windows may be made of; ``workspace`` is how the command
    lines that the page shows call the workspace; ``shelf`` keeps scenarios (None: none are kept). ``load``
    raises ``ValueError`` for a window it cannot read.
    """
    app = FastAPI(title="Both Halves", docs_url=None, redoc_url=None, openapi_url=None)
    desk = Desk(load, rows, months, workspace)
    _add_pages(app, desk)
    _add_deal(app, desk)
    from bothhalves.web.scenarios import add_scenarios

    add_scenarios(app, desk, shelf)
    _add_explanations(app, desk)
    _add_data(app, desk)
    _add_errors(app)
    app.mount("/static", StaticFiles(directory=render.STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Guard)
    return app


def _add_pages(app: FastAPI, desk: Desk) -> None:
    @app.get("/", response_class=HTMLResponse)
    def one_page(
        request: Request, asked: Asked, table: Text = "", why: Text = "", line: Text = ""
    ) -> HTMLResponse:
        page = desk.page(asked)
        links = links_of(request, asked, page)
        if "hx-request" in request.headers:
            return HTMLResponse(
                render.html("changed.html", **render.changed_context(page, links, table)), headers=VARY
            )
        context = render.page_context(page, links, table)
        frame = desk.frame(request, page, links, "page")
        if why:
            frame["drawer"] = desk.derivation(page, links, why, line)
        return HTMLResponse(render.html("page.html", **{**frame, **context}), headers=VARY)

    @app.get("/sources", response_class=HTMLResponse)
    def sources(request: Request, asked: Asked) -> HTMLResponse:
        page = desk.page(asked)
        frame = desk.frame(request, page, links_of(request, asked, page), "sources")
        return HTMLResponse(render.html("sources.html", **frame))

    @app.get("/prices", response_class=HTMLResponse)
    def prices(request: Request, asked: Asked) -> HTMLResponse:
        page = desk.page(asked)
        frame = desk.frame(request, page, links_of(request, asked, page), "prices")
        return HTMLResponse(render.html("prices.html", **frame, prices=render.prices(page)))

    @app.get("/theme")
    def theme(to: Text = "", back: Text = "/") -> RedirectResponse:
        answer = RedirectResponse(local(back) or "/", status_code=303)
        if to in THEMES:
            answer.set_cookie("theme", to, max_age=31_536_000, samesite="lax")
        return answer


def awaited(frame: dict[str, Any], title: str) -> HTMLResponse:
    """In place of a page that is still being worked out: it asks again by itself."""
    html = render.html("awaited.html", **frame, title=title)
    return HTMLResponse(html, headers={"refresh": str(ASK_AGAIN), "cache-control": "no-store"})


def _add_deal(app: FastAPI, desk: Desk) -> None:
    @app.get("/deal", response_class=HTMLResponse)
    def deal(request: Request, asked: Asked) -> HTMLResponse:
        page = desk.page(asked)
        links = links_of(request, asked, page)
        frame = desk.frame(request, page, links, "deal")
        if is_awaited(page.deal):
            return awaited(frame, "The deal")
        return HTMLResponse(render.html("deal.html", **frame, **deal_context(page.deal(), links)))

    @app.get("/brief", response_class=HTMLResponse)
    def brief(request: Request, asked: Asked, offer: Text = "") -> HTMLResponse:
        page = desk.page(asked)
        links = links_of(request, asked, page)
        frame = desk.frame(request, page, links, "brief")
        if isinstance(page.brief, Asides) and is_awaited(page.brief.of(offer)):
            return awaited(frame, "The brief")
        try:
            found = page.brief(offer)
        except LookupError as error:
            if offer:
                raise HTTPException(404, str(error.args[0])) from error
            told = str(error.args[0])
            return HTMLResponse(render.html("error.html", **frame, title="The brief", text=told))
        return HTMLResponse(render.html("brief.html", **frame, **brief_context(found)))


def _add_explanations(app: FastAPI, desk: Desk) -> None:
    @app.get("/why", response_class=HTMLResponse)
    def why_figure(request: Request, asked: Asked, key: Text, line: Text = "") -> HTMLResponse:
        page = desk.page(asked)
        links = links_of(request, asked, page)
        derived = desk.derivation(page, links, key, line)
        if "hx-request" in request.headers:
            return HTMLResponse(render.html("why.html", why=derived, links=links), headers=VARY)
        frame = desk.frame(request, page, links, "why")
        return HTMLResponse(render.html("why_page.html", **frame, why=derived), headers=VARY)

    @app.get("/why/{name:path}")
    def why_by_path(request: Request, name: str) -> RedirectResponse:
        """A key as a path: its dimensions stand in the query, or encoded in the path."""
        pairs = request.url.query.split("&") if request.url.query else []
        window = next((p.partition("=")[2] for p in pairs if p.startswith("window=")), "")
        dimensions = "&".join(p for p in pairs if not p.startswith("window="))
        query = {"key": f"{name}?{dimensions}" if dimensions else name, "window": unquote(window)}
        return RedirectResponse("/why?" + urlencode({k: v for k, v in query.items() if v}), status_code=307)

    @app.get("/why.json")
    def why_json(asked: Asked, key: Text) -> Response:
        figure = desk.figure(desk.page(asked), key)
        return Response(figure_json(figure, desk.rows), media_type="application/json")


def _add_data(app: FastAPI, desk: Desk) -> None:
    @app.get("/page.json")
    def as_json(asked: Asked) -> Response:
        return Response(page_json(desk.page(asked)), media_type="application/json")

    @app.get("/page.txt")
    def as_text(asked: Asked) -> PlainTextResponse:
        return PlainTextResponse(page_text(desk.page(asked), 110, colour=False) + "\n")

    @app.get("/table.csv")
    def table(asked: Asked, id: Text) -> Response:
        found = [t for t in desk.page(asked).tables if t.id == id]
        if not found:
            raise HTTPException(404, f"No table of this page is called {id[:200]!r}.")
        return _csv(table_csv(found[0]), "table")

    @app.get("/lines.csv")
    def lines(asked: Asked, key: Text) -> Response:
        return _csv(lines_below_csv(desk.figure(desk.page(asked), key)), "lines")

    @app.get("/rows.csv")
    def source_rows(asked: Asked, key: Text, line: Text = "") -> Response:
        part = desk.part(desk.page(asked), key, line)
        return _csv(rows_csv(why.source_rows(part, desk.rows, MOST_ROWS)), "rows")

    @app.get("/healthz")
    def health() -> PlainTextResponse:
        return PlainTextResponse("ok\n")


def _csv(text: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(AnyHTTPException)
    def refused(request: Request, error: AnyHTTPException) -> Response:
        title = "Not found" if error.status_code == 404 else "This cannot be shown"
        return _error(request, error.status_code, title, str(error.detail))

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        text = f"The page could not be made ({type(error).__name__}). `bothhalves doctor` shows more."
        return _error(request, 500, "Something failed", text)


def _error(request: Request, status: int, title: str, text: str) -> HTMLResponse:
    part = "hx-request" in request.headers
    frame = _bare_frame(request, ServerLinks(back=_back(request) if request.url.path == "/why" else ""))
    html = render.html("error_part.html" if part else "error.html", **frame, title=title, text=text)
    return HTMLResponse(html, status_code=status)
