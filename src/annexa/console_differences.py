"""What the terminal shows of a comparison: counts alone, never a child or a cell."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from annexa import console

if TYPE_CHECKING:
    from annexa.differences.model import ListCounts
    from annexa.pipeline.differing import DiffReport

_MOST: Final = 10  # columns and checks that are shown


def diff_summary(report: "DiffReport", output: Path | None) -> None:
    """Print what differs: the lists, why children joined and left, the columns and checks with the most changes."""
    found = report.differences
    for label, text in report.titles():
        console.line(f"{label + ':':7} {text}.")
    console.line("")
    if found.lists:
        _lists(found.lists)
    if found.moves.height:
        _reasons(found.reasons())
    columns = found.columns()
    if columns.height:
        rows = [tuple(f"{cell:,}" if isinstance(cell, int) else cell for cell in row) for row in columns.iter_rows()]
        console.table(("List", "Column", "Cells"), rows[:_MOST], title=_title("Columns that changed most", len(rows)))
    if found.checks is not None:
        _findings(found.moved_checks())
    if output is not None:
        named = "Children, rows and cells" if found.detailed else "The same counts"
        console.line(f"{named} are in {output / 'differences.xlsx'}.")
    elif found.detailed:
        console.line("Give --output PATH to have the children, rows and cells written to files.")


def _lists(lists: "tuple[ListCounts, ...]") -> None:
    rows = []
    for each in lists:
        numbers = (*each.rows, each.joined, each.left, each.added, each.removed, each.changed, each.cells)
        rows.append((str(each.number), each.title, *("-" if number is None else f"{number:,}" for number in numbers)))
    console.table(
        ("List", "Title", "Before", "After", "Joined", "Left", "Rows added", "Removed", "Changed", "Cells"),
        rows,
        title="Rows of each list, children who joined and left, and rows of children on both",
    )
    remarks = [f"List {each.number}: {each.remark}." for each in lists if each.remark]
    for text in (*remarks, *([""] if remarks else [])):
        console.line(text)


def _reasons(counted: pl.DataFrame) -> None:
    """Print a line for each list and change, a column for each reason."""
    from annexa.differences.model import WHYS

    wide = counted.pivot("why", index=["list", "change"], values="children")
    absent = [pl.lit(0, dtype=pl.UInt32).alias(why) for why in WHYS if why not in wide.columns]
    wide = wide.with_columns(absent).select("list", "change", *(pl.col(why).fill_null(0) for why in WHYS))
    rows = [
        (str(number), change, *(f"{count:,}" for count in counts))
        for number, change, *counts in wide.sort("list", "change").iter_rows()
    ]
    headings = ("List", "Children", *(why.capitalize() for why in WHYS))
    console.table(headings, rows, title="Why children joined and left")


def _findings(checks: pl.DataFrame) -> None:
    rows = [
        (check, *("-" if count is None else f"{count:,}" for count in counts)) for check, *counts in checks.iter_rows()
    ]
    if rows:
        headings = ("Check", "Before", "After", "New", "Gone")
        console.table(headings, rows[:_MOST], title=_title("Findings that are new, gone or not compared", len(rows)))
    else:
        console.line("No finding is new, and none is gone.")


def _title(text: str, number: int) -> str:
    return f"{text} (the first {_MOST} of {number:,})" if number > _MOST else text
