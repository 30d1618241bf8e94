"""annexa report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import unusual_date
from annexa.cli.complete import report_items
from annexa.cli.guard import debug_file, guarded, stage

if TYPE_CHECKING:
    from annexa.pipeline.reporting import ReportsMade

Items = Annotated[
    list[str], typer.Argument(help="Items of Annex A, such as 2.02; or all.", autocompletion=report_items)
]


@guarded
def report(
    items: Items,
    inspection_date: o.InspectionDate,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    edition: o.Edition = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="PATH", help="Folder for the outputs.  [default: ./annexa-reports-<inspection date>]"
        ),
    ] = None,
    config: o.Config = None,
    extract_date: o.ExtractDate = None,
    own_la: o.OwnLa = None,
    format_: o.ReportFormats = None,
    password_env: o.PasswordEnv = None,
    suppress: o.Suppress = False,
    worker_names: o.WorkerNames = False,
    all_exploitation: o.AllExploitation = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Write one data report, or several, without the lists.

    Example: annexa report 2.02 --inspection-date 2018-06-04 --extracts extract --output out
    """
    asked = dict(locals())
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.pipeline.reporting import ReportRequest
    from annexa.pipeline.reporting import report as write

    if log_file is not None:
        log.open_log(log_file)
    verbose = verbose and not quiet
    day = given.day(inspection_date, "--inspection-date")
    resolved = given.resolved_of(asked)
    request = ReportRequest(
        items=given.report_items(",".join(items)),
        inspection_date=day,
        extracts=given.extracts_of(resolved, output),
        output=output or Path(f"annexa-reports-{day.isoformat()}"),
        settings=resolved.settings,
        created=clock.now(),
        formats=tuple(sorted({each.value for each in format_ or ()})),
        password=given.sealing(password_env, format_ or (), quiet=quiet),
    )
    log.note(f"report {', '.join(request.items)} for {day}, extract {request.extracts}, output {request.output}")
    for warning in unusual_date(day, clock.today()):
        console.warning(warning, quiet=quiet)
    with console.progress(quiet=quiet, verbose=verbose, stage=stage) as tell:
        made = write(request, tell)
    console.run_notes(made.notes, quiet=quiet)
    if json:
        console.document({"output": str(request.output), "reports": made.documents})
    elif not quiet:
        _tell(made, request.output)


def _tell(made: "ReportsMade", output: Path) -> None:
    from annexa import console

    for each in made.told:
        console.table(("Number", "Value"), each.rows, title=each.title)
        console.line(f"The report is {output / each.file}.")
    if made.findings:
        console.line(f"{made.findings:,} findings about the records behind them: see {output / 'findings.xlsx'}.")
