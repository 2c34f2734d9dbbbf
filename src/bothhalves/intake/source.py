"""Opening an export safely: gzip and zstd, byte order marks, size limits, content hash.

A compressed file that unpacks to more than ``MAX_RATIO`` times its size (beyond a first ``FREE_BYTES``)
is refused: exports are hostile input.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

FREE_BYTES = 64 * 2**20
MAX_RATIO = 200
HEAD_BYTES = 256 * 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BOM = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """The file cannot be opened as text at all; the message says why."""


class _Bounded(io.RawIOBase):
    """Counts what is unpacked and stops a decompression bomb."""

    def __init__(self, inner: IO[bytes], packed_size: int) -> None:
        self._inner, self._limit, self._seen = inner, FREE_BYTES + MAX_RATIO * packed_size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            # Not read(): that loses what was already unpacked when the file turns out to be cut.
            data = self._inner.read1(len(buffer))  # type: ignore[attr-defined]
        except (OSError, EOFError, zlib.error, ValueError) as error:
            raise Unreadable(f"damaged compressed file ({error})") from error
        self._seen += len(data)
        if self._seen > self._limit:
            raise Unreadable("the file unpacks to far more than its size: refused as a decompression bomb")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _open_zstd(path: Path) -> IO[bytes]:
    import zstandard

    return zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True, read_across_frames=True)


@dataclass(frozen=True)
class Source:
    """One file to read. ``name`` is what problems call it: a path relative to what the user named."""

    path: Path
    name: str
    options: dict[str, str] = field(default_factory=dict)

    def open(self) -> IO[bytes]:
        """The unpacked bytes as a stream, without a byte order mark. Raises :class:`Unreadable`."""
        magic, size = self._begins()
        raw: IO[bytes]
        if magic[:2] == _GZIP:
            unpacked = gzip.open(self.path, "rb")  # noqa: SIM115 - closed by the reader that wraps it
            raw = io.BufferedReader(_Bounded(unpacked, size), 1 << 20)  # type: ignore[arg-type]
        elif magic == _ZSTD:
            raw = io.BufferedReader(_Bounded(_open_zstd(self.path), size), 1 << 20)
        else:
            raw = self.path.open("rb", buffering=1 << 20)
        if raw.peek(3)[:3] == _BOM:  # type: ignore[attr-defined]
            raw.read(3)
        return raw

    def _begins(self) -> tuple[bytes, int]:
        """The first bytes on disk, and how many there are in all."""
        try:
            with self.path.open("rb") as probe:
                return probe.read(4), self.path.stat().st_size
        except OSError as error:
            raise Unreadable(f"it cannot be opened ({error.strerror or error})") from error

    @property
    def is_bare(self) -> bool:
        """True if the bytes on disk are those that :meth:`open` gives. Raises :class:`Unreadable`."""
        magic, _ = self._begins()
        return magic[:2] != _GZIP and magic != _ZSTD and magic[:3] != _BOM

    @cached_property
    def head(self) -> bytes:
        """The first unpacked bytes, for recognising the format; empty if the file cannot be read."""
        try:
            with self.open() as stream:
                return stream.read(HEAD_BYTES)
        except Unreadable:
            return b""

    @cached_property
    def first_line(self) -> str:
        """The first line of the head as text."""
        return self.head.split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r")

    @cached_property
    def sha256(self) -> str:
        """Hash of the file as it lies on disk."""
        digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()

    def lines(self) -> Iterator[bytes]:
        """The unpacked lines with their ends."""
        with self.open() as stream:
            yield from stream
