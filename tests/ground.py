"""The layers of data/ for tests to put into their stores: read once, for a child process reads each file."""

from functools import cache

from geo.bootstrap import base_layers
from geo.gazetteer import load_gazetteer
from geo.model import Layer
from geo.settings import ROOT


@cache
def ground_layers() -> tuple[Layer, ...]:
    """What ``geo.bootstrap.base_layers`` gives for Robertsfors."""
    data = ROOT / "data"
    return tuple(base_layers(data, load_gazetteer(data / "places" / "gazetteer.csv"), "2409"))
