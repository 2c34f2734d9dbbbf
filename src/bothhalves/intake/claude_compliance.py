"""The activity feed of Claude's Compliance API: who did what, to the second, without tokens or money.

What people do themselves becomes activity; what administrators and machines do, such as the change of a
person's seat tier or role, does not. A change of one person's tier is no roster: reading it as one would
leave everybody else without a seat. An actor that is stated with address and user id links the two.
"""

from __future__ import annotations

from datetime import timedelta

from bothhalves.core.terms import Activity
from bothhalves.intake.anthropic import VENDOR
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.claude_analytics import PRODUCT, identified
from bothhalves.intake.documents import outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import entries
from bothhalves.intake.source import Source

#: What a person does in Claude, and our words for it.
_KINDS = {
    "claude_chat_created": "conversations",
    "claude_project_created": "projects",
    "claude_file_uploaded": "files",
}
_ACTORS = ("user_actor", "api_actor", "scim_directory_sync_actor", "admin_api_key_actor")
_INSTANT = timedelta(microseconds=1)
_TIERS = "claude_user_seat_tier_updated"


def _matches(source: Source) -> bool:
    told = outline(source)
    by_actor = bool(told.texts.intersection(_ACTORS))
    return by_actor and told.has("id", "created_at", "actor", "type") and "starting_at" not in told.names


def _read(source: Source, sink: Sink) -> None:
    seen: set[str] = set()
    tiers: list[Fields] = []
    for entry in entries(source, sink):
        for row in entry.rows:
            told = row.text("id")
            if told and told in seen:
                continue
            seen.add(told)
            _keep(row)
            if row.text("type") == _TIERS and row.sound:
                tiers.append(row)
    if tiers:
        what = f"{len(tiers)} changes of a seat tier from here on; no roster is made of them."
        fix = "Import the members download of each month: it says who holds which tier."
        sink.problem("import.seat-changes", tiers[0].where, what, fix, changes=False)


def _keep(row: Fields) -> None:
    time, actor = row.instant("created_at"), row.inner("actor")
    if actor.text("type") != "user_actor":
        return
    person = identified(row, actor.email("email_address"), actor.text("user_id"))
    kind = _KINDS.get(row.text("type"))
    if not (person and kind):
        return
    account = row.text("organization_uuid")
    until = time + _INSTANT
    row.keep(Activity(row.where, time, until, VENDOR, PRODUCT, person, kind, 1, account))


FORMATS = (
    Format(
        "claude-compliance",
        "Claude Compliance API activities",
        _matches,
        _read,
        replaces=("account", "person"),
        feed_rank=18,
    ),
)
