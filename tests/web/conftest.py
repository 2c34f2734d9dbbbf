"""A real server for each page made by hand, and a browser that must be there."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent / "pages"))
import lines

import pages
from bothhalves.web.app import Query, create_app

CHROMIUM = "/usr/bin/chromium"
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
FLAGS += " --disable-sync --no-first-run --disable-quic"
MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11")


def app_of(name: str):  # type: ignore[no-untyped-def]
    """The application over one page made by hand."""
    return app_over(pages.PAGES[name]())


def app_over(page: pages.Page):  # type: ignore[no-untyped-def]
    def load(query: Query) -> pages.Page:
        return replace(page, line=lines.tried(page.line, query.changes))

    return create_app(load, pages.rows, months=lambda: MONTHS, workspace="./acme")


@pytest.fixture
def client_of() -> Callable[[str], TestClient]:
    """A client, without a network, of the application over a page."""
    return lambda name: TestClient(app_of(name), base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture
def client_over() -> Callable[[pages.Page], TestClient]:
    """A client, without a network, of the application over any page."""
    return lambda page: TestClient(app_over(page), base_url="http://127.0.0.1")


@pytest.fixture(scope="session")
def site() -> Iterator[Callable[[str], str]]:
    """The address of a running server of a page, started when first asked for."""
    running: dict[str, tuple[uvicorn.Server, threading.Thread, str]] = {}

    def address(name: str) -> str:
        if name not in running:
            running[name] = _started(app_of(name))
        return running[name][2]

    yield address
    for server, thread, _ in running.values():
        server.should_exit = True
        thread.join(5)


@pytest.fixture(scope="module")
def site_over() -> Iterator[Callable[[FastAPI], str]]:
    """The address of a running server of an application."""
    running: list[tuple[uvicorn.Server, threading.Thread, str]] = []

    def address(app: FastAPI) -> str:
        running.append(_started(app))
        return running[-1][2]

    yield address
    for server, thread, _ in running:
        server.should_exit = True
        thread.join(5)


def _started(app: FastAPI) -> tuple[uvicorn.Server, threading.Thread, str]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    return server, thread, f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests fail: a page that nobody saw is not tested."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield found
        found.close()
