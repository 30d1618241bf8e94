"""What the terminal shows: tables that break no word, messages, progress, and streams that fail."""

import errno
import io
import json
import re
import sys
from contextvars import ContextVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annexa import console
from annexa.errors import OutputError

WORD = st.text("abcXYZ_09[]/\\", min_size=1, max_size=12)
CELL = st.lists(st.lists(WORD, max_size=6).map(" ".join), min_size=1, max_size=3).map("\n".join)
STAGE: ContextVar[str] = ContextVar("test_stage", default="")


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch):
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "__stdout__", None)  # whose width is asked for, also while stdout is captured


@pytest.fixture
def terminal(monkeypatch):
    """Take the streams for a terminal of 80 columns."""
    for name, value in (("TTY_COMPATIBLE", "1"), ("COLUMNS", "80"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)


@given(
    cells=st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), max_size=5)),
    width=st.integers(10, 120),
)
def test_a_table_shows_every_word_whole_and_fits_where_it_can(cells, width):
    headings = [f"Heading {i}" for i in range(len(cells[0]) if cells else 2)]
    with pytest.MonkeyPatch.context() as patch:
        out = io.StringIO()
        patch.setattr(sys, "stdout", out)
        patch.setenv("COLUMNS", str(width))
        console.table(headings, cells)
    lines = out.getvalue().splitlines()
    words = sorted(word for row in [headings, *cells] for cell in row for word in cell.split())
    assert sorted(word for text in lines for word in text.split() if set(word) != {"─"}) == words
    columns = [[heading, *(row[i] for row in cells)] for i, heading in enumerate(headings)]
    least = sum(max(len(word) for cell in column for word in cell.split()) for column in columns)
    assert max(map(len, lines)) <= max(width, least + 2 * (len(columns) - 1))


def test_numbers_stand_to_the_right_and_lines_of_a_cell_beside_each_other(capsys):
    console.table(
        ("List", "Rows", "Why"), [("Contacts", "1,234\n5", "WINDOW\nNFA"), ("Care", "-", "")], title="A title"
    )
    assert capsys.readouterr().out.splitlines() == [
        "A title",
        "",
        "List       Rows  Why",
        "───────────────────────",
        "Contacts  1,234  WINDOW",
        "              5  NFA",
        "Care          -",
        "",
    ]


def test_rows_can_stand_apart(capsys):
    console.table(("A", "B"), [("-", "x"), ("-", "y")], spaced=True)
    assert capsys.readouterr().out.splitlines() == ["A  B", "────", "-  x", "", "-  y", ""]


def test_into_a_file_a_row_goes_on_one_line(capsys):
    console.table(("A", "B"), [("x " * 200, "y " * 200)])
    assert "x y" in re.sub(" +", " ", capsys.readouterr().out)


def test_on_a_terminal_headings_are_bold_and_messages_wrap_between_words(terminal, capsys):
    console.table(("A", "B"), [("x " * 60, "y")], title="T")
    out = capsys.readouterr().out
    assert "\x1b[1m" in out
    assert max(len(re.sub("\x1b[^m]*m", "", text)) for text in out.splitlines()) <= 80
    console.warning("word " * 40)
    console.line("word " * 40)
    for text in (read := capsys.readouterr()).out.splitlines() + read.err.splitlines():
        assert len(re.sub("\x1b[^m]*m", "", text)) <= 80
        assert re.search(r"(word|Warning:\S*)\s*$", text)


def test_colours_can_be_refused(terminal, monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    console.warning("a word")
    assert "\x1b[33m" not in capsys.readouterr().err


def test_messages_keep_brackets_and_stay_on_one_line(capsys):
    console.error("no [bold]file[/bold] " + "x " * 200, "try [red]")
    console.warning("look [here]")
    console.warning("hidden", quiet=True)
    console.detail("[read] 3 rows")
    console.line("in [folder]")
    shown = capsys.readouterr()
    lines = shown.err.splitlines()
    assert lines[0].startswith("Error: no [bold]file[/bold] x x")
    assert lines[1:] == ["try [red]", "Warning: look [here]", "[read] 3 rows"]
    assert shown.out == "in [folder]\n"


def test_an_error_without_a_hint(capsys):
    console.error("this")
    assert capsys.readouterr().err == "Error: this\n"


def test_a_document_is_json_in_ascii(capsys):
    console.document({"name": "Łódź [bold]", "long": "x " * 500})
    text = capsys.readouterr().out
    assert text.isascii()
    assert json.loads(text) == {"name": "Łódź [bold]", "long": "x " * 500}


class _Failing(io.StringIO):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def flush(self) -> None:
        raise OSError(self.number, "the reason")


@pytest.mark.parametrize(
    ("stream", "number"), [("stdout", errno.EPIPE), ("stdout", errno.EINVAL), ("stderr", errno.EPIPE)]
)
def test_a_reader_that_has_gone_stops_nothing(monkeypatch, stream, number):
    monkeypatch.setattr(sys, stream, _Failing(number))
    console.line("a")
    console.table(("A",), [("x",)])
    console.document({})
    console.warning("b")


def test_a_result_that_cannot_be_written_is_an_error(monkeypatch):
    for show in (lambda: console.line("a"), lambda: console.table(("A",), [("x",)]), lambda: console.document({})):
        monkeypatch.setattr(sys, "stdout", _Failing(errno.ENOSPC))
        with pytest.raises(OutputError, match="could not be shown: the reason"):
            show()


def run_stages(*, quiet: bool, verbose: bool) -> None:
    with console.progress(quiet=quiet, verbose=verbose, stage=STAGE) as tell:
        for name in ("one [a]", "two"):
            tell(name)
            assert STAGE.get() == name


def test_progress_without_a_terminal(capsys):
    run_stages(quiet=False, verbose=False)
    assert capsys.readouterr() == ("", "")
    run_stages(quiet=False, verbose=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"one \[a\]: 0\.\d\d s\ntwo: 0\.\d\d s\n", shown.err)


def test_progress_on_a_terminal(terminal, monkeypatch, capsys):
    run_stages(quiet=False, verbose=False)
    shown = capsys.readouterr()
    assert "\x1b" in shown.err
    assert shown.out == ""
    run_stages(quiet=True, verbose=False)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("TERM", "dumb")
    run_stages(quiet=False, verbose=False)
    assert capsys.readouterr().err == ""


def test_a_stage_that_fails_leaves_no_line_of_its_own(capsys):
    def fail() -> None:
        with console.progress(quiet=False, verbose=True, stage=STAGE) as tell:
            tell("one")
            tell("two")
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert re.fullmatch(r"one: 0\.\d\d s\n", capsys.readouterr().err)
