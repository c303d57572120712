"""Planning, as a browser without JavaScript does it: forms, their faults, two at once, and what leaks."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from desk import Desk, Tags, fields, words
from flask import Flask
from people import add_people
from sqlalchemy import insert, select, update

from geo.model import MeasureStatus, Promise
from geo.publish.work import all_measures, one_measure
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.schema import audit, measure, measure_place, place
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "Röda stugan"
"""The anchor of a place that too few have flagged to be shown."""


@pytest.fixture
def app(handmade_url: str) -> Flask:
    """The application over the picture made by hand, whose last place is not public."""
    app = create_app(Settings(database_url=handmade_url, log_level="ERROR"), clock=lambda: NOW)
    with store_of(app).write() as connection:
        connection.execute(update(place).where(place.c.id == 6).values(respondents=2, anchor=SECRET))
    add_people(handmade_url, now=NOW)
    return app


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    yield store_of(app)
    store_of(app).close()


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["pictures"].store
    return store


@pytest.fixture
def desk(app: Flask) -> Callable[[str], Desk]:
    return lambda who: Desk(app, who)


NEW: dict[str, Any] = {
    "title": "Ny lampa vid bron",
    "description": "Sex stolpar.\r\nVarmt ljus.",
    "internal_note": "Ring Eva först",
    "kind": "belysning",
    "responsible": ["Robertsfors kommun"],
    "other_responsible": "",
    "promise": "unsafe_places",
    "mode": "none",
    "where": "",
    "starts": "2026-12-01",
    "due": "2027-01-31",
    "times": "once",
    "target": "",
    "form_key": "nyckel-1",
}


def newest(store: Store) -> Any:
    return max(all_measures(store), key=lambda one: one.id)


def test_a_planner_makes_a_proposal(store: Store, desk: Callable[[str], Desk]) -> None:
    answer = desk("planner").send("/measures/new", NEW | {"mode": "places", "places": ["2", "3"]})
    made = newest(store)
    assert (answer.status_code, answer.location) == (303, f"/my/measures/{made.id}")
    assert (made.title, made.description) == ("Ny lampa vid bron", "Sex stolpar.\nVarmt ljus.")
    assert (made.internal_note, made.kind) == ("Ring Eva först", "belysning")
    assert (made.responsible, made.promise) == (("Robertsfors kommun",), Promise.UNSAFE_PLACES)
    assert (made.place_ids, made.area, made.locality) == ((2, 3), "", "Robertsfors")
    assert (made.starts, made.due, made.target) == (date(2026, 12, 1), date(2027, 1, 31), None)
    assert (made.status, made.version) == (MeasureStatus.PROPOSED, 1)
    assert made.log[0].role == "planner"


def test_save_and_plan_decides_it_at_once(store: Store, desk: Callable[[str], Desk]) -> None:
    sent = NEW | {"plan": "1", "times": "many", "target": "12", "mode": "area", "area": "station_area"}
    desk("coordinator").send("/measures/new", sent)
    made = newest(store)
    assert (made.status, made.target, made.area) == (MeasureStatus.PLANNED, 12, "station_area")
    assert [line.status for line in made.log] == ["proposed", "planned"]


@pytest.mark.parametrize("button", ["propose", "plan"])
def test_the_same_form_sent_twice_is_one_measure(
    store: Store, desk: Callable[[str], Desk], button: str
) -> None:
    planner, before = desk("planner"), len(all_measures(store))
    first, second = (planner.send("/measures/new", NEW | {button: "1"}) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(all_measures(store)) == before + 1
    assert len(newest(store).log) == (2 if button == "plan" else 1)
    other = planner.form("/measures/new")["form_key"]
    assert other != planner.form("/measures/new")["form_key"]


def test_the_same_form_with_other_words_keeps_them_and_asks(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    planner = desk("planner")
    planner.send("/measures/new", NEW)
    answer = planner.send("/measures/new", NEW | {"title": "En helt annan"})
    assert answer.status_code == 422
    again = fields(answer.text, "/measures/new")
    assert again["title"] == ["En helt annan"]
    planner.send("/measures/new", again)
    assert newest(store).title == "En helt annan"


def test_free_words_and_ticks_name_an_organisation_once(store: Store, desk: Callable[[str], Desk]) -> None:
    sent = NEW | {"responsible": ["Polisen", "Robertsfors kommun"], "other_responsible": "polisen"}
    planner = desk("planner")
    planner.send("/measures/new", sent)
    assert [name.casefold() for name in newest(store).responsible] == ["polisen", "robertsfors kommun"]
    planner.send("/measures/new", NEW | {"form_key": "b", "other_responsible": "Sikeå byaförening"})
    assert newest(store).responsible == ("Robertsfors kommun", "Sikeå byaförening")
    assert "Sikeå byaförening" in planner.client.get("/measures/new").text


WRONG: dict[str, Any] = {
    "title": " ",
    "description": "Det här får inte försvinna <b>&amp;",
    "internal_note": "Inte det här heller",
    "responsible": [],
    "promise": "peace",
    "mode": "places",
    "places": [],
    "where": "Vid bron",
    "starts": "2026-02-30",
    "due": "0026-01-01",
    "times": "many",
    "target": "tolv",
}


def test_every_fault_is_said_at_once_at_its_field_with_a_way_there(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    planner, before = desk("planner"), len(all_measures(store))
    answer = planner.send("/measures/new", WRONG)
    assert answer.status_code == 422
    page = Tags(answer.text)
    links = re.findall(r'<a href="#(field-\w+)">', answer.text)
    assert links == [
        f"field-{name}" for name in ("title", "responsible", "promise", "places", "starts", "due", "target")
    ]
    assert set(links) <= set(page.ids())
    assert "7 things have to be put right" in words(answer.text)
    assert page.ids().count("errors") == 1
    assert 'id="errors" tabindex="-1" autofocus' in answer.text
    assert "<title>Error: New measure" in answer.text
    kept = fields(answer.text, "/measures/new")
    assert kept["where"] == ["Vid bron"]
    assert (kept["starts"], kept["target"], kept["times"]) == (["2026-02-30"], ["tolv"], ["many"])
    assert "Det här får inte försvinna &lt;b&gt;&amp;amp;" in answer.text
    wrong = {attrs["name"]: attrs for attrs in page.all("input") if attrs.get("aria-invalid")}
    assert set(wrong) == {"title", "starts", "due", "target"}
    assert str(wrong["due"]["aria-describedby"]) in page.ids()
    assert len(all_measures(store)) == before


def test_ids_are_unique_and_every_field_has_its_label(desk: Callable[[str], Desk]) -> None:
    planner = desk("planner")
    for path in ("/measures/new", "/measures/1/edit", "/measures/5/edit", "/measures/all"):
        page = Tags(planner.client.get(path).text)
        assert len(page.ids()) == len(set(page.ids())), path
        labelled = {attrs.get("for") for attrs in page.all("label")}
        for tag in ("input", "textarea", "select"):
            for attrs in page.all(tag):
                assert attrs.get("type") in ("hidden", "submit") or attrs["id"] in labelled, (path, attrs)


def test_the_form_says_what_residents_see(desk: Callable[[str], Desk]) -> None:
    planner = desk("planner")
    planner.client.set_cookie("language", "sv")
    page = words(planner.client.get("/measures/new").text)
    assert "Beskrivning för invånarna Syns för invånarna." in page
    assert "Anteckning för personalen Syns bara för personal, aldrig för invånarna." in page
    assert "Utan plats Syns aldrig på kartan." in page


def test_an_edit_begins_with_what_stands_there_and_changes_only_what_was_changed(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    planner = desk("planner")
    form = planner.form("/measures/1/edit")
    assert (form["mode"], form["places"]) == (["places"], ["2", "6"])
    before = one_measure(store, 1)
    assert planner.send("/measures/1/edit", form).status_code == 303
    same = one_measure(store, 1)
    assert (same.title, same.place_ids, same.due, same.where) == (
        before.title,
        before.place_ids,
        before.due,
        before.where,
    )
    form = planner.form("/measures/1/edit")
    planner.send("/measures/1/edit", form | {"title": "Bättre belysning"})
    assert (one_measure(store, 1).title, one_measure(store, 1).version) == ("Bättre belysning", 3)


def test_a_measure_from_a_file_keeps_its_spot_until_somebody_says_otherwise(
    store: Store, desk: Callable[[str], Desk], app: Flask
) -> None:
    planner = desk("planner")
    form = planner.form("/measures/5/edit")
    assert form["mode"] == ["spot"]
    planner.send("/measures/5/edit", form | {"title": "Fartkontroller på E4"})
    assert one_measure(store, 5).at_spot
    planner.send("/measures/5/edit", planner.form("/measures/5/edit") | {"mode": "none"})
    assert one_measure(store, 5).point is None
    drawn = app.test_client().get("/api/measures.geojson").json
    assert drawn
    [told] = [one for one in drawn["features"] if one["properties"]["title"] == "Fartkontroller på E4"]
    assert told["geometry"] is None
    assert "spot" not in {
        attrs["value"]
        for attrs in Tags(planner.client.get("/measures/5/edit").text).all("input")
        if attrs.get("name") == "mode"
    }
    answer = planner.send("/measures/5/edit", planner.form("/measures/5/edit") | {"mode": "spot"})
    assert answer.status_code == 422


@pytest.mark.parametrize(("level", "linked"), [("spot", True), ("locality", False)])
def test_a_comma_in_the_title_moves_nothing(
    store: Store, desk: Callable[[str], Desk], app: Flask, level: str, linked: bool
) -> None:
    with store.write() as connection:
        connection.execute(
            update(measure).where(measure.c.id == 5).values(level=level, locality="Bygdeå", by_hand=False)
        )
        if linked:
            connection.execute(insert(measure_place).values(measure_id=5, place_id=5))

    def told() -> dict[str, object]:
        drawn = app.test_client().get("/api/measures.geojson").get_json()
        [found] = [
            one for one in drawn["features"] if one["properties"]["title"].startswith("Fartkontroller")
        ]
        return {"geometry": found["geometry"], "places": found["properties"]["places"]}

    before, drawn = one_measure(store, 5), told()
    planner = desk("planner")
    form = planner.form("/measures/5/edit")
    assert planner.send("/measures/5/edit", form | {"title": "Fartkontroller, E4"}).status_code == 303
    after = one_measure(store, 5)
    assert after.title == "Fartkontroller, E4"
    assert (after.at_spot, after.point, after.locality, after.place_ids) == (
        before.at_spot,
        before.point,
        "Bygdeå",
        before.place_ids,
    )
    assert told() == drawn
    assert bool(after.place_ids) is linked


def test_a_place_that_is_not_public_can_be_chosen_and_never_leaks(
    store: Store, desk: Callable[[str], Desk], app: Flask
) -> None:
    planner = desk("planner")
    page = planner.client.get("/measures/new").text
    assert re.search(rf"{SECRET}.*?\(not public\)", page, re.DOTALL)
    planner.send("/measures/new", NEW | {"mode": "places", "places": ["6"], "plan": "1"})
    made = newest(store)
    assert (made.place_ids, made.status, made.locality) == ((6,), MeasureStatus.PLANNED, "")
    resident = app.test_client()
    for path in (
        "/", "/measures", "/promises", "/places", "/places/2", "/api/map.json", "/api/measures.geojson",
        "/api/places.geojson", "/feeds/measures.atom",
    ):  # fmt: skip
        answer = resident.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.text, path
        assert "Ring Eva" not in answer.text, path
        assert "/places/6" not in answer.text, path
    told = next(
        one["properties"] for one in resident.get("/api/measures.geojson").json["features"]
        if one["properties"]["title"] == made.title
    )  # fmt: skip
    assert told["places"] == []
    assert "Ånäset" not in str(told)


def test_being_shown_places_that_few_named_is_noted(store: Store, desk: Callable[[str], Desk]) -> None:
    desk("planner").client.get("/measures/new")
    with store.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "places.read")).all()
    assert [(row.actor, row.after) for row in rows] == [("planner", {"number": 1})]


def test_a_proposal_is_for_staff_until_it_is_decided(
    store: Store, desk: Callable[[str], Desk], app: Flask
) -> None:
    planner = desk("planner")
    planner.send("/measures/new", NEW)
    assert "Ny lampa vid bron" not in app.test_client().get("/measures").text
    assert "Ny lampa vid bron" in planner.client.get("/measures/all").text
    planner.send("/measures/new", NEW | {"form_key": "b", "title": "Beslutad lampa", "plan": "1"})
    assert "Beslutad lampa" in app.test_client().get("/measures").text


# Two at once


def test_without_a_version_nothing_is_changed(store: Store, desk: Callable[[str], Desk]) -> None:
    planner = desk("planner")
    form = planner.form("/measures/1/edit")
    del form["if_match"]
    assert planner.send("/measures/1/edit", form).status_code == 428
    assert one_measure(store, 1).version == 1


@pytest.mark.parametrize("tag", ["2-1", "1-0", "1-99999", "x", '"1-1" or 1=1'])
def test_another_version_or_thing_shows_both(store: Store, desk: Callable[[str], Desk], tag: str) -> None:
    planner = desk("planner")
    form = planner.form("/measures/1/edit") | {"if_match": tag}
    assert planner.send("/measures/1/edit", form).status_code == 412
    assert one_measure(store, 1).version == 1


def test_who_comes_second_sees_both_and_chooses_field_by_field(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    anna, bo = desk("planner"), desk("coordinator")
    mine, theirs = anna.form("/measures/2/edit"), bo.form("/measures/2/edit")
    bo.send(
        "/measures/2/edit", theirs | {"title": "Bos rubrik", "description": "Bos ord", "due": "2027-05-01"}
    )
    answer = anna.send(
        "/measures/2/edit",
        mine | {"title": "Annas rubrik", "internal_note": "Annas <anteckning>\nrad två", "due": "2027-05-01"},
    )
    assert answer.status_code == 412
    said = words(answer.text)
    assert "coordinator changed it on 22 November 2026 at 13" in said
    assert "Title Yours Annas rubrik As it stands now Bos rubrik" in said
    assert "To be finished by" not in said, "both say the same"
    form = fields(answer.text, "/measures/2/edit")
    # What only one of them changed is chosen already; where both did, the person's own words.
    assert (form["pick-title"], form["pick-description"], form["pick-internal_note"]) == (
        ["mine"],
        ["now"],
        ["mine"],
    )
    assert one_measure(store, 2).title == "Bos rubrik"
    anna.send("/measures/2/edit", form | {"pick-title": "now"})
    found = one_measure(store, 2)
    assert (found.title, found.description) == ("Bos rubrik", "Bos ord")
    assert found.internal_note == "Annas <anteckning>\nrad två"
    assert (found.due, found.version) == (date(2027, 5, 1), 3)


def test_choosing_from_a_page_that_is_stale_again_shows_both_again(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    anna, bo = desk("planner"), desk("coordinator")
    mine = anna.form("/measures/2/edit")
    bo.send("/measures/2/edit", bo.form("/measures/2/edit") | {"title": "Ett"})
    page = anna.send("/measures/2/edit", mine | {"title": "Annas", "where": "Vid ån"}).text
    bo.send("/measures/2/edit", bo.form("/measures/2/edit") | {"title": "Två"})
    again = anna.send("/measures/2/edit", fields(page, "/measures/2/edit"))
    assert again.status_code == 412
    assert "Yours Annas As it stands now Två" in words(again.text)
    anna.send("/measures/2/edit", fields(again.text, "/measures/2/edit"))
    assert (one_measure(store, 2).title, one_measure(store, 2).where) == ("Annas", "Vid ån")


def test_a_step_taken_meanwhile_is_told_and_stays(store: Store, desk: Callable[[str], Desk]) -> None:
    anna, bo = desk("planner"), desk("coordinator")
    mine = anna.form("/measures/2/edit")
    bo.send("/my/measures/2/steps", {"status": "ongoing", "note": "", "if_match": "2-1"})
    answer = anna.send("/measures/2/edit", mine | {"title": "Annas"})
    assert answer.status_code == 412
    assert "It stands now as: In progress" in words(answer.text)
    anna.send("/measures/2/edit", fields(answer.text, "/measures/2/edit"))
    found = one_measure(store, 2)
    assert (found.title, found.status) == ("Annas", MeasureStatus.ONGOING)


def test_a_fault_keeps_what_the_person_began_with(store: Store, desk: Callable[[str], Desk]) -> None:
    anna, bo = desk("planner"), desk("coordinator")
    mine = anna.form("/measures/2/edit")
    page = anna.send("/measures/2/edit", mine | {"title": "", "kind": "röjning"}).text
    bo.send("/measures/2/edit", bo.form("/measures/2/edit") | {"kind": "patrull", "where": "Vid ån"})
    answer = anna.send("/measures/2/edit", fields(page, "/measures/2/edit") | {"title": "Ny"})
    form = fields(answer.text, "/measures/2/edit")
    assert (form["pick-kind"], form["pick-where"]) == (["mine"], ["now"])


# The list


def test_the_list_filters_by_status_organisation_and_promise(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    planner = desk("planner")
    planner.send("/measures/new", NEW | {"promise": "traffic", "responsible": ["Polisen"]})

    def titles(query: str) -> list[str]:
        page = planner.client.get(f"/measures/all{query}").text
        return re.findall(r'<a href="/my/measures/\d+"><bdi>(.*?)</bdi>', page)

    assert len(titles("")) == 9
    assert sorted(titles("?status=proposed")) == ["En idé som inte är beslutad", "Ny lampa vid bron"]
    assert titles("?organisation=Polisen") == ["Ny lampa vid bron"]
    assert titles("?promise=traffic&status=proposed") == ["Ny lampa vid bron"]
    assert titles("?promise=drugs") == []
    assert "No measure fits the filters." in planner.client.get("/measures/all?promise=drugs").text
    for query in ("?status=done", "?organisation=Ingen", "?promise=peace"):
        assert planner.client.get(f"/measures/all{query}").status_code == 400


def test_police_see_the_list_without_buttons_that_would_not_work(desk: Callable[[str], Desk]) -> None:
    page = desk("police").client.get("/measures/all").text
    assert "Ny belysning" in page
    assert "/edit" not in page
    assert "/measures/new" not in page


def test_a_new_municipality_begins_with_kind_words(store_url: str) -> None:
    add_people(store_url, now=NOW)
    app = create_app(Settings(database_url=store_url, log_level="ERROR"), clock=lambda: NOW)
    planner = Desk(app, "planner")
    assert "There are no measures yet. Make the first one." in planner.client.get("/measures/all").text
    assert "There are no places yet" in planner.client.get("/measures/new").text
    assert planner.send("/measures/new", NEW).status_code == 303
    store_of(app).close()


@pytest.mark.parametrize("path", ["/measures/999/edit", f"/measures/{2**40}/edit"])
def test_there_is_no_such_measure(desk: Callable[[str], Desk], path: str) -> None:
    planner = desk("planner")
    assert planner.client.get(path).status_code == 404
    assert planner.send(path, NEW).status_code == 404


def test_hostile_words_run_nowhere(store: Store, desk: Callable[[str], Desk]) -> None:
    planner = desk("planner")
    hostile = "\"'><script>alert(1)</script>{{ 7*7 }}"
    planner.send("/measures/new", NEW | {"title": hostile, "kind": hostile, "other_responsible": hostile})
    made = newest(store)
    for path in ("/measures/all", f"/measures/{made.id}/edit"):
        page = planner.client.get(path).text
        assert "<script>alert" not in page
        assert "49" not in words(page)
    with store.read() as connection:
        assert connection.execute(select(measure.c.title).where(measure.c.id == made.id)).scalar() == hostile


def test_a_thousand_places_are_offered_by_locality(store: Store, desk: Callable[[str], Desk]) -> None:
    with store.write() as connection:
        row = dict(connection.execute(select(place).where(place.c.id == 1)).mappings().one())
        row.pop("id")
        connection.execute(insert(place), [row | {"distance_m": 50 + i} for i in range(1000)])
    answer = desk("planner").client.get("/measures/new")
    assert answer.text.count('name="places"') == 1006
