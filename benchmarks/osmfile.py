"""Writing an OpenStreetMap extract (.osm.pbf) of things made up: positions in, nodes and ways out.

The format is OpenStreetMap's own (https://wiki.openstreetmap.org/wiki/PBF_Format), by pyrosm's messages of it.
"""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from pyrosm.proto import fileformat_pb2, osmformat_pb2

from geo.crs import points_to_wgs84

_PER_BLOCK = 8_000
_GRID_DEGREES = 1e-7
_NANO = 10**9


class OsmFile:
    """Nodes (EPSG:3006, metres) and ways with their tags, numbered from 1, all of one change at ``changed``."""

    def __init__(self, changed: int) -> None:
        """``changed``: seconds since 1970."""
        self._changed = changed
        self._spots: list[tuple[float, float]] = []
        self._node_tags: list[dict[str, str]] = []
        self._ways: list[tuple[tuple[int, ...], dict[str, str]]] = []

    def node(self, x: float, y: float, tags: dict[str, str] | None = None) -> int:
        """Adds a node, and returns its number."""
        self._spots.append((x, y))
        self._node_tags.append(tags or {})
        return len(self._spots)

    def way(self, nodes: Sequence[int], tags: dict[str, str]) -> int:
        """Adds a way along nodes by their numbers; an area's last is its first."""
        self._ways.append((tuple(nodes), tags))
        return len(self._ways)

    def area(self, corners: Sequence[tuple[float, float]], tags: dict[str, str]) -> int:
        """Adds a closed way round new nodes at the corners."""
        nodes = [self.node(x, y) for x, y in corners]
        return self.way([*nodes, nodes[0]], tags)

    def spot(self, node: int) -> tuple[float, float]:
        """A node's position, EPSG:3006."""
        return self._spots[node - 1]

    def write(self, file: Path) -> None:
        """Writes the extract: nodes before ways, as in every extract."""
        degrees = points_to_wgs84(np.array(self._spots))
        with file.open("wb") as target:
            write_block(target, "OSMHeader", self._header(degrees))
            for first in range(0, len(self._spots), _PER_BLOCK):
                write_block(target, "OSMData", self._nodes(degrees, first))
            for first in range(0, len(self._ways), _PER_BLOCK):
                write_block(target, "OSMData", self._some_ways(first))

    def _header(self, degrees: Any) -> Any:
        (west, south), (east, north) = degrees.min(axis=0).tolist(), degrees.max(axis=0).tolist()
        header = osmformat_pb2.HeaderBlock(required_features=["OsmSchema-V0.6", "DenseNodes"])
        header.bbox.left, header.bbox.right = int(west * _NANO), int(east * _NANO)
        header.bbox.bottom, header.bbox.top = int(south * _NANO), int(north * _NANO)
        return header

    def _nodes(self, degrees: Any, first: int) -> Any:
        block, strings = osmformat_pb2.PrimitiveBlock(), _Strings()
        dense = block.primitivegroup.add().dense
        tags = self._node_tags[first : first + _PER_BLOCK]
        units = np.round(degrees[first : first + _PER_BLOCK] / _GRID_DEGREES).astype(np.int64)
        # Numbers, positions and times are kept as differences from the one before.
        dense.id.extend([first + 1] + [1] * (len(tags) - 1))
        dense.lon.extend(np.diff(units[:, 0], prepend=0).tolist())
        dense.lat.extend(np.diff(units[:, 1], prepend=0).tolist())
        dense.denseinfo.version.extend([1] * len(tags))
        dense.denseinfo.timestamp.extend([self._changed] + [0] * (len(tags) - 1))
        dense.denseinfo.changeset.extend([1] + [0] * (len(tags) - 1))
        for each in tags:
            for key, value in each.items():
                dense.keys_vals.extend((strings[key], strings[value]))
            dense.keys_vals.append(0)
        block.stringtable.s.extend(strings.table)
        return block

    def _some_ways(self, first: int) -> Any:
        block, strings = osmformat_pb2.PrimitiveBlock(), _Strings()
        group = block.primitivegroup.add()
        for number, (nodes, tags) in enumerate(self._ways[first : first + _PER_BLOCK], first + 1):
            way = group.ways.add(id=number)
            way.keys.extend(strings[key] for key in tags)
            way.vals.extend(strings[value] for value in tags.values())
            way.refs.extend(np.diff(nodes, prepend=0).tolist())
            way.info.version, way.info.timestamp, way.info.changeset = 1, self._changed, 1
        block.stringtable.s.extend(strings.table)
        return block


class _Strings:
    """The strings of one block, each once; the first is empty, as the format wants."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}

    def __getitem__(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def table(self) -> list[bytes]:
        """All of them by their numbers."""
        return [text.encode() for text in self._numbers]


def write_block(file: IO[bytes], kind: str, message: Any) -> None:
    """Appends one block, "OSMHeader" or "OSMData", with its length and its own header before it."""
    raw = message.SerializeToString()
    blob = fileformat_pb2.Blob(raw_size=len(raw), zlib_data=zlib.compress(raw)).SerializeToString()
    header = fileformat_pb2.BlobHeader(type=kind, datasize=len(blob)).SerializeToString()
    file.write(struct.pack(">I", len(header)) + header + blob)
