"""A real workspace behind the page, and the server as a process of its own."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bothhalves.web.app import Query, create_app
from bothhalves.web.live import Live
from bothhalves.workspace import open_workspace
from bothhalves.workspace.starting import start

SERVING = """
import sys, pages
from bothhalves.web.app import create_app
from bothhalves.web.server import serve
serve(create_app(lambda query: pages.full(), pages.rows), 0)
"""


@pytest.fixture
def live(tmp_path: Path) -> Live:
    list(start(tmp_path / "deal", "Meridian Freight", "USD", "UTC"))
    return Live(open_workspace(tmp_path / "deal"))


def test_a_fresh_workspace_shows_what_to_import(live: Live) -> None:
    app = create_app(live.load, live.rows, months=live.months)
    text = TestClient(app, base_url="http://127.0.0.1").get("/").text
    assert "Nothing is imported yet." in text
    assert "<code>bothhalves import usage.json</code>" in text


def test_a_brief_that_cannot_be_made_says_why(live: Live) -> None:
    with pytest.raises(LookupError):
        live.load(Query()).brief("")
    app = create_app(live.load, live.rows, months=live.months)
    answer = TestClient(app, base_url="http://127.0.0.1").get("/brief")
    assert answer.status_code == 200
    assert "There is no usage and no roster yet." in answer.text


def test_the_collector_leaves_a_kept_page_alone_until_the_workspace_changes(
    live: Live, tmp_path: Path
) -> None:
    gc.unfreeze()
    live.load(Query())
    kept = gc.get_freeze_count()
    assert kept > 0
    (tmp_path / "deal" / "people.yaml").write_text("people: []\n", "utf-8")
    live.months()
    assert gc.get_freeze_count() == 0


def test_the_page_is_kept_until_the_workspace_changes(live: Live, tmp_path: Path) -> None:
    first = live.load(Query())
    assert live.load(Query()) is first
    company = tmp_path / "deal" / "company.yaml"
    company.write_text(company.read_text("utf-8").replace("Meridian Freight", "Meridian Rail"), "utf-8")
    assert live.load(Query()).company == "Meridian Rail"


def test_a_window_that_cannot_be_read_is_refused(live: Live) -> None:
    with pytest.raises(ValueError, match="not a month"):
        live.load(Query("last week"))


def test_the_server_says_where_it_listens(tmp_path: Path) -> None:
    path = [str(Path(__file__).parent.parent / "pages"), *sys.path]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVING],
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(path)},
        cwd=tmp_path,
    )
    try:
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())
        assert found is not None
        with urllib.request.urlopen(found[0] + "healthz", timeout=10) as answer:
            assert answer.read() == b"ok\n"
    finally:
        process.terminate()
        process.communicate(timeout=20)
