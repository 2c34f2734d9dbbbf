"""The page in a browser, and as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bothhalves.workspace import Workspace


def serve_workspace(workspace: Workspace, port: int) -> None:
    """Serves the page of ``workspace`` on this machine only; port 0 picks a free one.

    The web framework is loaded here, so that whoever only writes a file does not wait for it.
    """
    from bothhalves.web import live

    live.serve_workspace(workspace, port)
