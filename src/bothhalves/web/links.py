"""Addresses: one URL per state on the server, anchors within a single file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from urllib.parse import quote_plus, urlencode, urlsplit

#: A path of this server: browsers drop tabs and line ends, and take a backslash for a slash.
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")
#: What stands for a name in an address; several stand one after another.
Asked = str | Sequence[str]


class Links(Protocol):
    """Where things are."""

    @property
    def static(self) -> bool: ...

    @property
    def close(self) -> str: ...

    def why(self, key: str, line: str = "") -> str: ...

    def to(self, path: str, **query: Asked) -> str: ...


@dataclass(frozen=True)
class ServerLinks:
    """Addresses on the server; every one carries the window, if one was asked for, and what is changed.

    ``back`` is the address of the page whose figures are explained, "" for the one page.
    """

    window: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    static: bool = False
    back: str = ""

    @property
    def close(self) -> str:
        """Where closing an explanation leads."""
        return self.back or self.to("/")

    def why(self, key: str, line: str = "") -> str:
        line = f"&line={quote_plus(line)}" if line else ""
        return f"/why?key={quote_plus(key)}{line}{self._carried}"

    def to(self, path: str, **query: Asked) -> str:
        wanted = {**query, "window": query.get("window", self.window), **dict(self.changes)}
        text = urlencode({name: value for name, value in wanted.items() if value}, doseq=True)
        return f"{path}?{text}" if text else path

    @cached_property
    def _carried(self) -> str:
        """What every address of a figure ends with: a page has hundreds."""
        back = f"&back={quote_plus(self.back)}" if self.back else ""
        return self.to("").replace("?", "&", 1) + back

    def unchanged_at(self, path: str) -> str:
        """A page with every input as planned."""
        return ServerLinks(self.window).to(path)


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Addresses in one file: every explanation is a section of it."""

    static: bool = True

    @property
    def close(self) -> str:
        return "#top"

    def why(self, key: str, line: str = "") -> str:
        return f"#{anchor(key)}"

    def to(self, path: str, **query: Asked) -> str:
        return "#top" if path == "/" else f"#{path.strip('/')}"


def local(address: str) -> str:
    """The address, if it is one of this server and nothing that a browser takes for another's; else ""."""
    return address if _LOCAL.fullmatch(address) else ""


def anchor(key: str) -> str:
    """The id of a figure's section: readable, and different for different keys."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return "why-" + re.sub(r"[^a-z0-9]+", "-", key.lower())[:60].strip("-") + "-" + digest


def is_web_address(text: str) -> bool:
    """True for what may become an outgoing link: never ``javascript:`` or a file."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
