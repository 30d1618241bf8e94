"""Processes that are killed at a named point of a build or a dry run, that meet a full disk, or that run at once."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from annexa.history.database import FILE_NAME
from annexa.history.secret import SECRET_NAME
from annexa.outputs.manifest import read_manifest, verify
from annexa.outputs.stage import Stage
from tests.support.cli import contents
from tests.support.nights import CUT, NEXT, authority, output, run, verdicts, words

if sys.platform != "linux":  # pragma: no cover
    pytest.skip("forking a process with threads is safe there alone", allow_module_level=True)

from tests.support.killing import HELD_UP, KILLED, Killer, Point

TEMPORARY = (".annexa-work/", ".annexa-lock")
WARNED = "Warning: The dry run of 02/06/2025 02:00 (UTC) was cut short, and nothing of it counts."


@dataclass(frozen=True)
class Case:
    """A point, what a kill there leaves of the output (earlier, half or new), and what a dry run's history has."""

    point: Point
    leaves: str = "earlier"
    history: tuple[str, ...] = ("running",)


OF_BOTH = {
    "half of the tables are read": Case(Point("annexa.extract.read:read_csv", turn=2)),
    "the lists are built": Case(Point("annexa.pipeline.building:build_lists", after=True)),
    "half of the workbook is written": Case(Point("annexa.outputs.workbook:_with_dimension")),
    "half of the findings are written": Case(Point("annexa.outputs.findings_files:_write_xlsx")),
    "half of the new files are in place": Case(Point("annexa.outputs.stage:_replace", turn=8), "half"),
}
OF_BUILDS = {
    "the options are read": Case(Point("annexa.pipeline.building:lists_of")),
    "the checks have run": Case(Point("annexa.pipeline.building:assess", after=True)),
    "the workbook is written": Case(Point("annexa.pipeline.building:write_workbook", after=True)),
    "everything is written": Case(Point("annexa.outputs.stage:Stage.commit")),
    "the new output is in place": Case(Point("annexa.outputs.stage:Stage.commit", after=True), "new"),
}
OF_DRY_RUNS = {
    "the run is not begun": Case(Point("annexa.history.store:History.begin"), history=()),
    "the run is begun": Case(Point("annexa.pipeline.nightly:build")),
    "the build is done": Case(Point("annexa.pipeline.nightly:build", after=True), "new"),
    "half of the run is recorded": Case(Point("annexa.history.store:record_codes"), "new"),
    "the run is recorded": Case(Point("annexa.history.store:History.finish", after=True), "new", ("good",)),
    "half of an old output is deleted": Case(Point("annexa.pipeline.nightly:describe", turn=3), "new", ("good",)),
}
KILLS = [
    *(("build", name, case) for name, case in (OF_BUILDS | OF_BOTH).items()),
    *(("dry-run", name, case) for name, case in (OF_DRY_RUNS | OF_BOTH).items()),
]


def standing(ground, folder: Path, command: str) -> str:
    """Which output stands in a folder: the earlier or the new one, whole, or something in between."""
    found = contents(output(folder, command))
    # The manifest has the moment of the run that was killed.
    found = {name: found[name] for name in found if not name.startswith((*TEMPORARY, "manifest.json"))}
    for name, whole in (("earlier", ground.before(command)), ("new", ground.after(command))):
        del whole["manifest.json"]
        if found == whole:
            return name
    return "half"


@pytest.mark.parametrize(("command", "case"), [(c, e) for c, _, e in KILLS], ids=[f"{c}: {n}" for c, n, _ in KILLS])
def test_a_kill(ground, killer: Killer, tmp_path: Path, command: str, case: Case) -> None:
    folder = ground.copy(tmp_path)
    out = output(folder, command)
    assert killer.run(case.point, CUT, words(folder, command)).how == KILLED

    assert (verify(out) == []) is (case.leaves != "half")
    # Looked at in a copy, so that it is the next run that finds what was half done.
    look = shutil.copytree(folder, tmp_path / "look")
    assert standing(ground, look, command) == case.leaves
    with Stage(output(look, command)):  # as every run begins
        pass
    assert verify(output(look, command)) == []
    assert standing(ground, look, command) == ("new" if case.leaves == "new" else "earlier")
    killed = list(case.history) if command == "dry-run" else []
    assert verdicts(look) == ["good", "good", *killed]

    done = run(folder, command)
    assert done.code == 0, done.err
    assert (WARNED in done.err) is ("running" in killed)
    assert contents(out) == ground.after(command)
    if command == "dry-run":
        assert verdicts(folder) == ["good", "good", *("cut short" if e == "running" else e for e in killed), "good"]
        # Nothing temporary is left, and what is old is gone.
        assert contents(folder / "history").keys() == contents(ground.undisturbed / "history").keys()


