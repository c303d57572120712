"""What the server starts: the app made from the environment."""

import os

from flask import Flask

from geo.settings import Settings
from webapp import create_app


def create() -> Flask:
    """The app with the settings of the environment."""
    return create_app(Settings.from_mapping(os.environ))
