"""Everything the terminal shows: results on stdout, progress, warnings and errors on stderr, in counts alone.

A table never breaks a word, so that a reason code or a column's name can be copied as it stands. On a terminal it fits
into the width where it can; into a file or a pipe (and where COLUMNS is not set) each row goes on one line.
"""

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import UnsupportedOperation
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from annexa.errors import OutputError
from annexa.log import note

if TYPE_CHECKING:
    from annexa.pipeline.building import Report

GAP = 2  # blanks between two columns
UNLIMITED = 100_000
# A line under the headings and nothing else; the second is for consoles that cannot encode the first, such as cp1252.
LINES = box.SIMPLE_HEAD
ASCII_LINES = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


class _Stream(Console):
    """A console that a closed pipe silences and does not stop: what was asked for is done to its end."""

    def on_broken_pipe(self) -> None:
        _discard(self.file)


def _out(width: int | None = None) -> Console:
    # Made at each use: tests and shells replace the streams, and the width may have changed.
    return _Stream(width=width, highlight=False)


def _err() -> Console:
    console = _Stream(stderr=True, highlight=False)
    # On a terminal a message is wrapped between words; elsewhere it stays on one line.
    console.soft_wrap = not console.is_terminal
    return console


def _discard(stream: IO[str]) -> None:
    """Send the rest of a stream nowhere: what stands in its buffer would fail once more when Python ends."""
    with suppress(UnsupportedOperation, OSError), Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


@contextmanager
def _result(width: int | None = None) -> Iterator[Console]:
    """Give a console for results; what cannot be written is an error, unless the reader has gone away."""
    console = _out(width)
    try:
        yield console
    except OSError as error:
        _discard(console.file)
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # EINVAL is how Windows says that the reader has gone
            raise OutputError(
                f"The result could not be shown: {error.strerror}.", "Check where the output of the command goes."
            ) from None


def ascii_only() -> bool:
    """Return whether results go where nothing beyond ASCII can be shown for certain."""
    return _out().options.ascii_only


def line(text: str) -> None:
    """Print one line of a result."""
    with _result() as console:
        console.print(Text(text), soft_wrap=not console.is_terminal)


def document(value: object) -> None:
    """Print one JSON document."""
    with _result() as console:
        console.out(json.dumps(value, indent=2, ensure_ascii=True, default=str), highlight=False)


def error(message: str, hint: str = "") -> None:
    """Print an error and what to do about it."""
    console = _err()
    console.print(Text.assemble(("Error:", "bold red"), " ", message))
    if hint:
        console.print(Text(hint))


def warning(message: str, *, quiet: bool = False) -> None:
    """Print a warning, unless only errors are asked for."""
    if not quiet:
        _err().print(Text.assemble(("Warning:", "yellow"), " ", message))


def as_toml(value: object) -> str:
    """Return a setting as it is written in annexa.toml."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(as_toml(each) for each in value)}]"
    return json.dumps(value) if isinstance(value, str) else str(value)


def detail(text: str) -> None:
    """Print a line of --verbose."""
    _err().print(Text(text))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", *, spaced: bool = False) -> None:
    """Print a table; numbers to the right.

    Args:
        headings: of the columns.
        rows: a text for each column; a line break in it stays.
        title: a line above.
        spaced: a blank line between rows, where they are long.
    """
    columns = [[heading, *(row[i] for row in rows)] for i, heading in enumerate(headings)]
    gaps = GAP * (len(columns) - 1)
    widths = _widths(columns, _room() - gaps)
    with _result(sum(widths) + gaps) as console:
        shown = Table(
            box=ASCII_LINES if console.options.ascii_only else LINES,
            show_edge=False,
            pad_edge=False,
            padding=(0, GAP - 1, 0, 0),
            leading=int(spaced),
        )
        for (heading, *cells), width in zip(columns, widths, strict=True):
            shown.add_column(heading, justify="right" if _numbers(cells) else "left", width=width, overflow="fold")
        for row in rows:
            shown.add_row(*(Text(cell) for cell in row))
        if title:
            console.print(Text(title, "bold"), soft_wrap=True)
            console.print()
        if console.is_terminal:
            console.print(shown)
        else:
            with console.capture() as captured:
                console.print(shown)
            console.out("\n".join(text.rstrip() for text in captured.get().splitlines()), highlight=False)
        console.print()


def _room() -> int:
    # COLUMNS, else the terminal's width; nothing to fit into where stdout is no terminal.
    return shutil.get_terminal_size((UNLIMITED, 0)).columns


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return widths that fit into the room, the widest columns giving way first; no word is broken for it."""
    lines = [[text for cell in column for text in cell.split("\n")] for column in columns]
    widths = [max(map(cell_len, column)) for column in lines]
    words = [max(cell_len(word) for text in column for word in text.split(" ")) for column in lines]
    while sum(widths) > room:
        wide = [i for i, width in enumerate(widths) if width > words[i]]
        if not wide:
            break
        widths[max(wide, key=lambda i: widths[i])] -= 1
    return widths


def _numbers(cells: Sequence[str]) -> bool:
    texts = {text.replace(",", "") for cell in cells for text in cell.split("\n")} - {"", "-"}
    return bool(texts) and all(text.isdigit() for text in texts)


