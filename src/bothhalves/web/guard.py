"""What every request passes and every answer carries: no foreign host name, no foreign content."""

from __future__ import annotations

import ipaddress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
PAGE_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class NotLoopback(ValueError):
    """The server was asked to listen where others could reach it, and it has no sign-in."""


def require_loopback(host: str) -> None:
    """Raises :class:`NotLoopback` unless ``host`` is an address of this machine only."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopback(
            f"{host!r} can be reached from other machines, and the page has no sign-in. Use 127.0.0.1."
        )


def host_name(header: str) -> str:
    """The name in a Host header, without the port."""
    name, colon, port = header.strip().lower().rpartition(":")
    return name if colon and port.isdecimal() else header.strip().lower()


class Guard:
    """Refuses requests for a name that is not this machine's (a web site may point its own name here, and
    read the answers), and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        kept_long = scope["path"].startswith("/static/") and b"v=" in scope["query_string"]

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                cache = "public, max-age=31536000, immutable" if kept_long else "no-store"
                added = {**_HEADERS, "cache-control": cache}
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in added.items()),
                ]
            await send(message)

        if len(hosts) != 1 or host_name(hosts[0]) not in LOOPBACK_NAMES:
            await _refuse(guarded)
            return
        await self._app(scope, receive, guarded)


async def _refuse(send: Send) -> None:
    text = b"This server answers to 127.0.0.1 and localhost only.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": text})
