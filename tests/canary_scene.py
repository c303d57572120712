"""A municipality whose every field holds a secret, put there by files, on the command line and by forms."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from canaries import Canaries, Spot
from desk import Desk, fields
from flask import Flask
from ground import ground_layers
from people import PASSWORD, add_people, sign_in_by_form
from PIL import Image
from sqlalchemy import select
from stranger import ADDRESS

from geo.actions.provider import Provided, sign_in_by_provider
from geo.bootstrap import put_layers
from geo.model import Role
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.rows import text_key
from geo.store.schema import measure, metadata, survey_answer
from webapp import create_app

TRYGG = Path(sys.executable).with_name("trygg")
KEPT = (
    "import_run.sha256", "survey_answer.respondent", "survey_answer.text_key", "incident.text_key", "measure.text_key",
    "alias.text_key", "account.password", "account.calendar_hash", "one_time_link.token_hash", "login_session.token_hash",
    "login_attempt.account_key", "login_attempt.address_key", "request_count.key", "access_token.token_hash", "secret.value",
    "photo.file", "scenario.slug",
)  # fmt: skip
"""Columns of digests and random names: whatever is in them is looked for as it is."""
_LEAST = 12
"""Shorter ones are found by chance."""
KNOWN = "busstationen i Robertsfors"
_CLOSED = "http://127.0.0.1:9"
"""A server that isn't there."""


