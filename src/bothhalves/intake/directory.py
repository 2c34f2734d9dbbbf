"""Lists of vendors' directory APIs: users, keys, projects, workspaces, and people with a spend limit.

Usage reports name people by id only, so lists that hold an address beside an id are what joins API usage to
the holders of seats. They say nothing about seats. Lists of keys, projects and workspaces name no person:
they make no record, and a note gives their names, for ``workloads.yaml``. A spend limit is neither use nor
money; of that list the names alone are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bothhalves.core.explain import Where
from bothhalves.core.terms import Identity
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import Outline, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import entries
from bothhalves.intake.source import Source

_SHOWN = 20
Pairs = Callable[[Fields], tuple[str, str]]


def _is_openai(told: Outline) -> bool:
    return "organization.user" in told.texts and told.has("id", "email", "role")


def _is_anthropic(told: Outline) -> bool:
    listed = told.has("id", "email", "role", "added_at") and "organization.user" not in told.texts
    return listed and _with_ids(told, "user_")


def _is_limits(told: Outline) -> bool:
    return told.has("actor", "amount", "period_to_date_spend")


def _is_openai_keys(told: Outline) -> bool:
    return told.has("redacted_value", "owner") and "organization.project.api_key" in told.texts


def _is_anthropic_keys(told: Outline) -> bool:
    return told.has("id", "name", "partial_key_hint", "workspace_id") and _with_ids(told, "apikey_")


def _is_workspaces(told: Outline) -> bool:
    listed = told.has("id", "name", "archived_at") and "partial_key_hint" not in told.names
    return listed and _with_ids(told, "wrkspc_")


def _is_members(told: Outline) -> bool:
    return told.has("user_id", "workspace_id", "workspace_role")


def _is_projects(told: Outline) -> bool:
    return "organization.project" in told.texts and told.has("id", "name") and "owner" not in told.names


def _is_service_accounts(told: Outline) -> bool:
    return "organization.project.service_account" in told.texts and "owner" not in told.names


def _with_ids(told: Outline, start: str) -> bool:
    return any(text.startswith(start) for text in told.texts)


def _user(row: Fields) -> tuple[str, str]:
    return ("", "") if row.flag("is_service_account") else (row.email("email"), row.text("id"))


def _limited(row: Fields) -> tuple[str, str]:
    actor = row.inner("actor")
    return actor.email("email_address"), actor.text("user_id")


def _owner(row: Fields) -> tuple[str, str]:
    user = row.inner("owner").inner("user")
    return user.email("email"), user.text("id")


def _rows(source: Source, sink: Sink) -> Iterator[Fields]:
    return (row for entry in entries(source, sink) for row in entry.rows)


def _read_people(kind: str, pair: Pairs, source: Source, sink: Sink) -> None:
    """Links addresses with ids; a list may name a person many times."""
    known = set()
    for row in _rows(source, sink):
        email, user_id = pair(row)
        if email and user_id and (email, user_id) not in known:
            known.add((email, user_id))
            row.keep(Identity(row.where, f"email:{email}", f"{kind}:{user_id}"))


def _read_keys(source: Source, sink: Sink) -> None:
    """Keys of projects: their owners are people, and their names go into a note."""
    _read_people("openai-user", _owner, source, sink)
    _note_names("API keys", source, Sink(), sink)


def _read_names(what: str, source: Source, sink: Sink) -> None:
    _note_names(what, source, sink, sink)


def _note_names(what: str, source: Source, faults: Sink, sink: Sink) -> None:
    named = [f"{row.text('id')} {row.text('name')}".strip() for row in _rows(source, faults)]
    if named:
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        said = f"names of {what}, of which nothing else is kept: {', '.join(named[:_SHOWN])}{more}."
        fix = (
            "To show usage under a name, write the id under keys or accounts of a workload in workloads.yaml."
        )
        sink.problem("directory.names", Where(source.name), said, fix, changes=False)


def _read_members(source: Source, sink: Sink) -> None:
    count = len(list(_rows(source, sink)))
    if count:
        said = f"ids of {count} workspace members without an address: nothing is kept of them."
        fix = "Import the list of the organisation's users, which has the addresses."
        sink.problem("directory.names", Where(source.name), said, fix, changes=False)


def _format(
    name: str, title: str, matches: Callable[[Outline], bool], read: Callable[[Source, Sink], None]
) -> Format:
    return Format(name, title, lambda source: matches(outline(source)), read)


FORMATS = (
    _format(
        "anthropic-users",
        "Anthropic organisation users",
        _is_anthropic,
        partial(_read_people, "anthropic-user", _user),
    ),
    _format(
        "openai-users",
        "OpenAI organisation users",
        _is_openai,
        partial(_read_people, "openai-user", _user),
    ),
    _format(
        "anthropic-spend-limits",
        "Anthropic spend limits (names only)",
        _is_limits,
        partial(_read_people, "anthropic-user", _limited),
    ),
    _format("openai-keys", "OpenAI project API keys", _is_openai_keys, _read_keys),
    _format(
        "openai-projects", "OpenAI projects (names only)", _is_projects, partial(_read_names, "projects")
    ),
    _format(
        "openai-service-accounts",
        "OpenAI service accounts (names only)",
        _is_service_accounts,
        partial(_read_names, "service accounts"),
    ),
    _format(
        "anthropic-keys",
        "Anthropic API keys (names only)",
        _is_anthropic_keys,
        partial(_read_names, "API keys"),
    ),
    _format(
        "anthropic-workspaces",
        "Anthropic workspaces (names only)",
        _is_workspaces,
        partial(_read_names, "workspaces"),
    ),
    _format("anthropic-members", "Anthropic workspace members (ids only)", _is_members, _read_members),
)
