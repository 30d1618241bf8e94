"""A full disk, a locked file, a clock that jumps, a damaged history: what a night says, and what the next one does."""

import errno
import io
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from annexa.history.database import FILE_NAME
from annexa.history.secret import SECRET_NAME
from annexa.history.store import History, open_history
from annexa.outputs import stage as stage_module
from annexa.outputs.manifest import verify
from annexa.outputs.stage import Stage
from annexa.pipeline import nightly
from annexa.pipeline.last_good import taken
from annexa.settings import HistorySettings, Settings
from tests.support.cli import Ran, annexa, contents
from tests.support.histories import KEYS, add, codes, manifest, rows
from tests.support.nights import CUT, DAY, NEXT, NIGHT, at, authority, output, run, verdicts

ZONES = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set there")


def one_error(done: Ran, code: int, message: str) -> None:
    """One message with its exit code, and no more."""
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert done.err.count("Error:") == 1


def went_wrong(ground, folder: Path, command: str) -> None:
    """The outputs are those from before, nothing temporary is left, the history has the run as failed, and the next
    run is as if nothing had happened."""
    assert contents(output(folder, command)) == ground.before(command)
    failed = ["failed"] if command == "dry-run" else []
    assert verdicts(folder) == ["good", "good", *failed]
    assert contents(folder / "history").keys() == contents(ground.folder / "history").keys()
    done = run(folder, command)
    assert done.code == 0
    assert "cut short" not in done.err
    assert contents(output(folder, command)) == ground.after(command)


# A full disk.


class Full(io.FileIO):
    """A file on a disk that is full after a hundred bytes."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("build", "findings.csv"),
        ("dry-run", "annex-a.xlsx"),
        ("dry-run", "findings.json"),
    ],
)
def test_a_disk_that_is_full_at_an_output(ground, tmp_path, monkeypatch, command, name):
    folder = ground.copy(tmp_path)
    real = io.open

    def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        if Path(str(file)).name == name and "w" in mode:
            return io.BufferedWriter(Full(file, "w"))
        return real(file, mode, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(io, "open", opened)
        done = run(folder, command, CUT)
    one_error(done, 4, f"{name} could not be written: ")
    assert "Free some space" in done.err
    went_wrong(ground, folder, command)


def test_a_disk_that_is_full_at_the_history(ground, tmp_path, monkeypatch):
    folder = ground.copy(tmp_path)
    real = History.finish

    def finish(history: History, *args: Any, **options: Any) -> None:
        [pages] = history._db.execute("PRAGMA page_count").fetchone()
        history._db.execute(f"PRAGMA max_page_count = {pages}")
        real(history, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(History, "finish", finish)
        done = run(folder, "dry-run", CUT)
    one_error(done, 4, f"The history in {folder / 'history'} cannot be written: the disk is full. It is as it was.")
    # What was built is there, whole, and counts as nothing: the next night is compared with the last good one.
    assert verify(output(folder, "dry-run")) == []
    assert verdicts(folder) == ["good", "good", "failed"]
    told = json.loads(run(folder, "dry-run", NEXT, "--json").out)
    assert (told["run"], told["state"], told["compared_with"]) == (4, "good", 2)


# An output that is open in another program.


def test_an_output_that_is_open_in_another_program(ground, tmp_path, monkeypatch):
    folder = ground.copy(tmp_path)
    name = "findings.xlsx"  # by the time that it is met others have been moved
    real = stage_module._replace

    def locked(source: Path, target: Path) -> None:
        if output(folder, "dry-run") / name in {source, target}:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(source), 32, str(target))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(stage_module, "_replace", locked)
        done = run(folder, "dry-run", CUT)
    one_error(done, 4, f"{name} could not be written: it is open in another program, or you may not change it.")
    went_wrong(ground, folder, "dry-run")


# The clock, and the zone.


@pytest.fixture
def zone(monkeypatch):
    """Sets the zone of the process, until the test is over."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@ZONES
