"""Pseudonyms, their key, and what becomes of single cells."""

import errno
import os
import stat

import polars as pl
import pytest

from annexa.errors import OutputError, UsageError
from annexa.extract.files import ROW
from annexa.extract.read import RawExtract, RawTable
from annexa.pseudonyms.cells import sector
from annexa.pseudonyms.extract import ExtractCopier
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.key import load_key
from annexa.pseudonyms.treatments import NOT_KNOWN, Words
from annexa.sources import load_source

KEY = bytes(range(32))
NAMED = Pseudonyms(KEY)
LOCAL = """
title = "Local"
date_formats = ["YYYY-MM-DD", "DD/MM/YYYY", "DD.MM.YYYY"]
[tables.persons]
table = "people"
columns = { person_id = "id", birth_date = "born", gender = "sex" }
[tables.contacts]
table = "events"
columns = { contact_id = "no", person_id = "child", contact_date = "day", contact_source = "from", outcome_json = "o" }
own_codes = ["from"]
[tables.cin_episodes]
table = "events"
[tables.cin_episodes.columns]
referral_id = "no"
person_id = "child"
referral_date = "day"
worker = "no"
close_date = "closed"
outcome_json = "o"
[values.source]
"7" = "6"
[ignored]
"involvements.role" = ["Not ours"]
[tables.involvements]
table = "roles"
columns = { involvement_id = "i", person_id = "p", professional_id = "w", role = "r", start_date = "s", end_date = "e" }
"""


def copied(tmp_path, profile: str | None = None, words: Words | None = None, **tables: dict[str, list]):
    """Copy tables given as column -> cells; return their frames and counts by name."""
    name = "ssd"
    if profile:
        path = tmp_path / "local.toml"
        path.write_text(profile, encoding="utf-8")
        name = str(path)
    raw = {}
    for table, columns in tables.items():
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_row_index(ROW, 2)
        raw[table] = RawTable(table, f"{table}.csv", frame, (*columns, "unknown column"))
    copier = ExtractCopier(load_source(name), NAMED, words or Words(roles=("CW",), authorities=("Exshire",)))
    return {each.name: each for each in copier.tables(RawExtract(raw, (), ()))}


def cells(tmp_path, table: str, column: str, *texts: str | None) -> dict[str | None, str | None]:
    """Copy one column of a table of the standard layout; return text -> what became of it."""
    made = {}
    for text in texts:
        each = copied(tmp_path, **{table: {column: [text]}})[table]
        made[text] = each.frame[column].item() if column in each.frame.columns else "no column"
    return made


def test_a_pseudonym_hangs_on_text_and_key_alone():
    assert NAMED.of("200034") == Pseudonyms(KEY).of("200034") == NAMED.column(pl.Series(["x", "200034", None]))[1]
    others = {NAMED.of("200034"), NAMED.of("200035"), NAMED.of("0200034"), Pseudonyms(KEY[::-1]).of("200034")}
    assert len(others) == 4
    assert NAMED.column(pl.Series(["a", None, "a", ""])).to_list() == [NAMED.of("a"), None, NAMED.of("a"), NAMED.of("")]
    assert NAMED.column(pl.Series([], dtype=pl.String)).to_list() == []
    assert len(NAMED.of("x")) == 17
    assert NAMED.of("x")[0] == "P"
    assert repr(NAMED) == "Pseudonyms(hidden)"


def test_identifiers_and_what_stands_for_none(tmp_path):
    assert cells(tmp_path, "ssd_contacts", "cont_person_id", " 12 ", "-1", "Unknown", "SSD_PH", "  ", None) == {
        " 12 ": NAMED.of("12"), "-1": "-1", "Unknown": "Unknown", "SSD_PH": "SSD_PH", "  ": None, None: None,
    }  # fmt: skip
    # No event is called unknown, so this is the identifier of one.
    assert cells(tmp_path, "ssd_contacts", "cont_contact_id", "Unknown") == {"Unknown": NAMED.of("Unknown")}


