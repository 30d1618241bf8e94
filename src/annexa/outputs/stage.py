"""The output folder changes as a whole or not at all.

    with Stage(folder) as stage:
        write_workbook(stage.path("annex-a.xlsx"))
        stage.commit(manifest)

Everything temporary lives in one sub-folder of the output folder, `.annexa-work`, on the same disk, so that files move
by renaming:

    .annexa-work/new/   the staged files, and from `commit` on the new manifest.json
    .annexa-work/old/   the earlier output, set aside while the new files are moved in

**Invariant.** A change is under way exactly while `old/` and `new/manifest.json` are both there. Then each file of the
new manifest is either still in `new/` or already in its place, and each file of the earlier output is either still in
its place or in `old/`: the change can be undone from what is on the disk alone, and is. The change ends in one rename,
of new/manifest.json onto manifest.json, and an undoing in one deletion, of new/manifest.json. Before `old/` exists
nothing of the earlier output has been moved; after either end nothing in `.annexa-work` is needed. So at every moment
the folder holds the complete earlier output, the complete new one, or what the next Stage needs to put the earlier one
back. `_settle` does that, on the way in (what a killed run left) as on the way out (an error, Ctrl+C): it goes by the
disk and not by what this process remembers.

This holds against a process that is killed at any point. Against a power cut it holds as far as the file system keeps
renames in order; the contents are flushed to the disk (fsync) before the first of them.

**One run a folder.** `.annexa-lock` is held open with a lock of the operating system, which falls with its process:
no process number, no time and no guess whether an old lock still counts. A lock file that a killed run left is simply
taken over.

**What may be replaced.** Files that the folder's manifest lists are annexa's: they are replaced, and removed where the
new run does not make them. Any other file is never touched; where it has the name of an output, the run is refused.
Sub-folders that an output stood in are removed once they are empty.

**Under a password.** Every workbook that is asked for with `workbook` is then encrypted (see sealing.py), and `path`
refuses to give a place to any other file: what stays in plain has to be asked for as such, with `plain`. So no file
that a later hand adds is written in plain by oversight.

**Who may read it.** Files are set to their owner only (0600), and so is the folder where annexa makes it (0700).
Windows and disks without such permissions may ignore this: there the rights of the folder apply.
"""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from annexa.environment import Secret
from annexa.errors import OutputError, SourceError
from annexa.outputs.locks import hold, let_go
from annexa.outputs.manifest import (
    LOCK_NAME,
    MANIFEST_NAME,
    WORK_FOLDER,
    Manifest,
    OutputFile,
    describe,
    is_output_name,
    read_manifest,
)
from annexa.outputs.sealing import Place, Sealed

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_AS_BEFORE: Final = "The earlier output is as it was."
_HALFWAY: Final = "The earlier output is not all back in its place yet: the next run puts it back first."


def _replace(source: Path, target: Path) -> None:
    source.replace(target)


