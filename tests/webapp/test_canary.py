"""Secrets put into every field that takes words, and a stranger who looks for them at every public address."""

import base64
import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from canaries import Canaries, leaks, public_paths, told, walk
from desk import Desk, fields
from flask import Flask
from ground import ground_layers
from people import PASSWORD, add_people, sign_in_by_form
from PIL import Image
from routes import ROUTES
from sqlalchemy import select

from geo.bootstrap import put_layers
from geo.model import Role
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.rows import text_key
from geo.store.schema import finding, incident, measure, scenario, survey_answer
from webapp import create_app

TRYGG = Path(sys.executable).with_name("trygg")


@dataclass
class Scene:
    """A municipality whose every field holds a secret, put there by files, on the command line and by forms."""

    url: str
    folder: Path
    app: Flask
    secret: Canaries
    log: io.StringIO = field(default_factory=io.StringIO)

    @property
    def store(self) -> Store:
        store: Store = self.app.extensions["pictures"].store
        return store

    def trygg(self, *words: str, given: str = "") -> str:
        """Runs a command; the coordinator reads what it prints, and nobody else."""
        environment = {"PATH": os.environ["PATH"], "TRYGG_DATABASE_URL": self.url}
        done = subprocess.run(
            [TRYGG, *words], env=environment, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def table(self, name: str, rows: Sequence[Sequence[str]]) -> str:
        """Writes a table as an office's program does."""
        with (self.folder / name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, delimiter=";").writerows(rows)
        return str(self.folder / name)

    def points(self, name: str, rows: Sequence[tuple[dict[str, str], tuple[float, float]]]) -> str:
        """Writes points as GeoJSON."""
        features = [
            {"type": "Feature", "properties": said, "geometry": {"type": "Point", "coordinates": spot}}
            for said, spot in rows
        ]
        file = self.folder / name
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return str(file)


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(database_url, tmp_path, Flask("none yet"), Canaries())
    made.trygg("init")
    store = open_store(database_url)
    put_layers(store, ground_layers())
    store.close()
    _files(made)
    # The command line took its files in a moment ago: the clock of the pages goes on from there.
    now = datetime.now(UTC)
    add_people(database_url, (made.secret("a username"), Role.COORDINATOR), now=now)
    settings = Settings(database_url=database_url, photos=tmp_path / "photos", log_level="DEBUG")
    with redirect_stdout(made.log):
        made.app = create_app(settings, clock=lambda: now)
    _forms(made)
    yield made
    made.store.close()


def _files(scene: Scene) -> None:
    secret = scene.secret
    secret.spot("where an answer points", 20.8012347, 64.1512347)
    secret.spot("where an incident was", 20.7812349, 64.1712341)
    secret.spot("where a patrol stands", 20.7712345, 64.1312343)
    at = secret.spots["where an answer points"]
    head = ["id", "Respondent", "Plats", "Varför", "När på dygnet", "Kommentar", "lat", "lon", "Datum"]
    known = "busstationen i Robertsfors"
    many = [
        [secret(f"answer {n}"), secret(f"respondent {n}"), known, "Dålig belysning, droger", "kväll", secret(f"comment {n}"), "", "", "2026-11-01"]
        for n in range(6)
    ]  # fmt: skip
    few = [
        ["a1", secret("a single respondent"), secret("words without a place"), secret("another reason"), "natt", "", "", "", ""],
        ["a2", "r2", f"{secret('words with a spot')}", "Ödsligt", "natt", secret("a comment with a spot"), str(at[1]), str(at[0]), ""],
        ["a3", "r3", f"{secret('a danger')} räcket saknas", "", "", f"räcket saknas {secret('comment on a danger')}", "", "", ""],
        ["a4", "r4", known, "Ödsligt", "", f"min man väntar {secret('a held answer')}", "", "", ""],
        ["a5", "r5", secret("words to be settled"), "Ödsligt", "", "", "", "", ""],
    ]  # fmt: skip
    scene.trygg("import", "survey", scene.table("s.csv", [head, *many, *few]), "--survey", "Enkät 2026")
    head = ["id", "Åtgärd", "Beskrivning", "Ansvarig", "Medborgarlöfte", "Status", "Plats"]
    measures = [
        [secret("a reference"), "Ny belysning", "Sex stolpar", "Robertsfors kommun", "otrygga platser", "pågående", known],
        ["M2", "Lägre häckar", "", "Robertsfors kommun", "otrygga platser", "pågående", known],
        ["M3", secret("a proposed title"), secret("a proposed text"), "Kommunen", "trafik", "föreslagen", secret("a proposed place")],
        ["M4", secret("a held title"), f"Ring Anna, 070-123 45 67 {secret('a held text')}", "Kommunen", "hemmet", "pågående", ""],
    ]  # fmt: skip
    scene.trygg("import", "measures", scene.table("m.csv", [head, *measures]))
    head = ["id", "kategori", "plats", "datum", "beskrivning"]
    incidents = [
        [secret("a case"), "Stöld", f"Storgatan i Robertsfors {secret('place of an incident')}", "2025-05-02 12:00", secret("told of an incident")],
        ["2", "Våldtäkt", secret("place of a refused one"), "2025-06-02 12:00", secret("a refused offence")],
        ["3", "Misshandel i nära relation", secret("a home"), "2025-06-03 12:00", secret("a refused home")],
        ["4", secret("an unknown category"), "Robertsfors", "2025-06-04 12:00", ""],
        ["5", "Ofredande", secret("a held incident") + ", sexuellt övergrepp", "2025-07-02 12:00", secret("a held story") + " sexuellt"],
    ]  # fmt: skip
    scene.trygg("import", "incidents", scene.table("i.csv", [head, *incidents]), "--source", "EST")
    spot = secret.spots["where an incident was"]
    exact = scene.points("i.geojson", [({"kategori": "Skadegörelse", "plats": secret("exact"), "datum": "2025-08-02 12:00"}, spot)])  # fmt: skip
    scene.trygg("import", "incidents", exact, "--source", "EST")
    event = {
        "id": 7,
        "datetime": "2025-05-19 8:37:11 +02:00",
        "name": "19 maj 08:10, Stöld, Robertsfors",
        "summary": f"{secret('a summary')} på Storgatan.",
        "type": "Stöld",
        "location": {"name": "Robertsfors", "gps": "64.1,20.8"},
    }
    refused = {
        **event,
        "id": 8,
        "name": "20 maj, Våldtäkt, Robertsfors",
        "type": "Våldtäkt",
        "summary": secret("a refused event"),
    }
    (scene.folder / "e.json").write_text(json.dumps([event, refused]))
    scene.trygg("import", "police-events", str(scene.folder / "e.json"))
    patrol = ({"name": secret("a patrol")}, secret.spots["where a patrol stands"])
    layer = ["--title", secret("a staff layer"), "--source", secret("its source"), "--licence", secret("its licence")]  # fmt: skip
    scene.trygg("import", "layer", "secrets", scene.points("l.geojson", [patrol]), *layer, "--audience", "staff")  # fmt: skip


def _forms(scene: Scene) -> None:
    secret, store = scene.secret, scene.store
    coordinator, police, planner = (Desk(scene.app, who) for who in ("coordinator", "police", "planner"))
    for who, desk in (("coordinator", coordinator), ("police", police), ("planner", planner)):
        name = {"action": "name", "name": secret(f"name of the {who}")}
        assert desk.send("/account", name).status_code == 303
    failed = sign_in_by_form(scene.app.test_client(), secret("a name tried"), secret("a password tried"))
    assert failed.status_code == 401
    assert sign_in_by_form(scene.app.test_client(), secret("a username"), PASSWORD).status_code == 303
    calendar = planner.send("/my/calendar", {}).text
    secret.tokens["a calendar's link"] = calendar.split("/calendar/")[1].split(".ics")[0].lower()
    plan = {
        "title": "Ny busskur", "description": "Tre platser", "internal_note": secret("an internal note"), "kind": "",
        "responsible": "Robertsfors kommun", "promise": "unsafe_places", "mode": "none", "times": "once",
    }  # fmt: skip
    assert planner.send("/measures/new", plan).status_code == 303
    with store.read() as connection:
        measures = dict(connection.execute(select(measure.c.title, measure.c.id)).all())
        answers = dict(connection.execute(select(survey_answer.c.ref, survey_answer.c.id)).all())
    photo = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(photo, "JPEG", comment=secret("in a photo").encode())
    for title, undone in (("Ny belysning", False), ("Lägre häckar", True)):
        path = f"/my/measures/{measures[title]}"
        note = {
            "status": "completed",
            "note": secret(f"note on {title}"),
            "if_match": _version(coordinator, path),
        }
        note |= {"photo": (photo, f"{secret('the name of a photo')}.jpg")} if not undone else {}
        assert coordinator.send(f"{path}/steps", note).status_code == 303
        if undone:
            back = {"if_match": _version(coordinator, path)}
            assert coordinator.send(f"{path}/undo", back).status_code == 303
    for ref, decision in (("a1", "review"), ("a2", "review")):
        note = {"note": secret(f"note on answer {ref}")}
        assert coordinator.send(f"/answers/{answers[ref]}/{decision}", note).status_code == 303
    seen = {
        "where_words": secret("where a finding is"), "locality": "Robertsfors", "seen": secret("what was seen"),
        "seen_on": "2026-01-20", "owner": secret("whose it is"), "plan": secret("what is planned"), "due": "2026-12-01",
        "one_household": "1",
    }  # fmt: skip
    path = f"/answers/{answers['a3']}/finding"
    first = coordinator.send(path, seen)
    assert first.status_code == 200, first.text
    assert coordinator.send(path, fields(first.text, path) | {"publish": "1"}).status_code == 303
    place = {"name": secret("a name learned"), "locality": "Robertsfors", "level": "spot", "e": 779_512.3, "n": 7_131_045.6, "radius": 30}  # fmt: skip
    key = text_key(secret("words to be settled"))
    assert coordinator.send(f"/review/{key}", {"take": json.dumps(place)}).status_code == 303
    assert planner.send("/planning/scenarios", {"name": secret("a scenario")}).status_code == 303


def _version(desk: Desk, path: str) -> str:
    return str(desk.client.get(path).headers["X-Trygg-Tag"]).strip('"')


def test_no_secret_is_at_any_public_address_nor_in_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    asked: Counter[int] = Counter()

    def counted() -> Iterator[tuple[str, object]]:
        for what, answer in walk(scene.app):
            asked[answer.status_code] += 1
            yield what, answer

    assert leaks(scene.secret, counted()) == {}
    # It was a walk worth the name: pages were read, and refused in all the ways there are.
    assert asked[200] > 300, asked
    assert set(asked) >= {200, 303, 304, 400, 401, 404, 405, 413, 429}
    log = scene.log.getvalue()
    assert log.count('"status"') > 500
    assert scene.secret.found_in(log + caplog.text) == set()


def test_the_walk_takes_every_public_route(scene: Scene) -> None:
    adapter = scene.app.url_map.bind("localhost")
    met = {
        str(adapter.match(path, method="GET", return_rule=True)[0].rule) for path in public_paths(scene.app)
    }
    public = {
        key.split(" ")[1] for key, route in ROUTES.items() if key.startswith("GET") and "nobody" in route.by
    }
    assert public - met == set()


def test_the_secrets_are_in_the_store_and_one_that_gets_out_is_found(scene: Scene) -> None:
    with scene.store.read() as connection:
        kept = "".join(
            repr(connection.execute(select(table)).all())
            for table in (survey_answer, incident, measure, finding, scenario)
        )
    refused = {"a refused offence", "a refused home", "a refused event", "place of a refused one", "a home"}
    assert not scene.secret.found_in(kept) & refused, "what is refused is stored nowhere"
    for what in ("comment 1", "words without a place", "place of an incident", "a held incident", "an internal note", "what was seen", "a scenario"):  # fmt: skip
        assert what in scene.secret.found_in(kept)
    forms = {
        "plain": lambda token: token,
        "in capitals": str.upper,
        "in base64": lambda token: base64.b64encode(f"om {token}".encode()).decode(),
        "percent-encoded": lambda token: "".join(f"%{ord(letter):02X}" for letter in token),
        "as hex digits": lambda token: token.encode().hex(),
    }
    planted = Canaries()
    head = ["id", "Åtgärd", "Beskrivning", "Ansvarig", "Medborgarlöfte", "Status"]
    rows = [
        [what, f"Planterad {what}", form(planted(what)), "Kommunen", "trafik", "planerad"]
        for what, form in forms.items()
    ]
    scene.trygg("import", "measures", scene.table("p.csv", [head, *rows]))
    stranger = scene.app.test_client()
    assert planted.found_in(told(stranger.get("/measures"))) == set(forms)
    found = leaks(planted, walk(scene.app))
    assert {"GET /measures", "GET /api/measures"} <= set(found)
    planted.spot("a spot", 20.8123461, 64.1923467)
    assert planted.found_in('{"lonlat": [20.8123, 64.1923]}') == {"a spot"}
    assert planted.found_in('{"lonlat": [20.81235, 64.19235]}') == {"a spot"}
    assert planted.found_in('{"lonlat": [20.8123, 64.2]}') == set()
