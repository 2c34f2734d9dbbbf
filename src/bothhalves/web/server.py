"""Serving an application on this machine only."""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import ASGIApp

from bothhalves.web.guard import require_loopback


class _Announced(uvicorn.Server):
    """A server that says where it listens once it does: with port 0 nobody knows before."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for socket in server.sockets:
                host, port = socket.getsockname()[:2]
                sys.stderr.write(f"Serving on http://{host}:{port}/ (Ctrl-C stops it)\n")
                sys.stderr.flush()


def serve(app: ASGIApp, port: int, host: str = "127.0.0.1") -> None:
    """Serves until interrupted. Raises ``NotLoopback`` for a host that others could reach.

    Port 0 picks a free port; the address goes to stderr.
    """
    require_loopback(host)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", ws="none", lifespan="off", server_header=False
    )
    _Announced(config).run()