def _fsync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class Stage:
    """A change of an output folder, to be used in a `with` statement.

    Leaving the statement without `commit`, by an error or otherwise, leaves the folder as it was.

    Args:
        folder: the output folder; made, with the folders above it, where it does not exist.
        password: what workbooks are encrypted with; they are not where None.

    Raises:
        OutputError: the folder cannot be written to, another run has it, or a killed run cannot be cleared up. Inside
            the statement also in place of the OSError of a full disk or of a staged file that cannot be written.
    """

    def __init__(self, folder: Path, password: Secret | None = None) -> None:
        self._folder = folder
        self._password = password
        self._new = folder / WORK_FOLDER / "new"
        self._old = folder / WORK_FOLDER / "old"
        self._names: list[str] = []
        self._earlier: set[str] = set()
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            try:
                missing = _missing_folders(self._folder)
                undo.callback(_remove_empty, missing)
                for path in reversed(missing):
                    path.mkdir(mode=0o700, exist_ok=True)
                undo.callback(let_go, self._folder / LOCK_NAME, _lock(self._folder))
                _settle(self._folder)
                self._earlier = _earlier_outputs(self._folder)
                undo.callback(_settle, self._folder)
                self._new.parent.mkdir(mode=0o700)
                self._new.mkdir()
            except FileExistsError as error:
                raise _stuck(self._folder) from error
            except OSError as error:
                raise _explained(f"The output folder {self._folder}", error) from error
            self._exit = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        begun = self._last_begun()
        self._exit.close()
        if isinstance(error, OSError):
            staged = Path(str(error.filename))
            if staged.is_relative_to(self._new):
                raise _explained(staged.relative_to(self._new).as_posix(), error) from error
            if error.errno in _FULL:
                raise _explained(begun or "The output", error) from error

    @property
    def sealed(self) -> bool:
        """Whether there is a password: what holds child-level values is an encrypted workbook, or not written."""
        return self._password is not None

    def path(self, name: str) -> Path:
        """Return where to write the output `name` until `commit` moves it to its place.

        Args:
            name: final name inside the output folder, with / between sub-folder and file.

        Raises:
            OutputError: a folder, or a file that is not annexa's, stands in its place.
            ValueError: the name is no name of an output, or was staged before; the output is under a password.
        """
        if self.sealed:
            raise ValueError(f"{name} would be in plain, in an output under a password")
        return self.plain(name)

    def workbook(self, name: str) -> Place:
        """Return where to write a workbook: a place that encrypts it where there is a password; otherwise as path()."""
        staged = self.plain(name)
        return Sealed(staged, self._password) if self._password else staged

    def plain(self, name: str) -> Path:
        """Return where to write a file that stays in plain under a password too; otherwise as path().

        It holds no child-level value, or is a document of the officer's own that is copied as it is.
        """
        if not is_output_name(name) or name in {MANIFEST_NAME, LOCK_NAME} or name.startswith(f"{WORK_FOLDER}/"):
            raise ValueError(f"{name} cannot be the name of an output")
        if name.casefold() in {staged.casefold() for staged in self._names}:
            raise ValueError(f"{name} is staged already")
        self._refuse_foreign(name)
        staged = self._new / name
        staged.parent.mkdir(parents=True, exist_ok=True)
        self._names.append(name)
        return staged

    def renews(self, name: str) -> bool:
        """Return whether an earlier run made the output `name`, and it is still there."""
        return name in self._earlier and _is_file(self._folder / name)

    def commit(self, manifest: Manifest) -> Manifest:
        """Put every staged file in its place, then the manifest; remove what only the earlier run had made.

        Args:
            manifest: the manifest of the run; its `outputs` are filled in here.

        Returns:
            The manifest as it was written.

        Raises:
            OutputError: a file cannot be written, or is open in another program.
            ValueError: the stage was committed before.
        """
        if self._old.exists():
            raise ValueError("the stage was committed already")
        names = sorted(self._names)
        for name in names:
            self._refuse_foreign(name)
        self._refuse_other_command(manifest)
        written = manifest.model_copy(update={"outputs": tuple(self._finished(name) for name in names)})
        staged_manifest = self._new / MANIFEST_NAME
        try:
            staged_manifest.write_bytes(written.to_json().encode())
            _make_private_and_lasting(staged_manifest)
            self._old.mkdir()
        except OSError as error:
            raise _explained(MANIFEST_NAME, error) from error
        for name in sorted(self._earlier):
            # A folder in the place of an earlier output that is not made again is not annexa's.
            if _is_file(self._folder / name):
                _move(self._folder / name, self._old / name, name)
        for name in names:
            _move(self._new / name, self._folder / name, name)
        _move(staged_manifest, self._folder / MANIFEST_NAME, MANIFEST_NAME)
        return written

    def _last_begun(self) -> str:
        """Return the file that was being written: an error of a full disk does not say which."""
        return next((name for name in reversed(self._names) if os.path.lexists(self._new / name)), "")

    def _finished(self, name: str) -> OutputFile:
        try:
            _make_private_and_lasting(self._new / name)
            return describe(self._new / name, name)
        except OSError as error:
            raise _explained(name, error) from error

    def _refuse_other_command(self, manifest: Manifest) -> None:
        """A check must not take the place of a build, whose workbook would go with it."""
        if not os.path.lexists(self._folder / MANIFEST_NAME):
            return
        earlier = read_manifest(self._folder).command
        if earlier != manifest.command:
            raise OutputError(
                f"{self._folder} holds what `annexa {earlier}` wrote, which `annexa {manifest.command}` would remove. "
                f"{_AS_BEFORE}",
                "Choose another output folder.",
            )

    def _refuse_foreign(self, name: str) -> None:
        target = self._folder / name
        if target.is_dir():
            raise OutputError(
                f"{name} in {self._folder} is a folder, where annexa writes a file. {_AS_BEFORE}",
                "Rename the folder, or choose another output folder.",
            )
        for parent in list(target.parents)[: name.count("/")]:
            if _is_file(parent):
                raise OutputError(
                    f"{parent.name} in {self._folder} is a file, where annexa needs a folder. {_AS_BEFORE}",
                    "Rename the file, or choose another output folder.",
                )
        if _is_file(target) and name not in self._earlier:
            raise OutputError(
                f"{name} in {self._folder} is in no manifest of annexa's, and would be overwritten. {_AS_BEFORE}",
                "Move the file away, or choose another output folder.",
            )


