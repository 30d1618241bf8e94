"""A tiny authority whose extract changes from one day to the next, and commands that are run on it at a moment."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from annexa.checks.catalogue import catalogue
from annexa.history.database import FILE_NAME
from annexa.history.store import open_history
from annexa.sample import generate, write_sample
from tests.support.cli import Ran, annexa

DAY = date(2025, 6, 2)
NIGHT = datetime(2025, 6, 2, 1, tzinfo=UTC)  # of the runs that are there
CUT, NEXT = NIGHT + timedelta(hours=1), NIGHT + timedelta(hours=2)  # of the one that goes wrong, and of the next
LONG_AGO = NIGHT - timedelta(days=14)  # the last day on which an output folder is kept at NIGHT
TABLES = ("ssd_person", "ssd_contacts", "ssd_cla_episodes")
# The summary of the checks is what a small build takes its time for: those of single lists are left out.
CHECKS_LEFT_OUT = [check for check in catalogue() if not check.startswith(("AA-G", "AA-H", "AA-R"))]
COMMANDS = ("build", "dry-run")


def tables(day: date = DAY) -> dict[str, pl.DataFrame]:
    """The extract of a day. Today's has a few contacts more, a few of them twice, and knows less of a few children."""
    made = generate(60, DAY, 1, DAY)
    contacts, people, few = made["ssd_contacts"], made["ssd_person"], pl.int_range(pl.len()) < 3
    if day < DAY:
        made["ssd_contacts"] = contacts.filter(~few)
    else:
        made["ssd_contacts"] = pl.concat([contacts, contacts.filter(few)])
        made["ssd_person"] = people.with_columns(pl.when(~few).then("pers_ethnicity").alias("pers_ethnicity"))
    return {name: made[name] for name in TABLES}


def authority(folder: Path, day: date = DAY) -> Path:
    """Make a folder with an extract of a day and annexa.toml."""
    folder.mkdir(parents=True)
    settings = f'extracts = "extract"\nedition = "ilacs-2022"\nextract_date = {DAY}\n\n[history]\nfolder = "history"\n'
    left_out = "".join(f"{check} = {{ enabled = false }}\n" for check in CHECKS_LEFT_OUT)
    (folder / "annexa.toml").write_text(f"{settings}\n[checks]\n{left_out}", "utf-8")
    write_sample(tables(day), folder / "extract", "csv", DAY)
    return folder


def renew(folder: Path) -> None:
    """Put today's extract in the place of yesterday's."""
    shutil.rmtree(folder / "extract")
    write_sample(tables(), folder / "extract", "csv", DAY)


def copy(folder: Path, to: Path) -> Path:
    """Copy the folder of an authority; the history of the copy names the outputs beside it."""
    shutil.copytree(folder, to)
    with closing(sqlite3.connect(to / "history" / FILE_NAME)) as history, history:
        history.execute("UPDATE run SET output = replace(output, ?, ?)", (str(folder), str(to)))
    return to


def output(folder: Path, command: str) -> Path:
    """Where the command writes: the folder of the build, or that of the day."""
    return folder / "out" if command == "build" else folder / "history" / "dry-runs" / DAY.isoformat()


def words(folder: Path, command: str) -> list[str | Path]:
    """The command, with two lists, since each sheet takes time."""
    options = ["--config", folder / "annexa.toml", "--lists", "1,8", "--reports", "none"]
    if command == "build":
        options += ["--inspection-date", DAY.isoformat(), "--output", folder / "out"]
    return [command, *options]


@contextmanager
def at(now: datetime, today: date | None = None) -> Iterator[None]:
    """Let the clock stand at a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("annexa.clock.now", lambda: now)
        patch.setenv("ANNEXA_TODAY", (today or now.date()).isoformat())
        yield


def run(folder: Path, command: str, now: datetime = NEXT, *more: str | Path, today: date | None = None) -> Ran:
    """Run a command at a moment."""
    with at(now, today):
        return annexa(*words(folder, command), *more)


def verdicts(folder: Path) -> list[str]:
    """What the history says of each run."""
    with open_history(folder / "history") as history:
        return [each.verdict for each in history.runs()]
