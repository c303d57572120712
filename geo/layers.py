"""data/layers/manifest.toml → what is said of each layer, and where its features come from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import UnreadableInput
from geo.model import EntryKind, LayerInfo


@dataclass(frozen=True, slots=True)
class LayerSource:
    """One layer of the manifest. Exactly one of ``file``, ``kinds`` and ``boundary`` is set.

    ``file`` is a vector file; ``kinds`` are the gazetteer's kinds whose entries make the layer;
    ``boundary``: the municipality's own boundary.
    """

    info: LayerInfo
    file: Path | None = None
    kinds: tuple[EntryKind, ...] = ()
    boundary: bool = False


_TEXTS = ("name", "title_sv", "title_en", "source", "licence", "precision", "audience", "style")


def load_manifest(path: Path) -> tuple[LayerSource, ...]:
    """The layers of a manifest in drawing order, lowest first.

    Raises:
        UnreadableInput: the file is missing or not TOML, or a layer lacks something that must be said.
    """
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file).get("layer", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UnreadableInput(
            "The layer manifest %(file)s can't be read: %(why)s", file=path, why=error
        ) from error
    return tuple(_source(table, path) for table in tables)


def _source(table: dict[str, Any], path: Path) -> LayerSource:
    for key in _TEXTS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise UnreadableInput(
                "A layer in %(file)s (%(name)s) lacks “%(key)s”.",
                file=path,
                name=table.get("name", "?"),
                key=key,
            )
    given = [key for key in ("file", "kinds", "boundary") if table.get(key)]
    if len(given) != 1 or table["audience"] not in ("public", "staff"):
        raise UnreadableInput(
            "The layer “%(name)s” in %(file)s needs one of file, kinds or boundary, and an audience: "
            "public or staff.",
            file=path,
            name=table["name"],
        )
    info = LayerInfo(
        **{key: table[key] for key in _TEXTS},
        synthetic=bool(table.get("synthetic", False)),
        min_zoom=int(table.get("min_zoom", 0)),
        credit=str(table.get("credit", "")),
    )
    return LayerSource(
        info=info,
        file=path.parent / table["file"] if "file" in given else None,
        kinds=tuple(EntryKind(kind) for kind in table.get("kinds", ())),
        boundary="boundary" in given,
    )
