"""Terms that are not money: controls and data terms, as signed for seats and for the API."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, slots=True)
class Protections:
    """What the contract promises; None or empty: it does not say.

    ``training``: what the vendor may do with content: ``never``, ``opt-in`` or ``allowed``.
    ``retention_days``: how long it keeps content at most. ``residency``: where content is kept.
    """

    sso: bool | None = None
    scim: bool | None = None
    audit_log: bool | None = None
    roles: bool | None = None
    hipaa: bool | None = None
    training: Literal["never", "opt-in", "allowed", ""] = ""
    retention_days: int | None = None
    residency: str = ""

    def fault(self) -> str | None:
        return "retention_days is not below zero" if (self.retention_days or 0) < 0 else None

    def stated(self) -> dict[str, str]:
        """What is stated, in words, by the name of its key."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: _word(value) for name, value in values.items() if value not in (None, "")}


UNSAID = Protections()


@dataclass(frozen=True, slots=True)
class Needs:
    """What the company requires of every vendor: ``controls`` as plans name them, and data terms."""

    controls: tuple[str, ...] = ()
    terms: Protections = UNSAID


#: What may be done with content, the strictest first.
_TRAINING = ("never", "opt-in", "allowed")


def meets(key: str, promised: str | None, required: str) -> bool:
    """True if what is promised is as good as what is required, both as :meth:`Protections.stated` says them.

    A shorter retention, and less training, are as good as required. To require ``no`` control, or that
    training is ``allowed``, asks for nothing.
    """
    if required in ("no", _TRAINING[-1]):
        return True
    if promised is None:
        return False
    if key == "retention_days":
        return int(promised) <= int(required)
    if key == "training":
        return _TRAINING.index(promised) <= _TRAINING.index(required)
    return promised == required


def _word(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
