"""What the terminal shows of dry runs and of their history: counts alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from annexa import console

if TYPE_CHECKING:
    from annexa.history.model import Run
    from annexa.pipeline.nightly import NightReport

_BARS: Final = "▁▂▃▄▅▆▇█"
_ASCII_BARS: Final = "_.:-=+*#"
_NONE: Final = " "


def spark(values: Sequence[int | None], *, ascii_only: bool) -> str:
    """Return counts as a line of bars, the lowest count the lowest bar and the highest the highest.

    Args:
        values: a count for each run; None, where a run has none, leaves a gap.
        ascii_only: for consoles that may not be able to show the bars.
    """
    bars = _ASCII_BARS if ascii_only else _BARS
    there = [value for value in values if value is not None]
    if not there:
        return _NONE * len(values)
    low, spread = min(there), max(there) - min(there)
    highest = len(bars) - 1
    return "".join(
        _NONE if value is None else bars[(value - low) * highest // spread if spread else 0] for value in values
    )


def night_summary(night: "NightReport") -> None:
    """Print what a dry run gave: its lists beside the last good run, what looks wrong, and where to look."""
    record, earlier = night.report.manifest, night.earlier
    before = {} if earlier is None or earlier.manifest is None else {e.number: e.rows for e in earlier.manifest.lists}
    rows = []
    for entry in record.lists:
        change = night.changes.get(entry.number)
        counts = ("-", "-", "-") if change is None else (change.came, change.went, change.changed)
        rows.append(
            (
                str(entry.number),
                entry.title.partition(": ")[2],
                _number(entry.rows),
                _number(before.get(entry.number)),
                *(each if isinstance(each, str) else f"{each:,}" for each in counts),
            )
        )
    title = f"Dry run {night.run.number} for {record.inspection_date:%d/%m/%Y}, edition {record.edition.name}"
    console.table(("List", "Title", "Rows", "Last good", "Came", "Went", "Changed"), rows, title=title)
    found = record.findings
    console.line(f"Findings: {found.error:,} errors, {found.warning:,} warnings, {found.info:,} for information.")
    console.line(_compared(night))
    for check, number, table, message in night.wrong.select("check", "list", "table", "message").iter_rows():
        console.line(f"{check} {f'List {number}: ' if number else f'{table}: ' if table else ''}{message}")
    output = night.report.request.output
    console.line(f"The workbook is {output / 'annex-a.xlsx'}, the findings are in {output / 'findings.xlsx'}.")


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _compared(night: "NightReport") -> str:
    earlier, number = night.earlier, night.wrong.height
    beside = (
        f"beside run {earlier.number} of {earlier.created:%d/%m/%Y}"
        if earlier
        else "(there is no earlier good run of this edition and source profile to compare with)"
    )
    if not number:
        return f"Nothing looks wrong {beside}."
    return f"{number} {'thing looks' if number == 1 else 'things look'} wrong {beside}:"


def history_summary(runs: Sequence["Run"]) -> None:
    """Print the runs, and the trend of their lists and findings."""
    console.table(
        ("Run", "Begun (UTC)", "Inspection date", "State", "Errors", "Warnings", "Seconds"),
        [_run(run) for run in runs],
        title="Dry runs",
    )
    done = [run.manifest for run in runs if run.manifest is not None]
    if not done:
        return
    titles = {entry.number: entry.title.partition(": ")[2] for record in done for entry in record.lists}
    rows: list[tuple[str, ...]] = []
    for number, title in sorted(titles.items()):
        counts = [next((e.rows for e in record.lists if e.number == number), None) for record in done]
        rows.append((f"List {number}", title, *_trend(counts)))
    rows.append(("", "Errors", *_trend([record.findings.error for record in done])))
    rows.append(("", "Warnings", *_trend([record.findings.warning for record in done])))
    console.table(
        ("", "Title", "Trend", "Lowest", "Highest", "Last"), rows, title="Rows and findings, oldest run first"
    )


def _trend(counts: Sequence[int | None]) -> tuple[str, ...]:
    there = [count for count in counts if count is not None]
    bars = spark(counts, ascii_only=console.ascii_only())
    return (bars, _number(min(there, default=None)), _number(max(there, default=None)), _number(counts[-1]))


def _run(run: "Run") -> tuple[str, ...]:
    record = run.manifest
    told = ("-", "-", "-", "-")
    if record is not None:
        found = record.findings
        seconds = f"{sum(run.seconds.values()):.1f}"
        told = (f"{record.inspection_date:%d/%m/%Y}", f"{found.error:,}", f"{found.warning:,}", seconds)
    day, *counts = told
    return (str(run.number), f"{run.created:%d/%m/%Y %H:%M}", day, run.verdict, *counts)
