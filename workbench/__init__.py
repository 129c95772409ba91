"""The single door: use cases, command line, settings, wiring. Start with ``open_workspace``."""

from workbench.workspace import Session, Workspace, init_workspace, open_workspace

__all__ = ["Session", "Workspace", "init_workspace", "open_workspace"]
