"""annexa evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import unusual_date
from annexa.cli.guard import debug_file, guarded, stage

if TYPE_CHECKING:
    from annexa.environment import Secret
    from annexa.evidence.paths import Allowed
    from annexa.evidence.rows import Row
    from annexa.pipeline.collecting import CollectReport
    from annexa.pipeline.evidence import TrackerReport, TrackerRequest

app = typer.Typer(help="Keep track of the documents that Annex A asks for.", no_args_is_help=True)

Tracker = Annotated[Path, typer.Option("--tracker", metavar="PATH", help="The tracker, a workbook.")]
DayOfTracker = Annotated[
    str | None,
    typer.Option(
        "--inspection-date", metavar="DATE", help="Inspection date, in place of the one that the tracker says."
    ),
]
Products = Annotated[
    Path | None,
    typer.Option(
        "--products",
        metavar="FOLDER",
        help="Output folder of `annexa build`, which fills in rows.  [default: the tracker's own folder, if it is one]",
    ),
]


@app.command("init")
@guarded
def init(
    inspection_date: o.InspectionDate,
    output: Annotated[
        Path, typer.Option("--output", metavar="PATH", help="The tracker to write or to bring up to date.")
    ] = Path("tracker.xlsx"),
    products: Products = None,
    password_env: o.PasswordEnv = None,
    config: o.Config = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
    debug: o.DebugFile = None,
) -> None:
    """Write a tracker with a row for each document that Annex A asks for.

    A tracker that is there is brought up to date: what you wrote in your columns stays as it is.

    Example: annexa evidence init --inspection-date 2018-06-04 --output tracker.xlsx
    """
    debug_file.set(debug)
    from annexa import clock, console
    from annexa.pipeline.evidence import TrackerRequest
    from annexa.pipeline.evidence import init as write_tracker

    day = given.day(inspection_date, "--inspection-date")
    today = clock.today()
    for warning in unusual_date(day, today):
        console.warning(warning, quiet=quiet)
    password = given.sealing(password_env)
    report = write_tracker(
        TrackerRequest(output, today, given.resolve(config).settings, day, products, password=password)
    )
    console.run_notes(report.messages, quiet=quiet)
    if json:
        console.document(_document(report))
    elif not quiet:
        done = "brought up to date" if report.existed else "written"
        console.line(f"{output} is {done}: {len(report.rows)} rows. {report.left}")


@app.command("status")
@guarded
def status(
    tracker: Tracker,
    inspection_date: DayOfTracker = None,
    products: Products = None,
    password_env: o.PasswordEnv = None,
    config: o.Config = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.DebugFile = None,
) -> None:
    """Say what is ready, what is missing, and how many working days are left; nothing is changed.

    Example: annexa evidence status --tracker tracker.xlsx
    """
    debug_file.set(debug)
    from annexa import console
    from annexa.pipeline.evidence import look

    report = look(
        _request(tracker, inspection_date, products, given.resolve(config), password=given.opening(password_env))
    )
    console.run_notes(report.messages, quiet=quiet)
    if json:
        console.document(_document(report))
    elif not quiet:
        console.table(
            ("Item", "Title", "Status", "Due", "State", "Checks"),
            [
                (row.number, _title(row), row.status, f"{row.due:%d/%m/%Y}, {row.due_in}", row.rag, row.checks)
                for row in report.rows
            ],
            title=f"Evidence for the inspection on {report.inspection_date:%d/%m/%Y}",
        )
        console.line(report.left)
        console.line(f"{len(report.rows)} rows: {_counts(report)}.")


@app.command("collect")
@guarded
def collect(
    tracker: Tracker,
    output: Annotated[Path, typer.Option("--output", metavar="FOLDER", help="Folder for the collected files.")],
    inspection_date: DayOfTracker = None,
    products: Products = None,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Collect files from outside the tracker's folder too.")
    ] = False,
    allow_links: Annotated[
        bool, typer.Option("--allow-links", help="Follow symbolic links to files and folders.")
    ] = False,
    max_size: Annotated[
        int, typer.Option("--max-size", metavar="MB", min=1, help="Largest size of a file, in megabytes.")
    ] = 50,
    password_env: o.PasswordEnv = None,
    config: o.Config = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    debug: o.DebugFile = None,
) -> None:
    """Copy what is ready into one folder, numbered by item, with an index of everything that is asked for.

    With an extract the audited cases of 1.06 are listed, and it is looked whether documents name a person of the
    extract. The exit code is 1 where a file that is ready could not be collected; the index says why.

    Example: annexa evidence collect --tracker tracker.xlsx --output evidence
    """
    debug_file.set(debug)
    from annexa import clock, console
    from annexa.evidence.paths import MEGABYTE, Allowed
    from annexa.pipeline.collecting import CollectRequest
    from annexa.pipeline.collecting import collect as run_collect

    allowed = Allowed(allow_outside, allow_links, max_size * MEGABYTE)
    password = given.db_password(db_password_env, db_password_file, db_keyring)
    resolved = given.resolve(config, source=source, db_password=password)
    about = _request(tracker, inspection_date, products, resolved, allowed, given.sealing(password_env))
    # An extract is read only where it is asked for, not because annexa.toml names one.
    place = given.place_given(extracts, resolved) if extracts else None
    request = CollectRequest(about, output, clock.now(), place)
    with console.progress(quiet=quiet, verbose=verbose and not quiet, stage=stage) as tell:
        report = run_collect(request, tell)
    console.run_notes(report.tracker.messages, quiet=quiet)
    console.run_notes(report.remarks, quiet=quiet)
    _show(report, output, "index.xlsx" if about.password else "index.html", json=json, quiet=quiet)


def _request(
    tracker: Path,
    inspection_date: str | None,
    products: Path | None,
    resolved: given.Resolved,
    allowed: "Allowed | None" = None,
    password: "Secret | None" = None,
) -> "TrackerRequest":
    from annexa import clock
    from annexa.evidence import paths
    from annexa.pipeline.evidence import TrackerRequest

    return TrackerRequest(
        tracker,
        clock.today(),
        resolved.settings,
        given.day(inspection_date, "--inspection-date") if inspection_date else None,
        products,
        allowed or paths.Allowed(),
        password=password,
    )


def _show(report: "CollectReport", output: Path, index_file: str, *, json: bool, quiet: bool) -> None:
    from annexa import console
    from annexa.outputs import evidence_index as index

    refused = report.number(index.NOT_COLLECTED)
    files = len({each.file for each in report.entries if each.file})
    if json:
        states = {state: report.number(state) for state in index.STATES}
        console.document({"output": str(output), "files": files, "states": states, "remarks": list(report.remarks)})
    elif not quiet:
        console.table(
            ("State", "Rows"), [(state, f"{report.number(state):,}") for state in index.STATES if report.number(state)]
        )
        console.line(f"{files} file{'' if files == 1 else 's'} in {output}; look at {output / index_file}.")
    if refused:
        what = "1 file that is ready was" if refused == 1 else f"{refused} files that are ready were"
        console.error(f"{what} not collected.", f"See {output / index_file}: it says why.")
        raise typer.Exit(1)


def _title(row: "Row") -> str:
    # What an officer typed into a row of her own may hold a name.
    return "(a row that you added)" if row.own else row.title


def _counts(report: "TrackerReport") -> str:
    return ", ".join(f"{number} {status}" for status, number in report.counts.items())


def _document(report: "TrackerReport") -> dict[str, object]:
    return {
        "inspection_date": report.inspection_date.isoformat(),
        "left": report.left,
        "counts": dict(report.counts),
        "rows": [
            {
                "item": row.number,
                "document": "" if row.own else row.document,
                "title": _title(row),
                "kind": "" if row.own else row.kind,
                "status": row.status,
                "due": row.due.isoformat() if row.due else None,
                "due_in": row.due_in,
                "state": row.rag,
                "checks": row.checks,
                "passed": row.passed,
            }
            for row in report.rows
        ],
        "messages": list(report.messages),
    }
