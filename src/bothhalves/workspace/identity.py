"""People as keyed hashes. Raw identities stay in ``inbox/`` and ``state/``."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from bothhalves.workspace.config import Person

KEY_FILE, REGISTER = "identity.key", "people.ndjson"


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


class Register:
    """Every identity ever stored and the pseudonym it was given, in ``state/``: links may come later.

    Names are appended before the rows that carry their pseudonyms are committed.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / "state" / REGISTER
        self.names: dict[str, str] = {}
        if self._path.exists():
            for line in self._path.read_text("utf-8").splitlines():
                # A process killed while it wrote leaves half a line, whose name is written again.
                if line.endswith("]"):
                    raw, pseudonym = json.loads(line)
                    self.names[raw] = pseudonym

    def recording(self, pseudonyms: Pseudonyms) -> Callable[[str], str]:
        """``pseudonyms``, writing down every name that is new."""

        def recorded(raw: str) -> str:
            found = pseudonyms(raw)
            if raw and raw not in self.names:
                self.names[raw] = found
                self._append(raw, found)
            return found

        return recorded

    def _append(self, raw: str, pseudonym: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with open(handle, "a", encoding="utf-8") as file:
            file.write("\n" + json.dumps([raw, pseudonym]))


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

    def aliases(self, register: Register) -> dict[str, str]:
        """Pseudonyms stored earlier to those of today: what changes when a link is added later."""
        return {old: now for raw, old in register.names.items() if (now := self(raw)) != old}

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
