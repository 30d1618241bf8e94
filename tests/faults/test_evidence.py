"""A tracker that is open, locked or unreadable, and a full disk: what stood there is as it was, and is said to be."""

import errno
from pathlib import Path

import pytest

from annexa.errors import OutputError
from annexa.pipeline.evidence import write_beside
from tests.support.cli import annexa, contents
from tests.support.tracker import edit, written

TODAY = {"ANNEXA_TODAY": "2018-05-30"}


def init(path, **more):
    return annexa("evidence", "init", "--inspection-date", "2018-06-04", "--output", path, env=TODAY, **more)


@pytest.mark.parametrize("mark", ["~$tracker.xlsx", ".~lock.tracker.xlsx#"])
def test_a_tracker_that_somebody_has_open(tmp_path, mark):
    path = written(tmp_path / "tracker.xlsx")
    (tmp_path / mark).touch()
    before = contents(tmp_path)
    ran = init(path)
    assert ran.code == 4
    assert ran.err == (
        "Error: tracker.xlsx is open in another program. It is as it was.\n"
        f"Save and close it, then run annexa again. If nobody has it open, delete the file {mark} beside it.\n"
    )
    assert contents(tmp_path) == before
    assert annexa("evidence", "status", "--tracker", path, env=TODAY).code == 0


def test_a_tracker_that_windows_has_locked(tmp_path, monkeypatch):
    path = written(tmp_path / "tracker.xlsx")
    before = contents(tmp_path)

    def locked(self, target):
        raise PermissionError(errno.EACCES, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", locked)
    ran = init(path)
    assert ran.code == 4
    assert ran.err.startswith(
        "Error: tracker.xlsx could not be replaced: it is open in another program, or you may not change it. "
        "It is as it was.\nClose it (Excel locks a workbook that it has open)"
    )
    assert contents(tmp_path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["tracker.xlsx"]


def test_a_full_disk(tmp_path):
    path = written(tmp_path / "tracker.xlsx")
    before = contents(tmp_path)

    def full(beside):
        beside.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError) as error:
        write_beside(path, full)
    assert error.value.message == "tracker.xlsx could not be written: No space left on device. It is as it was."
    assert contents(tmp_path) == before


def test_a_run_that_is_stopped_leaves_nothing_behind(tmp_path):
    path = written(tmp_path / "tracker.xlsx")
    before = contents(tmp_path)

    def stopped(beside):
        beside.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_beside(path, stopped)
    assert contents(tmp_path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["tracker.xlsx"]


def test_the_folder_is_not_there(tmp_path):
    ran = init(tmp_path / "none" / "tracker.xlsx")
    assert (ran.code, ran.err.splitlines()[0]) == (
        4,
        "Error: tracker.xlsx could not be written: No such file or directory.",
    )


@pytest.mark.parametrize("broken", [b"", b"x", b"PK\x03\x04 cut short"])
def test_a_broken_tracker_is_never_overwritten(tmp_path, broken):
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(broken)
    for command in (["init", "--inspection-date", "2018-06-04", "--output"], ["status", "--tracker"]):
        ran = annexa("evidence", *command, path, env=TODAY)
        assert ran.code == 3
        assert "tracker.xlsx" in ran.err
        assert ran.err.count("\n") == 2
    assert path.read_bytes() == broken


def test_a_document_that_may_not_be_read(tmp_path, monkeypatch):
    path = edit(written(tmp_path / "tracker.xlsx"), d1_02_workflow={"status": "ready", "file": "a.dat"})
    (tmp_path / "a.dat").write_bytes(b"x")
    real = Path.open

    def refuse(self, *args, **options):
        if self.name == "a.dat":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    ran = annexa("evidence", "collect", "--tracker", path, "--output", tmp_path / "out", env=TODAY)
    assert ran.code == 1
    assert ran.err.endswith(
        f"Error: 1 file that is ready was not collected.\nSee {tmp_path / 'out' / 'index.html'}: it says why.\n"
    )
    assert "The file cannot be read (Permission denied)." in (tmp_path / "out" / "index.html").read_text()


def test_a_document_that_goes_away_while_it_is_copied_is_told(tmp_path, monkeypatch):
    from annexa.pipeline import collecting

    path = edit(written(tmp_path / "tracker.xlsx"), d1_02_workflow={"status": "ready", "file": "a.dat"})
    (tmp_path / "a.dat").write_bytes(b"x")
    real = collecting.look

    def look(about):
        report = real(about)
        (tmp_path / "a.dat").unlink()
        return report

    monkeypatch.setattr(collecting, "look", look)
    ran = annexa("evidence", "collect", "--tracker", path, "--output", tmp_path / "out", env=TODAY)
    assert ran.code == 1
    assert "The file cannot be read (No such file or directory)." in (tmp_path / "out" / "index.html").read_text()


def test_an_output_folder_that_is_not_annexas_own(tmp_path):
    path = edit(written(tmp_path / "tracker.xlsx"), d1_02_workflow={"status": "ready", "file": "a.txt"})
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.02_a.txt").write_text("mine")
    before = contents(tmp_path)
    ran = annexa("evidence", "collect", "--tracker", path, "--output", tmp_path / "out", env=TODAY)
    assert ran.code == 4
    assert "1.02_a.txt in" in ran.err
    assert contents(tmp_path) == before
