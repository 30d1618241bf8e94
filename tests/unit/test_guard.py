"""From an error to a message and an exit code, and what the program does before a command runs."""

import io
import os
import sys

import pytest
import typer

from annexa.cli.guard import debug_file, guarded, stage
from annexa.cli.main import run
from annexa.errors import OutputError, SourceError, UsageError


class Panic(BaseException):
    """Polars' panics are of this kind: no Exception, and a message that may hold values."""


@pytest.fixture(autouse=True)
def _fresh():
    tokens = debug_file.set(None), stage.set("reading the extract")
    yield
    debug_file.reset(tokens[0])
    stage.reset(tokens[1])


def ended(error: BaseException) -> int:
    @guarded
    def command() -> None:
        raise error

    with pytest.raises(typer.Exit) as end:
        command()
    return end.value.exit_code


@pytest.mark.parametrize(("kind", "code"), [(UsageError, 2), (SourceError, 3), (OutputError, 4)])
def test_an_error_that_the_user_can_act_on(capsys, kind, code):
    assert ended(kind("The table ssd_person is missing.", "Add it.")) == code
    assert capsys.readouterr() == ("", "Error: The table ssd_person is missing.\nAdd it.\n")


def test_ctrl_c(capsys):
    assert ended(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.startswith("Error: Interrupted: no file is half-written.\n")


@pytest.mark.parametrize("bug", [ValueError("child 0001"), Panic("child 0001"), MemoryError("child 0001")])
def test_a_bug_is_named_without_its_message(capsys, bug):
    assert ended(bug) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        f"Error: An error in annexa: {type(bug).__name__} while reading the extract, at guard.py, line"
    )
    assert "--debug-file" in err
    assert "0001" not in err


def test_a_bug_outside_annexa_has_no_place(capsys, monkeypatch):
    monkeypatch.setattr("annexa.cli.guard.traceback.extract_tb", lambda _: [])
    assert ended(ValueError("child 0001")) == 70
    assert "at an unknown place." in capsys.readouterr().err


def test_the_details_of_a_bug_go_to_a_file_of_the_owner_alone(capsys, tmp_path):
    path = tmp_path / "details.txt"
    debug_file.set(path)
    assert ended(ValueError("child 0001")) == 70
    assert "ValueError: child 0001" in path.read_text("utf-8")
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert "details.txt; they may quote values" in capsys.readouterr().err


def test_details_that_cannot_be_written(capsys, tmp_path):
    debug_file.set(tmp_path / "no" / "details.txt")
    assert ended(ValueError("child 0001")) == 70
    assert "could not be written to details.txt" in capsys.readouterr().err


def test_an_exit_code_passes_through(capsys):
    assert ended(typer.Exit(1)) == 1
    assert capsys.readouterr() == ("", "")


def test_the_program_runs_on_streams_that_cannot_be_reconfigured(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["annexa", "--version"])
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as end:
        run()
    assert end.value.code == 0
    assert out.getvalue().startswith("annexa ")