@contextmanager
def settled(folder: Path) -> Iterator[None]:
    """Hold an output folder inside the block, after what a killed run left in it was put back and removed.

    Raises:
        OutputError: another run has it, or what was left cannot be put back or removed.
        OSError: it cannot be written to.
    """
    handle = _lock(folder)
    try:
        _settle(folder)
        if (folder / WORK_FOLDER).exists():
            raise _stuck(folder)
        yield
    finally:
        let_go(folder / LOCK_NAME, handle)


def _settle(folder: Path) -> None:
    """Bring the folder to one of its two complete states, and remove what is temporary."""
    work = folder / WORK_FOLDER
    new, old = work / "new", work / "old"
    if old.is_dir():
        if (new / MANIFEST_NAME).exists():
            _undo(folder, new, old)
        subfolders = {path.relative_to(root) for root in (new, old) for path in root.rglob("*") if path.is_dir()}
        _remove_empty(folder / subfolder for subfolder in sorted(subfolders, reverse=True))
    shutil.rmtree(work, ignore_errors=True)


def _undo(folder: Path, new: Path, old: Path) -> None:
    try:
        names = [output.name for output in read_manifest(new).outputs]
    except SourceError:
        raise OutputError(
            f"A run that was cut short in {folder} cannot be undone.",
            f"Move the files in {WORK_FOLDER}/old back by hand, then delete {WORK_FOLDER}.",
        ) from None
    for name in names:
        if _is_file(new / name):
            continue
        if _is_file(folder / name):
            _move(folder / name, new / name, name, after=_HALFWAY)
        else:
            # Somebody removed it. A stand-in keeps "not in new" from meaning the earlier file that is put back below,
            # should this undoing be cut short as well.
            (new / name).touch()
    for path in sorted(path for path in old.rglob("*") if _is_file(path)):
        name = path.relative_to(old).as_posix()
        _move(path, folder / name, name, after=_HALFWAY)
    try:
        (new / MANIFEST_NAME).unlink()
    except OSError as error:
        raise _explained(f"{WORK_FOLDER} in {folder}", error, after=_HALFWAY) from error


def _move(source: Path, target: Path, name: str, *, after: str = _AS_BEFORE) -> None:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(source, target)
    except OSError as error:
        raise _explained(name, error, after=after) from error


def _make_private_and_lasting(path: Path) -> None:
    with suppress(PermissionError):  # its owner is refused only by a disk that has no permissions
        path.chmod(0o600)
    _fsync(path)


def _is_file(path: Path) -> bool:
    """True for whatever stands there and is no folder, a broken link included."""
    return os.path.lexists(path) and not path.is_dir()


def _missing_folders(folder: Path) -> list[Path]:
    """Return the folders that have to be made for `folder`, itself first."""
    missing = list(takewhile(lambda path: not path.is_dir(), (folder, *folder.parents)))
    for path in filter(_is_file, missing):
        raise OutputError(f"{path} is a file, where the output needs a folder.", "Choose another output folder.")
    return missing


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _earlier_outputs(folder: Path) -> set[str]:
    if not os.path.lexists(folder / MANIFEST_NAME):
        return set()
    try:
        return {output.name for output in read_manifest(folder).outputs}
    except SourceError as error:
        raise OutputError(
            f"{error.message} annexa cannot tell which files there are its own, and has changed nothing.",
            "Move the files away, or choose another output folder.",
        ) from None


def _lock(folder: Path) -> int:
    handle = hold(folder / LOCK_NAME)
    if handle is None:
        raise OutputError(
            f"Another run of annexa is writing to {folder}.", "Wait until it is done, or choose another output folder."
        )
    return handle


def _stuck(folder: Path) -> OutputError:
    return OutputError(
        f"{WORK_FOLDER} in {folder}, which a run that was cut short left, could not be removed.",
        "Close the programs that have files in it open, or delete it by hand.",
    )


def _explained(what: str, error: OSError, *, after: str = _AS_BEFORE) -> OutputError:
    if error.errno in _FULL:
        why, hint = "the disk is full, or the file is larger than it allows", "Free some space"
    elif isinstance(error, PermissionError):
        why = "it is open in another program, or you may not change it"
        hint = "Close it (Excel locks a workbook that it has open)"
    else:
        why, hint = error.strerror or type(error).__name__, "Check that place"
    return OutputError(
        f"{what} could not be written: {why}. {after}",
        f"{hint}, or choose another output folder, and run annexa again.",
    )
