"""annexa verify."""

from pathlib import Path
from typing import Annotated

import typer

from annexa.cli.guard import guarded


@guarded
def verify(
    folder: Annotated[Path, typer.Argument(help="An output folder of annexa.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Say whether an output folder still matches its manifest; exit code 1 where it does not.

    Example: annexa verify out
    """
    from annexa import console
    from annexa.outputs import manifest

    problems = manifest.verify(folder)
    if json:
        console.document({"matches": not problems, "problems": [vars(problem) for problem in problems]})
    elif problems:
        for problem in problems:
            console.error(problem.message, "")
    else:
        console.line(f"{folder} matches its manifest.")
    if problems:
        raise typer.Exit(1)
