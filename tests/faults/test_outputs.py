"""Killed runs, full disks, locked files: the output folder is the earlier output or the new one, complete.

Run as a script, this file is the process that is killed: see `__main__` at the end.
"""

import errno
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from annexa.errors import AnnexaError, OutputError
from annexa.outputs import locks
from annexa.outputs import stage as stage_module
from annexa.outputs.manifest import Manifest, verify
from annexa.outputs.stage import Stage

HASH = "0" * 64
# One file is replaced, two are dropped (one with its sub-folder), two are new (one in a new sub-folder).
OLD = {"annex-a.xlsx": "old book", "findings.csv": "old findings", "reports/2.01.xlsx": "old report"}
NEW = {"annex-a.xlsx": "new book", "tracker.xlsx": "new tracker", "evidence/3.07.xlsx": "new evidence"}
NEXT = {"annex-a.xlsx": "next book"}
FOREIGN = {"mine.txt": "mine", "kept/mine.txt": "mine too"}
CHANGING = ("mkdir", "chmod", "fsync", "replace", "unlink", "rmdir")  # calls of os that change the disk
MOVING = ("replace", "unlink", "rmdir")  # those among them that touch more than new, staged files


def build(folder: Path, contents: dict[str, str], note: str) -> None:
    with Stage(folder) as stage:
        for name, content in contents.items():
            stage.path(name).write_text(content)
        stage.commit(manifest(note))


def manifest(note: str) -> Manifest:
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
            "notes": [note],
        }
    )


def old_run(folder: Path) -> Path:
    build(folder, OLD, "old")
    (folder / "kept").mkdir()
    for name, content in FOREIGN.items():
        (folder / name).write_text(content)
    return folder


def state(folder: Path) -> str:
    """The complete output that stands in the folder, with nothing temporary and all that is foreign, or "neither"."""
    for note, contents in (("old", OLD), ("new", NEW), ("next", NEXT)):
        names = {*contents, *FOREIGN, "manifest.json"}
        folders = {str(Path(name).parent) for name in names} - {"."}
        if {path.relative_to(folder).as_posix() for path in folder.rglob("*")} == names | folders:
            held = {name: (folder / name).read_text() for name in (*contents, *FOREIGN)}
            if held == contents | FOREIGN and verify(folder) == []:
                assert f'"{note}"' in (folder / "manifest.json").read_text()
                return note
    return "neither"


@contextmanager
def patched(
    wrap: Callable[[str, Callable[..., Any]], Callable[..., Any]], names: tuple[str, ...] = CHANGING
) -> Iterator[None]:
    """Put `wrap(name, function)` in the place of these functions of os."""
    real = {name: getattr(os, name) for name in names}
    for name, function in real.items():
        setattr(os, name, wrap(name, function))
    try:
        yield
    finally:
        for name, function in real.items():
            setattr(os, name, function)


class Kill(BaseException):
    """Stands for the end of the process: once it is raised, nothing changes the disk any more."""


def counting(stop_at: int, stop: Callable[[], object]) -> Callable[[str, Callable[..., Any]], Callable[..., Any]]:
    """Call `stop` in the place of the call number `stop_at` and of every one after it."""
    calls = itertools.count(1)

    def wrap(_: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if next(calls) >= stop_at:
                stop()
            return function(*args, **options)

        return call

    return wrap


def kill() -> None:
    raise Kill


def cut_short(action: Callable[[], None], stop_at: int) -> bool:
    """Run `action` and end it before its call number `stop_at`; false where it has fewer calls."""
    try:
        with patched(counting(stop_at, kill)):
            action()
    except Kill:
        return True
    return False


def repair(folder: Path) -> None:
    with Stage(folder):
        pass


def test_a_process_killed_at_any_point_leaves_the_old_or_the_new_output(tmp_path: Path) -> None:
    start = old_run(tmp_path / "start")
    seen = []
    for first in itertools.count(1, 4):
        batch = {stop_at: tmp_path / str(stop_at) for stop_at in range(first, first + 4)}
        running = []
        for stop_at, folder in batch.items():
            shutil.copytree(start, folder)
            running.append(subprocess.Popen([sys.executable, __file__, "kill", str(folder), str(stop_at)]))
        ended = [process.wait() for process in running]
        assert set(ended) <= {0, 9}
        for folder, code in zip(batch.values(), ended, strict=True):
            sound = verify(folder) == []
            repair(folder)
            after = state(folder)
            assert after in {"old", "new"}
            build(folder, NEXT, "next")
            assert state(folder) == "next"
            if code == 9:
                seen.append((sound, after))
        if 0 in ended:
            break
    # Killed before the change, during it, and after its end: each was met, and in this order.
    assert {(True, "old"), (False, "old"), (True, "new")} == set(seen)
    assert [after for _, after in seen] == sorted((after for _, after in seen), reverse=True)


def test_a_repair_that_is_killed_itself_is_repaired_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A killed process drops its lock; here the process lives on.
    monkeypatch.setattr(locks, "lock_file", lambda _: None)
    start = old_run(tmp_path / "start")
    points = 0
    for first in itertools.count(1):
        killed = tmp_path / "killed"
        shutil.copytree(start, killed)
        more = cut_short(lambda killed=killed: build(killed, NEW, "new"), first)
        outcomes = set()
        for second in itertools.count(1):
            folder = tmp_path / "folder"
            shutil.copytree(killed, folder)
            again = cut_short(lambda folder=folder: repair(folder), second)
            repair(folder)
            outcomes.add(state(folder))
            shutil.rmtree(folder)
            points += again
            if not again:
                break
        assert outcomes in ({"old"}, {"new"})
        shutil.rmtree(killed)
        if not more:
            break
    assert points > 200


def test_a_first_run_that_is_killed_leaves_nothing_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "lock_file", lambda _: None)
    for stop_at in itertools.count(1):
        folder = tmp_path / "out"
        more = cut_short(lambda folder=folder: build(folder, NEW, "new"), stop_at)
        repair(folder)
        if folder.exists():
            left = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
            assert left in (set(), {*NEW, "evidence", "manifest.json"})
            shutil.rmtree(folder)
        if not more:
            break
    assert stop_at > 15


