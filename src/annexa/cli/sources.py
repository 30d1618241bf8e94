"""annexa sources."""

from pathlib import Path
from typing import Annotated

import typer

from annexa.cli.guard import guarded

app = typer.Typer(help="Explain the source profiles.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Name = Annotated[str, typer.Argument(help="Name of a source profile.")]


@app.command("list")
@guarded
def list_sources(json: Json = False) -> None:
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
def show(name: Name, json: Json = False) -> None:
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
        console.table(
            ("Record", "Table", "Field", "Columns"),
            [
                (record, mapped.table, field, ", ".join(columns) or "-")
                for record, mapped in profile.tables.items()
                for field, columns in mapped.columns.items()
            ],
        )


@app.command("check")
@guarded
def check(
    name: Name,
    extracts: Annotated[Path | None, typer.Option("--extracts", help="An extract to hold the profile against.")] = None,
    json: Json = False,
) -> None:
    """Check a source profile, and what an extract still lacks for each list; exit code 1 where a list cannot be built.

    Example: annexa sources check ssd --extracts extract
    """
    from annexa import console
    from annexa.pipeline import check_source

    rows = check_source(name, extracts)
    if json:
        console.document([vars(row) for row in rows])
    else:
        console.table(
            ("Lists", "Table", "State", "Columns that are missing"),
            [(row.lists, row.table, row.state, ", ".join(row.missing) or "-") for row in rows],
            title=f"The profile {name} agrees with the records.",
        )
    if any(row.state == "cannot be used" for row in rows):
        raise typer.Exit(1)
