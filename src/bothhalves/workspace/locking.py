"""The price-book versions a workspace was priced with, so that an upgrade never changes signed figures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

LOCK = "prices.lock.json"


def locked_versions(root: Path) -> dict[str, str]:
    """Layer name to version; empty before the first import."""
    try:
        content = json.loads((root / LOCK).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(k): str(v) for k, v in content.items()} if isinstance(content, dict) else {}


def lock_versions(root: Path, layers: Iterable[tuple[str, str]]) -> None:
    """Write the versions unless there is a lock already."""
    path = root / LOCK
    if not path.exists():
        path.write_text(json.dumps(dict(layers), indent=2, sort_keys=True) + "\n", "utf-8")
