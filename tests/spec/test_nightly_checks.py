"""What looks wrong with a dry run, as drawn tables: one below, on and above each limit, and each limit alone."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from annexa.checks.catalogue import HISTORY, catalogue, pages
from annexa.checks.nightly import CODES, COLUMNS, NightRun, codes_of, columns_of
from annexa.checks.registry import ON_NIGHTS, Looked, Unable
from annexa.checks.run import FOUND, NOT_RUN, OFF, OTHER_INPUT, PASSED, Result, run_checks, unable
from annexa.checks.runs import Earlier, ExtractRun, Night
from annexa.editions import code_sets
from annexa.extract.tables import Tables
from annexa.findings import empty, findings
from annexa.lists.build import BuiltList
from annexa.records import UNREADABLE
from annexa.workdays import WorkingDays
from tests.support.context import context_of

DAY = date(2025, 6, 2)
NO_CODES = pl.DataFrame(schema=CODES)
EARLIER = Earlier("1", {}, {}, {}, codes=NO_CODES)


def keyed(values: pl.Series) -> pl.Series:
    return pl.Series([f"key of {value}" for value in values], dtype=pl.String)


def extract(
    records: dict | None = None,
    lists: dict[int, int | None] | None = None,
    night: Night | None = None,
    read: pl.DataFrame | None = None,
    **earlier: object,
) -> ExtractRun:
    """An extract with these records, and lists with so many rows (None: not supplied)."""
    context = context_of(records or {}, DAY)
    built = {
        number: BuiltList(
            context.edition.lists[number], height is not None, None, pl.DataFrame({"row": range(height or 0)})
        )
        for number, height in (lists or {}).items()
    }
    if "lists_before" in earlier:
        earlier["lists"] = earlier.pop("lists_before")
    night = night or Night("1", DAY, {}, replace(EARLIER, **earlier), NO_CODES)
    night = replace(night, codes=codes_of(context, empty() if read is None else read, keyed))
    return ExtractRun(context, WorkingDays(), built, night=night)


def found(check: str, run: ExtractRun, read: pl.DataFrame | None = None) -> pl.DataFrame:
    checked = run_checks(catalogue(), run, empty() if read is None else read, {check})
    result = checked.result(check)
    assert result.status == (FOUND if checked.findings.height else PASSED), result.reasons
    assert result.found == checked.findings.height
    return checked.findings


# AA-H01: a list that had more than 5 rows is empty.
@pytest.mark.parametrize(
    ("before", "now", "wrong"),
    [(6, 0, True), (5, 0, False), (6, 1, False), (6, None, True), (0, 0, False), (0, 9, False)],
)
def test_list_empty(before, now, wrong):
    rows = found("AA-H01", extract(lists={1: now, 2: 5}, lists_before={1: before, 2: 5}))
    assert rows["list"].to_list() == [1] * wrong
    assert rows["severity"].to_list() == ["error"] * wrong
    is_now = "was not supplied" if now is None else "has 0 rows"
    assert rows["message"].to_list() == [f"The list {is_now}; the last good run had {before}."] * wrong


# AA-H02: more than 10 per cent and more than 10 rows away.
@pytest.mark.parametrize(
    ("before", "now", "wrong"),
    [
        (100, 89, True),
        (100, 90, False),  # on both limits
        (100, 110, False),
        (100, 111, True),
        (99, 110, True),  # 11 rows and above 10%
        (1000, 890, True),
        (1000, 900, False),  # many rows, and on the percentage
        (1000, 899, True),
        (1000, 1100, False),
        (20, 10, False),  # a half, and on the number
        (20, 9, True),
        (20, 31, True),
        (10, 0, False),  # AA-H01's
        (0, 10, False),
        (0, 11, True),
        (50, None, False),
    ],
)
def test_list_changed(before, now, wrong):
    rows = found("AA-H02", extract(lists={3: now}, lists_before={3: before}))
    assert rows["list"].to_list() == [3] * wrong
    assert rows["message"].to_list() == [f"The list has {now} rows; the last good run had {before}."] * wrong


def test_a_list_that_the_earlier_run_did_not_build_is_not_compared():
    run = extract(lists={1: 500, 2: 500}, lists_before={2: 500})
    assert found("AA-H01", run).is_empty()
    assert found("AA-H02", run).is_empty()


# AA-H03: more than 50 per cent and more than 20 findings more; fewer are no alarm.
@pytest.mark.parametrize(
    ("before", "now", "wrong"),
    [
        (10, 31, True),
        (10, 30, False),
        (100, 150, False),
        (100, 151, True),
        (100, 149, False),
        (40, 60, False),
        (40, 61, True),
        (None, 20, False),
        (None, 21, True),
        (500, 3, False),
    ],
)
def test_count_jumped(before, now, wrong):
    told = f"AA-G15: the check has {now} findings; the last good run had {before or 0}."
    run = extract(findings={"AA-G15": before} if before else {})
    assert jumped(run, {"AA-G15": now, "AA-201": 0}).found["message"].to_list() == [told] * wrong


def jumped(run: ExtractRun, counts: dict[str, int], **unable: tuple[str, ...]) -> Looked | Unable:
    lacking = {"AA-G15": unable["unable"]} if unable else {}
    return ON_NIGHTS["AA-H03"].function(NightRun(run, run.night, counts, lacking), catalogue()["AA-H03"])


@pytest.mark.parametrize(
    ("before", "now", "compared"),
    [
        ((), (), True),
        (("no a",), (), False),  # it could not run, or not on this table
        (("no a", "no b"), ("no a",), False),
        (("no a",), ("no b",), False),
        (("no a",), ("no a",), True),
        ((), ("no a",), True),  # it looks at less, and finds more
        (("no a",), ("no b", "no a"), True),
    ],
)
def test_what_a_check_could_not_look_at_is_no_count_of_nothing(before, now, compared):
    run = extract(findings={"AA-G15": 1}, unable={"AA-G15": before} if before else {})
    assert jumped(run, {"AA-G15": 900}, unable=now).found.height == compared


def test_what_checks_could_not_look_at():
    g15, h01 = catalogue()["AA-G15"], catalogue()["AA-H01"]
    results = [Result(g15, PASSED), Result(h01, OTHER_INPUT)]
    assert unable(results) == {}
    assert unable([Result(g15, FOUND, reasons=("no a",)), Result(h01, NOT_RUN, reasons=("no b",))]) == {
        "AA-G15": ("no a",),
        "AA-H01": ("no b",),
    }
    assert unable([Result(g15, OFF)]) == {"AA-G15": (OFF,)}


def test_the_counts_of_another_version_are_not_compared():
    assert jumped(extract(version="2"), {"AA-G15": 900}) == Unable(
        "another version of annexa, whose checks may differ, made the last good run"
    )


def test_the_counts_are_those_of_the_checks_before():
    read = findings("AA-R02", "error", "x", frame=pl.DataFrame({"n": range(30)}), row=pl.col("n"), table="t")
    checked = run_checks(catalogue(), extract(), read, {"AA-R02", "AA-H03"}, teams=False)
    [message] = checked.findings.filter(pl.col("check") == "AA-H03")["message"]
    assert message == "AA-R02: the check has 30 findings; the last good run had 0."


# AA-H04: more than one day before the day of the run, which need not be D.
@pytest.mark.parametrize(
    ("today", "taken", "wrong"),
    [
        (date(2025, 6, 2), date(2025, 6, 2), False),
        (date(2025, 6, 2), date(2025, 6, 1), False),
        (date(2025, 6, 2), date(2025, 5, 31), True),
        (date(2025, 6, 2), date(2025, 6, 9), False),
        (date(2024, 3, 1), date(2024, 2, 29), False),
        (date(2024, 3, 1), date(2024, 2, 28), True),
        (date(2025, 9, 1), date(2025, 6, 2), True),
    ],
)
def test_extract_old(today, taken, wrong):
    night = Night("1", today, {"old.csv": taken, "new.csv": today}, None, NO_CODES)
    rows = found("AA-H04", extract(night=night))
    assert rows["file"].to_list() == ["old.csv"] * wrong
    assert rows["value"].to_list() == [taken.isoformat()] * wrong
    days = (today - taken).days
    assert rows["message"].to_list() == [f"old.csv was made {days} days before the run."] * wrong


def old(number: int, of: int) -> pl.DataFrame:
    """What is said where so many files of an extract are three days and more old."""
    days = {f"{n}.csv": DAY - timedelta(days=3 + n if n < number else 0) for n in range(of)}
    return found("AA-H04", extract(night=Night("1", DAY, days, None, NO_CODES)))


@pytest.mark.parametrize(
    ("number", "of", "messages"),
    [
        (1, 1, ["0.csv was made 3 days before the run."]),
        (1, 64, ["0.csv was made 3 days before the run."]),
        (2, 3, ["0.csv was made 3 days before the run.", "1.csv was made 4 days before the run."]),
        (2, 2, ["All 2 files of the extract are old: the newest was made 3 days before the run."]),
        (64, 64, ["All 64 files of the extract are old: the newest was made 3 days before the run."]),
        (6, 7, ["6 of the 7 files of the extract are old, such as 0.csv: the newest was made 3 days before the run."]),
    ],
)
def test_a_whole_extract_that_is_old_is_one_finding(number, of, messages):
    rows = old(number, of)
    assert rows["message"].to_list() == messages
    several = "files" in messages[0]
    assert rows["file"].to_list() == ([None] if several else [f"{n}.csv" for n in range(number)])
    assert rows["value"][0] == "2025-05-30"


def test_an_extract_date_is_about_no_file():
    rows = found("AA-H04", extract(night=Night("1", DAY, {"": date(2025, 5, 1)}, None, NO_CODES)))
    assert rows.select("file", "message").rows() == [(None, "The extract was made 32 days before the run.")]


SAME = "The extract is the same, byte for byte, as that of the run of {:%d/%m/%Y}."


@pytest.mark.parametrize(
    ("today", "since", "wrong"),
    [
        (DAY, DAY, False),
        (DAY, date(2025, 6, 1), False),
        (DAY, date(2025, 5, 31), True),
        (date(2024, 3, 1), date(2024, 2, 29), False),
        (date(2024, 3, 1), date(2024, 2, 28), True),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_an_extract_that_is_copied_again_is_old_whatever_its_files_say(today, since, wrong, known):
    taken = {"a.csv": today, "b.csv": today} if known else {}
    night = Night("1", today, taken, replace(EARLIER, same_since=since), NO_CODES)
    rows = found("AA-H04", extract(night=night))
    assert rows.select("file", "message").rows() == [(None, SAME.format(since))] * wrong


def test_an_extract_of_which_nothing_is_known_is_not_young():
    run = extract(night=Night("1", DAY, {}, EARLIER, NO_CODES))
    result = run_checks(catalogue(), run, empty(), {"AA-H04"}).result("AA-H04")
    assert (result.status, result.reasons) == (NOT_RUN, ("nobody knows when the extract was made (--extract-date)",))


def test_an_extract_that_is_old_and_the_same_is_said_once():
    night = Night("1", DAY, {"": date(2025, 5, 1)}, replace(EARLIER, same_since=date(2025, 5, 2)), NO_CODES)
    assert found("AA-H04", extract(night=night))["message"].to_list() == [
        "The extract was made 32 days before the run."
    ]
    # One file alone is no extract.
    night = replace(night, taken={"a.csv": date(2025, 5, 1), "b.csv": DAY})
    assert found("AA-H04", extract(night=night))["file"].to_list() == [None, "a.csv"]


# AA-H05: more than 5 per cent and more than 20 rows fewer; more are no alarm.
@pytest.mark.parametrize(
    ("before", "now", "wrong"),
    [
        (50, 30, False),
        (50, 29, True),
        (400, 380, False),
        (400, 379, True),
        (1000, 950, False),
        (1000, 949, True),
        (10, 90, False),
        (20, None, False),
        (21, None, True),
    ],
)
def test_table_shrunk(before, now, wrong):
    records = {} if now is None else {"contacts": [{"contact_id": str(n), "person_id": "P"} for n in range(now)]}
    rows = found("AA-H05", extract(records, tables={"ssd_contacts": before}))
    assert rows["table"].to_list() == ["ssd_contacts"] * wrong
    is_now = "was not supplied" if now is None else f"has {now} rows"
    assert rows["message"].to_list() == [f"The table {is_now}; the last good run had {before}."] * wrong


def test_an_input_that_is_no_table_of_the_extract_is_not_compared():
    run = extract({"contacts": [{"contact_id": "1", "person_id": "P"}]}, tables={"postcode_lookup": 2_000_000})
    assert found("AA-H05", run).is_empty()


# AA-H06 and AA-H07: codes, of which a few hundred rows have M or F.
def told(values: int, rows: int, unknown: int = 0) -> str:
    return (
        f"ssd_person.pers_gender has values that no good run had (values: {values}, rows: {rows}, of the values on no "
        f"value map: {unknown})."
    )


def people(**genders: int) -> dict:
    codes = [code for code, number in genders.items() for _ in range(number)]
    return {"persons": [{"person_id": str(n), "gender": code} for n, code in enumerate(codes)]}


def seen(*codes: str) -> pl.DataFrame:
    rows = [("ssd_person", "pers_gender", code) for code in codes]
    return pl.DataFrame(rows, schema=dict.fromkeys(("table", "column", "code"), pl.String), orient="row")


@pytest.mark.parametrize(
    ("genders", "before", "many", "few"),
    [
        ({"M": 90, "F": 10}, ("M", "F"), [], []),
        ({"M": 94, "F": 6}, ("M",), ["F"], []),
        ({"M": 95, "F": 5}, ("M",), [], ["F"]),  # on the number
        ({"M": 594, "F": 6}, ("M",), [], ["F"]),  # on the percentage
        ({"M": 593, "F": 7}, ("M",), ["F"], []),
        ({"F": 6, "U": 7, "M": 1}, ("O",), ["F", "U"], ["M"]),  # one finding for all of a column
        ({"M": 6, "F": 1}, (), [], []),  # supplied for the first time: each of its codes would be new
    ],
)
def test_known_codes(genders, before, many, few):
    run = extract(people(**genders), codes=seen(*before))
    for check, wanted in (("AA-H06", many), ("AA-H07", few)):
        rows = found(check, run)
        assert rows["value"].to_list() == [", ".join(wanted)] * bool(wanted)
        assert rows["column"].to_list() == ["pers_gender"] * bool(wanted)
        on = sum(genders[code] for code in wanted)
        assert rows["message"].to_list() == [told(len(wanted), on)] * bool(wanted)


def unknown(*values: str) -> pl.DataFrame:
    """What reading says of values of the gender that no value map knows."""
    frame = pl.DataFrame({"value": values, "row": range(2, 2 + len(values))})
    where = {"table": "ssd_person", "column": "pers_gender", "value": pl.col("value"), "row": pl.col("row")}
    return findings("AA-R02", "error", "x", frame=frame, **where)


@pytest.mark.parametrize(
    ("before", "wrong"), [((), True), (("key of Mister",), False), (("Mister",), True), (("key of Miss",), True)]
)
def test_values_that_no_value_map_knows(before, wrong):
    read = unknown("Mister")
    run = extract(people(M=3), read=read, codes=seen("M", *before))
    rows = found("AA-H06", run, read)
    assert rows["value"].to_list() == ["Mister"] * wrong
    assert rows["message"].to_list() == [told(1, 1, 1)] * wrong
    assert found("AA-H07", run, read).is_empty()


def test_a_column_that_is_new_through_and_through_is_one_finding():
    read = unknown(*(f"v{n}" for n in (3, 1, 2, 6, 5, 4, 4)))
    run = extract(people(M=2, F=90), read=read, codes=seen("M"))
    rows = found("AA-H06", run, read)
    assert rows.select("value", "message").rows() == [("F, v1, v2, v3, v4, ...", told(7, 97, 6))]


def test_the_codes_that_the_pages_name_are_what_they_say():
    """The example of AA-H06 is a value that no value map knows, that of AA-H09 are known ones."""
    assert "FEM, which no value map knows" in pages()["AA-H06"].example
    assert "is 1 or 2" in pages()["AA-H09"].example
    lookup = code_sets()["gender"].lookup
    assert [lookup.get(each) for each in ("fem", "1", "2", "male")] == [None, "M", "F", "M"]


def test_only_what_a_code_set_declares_is_kept_as_it_stands():
    """Whatever else stands in a coded field is keyed, though reading has let it pass."""
    read = findings("AA-R02", "error", "x", table="ssd_person", column="pers_gender", value="Mister", row=2)
    run = extract(people(M=2, Holly=3, **{UNREADABLE: 1}), read=read, codes=seen("F"))
    kept = run.night.codes
    assert kept.schema == CODES
    assert set(kept.select("code", "known", "rows").rows()) == {
        ("M", True, 2), ("key of Holly", False, 3), ("key of Mister", False, 1),
    }  # fmt: skip
    assert found("AA-H06", run, read)["value"].to_list() == ["Holly, Mister"]


def test_a_code_of_another_column_is_not_seen():
    other = seen("M").with_columns(column=pl.lit("pers_other"))
    assert found("AA-H07", extract(people(M=1), codes=pl.concat([other, seen("F")]))).height == 1


def test_codes_kept_with_another_secret_are_not_compared():
    result = run_checks(catalogue(), extract(people(M=9), codes=None), empty(), {"AA-H06"}).result("AA-H06")
    assert (result.status, result.reasons) == (NOT_RUN, ("the codes of earlier runs were kept with another secret",))


# AA-H08: a column that the last good run read, of a table that is there.
PEOPLE = {"gender": ("pers_gender",), "ethnicity": ("pers_ethnicity",)}


def with_columns(tables: dict[str, dict[str, tuple[str, ...]]], **earlier: object) -> ExtractRun:
    """An extract of these records, each field of which was read from these columns."""
    run = extract({name: [] for name in tables}, **earlier)
    there = {name: replace(run.context.tables[name], columns=columns) for name, columns in tables.items()}
    return replace(run, context=replace(run.context, tables=Tables(there)))


def columns(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def read_before(**fields: tuple[str, ...]) -> pl.DataFrame:
    return columns(*(("ssd_person", field, column) for field, names in fields.items() for column in names))


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        (PEOPLE, PEOPLE, []),
        (PEOPLE, {"gender": ("pers_gender",)}, ["pers_ethnicity"]),
        (PEOPLE, {}, ["pers_ethnicity", "pers_gender"]),
        ({"gender": ("pers_gender",)}, PEOPLE, []),  # one that came
        # A field that is read from several columns loses what one of them alone knows.
        ({"gender": ("pers_gender", "pers_sex")}, {"gender": ("pers_gender",)}, ["pers_sex"]),
        # The source profile knows the new name.
        ({"gender": ("pers_gender",)}, {"gender": ("pers_sex",)}, []),
        ({"gender": ("pers_gender", "pers_sex")}, {"gender": ("pers_new", "pers_sex")}, []),
        # One finding a column, whatever it feeds.
        ({"gender": ("pers_gender",), "sex": ("pers_gender",)}, {}, ["pers_gender"]),
        ({"gender": ("pers_gender",), "sex": ("pers_gender",)}, {"gender": ("pers_gender",)}, []),  # it is there
    ],
)
def test_column_gone(before, now, gone):
    rows = found("AA-H08", with_columns({"persons": now}, columns=read_before(**before)))
    assert rows["column"].to_list() == gone
    assert set(rows["table"]) <= {"ssd_person"}
    assert rows["severity"].to_list() == ["error"] * len(gone)
    message = "ssd_person.{} is not read any more: the table has no such column; the last good run read it."
    assert rows["message"].to_list() == [message.format(column) for column in gone]


def test_the_columns_of_a_table_that_is_not_supplied_are_that_tables():
    before = pl.concat([read_before(**PEOPLE), columns(("ssd_contacts", "contact_date", "cont_contact_date"))])
    assert found("AA-H08", with_columns({"persons": PEOPLE}, columns=before)).is_empty()
    rows = found("AA-H08", with_columns({"persons": PEOPLE, "contacts": {}}, columns=before))
    assert rows.select("table", "column").rows() == [("ssd_contacts", "cont_contact_date")]


def test_a_column_of_the_same_name_in_another_table_is_another():
    before = columns(("ssd_contacts", "contact_date", "pers_gender"))
    assert found("AA-H08", with_columns({"persons": PEOPLE, "contacts": {}}, columns=before)).height == 1


def test_a_run_that_kept_no_names_of_columns_is_not_compared():
    result = run_checks(catalogue(), with_columns({"persons": {}}), empty(), {"AA-H08"}).result("AA-H08")
    assert (result.status, result.reasons) == (
        NOT_RUN,
        ("the last good run was made by an earlier version of annexa, which kept no names of columns",),
    )


def test_what_is_kept_of_a_read_are_names():
    run = with_columns({"persons": {"gender": ("pers_gender", "pers_sex"), "upn": ()}})
    assert columns_of(run.context).rows() == [
        ("ssd_person", "gender", "pers_gender"), ("ssd_person", "gender", "pers_sex"),
    ]  # fmt: skip
    assert columns_of(run.context).schema == COLUMNS


# AA-H09: more than 20 and more than 40 per cent of the rows that both runs have.
@pytest.mark.parametrize(
    ("both", "changed", "wrong"),
    [
        (21, 21, True),
        (20, 20, False),  # on the number
        (1000, 20, False),
        (100, 40, False),  # on the percentage
        (100, 41, True),
        (500, 200, False),
        (500, 201, True),
        (52, 21, True),
        (53, 21, False),
        (0, 0, False),
    ],
)
def test_cells_changed(both, changed, wrong):
    rows = found("AA-H09", extract(rows={3: (both, changed), 4: (50, 0)}))
    assert rows["list"].to_list() == [3] * wrong
    assert rows["severity"].to_list() == ["warning"] * wrong
    told = f"Of the {both} rows that the last good run has too, {changed} have other cells."
    assert rows["message"].to_list() == [told] * wrong


def test_rows_that_the_history_does_not_have_are_not_compared():
    result = run_checks(catalogue(), extract(rows=None), empty(), {"AA-H09"}).result("AA-H09")
    reason = "the history has no rows of the last good run: its secret was lost, or they were forgotten"
    assert (result.status, result.reasons) == (NOT_RUN, (reason,))


NIGHTLY = [check for check, each in catalogue().items() if each.scope == HISTORY]


def test_every_nightly_check_is_here():
    assert NIGHTLY == list(ON_NIGHTS) == [f"AA-H0{n}" for n in range(1, 10)]


@pytest.mark.parametrize("check", NIGHTLY)
def test_without_an_earlier_run_nothing_passes_by_being_empty(check):
    run = extract(people(M=900), {1: 0}, Night("1", DAY, {}, None, NO_CODES))
    result = run_checks(catalogue(), run, empty(), {check}).result(check)
    assert result.status == NOT_RUN
    assert result.reasons


@pytest.mark.parametrize("check", NIGHTLY)
def test_any_other_run_is_not_asked(check):
    run = replace(extract(people(M=900), {1: 0}), night=None)
    assert run_checks(catalogue(), run, empty(), {check}).result(check).status == OTHER_INPUT
    assert run_checks(catalogue(), run.built, empty(), {check}).result(check).status == OTHER_INPUT
