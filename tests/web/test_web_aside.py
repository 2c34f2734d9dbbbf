"""Work of seconds beside the answers: worked out once, and no other page waits for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from starlette.testclient import TestClient

import pages
from bothhalves.brief.deal_record import Deal
from bothhalves.web.app import create_app
from bothhalves.web.aside import Aside, Asides, is_awaited


@pytest.fixture
def thread():  # type: ignore[no-untyped-def]
    with ThreadPoolExecutor(1) as one:
        yield one


def test_it_is_worked_out_once_and_when_first_asked_for(thread: ThreadPoolExecutor) -> None:
    made: list[int] = []
    one = Aside(thread, lambda: made.append(1) or len(made))
    assert made == []
    assert (one(), one(), made) == (1, 1, [1])


def test_what_it_raises_is_raised_by_every_answer(thread: ThreadPoolExecutor) -> None:
    def fails(name: str) -> str:
        raise LookupError(f"no {name}")

    many = Asides(thread, fails)
    for _ in range(2):
        with pytest.raises(LookupError, match="no offer"):
            many("offer")


def test_something_plain_is_never_awaited() -> None:
    assert not is_awaited(lambda: 1)


def test_other_pages_answer_while_the_deal_is_worked_out(
    thread: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deal's own page says that it goes on, asks again by itself, and then shows it."""
    monkeypatch.setattr("bothhalves.web.aside.PATIENCE", 0.01)
    go_on = Event()

    def work() -> Deal:
        assert go_on.wait(30)
        return page.deal()

    page = pages.full()
    aside = replace(page, deal=Aside(thread, work))
    client = TestClient(create_app(lambda query: aside, pages.rows), base_url="http://127.0.0.1")
    first = client.get("/deal")
    assert (first.status_code, first.headers["refresh"]) == (200, "2")
    assert "asks for it again by itself" in first.text
    assert client.get("/").status_code == 200
    go_on.set()
    aside.deal()
    second = client.get("/deal")
    assert "refresh" not in second.headers
    assert "There is no usage and no roster yet." in second.text
