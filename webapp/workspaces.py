"""The station workspace of the application that is answering."""

from flask import current_app

from geo.planning.workspace import Workspace


def current_workspace() -> Workspace:
    """One for the server: the area's paths are read once, when first asked for."""
    found: Workspace = current_app.extensions["workspace"]
    return found
