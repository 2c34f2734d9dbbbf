"""How far a file has been read, so that the next run opens only what changed and reads only what is new."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

HEAD, TAIL = 4096, 256


@dataclass(frozen=True, slots=True)
class FileMark:
    """What was known of a file when it was read last.

    ``offset`` bytes and ``lines`` line ends were taken in, of ``size`` bytes. ``sha_head`` is a hash of the
    first bytes and of the last ones before ``offset``. ``tool`` wrote the file, empty for a file that is no
    transcript; ``state`` is where that tool's reader stands, as JSON.
    """

    size: int
    mtime_ns: int
    offset: int
    lines: int
    sha_head: str
    tool: str = ""
    state: str = ""

    @property
    def fields(self) -> dict[str, int | str]:
        """The mark as a mapping, which makes another of it."""
        return {name: getattr(self, name) for name in self.__slots__}


def sha_head(file: int, size: int, offset: int) -> str:
    """Hash of the first bytes of an open file that had ``size``, and of the last before ``offset``."""
    digest = hashlib.sha256(os.pread(file, min(HEAD, size), 0))
    digest.update(os.pread(file, min(TAIL, offset), max(0, offset - TAIL)))
    return digest.hexdigest()[:32]


def continues(file: int, size: int, mark: FileMark) -> bool:
    """True if the open file of now ``size`` bytes is the marked one with something added at its end."""
    return (
        size > mark.size and size >= mark.offset and sha_head(file, mark.size, mark.offset) == mark.sha_head
    )
