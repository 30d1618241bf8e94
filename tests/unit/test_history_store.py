"""The history as it is kept: intervals, retention, what is forgotten, and files that are not what they should be."""

import sqlite3
import sys
import zlib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from annexa.errors import BusyError, OutputError, SourceError, UsageError
from annexa.history import database
from annexa.history.baseline import Kind, baseline
from annexa.history.database import FILE_NAME, MIGRATIONS
from annexa.history.keys import Keys
from annexa.history.lock import locked
from annexa.history.model import DRY_RUNS
from annexa.history.secret import SECRET_NAME, make_secret, read_secret
from annexa.history.store import open_history
from tests.support.histories import CODES, DAY, KEYS, NIGHT, add, codes, manifest, rows

NIGHT_OUT = Path("out")
PERMISSIONS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "history"


@pytest.fixture
def history(folder):
    folder.mkdir()
    with open_history(folder, create=True) as opened:
        opened.adopt(KEYS.series)
        yield opened


def stored(history) -> list[tuple]:
    return history._db.execute("SELECT list, row_hash, first, last FROM row ORDER BY list, row_hash, first").fetchall()


def numbers(history) -> list[int]:
    return [run.number for run in history.runs()]


# Rows as intervals.


def test_a_night_costs_what_has_changed_and_every_night_can_be_read_again(history):
    nights = [("1 TOM a", "1 ANN b"), ("1 TOM a", "1 ANN c", "8 TOM d"), ("1 ANN c", "8 TOM d"), ("1 TOM a",)]
    for night in nights:
        add(history, *night)
    assert stored(history) == [
        (1, b"a", 1, 2),
        (1, b"a", 4, None),
        (1, b"b", 1, 1),
        (1, b"c", 2, 3),
        (8, b"d", 2, 3),
    ]
    for run, night in zip(history.runs(), nights, strict=True):
        assert_frame_equal(history.rows(run), rows(*night))


def test_runs_that_failed_or_were_killed_have_no_rows_and_leave_no_gap(history):
    add(history, "1 TOM a")
    history.fail(history.begin(NIGHT, NIGHT_OUT, own_output=True))
    history.begin(NIGHT, NIGHT_OUT, own_output=True)
    assert [run.number for run in history.running()] == [3]
    history.cut_short(3)
    assert history.running() == []
    add(history, "1 TOM b")
    assert [(run.state, run.verdict, run.good) for run in history.runs()] == [
        ("done", "good", True),
        ("failed", "failed", False),
        ("cut short", "cut short", False),
        ("done", "good", True),
    ]
    assert [None if each is None else each.height for each in map(history.rows, history.runs())] == [1, None, None, 1]
    assert history.runs()[1].manifest is None


def test_a_run_comes_back_as_it_was_recorded(history, tmp_path):
    number = history.begin(NIGHT, tmp_path / "out", own_output=False)
    told = manifest({1: 5, 8: 2})
    seconds, unable = {"reading": 0.51234, "writing": 2.0}, {"AA-201": ("ssd_a was not supplied", "no b")}
    history.finish(number, told, seconds, rows(), codes(), flagged=True, unable=unable)
    [run] = history.runs()
    assert (run.created, run.output, run.own_output, run.manifest) == (NIGHT, tmp_path / "out", False, told)
    assert (run.seconds, run.verdict, run.good) == ({"reading": 0.512, "writing": 2.0}, "flagged", False)
    assert (run.unable, run.unreadable) == (unable, False)


