"""What the fault tests of the nightly run begin with; made once, and copied by every test."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli import contents
from tests.support.nights import COMMANDS, DAY, LONG_AGO, NIGHT, authority, copy, output, renew, run

if TYPE_CHECKING:
    from tests.support.killing import Killer


@dataclass(frozen=True)
class Ground:
    """The state before something goes wrong.

    Args:
        folder: with a build, with the dry runs of two nights, and with an extract that has changed since.
        undisturbed: the same after another build and dry run in which nothing went wrong.
    """

    folder: Path
    undisturbed: Path

    def copy(self, to: Path) -> Path:
        return copy(self.folder, to / "authority")

    def before(self, command: str) -> dict[str, bytes]:
        return contents(output(self.folder, command))

    def after(self, command: str) -> dict[str, bytes]:
        return contents(output(self.undisturbed, command))


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    root = tmp_path_factory.mktemp("ground")
    folder = authority(root / "before", date(2025, 6, 1))
    contacts = folder / "extract" / "ssd_contacts.csv"
    since = contacts.read_bytes()
    contacts.write_bytes(b"".join(since.splitlines(keepends=True)[:-1]))  # an extract that is old would be flagged
    assert run(folder, "dry-run", LONG_AGO).code == 0
    contacts.write_bytes(since)
    for command in COMMANDS:
        assert run(folder, command, NIGHT).code == 0
    assert (folder / "history" / "dry-runs" / LONG_AGO.date().isoformat()).is_dir()
    renew(folder)
    undisturbed = copy(folder, root / "after")
    made = Ground(folder, undisturbed)
    for command in COMMANDS:
        assert run(undisturbed, command).code == 0
        before, after = made.before(command), made.after(command)
        assert before.keys() == after.keys()
        assert not [name for name in before if before[name] == after[name]], "nobody could tell the two apart"
    assert sorted(each.name for each in (undisturbed / "history" / "dry-runs").iterdir()) == [DAY.isoformat()]
    return made


@pytest.fixture(scope="session")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Killer"]:
    from tests.support.killing import Killer

    process = Killer(tmp_path_factory.mktemp("killer"))
    yield process
    process.close()
