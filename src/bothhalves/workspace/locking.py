"""The price-book versions a workspace was priced with, so that an upgrade never changes signed figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from bothhalves.core.explain import Problem, Where

LOCK = "prices.lock.json"


def locked_versions(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """Layer name to version; empty before the first import, and with a problem if it cannot be read."""
    try:
        content = json.loads((root / LOCK).read_text("utf-8"))
    except FileNotFoundError:
        return {}, []
    except ValueError:
        content = None
    if isinstance(content, dict):
        return {str(name): str(version) for name, version in content.items()}, []
    what = "the lock of price versions cannot be read, so nothing is checked against it."
    return {}, [Problem("prices.lock-unreadable", Where(LOCK), what, "Delete it; the next import writes it.")]


def lock_versions(root: Path, versions: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Write name and version of the layers unless there is a lock already."""
    path = root / LOCK
    if not path.exists():
        path.write_text(json.dumps(dict(versions()), indent=2, sort_keys=True) + "\n", "utf-8")