def test_the_day_of_a_run_is_that_of_its_place(history):
    """Half an hour after midnight in British Summer Time."""
    moment = datetime(2025, 6, 8, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    history.begin(moment, NIGHT_OUT, own_output=True, day=date(2025, 6, 8))
    history.begin(moment, NIGHT_OUT, own_output=True)
    assert [run.day for run in history.runs()] == [date(2025, 6, 8), date(2025, 6, 7)]
    assert {run.created for run in history.runs()} == {moment}


def test_a_run_that_is_withdrawn_was_never_there(history):
    history.withdraw(history.begin(NIGHT, NIGHT_OUT, own_output=True))
    assert history.runs() == []
    assert add(history) == 2


@pytest.mark.parametrize(("name", "number"), [("last", 4), ("previous", 2), ("1", 1), ("3", 3)])
def test_runs_are_found_by_name_and_number(history, name, number):
    add(history)
    add(history, flagged=True)
    history.fail(history.begin(NIGHT, NIGHT_OUT, own_output=True))
    add(history)
    assert history.find(name).number == number


@pytest.mark.parametrize(
    "name", ["previous", "2", "0", "-1", "first", "", "²", "1; DROP TABLE run", "9" * 20, "1" * 5000]
)
def test_a_run_that_is_not_there_is_named(history, name):
    add(history)
    with pytest.raises(UsageError, match="has no run"):
        history.find(name)
    assert numbers(history) == [1]


# Good runs.


def compared(history, *, edition="ilacs-2019", source="ssd", ahead=0, to=None, lists=(1, 8)) -> int | None:
    run, passed = baseline(history, Kind(edition, source, ahead, to or date(2030, 1, 1), frozenset(lists)))
    assert passed == ()
    return run.number if run else None


def test_the_last_good_run_is_of_the_same_edition_and_source_and_not_flagged(history):
    both = {1: 5, 8: 5}
    add(history, lists=both)
    add(history, lists=both, edition="ilacs-2022")
    add(history, lists=both, flagged=True)
    history.begin(NIGHT, NIGHT_OUT, own_output=True)
    assert compared(history) == 1
    assert compared(history, edition="ilacs-2022") == 2
    assert compared(history, source="other") is None
    history.accept(history.find("3"))
    assert compared(history) == 3
    assert history.find("3").verdict == "accepted"


@pytest.mark.parametrize(
    ("ahead", "lists", "number"),
    [
        (0, (1, 8), 2),
        (0, (8,), 2),
        (0, (1,), 4),
        (0, (), 4),
        (0, (1, 8, 9), None),
        (30, (1, 8), 3),
        (-1, (1,), 5),
        (1, (1,), None),
        (29, (1,), None),
    ],
)
def test_the_last_good_run_is_as_far_from_its_inspection_date_and_has_the_lists(history, ahead, lists, number):
    """Two ordinary nights; a run for a month later, one of a single list, and one for the day before."""
    both = {1: 5, 8: 5}
    for day, (to, had) in enumerate([(0, both), (0, both), (30, both), (0, {1: 5}), (-1, both)]):
        add(history, day=day, ahead=to, lists=had)
    assert compared(history, ahead=ahead, lists=lists) == number


@pytest.mark.parametrize(
    ("day", "ahead", "number"),
    [
        (10, 20, 3),  # the same inspection date, come nearer
        (5, 20, 2),  # the same distance, though another inspection date
        (10, 0, 4),  # an ordinary night
        (15, 16, None),  # neither
        (9, 0, 4),
        (31, -1, 3),  # the day after the inspection date
        (30, 0, 4),  # both: the newest one
    ],
)
def test_a_fixed_inspection_date_is_compared_with_the_same_one(history, day, ahead, number):
    """Day 30 is the inspection date of a job of days 1, 3 and 9, which stands between other runs."""
    for on, to in ((1, 29), (4, 20), (9, 21), (9, 0)):
        add(history, day=on, ahead=to)
    to = DAY + timedelta(days=day + ahead)
    assert compared(history, ahead=ahead, to=to, lists=(1,)) == number


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (0, "the day of the run (02/06/2025)"),
        (1, "1 day after the day of the run (or for 02/06/2025)"),
        (-40, "40 days before the day of the run (or for 02/06/2025)"),
    ],
)
def test_what_a_run_is_compared_with_in_words(ahead, words):
    told = f"edition e and source profile s, for {words}, with at least the lists of this run"
    assert Kind("e", "s", ahead, DAY, frozenset({1})).words == told


def test_only_a_run_that_is_flagged_can_be_accepted(history):
    add(history)
    history.fail(history.begin(NIGHT, NIGHT_OUT, own_output=True))
    for name, state in (("1", "good"), ("2", "failed")):
        with pytest.raises(UsageError, match=f"not flagged: it is {state}"):
            history.accept(history.find(name))
    add(history, flagged=True)
    history.accept(history.find("3"))
    with pytest.raises(UsageError, match="Run 3 is not flagged: it is accepted"):
        history.accept(history.find("3"))
    assert [run.verdict for run in history.runs()] == ["good", "failed", "accepted"]


