"""The users that vendors' directory APIs list: which e-mail address belongs to which user id.

Usage reports name people by id only, so these lists are what joins API usage to the holders of seats. They
say nothing about seats.
"""

from __future__ import annotations

from bothhalves.core.terms import Identity
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import outline
from bothhalves.intake.pages import entries
from bothhalves.intake.source import Source


def _is_openai(source: Source) -> bool:
    told = outline(source)
    return "organization.user" in told.texts and told.has("id", "email", "role")


def _is_anthropic(source: Source) -> bool:
    told = outline(source)
    listed = told.has("id", "email", "role", "added_at") and "organization.user" not in told.texts
    return listed and any(text.startswith("user_") for text in told.texts)


def _read(source: Source, sink: Sink, kind: str) -> None:
    for entry in entries(source, sink):
        for row in entry.rows:
            email, user_id = row.email("email"), row.text("id")
            if email and user_id and not row.flag("is_service_account"):
                row.keep(Identity(row.where, f"email:{email}", f"{kind}:{user_id}"))


FORMATS = (
    Format(
        "anthropic-users",
        "Anthropic organisation users",
        _is_anthropic,
        lambda source, sink: _read(source, sink, "anthropic-user"),
    ),
    Format(
        "openai-users",
        "OpenAI organisation users",
        _is_openai,
        lambda source, sink: _read(source, sink, "openai-user"),
    ),
)