def fault_of(action: Callable[[], None]) -> BaseException | None:
    try:
        action()
    except (OutputError, KeyboardInterrupt) as error:
        return error
    return None


@pytest.mark.parametrize("hook", ["_replace", "_fsync"])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "open in another program"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (KeyboardInterrupt(), ""),
    ],
)
def test_a_fault_at_any_call_is_undone_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str, before: bool, error: BaseException, message: str
) -> None:
    real = getattr(stage_module, hook)
    outcomes = []
    for number in itertools.count(1):
        folder = old_run(tmp_path / str(number))
        calls = itertools.count(1)

        def fail(*paths: Path, number: int = number, calls: Iterator[int] = calls) -> None:
            turn = next(calls)
            if turn == number and before:
                raise error
            real(*paths)
            if turn == number:
                raise error

        monkeypatch.setattr(stage_module, hook, fail)
        caught = fault_of(lambda folder=folder: build(folder, NEW, "new"))
        monkeypatch.setattr(stage_module, hook, real)
        if caught is None:
            break
        outcomes.append(state(folder))
        if isinstance(caught, OutputError):
            assert caught.exit_code == 4
            assert message in caught.message
            assert caught.hint
            assert any(name in caught.message for name in (*OLD, *NEW, "manifest.json"))
    # Three old files are set aside, three new ones and the manifest are put in place; four are flushed.
    assert len(outcomes) == (7 if hook == "_replace" else 4)
    # Only a fault after the very last rename comes too late to undo anything.
    assert set(outcomes[:-1]) == {"old"}
    assert outcomes[-1] == ("new" if hook == "_replace" and not before else "old")


@pytest.mark.parametrize("name", ["annex-a.xlsx", "findings.csv", "manifest.json"])
def test_a_file_open_in_another_program_is_named_and_everything_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = old_run(tmp_path / "out")
    real = stage_module._replace

    def locked(source: Path, target: Path) -> None:
        if folder / name in {source, target}:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(source), 32, str(target))
        real(source, target)

    monkeypatch.setattr(stage_module, "_replace", locked)
    with pytest.raises(OutputError, match=f"{name} could not be written: it is open in another program") as caught:
        build(folder, NEW, "new")
    assert "Close it" in caught.value.hint
    assert state(folder) == "old"


def test_what_cannot_be_put_back_at_once_is_put_back_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old_run(tmp_path / "out")
    real = stage_module._replace
    calls = itertools.count(1)

    def locked_from_the_fifth(source: Path, target: Path) -> None:
        if next(calls) >= 5:
            raise PermissionError(errno.EACCES, "Permission denied")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(stage_module, "_replace", locked_from_the_fifth)
        with pytest.raises(OutputError, match="the next run puts it back first"):
            build(folder, NEW, "new")
        assert [problem.what for problem in verify(folder)] == ["changed", "missing", "missing"]
        with pytest.raises(OutputError, match="the next run puts it back first"):
            repair(folder)
    repair(folder)
    assert state(folder) == "old"


