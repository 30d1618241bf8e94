"""Run annexa's commands inside the test's process, and see what a user would see."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from annexa.cli.main import app


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def annexa(*arguments: str | Path, env: dict[str, str] | None = None) -> Ran:
    """Run a command; a wide terminal keeps messages on one line."""
    runner = CliRunner()
    result = runner.invoke(app, [str(each) for each in arguments], env={"COLUMNS": "300", **(env or {})})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
