"""The output folder changes as a whole or not at all. Faults and kills: tests/faults/test_outputs.py."""

import errno
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from annexa.errors import OutputError
from annexa.outputs import locks
from annexa.outputs import stage as stage_module
from annexa.outputs.manifest import Manifest, read_manifest, verify
from annexa.outputs.stage import Stage, settled

HASH = "0" * 64
PERMISSIONS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")


def manifest() -> Manifest:
    return Manifest.model_validate(
        {
            "annexa_version": "1",
            "command": "build",
            "created": datetime(2025, 6, 2, tzinfo=UTC),
            "edition": {"name": "e", "title": "E", "sha256": HASH},
            "source": {"name": "s", "sha256": HASH},
            "inspection_date": date(2025, 6, 2),
            "extract_date": None,
            "as_at": date(2025, 6, 2),
            "options": {},
            "inputs": [],
            "unknown_inputs": [],
            "lists": [],
            "accounts": [],
            "tables": [],
            "findings": {"verdict": "ready", "accepted": 0, "error": 0, "warning": 0, "info": 0, "by_check": {}},
            "notes": [],
        }
    )


def build(folder: Path, **contents: str) -> Manifest:
    """One run; `reports__a_csv` stands for reports/a.csv."""
    with Stage(folder) as stage:
        for name, content in contents.items():
            stage.path(name.replace("__", "/").replace("_", ".")).write_text(content)
        return stage.commit(manifest())