def test_names_numbers_and_free_text(tmp_path):
    for table, column in (
        ("ssd_person", "pers_upn"), ("ssd_person", "pers_common_child_id"), ("ssd_person", "pers_forename"),
        ("annexa_exploitation", "services"), ("ssd_pre_proceedings", "prep_court_reference"),
    ):  # fmt: skip
        assert cells(tmp_path, table, column, "Jane Doe") == {"Jane Doe": "no column"}
    for table, column in (
        ("ssd_professionals", "prof_professional_name"), ("ssd_cin_episodes", "cine_referral_worker_id"),
        ("ssd_department", "dept_team_name"), ("ssd_cla_placement", "clap_cla_placement_urn"),
    ):  # fmt: skip
        assert cells(tmp_path, table, column, "Jane Doe") == {"Jane Doe": NAMED.of("Jane Doe")}


def test_dates(tmp_path):
    births = cells(
        tmp_path, "ssd_person", "pers_dob", "2012-02-29", "01/03/2012", "2012-03-31 10:15", "Jane", "1899-12-31"
    )
    assert births == {
        "2012-02-29": "2012-02-01", "01/03/2012": "2012-03-01", "2012-03-31 10:15": "2012-03-01", "Jane": None,
        "1899-12-31": None,
    }  # fmt: skip
    assert cells(tmp_path, "ssd_person", "pers_expected_dob", "2018-07-15") == {"2018-07-15": "2018-07-01"}
    assert cells(tmp_path, "ssd_contacts", "cont_contact_date", "31/01/2018 09:30", "1900-01-01", "soon") == {
        "31/01/2018 09:30": "2018-01-31", "1900-01-01": None, "soon": None,
    }  # fmt: skip


def test_of_a_time_only_the_hour_is_kept(tmp_path):
    texts = ("2018-01-31T09:59:59", "31/01/2018 10:00", "2018-01-31 23:59", "2018-01-31 00:01", "2018-01-31", "soon")
    for column in ("miss_missing_episode_start_date", "miss_missing_episode_end_date"):
        assert cells(tmp_path, "ssd_missing", column, *texts) == dict(
            zip(
                texts,
                (
                    "2018-01-31 09:00:00", "2018-01-31 10:00:00", "2018-01-31 23:00:00", "2018-01-31 00:00:00",
                    "2018-01-31 00:00:00", None,
                ),
                strict=True,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("EX4 3AB", "EX4 3"), ("ex43ab", "EX4 3"), (" SW1A  1AA ", "SW1A 1"), ("M1 1AE", "M1 1"), ("EX4 3", "EX4 3"),
        ("EX4 3AB, Jane", None), ("12 High Street EX4 3AB", None), ("EX4", None), ("Jane", None), (None, None),
    ],
)  # fmt: skip
def test_postcodes(text, kept):
    made = sector(pl.Series([text], dtype=pl.String))
    assert made.values.to_list() == [kept]
    assert made.left_out == (text is not None and kept is None)


def test_codes_stay_only_where_a_map_knows_them(tmp_path):
    assert cells(tmp_path, "ssd_person", "pers_gender", " f ", "Jane", "NULL", None) == {
        " f ": "f", "Jane": NOT_KNOWN, "NULL": None, None: None,
    }  # fmt: skip
    several = cells(tmp_path, "ssd_cp_plans", "cppl_cp_plan_latest_category", "Multiple: Neglect, NEG", "Neglect, Jane")
    assert several == {"Multiple: Neglect, NEG": "Multiple: Neglect, NEG", "Neglect, Jane": NOT_KNOWN}


def test_words_that_a_rule_looks_for_stay(tmp_path):
    assert cells(tmp_path, "ssd_involvements", "invo_professional_role_id", "cw", "CW Jane", "Jane") == {
        "cw": "cw", "CW Jane": NAMED.of("CW Jane"), "Jane": NAMED.of("Jane"),
    }  # fmt: skip
    assert cells(tmp_path, "annexa_placement_locations", "la_name", "Exshire", "Wales", "Jane") == {
        "Exshire": "Exshire", "Wales": "Wales", "Jane": NAMED.of("Jane"),
    }  # fmt: skip
    assert cells(tmp_path, "annexa_virtual_school", "year_group", "Yr 09", "9 Jane") == {
        "Yr 09": "Yr 09", "9 Jane": NAMED.of("9 Jane"),
    }  # fmt: skip
    made = copied(tmp_path, words=Words(), ssd_involvements={"invo_professional_role_id": ["CW"]})
    assert made["ssd_involvements"].frame.item() == NAMED.of("CW")


