"""The page as one file that needs no server: styles and fonts inside, explanations as sections of it."""

from __future__ import annotations

import base64
import re

from bothhalves.brief import Page
from bothhalves.report import why
from bothhalves.web import derivation, render, windows
from bothhalves.web.links import FileLinks

_FONT = re.compile(r'url\("(vendor/plex/[a-z0-9-]+\.woff2)"\)')


def render_static(page: Page, rows: why.Rows | None = None, workspace: str = ".") -> str:
    """The page with every explanation, as one HTML file. ``rows`` adds the first source rows of each."""
    links = FileLinks()
    index = why.index(page)
    window = windows.text(*windows.of_days(page.window))
    derivations = [
        derivation.of_figure(
            page, index, figure, rows or _no_rows, links, why.command(figure.key, workspace, window)
        )
        for figure in index.figures.values()
    ]
    context = render.page_context(page, links, whole="*")
    return render.html("file.html", **context, style=_style(), derivations=derivations)


def _no_rows(selector: object, limit: int) -> list[dict[str, str]]:
    return []


def _style() -> str:
    """The style sheet with the fonts in it."""
    return _FONT.sub(_embedded, (render.STATIC / "page.css").read_text("utf-8"))


def _embedded(match: re.Match[str]) -> str:
    data = base64.b64encode((render.STATIC / match[1]).read_bytes()).decode("ascii")
    return f'url("data:font/woff2;base64,{data}")'
