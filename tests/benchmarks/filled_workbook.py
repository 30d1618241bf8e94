"""A filled workbook to clean, and the floor that cleaning is held against.

python -m tests.benchmarks.filled_workbook make PATH ROWS     Lists 1 and 8 with so many rows each
python -m tests.benchmarks.filled_workbook floor PATH OUT     read it as text, write the same cells
"""

import sys
from datetime import date
from pathlib import Path

DAY = date(2025, 6, 2)
EDITION = "ilacs-2019"


def make(path: str, rows: str) -> None:
    """Write Lists 1 and 8 of the sample, repeated under other identifiers, as a filled workbook."""
    import polars as pl

    from annexa.editions import load_edition
    from annexa.outputs.contents import FrontSheet, Sheet
    from annexa.outputs.workbook import write_workbook
    from annexa.sample import generate
    from tests.benchmarks.lists import lists_of_tables

    built = lists_of_tables(generate(4_000, DAY, 1), DAY, EDITION)
    sheets = []
    for number in (1, 8):
        frame = built[number].frame
        copies = -(-int(rows) // frame.height)
        person = pl.col(frame.columns[0])
        parts = [frame.with_columns((person + f"-{copy}").alias(person.meta.output_name())) for copy in range(copies)]
        title = load_edition(EDITION).lists[number].title
        sheets.append(Sheet(f"List_{number}", title, pl.concat(parts).head(int(rows))))
    write_workbook(Path(path), FrontSheet("Annex A", (), (), ()), sheets, (), DAY)


def floor(path: str, out: str) -> None:
    """Read every cell as text with calamine, and write the same cells with the build's writer."""
    import fastexcel

    from annexa.outputs.contents import FrontSheet, Sheet
    from annexa.outputs.workbook import write_workbook

    book = fastexcel.read_excel(path)
    sheets = []
    for name in book.sheet_names:
        if name.startswith("List_"):
            cells = book.load_sheet(name, header_row=1, dtypes="string").to_polars()
            sheets.append(Sheet(name, name, cells))
    write_workbook(Path(out), FrontSheet("Annex A", (), (), ()), sheets, (), DAY)


if __name__ == "__main__":
    {"make": make, "floor": floor}[sys.argv[1]](*sys.argv[2:])