def test_runs_follow_one_another_whatever_the_clock_says(tmp_path, zone):
    """A day back, an hour back, a day on, in three zones: the number of a run is its place, and each has a folder."""
    folder = authority(tmp_path / "authority")
    nights = [
        (NIGHT, "Europe/London", date(2025, 6, 2)),
        (NIGHT - timedelta(days=1), "Pacific/Kiritimati", date(2025, 6, 1)),
        (NIGHT - timedelta(hours=25), "America/Los_Angeles", date(2025, 5, 31)),
        (NIGHT + timedelta(days=1), "Europe/London", date(2025, 6, 3)),
    ]
    told = []
    for now, name, today in nights:
        zone(name)
        done = run(folder, "dry-run", now, "--json", today=today)
        assert done.code == 0, done.err
        told.append(json.loads(done.out))
        assert verify(folder / "history" / "dry-runs" / today.isoformat()) == []
    assert [(each["run"], each["compared_with"]) for each in told] == [(1, None), (2, 1), (3, 2), (4, 3)]
    with open_history(folder / "history") as history:
        assert [history.find(name).number for name in ("last", "previous")] == [4, 3]
        assert [each.created for each in history.runs()] == [now for now, _, _ in nights]
    shown = annexa("history", "--format", "csv", "--config", folder / "annexa.toml").out.splitlines()
    assert list(dict.fromkeys(line.split(",")[0] for line in shown[1:])) == ["1", "2", "3", "4"]


@ZONES
def test_the_lists_of_a_day_are_the_same_in_every_zone(tmp_path, zone):
    folder = authority(tmp_path / "authority")
    made = []
    for name in ("Pacific/Kiritimati", "America/Los_Angeles"):
        zone(name)
        assert run(folder, "build", NIGHT).code == 0
        made.append(contents(folder / "out"))
    assert made[0] == made[1]


def test_the_hour_that_comes_twice_is_two_hours(tmp_path):
    """On the night on which summer time ends, 01:30 comes twice in London."""
    first = datetime(2025, 10, 26, 1, 30, tzinfo=ZoneInfo("Europe/London"))
    with open_history(tmp_path, create=True) as history:
        for moment in (first, first.replace(fold=1)):
            history.begin(moment, tmp_path, own_output=True)
        assert [each.created for each in history.runs()] == [
            datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
            datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
        ]


@pytest.mark.parametrize("jump", [timedelta(days=365), timedelta(days=-365), timedelta(hours=-1)])
def test_what_is_young_is_kept_where_the_clock_jumps_and_comes_back(tmp_path, jump):
    """Two nights, one with a wrong clock, and the next with the right one: after each, what it made is there."""
    folder = tmp_path / "history"
    nights = {"one": NIGHT, "two": NIGHT + timedelta(days=1), "wrong": NIGHT + jump, "right": NIGHT + timedelta(days=2)}
    for at_night, (name, now) in enumerate(nights.items(), 1):
        out = folder / "dry-runs" / name
        with Stage(out) as stage:
            stage.path("lists.csv").write_text("a")
            stage.commit(manifest())
        build = nightly.Request(DAY, Path(), out, Settings(history=HistorySettings()), now)
        with open_history(folder, create=True) as history:
            history.adopt(KEYS.series)
            number = history.begin(now, out, own_output=True)
            history.finish(number, manifest(), {}, rows("1 TOM a"), codes(), flagged=False)
            nightly._tidy(nightly.NightRequest(build, folder, DAY, own_output=True), history)
            assert [each.number for each in history.runs()] == list(range(1, at_night + 1))
            assert history.find("last").output == out
        assert verify(out) == []
    # By the right clock, the folder of the night on which it stood a year back is too old. No other folder, and no run.
    gone = {"wrong"} if jump == timedelta(days=-365) else set()
    assert {each.name for each in (folder / "dry-runs").iterdir()} == nights.keys() - gone


