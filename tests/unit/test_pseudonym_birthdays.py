"""A copy tells no birthday: what falls on one is the first of the month, and the dates of a row keep their order."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from annexa.editions import load_edition
from annexa.filled.kinds import cells_of
from annexa.filled.model import Filled, FilledList
from annexa.period import birthday
from annexa.pseudonyms.birthdays import month_day, without_birthdays
from annexa.pseudonyms.extract import ExtractCopier
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.submission import SubmissionCopier
from annexa.pseudonyms.treatments import Words
from annexa.sources import load_source
from tests.support.build import raw_extract

NAMED = Pseudonyms(bytes(range(32)))
BORN = pl.List(pl.Int16)


def mended(born: list[int] | None, **days: date | datetime | str | None) -> list:
    """What becomes of the days of one row, whose births are given as month and day: 520."""
    read = {
        name: pl.Series([date.fromisoformat(each) if isinstance(each, str) else each], dtype=None if each else pl.Date)
        for name, each in days.items()
    }
    row = without_birthdays(pl.DataFrame(read), pl.Series([born], dtype=BORN)).row(0)
    return [each if isinstance(each, datetime) else each and each.isoformat() for each in row]


@pytest.mark.parametrize(
    ("born", "day", "becomes"),
    [
        ([520], "2025-05-20", "2025-05-01"), ([520], "2007-05-20", "2007-05-01"), ([520], "1999-05-20", "1999-05-01"),
        ([520], "2025-05-19", "2025-05-19"), ([520], "2025-05-21", "2025-05-21"), ([520], "2025-06-20", "2025-06-20"),
        ([501], "2025-05-01", "2025-05-01"), ([531], "2025-05-31", "2025-05-01"), ([1231], "2025-12-31", "2025-12-01"),
        ([303, 520], "2025-05-20", "2025-05-01"), ([303, 520], "2025-03-03", "2025-03-01"),
        (None, "2025-05-20", "2025-05-20"), ([], "2025-05-20", "2025-05-20"), ([520], None, None),
        # Of 29 February: that day in a leap year, 1 March in any other.
        ([229], "2028-02-29", "2028-02-01"), ([229], "2026-03-01", "2026-02-01"), ([229], "2028-03-01", "2028-03-01"),
        ([229], "2026-02-28", "2026-02-28"), ([229], "2100-03-01", "2100-02-01"), ([228], "2026-02-28", "2026-02-01"),
        ([301], "2026-03-01", "2026-03-01"), ([229, 301], "2026-03-01", "2026-02-01"),
    ],
)  # fmt: skip
def test_a_birthday_is_the_first_of_its_month(born, day, becomes):
    assert mended(born, day=day) == [becomes]


def test_a_birthday_is_the_day_that_it_is_in_the_rules():
    """Of births on every day of a leap year, and at every age: the 18th birthday becomes the first of that month."""
    births = pl.DataFrame({"birth": pl.date_range(date(2004, 1, 1), date(2004, 12, 31), eager=True)})
    for age in (0, 1, 2, 3, 4, 18):
        days = births.select(day=birthday(pl.col("birth"), age), first=pl.col("birth").dt.truncate("1mo"))
        born = births.select(pl.concat_list(month_day(pl.col("birth"))))["birth"]
        made = without_birthdays(days.select("day"), born)["day"]
        assert made.to_list() == days.select(pl.col("first").dt.offset_by(f"{age}y"))["first"].to_list()


@pytest.mark.parametrize(
    ("start", "end", "becomes"),
    [
        ("2024-01-01", "2025-05-20", ["2024-01-01", "2025-05-01"]),
        ("2025-04-30", "2025-05-20", ["2025-04-30", "2025-05-01"]),
        ("2025-05-01", "2025-05-20", ["2025-05-01", "2025-05-01"]),
        ("2025-05-02", "2025-05-20", ["2025-05-02", "2025-05-02"]),
        ("2025-05-19", "2025-05-20", ["2025-05-19", "2025-05-19"]),
        ("2025-05-20", "2025-05-20", ["2025-05-01", "2025-05-01"]),
        ("2025-05-20", "2025-05-21", ["2025-05-01", "2025-05-21"]),
        ("2024-05-20", "2025-05-20", ["2024-05-01", "2025-05-01"]),
        # The end lay before the start: it does so still, and is put no later than it was.
        ("2025-05-25", "2025-05-20", ["2025-05-25", "2025-05-01"]),
        (None, "2025-05-20", [None, "2025-05-01"]),
        ("2025-05-20", None, ["2025-05-01", None]),
    ],
)
def test_an_end_is_not_put_before_its_start(start, end, becomes):
    assert mended([520], start=start, end=end) == becomes


def test_the_order_of_all_dates_of_a_row_stays():
    """Every pair of days of four months around 29 February, of families with births on several days."""
    for year in (2026, 2028):
        days = pl.DataFrame({"a": pl.date_range(date(year, 1, 20), date(year, 4, 10), eager=True)})
        pairs = days.join(days.rename({"a": "b"}), how="cross")
        for births in ([229], [302], [210, 215, 229], [131, 228, 301, 331]):
            made = without_birthdays(pairs, pl.Series([births], dtype=BORN).new_from_index(0, pairs.height))
            both = pl.concat([pairs, made.select(pl.all().name.prefix("to_"))], how="horizontal")
            assert both.filter((pl.col("a") <= pl.col("b")) & (pl.col("to_a") > pl.col("to_b"))).is_empty()
            later = (pl.col("to_a") > pl.col("a")) | (pl.col("to_a").dt.month() < pl.col("a").dt.month() - 1)
            assert both.filter(later).is_empty()
            assert (both["to_a"] != both["a"]).sum() > 0


def test_a_moment_keeps_its_time():
    evening, night = datetime(2025, 5, 20, 22), datetime(2025, 5, 21, 3)
    assert mended([520], start=evening, end=night) == [datetime(2025, 5, 1, 22), night]
    assert mended([521], start=evening, end=night) == [evening, evening]
    assert mended([520], start=evening, end=evening + timedelta(hours=1))[1] == datetime(2025, 5, 1, 23)
    # A date and a moment of one table are not compared.
    assert mended([521], day="2025-05-10", end=night) == ["2025-05-10", datetime(2025, 5, 1, 3)]


def copied(profile: str = "ssd", **tables: list[dict[str, str]]) -> dict[str, pl.DataFrame]:
    """The copy of rows of the standard layout, by table."""
    copier = ExtractCopier(load_source(profile), NAMED, Words())
    return {each.name: each.frame for each in copier.tables(raw_extract(tables))}


def person(child: str, born: str = "", **more: str) -> dict[str, str]:
    return {"pers_person_id": child, "pers_dob": born, **{f"pers_{name}": each for name, each in more.items()}}


def days_of(frame: pl.DataFrame, *columns: str) -> set[tuple]:
    return set(frame.select(columns).iter_rows())


def test_the_day_of_leaving_care_is_no_birthday():
    episode = {
        "clae_person_id": "1", "clae_cla_episode_id": "1", "clae_cla_episode_start_date": "2020-07-03",
        "clae_cla_episode_ceased_date": "20/05/2025", "clae_cla_last_iro_contact_date": "2025-05-07",
    }  # fmt: skip
    involved = {"invo_person_id": "2", "invo_involvement_start_date": "2025-05-20"}
    made = copied(
        ssd_person=[person("1", "2007-05-20", death_date="2027-05-20"), person("2", "2007-06-20")],
        ssd_cla_episodes=[episode],
        ssd_involvements=[involved],
    )
    assert days_of(made["ssd_cla_episodes"], *list(episode)[2:]) == {("2020-07-03", "2025-05-07", "2025-05-07")}
    # A death on a birthday is a day of the person's own row; another's birthday is a day like any other.
    assert days_of(made["ssd_person"], "pers_dob", "pers_death_date") == {
        ("2007-05-01", "2027-05-01"), ("2007-06-01", None),
    }  # fmt: skip
    assert days_of(made["ssd_involvements"], "invo_involvement_start_date") == {("2025-05-20",)}


def test_births_of_whoever_the_child_was_before_and_was_expected():
    """Merged along a chain, expected, and as the education table has it; whoever nobody knows stays as it is."""
    contacts = [
        {"cont_person_id": child, "cont_contact_id": f"{child} {day}", "cont_contact_date": day}
        for child in ("old", "older", "new", "unborn", "taught", "-1")
        for day in ("2025-03-03", "2025-04-04", "2025-05-05")
    ]
    made = copied(
        ssd_person=[
            person("old", "2010-03-03"), person("older"), person("new", "2010-04-04", expected_dob="2010-05-05"),
            person("unborn", expected_dob="2025-05-05"), person("-1", "2010-03-03"),
        ],
        annexa_merged_ids=[
            {"old_person_id": "older", "person_id": "old"}, {"old_person_id": "old", "person_id": "new"},
        ],
        annexa_education_status=[{"person_id": "taught", "date_of_birth": "2010-04-04", "start_date": "2015-04-04"}],
        ssd_contacts=contacts,
    )  # fmt: skip
    found = made["ssd_contacts"]
    first = ("2025-03-01", "2025-04-01", "2025-05-01")
    for child, days in (
        ("old", first), ("older", first), ("new", first),
        ("unborn", ("2025-03-03", "2025-04-04", "2025-05-01")), ("taught", ("2025-03-03", "2025-04-01", "2025-05-05")),
    ):  # fmt: skip
        own = found.filter(pl.col("cont_person_id") == NAMED.of(child))
        assert sorted(own["cont_contact_date"]) == list(days), child
    nobody = found.filter(pl.col("cont_person_id") == "-1")
    assert sorted(nobody["cont_contact_date"]) == ["2025-03-03", "2025-04-04", "2025-05-05"]
    assert days_of(made["annexa_education_status"], "date_of_birth", "start_date") == {("2010-04-01", "2015-04-01")}


def test_rows_that_name_a_record_of_the_child():
    day, first = "2025-05-20", "2025-05-01"
    tables = {
        "ssd_person": [person("1", "2007-05-20"), person("2", "2007-06-20")],
        "ssd_send": [{"send_table_id": "s", "send_person_id": "1"}],
        "ssd_ehcp_requests": [{"ehcr_ehcp_request_id": "r", "ehcr_send_table_id": "s"}],
        "ssd_ehcp_assessment": [{"ehca_ehcp_assessment_id": "a", "ehca_ehcp_request_id": "r"}],
        "ssd_ehcp_named_plan": [{"ehcn_ehcp_asmt_id": "a", "ehcn_named_plan_ceased_date": day}],
        "ssd_missing": [{"miss_table_id": "m", "miss_person_id": "1"}],
        "annexa_missing": [{"missing_id": "m", "interview_date": day}, {"missing_id": "n", "interview_date": day}],
        "ssd_cla_episodes": [{"clae_cla_episode_id": "e", "clae_cla_id": "c", "clae_person_id": "1"}],
        "ssd_cla_reviews": [{"clar_cla_id": "c", "clar_cla_review_date": day}],
        "ssd_permanence": [{"perm_cla_id": "c", "perm_person_id": "another", "perm_matched_date": day}],
        "annexa_adoption_links": [{"family_id": "f", "person_id": "1"}, {"family_id": "f", "person_id": "2"}],
        "annexa_adopters": [{"adopter_id": "x", "family_id": "f", "matched_date": day, "placed_date": "2025-06-20"}],
    }
    made = copied(**tables)
    for table, column in (
        ("ssd_ehcp_named_plan", "ehcn_named_plan_ceased_date"), ("ssd_cla_reviews", "clar_cla_review_date"),
        ("ssd_permanence", "perm_matched_date"),
    ):  # fmt: skip
        assert made[table][column].to_list() == [first], table
    assert days_of(made["annexa_missing"], "missing_id", "interview_date") == {
        (NAMED.of("m"), first), (NAMED.of("n"), day),
    }  # fmt: skip
    assert days_of(made["annexa_adopters"], "matched_date", "placed_date") == {(first, "2025-06-01")}


def test_rows_that_only_a_birthday_told_apart_stay_two():
    rows = [{"cont_person_id": "1", "cont_contact_date": day} for day in ("2025-05-01", "2025-05-20")]
    made = copied(ssd_person=[person("1", "2007-05-20")], ssd_contacts=rows)["ssd_contacts"]
    assert made["cont_contact_date"].to_list() == ["2025-05-01"] * 2
    assert made["cont_contact_id"].drop_nulls().n_unique() == 2


def test_a_table_of_two_records_and_texts_that_the_profile_ignores(tmp_path):
    """Each record of a table says who its rows are about; what is no date stays as the profile has it."""
    profile = tmp_path / "local.toml"
    profile.write_text(
        """
