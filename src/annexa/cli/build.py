"""annexa build."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from annexa import __version__
from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded, stage

if TYPE_CHECKING:
    from annexa.pipeline.building import Report, Request


@guarded
def build(
    inspection_date: o.InspectionDate,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    edition: o.Edition = None,
    output: o.Output = None,
    lists: o.Lists = None,
    reports: o.Reports = "all",
    require: o.Require = None,
    config: o.Config = None,
    extract_date: o.ExtractDate = None,
    own_la: o.OwnLa = None,
    fail_on: o.FailOnOption = None,
    previous: o.Previous = None,
    accepted: o.AcceptedFile = None,
    no_values: o.NoValues = False,
    by_team: o.ByTeam = False,
    format_: o.BuildFormats = None,
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
    """Build Annex A from an extract: the lists, the data reports, the evidence tracker and an index.

    Beside them stand the findings, the records that were left out, and a manifest that accounts for every row.

    Example: annexa build --inspection-date 2018-06-04 --extracts extract --edition ilacs-2018 --output out
    """
    asked = dict(locals())
    debug_file.set(debug)
    from annexa import log

    if log_file is not None:
        log.open_log(log_file)
    day = given.day(inspection_date, "--inspection-date")
    resolved = given.resolved_of(asked)
    request = request_of(asked, resolved, day, Path(resolved.settings.output or f"annexa-{day.isoformat()}"))
    run(request, quiet=quiet, verbose=verbose and not quiet, json=json)


def request_of(
    asked: Mapping[str, Any],
    resolved: given.Resolved,
    day: date,
    output: Path,
    command: Literal["build", "dry-run"] = "build",
) -> "Request":
    """Return what a command that takes the build's options asks for.

    Args:
        asked: as for given.resolved_of().
        resolved: what that gave.
        day: D.
        output: the folder to write to.
        command: which one it is.

    Raises:
        UsageError: an option that cannot be used.
    """
    from annexa import clock
    from annexa.checks.gate import Gate
    from annexa.outputs.findings_files import Wanted
    from annexa.pipeline.building import Request
    from annexa.pipeline.checking import Judging

    settings = resolved.settings
    formats = {each.value for each in asked["format_"] or ()}
    accepted = Path(settings.accepted) if settings.accepted else None
    return Request(
        inspection_date=day,
        extracts=given.extracts_of(resolved, output),
        output=output,
        settings=settings,
        created=clock.now(),
        lists=given.numbers(asked["lists"], "--lists"),
        require=given.numbers(asked["require"], "--require") or (),
        judging=Judging(Gate(settings.fail_on), accepted, previous=asked["previous"]),
        wanted=Wanted(junit="junit" in formats, by_team=asked["by_team"], values=not asked["no_values"]),
        reports=given.report_items(asked["reports"]),
        report_formats=tuple(sorted(formats - {"junit"})),
        command=command,
        password=given.sealing(asked["password_env"], asked["format_"] or (), quiet=asked["quiet"]),
    )


def run(request: "Request", *, quiet: bool, verbose: bool, json: bool) -> None:
    """Build what is asked for and tell of it.

    Raises:
        typer.Exit: with code 1 where a finding is as grave as --fail-on says.
    """
    from annexa import clock, console, log
    from annexa.pipeline.building import build as build_annex_a

    log.note(_begins(request))
    for warning in unusual_date(request.inspection_date, clock.today()):
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
    verdict = report.assessed.verdict
    if not verdict.passed:
        console.error(
            f"--fail-on is {request.settings.fail_on}: {'; '.join(verdict.failures)}.",
            "See findings.xlsx.",
        )
        raise typer.Exit(1)


def _begins(request: "Request") -> str:
    settings = request.settings
    return (
        f"annexa {__version__}: {request.command} for {request.inspection_date}, extract {request.extracts}, "
        f"source {settings.source}, edition {settings.edition or 'default'}, output {request.output}"
    )


def _document(report: "Report") -> dict[str, object]:
    return {"output": str(report.request.output), "manifest": report.manifest.model_dump(mode="json")}


def unusual_date(day: date, today: date) -> list[str]:
    """Return warnings about an inspection date that is probably a slip."""
    if day < date(2018, 1, 1):
        return ["The inspection date is before 2018: no edition of Annex A was in force then."]
    if day > today + timedelta(days=366):
        return ["The inspection date is more than a year ahead: is it right?"]
    return []
