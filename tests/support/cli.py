"""Run annexa's commands inside the test's process, and see what a user would see."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer.testing
from typer.testing import CliRunner

from annexa.cli.main import app

# The runner would make the commands of the app anew for each run.
typer.testing._get_command = cache(typer.testing._get_command)


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str
    both: str = ""  # in the order in which it was printed


def annexa(*arguments: str | Path, env: dict[str, str] | None = None) -> Ran:
    """Run a command; a wide terminal keeps messages on one line.

    A build that does not name its reports makes none: most tests are about the lists, and reports take time.
    """
    given = [str(each) for each in arguments]
    if given[:1] in (["build"], ["dry-run"]) and "--reports" not in given and "--help" not in given:
        given += ["--reports", "none"]
    runner = CliRunner()
    result = runner.invoke(app, given, env={"COLUMNS": "300", **(env or {})})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr, result.output)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