def test_json_keeps_what_rules_read(tmp_path):
    text = '{"NFA_FLAG": "Yes", "MISSING_FLAG": "Jane", "COMMENTS": "Jane", "ADVICE_FLAG": 0, "Jane": "Y"}'
    kept = '{"NFA_FLAG":"Y","ADVICE_FLAG":"N"}'
    outcomes = cells(tmp_path, "ssd_contacts", "cont_contact_outcome_json", text, '["Jane"]', "{}", '{"NFA', None)
    assert outcomes == {text: kept, '["Jane"]': "{}", "{}": "{}", '{"NFA': None, None: None}
    factors = cells(
        tmp_path, "ssd_assessment_factors", "cinf_assessment_factors_json", '["10A Jane", "2B"]', '{"11A": "Yes"}', "[]"
    )
    assert factors == {'["10A Jane", "2B"]': '["10A"]', '{"11A": "Yes"}': '["11A"]', "[]": "[]"}


def test_numbers(tmp_path):
    assert cells(tmp_path, "ssd_sdq_scores", "csdq_sdq_score", " 12 ", "Jane", "4435012345") == {
        " 12 ": "12", "Jane": None, "4435012345": None,
    }  # fmt: skip
    assert cells(tmp_path, "annexa_attainment", "progress_score", "-0.4") == {"-0.4": "-0.4"}


def test_what_was_left_out_is_counted_and_rows_are_put_in_another_order(tmp_path):
    made = copied(tmp_path, ssd_person={"pers_person_id": ["1", "2", "3"], "pers_gender": ["Jane", "Joan", "F"]})
    table = made["ssd_person"]
    assert (table.columns_left_out, dict(table.cells_left_out)) == (1, {"pers_gender": 2})
    assert table.frame["pers_person_id"].to_list() == sorted(map(NAMED.of, "123"))
    again = copied(tmp_path, ssd_person={"pers_person_id": ["3", "1", "2"], "pers_gender": ["F", "Jane", "Joan"]})
    assert again["ssd_person"].frame.equals(table.frame)


def test_rows_without_an_identifier_stay_as_many_as_they_are(tmp_path):
    """Those that only a text which is left out tells apart get one each (K10); identical ones stay alike."""
    rows = {
        "earl_person_id": ["1", "1", "1", "1", "1"],
        "earl_episode_id": [None, None, None, None, "7"],
        "earl_episode_organisation": ["A", "A", "A", "B", "A"],
        "earl_episode_end_reason": ["moved", "worked", " moved ", "moved", "moved"],
    }
    frame = copied(tmp_path, ssd_early_help_episodes=rows)["ssd_early_help_episodes"].frame
    episodes = dict(frame.group_by("earl_episode_organisation").agg("earl_episode_id").iter_rows())
    assert episodes[NAMED.of("B")] == [None]
    first, second, third, fourth = sorted(episodes[NAMED.of("A")])
    assert NAMED.of("7") in (first, second, third, fourth)
    assert len({first, second, third, fourth}) == 3
    assert None not in (first, second, third, fourth)
    turned = copied(tmp_path, ssd_early_help_episodes={name: cells[::-1] for name, cells in rows.items()})
    assert turned["ssd_early_help_episodes"].frame.equals(frame)


def test_a_table_without_its_column_of_identifiers_gets_one_where_rows_need_it(tmp_path):
    texts = ['{"Jane": "Y"}', '{"Joan": "Y"}']
    for json, column in ((texts, 2), (texts[:1] * 2, None)):
        made = copied(tmp_path, ssd_contacts={"cont_person_id": ["1", "1"], "cont_contact_outcome_json": json})
        frame = made["ssd_contacts"].frame
        assert frame["cont_contact_outcome_json"].to_list() == ["{}", "{}"]
        assert (frame["cont_contact_id"].drop_nulls().n_unique() if "cont_contact_id" in frame else None) == column
        assert made["ssd_contacts"].columns_left_out == 1


def test_no_child_is_invented(tmp_path):
    people = {"pers_person_id": [None, None, "-1"], "pers_forename": ["Jane", "Joan", "Jean"], "pers_gender": ["F"] * 3}
    assert copied(tmp_path, ssd_person=people)["ssd_person"].frame["pers_person_id"].to_list() == ["-1", None, None]


