"""Survey answers from tables of any office."""

import random
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import UnreadableInput
from geo.importing.survey import parse_survey, pseudonym
from geo.model import Parsed, Reason, SurveyAnswer, TimeOfDay


def parse(path: Path, text: str) -> Parsed[SurveyAnswer]:
    file = path / "enkät.csv"
    file.write_text(text, encoding="utf-8")
    return parse_survey(file)


QUESTIONS = (
    "Respondent-id;Löpnr;Tidsstämpel;Vilken plats känns otrygg?;Varför känns platsen otrygg?;"
    "När på dygnet?;Övrig kommentar\n"
)


def test_questions_as_headings(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        QUESTIONS + '7;1;2022-03-21 08:15;"busstationen på kvällen";"Dålig belysning; Buskage";kväll;tack\n',
    )
    assert (parsed.read, parsed.rejected, parsed.notes) == (1, (), ())
    answer = parsed.records[0]
    assert answer == SurveyAnswer(
        ref="1",
        respondent=pseudonym("7"),
        text="busstationen på kvällen",
        reasons=(Reason.LIGHTING, Reason.VEGETATION),
        times=(TimeOfDay.EVENING,),
        comment="tack",
        answered=date(2022, 3, 21),
        row=2,
    )


@pytest.mark.parametrize(
    "heading",
    [
        "Plats", "PLATS", " plats: ", "Otrygg plats", "Var känner du dig otrygg?", "Which place feels unsafe?",
        "Plats som känns otrygg", "Place", "1. Vilken plats känns otrygg?", "Ange plats (gata, ort)",
    ],
)  # fmt: skip
def test_headings_for_the_place(tmp_path: Path, heading: str) -> None:
    assert parse(tmp_path, f"{heading};När\nSikeå;dag\n").records[0].text == "Sikeå"


@pytest.mark.parametrize(
    "heading",
    ["Hur ofta besöker du platsen?", "Vad skulle göra platsen tryggare?", "Är platsen bra?"],
)
def test_questions_about_the_place_are_not_the_place(tmp_path: Path, heading: str) -> None:
    with pytest.raises(UnreadableInput, match="Plats"):
        parse(tmp_path, f"{heading};När på dygnet?\nofta;kväll\n")


def test_english_headings(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "Response ID,Participant,Place,Why,Time of day,Comments,Submitted\n"
        'a1,p1,Bus station,"Bad lighting, litter",evening,hi,2022-03-21\n',
    )
    answer = parsed.records[0]
    assert (answer.ref, answer.reasons) == ("a1", (Reason.LIGHTING, Reason.NEGLECT))
    assert (answer.times, answer.comment, answer.answered) == ((TimeOfDay.EVENING,), "hi", date(2022, 3, 21))