@pytest.mark.parametrize(
    "point",
    [
        Point("annexa.history.database:_migrate"),
        Point("annexa.pipeline.nightly:make_secret"),
        Point("annexa.pipeline.nightly:make_secret", after=True),
    ],
    ids=["a file of nothing", "no secret", "a secret of no series"],
)
def test_a_kill_of_the_very_first_dry_run(killer: Killer, tmp_path: Path, point: Point) -> None:
    folder = authority(tmp_path / "authority")
    assert killer.run(point, CUT, words(folder, "dry-run")).how == KILLED
    assert not output(folder, "dry-run").exists()
    done = run(folder, "dry-run")
    assert (done.code, verdicts(folder)) == (0, ["good"])
    assert "secret" not in done.err


# A disk on which no file can become longer than a few bytes.


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("annexa.pipeline.building:write_findings", "findings.csv"),
        ("annexa.outputs.findings_files:_write_xlsx", "findings.xlsx"),
    ],
)
def test_no_room_for_an_output(ground, killer: Killer, tmp_path: Path, function: str, name: str) -> None:
    folder = ground.copy(tmp_path)
    ended = killer.run(Point(function, what="full"), CUT, words(folder, "dry-run"))
    assert ended.how == "exit code 4"
    assert ended.told.count("Error:") == 1
    assert f"Error: {name} could not be written: " in ended.told
    assert contents(output(folder, "dry-run")) == ground.before("dry-run")
    # The history, which had no room either to say that the run failed, is as it was: the next run tells.
    assert verdicts(folder) == ["good", "good", "running"]
    assert run(folder, "dry-run").code == 0
    assert contents(output(folder, "dry-run")) == ground.after("dry-run")


@pytest.mark.parametrize(("moment", "killed"), [("begin", []), ("finish", ["running"])])
def test_no_room_for_the_history(ground, killer: Killer, tmp_path: Path, moment: str, killed: list[str]) -> None:
    folder = ground.copy(tmp_path)
    point = Point(f"annexa.history.store:History.{moment}", what="full")
    ended = killer.run(point, CUT, words(folder, "dry-run"))
    assert ended.how == "exit code 4"
    assert ended.told.count("Error:") == 1
    assert f"The history in {folder / 'history'} cannot be written: " in ended.told
    assert "It is as it was." in ended.told
    # At the end of the run its output is in place, whole; before its beginning nothing has been done.
    out = output(folder, "dry-run")
    assert verify(out) == []
    assert read_manifest(out).created == (CUT if killed else read_manifest(output(ground.folder, "dry-run")).created)
    assert verdicts(folder) == ["good", "good", *killed]
    assert {each.name for each in (folder / "history").iterdir()} == {"dry-runs", SECRET_NAME, FILE_NAME}
    assert run(folder, "dry-run").code == 0
    assert contents(out) == ground.after("dry-run")


def test_what_went_wrong_first_is_told_where_the_history_has_no_room_for_it(
    ground, killer: Killer, tmp_path: Path
) -> None:
    folder = ground.copy(tmp_path)
    shutil.rmtree(folder / "extract")
    ended = killer.run(Point("annexa.pipeline.nightly:build", what="full"), CUT, words(folder, "dry-run"))
    assert ended.how == "exit code 3"
    assert "There is no file or folder extract." in ended.told


# Two runs at once.


def test_two_dry_runs_at_once(ground, killer: Killer, tmp_path: Path) -> None:
    folder = ground.copy(tmp_path)
    first = killer.run(Point("annexa.pipeline.building:build_lists", what="hold up"), NEXT, words(folder, "dry-run"))
    assert first.how == HELD_UP
    before = contents(folder)
    second = run(folder, "dry-run", CUT)
    assert (second.code, second.out) == (5, "")
    assert "Another run of annexa is at work with the history" in second.err
    assert contents(folder) == before

    first = killer.go_on(first)
    assert first.how == "exit code 0", first.told
    assert "cut short" not in first.told
    assert contents(output(folder, "dry-run")) == ground.after("dry-run")
    assert verdicts(folder) == ["good", "good", "good"]
