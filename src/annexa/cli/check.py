"""annexa check."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import unusual_date
from annexa.cli.complete import check_ids
from annexa.cli.guard import debug_file, guarded, stage
from annexa.errors import UsageError

if TYPE_CHECKING:
    from annexa.extract.address import Place
    from annexa.pipeline.examining import CheckReport

Workbooks = Annotated[
    list[Path] | None,
    typer.Argument(help="Filled Annex A workbooks of one authority; of the same row the later one wins."),
]


@guarded
def check(
    inspection_date: o.InspectionDate,
    workbooks: Workbooks = None,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    edition: o.EditionOfBooks = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="Folder for the files of findings.  [default: none are written]"),
    ] = None,
    fail_on: Annotated[
        o.FailOn, typer.Option("--fail-on", help="Exit 1 where a finding is as grave as this.")
    ] = o.FailOn.error,
    max_errors: o.MaxErrors = None,
    max_rate: o.MaxRate = None,
    baseline: o.Baseline = None,
    accepted: o.AcceptedFile = None,
    previous: o.Previous = None,
    only_list: Annotated[
        list[int] | None,
        typer.Option("--list", metavar="NUMBER", min=1, max=11, help="Report this list alone; repeatable."),
    ] = None,
    only_severity: Annotated[
        list[o.Severity] | None,
        typer.Option("--severity", metavar="SEVERITY", help="Report this severity alone; may be repeated."),
    ] = None,
    only_check: Annotated[
        list[str] | None,
        typer.Option(
            "--check", metavar="ID", help="Report this check alone; may be repeated.", autocompletion=check_ids
        ),
    ] = None,
    only_team: Annotated[
        list[str] | None, typer.Option("--team", metavar="NAME", help="Report this team alone; may be repeated.")
    ] = None,
    no_values: o.NoValues = False,
    by_team: o.ByTeam = False,
    format_: o.Format = None,
    password_env: o.PasswordEnv = None,
    value_map: o.ValueMap = None,
    config: o.Config = None,
    extract_date: o.ExtractDate = None,
    own_la: o.OwnLa = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Say what is wrong in an extract, or in filled Annex A workbooks, and whether it can be submitted.

    Example: annexa check --inspection-date 2018-06-04 --extracts extract --output check
    """
    asked = dict(locals())
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.checks.catalogue import known
    from annexa.checks.gate import Gate, read_rate
    from annexa.console_checks import check_summary
    from annexa.outputs.findings_files import Wanted
    from annexa.pipeline.checking import Judging
    from annexa.pipeline.examining import CheckRequest, Narrowed
    from annexa.pipeline.examining import check as run_check

    if log_file is not None:
        log.open_log(log_file)
    verbose = verbose and not quiet
    if output is None and (by_team or format_):
        raise UsageError("--by-team and --format write files, and no --output is given.", "Give --output PATH.")
    day = given.day(inspection_date, "--inspection-date")
    resolved = given.resolved_of({**asked, "fail_on": None})
    settings = resolved.settings
    request = CheckRequest(
        inspection_date=day,
        settings=settings,
        created=clock.now(),
        # Beside workbooks an extract is compared with only where it is asked for, not because annexa.toml names one.
        extracts=None if workbooks and not extracts else given.extracts_of(resolved, output),
        workbooks=tuple(workbooks or ()),
        output=output,
        password=given.sealing(password_env) if output else given.opening(password_env),
        value_map=value_map,
        judging=Judging(
            Gate(fail_on.value, max_errors, dict(read_rate(each) for each in max_rate or ())),
            Path(settings.accepted) if settings.accepted else None,
            baseline,
            previous,
        ),
        wanted=Wanted(junit=bool(format_), by_team=by_team, values=not no_values),
        narrowed=Narrowed(
            lists=tuple(only_list or ()),
            severities=tuple(each.value for each in only_severity or ()),
            checks=tuple(known(each) for each in only_check or ()),
            teams=tuple(only_team or ()),
        ),
    )
    log.note(_begins(request.workbooks, request.extracts))
    for warning in unusual_date(day, clock.today()):
        console.warning(warning, quiet=quiet)
    with console.progress(quiet=quiet, verbose=verbose, stage=stage) as tell:
        report = run_check(request, tell)
    console.run_notes([*report.notes, *report.assessed.unknown_values()], quiet=quiet)
    if not sum(report.rows.values()):
        console.warning("No list has a row: nothing was tested.", quiet=quiet)
    verdict = report.assessed.verdict
    log.note(f"verdict: {verdict.text()}")
    if json:
        console.document(_document(report))
    elif not quiet:
        check_summary(report, request)
    if not verdict.passed:
        console.error(f"The gate is not passed: {'; '.join(verdict.failures)}.", _where(request.output))
        raise typer.Exit(1)


def _begins(workbooks: tuple[Path, ...], extracts: "Place | None") -> str:
    return f"check of {', '.join(path.name for path in workbooks) or extracts}"


def _where(output: Path | None) -> str:
    return f"See {output / 'findings.xlsx'}." if output else "Give --output PATH to have the findings written to files."


def _document(report: "CheckReport") -> dict[str, object]:
    from annexa.outputs.findings_files import entries

    verdict = report.assessed.verdict
    return {
        "verdict": verdict.text(),
        "counts": {**verdict.counts, "accepted": verdict.accepted, "new": verdict.new},
        "gate": {"passed": verdict.passed, "failures": list(verdict.failures)},
        "rows": {str(number): rows for number, rows in report.rows.items()},
        "checks": [each.model_dump(mode="json") for each in entries(report.report)],
    }
