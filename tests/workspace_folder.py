"""A workspace in a temporary folder, filled as people fill one: files written, exports imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bothhalves.brief import Page, build
from bothhalves.core.explain import Figure
from bothhalves.core.money import Amount
from bothhalves.workspace import Workspace, open_workspace
from bothhalves.workspace.importing import ImportReport, import_paths
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.reading_files import Options
from bothhalves.workspace.records import Ledger

Content = str | bytes
Record = dict[str, Any]


class Folder:
    """``company`` are lines of company.yaml beside its name; ``exports`` lie outside the workspace."""

    def __init__(self, place: Path, **company: Any) -> None:
        self.root, self.exports, self.talk = place / "acme", place / "exports", list[str]()
        self.root.mkdir(parents=True)
        self.company(**company)

    def company(self, **lines: Any) -> None:
        self.write({"company.yaml": yaml.safe_dump({"company": "Acme", **lines})})

    def write(self, files: Mapping[str, Content]) -> None:
        """Files of the workspace itself."""
        _write(self.root, files)

    def imported(self, files: Mapping[str, Content], **options: Any) -> ImportReport:
        """Import files as one export; names with slashes make folders, each of which is given by itself."""
        _write(self.exports, files)
        tops = dict.fromkeys(self.exports / name.split("/")[0] for name in files)
        return import_paths(self.open(), list(tops), Options(**options), self.talk.append)

    def open(self) -> Workspace:
        return open_workspace(self.root)

    def ledger(self, window: str = "", as_of: str = "") -> Ledger:
        return ledger_of(self.open(), window, as_of)

    def page(self, window: str = "", as_of: str = "") -> Page:
        return build(self.open(), window, as_of)

    def figure(self, key: str, window: str = "") -> Figure:
        return self.page(window).figures()[key]

    def amount(self, key: str, window: str = "") -> Amount:
        """The money of a figure."""
        value = self.figure(key, window).value
        assert isinstance(value, Amount)
        return value

    def codes(self, window: str = "") -> list[str]:
        """The codes of the page's problems, in order."""
        return [problem.code for problem in self.page(window).problems]


def _write(root: Path, files: Mapping[str, Content]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def csv_of(*rows: Record) -> str:
    """A CSV whose columns are the names used in any of the rows."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([str(row.get(name, "")) for name in columns] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)


def used(time: str, tokens: int = 1_000_000, **more: Any) -> Record:
    """A canonical row of a request: uncached input of Claude Opus 4.8, at 5 dollars a million."""
    given = {"vendor": "anthropic", "model": "claude-opus-4-8", "input_tokens": tokens, "billing": "metered"}
    return {"time": time, **given, **more}


def cost_report(*amounts: Record, **more: Any) -> str:
    """Anthropic's cost report: each of ``amounts`` has a ``month`` (2026-09) and an ``amount`` in cents."""
    buckets = []
    for stated in amounts:
        day = f"{stated['month']}-01T00:00:00Z", f"{stated['month']}-02T00:00:00Z"
        result = {
            "amount": str(stated["amount"]), "currency": stated.get("currency", "USD"),
            "cost_type": "tokens", "token_type": "output_tokens", "model": "claude-opus-4-8",
            "workspace_id": stated.get("account"),
        }  # fmt: skip
        buckets.append({"starting_at": day[0], "ending_at": day[1], "results": [result]})
    return json.dumps({"data": buckets, "has_more": False, "next_page": None, **more})


def members(*people: tuple[str, str, str]) -> str:
    """Claude's members download: address, status and seat tier of each."""
    rows = [f"{email.split('@')[0]},{email},User,{status},{tier}" for email, status, tier in people]
    return "\n".join(["Name,Email,Role,Status,Seat Tier", *rows, ""])


def contract(vendor: str = "anthropic", **more: Any) -> str:
    """Ten Premium seats at 100 a month through 2026, unless ``more`` says otherwise."""
    seats = [{"type": "premium", "product": "claude", "committed": 10, "fee": "100", "labels": ["Premium"]}]
    terms = {"id": f"{vendor}-2026", "vendor": vendor, "currency": "USD", "seats": seats}
    return yaml.safe_dump({**terms, "term": {"start": "2026-01-01", "months": 12}, **more})