@ZONES
@pytest.mark.parametrize("name", ["Europe/London", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_an_extract_of_last_night_is_a_day_old_at_the_most_in_every_zone(tmp_path, zone, name):
    zone(name)
    made = datetime(2025, 6, 1, 11, 30, tzinfo=UTC)  # in Kiritimati it is the next day by then
    run_at = (made + timedelta(hours=23)).astimezone(ZoneInfo(name)).date()
    assert (run_at - _made(tmp_path, made)).days == 1
    assert (run_at - _made(tmp_path, made - timedelta(days=1))).days == 2


def _made(folder: Path, moment: datetime) -> date:
    """The day on which a file of an extract was made, as a dry run takes it."""
    (folder / "a.csv").touch()
    os.utime(folder / "a.csv", (moment.timestamp(), moment.timestamp()))
    extract = type("Extract", (), {"inputs": [type("Input", (), {"name": "a.csv"})]})
    built = nightly.Built(None, None, extract, {})
    [day] = taken(nightly.Request(DAY, folder, Path(), Settings(), NIGHT), built).values()
    return day


@pytest.mark.parametrize(("days", "code"), [(2, 0), (-2, 1)])
def test_a_file_from_tomorrow_is_not_old(tmp_path, days, code):
    folder = authority(tmp_path / "authority")
    settings = (folder / "annexa.toml").read_text("utf-8").replace(f"extract_date = {DAY}", "")
    (folder / "annexa.toml").write_text(settings, "utf-8")
    for file in (folder / "extract").iterdir():
        noon = (datetime(DAY.year, DAY.month, DAY.day, 12) + timedelta(days=days)).timestamp()
        os.utime(file, (noon, noon))
    done = run(folder, "dry-run", NIGHT, "--json")
    assert done.code == code
    assert {each["check"] for each in json.loads(done.out)["wrong"]} == ({"AA-H04"} if code else set())


# A history that cannot be read.


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def random_bytes(content: bytes) -> bytes:
    return os.urandom(len(content))


def newer(content: bytes) -> bytes:
    """SQLite keeps user_version, by which a history knows its version, in the bytes 60 to 63."""
    return content[:60] + (99).to_bytes(4, "big") + content[64:]


DAMAGES: list[tuple[Callable[[bytes], bytes], str]] = [
    (truncated, "is damaged; it was left as it is."),
    (random_bytes, "is damaged; it was left as it is."),
    (newer, "was written by a newer version of annexa; it was left as it is."),
]
WITH_HISTORY = [
    ("dry-run",),
    ("history",),
    ("history", "--format", "json"),
    ("history", "forget", "TOM"),
    ("history", "accept", "last"),
    ("diff", "previous", "last"),
]


@pytest.fixture
def kept(tmp_path) -> Path:
    """An authority whose history has two runs, which nobody needs to build."""
    folder = authority(tmp_path / "authority")
    (folder / "history").mkdir()
    (folder / "history" / SECRET_NAME).write_text(f"{(b'k' * 32).hex()}\n")
    with open_history(folder / "history", create=True) as history:
        history.adopt(KEYS.series)
        for day in (0, 1):
            add(history, *(f"1 CHILD{n} a{day}" for n in range(100)), day=day, flagged=day == 1)
    return folder


@pytest.mark.parametrize(("damage", "message"), DAMAGES, ids=[each.__name__ for each, _ in DAMAGES])
def test_a_history_that_cannot_be_read_stops_every_command_and_stays(kept, monkeypatch, damage, message):
    path = kept / "history" / FILE_NAME
    path.write_bytes(damage(path.read_bytes()))
    before = contents(kept)
    monkeypatch.setattr(nightly, "build", lambda *_: pytest.fail("it was built all the same"))
    for command in WITH_HISTORY:
        with at(NIGHT):
            done = annexa(*command, "--config", kept / "annexa.toml")
        one_error(done, 3, message)
        assert f"The history in {kept / 'history'} {message}" in done.err
        assert contents(kept) == before


def test_a_damaged_history_that_is_moved_away_is_begun_anew(kept):
    path = kept / "history" / FILE_NAME
    path.write_bytes(truncated(path.read_bytes()))
    assert run(kept, "dry-run", NIGHT).code == 3
    path.rename(kept / "kept-for-later")
    done = run(kept, "dry-run")
    assert (done.code, verdicts(kept)) == (0, ["good"])
    assert "there is no earlier good run" in done.out


def test_a_history_of_no_bytes_has_no_run(kept):
    """As a run that was killed while it made the file leaves it; there is nothing in it that could be lost."""
    path = kept / "history" / FILE_NAME
    path.write_bytes(b"")
    for command in (("history", "accept", "last"), ("diff", "previous", "last")):
        one_error(annexa(*command, "--config", kept / "annexa.toml"), 2, "The history has no run ")
    assert annexa("history", "--config", kept / "annexa.toml").code == 0
    done = run(kept, "dry-run", NIGHT)
    assert (done.code, verdicts(kept)) == (0, ["good"])
    assert "there is no earlier good run" in done.out