def half_changed(folder: Path) -> Path:
    """A folder whose run was killed with the old files set aside and two of the three new ones in place."""
    old_run(folder)
    renames = itertools.count(1)

    def wrap(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if dead or (name == "replace" and next(renames) == 6):
                dead.append(True)
                raise Kill
            return function(*args, **options)

        return call

    dead: list[bool] = []
    with pytest.MonkeyPatch.context() as patch, patched(wrap):
        patch.setattr(locks, "lock_file", lambda _: None)
        with pytest.raises(Kill):
            build(folder, NEW, "new")
    return folder


def test_the_undoing_ends_in_a_deletion_that_may_fail_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = half_changed(tmp_path / "out")
    real = os.unlink

    def refuse(path: Any, **options: Any) -> None:
        if Path(path).name == "manifest.json":
            raise PermissionError(errno.EACCES, "Permission denied")
        real(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        with pytest.raises(OutputError, match="the next run puts it back first"):
            repair(folder)
    repair(folder)
    assert state(folder) == "old"


def test_a_new_file_that_somebody_removed_after_the_kill_does_not_cost_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "lock_file", lambda _: None)
    for stop_at in itertools.count(1):
        folder = half_changed(tmp_path / str(stop_at))
        (folder / "annex-a.xlsx").unlink()
        more = cut_short(lambda folder=folder: repair(folder), stop_at)
        repair(folder)
        assert state(folder) == "old"
        if not more:
            break
    assert stop_at > 10


def test_a_kill_whose_traces_were_damaged_is_left_to_the_user(tmp_path: Path) -> None:
    folder = half_changed(tmp_path / "out")
    (folder / ".annexa-work" / "new" / "manifest.json").write_text("{")
    with pytest.raises(OutputError, match="cannot be undone") as caught:
        repair(folder)
    assert ".annexa-work/old" in caught.value.hint
    assert (folder / ".annexa-work" / "old" / "annex-a.xlsx").read_text() == "old book"


def test_left_overs_that_cannot_be_removed_stop_the_next_run_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old_run(tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        build(folder, NEW, "new")
        assert verify(folder) == []
        with pytest.raises(OutputError, match=r"\.annexa-work .* could not be removed"):
            repair(folder)
    repair(folder)
    assert state(folder) == "new"


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(OutputError, match="you may not change it") as caught:
            repair(tmp_path / "new" / "out")
    assert str(tmp_path / "new" / "out") in caught.value.message
    assert list(tmp_path.iterdir()) == []


def staged(folder: Path, body: Callable[[Stage], object]) -> None:
    with Stage(folder) as stage:
        body(stage)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_that_fills_up_while_a_file_is_made_is_named(tmp_path: Path, number: int) -> None:
    def fill(stage: Stage) -> None:
        stage.path("annex-a.xlsx").write_text("half of")
        raise OSError(number, "No space left on device")

    folder = old_run(tmp_path / "out")
    with pytest.raises(OutputError, match=r"annex-a\.xlsx could not be written: the disk is full"):
        staged(folder, fill)
    assert state(folder) == "old"


def test_a_staged_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    def refused(stage: Stage) -> None:
        path = stage.path("reports/2.02.xlsx")
        path.mkdir()
        path.write_text("a folder stands there")

    def forgotten(stage: Stage) -> None:
        stage.path("annex-a.xlsx")
        stage.commit(manifest("new"))

    folder = old_run(tmp_path / "out")
    with pytest.raises(OutputError, match=r"reports/2\.02\.xlsx could not be written"):
        staged(folder, refused)
    with pytest.raises(OutputError, match=r"annex-a\.xlsx could not be written: No such file"):
        staged(folder, forgotten)
    assert state(folder) == "old"


def test_a_manifest_that_is_cut_off_by_a_full_disk_is_no_trace_of_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old_run(tmp_path / "out")
    real = Path.write_bytes

    def half(path: Path, data: bytes) -> int:
        real(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OutputError, match=r"manifest\.json could not be written: the disk is full"):
        build(folder, NEW, "new")
    assert state(folder) == "old"


def test_another_error_passes_as_it_is(tmp_path: Path) -> None:
    def read(stage: Stage) -> None:
        stage.path("annex-a.xlsx").write_text("half of")
        (tmp_path / "nowhere.csv").read_text()

    folder = old_run(tmp_path / "out")
    with pytest.raises(FileNotFoundError):
        staged(folder, read)
    assert state(folder) == "old"


def test_a_disk_with_a_limit_is_named_and_left_as_it_was(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    folder = old_run(tmp_path / "out")
    command = [sys.executable, __file__, "limit", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 4, done.stderr
    assert "the disk is full" in done.stdout
    assert state(folder) == "old"


def test_the_lock_of_a_living_process_counts_and_that_of_a_dead_one_does_not(tmp_path: Path) -> None:
    folder = old_run(tmp_path / "out")
    command = [sys.executable, __file__, "hold", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"holding"
        with pytest.raises(OutputError, match="Another run of annexa is writing"):
            build(folder, NEW, "new")
        process.kill()
    assert (folder / ".annexa-lock").exists()
    build(folder, NEW, "new")
    assert state(folder) == "new"


def main(what: str, folder: Path, *more: str) -> int:
    """The process that is killed, that meets a limit of file size, or that holds the folder."""
    if what == "kill":
        with patched(counting(int(more[0]), lambda: os._exit(9)), MOVING):
            build(folder, NEW, "new")
    elif what == "hold":
        with Stage(folder) as stage:
            stage.path("annex-a.xlsx").write_text("half of")
            print("holding", flush=True)  # noqa: T201
            sys.stdin.read()
    else:
        import resource

        import polars as pl

        from annexa.outputs.files import write_csv

        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
        try:
            with Stage(folder) as stage:
                stage.path("annex-a.xlsx").write_text("new book")
                write_csv(stage.path("findings.csv"), pl.DataFrame({"value": ["x" * 100] * 1_000}))
                stage.commit(manifest("new"))
        except AnnexaError as error:
            print(error.message)  # noqa: T201
            return error.exit_code
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)  # what watches this process writes files of its own
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
