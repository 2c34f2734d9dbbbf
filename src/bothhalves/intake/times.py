"""Times as exports write them without a zone, where the zone is known from elsewhere."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

_ZONELESS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+")


def utc(text: str) -> str:
    """``text`` with a ``Z`` if it is a date and time of a source that writes UTC without saying so."""
    return f"{text}Z" if _ZONELESS.fullmatch(text) else text


def local(text: str, pattern: str, zone: tzinfo) -> str:
    """ISO 8601 with a zone for ``text`` written in ``pattern`` (as of ``strptime``) or in ISO 8601.

    A zone that the text names wins over ``zone``; a bare date is midnight in ``zone``. Raises ``ValueError``.
    """
    moment = _moment(text, pattern)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _moment(text: str, pattern: str) -> datetime:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller gives it a zone
    except ValueError:
        return datetime.fromisoformat(text)