def tree(folder: Path) -> dict[str, str]:
    """Every file but the manifest, with its content."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_the_files_and_their_manifest_appear_together(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "out"
    with Stage(folder) as stage:
        stage.path("b.csv").write_text("b")
        stage.path("reports/a.csv").write_text("aa")
        assert not (folder / "b.csv").exists()
        written = stage.commit(manifest())
    assert [(output.name, output.size) for output in written.outputs] == [("b.csv", 1), ("reports/a.csv", 2)]
    assert read_manifest(folder) == written
    assert verify(folder) == []
    assert {path.name for path in folder.rglob("*")} == {"b.csv", "reports", "a.csv", "manifest.json"}


@PERMISSIONS
def test_only_the_owner_may_read_what_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "out"
    build(folder, a_csv="a", reports__b_csv="b")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder.parent, folder, *folder.rglob("*"))}
    assert modes == {
        **dict.fromkeys(("made", "out", "reports"), 0o700),
        **dict.fromkeys(("a.csv", "b.csv", "manifest.json"), 0o600),
    }


@PERMISSIONS
def test_the_rights_of_a_folder_that_was_there_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    build(tmp_path, a_csv="a")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_disk_without_permissions_is_written_to_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    build(tmp_path, a_csv="a")
    assert verify(tmp_path) == []


def test_a_later_run_replaces_removes_and_leaves_foreign_files_alone(tmp_path: Path) -> None:
    build(tmp_path, a_csv="a1", b_csv="b1", reports__c_csv="c1", old__d_csv="d1")
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "reports" / "mine.txt").write_text("mine too")
    build(tmp_path, a_csv="a2", e_csv="e2")
    assert tree(tmp_path) == {"a.csv": "a2", "e.csv": "e2", "mine.txt": "mine", "reports/mine.txt": "mine too"}
    assert not (tmp_path / "old").exists()
    assert verify(tmp_path) == []


def test_a_listed_file_that_somebody_removed_or_made_a_folder_is_no_hindrance(tmp_path: Path) -> None:
    build(tmp_path, a_csv="a1", b_csv="b1", c_csv="c1")
    (tmp_path / "b.csv").unlink()
    (tmp_path / "c.csv").unlink()
    (tmp_path / "c.csv").mkdir()
    (tmp_path / "c.csv" / "mine.txt").write_text("mine")
    build(tmp_path, a_csv="a2")
    assert tree(tmp_path) == {"a.csv": "a2", "c.csv/mine.txt": "mine"}


def fail_halfway(folder: Path) -> None:
    with Stage(folder) as stage:
        stage.path("b.csv").write_text("b2")
        1 / 0  # noqa: B018


@pytest.mark.parametrize("earlier", [True, False])
def test_leaving_without_commit_changes_nothing(tmp_path: Path, earlier: bool) -> None:
    folder = tmp_path / "deep" / "out"
    if earlier:
        build(folder, a_csv="a1")
    with Stage(folder) as stage:
        stage.path("a.csv").write_text("a2")
    with pytest.raises(ZeroDivisionError):
        fail_halfway(folder)
    if earlier:
        assert tree(folder) == {"a.csv": "a1"}
        assert verify(folder) == []
    else:
        assert list(tmp_path.iterdir()) == []


def test_files_beside_the_staged_ones_are_not_outputs(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        path = stage.path("a.csv")
        path.write_text("a")
        path.with_suffix(".tmp").write_text("a writer's own temporary file")
        stage.commit(manifest())
    assert tree(tmp_path) == {"a.csv": "a"}


@pytest.mark.parametrize(
    "name", ["../a.csv", "/a.csv", "manifest.json", ".annexa-lock", ".annexa-work/a.csv", "reports//a.csv", "a\\b", ""]
)
def test_a_name_that_is_none_of_an_output_is_a_bug(tmp_path: Path, name: str) -> None:
    with Stage(tmp_path) as stage, pytest.raises(ValueError, match="cannot be the name of an output"):
        stage.path(name)


def test_a_name_is_staged_once_and_a_stage_committed_once(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        stage.path("a.csv").write_text("a")
        with pytest.raises(ValueError, match="staged already"):
            stage.path("A.csv")
        stage.commit(manifest())
        with pytest.raises(ValueError, match="committed already"):
            stage.commit(manifest())
    assert tree(tmp_path) == {"a.csv": "a"}
    assert verify(tmp_path) == []


def test_a_file_that_is_not_annexas_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"a\.csv .* would be overwritten") as caught:
        build(tmp_path, b_csv="b", a_csv="a")
    assert caught.value.exit_code == 4
    assert "Move the file away" in caught.value.hint
    assert tree(tmp_path) == {"a.csv": "mine"}


def test_a_file_that_appears_during_the_run_is_not_overwritten(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        stage.path("a.csv").write_text("a")
        (tmp_path / "a.csv").write_text("mine")
        with pytest.raises(OutputError, match=r"a\.csv .* would be overwritten"):
            stage.commit(manifest())
    assert tree(tmp_path) == {"a.csv": "mine"}


@pytest.mark.parametrize("content", ["{}", '{"schema_version": 2}', "not json"])
def test_a_manifest_that_is_not_annexas_is_not_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(OutputError, match="cannot tell which files there are its own"):
        build(tmp_path, a_csv="a")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert (tmp_path / "manifest.json").read_text() == content


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OutputError, match=r"a\.csv .* is a folder"):
        build(tmp_path, a_csv="a")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("mine")
    with pytest.raises(OutputError, match=r"reports .* is a file"):
        build(tmp_path, reports__a_csv="a")
    assert tree(tmp_path) == {"reports": "mine"}


@pytest.mark.parametrize("below", ["", "out", "deep/out"])
def test_an_output_folder_that_is_or_lies_under_a_file_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is a file, where the output needs a folder"):
        build(tmp_path / "file" / below, a_csv="a")
    assert tree(tmp_path) == {"file": "mine"}


def test_two_runs_at_once_are_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        stage.path("a.csv").write_text("a")
        with pytest.raises(OutputError, match="Another run of annexa") as caught:
            build(tmp_path, a_csv="other")
        assert caught.value.exit_code == 4
        stage.commit(manifest())
    assert tree(tmp_path) == {"a.csv": "a"}


def test_a_lock_whose_file_went_in_the_same_moment_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "lock_file", lambda _: (tmp_path / ".annexa-lock").unlink())
    with pytest.raises(OutputError, match="Another run of annexa"):
        build(tmp_path, a_csv="a")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_cannot_lock_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "lock_file", no_locks)
    with pytest.raises(OutputError, match="No locks available"):
        build(tmp_path, a_csv="a")


def test_where_an_open_file_cannot_be_removed_the_lock_goes_after_its_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    unlink = os.unlink

    def windows(path: str, **options: int) -> None:
        if Path(path).name == ".annexa-lock" and not tried:
            tried.append(path)
            raise PermissionError(errno.EACCES, "in use")
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", windows)
    build(tmp_path, a_csv="a")
    assert tried
    assert not (tmp_path / ".annexa-lock").exists()


def killed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a folder as a run does that is killed when its first file is in its place."""
    real = stage_module._replace
    with monkeypatch.context() as patch:
        patch.setattr(stage_module, "_settle", lambda _: None)
        patch.setattr(stage_module, "_replace", lambda *paths: 1 / 0 if paths[1].name == "new.csv" else real(*paths))
        with pytest.raises(ZeroDivisionError):
            build(folder, a_csv="new", reports__new_csv="new")
    (folder / ".annexa-lock").touch()
    assert (folder / ".annexa-work" / "new" / "reports" / "new.csv").exists()


def test_what_a_killed_run_left_is_cleared_without_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, a_csv="old", b_csv="old")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    killed(tmp_path, monkeypatch)
    with settled(tmp_path):
        assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.name != ".annexa-lock"} == before
        with pytest.raises(OutputError, match="Another run of annexa"):
            build(tmp_path, a_csv="other")
    assert set(tmp_path.iterdir()) == before.keys()


def test_what_cannot_be_cleared_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(tmp_path, monkeypatch)
    with Stage(tmp_path), pytest.raises(OutputError, match="Another run of annexa"), settled(tmp_path):
        pass
    (tmp_path / ".annexa-work").mkdir()
    monkeypatch.setattr(stage_module.shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(OutputError, match="could not be removed"), settled(tmp_path):
        pass
    assert not (tmp_path / ".annexa-lock").exists()


def test_a_lock_file_that_was_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".annexa-lock").touch()
    build(tmp_path, a_csv="a")
    assert not (tmp_path / ".annexa-lock").exists()
