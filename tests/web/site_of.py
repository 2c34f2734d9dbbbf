"""A workspace as a site whose scenarios can be saved, asked without a browser too."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from bothhalves.web.app import create_app
from bothhalves.web.live import Live
from bothhalves.web.scenario_shelf import Shelf
from bothhalves.workspace import open_workspace


def site_of(root: Path) -> FastAPI:
    live = Live(open_workspace(root))
    shelf = Shelf(lambda: live.workspace)
    return create_app(live.load, live.rows, months=live.months, workspace=str(root), shelf=shelf)


def client_of(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
