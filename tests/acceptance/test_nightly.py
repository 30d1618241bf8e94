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
from annexa.history.store import History, open_history
from annexa.outputs.locks import hold, let_go
from annexa.outputs.manifest import read_manifest, verify
from annexa.outputs.stage import Stage
from annexa.pipeline import nightly
from annexa.pipeline.last_good import taken
from annexa.records import RECORDS
from annexa.sample import generate, write_sample
from annexa.settings import HistorySettings, Settings
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
    kind = "edition ilacs-2022 and source profile ssd, for {}, with at least the lists of this run."
    nothing = "Nothing to compare with: there is no earlier good run of " + kind
    assert nothing.format("the day of the run (02/06/2025)") in first.out.splitlines()
    output = authority / "history" / "dry-runs" / "2025-06-02"
    assert verify(output) == []
    assert read_manifest(output).command == "dry-run"

    again = night(authority, "--output", authority / "out", "--json")
    told = json.loads(again.out)
    assert (again.code, again.err) == (0, first.err)
    assert (told["run"], told["state"], told["compared_with"], told["wrong"]) == (2, "good", 1, [])
    assert {tuple(each.values()) for each in told["changes"].values()} == {(0, 0, 0)}
    assert told["manifest"] == read_manifest(authority / "out").model_dump(mode="json")

    # What would be a month later, on two lists: compared with nothing, and no measure of an ordinary night.
    later = night(authority, "--inspection-date", "2025-07-02", "--lists", "1,8", "--output", authority / "later")
    assert later.code == 0
    assert nothing.format("30 days after the day of the run (or for 02/07/2025)") in later.out.splitlines()

    halve(authority / "extract" / "ssd_contacts.csv")
    flagged = night(authority)
    assert flagged.code == 1
    assert "things look wrong beside run 2 of 02/06/2025:" in flagged.out
    assert "AA-H05 ssd_contacts: The table has" in flagged.out
    assert "Something looks wrong with this night's run: AA-H" in flagged.err
    with open_history(authority / "history") as history:
        assert [run.verdict for run in history.runs()] == ["good", "good", "good", "flagged"]
        before, after = history.rows(history.find("2")), history.rows(history.find("4"))
    # What the summary says of List 1 is what the rows of the history say.
    came, went = (a.join(b, on="row_key", how="anti") for a, b in ((after, before), (before, after)))
    row = next(line.split() for line in flagged.out.splitlines() if line.split()[:2] == ["1", "Contacts"])
    rows = [frame.filter(pl.col("list") == 1).height for frame in (after, before, came, went)]
    assert [int(cell) for cell in row[2:6]] == rows
    assert rows[3] > 0

    config = ["--config", authority / "annexa.toml"]
    assert annexa("history", "accept", "last", *config).out.startswith("Run 4 is accepted")
    again = annexa("history", "accept", "4", *config)
    assert (again.code, "Run 4 is not flagged: it is accepted." in again.err) == (2, True)
    after = night(authority, "--quiet")
    assert (after.code, after.out, after.err) == (0, "", "")
    assert states(authority) == ["good", "good", "good", "accepted", "good"]

    # A secret that is lost is said, and a new series begins; a run that cannot be read is passed over.
    (authority / "history" / SECRET_NAME).unlink()
    with open_history(authority / "history") as history:
        history._db.execute("UPDATE run SET manifest = x'00' WHERE number = 5")
    lost = night(authority, "--quiet", "--json")
    told = json.loads(lost.out)
    assert (lost.code, told["compared_with"], told["wrong"]) == (0, 4, [])
    secret, passed = told["notes"]
    assert secret.startswith("The secret of the history was lost: a new series begins.")
    assert passed == "Run 5 is passed over: this version of annexa cannot read what it counted."
    assert lost.err == f"Warning: {secret}\n"  # that of an error alone
    shown = annexa("history", *config)
    assert "The secret of run 5 and before was lost: their counts are here, their rows are deleted." in shown.out
    assert "What was counted by run 5 cannot be read: the version of annexa that wrote it may." in shown.out
    assert "secret of run" not in annexa("history", "--last", "1", *config).out
    told = json.loads(annexa("history", "--format", "json", *config).out)
    assert [run["secret_lost"] for run in told] == [True] * 5 + [False]


