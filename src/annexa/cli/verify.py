"""annexa verify."""

from pathlib import Path
from typing import Annotated

import typer

from annexa.cli import options as o
from annexa.cli.guard import guarded


@guarded
def verify(
    folder: Annotated[Path, typer.Argument(help="An output folder of annexa.")],
    json: o.Json = False,
) -> None:
    """Say whether an output folder still matches its manifest.

    What differs is said in words, and the exit code is 1. Other files in the folder are named, and do not matter.

    Example: annexa verify out
    """
    from annexa import console
    from annexa.outputs import manifest

    problems = manifest.verify(folder)
    # A manifest that does not add up cannot say which files are its own.
    broken = any(problem.file == manifest.MANIFEST_NAME for problem in problems)
    extra = [] if broken else manifest.extra_files(folder)
    if json:
        console.document({"matches": not problems, "problems": [vars(each) for each in problems], "extra_files": extra})
    else:
        for problem in problems:
            console.line(problem.message)
        if extra:
            console.line(f"Not from annexa, and left alone: {', '.join(extra)}.")
        console.line(f"{folder} {'does not match' if problems else 'matches'} its manifest.")
    if problems:
        raise typer.Exit(1)
