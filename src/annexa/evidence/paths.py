"""Where a file is that the tracker names: below the tracker's own folder, and nowhere else unless that is allowed."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from annexa.evidence.rows import Row

MEGABYTE: Final = 1024 * 1024
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_WEB: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(//|[^\\/])")  # a scheme; a drive has one letter


@dataclass(frozen=True)
class Allowed:
    """What is refused unless it is allowed.

    Args:
        outside: paths that lead out of the tracker's folder.
        links: symbolic links, and files below a folder that is one.
        max_bytes: largest size of a file.
    """

    outside: bool = False
    links: bool = False
    max_bytes: int = 50 * MEGABYTE


@dataclass(frozen=True)
class Located:
    """A file that the tracker names.

    Args:
        named: as it was typed.
        path: where it is; None where there is a problem and it must not be opened.
        problem: why it is refused or cannot be found, in words that follow "the file"; blank where nothing is wrong.
        refused: whether it was refused by rule, rather than not found.
    """

    named: str
    path: Path | None
    problem: str = ""
    refused: bool = False

    @property
    def name(self) -> str:
        """The name of the file, without its folder."""
        return _plain(self.named).name


@dataclass(frozen=True)
class Places:
    """Where files are looked for.

    Args:
        tracker: the tracker; what it names is relative to its folder.
        products: an output folder of annexa, which holds the tool's own products; or None.
        own: names of the tool's own products, which are looked for there.
        allowed: what is not refused.
    """

    tracker: Path
    products: Path | None = None
    own: frozenset[str] = frozenset()
    allowed: Allowed = Allowed()

    def located(self, row: Row) -> tuple[Located, ...]:
        """Find every file of a row; none is opened."""
        return tuple(self._find(named) for named in row.files)

    def _find(self, named: str) -> Located:
        at_home = self.products is not None and named in self.own
        folder = self.products if at_home and self.products is not None else self.tracker.parent
        if _WEB.match(named):
            return Located(named, None, "is a web address: save a copy beside the tracker", refused=True)
        plain = _plain(named)
        if (_is_absolute(plain) or ".." in plain.parts) and not self.allowed.outside:
            return Located(
                named, None, "lies outside the tracker's folder: copy it there, or allow it with --allow-outside", True
            )
        if "\0" in named or not plain.name:
            return Located(named, None, "has no name that a file can have")
        try:
            return self._look(named, folder, plain)
        except OSError as error:
            return Located(named, None, f"cannot be read ({error.strerror})")

    def _look(self, named: str, folder: Path, plain: PurePosixPath) -> Located:
        path = folder / plain
        if any(map(_is_link, _below(folder, plain))):
            if not self.allowed.links:
                where = "is a link, or lies in a linked folder: copy the file itself, or allow it with --allow-links"
                return Located(named, None, where, refused=True)
            # realpath and not resolve: a link that leads to itself is no error there
            inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
            if not inside and not self.allowed.outside:
                return Located(
                    named,
                    None,
                    "is a link out of the tracker's folder: it is allowed with --allow-outside",
                    refused=True,
                )
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return Located(named, None, "is missing")
        if stat.S_ISDIR(found.st_mode):
            return Located(named, None, "is a folder: name the files in it")
        if not stat.S_ISREG(found.st_mode):
            return Located(named, None, "is no ordinary file", refused=True)
        if self.tracker.exists() and path.samefile(self.tracker):
            return Located(named, None, "is the tracker itself", refused=True)
        if found.st_size > self.allowed.max_bytes:
            size = f"{found.st_size / MEGABYTE:,.0f} MB"
            most = f"{self.allowed.max_bytes / MEGABYTE:,.0f} MB"
            return Located(
                named, None, f"has {size}, and {most} are allowed: make it smaller, or raise --max-size", refused=True
            )
        return Located(named, path)


def _plain(named: str) -> PurePosixPath:
    """Read a path as it is typed on any system, with a backslash or a stroke between folders."""
    return PurePosixPath(named.replace("\\", "/"))


def _is_absolute(plain: PurePosixPath) -> bool:
    return plain.is_absolute() or bool(_DRIVE.match(str(plain)))


def _below(folder: Path, plain: PurePosixPath) -> Iterator[Path]:
    """Yield every folder between the tracker's and the file, and the file."""
    path = folder
    for part in plain.parts:
        path = path / part
        yield path


def _is_link(path: Path) -> bool:
    junction = getattr(path, "is_junction", None)  # Python 3.12 knows this kind of link of Windows
    return path.is_symlink() or (junction is not None and junction())