def test_a_good_run_is_rejected_and_is_no_measure_any_more(history):
    add(history, code=("A",))
    add(history, code=("A", "B"))
    history.reject(history.find("last"))
    assert (compared(history, lists=(1,)), history.codes()["code"].to_list()) == (1, ["A"])
    [_, run] = history.runs()
    assert (run.verdict, run.told, run.good, run.wrong) == ("flagged", "flagged: rejected", False, ())
    with pytest.raises(UsageError, match="Run 2 is not good: it is flagged"):
        history.reject(run)
    history.accept(run)
    assert compared(history, lists=(1,)) == 2


def test_an_accepted_run_is_rejected_and_is_flagged_by_what_flagged_it(history):
    add(history, flagged=True, wrong=("AA-H05", "AA-H02"))
    assert history.find("1").told == "flagged: AA-H02, AA-H05"
    history.accept(history.find("1"))
    assert history.find("1").told == "accepted"
    history.reject(history.find("1"))
    assert history.find("1").told == "flagged: AA-H02, AA-H05"
    assert compared(history, lists=(1,)) is None


def test_only_a_good_run_is_rejected(history):
    history.fail(history.begin(NIGHT, NIGHT_OUT, own_output=True))
    history.begin(NIGHT, NIGHT_OUT, own_output=True)
    for name, state in (("1", "failed"), ("2", "running")):
        with pytest.raises(UsageError, match=f"Run {name} is not good: it is {state}"):
            history.reject(history.find(name))
        assert history.find(name).told == state


def test_what_flagged_a_run_of_an_earlier_version_is_not_known(history):
    add(history, flagged=True)
    history._db.execute("UPDATE run SET wrong = NULL")
    assert (history.find("1").told, history.find("1").wrong) == ("flagged", None)
    history.accept(history.find("1"))
    history.reject(history.find("1"))
    assert history.find("1").told == "flagged"


def test_only_the_codes_of_good_runs_count_as_seen(history):
    add(history, code=("A", "B"))
    add(history, code=("A", "C", "?x"), flagged=True)
    assert sorted(history.codes()["code"]) == ["A", "B"]
    history.accept(history.find("2"))
    assert history.codes().sort("code").rows() == [
        ("t", "c", "?x", False),
        ("t", "c", "A", True),
        ("t", "c", "B", True),
        ("t", "c", "C", True),
    ]


def test_each_run_knows_the_columns_that_it_read(history):
    read = [("a", "b"), ("b",), (), ("a", "b"), ("b", "c")]
    for names in read:
        add(history, column=names)
    assert [history.columns(run)["column"].to_list() for run in history.runs() if run.number != 3] == [
        list(names) for names in read if names
    ]
    assert history.columns(history.find("1")).rows() == [("t", "f", "a"), ("t", "f", "b")]
    held = history._db.execute("SELECT source_column, first, last FROM column_read ORDER BY 1, 2").fetchall()
    assert held == [("a", 1, 1), ("a", 4, 4), ("b", 1, 2), ("b", 4, None), ("c", 5, None)]
    # Of one that kept none, as in a history of an earlier version, nothing is known.
    assert history.columns(history.find("3")) is None
    history.retain(NIGHT + timedelta(days=9), 1)
    assert history.columns(history.find("1")) is not None


def test_columns_that_no_run_read_any_more_are_deleted_and_no_secret_hides_them(history):
    for day, names in enumerate([("a",), ("b",), ("b",)]):
        add(history, column=names, day=day, own_output=False)
    history.retain(NIGHT + timedelta(days=3), 1)
    assert history._db.execute("SELECT source_column FROM column_read").fetchall() == [("b",)]
    history.adopt(Keys(b"n" * 32).series)
    assert history.columns(history.find("last"))["column"].to_list() == ["b"]


# Retention, and what is forgotten.


@pytest.mark.parametrize(("days", "left"), [(1, [4]), (2, [3, 4]), (9, [3, 4]), (10, [1, 2, 3, 4])])
def test_runs_are_deleted_the_day_after_they_have_been_kept_for_long_enough(history, days, left):
    add(history, "1 TOM a", "1 ANN a", code=("OLD", "A"), own_output=False)
    add(history, "1 TOM b", "1 ANN a", code=("A",), own_output=False)
    add(history, "1 TOM c", "1 ANN a", day=8)
    add(history, "1 TOM c", "1 ANN a", day=10)
    history.cleared([3])
    history.retain(NIGHT + timedelta(days=10), days)
    assert numbers(history) == left
    # Rows that a run which is still there has stay, those of no such run go.
    assert (1, b"a", 1, None) in stored(history)
    assert ((1, b"b", 2, 2) in stored(history)) is (2 in left)
    assert ("OLD" in list(history.codes()["code"])) is (1 in left)
    for run in history.runs():
        assert history.rows(run).height == 2


