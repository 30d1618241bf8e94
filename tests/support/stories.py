"""Stories of a user, command by command, in which everything that may hold no value is searched for values."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from annexa.cli.main import app
from tests.support.cli import annexa
from tests.support.planted import Search
from tests.support.sealed import ENV

TODAY = "2018-05-30"
WIDE = "100000"  # so that no table breaks a value in two


@dataclass(frozen=True)
class Place:
    """Where a story happens.

    Args:
        given: extracts, workbooks and outputs that all stories read.
        mine: what this story alone reads.
        out: what its commands write.
        child: identifier of a child.
        search: for values.
        patch: for what a step puts in the place of a function.
        held: what a step holds until the end of the story.
    """

    given: Path
    mine: Path
    out: Path
    child: str
    search: Search
    patch: pytest.MonkeyPatch
    held: ExitStack = field(default_factory=ExitStack)

    def env(self) -> dict[str, str]:
        """The user's folders and the folder of temporary files are searched as well."""
        folders = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "TMPDIR": "tmp"}
        return {
            **ENV,
            "ANNEXA_TODAY": TODAY,
            "COLUMNS": WIDE,
            **{key: str(self.out / each) for key, each in folders.items()},
        }


@dataclass(frozen=True)
class Run:
    """A command.

    Args:
        words: with {given}, {mine} and {out} for the folders, and {child} for a child.
        code: its exit code.
        record: whether its result is a child's record, so that stdout, and stdout alone, is to hold values.
    """

    words: str
    code: int = 0
    record: bool = False

    @property
    def command(self) -> str:
        """Return the command's name."""
        return max((name for name in commands() if f"{self.words} ".startswith(f"{name} ")), key=len)

    def __call__(self, place: Place) -> None:
        """Run it with a log and all that it has to tell, and search what it says."""
        names = {"given": place.given, "mine": place.mine, "out": place.out, "child": place.child}
        words = [word.format_map(names) for word in self.words.split()]
        if "--log-file" in commands()[self.command]:
            words += ["--log-file", str(place.out / "log.txt")]
        if "--verbose" in commands()[self.command] and "--quiet" not in words:
            words.append("--verbose")
        ran = annexa(*words, env=place.env())
        assert ran.code == self.code, f"{self.words} ended with {ran.code}: {ran.err}"
        assert not place.search(ran.err), f"{self.words}: {place.search(ran.err)} in {ran.err}"
        assert bool(place.search(ran.out)) is self.record, f"{self.words}: {place.search(ran.out)} in {ran.out}"


@dataclass(frozen=True)
class Story:
    """What one user does.

    Args:
        steps: commands, and what happens between them.
        may: which files in the folder may hold values, and must: "name", or "folder/name", with * and ?.
    """

    steps: tuple[Run | Callable[[Place], Any], ...]
    may: tuple[str, ...] = ()

    @property
    def runs(self) -> Iterator[Run]:
        """Yield its commands."""
        return (step for step in self.steps if isinstance(step, Run))

    def happens(self, place: Place) -> None:
        """Do all steps; search the files after each."""
        with place.held:
            for step in self.steps:
                step(place)
                held = [path for path in place.out.rglob("*") if path.is_file() and not self._may(path)]
                found = {
                    path.relative_to(place.out).as_posix(): values for path in held if (values := place.search(path))
                }
                assert not found, f"after {step}: {found}"
        for pattern in self.may:
            files = [path for path in place.out.rglob("*") if path.match(pattern) and path.is_file()]
            assert any(map(place.search, files)), f"no value is in {pattern}: is it searched for?"

    def _may(self, path: Path) -> bool:
        return any(path.match(pattern) for pattern in self.may)


@cache
def commands() -> dict[str, frozenset[str]]:
    """Every command of annexa, with the options that it has."""
    return dict(_below(typer.main.get_command(app), ()))


def _below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, frozenset[str]]]:
    inner = getattr(command, "commands", {})
    if path and (not inner or command.invoke_without_command):
        yield " ".join(path), frozenset(option for each in command.params for option in each.opts)
    for name, each in inner.items():
        yield from _below(each, (*path, name))


def place_of(given: Path, folder: Path, child: str, search: Search, patch: pytest.MonkeyPatch) -> Place:
    """Return the folders of a story, in which it begins; temporary files go into one of them."""
    place = Place(given, folder / "mine", folder / "out", child, search, patch)
    (place.out / "tmp").mkdir(parents=True)
    place.mine.mkdir()
    at_home(place)
    return place


def at_home(place: Place) -> None:
    """Undo all that steps have put in the place of functions; go to the story's folder."""
    place.patch.undo()
    place.patch.chdir(place.out)
    place.patch.setattr(tempfile, "tempdir", str(place.out / "tmp"))
