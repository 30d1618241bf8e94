"""annexa dry-run and annexa history, as a scheduled job runs them."""

import json
import os
import shutil
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from annexa import clock
from annexa.console_history import spark
from annexa.editions import load_edition
from annexa.errors import SourceError
from annexa.history.database import FILE_NAME
from annexa.history.hook import Hook, tell
from annexa.history.lock import locked
from annexa.history.secret import SECRET_NAME
from annexa.history.store import open_history
from annexa.outputs.manifest import read_manifest, verify
from annexa.outputs.stage import Stage
from annexa.pipeline import nightly
from annexa.records import RECORDS
from annexa.sample import generate, write_sample
from annexa.settings import Settings
from tests.support.cli import Ran, annexa, contents
from tests.support.histories import KEYS, NIGHT, add, manifest

DAY = date(2025, 6, 2)
POSIX = pytest.mark.skipif(os.name != "posix", reason="a shell script")


@pytest.fixture(scope="module")
def extract(tmp_path_factory) -> Path:
    """A small authority, with the people and the tables that lists start from."""
    folder = tmp_path_factory.mktemp("nightly") / "extract"
    starts = {"persons", *(name for spec in load_edition("ilacs-2022").lists.values() for name in spec.records)}
    tables = generate(80, DAY, 1, DAY)
    write_sample({RECORDS[name].meta.table: tables[RECORDS[name].meta.table] for name in starts}, folder, "csv", DAY)
    return folder


