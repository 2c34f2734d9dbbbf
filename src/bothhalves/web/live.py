"""A workspace on the page: built once for each window, and again when anything in the workspace changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import RLock

from bothhalves.brief import Page
from bothhalves.brief.building import Built, built
from bothhalves.brief.changes import UNCHANGED
from bothhalves.core.explain import Figure, Selector
from bothhalves.web.app import Query, create_app
from bothhalves.web.aside import Aside, Asides
from bothhalves.web.scenario_shelf import Shelf
from bothhalves.web.server import serve, settle, unsettle
from bothhalves.workspace import Workspace, WrongWindow, open_workspace
from bothhalves.workspace.ledger import shown_months

_WATCHED = ("*.yaml", "*.csv", "contracts/*", "books/*", "offers/*", "state/*.json", ".bothhalves/*.json")
#: Pages at changed inputs that are kept beside those of windows.
KEPT = 16
_Stamp = tuple[tuple[str, int], ...]


class Live:
    """Answers from a workspace, one at a time: its store is one connection. What looks years ahead is worked
    out beside them by a thread with a connection of its own."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = RLock()
        self._thread = ThreadPoolExecutor(1, "ahead")
        self._built: dict[str, Built] = {}
        self._changed: dict[Query, Page] = {}
        self._months: tuple[str, ...] | None = None
        self._stamp = _stamp(workspace.root)

    def load(self, query: Query) -> Page:
        """The page of a query. Raises ``ValueError`` for a window that cannot be read."""
        with self._lock:
            self._refresh()
            if query.window not in self._built:
                try:
                    self._built[query.window] = self._beside(built(self._workspace, query.window))
                except WrongWindow as error:
                    raise ValueError(str(error)) from error
                settle()
            found = self._built[query.window]
            return found.page if query.changes == UNCHANGED else self._at(query, found)

    def _beside(self, made: Built) -> Built:
        """The same with its deal and its briefs made by another thread, through a connection of its own."""
        if made.ahead is None:
            return made
        root = self._workspace.root
        ahead = made.ahead.beside(lambda: open_workspace(root))
        compared, diffed = Asides(self._thread, ahead.compared), Asides(self._thread, ahead.diffed)

        def figure(key: str) -> Figure | None:
            # Asked anew every time: what a scenario states may be another since.
            return Aside(self._thread, lambda: ahead.scenario_figure(key))()

        page = replace(made.page, deal=ahead.deal, brief=ahead.brief, compared=compared, diffed=diffed)
        page = replace(page, scenario=figure, later=self._alone(made.page.later))
        return replace(made, page=self._aside(page), ahead=ahead)

    def _alone(self, later: Callable[[], Mapping[str, Figure]]) -> Callable[[], Mapping[str, Figure]]:
        """The same with the store to itself while it is made."""

        def figures() -> Mapping[str, Figure]:
            with self._lock:
                return later()

        return figures

    def _aside(self, page: Page) -> Page:
        """The page whose deal and briefs the other thread makes."""
        return replace(page, deal=Aside(self._thread, page.deal), brief=Asides(self._thread, page.brief))

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is now."""
        with self._lock:
            self._refresh()
            return self._workspace

    def _at(self, query: Query, found: Built) -> Page:
        """The page at changed inputs; the last few are kept."""
        page = self._changed.pop(query, None)
        if page is None:
            changed = found.at(query.changes)
            page = changed if changed is found.page else self._aside(changed)
        if len(self._changed) >= KEPT:
            del self._changed[next(iter(self._changed))]
        self._changed[query] = page
        return page

    def rows(self, selector: Selector, limit: int) -> list[dict[str, str]]:
        with self._lock:
            return self._workspace.rows(selector, limit)

    def months(self) -> Sequence[str]:
        with self._lock:
            self._refresh()
            if self._months is None:
                self._months = tuple(str(month) for month in shown_months(self._workspace))
            return self._months

    def _refresh(self) -> None:
        stamp = _stamp(self._workspace.root)
        if stamp != self._stamp:
            self._stamp = stamp
            unsettle()
            self._built.clear()
            self._changed.clear()
            self._months = None
            self._workspace = open_workspace(self._workspace.root)


def _stamp(root: Path) -> _Stamp:
    """When the files that a page depends on were last written."""
    found = (path for pattern in _WATCHED for path in root.glob(pattern) if path.is_file())
    return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in found))


def serve_workspace(workspace: Workspace, port: int) -> None:
    """Serves the page of ``workspace`` on 127.0.0.1 until interrupted; port 0 picks a free one."""
    live = Live(workspace)
    shelf = Shelf(lambda: live.workspace)
    app = create_app(live.load, live.rows, months=live.months, workspace=str(workspace.root), shelf=shelf)
    serve(app, port)
