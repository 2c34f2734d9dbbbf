"""The prompt sizes by which requests are classed, remembered: an import then need not read the price book."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

#: Prompt sizes at which usage is classed though no known book has a price change there yet.
STANDARD_EDGES = (
    8_000, 16_000, 32_000, 64_000, 100_000, 128_000, 199_999, 200_000, 256_000, 272_000, 400_000, 512_000,
    1_000_000, 2_000_000,
)  # fmt: skip
REMEMBERED = "price-edges.json"


def price_edges(root: Path, books: Iterable[Path], read: Callable[[], Iterable[int]]) -> tuple[int, ...]:
    """The standard edges and those of the price book, which ``read`` gives if a file of it has changed."""
    path, origin = root / "state" / REMEMBERED, _fingerprint(books)
    try:
        known = json.loads(path.read_text("utf-8"))
        if known["of"] == origin:
            return tuple(known["edges"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    edges = tuple(sorted({*STANDARD_EDGES, *read()}))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps({"of": origin, "edges": edges}), "utf-8")
    draft.replace(path)
    return edges


def _fingerprint(books: Iterable[Path]) -> str:
    """Everything that the price book is made of."""
    from bothhalves.reading.genai import VERSION
    from bothhalves.reading.pricebook import SHIPPED

    digest = sha256(VERSION.encode())
    for path in (*sorted(SHIPPED.rglob("*.yaml")), *books):
        digest.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