@dataclass
class Scene:
    """The municipality: its store, its settings, and the secrets by what they are."""

    url: str
    folder: Path
    area: Path
    secret: Canaries
    app: Flask = field(default_factory=lambda: Flask("none yet"))
    log: io.StringIO = field(default_factory=io.StringIO)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """What the clock of the pages says."""

    @property
    def store(self) -> Store:
        store: Store = self.app.extensions["pictures"].store
        return store

    @property
    def settings(self) -> dict[str, str]:
        """All that an operator keeps to oneself."""
        secret = self.secret
        return {
            "TRYGG_DATABASE_URL": self.url,
            "TRYGG_AREA": str(self.area),
            "TRYGG_LEAST_HOMES": "40",
            "TRYGG_TILE_URL": f"{_CLOSED}/{{z}}/{{x}}/{{y}}.png?key={secret('a key of the tile server')}",
            "TRYGG_TILE_ATTRIBUTION": "Kartverket",
            "TRYGG_TILE_CACHE": str(self.folder / secret("folder of the tiles")),
            "TRYGG_PHOTOS": str(self.folder / secret("folder of the photos")),
            "TRYGG_BACKUPS": str(self.folder / secret("folder of the backups")),
            "TRYGG_LOGS": str(self.folder / secret("folder of the logs")),
            "TRYGG_OSM_URL": f"{_CLOSED}/{secret('a key of the extract')}.osm.pbf",
            "TRYGG_OIDC_ISSUER": _CLOSED,
            "TRYGG_OIDC_CLIENT_ID": "trygghetskartan",
            "TRYGG_OIDC_CLIENT_SECRET": secret("the secret of the provider"),
            "TRYGG_OIDC_ROLES": f"{secret('a group at the provider')}=police",
            "TRYGG_DEMO_PASSWORD": secret("the password of the demo"),
            "TRYGG_LOG_LEVEL": "DEBUG",
        }

    def run(self, *words: str, given: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command with these settings."""
        environment = {"PATH": os.environ["PATH"], "TRYGG_DATABASE_URL": self.url} | settings
        return subprocess.run(
            [TRYGG, *words], env=environment, input=given, capture_output=True, text=True, check=False
        )

    def trygg(self, *words: str, **settings: str) -> str:
        """Runs a command that works; the coordinator reads what it prints, and nobody else."""
        done = self.run(*words, **settings)
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def table(self, name: str, rows: Sequence[Sequence[str]]) -> str:
        """Writes a table as an office's program does."""
        with (self.folder / name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, delimiter=";").writerows(rows)
        return str(self.folder / name)

    def features(self, name: str, rows: Sequence[tuple[dict[str, str], Sequence[Spot]]]) -> str:
        """Writes points, and lines of several, as GeoJSON."""
        found = []
        for said, spots in rows:
            lonlats = [(spot.lon, spot.lat) for spot in spots]
            kind = ("Point", lonlats[0]) if len(lonlats) == 1 else ("LineString", lonlats)
            shape = dict(zip(("type", "coordinates"), kind, strict=True))
            found.append({"type": "Feature", "properties": said, "geometry": shape})
        file = self.folder / name
        file.write_text(json.dumps({"type": "FeatureCollection", "features": found}))
        return str(file)


def make_scene(url_in: Callable[[Path, Canaries], str], folder: Path, area: Path) -> Scene:
    """Makes the municipality. ``url_in`` names a new empty database, with a secret in its address."""
    secret = Canaries()
    made = Scene(url_in(folder, secret), folder, area, secret)
    made.trygg("init")
    store = open_store(made.url)
    put_layers(store, ground_layers())
    store.close()
    _spots(secret)
    _answers_and_measures(made)
    _incidents(made)
    _layers(made)
    made.trygg("publish", "2024Q4", TRYGG_AREA=str(area), TRYGG_LEAST_HOMES="20")
    # The command line took its files in a moment ago: the clock of the pages goes on from there.
    now = made.now = datetime.now(UTC)
    add_people(made.url, (secret("a username"), Role.COORDINATOR), now=now)
    given = made.trygg("token", "create", "planner", "--scope", "measures:read", "--title", secret("title of a token"))  # fmt: skip
    secret.know("an access token", given.strip())
    link = made.trygg(
        "user", "add", secret("a new username"), "--role", "police", "--name", secret("a new name")
    )
    secret.know("a link to a password", link.strip().rsplit("/", 1)[1])
    with redirect_stdout(made.log):
        made.app = create_app(Settings.from_mapping(made.settings), clock=lambda: made.now)
    _provided(made, now)
    _signing_in(made)
    _work(made)
    _findings_and_words(made)
    _station(made)
    _releases(made)
    with made.store.read() as connection:
        for name in KEPT:
            table, column = name.split(".")
            for value in connection.execute(select(metadata.tables[table].c[column])).scalars():
                if len(str(value or "")) >= _LEAST:
                    secret.know(name, str(value))
    return made


def _spots(secret: Canaries) -> None:
    """Where no public thing is: nothing else comes within sixty metres."""
    secret.spot("where an answer points", 20.8012347, 64.1512347)
    secret.spot("where an incident was", 20.6512349, 64.1612341)
    secret.spot("where a patrol stands", 20.7712345, 64.1312343)
    secret.spot("where words were settled to lie", 20.8312346, 64.0812349)
    secret.spot("where a lamp stands", 20.8312344, 64.1212346)
    secret.spot("where an owner's road begins", 20.8412344, 64.1112346)
    secret.spot("where an owner's road ends", 20.8512344, 64.1062346)
    secret.spot("where people are let out of cars", 20.7112347, 64.0912343)
    secret.day("when somebody answered", date(2026, 10, 17))
    secret.day("when an incident was", date(2025, 5, 3))


def _answers_and_measures(scene: Scene) -> None:
    secret = scene.secret
    at, day = secret.spots["where an answer points"], "2026-10-17"
    head = ["id", "Respondent", "Plats", "Varför", "När på dygnet", "Kommentar", "lat", "lon", "Datum"]
    many = [
        [secret(f"answer {n}"), secret(f"respondent {n}"), KNOWN, "Dålig belysning, droger", "kväll", secret(f"comment {n}"), "", "", day]
        for n in range(6)
    ]  # fmt: skip
    few = [
        ["a1", secret("a single respondent"), secret("words without a place"), secret("another reason"), "natt", "", "", "", ""],
        ["a2", "r2", f"{secret('words with a spot')}", "Ödsligt", "natt", secret("a comment with a spot"), str(at.lat), str(at.lon), ""],
        ["a3", "r3", f"{secret('a danger')} räcket saknas", "", "", f"räcket saknas {secret('comment on a danger')}", "", "", ""],
        ["a4", "r4", KNOWN, "Ödsligt", "", f"min man väntar {secret('a held answer')}", "", "", ""],
        ["a5", "r5", secret("words to be settled"), "Ödsligt", "", "", "", "", ""],
    ]  # fmt: skip
    name = f"{secret('name of a file')}.csv"
    scene.trygg("import", "survey", scene.table(name, [head, *many, *few]), "--survey", "Enkät 2026")
    head = ["id", "Åtgärd", "Beskrivning", "Ansvarig", "Medborgarlöfte", "Status", "Plats", "Typ"]
    rows = [
        [secret("a reference"), "Ny belysning", "Sex stolpar", "Robertsfors kommun", "otrygga platser", "pågående", KNOWN, ""],
        ["M2", "Lägre häckar", "", "Robertsfors kommun", "otrygga platser", "pågående", KNOWN, ""],
        ["M3", secret("a proposed title"), secret("a proposed text"), secret("a proposed doer"), "trafik", "föreslagen",
         secret("a proposed place"), secret("a proposed kind")],
        ["M4", secret("a held title"), f"Ring Anna, 070-123 45 67 {secret('a held text')}", "Kommunen", "hemmet", "pågående", "", ""],
    ]  # fmt: skip
    scene.trygg("import", "measures", scene.table("m.csv", [head, *rows]))


def _incidents(scene: Scene) -> None:
    secret = scene.secret
    head = ["id", "kategori", "plats", "datum", "beskrivning", "kommun"]
    rows = [
        [secret("a case"), "Stöld", f"Storgatan i Robertsfors {secret('place of an incident')}", "2025-05-03 12:00", secret("told of an incident"), ""],
        ["2", "Våldtäkt", secret("place of a refused one"), "2025-06-02 12:00", secret("a refused offence"), ""],
        ["3", "Misshandel i nära relation", secret("a home"), "2025-06-03 12:00", secret("a refused home"), ""],
        ["4", secret("an unknown category"), "Robertsfors", "2025-06-04 12:00", "", ""],
        ["5", "Ofredande", secret("a held incident") + ", sexuellt övergrepp", "2025-07-02 12:00", secret("a held story") + " sexuellt", ""],
        ["6", "Stöld", "Robertsfors", "2025-08-03 12:00", "", secret("an incident's municipality")],
        ["7", "Stöld", "Robertsfors", "2024-02-02 12:00", "", ""],
        ["8", "Skadegörelse", "Bygdeå", "2026-02-03 12:00", "", ""],
    ]  # fmt: skip
    source = ("--source", secret("a source"))
    scene.trygg("import", "incidents", scene.table("i.csv", [head, *rows]), *source)
    # A locality of the area that releases count in.
    town = scene.table("g.csv", [head, ["9", "Stöld", "Norrlida", "2025-04-02 12:00", "", ""]])
    scene.trygg("import", "incidents", town, *source, TRYGG_AREA=str(scene.area))
    spot = secret.spots["where an incident was"]
    said = {"kategori": "Skadegörelse", "plats": secret("exact")}
    two = [(said | {"datum": f"{year}-03-02 12:00"}, [spot]) for year in (2024, 2025)]
    scene.trygg("import", "incidents", scene.features("i.geojson", two), *source)
    event = {
        "id": 7,
        "datetime": "2025-05-19 8:37:11 +02:00",
        "name": "19 maj 08:10, Stöld, Robertsfors",
        "summary": f"{secret('a summary')} på Storgatan.",
        "type": "Stöld",
        "location": {"name": "Robertsfors", "gps": "64.1,20.8"},
    }
    refused = {"id": 8, "name": "20 maj, Våldtäkt, Robertsfors", "type": "Våldtäkt", "summary": secret("a refused event")}  # fmt: skip
    (scene.folder / "e.json").write_text(json.dumps([event, event | refused]))
    scene.trygg("import", "police-events", str(scene.folder / "e.json"))


def _layers(scene: Scene) -> None:
    secret = scene.secret
    file = scene.features(
        "l.geojson", [({"name": secret("a patrol")}, [secret.spots["where a patrol stands"]])]
    )
    said = [
        "--title", secret("a staff layer"), "--title-en", secret("a staff layer in English"), "--source", secret("its source"),
        "--licence", secret("its licence"), "--precision", secret("its precision"), "--credit", secret("its credit"),
    ]  # fmt: skip
    scene.trygg("import", "layer", secret("name of a layer"), file, *said, "--audience", "staff")
    more = {"name": "Parken", "driftnotering": secret("a column of a public layer"), "kontakt": "Anna"}
    file = scene.features("p.geojson", [(more, [Spot(20.8612341, 64.1012349)])])
    said = ["--title", "Parker", "--source", "Kommunen", "--licence", "CC0"]
    scene.trygg("import", "layer", "parks", file, *said)


def _provided(scene: Scene, now: datetime) -> None:
    """Somebody whom the municipality's provider has let in."""
    secret = scene.secret
    who = Provided(
        issuer=f"https://id.example/{secret('an issuer')}",
        subject=secret("a subject"),
        username=secret("a username at the provider"),
        name=secret("a name at the provider"),
        role=Role.POLICE,
        organisation=secret("an organisation that did nothing"),
    )
    sign_in_by_provider(scene.store, who, now=now)


def _signing_in(scene: Scene) -> None:
    secret = scene.secret
    for who in ("coordinator", "police", "planner"):
        for what in (f"earlier name of the {who}", f"name of the {who}"):
            name = {"action": "name", "name": secret(what)}
            assert Desk(scene.app, who).send("/account", name).status_code == 303
    stranger = scene.app.test_client()
    failed = sign_in_by_form(stranger, secret("a name tried"), secret("a password tried"))
    assert failed.status_code == 401
    for _ in range(10):
        stranger.get("/calendar/wrong.ics", environ_base={"REMOTE_ADDR": ADDRESS})
    assert sign_in_by_form(scene.app.test_client(), secret("a username"), PASSWORD).status_code == 303
    calendar = Desk(scene.app, "planner").send("/my/calendar", {}).text
    secret.know("a calendar's link", calendar.split("/calendar/")[1].split(".ics")[0])


def _work(scene: Scene) -> None:
    """Measures: planned by a form, done with a note and a photo, undone, and by a program."""
    secret, store = scene.secret, scene.store
    coordinator, planner = Desk(scene.app, "coordinator"), Desk(scene.app, "planner")
    plan = {
        "title": "Ny busskur", "description": "Tre platser", "internal_note": secret("an internal note"), "kind": "",
        "responsible": "Robertsfors kommun", "promise": "unsafe_places", "mode": "none", "times": "once",
    }  # fmt: skip
    assert planner.send("/measures/new", plan).status_code == 303
    with store.read() as connection:
        measures = dict(connection.execute(select(measure.c.title, measure.c.id)).all())
        answers = dict(connection.execute(select(survey_answer.c.ref, survey_answer.c.id)).all())
    # Residents see it from now on, and its note for staff not.
    path = f"/my/measures/{measures['Ny busskur']}"
    planned = {
        "status": "planned",
        "note": secret("note on Ny busskur"),
        "if_match": _version(coordinator, path),
    }
    assert coordinator.send(f"{path}/steps", planned).status_code == 303
    photo = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(photo, "JPEG", comment=secret("in a photo").encode())
    photo.seek(0)
    for title, undone in (("Ny belysning", False), ("Lägre häckar", True)):
        path = f"/my/measures/{measures[title]}"
        note = {
            "status": "completed",
            "note": secret(f"note on {title}"),
            "client_ref": secret(f"a phone's reference on {title}"),
            "if_match": _version(coordinator, path),
        }
        note |= {"photo": (photo, f"{secret('the name of a photo')}.jpg")} if not undone else {}
        assert coordinator.send(f"{path}/steps", note).status_code == 303
        if undone:
            back = {"if_match": _version(coordinator, path)}
            assert coordinator.send(f"{path}/undo", back).status_code == 303
    assert coordinator.send("/photos/1/publish", {"public": "yes"}).status_code == 303
    for ref in ("a1", "a2"):
        note = {"note": secret(f"note on answer {ref}")}
        assert coordinator.send(f"/answers/{answers[ref]}/review", note).status_code == 303


def _findings_and_words(scene: Scene) -> None:
    secret, coordinator = scene.secret, Desk(scene.app, "coordinator")
    with scene.store.read() as connection:
        answer = connection.execute(
            select(survey_answer.c.id).where(survey_answer.c.ref == "a3")
        ).scalar_one()
    seen = {
        "where_words": secret("where a finding is"), "locality": "Robertsfors", "seen": secret("what was seen"),
        "seen_on": "2026-01-20", "owner": secret("whose it is"), "plan": secret("what is planned"), "due": "2026-12-01",
        "one_household": "1",
    }  # fmt: skip
    path = f"/answers/{answer}/finding"
    first = coordinator.send(path, seen)
    assert first.status_code == 200, first.text
    assert coordinator.send(path, fields(first.text, path) | {"publish": "1"}).status_code == 303
    east, north = secret.spots["where words were settled to lie"].metres
    place = {
        "name": secret("a name learned"), "locality": secret("a locality learned"), "level": "spot",
        "e": round(east, 1), "n": round(north, 1), "radius": 30,
    }  # fmt: skip
    key = text_key(secret("words to be settled"))
    assert coordinator.send(f"/review/{key}", {"take": json.dumps(place)}).status_code == 303


def _station(scene: Scene) -> None:
    """The planner's own: a station, lamps, owners of roads, a scenario, figures to hold others against."""
    secret, planner = scene.secret, Desk(scene.app, "planner")

    def lonlat(what: str) -> str:
        return f"{secret.spots[what].lon},{secret.spots[what].lat}"

    station = {
        "name": "Centralen", "source": "Järnvägsplan", "precision": secret("how exact the station is"), "approximate": "yes",
        "entrances": "20.6944,64.1277", "drop_offs": lonlat("where people are let out of cars"),
        "area": "", "speed": "1,2", "first_day": "2026-10-01", "last_day": "2027-03-31", "people_address": "2",
        "people_drop_off": "7", "version": "0",
    }  # fmt: skip
    sent = planner.send("/planning/station", station)
    assert sent.status_code == 303, sent.text
    ends = [secret.spots["where an owner's road begins"], secret.spots["where an owner's road ends"]]
    lamp = [({"anmärkning": secret("a note on a lamp")}, [secret.spots["where a lamp stands"]])]
    road = [({"väghållare": secret("an owner of a road"), "belyst": "nej"}, ends)]
    timetable = scene.table("t.csv", [["Tid", "Veckodagar"], ["07:10", "mån–fre"]])
    for field_, file in (
        ("lamps", scene.features("lamps.geojson", lamp)),
        ("owners", scene.features("owners.geojson", road)),
        ("timetable", timetable),
    ):
        name = f"{secret(f'name of the file of {field_}')}{Path(file).suffix}"
        with open(file, "rb") as content:
            assert planner.send(f"/planning/{field_}", {field_: (content, name)}).status_code == 303, field_
    made = planner.send("/planning/scenarios", {"name": secret("a scenario")})
    assert made.status_code == 303
    at = str(made.headers["Location"]).split("#")[0]
    secret.know("address of a scenario", at.rsplit("/", 1)[1])
    stretch = planner.client.get("/planning/answer.json").get_json()["stretches"][0]["lines"][0]
    line = " ".join(f"{lon},{lat}" for lon, lat in stretch)
    edit = {
        "action": "add",
        "version": "1",
        "kind": "light",
        "drawn": line,
        "title": secret("title of a change"),
    }
    assert planner.send(at, edit).status_code == 303
    assert planner.send("/planning/baselines", {"name": secret("a baseline")}).status_code == 303


def _releases(scene: Scene) -> None:
    """New areas with a reason, a release that is taken back with another; by somebody with a name."""
    secret = scene.secret
    desk = Desk(scene.app, secret("a username"))
    for quarter, reason in (("2025Q4", secret("why new areas were made")), ("2026Q3", "")):
        form = {"quarter": quarter, "new_areas": reason}
        page = desk.client.get("/publish", query_string=form).text
        mark = page.split('name="mark" value="')[1].split('"', maxsplit=1)[0]
        assert desk.send("/publish", form | {"mark": mark}).status_code == 303
    back = {"number": "3", "reason": secret("why a release was taken back")}
    assert desk.send("/publish/back", back).status_code == 303


def _version(desk: Desk, path: str) -> str:
    return str(desk.client.get(path).headers["X-Trygg-Tag"]).strip('"')
