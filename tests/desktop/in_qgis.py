"""A planner's sitting with QGIS, without a screen: the steps of docs/api.md, and what QGIS holds after them.

Run by the system's Python, which Debian's QGIS belongs to: in_qgis.py SITE FOLDER. In FOLDER are the downloaded files, and
what was seen is written there, as said.json.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsNetworkAccessManager,
    QgsNetworkReplyContent,
    QgsNetworkRequestParameters,
    QgsProject,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerCache,
    QgsWkbTypes,
)
from qgis.gui import QgsAttributeTableModel, QgsGui
from qgis.PyQt.QtCore import QElapsedTimer, QEventLoop, QItemSelectionModel, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtNetwork import QNetworkRequest
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QTreeView,
)

SWEREF = "EPSG:3006"
PATIENCE_MS = 30_000
MAP = (740_000.0, 7_085_000.0, 820_000.0, 7_165_000.0)
"""Around the municipality, in SWEREF 99 TM."""
PIXELS = 800
NEAR = (20.847, 64.187, 20.866, 64.193)
"""A box in the middle of Robertsfors, in degrees."""

PLACES_OF_A_MEASURE = (
    "aggregate('Platser som känns otrygga', 'concatenate', \"name\", concatenator:='; ', filter:=array_contains("
    "string_to_array(attribute(@parent, 'places'), '; '), to_string(\"id\")))"
)

Said = dict[str, Any]


class Sitting:
    """QGIS, started and listened to."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.app = QgsApplication([], True)
        self.app.initQgis()
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.warned: list[str] = []
        network = QgsNetworkAccessManager.instance()
        network.requestAboutToBeCreated[QgsNetworkRequestParameters].connect(
            lambda one: self.asked.append(one.request().url().toString())
        )
        network.finished[QgsNetworkReplyContent].connect(self._answered)
        QgsApplication.messageLog().messageReceived.connect(self._warned)

    def wait(self, until: Callable[[], bool], milliseconds: int = PATIENCE_MS) -> None:
        """Goes on with events until something has come."""
        clock = QElapsedTimer()
        clock.start()
        while not until() and clock.elapsed() < milliseconds:
            self.app.processEvents(QEventLoop.AllEvents, 50)

    def requests(self) -> list[str]:
        """What was asked for since this was asked last, without the site; threads tell a little later."""
        self.wait(lambda: False, 300)
        asked, self.asked = self.asked, []
        return [address.removeprefix(self.site) for address in asked]

    def layer(self, name: str) -> QgsVectorLayer:
        """A collection as the dialog adds it, with nothing of it fetched yet."""
        source = f" restrictToRequestBBOX='1' typename='{name}' url='{self.site}/api'"
        return QgsVectorLayer(source, name, "OAPIF")

    def _answered(self, reply: QgsNetworkReplyContent) -> None:
        if reply.error():
            address = reply.request().url().toString().removeprefix(self.site)
            self.refused.append(f"{reply.attribute(QNetworkRequest.HttpStatusCodeAttribute)} {address}")

    def _warned(self, message: str, tag: str, level: int) -> None:
        if tag in ("OAPIF", "WFS") and level != Qgis.Info:
            self.warned.append(f"{tag}: {message}")


def connect(sitting: Sitting, address: str) -> Said:
    """New, Detect, OK, Connect, mark all, Add: in QGIS's own dialog."""
    dialog = QgsGui.sourceSelectProviderRegistry().providerByName("WFS").createDataSourceWidget(None)
    added: list[tuple[str, str, str]] = []
    dialog.addVectorLayer.connect(lambda source, name, provider: added.append((source, name, provider)))
    found: Said = {}

    def new() -> None:
        form = sitting.app.activeModalWidget()
        form.findChild(QLineEdit, "txtName").setText("Trygghetskartan")
        form.findChild(QLineEdit, "txtUrl").setText(address)
        version = form.findChild(QComboBox, "cmbVersion")
        size = form.findChild(QLineEdit, "txtPageSize")
        form.findChild(QPushButton, "mWfsVersionDetectButton").click()
        sitting.wait(lambda: "OGC" in version.currentText() and bool(size.text()))
        found.update(detected=version.currentText(), page=size.text())
        form.findChild(QDialogButtonBox, "buttonBox").button(QDialogButtonBox.Ok).click()

    QTimer.singleShot(0, new)
    dialog.findChild(QPushButton, "btnNew").click()
    sitting.requests()
    sitting.refused.clear()
    dialog.findChild(QPushButton, "btnConnect").click()
    view = dialog.findChild(QTreeView, "treeView")
    listed = view.model()
    sitting.wait(lambda: listed.rowCount() > 0)
    found["asked"] = sitting.requests()
    found["heads"] = [listed.headerData(column, Qt.Horizontal) for column in range(3)]
    found["list"] = [
        [listed.index(row, column).data() for column in range(3)] for row in range(listed.rowCount())
    ]
    found["only in view"] = dialog.findChild(QCheckBox, "cbxFeatureCurrentViewExtent").isChecked()
    dialog.findChild(QCheckBox, "cbxUseTitleLayerName").setChecked(True)
    for row in range(listed.rowCount()):
        view.selectionModel().select(
            listed.index(row, 0), QItemSelectionModel.Select | QItemSelectionModel.Rows
        )
    dialog.addButtonClicked()
    found["added"] = added
    return found


