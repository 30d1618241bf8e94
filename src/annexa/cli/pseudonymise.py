"""annexa pseudonymise."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.guard import debug_file, guarded, stage
from annexa.environment import sealing_secret
from annexa.errors import UsageError

if TYPE_CHECKING:
    from annexa.pipeline.sharing import CopyReport


@guarded
def pseudonymise(
    key: Annotated[
        Path,
        typer.Option(
            "--key",
            metavar="FILE",
            help="File with the key of the pseudonyms, kept apart from extract and copy; made at the first use.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", metavar="PATH", help="Folder for the copy.")],
    workbooks: Annotated[
        list[Path] | None,
        typer.Argument(help="Filled Annex A workbooks of one authority, where a submission is to be copied."),
    ] = None,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    source: o.Source = None,
    own_la: o.OwnLa = None,
    inspection_date: Annotated[
        str | None,
        typer.Option(
            "--inspection-date",
            metavar="DATE",
            help="Of workbooks: decides the century of two-digit years.  [default: today]",
        ),
    ] = None,
    edition: o.Edition = None,
    password_env: o.PasswordEnv = None,
    config: o.Config = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors alone, and whether a key was made.")] = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
    log_file: o.LogFile = None,
    debug: o.DebugFile = None,
) -> None:
    """Make a copy of an extract or of a submission that can be shared: personal data still, but without names.

    Identifiers become keyed pseudonyms, dates of birth the first of their month, postcodes sectors; free text goes.

    Example: annexa pseudonymise --extracts extract --key keys/annexa.key --output shared
    """
    debug_file.set(debug)
    from annexa import clock, console, log
    from annexa.pipeline.sharing import CopyRequest
    from annexa.pipeline.sharing import pseudonymise as run_pseudonymise

    if log_file is not None:
        log.open_log(log_file)
    if workbooks and extracts:
        raise UsageError("Both workbooks and an extract are named.", "Copy one after the other, with the same --key.")
    resolved = given.resolve(
        config,
        own_la=own_la,
        extracts=extracts or None,
        db_password=given.db_password(db_password_env, db_password_file, db_keyring),
        source=source,
        edition=edition,
    )
    request = CopyRequest(
        source=tuple(workbooks) if workbooks else given.extracts_of(resolved),
        key=key,
        output=output,
        settings=resolved.settings,
        inspection_date=given.day(inspection_date, "--inspection-date") if inspection_date else clock.today(),
        created=clock.now(),
        password=sealing_secret(password_env, "--password-env") if password_env else None,
    )
    log.note("pseudonymise")
    with console.progress(quiet=quiet, verbose=verbose and not quiet, stage=stage) as tell:
        report = run_pseudonymise(request, tell)
    console.run_notes(report.manifest.notes, quiet=quiet)
    if report.key_made:  # with --quiet too: a slip in the name of the key begins a new series, and nothing else tells
        console.warning(
            "The key was made, and with it new pseudonyms begin. Whoever has it can undo the copy: keep it apart. "
            "If earlier copies are to go with this one, name their key with --key."
        )
    if json:
        shown = report.manifest.model_dump(mode="json")
        console.document({"output": str(output), "key_made": report.key_made, "manifest": shown})
    elif not quiet:
        _show(report)
    for text in report.unread:
        console.error(f"{text} Its rows are not copied.", "Put the workbook right, and copy it again.")
    if report.unread:
        raise typer.Exit(1)


def _show(report: "CopyReport") -> None:
    from annexa import console

    copied = report.manifest.copied
    rows = [
        (
            each.table,
            *(f"{n:,}" for n in (each.rows, each.columns, each.columns_left_out, sum(each.cells_left_out.values()))),
        )
        for each in copied
    ]
    console.table(("Table", "Rows", "Columns", "Columns left out", "Cells left out"), rows, title="Pseudonymised copy")
    console.line(f"The copy is {report.place}. It is personal data still.")
    if report.manifest.unknown_inputs:
        number = len(report.manifest.unknown_inputs)
        console.line(f"Not copied, since the source profile does not know them: {number} tables or files.")