def test_the_newest_run_stays_whatever_its_age(history):
    add(history, "1 TOM a")
    history.retain(NIGHT + timedelta(days=4000), 1)
    assert numbers(history) == [1]


def test_a_run_whose_own_output_stands_stays_whatever_its_age(history):
    for day in range(3):
        add(history, day=day)
    history.retain(NIGHT + timedelta(days=100), 1)
    assert numbers(history) == [1, 2, 3]
    history.cleared([1])
    history.retain(NIGHT + timedelta(days=100), 1)
    assert numbers(history) == [2, 3]


def test_a_number_is_never_used_again(history):
    for day in (0, 1):
        add(history, day=day)
    history._db.execute("DELETE FROM run")
    assert add(history) == 3


def test_only_folders_that_no_recent_run_wrote_to_are_old(history, folder):
    own = folder / DRY_RUNS
    for day, name in ((0, "a"), (0, "b"), (5, "b"), (6, "c"), (0, "d")):
        add(history, day=day, output=own / name)
    history.begin(NIGHT, folder / "named", own_output=False)
    # Somebody has named the folder of another day for a run of today's.
    history.begin(NIGHT + timedelta(days=6), folder / "." / DRY_RUNS / "d", own_output=False)
    assert history.old_outputs(NIGHT + timedelta(days=7), 2) == {own / "a": [1]}
    assert history.old_outputs(NIGHT + timedelta(days=7), 7) == {}
    every = {own / "a": [1], own / "b": [2, 3], own / "c": [4], own / "d": [5]}
    assert history.old_outputs(NIGHT + timedelta(days=30), 1) == every
    history.cleared([2, 3])
    assert history.old_outputs(NIGHT + timedelta(days=30), 1).keys() == every.keys() - {own / "b"}


def test_its_own_folders_are_where_the_history_is(folder, history, monkeypatch):
    """However it is named, and wherever it was when they were made."""
    add(history, output=folder / DRY_RUNS / "b")
    add(history, output=folder / DRY_RUNS / "a")
    history._db.execute("UPDATE run SET output = '/srv/before/dry-runs/b' WHERE number = 1")  # as version 1 wrote it
    monkeypatch.chdir(folder.parent)
    moved = folder.parent / "moved"
    for place in (folder, Path("history"), folder.parent / "." / "history", moved):
        if place == moved:
            folder.rename(moved)
        own = [place / DRY_RUNS / name for name in ("a", "b")]
        with open_history(place) as opened:
            assert [run.output for run in opened.runs()] == own[::-1]
            assert opened.old_outputs(NIGHT + timedelta(days=30), 1) == {own[0]: [2], own[1]: [1]}


@pytest.mark.parametrize(("hours", "begun"), [(0, None), (1, 0), (24, 0), (25, 24), (900, 24)])
def test_when_the_run_before_a_moment_began(history, hours, begun):
    for day in (1, 0, 40):  # the clock was put back, and went far ahead
        add(history, day=day)
    wanted = None if begun is None else NIGHT + timedelta(hours=begun)
    assert history.last_before(NIGHT + timedelta(hours=hours)) == wanted


def test_a_child_is_forgotten_in_every_run(history, folder):
    add(history, "1 TOM a", "8 TOM b", "1 ANN b")
    add(history, "1 TOM c", "1 ANN b")
    assert history.forget(KEYS.child("TOM")) == 3
    assert stored(history) == [(1, b"b", 1, None)]
    assert history.forget(KEYS.child("TOM")) == 0
    # Deleted is overwritten: nothing of the key is left in the file.
    assert KEYS.child("TOM") not in (folder / FILE_NAME).read_bytes()
    assert KEYS.child("ANN") in (folder / FILE_NAME).read_bytes()


def test_a_secret_that_was_lost_ends_the_series(history):
    assert history.adopt(KEYS.series) is False
    add(history, "1 TOM a", code=("A",))
    assert history.adopt(Keys(b"n" * 32).series) is True
    [run] = history.runs()
    assert (history.comparable(run), history.rows(run), stored(history), history.codes().height) == (False, None, [], 0)
    assert run.manifest == manifest()
    add(history, "1 TOM a")
    assert [history.comparable(run) for run in history.runs()] == [False, True]
    assert history.rows(history.find("2")).height == 1


