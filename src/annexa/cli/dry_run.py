"""annexa dry-run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annexa import __version__
from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import request_of, unusual_date
from annexa.cli.guard import BUG, debug_file, guarded, stage
from annexa.errors import AnnexaError, BusyError, UsageError

if TYPE_CHECKING:
    from annexa.history.hook import Hook
    from annexa.pipeline.nightly import NightReport, NightRequest, Note

WRONG = 1


@guarded
def dry_run(
    inspection_date: Annotated[
        str | None,
        typer.Option(
            "--inspection-date", metavar="DATE", help="Inspection date: 2018-06-04 or 04/06/2018.  [default: today]"
        ),
    ] = None,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    edition: o.Edition = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="PATH", help="Folder for the outputs.  [default: a dated folder beside the history]"
        ),
    ] = None,
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
    """Build as if the inspection were today, say what changed since the last good run, and keep a history.

    The exit code is 1 where something looks wrong. docs/nightly.md has recipes for a run every night.

    Example: annexa dry-run --extracts extract --edition ilacs-2022
    """
    asked = dict(locals())
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.history.store import history_folder
    from annexa.pipeline.nightly import NightRequest, own_folder

    if log_file is not None:
        log.open_log(log_file)
    today = clock.today()
    day = given.day(inspection_date, "--inspection-date") if inspection_date else today
    resolved = given.resolved_of(asked)
    folder = history_folder(resolved.settings.history)
    hook = _hook(config, resolved, quiet=quiet)
    try:
        # The folder that annexa.toml names is the build's.
        where = output or own_folder(folder, today)
        request = NightRequest(
            request_of(asked, resolved, day, where, "dry-run"), folder, today, own_output=output is None
        )
        for warning in unusual_date(day, today):
            console.warning(warning, quiet=quiet)
        night = _run(request, quiet=quiet, verbose=verbose and not quiet)
    except (KeyboardInterrupt, typer.Exit, UsageError):
        raise
    except BaseException as error:
        _tell(hook, {"state": "busy" if isinstance(error, BusyError) else "failed", "exit_code": _code(error)})
        raise
    _show(night, quiet=quiet, json=json)
    code = 0 if night.report.assessed.verdict.passed and not night.wrong.height else WRONG
    if code:
        _tell(hook, _counts(night, code))
        raise typer.Exit(code)


def _run(request: "NightRequest", *, quiet: bool, verbose: bool) -> "NightReport":
    from annexa import console, log
    from annexa.pipeline.nightly import dry_run as run_dry

    build = request.build
    log.note(
        f"annexa {__version__}: dry-run for {build.inspection_date}, extract {build.extracts}, output {build.output}"
    )

    def warn(about: "Note") -> None:
        log.note(about.text)
        console.warning(about.text, quiet=quiet and not about.error)

    with console.progress(quiet=quiet, verbose=verbose, stage=stage) as tell:
        night = run_dry(request, tell, warn)
    for text in console.build_counts(night.report):
        log.note(text)
        if verbose:
            console.detail(text)
    return night


def _show(night: "NightReport", *, quiet: bool, json: bool) -> None:
    from annexa import console, log
    from annexa.console_history import night_summary

    if json:
        console.document(_document(night))
    elif not quiet:
        night_summary(night)
    console.build_warnings(night.report, quiet=quiet)
    if night.wrong.height:
        counts = ", ".join(f"{check}: {number}" for check, number in _wrong(night).items())
        log.note(f"looks wrong: {counts}")
        console.error(f"Something looks wrong with this night's run: {counts}.", "See findings.xlsx.")
    verdict = night.report.assessed.verdict
    if not verdict.passed:
        fail_on = night.report.request.settings.fail_on
        console.error(f"--fail-on is {fail_on}: {'; '.join(verdict.failures)}.", "See findings.xlsx.")


def _hook(config: Path | None, resolved: given.Resolved, *, quiet: bool) -> "Hook":
    """Return the hook that the user herself has named: never that of a file that merely stands in the folder.

    It is that of the file that --config names, or else that of her own configuration folder.
    """
    from annexa import console
    from annexa.environment import settings_folder
    from annexa.history.hook import Hook
    from annexa.settings import FILE_NAME, HistorySettings, load_settings

    own = settings_folder() / FILE_NAME
    history = resolved.settings.history
    if config is None and history.hook:
        console.warning(f"The hook of {FILE_NAME} is not run: name the file with --config.", quiet=quiet)
    # An empty list in the file that is named means none.
    if config is None or "hook" not in history.model_fields_set:
        history = load_settings(own).history if own.is_file() else HistorySettings()
    return Hook(history.hook, history.hook_seconds)


def _tell(hook: "Hook", counts: dict[str, object]) -> None:
    """Run the hook; that it fails is told, and changes nothing else."""
    from annexa import console, log
    from annexa.history.hook import tell

    failure = tell(hook, {"command": "dry-run", **counts})
    if failure:
        log.note(failure)
        console.warning(failure)


def _code(error: BaseException) -> int:
    return error.exit_code if isinstance(error, AnnexaError) else BUG


def _counts(night: "NightReport", code: int) -> dict[str, object]:
    found = night.report.manifest.findings
    return {
        "state": "flagged" if night.wrong.height else "failed its gate",
        "exit_code": code,
        "run": night.run.number,
        "inspection_date": night.report.request.inspection_date.isoformat(),
        "wrong": _wrong(night),
        "rows": {entry.number: entry.rows for entry in night.report.manifest.lists},
        "errors": found.error,
        "warnings": found.warning,
        "verdict": found.verdict,
    }


def _wrong(night: "NightReport") -> dict[str, int]:
    return dict(night.wrong.group_by("check").len().sort("check").iter_rows())


def _document(night: "NightReport") -> dict[str, Any]:
    changes = {number: vars(change) for number, change in night.changes.items()}
    return {
        "output": str(night.report.request.output),
        "run": night.run.number,
        "state": night.run.verdict,
        "compared_with": night.earlier.number if night.earlier else None,
        "wrong": night.wrong.select("check", "severity", "list", "table", "column", "message").to_dicts(),
        "changes": changes,
        "notes": [note.text for note in night.notes],
        "manifest": night.report.manifest.model_dump(mode="json"),
    }