@pytest.fixture
def authority(tmp_path, extract, monkeypatch):
    """A folder with an extract of its own and annexa.toml; nothing of the user's own folders is looked at."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("ANNEXA_TODAY", DAY.isoformat())
    shutil.copytree(extract, tmp_path / "extract")
    settings(tmp_path)
    return tmp_path


def settings(folder: Path, history: str = 'folder = "history"') -> Path:
    path = folder / "annexa.toml"
    path.write_text(
        f'extracts = "extract"\nedition = "ilacs-2022"\nextract_date = {DAY}\n\n[history]\n{history}\n', "utf-8"
    )
    return path


def night(folder: Path, *more: str | Path) -> Ran:
    return annexa("dry-run", "--reports", "none", "--config", folder / "annexa.toml", *more)


def halve(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 2]), "utf-8")


def fails(monkeypatch, error: BaseException) -> None:
    def failing(*_):
        raise error

    monkeypatch.setattr(nightly, "build", failing)


def states(folder: Path) -> list[str]:
    with open_history(folder / "history") as history:
        return [run.verdict for run in history.runs()]


def test_good_nights_and_a_flagged_one_that_is_accepted(authority):
    """One night after the other, since each of them takes a second or two."""
    first = night(authority)
    assert first.code == 0
    assert "Nothing looks wrong (there is no earlier good run" in first.out
    output = authority / "history" / "dry-runs" / "2025-06-02"
    assert verify(output) == []
    assert read_manifest(output).command == "dry-run"

    again = night(authority, "--output", authority / "out", "--json")
    told = json.loads(again.out)
    assert (again.code, again.err) == (0, first.err)
    assert (told["run"], told["state"], told["compared_with"], told["wrong"]) == (2, "good", 1, [])
    assert {tuple(each.values()) for each in told["changes"].values()} == {(0, 0, 0)}
    assert told["manifest"] == read_manifest(authority / "out").model_dump(mode="json")

    halve(authority / "extract" / "ssd_contacts.csv")
    flagged = night(authority)
    assert flagged.code == 1
    assert "things look wrong beside run 2 of" in flagged.out
    assert "AA-H05 ssd_contacts: The table has" in flagged.out
    assert "Something looks wrong" in flagged.err
    with open_history(authority / "history") as history:
        assert [run.verdict for run in history.runs()] == ["good", "good", "flagged"]
        before, after = history.rows(history.find("2")), history.rows(history.find("3"))
    # What the summary says of List 1 is what the rows of the history say.
    came, went = (a.join(b, on="row_key", how="anti") for a, b in ((after, before), (before, after)))
    row = next(line.split() for line in flagged.out.splitlines() if line.split()[:2] == ["1", "Contacts"])
    rows = [frame.filter(pl.col("list") == 1).height for frame in (after, before, came, went)]
    assert [int(cell) for cell in row[2:6]] == rows
    assert rows[3] > 0

    config = ["--config", authority / "annexa.toml"]
    assert annexa("history", "accept", "last", *config).out.startswith("Run 3 is accepted")
    assert annexa("history", "accept", "3", *config).code == 0
    after = night(authority, "--quiet")
    assert (after.code, after.out) == (0, "")
    assert states(authority) == ["good", "good", "accepted", "good"]

    # A secret that is lost is said, and a new series begins.
    (authority / "history" / SECRET_NAME).unlink()
    lost = night(authority)
    assert lost.code == 0
    assert "Warning: The secret of the history was lost: a new series begins." in lost.err
    assert "Nothing looks wrong beside run 4" in lost.out


def test_a_run_that_was_killed_is_said_and_the_next_goes_on(authority):
    (authority / "history").mkdir()
    with open_history(authority / "history", create=True) as history:
        killed = clock.now() - timedelta(days=1)
        history.begin(killed, authority / "history" / "dry-runs" / "2025-06-01", own_output=True)
    done = night(authority)
    assert done.code == 0
    told = f"Warning: The dry run of {killed:%d/%m/%Y %H:%M} (UTC) was cut short, and nothing of it counts."
    assert told in done.err
    assert states(authority) == ["cut short", "good"]


def test_a_run_that_fails_is_recorded_and_holds_nothing_up(authority, monkeypatch):
    with monkeypatch.context() as patch:
        fails(patch, SourceError("The extract is not there.", "Look."))
        failed = night(authority)
    assert (failed.code, failed.out) == (3, "")
    assert "The extract is not there." in failed.err
    assert states(authority) == ["failed"]
    assert not (authority / "history" / "dry-runs").exists()
    assert sorted(each.name for each in (authority / "history").iterdir()) == [SECRET_NAME, FILE_NAME]


def test_two_runs_are_kept_apart(authority):
    with locked(authority / "history"):
        done = night(authority)
        assert (done.code, done.out) == (5, "")
        assert "Another run of annexa is at work with the history" in done.err
        assert list((authority / "history").iterdir()) == [authority / "history" / ".annexa-history-lock"]


def test_a_history_that_cannot_be_read_stops_the_run_and_stays(authority):
    (authority / "history").mkdir()
    (authority / "history" / FILE_NAME).write_text("no history" * 100)
    done = night(authority)
    assert (done.code, done.out) == (3, "")
    assert "is damaged; it was left as it is" in done.err
    assert (authority / "history" / FILE_NAME).read_text() == "no history" * 100


def test_without_settings_the_history_lies_in_the_users_data_folder(authority, monkeypatch):
    fails(monkeypatch, SourceError("No.", ""))
    assert annexa("dry-run", "--extracts", authority / "extract").code == 3
    assert (authority / "data" / "annexa" / "history" / FILE_NAME).is_file()


# The age of the extract.


def test_the_age_of_an_extract_is_that_of_its_files_unless_a_date_is_given(authority):
    made = datetime(2025, 5, 20, 12, 0).timestamp()
    os.utime(authority / "extract" / "ssd_contacts.csv", (made, made))
    request = nightly.Request(DAY, authority / "extract", Path(), Settings(), NIGHT)
    built = nightly.Built(None, None, Inputs("ssd_contacts.csv", "gone.csv"), {})
    assert nightly._taken(request, built) == {"ssd_contacts.csv": date(2025, 5, 20)}
    one_file = nightly.Request(DAY, authority / "extract" / "ssd_contacts.csv", Path(), Settings(), NIGHT)
    assert nightly._taken(one_file, nightly.Built(None, None, Inputs("any"), {})) == {"any": date(2025, 5, 20)}
    given = nightly.Request(DAY, authority / "extract", Path(), Settings(extract_date=DAY), NIGHT)
    assert nightly._taken(given, built) == {"": DAY}


class Inputs:
    """An extract of which only the files are known."""

    def __init__(self, *names: str) -> None:
        self.inputs = [type("Input", (), {"name": name}) for name in names]


# The hook.


def hooked(authority: Path, *command: str, seconds: int = 30) -> None:
    words = ", ".join(json.dumps(str(word)) for word in command)
    settings(authority, f'folder = "history"\nhook = [{words}]\nhook_seconds = {seconds}')


KEEP = "import os, sys; open(sys.argv[1], 'w').write(sys.stdin.read() + '\\n' + ' '.join(sorted(os.environ)))"


def test_the_hook_is_told_of_a_failure_in_counts_and_not_of_the_environment(authority, monkeypatch):
    hooked(authority, sys.executable, "-c", KEEP, authority / "told")
    monkeypatch.setenv("ANNEXA_PASSWORD", "hunter2")
    fails(monkeypatch, SourceError("The file of Tom Smith is not there.", "Look."))
    assert night(authority).code == 3
    document, _, variables = (authority / "told").read_text().partition("\n\n")
    assert json.loads(document) == {"command": "dry-run", "state": "failed", "exit_code": 3}
    assert "PATH" in variables.split()
    assert not {"ANNEXA_PASSWORD", "ANNEXA_TODAY"} & set(variables.split())


@pytest.mark.parametrize(
    ("error", "code", "state"),
    [(RuntimeError("x"), 70, "failed"), (nightly.OutputError("Disk full.", ""), 4, "failed")],
)
def test_the_hook_is_told_of_every_kind_of_failure(authority, monkeypatch, error, code, state):
    hooked(authority, sys.executable, "-c", KEEP, authority / "told")
    fails(monkeypatch, error)
    assert night(authority).code == code
    assert json.loads((authority / "told").read_text().splitlines()[0])["exit_code"] == code
    assert states(authority) == [state]


def test_the_hook_is_told_that_another_run_is_at_work(authority):
    hooked(authority, sys.executable, "-c", KEEP, authority / "told")
    with locked(authority / "history"):
        assert night(authority).code == 5
    assert json.loads((authority / "told").read_text().splitlines()[0])["state"] == "busy"


def test_the_hook_of_a_flagged_night_gets_counts_alone(authority):
    (authority / "history").mkdir()
    hooked(authority, sys.executable, "-c", KEEP, authority / "told")
    settings_with_old_extract = (authority / "annexa.toml").read_text().replace(f"extract_date = {DAY}", "")
    (authority / "annexa.toml").write_text(settings_with_old_extract)
    assert night(authority, "--extract-date", "2025-05-30").code == 1
    told = json.loads((authority / "told").read_text().splitlines()[0])
    assert told.pop("rows").keys() == {str(number) for number in range(1, 12)}
    assert (told["state"], told["wrong"], told["run"]) == ("flagged", {"AA-H04": 1}, 1)
    assert told.keys() == {
        *("command", "state", "exit_code", "run", "inspection_date", "wrong", "errors", "warnings", "verdict")
    }


def test_a_hook_that_fails_changes_nothing_but_a_warning(authority, monkeypatch):
    hooked(authority, sys.executable, "-c", "raise SystemExit(9)")
    fails(monkeypatch, SourceError("No.", ""))
    done = night(authority)
    assert done.code == 3
    assert "Warning: The hook ended with exit code 9." in done.err


@pytest.mark.parametrize("command", [["/no/such/program"], ["nul\0"]])
def test_a_hook_that_cannot_be_started_is_told(command):
    assert tell(Hook(command), {}).startswith("The hook could not be started: ")


@POSIX
def test_a_hook_that_takes_too_long_is_killed_with_what_it_started(tmp_path):
    alive = tmp_path / "alive"
    begun = time.monotonic()
    hook = Hook(["/bin/sh", "-c", f"(sleep 1.5; touch {alive}) & wait"], 0.2)
    assert "had not ended after" in tell(hook, {"a": 1})
    assert time.monotonic() - begun < 1.4
    time.sleep(1.6 - (time.monotonic() - begun) + 0.3)
    assert not alive.exists()


def test_a_hook_that_reads_nothing_is_no_failure():
    assert tell(Hook([sys.executable, "-c", "pass"]), {"a": "x" * 200_000}) == ""
    assert tell(Hook(), {"a": 1}) == ""


def test_the_hook_of_a_file_that_merely_stands_there_is_not_run(authority, monkeypatch):
    hooked(authority, sys.executable, "-c", KEEP, authority / "told")
    monkeypatch.chdir(authority)
    fails(monkeypatch, SourceError("No.", ""))
    done = annexa("dry-run")
    assert done.code == 3
    assert "Warning: The hook of annexa.toml is not run: name the file with --config." in done.err
    assert not (authority / "told").exists()

    # That of the user's own configuration folder is.
    (authority / "config" / "annexa").mkdir(parents=True)
    shutil.copy(authority / "annexa.toml", authority / "config" / "annexa")
    assert annexa("dry-run").code == 3
    assert (authority / "told").exists()


# The history, shown and changed.


@pytest.fixture
def kept(authority) -> list[str]:
    """A history of three runs, one of them flagged, and what names its settings."""
    (authority / "history").mkdir()
    (authority / "history" / SECRET_NAME).write_text(f"{(b'k' * 32).hex()}\n")
    with open_history(authority / "history", create=True) as history:
        history.adopt(KEYS.series)
        add(history, "1 TOM a", "8 ANN a", output=authority / "history" / "dry-runs" / "a")
        history.fail(history.begin(NIGHT, Path("out"), own_output=True))
        add(history, "1 TOM b", "8 ANN a", day=1, flagged=True)
    return ["--config", str(authority / "annexa.toml")]


def test_the_history_is_shown_with_its_trend(kept):
    shown = annexa("history", *kept)
    assert shown.code == 0
    lines = [line.split() for line in shown.out.splitlines()]
    assert ["1", "02/06/2025", "01:00", "02/06/2025", "good", "0", "0", "0.5"] in lines
    assert ["2", "02/06/2025", "01:00", "-", "failed", "-", "-", "-"] in lines
    assert ["3", "03/06/2025", "01:00", "02/06/2025", "flagged", "0", "0", "0.5"] in lines
    assert any(line[:4] == ["List", "1", "Something", "▁▁"] for line in lines)
    assert len(annexa("history", "--last", "1", *kept).out.splitlines()) < len(lines)


def test_the_history_as_csv_and_json(kept):
    lines = annexa("history", "--format", "csv", *kept).out.splitlines()
    assert lines[0] == "run,begun,state,inspection_date,edition,kind,name,count"
    assert "1,2025-06-02T01:00:00Z,good,2025-06-02,ilacs-2019,rows,1,3" in lines
    assert "2,2025-06-02T01:00:00Z,failed,,,,," in lines
    assert {len(line.split(",")) for line in lines} == {8}
    runs = json.loads(annexa("history", "--format", "json", *kept).out)
    assert [(run["run"], run["state"]) for run in runs] == [(1, "good"), (2, "failed"), (3, "flagged")]
    assert runs[0]["counts"] == {
        "rows": {"1": 3},
        "children": {"1": 3},
        "findings": {"error": 0, "warning": 0, "info": 0},
        "seconds": {"reading": 0.5},
    }
    assert runs[1]["counts"] == {}


@pytest.mark.parametrize(
    ("values", "bars", "plain"),
    [
        ([0, 7, 3, None, 1], "▁█▄ ▂", "_#- ."),
        ([5, 5], "▁▁", "__"),
        ([None, None], "  ", "  "),
        ([], "", ""),
        ([10, 1000], "▁█", "_#"),
    ],
)
def test_sparklines(values, bars, plain):
    assert spark(values, ascii_only=False) == bars
    assert spark(values, ascii_only=True) == plain
    assert plain.isascii()


def test_a_child_is_forgotten(kept, authority):
    gone = annexa("history", "forget", " TOM ", *kept)
    assert (gone.code, gone.out) == (0, "2 rows of the child are deleted from the history.\n")
    with open_history(authority / "history") as history:
        assert [history.rows(run).height for run in history.runs() if run.manifest] == [1, 1]
    again = annexa("history", "forget", "TOM", *kept)
    assert (again.code, again.out) == (0, "The history has no row of a child with that identifier.\n")
    (authority / "history" / SECRET_NAME).unlink()
    everybody = annexa("history", "forget", "ANN", *kept).out
    assert "nobody can tell whose its rows are: all 1 are deleted" in everybody
    assert KEYS.child("ANN") not in (authority / "history" / FILE_NAME).read_bytes()


@pytest.mark.parametrize("words", [["forget", "TOM"], ["accept", "3"]])
def test_the_history_is_not_changed_while_a_dry_run_is_at_work(kept, authority, words):
    with locked(authority / "history"):
        assert annexa("history", *words, *kept).code == 5
    assert annexa("history", *words, *kept).code == 0


def test_what_is_not_there_is_named(kept, authority):
    assert "The history has no run 9." in annexa("history", "accept", "9", *kept).err
    settings(authority, 'folder = "elsewhere"')
    for words in ([], ["forget", "TOM"], ["accept", "last"]):
        done = annexa("history", *words, *kept)
        assert done.code == 2
        assert "There is no history in" in done.err
    assert not (authority / "elsewhere").exists()


# What is kept for long enough.


def test_old_outputs_go_and_what_is_not_the_runs_own_stays(tmp_path):
    """A folder is kept for 14 days; what somebody has changed in it stays for ever."""
    folder = tmp_path / "history"
    days = {"old": 0, "edited": 9, "recent": 10, "today": 24}
    for name in (*days, "../elsewhere"):
        with Stage(folder / "dry-runs" / name) as stage:
            stage.path("lists.csv").write_text("a")
            stage.path("reports/a.csv").write_text("b")
            stage.commit(manifest())
    (folder / "dry-runs" / "edited" / "lists.csv").write_text("mine")
    (folder / "dry-runs" / "edited" / "notes.txt").write_text("mine")
    with open_history(folder, create=True) as history:
        for name, day in days.items():
            add(history, day=day, output=folder / "dry-runs" / name)
        add(history, output=folder / "elsewhere")
        now = NIGHT + timedelta(days=24)
        build = nightly.Request(DAY, Path(), folder / "dry-runs" / "today", Settings(), now)
        assert nightly._tidy(nightly.NightRequest(build, folder, DAY, own_output=True), history) == []
        assert len(history.runs()) == 5
    whole = {"lists.csv", "reports/a.csv", "manifest.json"}
    assert set(contents(folder)) == {
        FILE_NAME,
        *(f"dry-runs/edited/{name}" for name in ("lists.csv", "notes.txt", "manifest.json")),
        *(f"dry-runs/{name}/{file}" for name in ("recent", "today") for file in whole),
        *(f"elsewhere/{file}" for file in whole),
    }
    assert not (folder / "dry-runs" / "old").exists()