def test_a_row_without_a_place_is_rejected_with_its_number_and_column(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Rapport\n\nPlats;Varför\nSikeå;mörkt\n;buskage\nBygdeå;\n")
    assert parsed.read == 3
    assert [answer.row for answer in parsed.records] == [4, 6]
    (rejected,) = parsed.rejected
    assert (rejected.row, rejected.column, rejected.reason) == (5, "Plats", "The row names no place.")


def test_a_broken_row_is_rejected_and_not_shifted(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Plats,Varför\nbusstationen, vid kiosken,mörkt\nSikeå,mörkt\n")
    assert [answer.text for answer in parsed.records] == ["Sikeå"]
    assert parsed.rejected[0].row == 2
    assert "more cells" in parsed.rejected[0].reason


def test_unknown_words_keep_the_row_and_are_noted(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Plats;Varför;När;Datum\nSikeå;spöken;fullmåne;igår\n")
    answer = parsed.records[0]
    assert (answer.reasons, answer.times, answer.answered) == ((Reason.OTHER,), (), None)
    assert [(note.row, note.column, note.value) for note in parsed.notes] == [
        (2, "Varför", "spöken"),
        (2, "När", "fullmåne"),
        (2, "Datum", "igår"),
    ]
    assert parsed.rejected == ()


def test_columns_that_are_not_read_are_noted(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Plats;Skostorlek\nSikeå;42\n")
    assert [(note.column, note.reason) for note in parsed.notes] == [
        ("Skostorlek", "This column is not read.")
    ]


def test_a_column_for_each_reason(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "Plats;Dålig belysning;Buskage;Trafik;Kväll;Natt;Annat\nSikeå;X;;1;ja;0;\nBygdeå;;x;;;✓;x\nBäck;;;nej;;;\n",
    )
    assert [(answer.reasons, answer.times) for answer in parsed.records] == [
        ((Reason.LIGHTING, Reason.TRAFFIC), (TimeOfDay.EVENING,)),
        ((Reason.VEGETATION, Reason.OTHER), (TimeOfDay.NIGHT,)),
        ((), ()),
    ]
    assert parsed.notes == ()


def test_a_column_for_each_choice_as_survey_tools_name_them(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "Vilken plats känns otrygg?;Varför känns platsen otrygg? [Dålig belysning];"
        "Varför känns platsen otrygg? - Buskage;När på dygnet? [Kväll]\nSikeå;Dålig belysning;0;Ja\n",
    )
    assert parsed.records[0].reasons == (Reason.LIGHTING,)
    assert parsed.records[0].times == (TimeOfDay.EVENING,)


def test_several_columns_for_places_are_all_kept(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Plats;Otrygg plats\nSikeå;Bygdeå\nBäck;\nBäck;Bäck\n")
    assert [answer.text for answer in parsed.records] == ["Sikeå; Bygdeå", "Bäck", "Bäck"]


def test_nobody_is_kept_by_name(tmp_path: Path) -> None:
    people = ("Anna Andersson", "anna@exempel.se", "19800101-1234", "R17")
    rows = "".join(f"{person};Sikeå\n" for person in people)
    parsed = parse(tmp_path, "Respondent;Plats\n" + rows)
    for person, answer in zip(people, parsed.records, strict=True):
        assert person not in repr(answer)
        assert answer.respondent == pseudonym(person)
        assert len(answer.respondent) == len("r-") + 12
    assert len({answer.respondent for answer in parsed.records}) == len(people)


def test_a_private_id_is_not_kept_either(tmp_path: Path) -> None:
    for private in ("anna@exempel.se", "800101-1234", "Anna Andersson"):
        parsed = parse(tmp_path, f"Id;Plats\n{private};Sikeå\n")
        assert private not in repr(parsed)


def test_a_person_is_the_same_however_written() -> None:
    assert pseudonym(" Anna  ANDERSSON") == pseudonym("anna andersson")


def test_anonymous_is_nobody(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "ID;E-post;Namn;Plats\n1;anonymous;;Sikeå\n2;anonymous;;Sikeå\n")
    assert len({answer.respondent for answer in parsed.records}) == 2


def test_without_respondents_each_row_is_its_own(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Plats\nSikeå\nSikeå\nBygdeå\n")
    assert len({answer.respondent for answer in parsed.records}) == 3


def test_an_id_that_comes_again_is_one_respondent_with_several_answers(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Löpnr;Plats\n1;Sikeå\n1;Bygdeå\n2;Bäck\n")
    assert [answer.ref for answer in parsed.records] == ["1", "1#2", "2"]
    assert len({answer.respondent for answer in parsed.records}) == 2


def test_the_same_rows_in_another_order_have_the_same_refs(tmp_path: Path) -> None:
    rows = [
        f"{place};{why};{day}"
        for place in ("Sikeå", "Bygdeå")
        for why in ("mörkt", "")
        for day in ("2022-03-21", "")
    ]
    rows += ["Sikeå;mörkt;2022-03-21"] * 2
    first = parse(tmp_path, "Plats;Varför;Datum\n" + "\n".join(rows) + "\n")
    random.Random(5).shuffle(rows)
    second = parse(tmp_path, "Plats;Varför;Datum\n" + "\n".join(rows) + "\n")
    assert {answer.ref for answer in first.records} == {answer.ref for answer in second.records}
    assert len({answer.ref for answer in first.records}) == len(rows)


def test_a_workbook_and_a_csv_of_it_have_the_same_refs(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Plats", "Varför", "Datum"])
    sheet.append(["Sikeå", "mörkt", date(2022, 3, 21)])
    book.save(tmp_path / "e.xlsx")
    from_book = parse_survey(tmp_path / "e.xlsx").records[0]
    from_csv = parse(tmp_path, "Plats;Varför;Datum\nSikeå;mörkt;21 mars 2022\n").records[0]
    assert from_book.ref == from_csv.ref
    assert from_book == from_csv


def test_identical_answers_of_different_people_stay_apart(tmp_path: Path) -> None:
    text = "Respondent;Plats\na;Sikeå\nb;Sikeå\n"
    first = [answer.ref for answer in parse(tmp_path, text).records]
    assert len(set(first)) == 2
    assert not any("#" in ref for ref in first)


def test_a_position_needs_no_words(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Plats;Lat;Long\n;64,1923;20,8473\n")
    assert parsed.records[0].point == pytest.approx((783_730.4, 7_131_492.6), abs=0.1)


def test_a_table_without_a_place_column_says_which_it_has(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput) as caught:
        parse(tmp_path, "Ålder;Kön\n42;k\n")
    assert caught.value.params["columns"] == "Ålder, Kön"


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Sikeå;mörkt", ";mörkt", "a;b;c", "Bäck;spöken", '"x;y";z']), min_size=1, max_size=9
    )
)
def test_every_row_is_taken_or_rejected(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    parsed = parse(tmp_path_factory.mktemp("s"), "Plats;Varför\n" + "\n".join(rows) + "\n")
    numbers = sorted([answer.row for answer in parsed.records] + [row.row for row in parsed.rejected])
    assert numbers == list(range(2, len(rows) + 2))
    assert parsed.read == len(rows)
