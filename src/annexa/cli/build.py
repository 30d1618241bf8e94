"""annexa build."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded, stage

if TYPE_CHECKING:
    from annexa.pipeline import Report

Lists = Annotated[str | None, typer.Option("--lists", help="Write these lists alone, such as 1,7,8.  [default: all]")]
Require = Annotated[
    str | None, typer.Option("--require", help="Stop with exit code 3 where the extract lacks one of these lists.")
]


@guarded
def build(
    inspection_date: o.InspectionDate,
    extracts: o.Extracts = None,
    source: o.Source = None,
    edition: o.Edition = None,
    output: o.Output = None,
    lists: Lists = None,
    require: Require = None,
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
    """Build the Annex A workbook, with its findings, exclusions and manifest.

    Example: annexa build --inspection-date 2018-06-04 --extracts extract --edition ilacs-2018 --output out
    """
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.pipeline import Request
    from annexa.pipeline import build as build_annex_a

    if log_file is not None:
        log.open_log(log_file)
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
    quietly = quiet or json
    for warning in unusual_date(request.inspection_date.toordinal(), clock.today().toordinal()):
        console.warning(warning, quiet=quiet)
    with console.progress(quiet=quietly, verbose=verbose, stage=stage) as tell:
        report = build_annex_a(request, tell)
    log.note(
        f"built {len(report.lists)} lists, {sum(each.frame.height for each in report.lists.values())} rows, "
        f"{report.findings.height} findings"
    )
    if json:
        console.document(_document(report))
    elif not quiet:
        console.build_summary(report)
    if fails(report.worst(), resolved.settings.fail_on):
        raise typer.Exit(1)


def _document(report: "Report") -> dict[str, object]:
    return {"output": str(report.request.output), "manifest": report.manifest.model_dump(mode="json")}


def fails(worst: str | None, fail_on: str) -> bool:
    """Whether findings of the worst severity make the run exit 1."""
    order = ["error", "warning", "info"]
    return fail_on != "never" and worst is not None and order.index(worst) <= order.index(fail_on)


FIRST_DAY = 736_695  # 1 January 2018, from which on the first edition was in force
A_YEAR = 366


def unusual_date(day: int, today: int) -> list[str]:
    """Return warnings about an inspection date that is probably a slip (both dates as day numbers)."""
    if day < FIRST_DAY:
        return ["The inspection date is before 2018: no edition of Annex A was in force then."]
    if day > today + A_YEAR:
        return ["The inspection date is more than a year ahead: is it right?"]
    return []
