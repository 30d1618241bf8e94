"""annexa diff."""

from pathlib import Path
from typing import Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded, stage


@guarded
def diff(
    before: Annotated[
        str,
        typer.Argument(
            help="The earlier side: an output folder of annexa, a workbook, or a run of the history: last, previous, "
            "or its number. Of two runs the order does not matter."
        ),
    ],
    after: Annotated[str, typer.Argument(help="The later side, likewise.")],
    inspection_date: Annotated[
        str | None,
        typer.Option(
            "--inspection-date",
            metavar="DATE",
            help="Of workbooks alone: decides the century of two-digit years.  [default: today]",
        ),
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition",
            metavar="NAME",
            help="Edition of workbooks alone.  [default: that of annexa's own front sheet, else of the other side]",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="Folder for the differences.  [default: no file is written]"),
    ] = None,
    password_env: o.PasswordEnv = None,
    config: o.Config = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Say what differs: who joined and left each list and why, which rows and cells, which findings.

    Counts stand on the terminal; children, rows and cells go to files alone, where --output asks for them.

    With --password-env encrypted sides are opened, and what is written is one workbook under the same password.

    Example: annexa diff out-may out-june --output differences
    """
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.console_differences import diff_summary
    from annexa.pipeline.differing import DiffRequest
    from annexa.pipeline.differing import diff as run_diff
    from annexa.pipeline.sides import Wanted

    if log_file is not None:
        log.open_log(log_file)
    verbose = verbose and not quiet
    request = DiffRequest(
        sides=(before, after),
        wanted=Wanted(
            given.resolve(config).settings,
            given.day(inspection_date, "--inspection-date") if inspection_date else clock.today(),
            edition,
            given.sealing(password_env) if output else given.opening(password_env),
        ),
        created=clock.now(),
        output=output,
    )
    log.note("diff of two sides")
    with console.progress(quiet=quiet, verbose=verbose, stage=stage) as tell:
        report = run_diff(request, tell)
    console.run_notes(report.notes, quiet=quiet)
    if json:
        console.document(report.summary())
    elif not quiet:
        diff_summary(report, output)