def held(layer: QgsVectorLayer) -> Said:
    """What QGIS makes of a layer: its kind, columns and every feature, with its geometry in SWEREF 99 TM."""
    turn = QgsCoordinateTransform(
        layer.crs(), QgsCoordinateReferenceSystem(SWEREF), QgsProject.instance().transformContext()
    )
    features = []
    for feature in layer.getFeatures():
        values = dict(zip(layer.fields().names(), map(_plain, feature.attributes()), strict=True))
        shape = feature.geometry()
        if feature.hasGeometry():
            if layer.crs().isValid():
                shape.transform(turn)
            values["wkt"] = shape.asWkt(1)
            values["at"] = [shape.centroid().asPoint().x(), shape.centroid().asPoint().y()]
        features.append(values)
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "shape": QgsWkbTypes.displayString(layer.wkbType()),
        "count": layer.featureCount(),
        "columns": {field.name(): field.typeName() for field in layer.fields()},
        "features": features,
    }


def places_of_measures(measures: QgsVectorLayer) -> Said:
    """The names of each measure's places, in a project that has both layers, by the expression of docs/api.md."""
    names = QgsExpression(PLACES_OF_A_MEASURE)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(measures))
    found: Said = {}
    for measure in measures.getFeatures():
        context.setFeature(measure)
        found[measure["title"]] = names.evaluate(context) or names.evalErrorString()
    return found


def _plain(value: Any) -> Any:
    if hasattr(value, "isNull") and value.isNull():
        return None
    return value.toString("yyyy-MM-dd") if hasattr(value, "toString") else value


def in_a_project(sitting: Sitting, added: list[tuple[str, str, str]], file: Path) -> Said:
    """The layers in a project in SWEREF 99 TM: drawn, saved, and opened again."""
    project = QgsProject.instance()
    project.setCrs(QgsCoordinateReferenceSystem(SWEREF))
    layers = [QgsVectorLayer(source, name, provider) for source, name, provider in added]
    project.addMapLayers(layers)
    sitting.requests()
    drawn: Said = {}
    for layer in layers:
        picture = QgsMapSettings()
        picture.setLayers([layer])
        picture.setDestinationCrs(project.crs())
        picture.setExtent(QgsRectangle(*MAP))
        picture.setOutputSize(QSize(PIXELS, PIXELS))
        picture.setBackgroundColor(Qt.transparent)
        job = QgsMapRendererSequentialJob(picture)
        job.start()
        job.waitForFinished()
        image = job.renderedImage()
        image.save(str(file.with_name(f"{layer.name()}.png")))
        drawn[layer.name()] = {"asked": sitting.requests(), **seen(image)}
    (measures,) = project.mapLayersByName("Åtgärder")
    places = places_of_measures(measures)
    project.write(str(file))
    project.clear()
    project.read(str(file))
    again = {layer.name(): layer.isValid() for layer in project.mapLayers().values()}
    return {"crs": project.crs().authid(), "drawn": drawn, "places of measures": places, "again": again}


def seen(image: QImage) -> Said:
    """How many pixels of the map something was drawn on, and the box around them in metres."""
    west, south, _east, north = MAP
    size = (north - south) / PIXELS
    spots = [
        (column, row)
        for row in range(PIXELS)
        for column in range(PIXELS)
        if image.pixelColor(column, row).alpha()
    ]
    if not spots:
        return {"pixels": 0, "around": None}
    columns, rows = zip(*spots, strict=True)
    around = [
        west + size * min(columns),
        north - size * (max(rows) + 1),
        west + size * (max(columns) + 1),
        north - size * min(rows),
    ]
    return {"pixels": len(spots), "around": around}


def files(folder: Path) -> Said:
    """The downloads: GeoPackages as they are, and CSV by the dialog for text with separators."""
    found: Said = {}
    for file in sorted(folder.glob("*.gpkg")):
        inside = QgsProviderRegistry.instance().querySublayers(str(file))
        found[file.name] = held(QgsVectorLayer(str(file), file.stem, "ogr"))
        found[file.name]["layers"] = [one.name() for one in inside]
    for file in sorted(folder.glob("*.csv")):
        head = file.read_text("utf-8-sig").split("\n", 1)[0].strip().split(";")
        where = "wktField=wkt" if "wkt" in head else "xField=east&yField=north"
        source = f"file://{file}?type=csv&delimiter=;&detectTypes=yes&{where}&crs={SWEREF}"
        found[file.name] = held(QgsVectorLayer(source, file.stem, "delimitedtext"))
    return found


def main(site: str, folder: Path) -> None:
    """All of it, one after the other."""
    sitting = Sitting(site)
    said: Said = {"version": Qgis.QGIS_VERSION, "connect": connect(sitting, f"{site}/api")}
    added = said["connect"]["added"]
    said["layers"] = {}
    for source, name, provider in added:
        layer = QgsVectorLayer(source, name, provider)
        said["layers"][name] = held(layer)
        if name == "Åtgärder":
            cache = QgsVectorLayerCache(layer, 10_000)
            table = QgsAttributeTableModel(cache)
            table.loadLayer()
            said["rows of measures"] = table.rowCount()
        said["layers"][name]["asked"] = sitting.requests()
    near = sitting.layer("places")
    sitting.requests()
    request = QgsFeatureRequest(QgsRectangle(*NEAR))
    said["near"] = {
        "ids": [feature["id"] for feature in near.getFeatures(request)],
        "asked": sitting.requests(),
    }
    said["project"] = in_a_project(sitting, added, folder / "project.qgz")
    said["files"] = files(folder)
    said["refused"], said["warned"] = sitting.refused, sitting.warned
    (folder / "said.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