def test_what_no_count_shows_is_seen(authority, monkeypatch):
    """A column that has another name, a code that means another thing, and an extract that is copied again."""

    def on(day: int, *more: str) -> tuple[int | None, dict[str, str]]:
        today = (DAY + timedelta(days=day)).isoformat()
        monkeypatch.setenv("ANNEXA_TODAY", today)
        told = json.loads(night(authority, "--json", "--extract-date", today, *more).out)
        return told["compared_with"], {each["check"]: each["message"] for each in told["wrong"]}

    with (authority / "annexa.toml").open("a") as text:
        text.write("\n[checks.AA-H09]\nrows = 5\n")  # its lists are short
    people = authority / "extract" / "ssd_person.csv"
    before = people.read_text("utf-8")
    # A job with a fixed inspection date comes nearer to it, and is compared with itself.
    fixed = ("--inspection-date", "2025-06-30", "--lists", "1,8")
    assert on(0, *fixed) == (None, {})
    assert on(1, *fixed) == (1, {})
    compared, wrong = on(2, *fixed)
    assert (compared, wrong) == (
        2,
        {"AA-H04": "The extract is the same, byte for byte, as that of the run of 02/06/2025."},
    )

    head, _, rest = before.partition("\n")
    assert "pers_ethnicity" in head
    people.write_text(head.replace("pers_ethnicity", "pers_ethnicity_code") + "\n" + rest, "utf-8")
    compared, wrong = on(3, *fixed)
    gone = "ssd_person.pers_ethnicity is not read any more: the table has no such column; the last good run read it."
    assert (compared, wrong["AA-H08"]) == (2, gone)
    assert set(wrong) == {"AA-H08", "AA-H09"}

    frame = pl.read_csv(before.encode(), infer_schema=False)
    swapped = {"M": "2", "F": "1"}
    frame.with_columns(pl.col("pers_gender", "pers_sex").replace(swapped)).write_csv(people)
    compared, wrong = on(4, *fixed)
    assert (compared, set(wrong)) == (2, {"AA-H09"})
    assert wrong["AA-H09"].startswith("Of the ")


def test_what_a_killed_run_began_to_write_is_gone_with_the_next_and_that_is_said(authority, monkeypatch):
    """In its own folder, which no other night writes to; also where errors alone are told, and the next run fails."""
    killed, own = clock.now() - timedelta(days=1), authority / "history" / "dry-runs"
    children = own / "2025-06-01" / ".annexa-work" / "new" / "annex-a.xlsx"
    for path in (children, own / "2025-05-31" / ".annexa-work" / "new" / "annex-a.xlsx"):
        path.parent.mkdir(parents=True)
        path.write_text("children")
    (own / "2025-06-01" / ".annexa-lock").touch()
    with open_history(authority / "history", create=True) as history:
        for day in ("2025-06-01", "2025-05-31", "2025-05-30"):
            history.begin(killed, own / day, own_output=True)
        history.begin(killed, authority / "named", own_output=False)
    fails(monkeypatch, SourceError("No.", ""))
    lock = hold(own / "2025-05-31" / ".annexa-lock")
    done = night(authority, "--quiet")
    let_go(own / "2025-05-31" / ".annexa-lock", lock)
    told = f"Warning: The dry run of {killed:%d/%m/%Y %H:%M} (UTC) was cut short, and nothing of it counts."
    assert done.code == 3
    assert done.err.count(told) == 4
    assert done.err.count("What it had begun to write into 2025-05-31 could not be deleted: Another run") == 1
    assert [each.name for each in own.iterdir()] == ["2025-05-31"]
    assert states(authority) == ["cut short"] * 4 + ["failed"]


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
    assert taken(request, built) == {"ssd_contacts.csv": date(2025, 5, 20)}
    one_file = nightly.Request(DAY, authority / "extract" / "ssd_contacts.csv", Path(), Settings(), NIGHT)
    assert taken(one_file, nightly.Built(None, None, Inputs("any"), {})) == {"any": date(2025, 5, 20)}
    given = nightly.Request(DAY, authority / "extract", Path(), Settings(extract_date=DAY), NIGHT)
    assert taken(given, built) == {"": DAY}


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


