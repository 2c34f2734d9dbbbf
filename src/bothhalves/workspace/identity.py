"""People as keyed hashes. Raw identities stay in ``inbox/`` and ``state/``."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from bothhalves.workspace.config import Person

KEY_FILE = "identity.key"


def identity(written: str) -> str:
    """A name as people write it, in the form that exports use: an address gets ``email:``, all lower-case."""
    text = written.strip().lower()
    return f"email:{text}" if "@" in text and ":" not in text else text


def load_key(root: Path) -> bytes:
    """The workspace's secret key, made on first use and readable by its owner only."""
    path = root / "state" / KEY_FILE
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text("ascii"))


class Pseudonyms:
    """Raw identities to pseudonyms: links first, then hashes, so one person has one pseudonym everywhere.

    ``links`` are pairs of names of one person (from ``people.yaml`` and from vendors' own directories).
    """

    def __init__(self, key: bytes, people: Iterable[Person], links: Iterable[tuple[str, str]] = ()) -> None:
        self._key = key
        self._parent: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        for person in people:
            names = [identity(name) for name in person.names]
            for name in names[1:]:
                self._link(names[0], name)
        for first, second in links:
            self._link(identity(first), identity(second))
        for person in people:
            if person.group and person.names:
                self._groups[self(person.names[0])] = person.group

    def __call__(self, raw: str) -> str:
        """The pseudonym ``p-…`` of an identity; nobody stays nobody."""
        if not raw:
            return ""
        digest = hmac.new(self._key, self._root(identity(raw)).encode(), hashlib.sha256).digest()
        return "p-" + base64.b32encode(digest)[:10].decode().lower()

    @property
    def groups(self) -> dict[str, str]:
        """Group by pseudonym, for those whose group is known."""
        return dict(self._groups)

    def _root(self, name: str) -> str:
        while (parent := self._parent.get(name, name)) != name:
            name = parent
        return name

    def _link(self, first: str, second: str) -> None:
        """Union by the smaller name, so that the result does not depend on the order of links."""
        one, other = sorted((self._root(first), self._root(second)))
        self._parent[other] = one
