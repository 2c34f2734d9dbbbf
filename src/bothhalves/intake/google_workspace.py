"""Gemini in Google Workspace: the activity that the Admin SDK's Reports API lists. It tells no money.

Every ``feature_utilization`` event is an action of a person in an app. Some suggestions are made without
being asked for; their actions are called so by Google and are not a person's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bothhalves.core.explain import Where
from bothhalves.core.terms import Activity
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source

VENDOR, PRODUCT = "google", "gemini-workspace"
_APPLICATION = "gemini_in_workspace_apps"
_EVENT = "feature_utilization"
_UNASKED = ("proactive", "generate_starter", "suggest_")
_INSTANT = timedelta(microseconds=1)


def _matches(source: Source) -> bool:
    told = outline(source)
    return _APPLICATION in told.texts and told.has("actor", "events", "id")


def _read(source: Source, sink: Sink) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row in _listed(source, sink):
        said = row.inner("id")
        place = said.text("time"), said.text("uniqueQualifier"), row.inner("actor").text("email")
        if said.text("applicationName") in ("", _APPLICATION) and place not in seen:
            seen.add(place)
            _keep(row)


def _listed(source: Source, sink: Sink) -> Iterator[Fields]:
    """The activities of every page, numbered from 1; a last page that names another one is a problem."""
    number, following = 0, ""
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            held = part.get("items") if isinstance(part, dict) else None
            if isinstance(part, dict) and (held is not None or "events" not in part):
                following = str(part.get("nextPageToken") or "")
            for item in held if isinstance(held, list) else [part]:
                number += 1
                where = Where(source.name, number)
                if isinstance(item, dict):
                    yield Fields(item, where, sink)
                else:
                    sink.problem("import.bad-field", where, "the row is not an object.", "Export again.")
    if following:
        what = f"the last page says that there is more: next page {following[:80]}."
        fix = "Export the following pages too, until there is no nextPageToken."
        sink.problem("import.more-pages", Where(source.name), what, fix)


def _keep(row: Fields) -> None:
    time, actor = row.inner("id").instant("time"), row.inner("actor")
    person = actor.email("email")
    if not person and actor.sound:
        actor.bad("email", "missing", "Export again as an administrator who may see addresses.")
    count = sum(_is_action(event) for event in row.items("events"))
    if count:
        row.keep(
            Activity(
                row.where, time, time + _INSTANT, VENDOR, PRODUCT, f"email:{person}", "interactions", count
            )
        )


def _is_action(event: Fields) -> bool:
    if event.text("name") != _EVENT:
        return False
    said = {parameter.text("name"): parameter.text("value") for parameter in event.items("parameters")}
    return not any(word in said.get("action", "") for word in _UNASKED)


FORMATS = (
    Format(
        "google-workspace-gemini",
        "Gemini in Google Workspace activity",
        _matches,
        _read,
        replaces=("account", "person"),
        feed_rank=10,
    ),
)