title = "Local"
[tables.persons]
table = "ssd_person"
columns = { person_id = "pers_person_id", birth_date = "pers_dob" }
[tables.contacts]
table = "ssd_contacts"
columns = { contact_id = "cont_contact_id", person_id = "cont_person_id", contact_date = "cont_contact_date" }
[tables.cin_visits]
table = "ssd_contacts"
columns = { visit_id = "cont_contact_id", person_id = "cont_contact_source_code", visit_date = "cont_contact_date" }
[ignored]
"cin_visits.visit_date" = ["not yet"]
""",
        encoding="utf-8",
    )
    rows = [
        {"cont_person_id": "1", "cont_contact_source_code": "2", "cont_contact_date": day}
        for day in ("2025-05-20", "2025-06-20", "2025-07-20", "not yet")
    ]
    people = [person("1", "2007-05-20"), person("2", "2007-06-20")]
    made = copied(str(profile), ssd_person=people, ssd_contacts=rows)["ssd_contacts"]
    assert set(made["cont_contact_date"]) == {"2025-05-01", "2025-06-01", "2025-07-20", "not yet"}


def filled(number: int, **cells: list) -> FilledList:
    """A list of a submission with some of its columns, named without blanks at their ends."""
    spec = load_edition("ilacs-2022").lists[number]
    columns = {column.heading.strip(): column for column in spec.columns}
    wanted = [(columns[name.replace("_", " ")], each) for name, each in cells.items()]
    frame = pl.DataFrame([pl.Series(column.heading, each, cells_of(column).dtype) for column, each in wanted])
    nothing = pl.DataFrame(schema={"row": pl.Int64, "heading": pl.String, "text": pl.String})
    return FilledList(spec, frame, frame, nothing, pl.DataFrame(), pl.DataFrame(), frame.height)


def test_a_submission_tells_no_birthday_either():
    """By the births of all lists, also under adopters; an age that is right is that of the first of the month."""
    born = date(2010, 6, 20)
    lists = {
        1: filled(1, Child_Unique_ID=["1"], Date_of_Contact=[date(2025, 6, 20)]),
        8: filled(
            8,
            Child_Unique_ID=["1", "2", "3", "4", "5"],
            Date_of_Birth=[born, born, date(2010, 7, 20), None, date(2010, 6, 1)],
            **{"Age_of_Child_(Years)": [14, 12, 14, 14, 15]},
            Date_Started_to_be_Looked_After=[date(2024, 6, 20), None, date(2024, 6, 20), None, None],
        ),
        10: filled(
            10, Child_Unique_ID=["1"], Family_identifier=["f"], Date_of_Birth=[born], Date_of_Adoption_Order=[None]
        ),
        11: filled(11, Individual_adopter_identifier=["x"], Family_identifier=["f"], Date_of_Adoption_Order=[born]),
    }
    none = pl.DataFrame()
    copier = SubmissionCopier(load_edition("ilacs-2022"), NAMED, Words(), date(2025, 6, 2))
    made = {number: each.frame for number, each in copier.lists(Filled(lists, none, none))}
    assert made[1]["Date of Contact"].to_list() == [date(2025, 6, 1)]
    assert made[11]["Date of Adoption Order"].to_list() == [date(2010, 6, 1)]
    by_child = {row["Child Unique ID"]: row for row in made[8].iter_rows(named=True)}
    ages = {child: by_child[NAMED.of(child)]["Age of Child (Years)"] for child in "12345"}
    assert ages == {"1": 15, "2": 12, "3": 14, "4": 14, "5": 15}
    started = {child: by_child[NAMED.of(child)]["Date Started to be Looked After"] for child in "13"}
    assert started == {"1": date(2024, 6, 1), "3": date(2024, 6, 20)}