@pytest.mark.parametrize(
    "slip", [("--lists", "99"), ("--edition", "ilacs-1999"), ("--fail-on", "error", "--previous", "x")]
)
def test_a_slip_in_the_options_is_no_night(authority, slip):
    """Nobody is called for it, and the history has no run of it."""
    hooked(authority, sys.executable, "-c", KEEP, authority / "told")
    assert night(authority, *slip).code == 2
    assert not (authority / "told").exists()
    assert states(authority) == []


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
    done = night(authority, "--extract-date", "2025-05-30", "--quiet")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: Something looks wrong with this night's run: AA-H04: 1.\n")
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
    (authority / "told").unlink()

    # Also beside a file that is named and says nothing of a hook; nothing else of it is read. An empty hook is none.
    for history, told in (('folder = "other"', True), ('folder = "other"\nhook = []', False)):
        settings(authority, history)
        assert night(authority).code == 3
        assert (authority / "told").exists() is told
        (authority / "told").unlink(missing_ok=True)
    assert states(authority) == ["failed", "failed"]
    assert (authority / "other" / FILE_NAME).exists()


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
        add(history, "1 TOM b", "8 ANN a", day=1, flagged=True, wrong=("AA-H02", "AA-H05"))
    return ["--config", str(authority / "annexa.toml")]


def test_the_history_is_shown_with_its_trend(kept):
    shown = annexa("history", *kept)
    assert shown.code == 0
    lines = [line.split() for line in shown.out.splitlines()]
    assert ["1", "02/06/2025", "01:00", "02/06/2025", "good", "0", "0", "0.5"] in lines
    assert ["2", "02/06/2025", "01:00", "-", "failed", "-", "-", "-"] in lines
    assert ["3", "03/06/2025", "01:00", "02/06/2025", "flagged:", "AA-H02,", "AA-H05", "0", "0", "0.5"] in lines
    assert any(line[:4] == ["List", "1", "Something", "██"] for line in lines)
    assert len(annexa("history", "--last", "1", *kept).out.splitlines()) < len(lines)


def test_a_good_run_is_rejected_and_accepted_again(kept, authority):
    done = annexa("history", "reject", "1", *kept)
    assert done.out == "Run 1 is rejected: the next dry run is compared with another good one.\n"
    assert states(authority) == ["flagged", "failed", "flagged"]
    assert ["flagged:", "rejected"] in [line.split()[4:6] for line in annexa("history", *kept).out.splitlines()]
    told = json.loads(annexa("history", "--format", "json", *kept).out)
    assert [run["flagged_by"] for run in told] == [[], [], ["AA-H02", "AA-H05"]]
    for name, state in (("1", "flagged"), ("2", "failed")):
        refused = annexa("history", "reject", name, *kept)
        assert (refused.code, f"Run {name} is not good: it is {state}." in refused.err) == (2, True)
    assert annexa("history", "accept", "1", "--quiet", *kept).out == ""
    assert states(authority) == ["accepted", "failed", "flagged"]


def test_each_edition_has_a_trend_of_its_own(kept, authority):
    assert "Edition" not in annexa("history", *kept).out
    with open_history(authority / "history") as history:
        for rows in (70, 30, 90):
            add(history, edition="ilacs-2022", lists={1: rows})
    shown = [line.split() for line in annexa("history", *kept).out.splitlines()]
    assert ["4", "02/06/2025", "01:00", "02/06/2025", "ilacs-2022", "good", "0", "0", "0.5"] in shown
    assert ["2", "02/06/2025", "01:00", "-", "-", "failed", "-", "-", "-"] in shown
    trends = [line for line in shown if line[:3] == ["List", "1", "Something"]]
    assert trends == [
        ["List", "1", "Something", "██", "3", "3", "3"],
        ["List", "1", "Something", "▅▁█", "30", "90", "90"],
    ]
    titles = [line for line in shown if line[:1] == ["Rows"]]
    assert [line[4:6] for line in titles] == [["edition", "ilacs-2019,"], ["edition", "ilacs-2022,"]]


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
        ([5, 5], "██", "##"),
        ([0, 0], "▁▁", "__"),
        ([523, 525, 524, 525], "▇█▇█", "*#*#"),
        ([80, 100, 90], "▁█▄", "_#-"),
        ([79, 100, 80], "▁█▁", "_#_"),
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
    still = "The dated folders of the dry runs, and the extract, may still hold {}.\n"
    told = "2 rows of the child are deleted from the history.\n"
    assert (gone.code, gone.out) == (0, told + still.format("the child"))
    with open_history(authority / "history") as history:
        assert [history.rows(run).height for run in history.runs() if run.manifest] == [1, 1]
    again = annexa("history", "forget", "TOM", *kept)
    assert (again.code, again.out) == (
        0, "The history has no row of a child with that identifier.\n" + still.format("one"),
    )  # fmt: skip
    assert "Give the identifier of one child; or --all" in annexa("history", "forget", *kept).err
    assert annexa("history", "forget", "ANN", "--all", *kept).code == 2


