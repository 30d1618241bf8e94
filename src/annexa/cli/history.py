"""annexa history."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from annexa.history.model import Run

app = typer.Typer(
    help="Show the dry runs and the trend of their counts, forget a child, or accept or reject a run.",
    epilog="Example: annexa history --last 30",
)


class HistoryFormat(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """How the history is written."""

    table = "table"
    csv = "csv"
    json = "json"


@app.callback(invoke_without_command=True)
@guarded
def history(
    context: typer.Context,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="Show so many of the newest runs.")] = 14,
    form: Annotated[
        HistoryFormat, typer.Option("--format", help="A table with trends, or every count as CSV or JSON.")
    ] = HistoryFormat.table,
    config: o.Config = None,
    debug: o.DebugFile = None,
) -> None:
    """Show the dry runs and the trend of their counts, forget a child, or accept or reject a run.

    Example: annexa history --last 30
    """
    if context.invoked_subcommand is not None:
        return
    debug_file.set(debug)
    from annexa import console
    from annexa.console_history import history_summary
    from annexa.history.store import open_history

    with open_history(_folder(config)) as held:
        runs = held.runs()[-last:]
        ended = {run.number for run in runs if not held.comparable(run)}
    if form is HistoryFormat.table:
        history_summary(runs, ended)
    elif form is HistoryFormat.json:
        console.document([_document(run, ended) for run in runs])
    else:
        for line in _csv(runs):
            console.line(line)


@app.command("forget")
@guarded
def forget(
    child: Annotated[
        str | None, typer.Argument(metavar="[CHILD]", help="Identifier of the child, as on the lists.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Delete the rows of every child, as where the secret is lost.")
    ] = False,
    config: o.Config = None,
    quiet: o.Quiet = False,
    debug: o.DebugFile = None,
) -> None:
    """Delete what the history keeps of a child, or with --all of every child.

    What dry runs wrote beside the history stays for as long as the settings say, and a child who is still in the
    extract is in the history again after the next night.

    Example: annexa history forget 4711
    """
    debug_file.set(debug)
    from annexa import console
    from annexa.errors import UsageError
    from annexa.pipeline.nightly import forget as forget_child

    if (child is None) is not everybody:
        raise UsageError("Nothing was deleted.", "Give the identifier of one child; or --all, and no identifier.")
    gone = forget_child(_folder(config), child)
    if quiet:
        return
    still = "The dated folders of the dry runs, and the extract, may still hold {}."
    if everybody:
        console.line(f"All {gone:,} rows of children are deleted from the history; its counts stay.")
        console.line(still.format("them"))
    elif gone:
        console.line(f"{gone:,} rows of the child are deleted from the history.")
        console.line(still.format("the child"))
    else:
        console.line("The history has no row of a child with that identifier.")
        console.line(still.format("one"))


@app.command("accept")
@guarded
def accept(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Number of the run, or last.")],
    config: o.Config = None,
    quiet: o.Quiet = False,
    debug: o.DebugFile = None,
) -> None:
    """Take a flagged run for a good one: what looked wrong was a true change, and the next run is compared with it.

    Example: annexa history accept last
    """
    debug_file.set(debug)
    from annexa import console
    from annexa.pipeline.nightly import accept as accept_run

    accepted = accept_run(_folder(config), run)
    if not quiet:
        console.line(f"Run {accepted.number} is accepted: the next dry run is compared with it, or with a later one.")


@app.command("reject")
@guarded
def reject(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Number of the run, or last.")],
    config: o.Config = None,
    quiet: o.Quiet = False,
    debug: o.DebugFile = None,
) -> None:
    """Take a good or accepted run for a flagged one: something was wrong with it, and no run is compared with it.

    Example: annexa history reject last
    """
    debug_file.set(debug)
    from annexa import console
    from annexa.pipeline.nightly import reject as reject_run

    rejected = reject_run(_folder(config), run)
    if not quiet:
        console.line(f"Run {rejected.number} is rejected: the next dry run is compared with another good one.")


def _folder(config: "Path | None") -> "Path":
    from annexa.history.store import history_folder

    return history_folder(given.resolve(config).settings.history)


def _counts(run: "Run") -> "Iterator[tuple[str, str, float]]":
    """Yield kind, name and count of everything that is counted of a run."""
    record = run.manifest
    if record is None:
        return
    for entry in record.lists:
        if entry.rows is not None and entry.children is not None:
            yield "rows", str(entry.number), entry.rows
            yield "children", str(entry.number), entry.children
    for severity in ("error", "warning", "info"):
        yield "findings", severity, getattr(record.findings, severity)
    for check, number in sorted(record.findings.by_check.items()):
        yield "check", check, number
    for each in record.inputs:
        if each.table is not None and each.rows is not None:
            yield "table", each.table, each.rows
    yield from (("seconds", name, seconds) for name, seconds in run.seconds.items())


def _about(run: "Run") -> dict[str, object]:
    record = run.manifest
    return {
        "run": run.number,
        "begun": f"{run.created:%Y-%m-%dT%H:%M:%SZ}",
        "state": run.verdict,
        "inspection_date": record.inspection_date.isoformat() if record else None,
        "edition": record.edition.name if record else None,
    }


def _document(run: "Run", ended: "Collection[int]") -> dict[str, object]:
    counts: dict[str, dict[str, float]] = {}
    for kind, name, count in _counts(run):
        counts.setdefault(kind, {})[name] = count
    flagged = run.verdict == "flagged"
    about = {**_about(run), "flagged_by": run.wrong if flagged else ()}
    return {**about, "output": str(run.output), "secret_lost": run.number in ended, "counts": counts}


def _csv(runs: "Sequence[Run]") -> "Iterator[str]":
    """Yield the lines of a CSV with a row for each count; a run without counts has one row."""
    # Numbers, dates, ids and names of tables and stages: nothing that a spreadsheet could take for a formula.
    yield "run,begun,state,inspection_date,edition,kind,name,count"
    for run in runs:
        about = ",".join("" if each is None else str(each) for each in _about(run).values())
        counts = [f"{kind},{name},{count}" for kind, name, count in _counts(run)] or [",,"]
        yield from (f"{about},{count}" for count in counts)
