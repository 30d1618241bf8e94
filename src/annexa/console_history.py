"""What the terminal shows of dry runs and of their history: counts alone."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from annexa import console

if TYPE_CHECKING:
    from annexa.history.model import Run
    from annexa.outputs.manifest import Manifest
    from annexa.pipeline.nightly import NightReport

_BARS: Final = "▁▂▃▄▅▆▇█"
_ASCII_BARS: Final = "_.:-=+*#"
_NONE: Final = " "


def spark(values: Sequence[int | None], *, ascii_only: bool) -> str:
    """Return counts as a line of bars, the highest count the highest bar.

    The lowest bar is the lowest count, or four fifths of the highest where that is less: what is nearly the same is to
    look so.

    Args:
        values: a count for each run; None, where a run has none, leaves a gap.
        ascii_only: for consoles that may not be able to show the bars.
    """
    bars = _ASCII_BARS if ascii_only else _BARS
    there = [value for value in values if value is not None]
    if not there:
        return _NONE * len(values)
    low = min(5 * min(there), 4 * max(there))  # in fifths of a count, so that whole numbers do
    spread, highest = 5 * max(there) - low, len(bars) - 1
    return "".join(
        _NONE if value is None else bars[(5 * value - low) * highest // spread if spread else 0] for value in values
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
    for text in _compared(night):
        console.line(text)
    for check, number, table, message in night.wrong.select("check", "list", "table", "message").iter_rows():
        console.line(f"{check} {f'List {number}: ' if number else f'{table}: ' if table else ''}{message}")
    output = night.report.request.output
    console.line(f"The workbook is {output / 'annex-a.xlsx'}, the findings are in {output / 'findings.xlsx'}.")


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _compared(night: "NightReport") -> list[str]:
    earlier, number = night.earlier, night.wrong.height
    beside, lines = "", []
    if earlier:
        beside = f" beside run {earlier.number} of {earlier.day:%d/%m/%Y}"
    else:
        lines.append(f"Nothing to compare with: there is no earlier good run of {night.kind.words}.")
    if number:
        lines.append(f"{number} {'thing looks' if number == 1 else 'things look'} wrong{beside}:")
    elif earlier:
        lines.append(f"Nothing looks wrong{beside}.")
    return lines


def history_summary(runs: Sequence["Run"], ended: Collection[int] = ()) -> None:
    """Print the runs, and the trend of their lists and findings.

    Args:
        runs: oldest first.
        ended: numbers of those whose secret was lost.
    """
    done = [run.manifest for run in runs if run.manifest is not None]
    editions = sorted({record.edition.name for record in done})
    several = len(editions) > 1
    headings = ["Run", "Begun (UTC)", "Inspection date", "State", "Errors", "Warnings", "Seconds"]
    if several:
        headings.insert(3, "Edition")
    console.table(headings, [_run(run, with_edition=several) for run in runs], title="Dry runs")
    if ended:
        console.line(
            f"The secret of run {max(ended)} and before was lost: their counts are here, their rows are deleted."
        )
    if unreadable := [str(run.number) for run in runs if run.unreadable]:
        console.line(
            f"What was counted by run {', '.join(unreadable)} cannot be read: the version of annexa that wrote it may."
        )
    for edition in editions:
        about = f" of edition {edition}" if several else ""
        _trends([record for record in done if record.edition.name == edition], about)


def _trends(done: Sequence["Manifest"], about: str) -> None:
    titles = {entry.number: entry.title.partition(": ")[2] for record in done for entry in record.lists}
    rows: list[tuple[str, ...]] = []
    for number, title in sorted(titles.items()):
        counts = [next((e.rows for e in record.lists if e.number == number), None) for record in done]
        rows.append((f"List {number}", title, *_trend(counts)))
    rows.append(("", "Errors", *_trend([record.findings.error for record in done])))
    rows.append(("", "Warnings", *_trend([record.findings.warning for record in done])))
    title = f"Rows and findings{about}, oldest run first"
    console.table(("", "Title", "Trend", "Lowest", "Highest", "Last"), rows, title=title)


def _trend(counts: Sequence[int | None]) -> tuple[str, ...]:
    there = [count for count in counts if count is not None]
    bars = spark(counts, ascii_only=console.ascii_only())
    return (bars, _number(min(there, default=None)), _number(max(there, default=None)), _number(counts[-1]))


def _run(run: "Run", *, with_edition: bool) -> tuple[str, ...]:
    record = run.manifest
    told = ("-", "-", "-", "-", "-")
    if record is not None:
        found = record.findings
        seconds = f"{sum(run.seconds.values()):.1f}"
        day = f"{record.inspection_date:%d/%m/%Y}"
        told = (day, record.edition.name, f"{found.error:,}", f"{found.warning:,}", seconds)
    day, edition, *counts = told
    between = (edition,) if with_edition else ()
    return (str(run.number), f"{run.created:%d/%m/%Y %H:%M}", day, *between, run.told, *counts)
