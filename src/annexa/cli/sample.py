"""annexa sample."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded, stage


class Format(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """How the sample is written."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"
    sqlite = "sqlite"
    duckdb = "duckdb"


@guarded
def sample(
    inspection_date: o.InspectionDate,
    output: Annotated[Path, typer.Option("--output", metavar="PATH", help="Folder to write the extract to.")],
    children: Annotated[int, typer.Option("--children", metavar="NUMBER", min=1, help="Number of children.")] = 2000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="NUMBER", min=0, help="The same seed gives the same authority.")
    ] = 1,
    form: Annotated[Format, typer.Option("--format", help="Kind of extract.")] = Format.csv,
    as_at: Annotated[
        str | None, typer.Option("--as-at", metavar="DATE", help="Show what the system would hold that day.")
    ] = None,
    defects: Annotated[
        float,
        typer.Option(
            "--defects",
            metavar="SHARE",
            min=0,
            max=1,
            help="Share of records to spoil, such as 0.02; they are listed beside the folder.",
        ),
    ] = 0,
    quiet: o.Quiet = False,
    debug: o.DebugFile = None,
) -> None:
    """Write the extract of a synthetic authority, to practise with.

    Nobody in it is real. The same arguments always write the same files; of a DuckDB file the same tables.

    Example: annexa sample --children 2000 --inspection-date 2018-06-04 --seed 1 --output extract
    """
    debug_file.set(debug)
    from annexa import console
    from annexa.sample import generate, plant_defects, write_sample

    day = given.day(inspection_date, "--inspection-date")
    cut = given.day(as_at, "--as-at") if as_at else None
    planted = None
    with console.progress(quiet=quiet, verbose=False, stage=stage) as tell:
        tell("making the authority")
        tables = generate(children, day, seed, cut)
        if defects:
            tell("planting defects")
            tables, planted = plant_defects(tables, defects, seed, day)
        tell("writing the extract")
        write_sample(tables, output, form.value, day, planted)
    if quiet:
        return
    rows = sum(table.height for table in tables.values())
    console.line(f"The extract is in {output}: {len(tables)} tables, {rows:,} rows.")
    if planted is not None:
        console.line(f"{planted.height:,} planted defects are listed in {output.name}.defects.csv beside it.")
    # CSV and Parquet are a folder of files, the others are one file in the folder.
    extract = output if form in (Format.csv, Format.parquet) else output / f"extract.{form.value}"
    shown = f'"{extract}"' if " " in str(extract) else extract
    console.line(f"Next: annexa build --inspection-date {day} --extracts {shown}")
