"""Pairs of names that vendors' exports state for one person; deleted people lose theirs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from bothhalves.core.terms import Identity
from bothhalves.workspace.identity import identity

LINKS = "identities.json"


def known_links(root: Path) -> list[tuple[str, str]]:
    """The pairs seen so far."""
    try:
        content = json.loads((root / "state" / LINKS).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [(str(first), str(second)) for first, second in content]


def remember(root: Path, found: Iterable[Identity]) -> list[tuple[str, str]]:
    """Add pairs to those known; returns all of them."""
    known = known_links(root)
    pairs = sorted({*known, *((identity(i.first), identity(i.second)) for i in found)})
    if pairs != sorted(known):
        path = root / "state" / LINKS
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(pairs, indent=1), "utf-8")
        draft.chmod(0o600)
        draft.replace(path)
    return pairs
