"""Work that takes seconds, done by one thread beside the answers, so that no other page waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")
#: An answer waits so many seconds for work before it says that the work goes on.
PATIENCE = 1.5
#: So many results of one kind are kept.
KEPT = 16


class Aside(Generic[Result]):
    """One result, worked out once: when first asked for, and in turn with the others of ``thread``."""

    def __init__(self, thread: ThreadPoolExecutor, work: Callable[[], Result]) -> None:
        self._thread, self._work = thread, work
        self._lock = Lock()
        self._begun: Future[Result] | None = None

    def begin(self) -> Future[Result]:
        with self._lock:
            if self._begun is None:
                self._begun = self._thread.submit(self._work)
            return self._begun

    def is_done(self, seconds: float) -> bool:
        """True once it is worked out, at the latest after so many seconds."""
        return bool(wait([self.begin()], seconds).done)

    def __call__(self) -> Result:
        """The result, however long it takes; raises what the work raised."""
        return self.begin().result()


class Asides(Generic[Result]):
    """Results by name, each worked out once; the latest few are kept."""

    def __init__(self, thread: ThreadPoolExecutor, work: Callable[[str], Result]) -> None:
        self.of = lru_cache(maxsize=KEPT)(lambda name: Aside(thread, lambda: work(name)))

    def __call__(self, name: str) -> Result:
        return self.of(name)()


def is_awaited(work: object) -> bool:
    """True if something is still being worked out when the patience of an answer ends."""
    return isinstance(work, Aside) and not work.is_done(PATIENCE)
