"""annexa build."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from annexa import __version__
from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded, stage

if TYPE_CHECKING:
    from annexa.pipeline import Report, Request


@guarded
def build(
    inspection_date: o.InspectionDate,
    extracts: o.Extracts = None,
    source: o.Source = None,
    edition: o.Edition = None,
    output: o.Output = None,
    lists: o.Lists = None,
    require: o.Require = None,
    config: o.Config = None,
    extract_date: o.ExtractDate = None,
    own_la: o.OwnLa = None,
    fail_on: o.FailOnOption = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Build the Annex A workbook from an extract.

    Beside the workbook stand its findings, the records that were left out, and a manifest that accounts for every row.

    Example: annexa build --inspection-date 2018-06-04 --extracts extract --edition ilacs-2018 --output out
    """
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.pipeline import Request
    from annexa.pipeline import build as build_annex_a

    if log_file is not None:
        log.open_log(log_file)
    verbose = verbose and not quiet
    day = o.day(inspection_date, "--inspection-date")
    resolved = o.resolve(
        config,
        own_la=own_la,
        extracts=str(extracts) if extracts else None,
        source=source,
        edition=edition,
        output=str(output) if output else None,
        extract_date=o.day(extract_date, "--extract-date") if extract_date else None,
        fail_on=fail_on.value if fail_on else None,
    )
    request = Request(
        inspection_date=day,
        extracts=o.extracts_of(resolved),
        output=Path(resolved.settings.output or f"annexa-{day.isoformat()}"),
        settings=resolved.settings,
        created=clock.now(),
        lists=o.numbers(lists, "--lists"),
        require=o.numbers(require, "--require") or (),
    )
    log.note(_begins(request))
    for warning in unusual_date(day, clock.today()):
        console.warning(warning, quiet=quiet)
    with console.progress(quiet=quiet, verbose=verbose, stage=stage) as tell:
        report = build_annex_a(request, tell)
    for text in console.build_counts(report):
        log.note(text)
        if verbose:
            console.detail(text)
    if json:
        console.document(_document(report))
    elif not quiet:
        console.build_summary(report)
    console.build_warnings(report, quiet=quiet)
    if fails(report.worst(), resolved.settings.fail_on):
        console.error(f"There are findings, and --fail-on is {resolved.settings.fail_on}.", "See findings.csv.")
        raise typer.Exit(1)


def _begins(request: "Request") -> str:
    settings = request.settings
    return (
        f"annexa {__version__}: build for {request.inspection_date}, extract {request.extracts}, "
        f"source {settings.source}, edition {settings.edition or 'default'}, output {request.output}"
    )


def _document(report: "Report") -> dict[str, object]:
    return {"output": str(report.request.output), "manifest": report.manifest.model_dump(mode="json")}


def fails(worst: str | None, fail_on: str) -> bool:
    """Whether findings of the worst severity make the run exit 1."""
    order = ["error", "warning", "info"]
    return fail_on != "never" and worst is not None and order.index(worst) <= order.index(fail_on)


def unusual_date(day: date, today: date) -> list[str]:
    """Return warnings about an inspection date that is probably a slip."""
    if day < date(2018, 1, 1):
        return ["The inspection date is before 2018: no edition of Annex A was in force then."]
    if day > today + timedelta(days=366):
        return ["The inspection date is more than a year ahead: is it right?"]
    return []
