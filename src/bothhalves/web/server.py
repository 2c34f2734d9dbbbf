"""Serving an application on this machine only."""

from __future__ import annotations

import atexit
import gc
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from bothhalves.web.guard import require_loopback


def settle() -> None:
    """Takes what is in memory out of the garbage collector's rounds.

    A page of thousands of people and what redraws it are millions of objects that stay until the workspace
    changes. Looking through all of them for garbage takes a fifth of a second, in the middle of an answer.
    The second round makes the collector forget how many there were: it waits for a quarter of that. At exit
    everything is given back, or the engine would report what it believes to have leaked.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    atexit.unregister(unsettle)
    atexit.register(unsettle)


def unsettle() -> None:
    """Has the collector look at everything again, before what was settled is thrown away."""
    gc.unfreeze()


class _Announced(uvicorn.Server):
    """A server that says where it listens once it does: with port 0 nobody knows before."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for listening in server.sockets:
                host, port = listening.getsockname()[:2]
                sys.stderr.write(f"Serving on http://{host}:{port}/ (Ctrl-C stops it)\n")
                sys.stderr.flush()


class PortInUse(Exception):
    """Something else listens on the port."""


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"port {port} is in use: choose another with --port, or --port 0 for a free one"
            ) from error


def serve(app: ASGIApp, port: int, host: str = "127.0.0.1") -> None:
    """Serves until interrupted. Raises ``NotLoopback`` for a host that others could reach, ``PortInUse``.

    Port 0 picks a free port; the address goes to stderr.
    """
    require_loopback(host)
    _require_free(host, port)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", ws="none", lifespan="off", server_header=False
    )
    _Announced(config).run()