@contextmanager
def progress(*, quiet: bool, verbose: bool, stage: ContextVar[str]) -> Iterator[Callable[[str], None]]:
    """Give a function that is told each stage as it begins.

    A bar stands on stderr where that is a terminal. With `verbose` each stage leaves a line with its time, also without
    a terminal. The log has the same lines.
    """
    console = _err()
    bar = Progress(
        BarColumn(bar_width=20, pulse_style="cyan"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal or console.is_dumb_terminal,
    )
    task = bar.add_task("starting", total=None)
    begun = time.perf_counter()
    current = ""

    def finish() -> None:
        if current:
            text = f"{current}: {time.perf_counter() - begun:.2f} s"
            note(text)
            if verbose:
                console.print(Text(text))

    def tell(name: str) -> None:
        nonlocal begun, current
        finish()
        begun, current = time.perf_counter(), name
        stage.set(name)
        bar.update(task, description=name)

    with bar:
        yield tell
        finish()


def build_counts(report: "Report") -> list[str]:
    """Return a build in counts, for --verbose and the log: what was read, listed, found and written."""
    record = report.manifest
    lines = [
        f"read {each.table} ({each.name}): {many(each.rows, 'row')}" for each in record.inputs if each.rows is not None
    ]
    for each in record.lists:
        if each.state == "built":
            left = sum(report.lists[each.number].left_out.values())
            lines.append(f"List {each.number}: rows {each.rows:,}, children {each.children:,}, left out {left:,}")
        else:
            lines.append(f"List {each.number}: {each.state}")
    lines += [f"{check}: {many(number, 'finding')}" for check, number in sorted(record.findings.by_check.items())]
    lines += [f"wrote {each.name}: {many(each.size, 'byte')}" for each in record.outputs]
    return lines


def many(number: int, name: str) -> str:
    """Return a number with what is counted, in the plural where it is not one."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def build_warnings(report: "Report", *, quiet: bool = False) -> None:
    """Print on stderr what must be known about the run as a whole."""
    if quiet:
        return
    notes = list(report.notes[: report.run_notes])
    if report.later_edition and not report.edition_chosen:
        # The first note says that the edition was not in force; this says the same, and what to do.
        notes[0] = (
            f"No edition was named, so {report.edition.name} was built; {report.later_edition} was in force on "
            f"{report.request.inspection_date:%d/%m/%Y} (--edition {report.later_edition})."
        )
    run_notes([*notes, *report.assessed.unknown_values()])


def run_notes(notes: Sequence[str], *, quiet: bool = False) -> None:
    """Print errors and warnings about a run as a whole, unless only errors of the command are asked for."""
    for text in [] if quiet else notes:
        if text.startswith("Error: "):
            error(text.removeprefix("Error: "))
        else:
            warning(text)


def build_summary(report: "Report") -> None:
    """Print what a build gave: for each list its rows, children, window and what was left out, and where to look."""
    rows = []
    for number, built in report.lists.items():
        window = (
            f"{built.window.start:%d/%m/%Y} to {built.window.end:%d/%m/%Y}" if built.window else "at the inspection"
        )
        counts = ("-", "-", window, "-", "not supplied")
        if built.supplied:
            left = "\n".join(f"{count:,}" for count in built.left_out.values()) or "0"
            reasons = "\n".join(built.left_out)
            counts = (f"{built.frame.height:,}", f"{built.children:,}", window, left, reasons)
        rows.append((str(number), built.spec.title.partition(": ")[2], *counts))
    table(
        ("List", "Title", "Rows", "Children", "Window", "Left out", "Reason"),
        rows,
        title=f"Annex A for {report.request.inspection_date:%d/%m/%Y}, edition {report.edition.name}",
    )
    found = report.manifest.findings
    line(f"Findings: {many(found.error, 'error')}, {many(found.warning, 'warning')}, {found.info:,} for information.")
    if report.unknown:
        line(f"Files not used: {', '.join(report.unknown)}.")
    output = report.request.output
    line(f"The workbook is {output / 'annex-a.xlsx'}.")
    _delivered(report)
    left_out = "exclusions.xlsx" if report.request.password else "exclusions.csv"
    line(f"Look next at findings.xlsx and {left_out}, in the same folder.")
    line(f"Verdict: {found.verdict}.{_look_at(report)}")


def _delivered(report: "Report") -> None:
    """Say what stands beside the lists, and which reports the extract had no input for."""
    if not report.delivered.written:
        return
    made = report.delivered.reports
    missing = [each.item for each in made if not each.supplied]
    lacking = f", {len(missing)} of them not supplied ({', '.join(missing)})" if missing else ""
    line(f"Reports: {len(made)}{lacking}. Every item of Annex A and its state: {report.request.output / 'index.html'}.")
    for text in report.delivered.messages:
        line(f"Tracker: {text}")


def _look_at(report: "Report") -> str:
    if report.assessed.verdict.state == "ready":
        return ""
    return f" Open {report.request.output / 'findings.xlsx'}, or run `annexa checks explain` with the id of a check."
