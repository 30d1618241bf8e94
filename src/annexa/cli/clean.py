"""annexa clean."""

from pathlib import Path
from typing import Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import unusual_date
from annexa.cli.guard import debug_file, guarded, stage


@guarded
def clean(
    workbooks: Annotated[
        list[Path],
        typer.Argument(help="Filled Annex A workbooks of one authority; of the same row the later one wins."),
    ],
    inspection_date: o.InspectionDate,
    edition: o.EditionOfBooks = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="Folder for the outputs.  [default: ./annexa-clean-<date>]"),
    ] = None,
    value_map: o.ValueMap = None,
    password_env: o.PasswordEnv = None,
    no_values: o.NoValues = False,
    config: o.Config = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Write filled Annex A workbooks in the official layout, every repair listed, and nobody left out.

    Example: annexa clean filled.xlsx --inspection-date 2025-06-02 --edition ilacs-2019 --output out
    """
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.console_checks import clean_summary
    from annexa.outputs.cleaned import summary
    from annexa.outputs.findings_files import Wanted
    from annexa.pipeline.cleaning import CleanRequest
    from annexa.pipeline.cleaning import clean as run_clean

    if log_file is not None:
        log.open_log(log_file)
    verbose = verbose and not quiet
    day = given.day(inspection_date, "--inspection-date")
    request = CleanRequest(
        inspection_date=day,
        workbooks=tuple(workbooks),
        output=output or Path(f"annexa-clean-{day.isoformat()}"),
        settings=given.resolve(config, edition=edition).settings,
        created=clock.now(),
        password=given.sealing(password_env),
        value_map=value_map,
        wanted=Wanted(values=not no_values),
    )
    log.note(f"clean of {', '.join(path.name for path in workbooks)}")
    for warning in unusual_date(day, clock.today()):
        console.warning(warning, quiet=quiet)
    with console.progress(quiet=quiet, verbose=verbose, stage=stage) as tell:
        report = run_clean(request, tell)
    if json:
        console.document(summary(report.filled))
    elif not quiet:
        clean_summary(report, request)
    console.run_notes(report.notes, quiet=quiet)
    for text in report.filled.unread:
        console.error(f"{text} Its rows are not written.", "Put the workbook right, and clean it again.")
    if report.filled.unread:
        raise typer.Exit(1)
