"""The shell around the core: opens a folder, imports exports, counts, rates, reconciles."""

from bothhalves.workspace.open import NotAWorkspace, Workspace, WrongWindow, open_workspace

__all__ = ["NotAWorkspace", "Workspace", "WrongWindow", "open_workspace"]
