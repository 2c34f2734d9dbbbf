"""Planned changes of a scenario as people write them in one line: ``2027-02-01 app x1.4: second market``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date

from bothhalves.core.money import exact, plain
from bothhalves.workspace.forecast_terms import Change

#: Why a change comes for which nobody gives a reason.
NO_REASON = "as the scenario states"
FORM = "a planned change such as `2027-02-01 app x1.4`, `2027-02 app +500` or `2027-04-01 premium +12 people`"
_WRITTEN = re.compile(
    r"(?P<from>\d{4}-\d\d(-\d\d)?)(\s+(?P<driver>\S.*?))??\s+"
    r"(x(?P<factor>[\d.]+)|(?P<seats>[+-]\d{1,7})\s+(people|seats)|(?P<amount>[+-][\d.]+))"
    r"(\s+in\s+(?P<scenario>low|base|high))?(\s*:\s*(?P<reason>\S.*))?",
    re.ASCII,
)


def parsed_change(text: str) -> Change:
    """The change of a line. Raises ``ValueError``."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:60]!r} is not {FORM}")
    said = found.groupdict()
    day = said["from"] if len(said["from"]) > 7 else f"{said['from']}-01"
    try:
        change = Change(
            from_=date.fromisoformat(day),
            reason=said["reason"] or NO_REASON,
            driver=said["driver"] or "",
            factor=exact(said["factor"]) if said["factor"] else None,
            amount=exact(said["amount"]) if said["amount"] else None,
            seats=int(said["seats"]) if said["seats"] else None,
            scenario=said["scenario"] or "",  # type: ignore[arg-type]
        )
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is not {FORM}: {error}") from error
    fault = change.fault()
    if fault:
        raise ValueError(f"{text[:60]!r}: {fault}")
    return change


def change_words(change: Change) -> str:
    """The line of a change, without its reason."""
    where = f" {change.driver}" if change.driver else ""
    when = f" in {change.scenario}" if change.scenario else ""
    return f"{change.from_}{where} {_effect(change)}{when}"


def _effect(change: Change) -> str:
    if change.factor is not None:
        return f"x{plain(change.factor)}"
    if change.seats is not None:
        return f"{change.seats:+} people"
    amount = plain(change.amount or exact("0"))
    return amount if amount.startswith("-") else f"+{amount}"


def change_yaml(change: Change) -> str:
    """The change as an entry of a file."""
    return "{" + ", ".join(f"{name}: {word}" for name, word in _entries(change)) + "}"


def _entries(change: Change) -> Iterator[tuple[str, str]]:
    yield "from", str(change.from_)
    if change.driver:
        yield "driver", json.dumps(change.driver)
    for name in ("factor", "amount"):
        value = getattr(change, name)
        if value is not None:
            yield name, json.dumps(plain(value))
    if change.seats is not None:
        yield "seats", str(change.seats)
    if change.scenario:
        yield "scenario", change.scenario
    yield "reason", json.dumps(change.reason)