# The file.


def test_there_is_no_history_before_the_first_run(tmp_path):
    with pytest.raises(UsageError, match="There is no history"), open_history(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@PERMISSIONS
def test_only_the_owner_may_read_it(folder, history):
    make_secret(folder)
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        FILE_NAME: 0o600,
        SECRET_NAME: 0o600,
    }


@PERMISSIONS
def test_rights_that_are_too_wide_are_taken_away(folder, history):
    make_secret(folder)
    (folder / DRY_RUNS).mkdir()
    modes = {folder / FILE_NAME: 0o644, folder / SECRET_NAME: 0o664, folder / DRY_RUNS: 0o755}
    for path, mode in modes.items():
        path.chmod(mode)
    with open_history(folder):
        assert {path: path.stat().st_mode & 0o777 for path in modes} == dict(
            zip(modes, (0o600, 0o600, 0o700), strict=True)
        )
    (folder / SECRET_NAME).chmod(0o444)
    read_secret(folder)
    assert (folder / SECRET_NAME).stat().st_mode & 0o777 == 0o400


def test_a_history_of_version_1_is_read_as_it_was(tmp_path):
    with open_history(tmp_path, create=True, migrations=MIGRATIONS[:1]) as first:
        values = ("2025-06-07T23:30:00+00:00", "running", "/srv/before/dry-runs/2025-06-08", True)
        first._db.execute("INSERT INTO run (created, state, output, own_output) VALUES (?, ?, ?, ?)", values)
    with open_history(tmp_path) as history:
        [run] = history.running()
        assert (run.day, run.unable, run.output) == (date(2025, 6, 7), {}, tmp_path / DRY_RUNS / "2025-06-08")
        assert list(history.old_outputs(NIGHT + timedelta(days=30), 1).values()) == [[1]]


def test_a_history_of_version_2_keeps_its_runs_and_knows_no_columns_of_them(tmp_path):
    with open_history(tmp_path, create=True, migrations=MIGRATIONS[:2]) as second:
        values = ("2025-06-02T01:00:00+00:00", "2025-06-02", "done", 1, "out", False)
        second._db.execute(
            "INSERT INTO run (created, day, state, flagged, output, own_output) VALUES (?, ?, ?, ?, ?, ?)", values
        )
    with open_history(tmp_path) as history:
        add(history, column=("a",))
        before, now = history.runs()
        assert (history.columns(before), history.columns(now)["column"].to_list()) == (None, ["a"])


def test_an_older_version_is_brought_up_to_date_and_keeps_its_runs(folder, history):
    add(history, "1 TOM a")
    newer = (*MIGRATIONS, ("ALTER TABLE run ADD COLUMN told TEXT", "UPDATE run SET told = 'yes'"))
    with open_history(folder, migrations=newer) as opened:
        assert numbers(opened) == [1]
        assert opened._db.execute("SELECT told FROM run").fetchall() == [("yes",)]
        assert opened._db.execute("PRAGMA user_version").fetchone() == (len(newer),)
    with open_history(folder, migrations=newer) as opened:
        assert numbers(opened) == [1]


def test_a_migration_that_fails_leaves_the_file_as_it_was(folder, history):
    add(history, "1 TOM a")
    broken = (*MIGRATIONS, ("ALTER TABLE run ADD COLUMN told TEXT", "no SQL"))
    with pytest.raises(sqlite3.OperationalError, match="syntax"), open_history(folder, migrations=broken):
        pass
    with open_history(folder) as opened:
        assert numbers(opened) == [1]
        assert "told" not in [each[1] for each in opened._db.execute("PRAGMA table_info(run)")]


