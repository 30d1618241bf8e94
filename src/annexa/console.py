"""Everything the terminal shows: results on stdout, progress, warnings and errors on stderr, in counts alone."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annexa.log import note

if TYPE_CHECKING:
    from annexa.pipeline import Report


def _out() -> Console:
    # Made at each use: tests and shells replace the streams, and the width may have changed.
    return Console(highlight=False, soft_wrap=False)


def _err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def line(text: str) -> None:
    """Print one line of a result."""
    _out().print(escape(text), soft_wrap=True)


def document(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, indent=2, ensure_ascii=True, default=str))  # noqa: T201


def error(message: str, hint: str) -> None:
    """Print an error and what to do about it."""
    console = _err()
    console.print(f"[bold red]Error:[/bold red] {escape(message)}")
    if hint:
        console.print(escape(hint))


def warning(message: str, *, quiet: bool = False) -> None:
    """Print a warning, unless only errors are asked for."""
    if not quiet:
        _err().print(f"[yellow]Warning:[/yellow] {escape(message)}")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """Print a table; numbers to the right."""
    shown = Table(title=escape(title) if title else None, title_justify="left")
    numeric = [
        bool(rows) and all(row[i].replace(",", "").isdigit() or not row[i] for row in rows)
        for i in range(len(headings))
    ]
    for heading, right in zip(headings, numeric, strict=True):
        shown.add_column(heading, justify="right" if right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    _out().print(shown)


@contextmanager
def progress(*, quiet: bool, verbose: bool, stage: ContextVar[str]) -> Iterator[Callable[[str], None]]:
    """Give a function that is told each stage as it begins.

    A spinner stands on stderr where that is a terminal; with `verbose` each stage leaves a line with its time.
    """
    console = _err()
    spinner = console.status("starting") if console.is_terminal and not quiet else None
    begun = time.perf_counter()
    current = ""

    def finish() -> None:
        if current:
            seconds = time.perf_counter() - begun
            note(f"{current}: {seconds:.2f} s")
            if verbose:
                console.print(f"{current}: {seconds:.2f} s")

    def tell(name: str) -> None:
        nonlocal begun, current
        finish()
        begun, current = time.perf_counter(), name
        stage.set(name)
        if spinner:
            spinner.update(name)

    if spinner:
        spinner.start()
    try:
        yield tell
        finish()
    finally:
        if spinner:
            spinner.stop()


def build_summary(report: "Report") -> None:
    """Print what a build gave: for each list its rows, children, window and what was left out."""
    rows = []
    for number, built in report.lists.items():
        window = (
            f"{built.window.start:%d/%m/%Y} to {built.window.end:%d/%m/%Y}" if built.window else "at the inspection"
        )
        if not built.supplied:
            rows.append((str(number), built.spec.title.partition(": ")[2], "", "", window, "not supplied"))
            continue
        left = ", ".join(f"{reason} {count:,}" for reason, count in built.left_out.items()) or "none"
        rows.append(
            (
                str(number),
                built.spec.title.partition(": ")[2],
                f"{built.frame.height:,}",
                f"{built.children:,}",
                window,
                left,
            )
        )
    day = report.request.inspection_date
    table(
        ("List", "Title", "Rows", "Children", "Window", "Left out"),
        rows,
        title=f"Annex A for {day:%d/%m/%Y}, edition {report.edition.name}",
    )
    counts = report.manifest.findings
    errors = f"{counts.error:,} error{'' if counts.error == 1 else 's'}"
    warnings = f"{counts.warning:,} warning{'' if counts.warning == 1 else 's'}"
    line(f"Findings: {errors}, {warnings}, {counts.info:,} for information.")
    for text in report.notes[: report.run_notes]:
        warning(text)
    if report.unknown:
        line(f"Not used: {', '.join(report.unknown)}.")
    if report.later_edition and not report.edition_chosen:
        line(
            f"No edition was named, so {report.edition.name} was built; {report.later_edition} was in force on "
            f"{day:%d/%m/%Y} (--edition {report.later_edition})."
        )
    line(f"The workbook is {report.request.output / 'annex-a.xlsx'}.")
