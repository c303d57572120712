"""Making a database: the schema, the layers of the manifest, and the demo's files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.area.example import write_example
from geo.area.package import AreaPackage
from geo.boundaries import Municipality, municipality
from geo.errors import SettingsError
from geo.gazetteer import Gazetteer
from geo.importing.vector import read_vector
from geo.intake import Intake
from geo.layers import LayerSource, load_manifest
from geo.messages import N_
from geo.model import POLICE_FEED, Feature, Layer
from geo.report import Report
from geo.store.engine import Store
from geo.store.layers import put_layer

_ON_BASE_MAP = ("land", "road")
"""Styles of layers that stand for what a base map shows itself."""

DEMO_SURVEY = "Trygghetsundersökning 2022 (syntetisk)"
AREA_SURVEY = "Påhittade svar (syntetiska)"


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


def area_layers(data: Path, area: AreaPackage, code: str) -> tuple[Layer, ...]:
    """The layers to draw over an area package's base map, lowest first.

    They are the boundary, and those files of ``data``/layers/manifest.toml that lie in the area. What the base map
    shows itself is left out: the ground, the roads, and names from the gazetteer.

    Raises:
        UnreadableInput: the manifest, a file of it or the area package can't be read.
        SettingsError: the area is another municipality's than that of this code.
    """
    if area.info.code not in ("", code):
        raise SettingsError(
            "TRYGG_MUNICIPALITY is %(code)s, but the area package in %(folder)s is that of %(name)s (%(found)s). "
            "Set TRYGG_MUNICIPALITY=%(found)s, or TRYGG_AREA to another folder.",
            code=code,
            folder=area.path,
            name=area.info.name,
            found=area.info.code,
        )
    sources = load_manifest(data / "layers" / "manifest.toml")
    return tuple(_layers_within(area, sources))


def _layers_within(area: AreaPackage, sources: Sequence[LayerSource]) -> Iterator[Layer]:
    within = area.boundary()
    for source in sources:
        if source.boundary:
            yield _boundary(area, source, within)
        elif source.file is not None and source.info.style not in _ON_BASE_MAP:
            features = read_vector(source.file)
            if any(feature.geometry.intersects(within) for feature in features):
                yield Layer(source.info, features)


def _boundary(area: AreaPackage, source: LayerSource, within: BaseGeometry) -> Layer:
    """The municipality's own boundary; where the area is no municipality, the area's."""
    if area.info.code:
        return Layer(source.info, (_boundary_of(municipality(area.info.code)),))
    info = replace(
        source.info,
        title_sv="Områdets gräns",
        title_en="Boundary of the area",
        source=f"OpenStreetMap, {area.info.source}",
        licence=area.info.licence,
        precision=N_("The box or outline that the area was cut out by."),
    )
    return Layer(info, (Feature(within, {"name": area.info.name, "code": ""}),))


def put_layers(store: Store, layers: Sequence[Layer]) -> None:
    """Keeps layers in this drawing order, lowest first, in place of those with the same names."""
    with store.write() as connection:
        for position, layer in enumerate(layers, 1):
            put_layer(connection, layer, position=position * 10)


def _boundary_of(own: Municipality) -> Feature:
    return Feature(own.boundary, {"name": own.name, "code": own.code})


def _features(source: LayerSource, gazetteer: Gazetteer, own: Municipality) -> tuple[Feature, ...]:
    if source.file is not None:
        return read_vector(source.file)
    if source.boundary:
        return (_boundary_of(own),)
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
            lambda: intake.incidents(places / "police_events.csv", source=POLICE_FEED),
        ),
        DemoStep(
            "measures_synthetic.csv",
            lambda: intake.measures(layers / "measures_synthetic.csv", synthetic=True),
        ),
    )


def area_demo_steps(intake: Intake, area: AreaPackage, folder: Path) -> tuple[DemoStep, ...]:
    """What makes a demo of an area: answers and measures made up from its own names, written to ``folder`` first.

    Raises:
        UnreadableInput: the area package's names can't be read.
    """
    files = write_example(area.entries(), folder, name=area.info.name)
    return (
        DemoStep(files.survey.name, lambda: intake.survey(files.survey, survey=AREA_SURVEY, synthetic=True)),
        DemoStep(files.measures.name, lambda: intake.measures(files.measures, synthetic=True)),
    )