@pytest.mark.parametrize("secret", [None, "00" * 32])
def test_without_the_secret_nobody_is_forgotten_but_all_on_purpose(kept, authority, secret):
    path = authority / "history" / SECRET_NAME
    path.unlink() if secret is None else path.write_text(secret)
    before = (authority / "history" / FILE_NAME).read_bytes()
    refused = annexa("history", "forget", "ANN", *kept)
    assert (refused.code, refused.out) == (3, "")
    assert "nobody can tell which are the child's. Nothing was deleted." in refused.err
    assert "annexa history forget --all" in refused.err
    assert (authority / "history" / FILE_NAME).read_bytes() == before
    everybody = annexa("history", "forget", "--all", *kept)
    assert everybody.out.splitlines() == [
        "All 3 rows of children are deleted from the history; its counts stay.",
        "The dated folders of the dry runs, and the extract, may still hold them.",
    ]
    content = (authority / "history" / FILE_NAME).read_bytes()
    assert not [child for child in ("TOM", "ANN") if KEYS.child(child) in content]
    assert states(authority) == ["good", "failed", "flagged"]


@pytest.mark.parametrize("words", [["forget", "TOM"], ["accept", "3"], ["reject", "1"]])
def test_the_history_is_not_changed_while_a_dry_run_is_at_work(kept, authority, words):
    with locked(authority / "history"):
        assert annexa("history", *words, *kept).code == 5
    assert annexa("history", *words, *kept).code == 0


def test_what_is_not_there_is_named(kept, authority):
    assert "The history has no run of that number." in annexa("history", "accept", "9", *kept).err
    settings(authority, 'folder = "elsewhere"')
    for words in ([], ["forget", "TOM"], ["accept", "last"], ["reject", "last"]):
        done = annexa("history", *words, *kept)
        assert done.code == 2
        assert "There is no history in" in done.err
    assert not (authority / "elsewhere").exists()


# What is kept for long enough.


def tidy(history: History, folder: Path, day: int, keep_days: int = 400) -> list[str]:
    """Delete what is old so many days after NIGHT, and say what a run then says; a number is an error's."""
    request = nightly.Request(
        DAY, Path(), Path(), Settings(history=HistorySettings(keep_days=keep_days)), NIGHT + timedelta(days=day)
    )
    notes = nightly._tidy(nightly.NightRequest(request, folder, DAY, own_output=True), history)
    return [f"{'Error: ' if each.error else ''}{each.text}" for each in notes]


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
        add(history, output=folder / "elsewhere", own_output=False)
        assert tidy(history, folder, day=24) == []
        assert len(history.runs()) == 5
    whole = {"lists.csv", "reports/a.csv", "manifest.json"}
    assert set(contents(folder)) == {
        FILE_NAME,
        *(f"dry-runs/edited/{name}" for name in ("lists.csv", "notes.txt", "manifest.json")),
        *(f"dry-runs/{name}/{file}" for name in ("recent", "today") for file in whole),
        *(f"elsewhere/{file}" for file in whole),
    }
    assert not (folder / "dry-runs" / "old").exists()


def written(folder: Path, name: str) -> Path:
    with Stage(folder / "dry-runs" / name) as stage:
        stage.path("lists.csv").write_text("children")
        stage.commit(manifest())
    return folder / "dry-runs" / name


