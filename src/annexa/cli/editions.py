"""annexa editions."""

from typing import Annotated

import typer

from annexa.cli import options as o
from annexa.cli.complete import edition_names
from annexa.cli.guard import guarded

app = typer.Typer(help="Explain the editions of Annex A.", no_args_is_help=True)


@app.command("list")
@guarded
def list_editions(json: o.Json = False) -> None:
    """List the editions, with the day each came into force.

    Example: annexa editions list
    """
    from annexa import console
    from annexa import editions as shipped

    editions = [shipped.load_edition(name) for name in shipped.edition_names()]
    if json:
        console.document(
            [
                {"name": each.name, "title": each.title, "in_force_from": each.in_force_from.isoformat()}
                for each in editions
            ]
        )
        return
    console.table(
        ("Edition", "In force from", "Title", "Columns"),
        [
            (
                each.name,
                f"{each.in_force_from:%d/%m/%Y}",
                each.title,
                str(sum(len(spec.columns) for spec in each.lists.values())),
            )
            for each in editions
        ],
    )


@app.command("show")
@guarded
def show(
    name: o.EditionName,
    number: Annotated[
        int | None, typer.Option("--list", metavar="NUMBER", help="Show one list's columns and codes.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Show an edition's lists, or one list's columns and codes.

    Example: annexa editions show ilacs-2019 --list 8
    """
    from annexa import console
    from annexa.editions import load_edition
    from annexa.errors import UsageError

    edition = load_edition(name)
    if number is not None and number not in edition.lists:
        raise UsageError(f"Edition {name} has no List {number}.", f"Its lists: {', '.join(map(str, edition.lists))}.")
    if json:
        chosen = edition.lists if number is None else {number: edition.lists[number]}
        console.document(
            {
                "name": edition.name,
                "title": edition.title,
                "in_force_from": edition.in_force_from.isoformat(),
                "months": {str(key): months for key, months in edition.months.items()},
                "lists": [spec.model_dump(mode="json", exclude_none=True) for spec in chosen.values()],
            }
        )
    elif number is None:
        console.table(
            ("List", "Title", "Months", "One row for each", "Who is on it"),
            [
                (
                    str(n),
                    spec.title.partition(": ")[2],
                    str(edition.months.get(n, "-")),
                    spec.one_row_per,
                    spec.requirement,
                )
                for n, spec in edition.lists.items()
            ],
            title=f"{edition.name}: {edition.title}",
            spaced=True,
        )
    else:
        console.table(
            ("Heading", "Codes"),
            [
                (column.heading, "\n".join(edition.code_set(column.codes).labels) if column.codes else "-")
                for column in edition.lists[number].columns
            ],
            title=f"{edition.name}: {edition.lists[number].title}",
        )


@app.command("diff")
@guarded
def diff(
    older: o.EditionName,
    newer: Annotated[str, typer.Argument(help="Name of another.", autocompletion=edition_names)],
    json: o.Json = False,
) -> None:
    """Show what differs between two editions.

    Example: annexa editions diff ilacs-2018 ilacs-2019
    """
    from annexa import console
    from annexa.editions import compare, load_edition

    differences = compare(load_edition(older), load_edition(newer))
    if json:
        console.document([vars(each) for each in differences])
    elif differences:
        columns = list(vars(differences[0]))
        console.table(
            [column.capitalize() for column in columns],
            [["-" if value is None else str(value) for value in vars(each).values()] for each in differences],
            title=f"From {older} to {newer}",
            spaced=True,
        )
    else:
        console.line("The two editions do not differ.")
