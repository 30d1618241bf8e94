"""annexa explain."""

from dataclasses import asdict
from typing import Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import unusual_date
from annexa.cli.guard import debug_file, guarded, stage

Child = Annotated[str, typer.Argument(help="Identifier of the child or adopter, as the lists have it.")]


@guarded
def explain(
    child: Child,
    inspection_date: o.InspectionDate,
    number: Annotated[
        int | None, typer.Option("--list", metavar="NUMBER", help="Tell of this list alone.  [default: all]")
    ] = None,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    edition: o.Edition = None,
    config: o.Config = None,
    extract_date: o.ExtractDate = None,
    own_la: o.OwnLa = None,
    accepted: o.AcceptedFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the story alone, without warnings.")] = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Tell why one child is on each list or not: every record, what was made of it, the rows and the findings.

    What it prints is a child's record: take care where it goes. Nothing of it is written to a file.

    Example: annexa explain 1007 --list 8 --inspection-date 2018-06-04 --extracts extract --edition ilacs-2018
    """
    asked = dict(locals())
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.pipeline.explaining import ExplainRequest
    from annexa.pipeline.explaining import explain as tell_of
    from annexa.story.text import lines_of

    if log_file is not None:
        log.open_log(log_file)
    day = given.day(inspection_date, "--inspection-date")
    resolved = given.resolved_of(asked)
    request = ExplainRequest(
        child=child,
        inspection_date=day,
        extracts=given.extracts_of(resolved),
        settings=resolved.settings,
        created=clock.now(),
        number=number,
    )
    log.note(f"explain for {day}, extract {request.extracts}")
    for warning in unusual_date(day, clock.today()):
        console.warning(warning, quiet=quiet)
    with console.progress(quiet=quiet, verbose=verbose and not quiet, stage=stage) as tell:
        story = tell_of(request, tell)
    if json:
        console.document(asdict(story))
    else:
        console.line("\n".join(lines_of(story)))