def test_a_folder_is_cleared_once_and_its_run_goes_only_then(tmp_path):
    """What a killed run left, files of somebody else's, what cannot be deleted yet, and what is gone already."""
    folder = tmp_path / "history"
    names = ("cleared", "foreign", "killed", "killed later", "open", "gone")
    places = {name: written(folder, name) for name in names if name != "gone"}
    (places["foreign"] / "notes.txt").write_text("mine")
    for name in ("killed", "killed later"):
        (places[name] / ".annexa-work" / "new").mkdir(parents=True)
        (places[name] / ".annexa-work" / "new" / "findings.csv").write_text("children")
        (places[name] / ".annexa-lock").touch()
    for path in ("lists.csv", "manifest.json"):
        (places["killed"] / path).unlink()
    with open_history(folder, create=True) as history:
        for name in names:
            add(history, output=folder / "dry-runs" / name)
        add(history, day=12, output=folder / "dry-runs" / "today")
        lock = hold(places["open"] / ".annexa-lock")
        [told] = tidy(history, folder, day=12, keep_days=10)
        assert told.startswith("Error: The dry run in open, which is old, could not be deleted: Another run of annexa")
        left = {"foreign/notes.txt", "open/lists.csv", "open/manifest.json", "open/.annexa-lock"}
        assert set(contents(folder)) == {FILE_NAME, *(f"dry-runs/{name}" for name in left)}
        assert {each.name for each in (folder / "dry-runs").iterdir()} == {"foreign", "open"}
        # What nothing else knows of stays in the history until it is deleted.
        assert [run.output.name for run in history.runs()] == ["open", "today"]
        let_go(places["open"] / ".annexa-lock", lock)
        assert tidy(history, folder, day=13, keep_days=10) == []
        assert [run.output.name for run in history.runs()] == ["today"]
    assert set(contents(folder)) == {FILE_NAME, "dry-runs/foreign/notes.txt"}


def test_a_manifest_that_is_damaged_keeps_a_folder_from_being_deleted_and_that_is_said(tmp_path):
    folder = tmp_path / "history"
    (written(folder, "old") / "manifest.json").write_text("{}")
    with open_history(folder, create=True) as history:
        add(history, output=folder / "dry-runs" / "old")
        add(history, day=1)
        for day in (15, 16):
            add(history, day=day)
            [told] = tidy(history, folder, day=day)
            assert told.startswith("Error: The dry run in old, which is old, could not be deleted: manifest.json in ")
    assert (folder / "dry-runs" / "old" / "lists.csv").exists()


@pytest.mark.parametrize(("day", "deleted"), [(14, False), (15, True), (16, False), (4000, False)])
def test_a_run_whose_clock_is_far_ahead_deletes_nothing(tmp_path, day, deleted):
    """The run before was a day after NIGHT, and a folder is kept for 14 days: no sooner gone, and no later believed."""
    folder = tmp_path / "history"
    written(folder, "old")
    with open_history(folder, create=True) as history:
        for begun in (0, 1, day):
            add(history, day=begun, output=folder / "dry-runs" / ("old" if begun < 1 else "new"))
        told = tidy(history, folder, day=day, keep_days=15)
        assert (folder / "dry-runs" / "old").exists() is not deleted
        if day > 15:
            days = f"{day - 1:,}"
            assert told == [
                f"By the clock the run before this one was {days} days ago: nothing old is deleted until the next run."
            ]
            assert len(history.runs()) == 3
            # The next ordinary night deletes what is due, and so does the next one where time has really gone by.
            add(history, day=15)
            assert tidy(history, folder, day=15, keep_days=15) == []
            assert not (folder / "dry-runs" / "old").exists()
        else:
            assert told == []


def test_a_job_that_runs_once_a_month_deletes_all_the_same(tmp_path):
    folder = tmp_path / "history"
    written(folder, "old")
    with open_history(folder, create=True) as history:
        left = []
        for day in (0, 30, 60, 90):
            add(history, day=day, output=folder / "dry-runs" / ("new" if day else "old"))
            tidy(history, folder, day=day)
            left.append((folder / "dry-runs" / "old").exists())
    assert left == [True, True, False, False]
