"""An OpenStreetMap extract enlarged with copies of itself, side by side: no country's may be had for tests."""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyrosm.proto import fileformat_pb2, osmformat_pb2

from benchmarks.osmfile import write_block

_NANO = 1e-9
_GRID = 100
"""Nanodegrees in one unit of a coordinate."""
_KINDS = ("dense", "ways", "relations")
Box = tuple[float, float, float, float]


def enlarge(source: Path, target: Path, copies: int) -> Box:
    """Writes ``copies`` of an extract in rows of twenty, nodes before ways before relations as in every extract.

    Returns (west, south, east, north) of the first copy, which is the extract as it was, in degrees.
    """
    header, blocks = _read(source)
    box = header.bbox
    width, height = box.right - box.left, box.top - box.bottom
    # Each id of a copy is greater than any of the one before.
    step = 1 + max(max(_running(_ids(block.primitivegroup[0]))) for block in blocks)
    rows = -(-copies // 20)
    west, south, east, north = box.left, box.bottom, box.right, box.top
    box.right += 19 * width
    box.top += (rows - 1) * height
    with target.open("wb") as file:
        write_block(file, "OSMHeader", header)
        for kind in _KINDS:
            for number in range(copies):
                for block in blocks:
                    if len(_ids(block.primitivegroup[0], kind)):
                        east_by, north_by = number % 20 * width // _GRID, number // 20 * height // _GRID
                        write_block(file, "OSMData", _shifted(block, number * step, east_by, north_by))
    return west * _NANO, south * _NANO, east * _NANO, north * _NANO


def _read(source: Path) -> tuple[Any, list[Any]]:
    header: Any = None
    blocks: list[Any] = []
    with source.open("rb") as file:
        while size := file.read(4):
            named = fileformat_pb2.BlobHeader.FromString(file.read(struct.unpack(">I", size)[0]))
            blob = fileformat_pb2.Blob.FromString(file.read(named.datasize))
            raw = zlib.decompress(blob.zlib_data)
            if named.type == "OSMHeader":
                header = osmformat_pb2.HeaderBlock.FromString(raw)
            else:
                blocks += _by_group(osmformat_pb2.PrimitiveBlock.FromString(raw))
    return header, blocks


def _by_group(block: Any) -> Iterator[Any]:
    """A block for each group of a block, with the strings that it uses."""
    for group in block.primitivegroup:
        alone = osmformat_pb2.PrimitiveBlock()
        alone.CopyFrom(block)
        del alone.primitivegroup[:]
        kept = alone.primitivegroup.add()
        kept.CopyFrom(group)
        used: dict[int, int] = {0: 0}

        def new(index: int, used: dict[int, int] = used) -> int:
            return used.setdefault(index, len(used))

        _each_string(kept, new)
        del alone.stringtable.s[:]
        alone.stringtable.s.extend(block.stringtable.s[index] for index in used)
        yield alone


def _each_string(group: Any, new: Callable[[int], int]) -> None:
    dense = group.dense
    lists = [dense.keys_vals]
    for thing in (*group.ways, *group.relations):
        lists += [thing.keys, thing.vals]
        thing.info.user_sid = 0
    lists += [relation.roles_sid for relation in group.relations]
    for numbers in lists:
        numbers[:] = [new(index) for index in numbers]
    # Users' names aren't read; they are a running sum, which the others are not.
    del dense.denseinfo.user_sid[:]
    dense.denseinfo.user_sid.extend([0] * len(dense.denseinfo.version))


def _ids(group: Any, kind: str = "") -> Any:
    if kind in ("", "dense") and len(group.dense.id):
        return group.dense.id
    if kind == "dense":
        return ()
    things = group.ways or group.relations if not kind else getattr(group, kind)
    # As differences, like those of the nodes.
    numbers = [thing.id for thing in things]
    return [here - before for here, before in zip(numbers, [0, *numbers], strict=False)]


def _running(differences: Any) -> Iterator[int]:
    total = 0
    for difference in differences:
        total += difference
        yield total


def _shifted(block: Any, by: int, east: int, north: int) -> Any:
    shifted = osmformat_pb2.PrimitiveBlock()
    shifted.CopyFrom(block)
    group = shifted.primitivegroup[0]
    # Nodes, members and positions are kept as differences: who moves the first moves all.
    if len(group.dense.id):
        group.dense.id[0] += by
        group.dense.lon[0] += east
        group.dense.lat[0] += north
    for way in group.ways:
        way.id += by
        way.refs[0] += by
    for relation in group.relations:
        relation.id += by
        if relation.memids:
            relation.memids[0] += by
    return shifted