def test_a_column_of_several_fields_is_treated_as_the_strictest_says(tmp_path):
    """Contacts and referrals in one table; a column of local codes; texts that the profile ignores."""
    made = copied(
        tmp_path, LOCAL,
        events={
            "no": ["5"], "child": ["unknown"], "day": ["31.12.2017"], "from": ["7"], "o": ['{"CARE_LEAVER_FLAG":1}'],
        },
        roles={"r": ["not  ours"], "p": ["1"]},
    )  # fmt: skip
    events = made["events"].frame.row(0, named=True)
    assert events == {
        "no": NAMED.of("5"), "child": "unknown", "day": "2017-12-31", "from": "7", "o": '{"CARE_LEAVER_FLAG":"Y"}',
    }  # fmt: skip
    assert made["roles"].frame["r"].to_list() == ["not  ours"]
    # 6 is a standard code, and in a column of the system's own it is a number that nobody knows.
    assert copied(tmp_path, LOCAL, events={"from": ["6"]})["events"].frame.item() == NOT_KNOWN


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    path, out = tmp_path / "keys" / "key", tmp_path / "out"
    key = load_key(path, out, [])
    assert (key.made, len(key.value)) == (True, 32)
    assert not path.parent.exists(), "nothing is written before there is a copy"
    with key.kept():
        pass
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    again = load_key(path, out, [])
    assert (again.value, again.made) == (key.value, False)
    assert load_key(path.with_name("other"), out, []).value != key.value
    assert repr(key) == f"Key(path={path!r}, made=True)"


@pytest.mark.parametrize("beside", [False, True])
def test_a_run_that_fails_leaves_no_new_key_and_takes_no_old_one(tmp_path, beside):
    path = tmp_path / "keys" / "key"
    if beside:
        path.parent.mkdir()
    for error in (OutputError("full", ""), KeyboardInterrupt()):
        with pytest.raises(type(error)), load_key(path, tmp_path / "out", []).kept():
            raise error
        assert (path.exists(), path.parent.exists()) == (False, beside)
    with load_key(path, tmp_path / "out", []).kept():
        pass
    with pytest.raises(KeyboardInterrupt), load_key(path, tmp_path / "out", []).kept():
        raise KeyboardInterrupt
    assert not load_key(path, tmp_path / "out", []).made


def test_of_two_runs_that_make_a_key_at_once_one_is_refused(tmp_path):
    first, second = (load_key(tmp_path / "key", tmp_path / "out", []) for _ in range(2))
    with first.kept(), pytest.raises(OutputError, match="File exists"), second.kept():
        pass
    assert load_key(tmp_path / "key", tmp_path / "out", []).value == first.value


@pytest.mark.parametrize(
    "content", ["", "secret", "annexa-pseudonym-key-1 ", "annexa-pseudonym-key-1 00\n", "é", "00" * 32]
)
def test_another_file_is_no_key_and_stays_as_it_is(tmp_path, content):
    path = tmp_path / "key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="is no key"):
        load_key(path, tmp_path / "out", [])
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "key"
    with load_key(path, tmp_path / "out", []).kept():
        path.chmod(0o640)
    with pytest.raises(UsageError, match="others than its owner"):
        load_key(path, tmp_path / "out", [])


def test_the_key_lies_apart_from_copy_and_source(tmp_path):
    extract, out, link = tmp_path / "data" / "extract", tmp_path / "out", tmp_path / "link"
    extract.mkdir(parents=True)
    link.symlink_to(tmp_path / "data")
    for place in (out / "key", out / "a" / "key", extract / "key", tmp_path / "data" / "key", link / "key"):
        with pytest.raises(UsageError, match="--key: the key would lie"):
            load_key(place, out, [extract])
        assert not place.exists()
    with pytest.raises(UsageError, match="no folder"):
        load_key(tmp_path / "none" / "none" / "key", out, [extract])


def test_no_half_key_is_left_behind(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for path in (tmp_path / "key", tmp_path / "keys" / "key"):
        with pytest.raises(OutputError, match="No space left"), load_key(path, tmp_path / "out", []).kept():
            pytest.fail("there is no copy without its key")
        assert list(tmp_path.iterdir()) == []
