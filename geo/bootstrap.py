"""Making a database: the schema, the layers of the manifest, and the demo's files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shapely import Point

from geo.boundaries import Municipality, municipality
from geo.errors import SettingsError
from geo.gazetteer import Gazetteer
from geo.importing.vector import read_vector
from geo.intake import Intake
from geo.layers import LayerSource, load_manifest
from geo.model import Feature, Layer
from geo.report import Report
from geo.store.engine import Store
from geo.store.layers import put_layer

DEMO_SURVEY = "Trygghetsundersökning 2022 (syntetisk)"


def base_layers(data: Path, gazetteer: Gazetteer, code: str) -> tuple[Layer, ...]:
    """The layers of ``data``/layers/manifest.toml for the municipality with this code, lowest first.

    Raises:
        UnreadableInput: the manifest or a file of it can't be read.
        SettingsError: no municipality has this code, or the gazetteer is another municipality's.
    """
    own = municipality(code)
    if gazetteer.municipality not in ("", own.name):
        raise SettingsError(
            "TRYGG_MUNICIPALITY is %(code)s (%(name)s), but the gazetteer in %(data)s is that of %(found)s. "
            "Set TRYGG_DATA to the folder of %(name)s.",
            code=code,
            name=own.name,
            data=data,
            found=gazetteer.municipality,
        )
    sources = load_manifest(data / "layers" / "manifest.toml")
    return tuple(Layer(source.info, _features(source, gazetteer, own)) for source in sources)


def put_layers(store: Store, layers: Sequence[Layer]) -> None:
    """Keeps layers in this drawing order, lowest first, in place of those with the same names."""
    with store.write() as connection:
        for position, layer in enumerate(layers, 1):
            put_layer(connection, layer, position=position * 10)


def _features(source: LayerSource, gazetteer: Gazetteer, own: Municipality) -> tuple[Feature, ...]:
    if source.file is not None:
        return read_vector(source.file)
    if source.boundary:
        return (Feature(own.boundary, {"name": own.name, "code": own.code}),)
    return tuple(
        Feature(Point(entry.geometry.centroid), {"name": entry.name, "kind": entry.kind.value})
        for entry in gazetteer.entries
        if entry.kind in source.kinds and not entry.geometry.is_empty
    )


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One file of the demo: its name, and how it is taken in."""

    name: str
    run: Callable[[], Report]


def demo_steps(intake: Intake, data: Path) -> tuple[DemoStep, ...]:
    """What makes the demo out of ``data``: the same doors a coordinator uses, in order."""
    places, layers = data / "places", data / "layers"
    return (
        DemoStep(
            "survey_2022_synthetic.csv",
            lambda: intake.survey(places / "survey_2022_synthetic.csv", survey=DEMO_SURVEY, synthetic=True),
        ),
        DemoStep(
            "police_events.csv",
            lambda: intake.incidents(places / "police_events.csv", source="polisen.se"),
        ),
        DemoStep(
            "measures_synthetic.csv",
            lambda: intake.measures(layers / "measures_synthetic.csv", synthetic=True),
        ),
    )