def test_a_newer_version_is_left_as_it_is(folder, history):
    history._db.execute("PRAGMA user_version = 99")
    before = (folder / FILE_NAME).read_bytes()
    with pytest.raises(SourceError, match="newer version of annexa"), open_history(folder, create=True):
        pass
    assert (folder / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("damage", ["text", "cut", "page", "other"])
def test_a_file_that_is_damaged_or_another_is_left_alone(tmp_path, damage):
    path = tmp_path / FILE_NAME
    with open_history(tmp_path, create=True) as history:
        history.adopt(KEYS.series)
        add(history, *(f"1 CHILD{n} a" for n in range(200)))
    content = path.read_bytes()
    if damage == "other":
        path.unlink()
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE theirs (a)")
        other.close()
    else:
        middle = len(content) // 2
        path.write_bytes(
            {
                "text": b"no database at all" * 100,
                "cut": content[:middle],
                "page": content[:4096] + b"\xff" * 8192 + content[12288:],
            }[damage]
        )
    before = path.read_bytes()
    with (
        pytest.raises(SourceError, match="no history of annexa" if damage == "other" else "is damaged") as caught,
        open_history(tmp_path, create=True) as history,
    ):
        history.runs()
    assert "left as it is" in caught.value.message
    assert path.read_bytes() == before


def test_a_file_of_nothing_is_a_history_that_was_not_begun(tmp_path):
    (tmp_path / FILE_NAME).touch()
    with open_history(tmp_path) as history:
        assert history.runs() == []


@pytest.mark.parametrize("content", [b"\0", zlib.compress(b"no JSON"), zlib.compress(b"{}")])
def test_a_run_whose_counts_cannot_be_read_is_passed_over(history, content):
    add(history)
    add(history, "1 TOM a")
    history._db.execute("UPDATE run SET manifest = ? WHERE number = 2", (content,))
    assert [(run.verdict, run.unreadable) for run in history.runs()] == [("good", False), ("good", True)]
    run, passed = baseline(history, Kind("ilacs-2019", "ssd", 0, DAY, frozenset({1})))
    assert (run.number, passed) == (1, (2,))
    assert history.rows(history.find("2")).height == 1


def test_two_connections_write_one_after_the_other(folder, history):
    with open_history(folder) as other:
        for number in range(5):
            assert add(history, f"1 TOM {number}") == 2 * number + 1
            assert add(other, f"1 TOM {number}") == 2 * number + 2
            assert numbers(history) == numbers(other)
    assert [len(stored(history)), history.find("last").number] == [5, 10]


def test_what_another_connection_holds_is_waited_for_and_then_busy(folder, history, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with open_history(folder) as other:
        other._db.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="at work"), open_history(folder) as third:
            add(third)
        assert numbers(history) == []


def test_a_run_is_recorded_whole_or_not_at_all(history, monkeypatch):
    number = history.begin(NIGHT, NIGHT_OUT, own_output=True)

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("annexa.history.store.record_codes", full)
    with pytest.raises(sqlite3.OperationalError):
        history.finish(number, manifest(), {}, rows("1 TOM a"), pl.DataFrame(schema=CODES), flagged=False)
    assert (stored(history), history.runs()[0].state) == ([], "running")


def _add_without_room(folder):
    with open_history(folder) as other:
        [pages] = other._db.execute("PRAGMA page_count").fetchone()
        other._db.execute(f"PRAGMA max_page_count = {pages}")
        add(other, *(f"1 CHILD{n} a" for n in range(5000)))


def test_a_full_disk_is_told_and_costs_nothing(folder, history):
    add(history, "1 TOM a")
    with pytest.raises(OutputError, match="the disk is full") as caught:
        _add_without_room(folder)
    assert "as it was" in caught.value.message
    assert [run.verdict for run in history.runs()] == ["good", "running"]


# The lock and the secret.


def test_two_runs_are_kept_apart(tmp_path):
    with (
        locked(tmp_path / "made" / "history"),
        pytest.raises(BusyError) as caught,
        locked(tmp_path / "made" / "history"),
    ):
        pass
    assert caught.value.exit_code == 5
    with locked(tmp_path / "made" / "history"):
        pass
    assert list((tmp_path / "made" / "history").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written to"), locked(tmp_path / "file" / "history"):
        pass


def test_the_secret_is_made_once(tmp_path):
    assert read_secret(tmp_path) is None
    secret = make_secret(tmp_path)
    assert len(secret) == 32
    assert read_secret(tmp_path) == secret != make_secret(tmp_path)


@pytest.mark.parametrize("content", ["", "00", "no hex at all", "é" * 64])
def test_a_damaged_secret_is_named(tmp_path, content):
    (tmp_path / SECRET_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match="is damaged"):
        read_secret(tmp_path)


def test_another_secret_gives_other_keys_and_kinds_have_keys_of_their_own():
    other = Keys(b"n" * 32)
    assert KEYS.child("4711") == Keys(b"k" * 32).child("4711") != other.child("4711")
    assert KEYS.series != other.series
    assert KEYS.child("4711").hex() != KEYS.values(pl.Series(["4711"]))[0]
