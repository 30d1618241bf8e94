"""annexa sources."""

from pathlib import Path
from typing import Annotated

import typer

from annexa.cli import options as o
from annexa.cli.guard import guarded

app = typer.Typer(help="Explain the source profiles.", no_args_is_help=True)


@app.command("list")
@guarded
def list_sources(json: o.Json = False) -> None:
    """List the source profiles.

    Example: annexa sources list
    """
    from annexa import console
    from annexa.sources import load_source, source_names

    profiles = [load_source(name) for name in source_names()]
    if json:
        console.document([{"name": each.name, "title": each.file.title} for each in profiles])
    else:
        console.table(("Source", "Title"), [(each.name, each.file.title) for each in profiles])


@app.command("show")
@guarded
def show(name: o.SourceName, json: o.Json = False) -> None:
    """Show which table and columns each record is read from.

    Example: annexa sources show ssd
    """
    from annexa import console
    from annexa.sources import load_source

    profile = load_source(name)
    if json:
        console.document(
            {
                record: {"table": mapped.table, "columns": {field: list(c) for field, c in mapped.columns.items()}}
                for record, mapped in profile.tables.items()
            }
        )
    else:
        for record, mapped in profile.tables.items():
            console.table(
                ("Field", "Columns"),
                [(field, "\n".join(columns) or "-") for field, columns in mapped.columns.items()],
                title=f"{record}: from {mapped.table}",
            )


@app.command("check")
@guarded
def check(
    name: o.SourceName,
    extracts: Annotated[
        Path | None, typer.Option("--extracts", metavar="PATH", help="An extract to hold the profile against.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Check a source profile, alone or against an extract.

    With an extract, it is said of each table whether it is there and which columns are missing. The exit code is 1
    where a table cannot be used.

    Example: annexa sources check ssd --extracts extract
    """
    from annexa import console
    from annexa.pipeline.sourcing import check_source

    rows = check_source(name, extracts)
    unusable = [row for row in rows if row.state == "cannot be used"]
    if json:
        console.document([vars(row) for row in rows])
    else:
        console.table(
            ("Lists", "Table", "State", "Columns that are missing"),
            [(row.lists or "-", row.table, row.state, "\n".join(row.missing) or "-") for row in rows],
            title=f"The profile {name} agrees with the records.",
        )
        for row in unusable:
            console.line(
                f"{row.table} cannot be used: it lacks a column on which everything hangs. A build would stop."
            )
    if unusable:
        raise typer.Exit(1)
