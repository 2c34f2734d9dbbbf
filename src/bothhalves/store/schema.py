"""The columns of the stored tables. Times are UTC; money and quantities are exact."""

from __future__ import annotations

from bothhalves.core.terms import COUNT_METERS

#: Decimals that money and quantities keep, as many as programs write that work them out in floating point.
#: That leaves 14 digits before the point.
DECIMALS = 24
EXACT = f"DECIMAL(38,{DECIMALS})"
#: Who and what a unit of usage belongs to. ``origin`` is the exporter that a canonical file names.
OWNERS = ("vendor", "product", "account", "key", "person", "workload", "task_class", "origin")
#: What its price depends on, beside time and prompt size.
CONDITIONS = ("model", "tier", "speed", "region", "billing")
DIMENSIONS = (*OWNERS, *CONDITIONS)

_COUNTS = {
    "requests": "BIGINT",
    **dict.fromkeys(COUNT_METERS, "BIGINT"),
    "meter": "VARCHAR",
    "quantity": EXACT,
}
_TEXT = {"feed": "VARCHAR", **dict.fromkeys(DIMENSIONS, "VARCHAR")}

#: One row per call, or per row that carries an id of its own: what cells are counted from.
CALLS = {
    **_TEXT,
    "time": "TIMESTAMP",
    "until": "TIMESTAMP",
    **_COUNTS,
    "band_above": "BIGINT",
    "band_upto": "BIGINT",
    "output_at_least": "BOOLEAN",
    "session": "VARCHAR",
    "prefix": "VARCHAR",
    "prefix_tokens": "BIGINT",
    "attempt": "BIGINT",
    "outcome": "VARCHAR",
    "id": "UUID",
    "message": "VARCHAR",
    "request": "VARCHAR",
    "sidechain": "BOOLEAN",
    "agent": "BOOLEAN",
    "file": "VARCHAR",
    "source": "VARCHAR",
    "row": "BIGINT",
}
#: Cells: one row per source, dimensions, prompt class and slot of time.
USAGE = {
    **_TEXT,
    "prompt_above": "BIGINT",
    "prompt_upto": "BIGINT",
    "start": "TIMESTAMP",
    "until": "TIMESTAMP",
    "grain_s": "BIGINT",
    **_COUNTS,
    "output_at_least": "BIGINT",
    "rows": "BIGINT",
    "source": "VARCHAR",
    "first_row": "BIGINT",
    "last_row": "BIGINT",
}
SEATS = {
    "feed": "VARCHAR",
    "as_of": "TIMESTAMP",
    **dict.fromkeys(
        ("vendor", "product", "person", "account", "seat_type", "status", "role", "group"), "VARCHAR"
    ),
    "assigned": "TIMESTAMP",
    "last_active": "TIMESTAMP",
    "source": "VARCHAR",
    "row": "BIGINT",
}
ACTIVITY = {
    "feed": "VARCHAR",
    "time": "TIMESTAMP",
    "until": "TIMESTAMP",
    **dict.fromkeys(("vendor", "product", "person", "kind"), "VARCHAR"),
    "count": "BIGINT",
    "account": "VARCHAR",
    "source": "VARCHAR",
    "row": "BIGINT",
}
COSTS = {
    "feed": "VARCHAR",
    "time": "TIMESTAMP",
    "until": "TIMESTAMP",
    "vendor": "VARCHAR",
    "amount": EXACT,
    "currency": "VARCHAR",
    "kind": "VARCHAR",
    "category": "VARCHAR",
    "gross": EXACT,
    **dict.fromkeys(("product", "account", "key", "person", "model", "meter"), "VARCHAR"),
    "quantity": EXACT,
    "description": "VARCHAR",
    "invoice": "VARCHAR",
    "id": "VARCHAR",
    "source": "VARCHAR",
    "row": "BIGINT",
}
PROBLEMS = {
    "feed": "VARCHAR",
    "source": "VARCHAR",
    **dict.fromkeys(("code", "file"), "VARCHAR"),
    "row": "BIGINT",
    "column": "BIGINT",
    **dict.fromkeys(("what", "fix"), "VARCHAR"),
    "changes": "BOOLEAN",
}
TABLES: dict[str, dict[str, str]] = {
    "usage": USAGE,
    "calls": CALLS,
    "seats": SEATS,
    "activity": ACTIVITY,
    "costs": COSTS,
    "problems": PROBLEMS,
}
#: The column that places a row in a month.
TIME_OF = {"usage": "start", "calls": "time", "seats": "as_of", "activity": "time", "costs": "time"}
#: A record of a transcript shard.
SHARD = {
    **dict.fromkeys(
        ("tool", "vendor", "file", "model", "session", "message", "request", "person", "project"),
        "VARCHAR",
    ),
    **dict.fromkeys(("tier", "speed", "region", "time"), "VARCHAR"),
    "line": "BIGINT",
    **dict.fromkeys(COUNT_METERS, "BIGINT"),
    "sidechain": "BOOLEAN",
    "agent": "BOOLEAN",
    "output_at_least": "BOOLEAN",
}
