"""annexa sources."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.complete import source_names
from annexa.cli.guard import guarded

if TYPE_CHECKING:
    from annexa.lists.inputs import Shortfall
    from annexa.pipeline.mapping import Mapped
    from annexa.pipeline.sourcing import TableState, UnknownValues

app = typer.Typer(help="Explain the source profiles.", no_args_is_help=True)


@app.command("list")
@guarded
def list_sources(json: o.Json = False) -> None:
    """List the source profiles.

    Example: annexa sources list
    """
    from annexa import console
    from annexa.sources import load_source, source_names

    profiles = [load_source(name) for name in source_names()]
    if json:
        console.document(
            [{"name": each.name, "title": each.file.title, "extends": list(each.extends)} for each in profiles]
        )
    else:
        console.table(
            ("Source", "Extends", "Title"),
            [(each.name, each.extends[0] if each.extends else "-", each.file.title) for each in profiles],
        )


@app.command("show")
@guarded
def show(name: o.SourceName, json: o.Json = False) -> None:
    """Show what a source profile extends, and which table and columns each record is read from.

    Example: annexa sources show ssd
    """
    from annexa import console
    from annexa.sources import load_source

    profile = load_source(name)
    if json:
        console.document(
            {
                record: {"table": mapped.table, "columns": {field: list(c) for field, c in mapped.columns.items()}}
                for record, mapped in profile.tables.items()
            }
        )
    else:
        if profile.extends:
            console.line(f"{profile.name} extends {', which extends '.join(profile.extends)}.")
        for record, mapped in profile.tables.items():
            console.table(
                ("Field", "Columns"),
                [(field, "\n".join(columns) or "-") for field, columns in mapped.columns.items()],
                title=f"{record}: from {mapped.table}",
            )


@app.command("check")
@guarded
def check(
    name: o.SourceName,
    extracts: o.Extracts = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    config: o.Config = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show the values that no map knows, not only how many they are.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Check a source profile, alone or against an extract.

    With an extract, it is said of each table whether it is there and which columns are missing, and of each column of
    codes how many of its values no map knows. A column counts as filled only if something in it can be read. The exit
    code is 1 where a table cannot be used.

    Example: annexa sources check ssd --extracts extract
    """
    from annexa import console
    from annexa.pipeline.sourcing import EMPTY, NO_COLUMN, check_source

    resolved = given.resolve(config, db_password=given.db_password(db_password_env, db_password_file, db_keyring))
    # An extract is read only where it is asked for, not because annexa.toml names one.
    name = _named(name)
    rows = check_source(name, given.place_given(extracts, resolved) if extracts else None, show_values=show_values)
    unusable = [row for row in rows if row.state == "cannot be used"]
    if json:
        console.document([asdict(row) for row in rows])
    else:
        console.table(
            ("Lists", "Table", "State", "Columns that are missing"),
            [(row.lists or "-", row.table, row.state, "\n".join(row.missing) or "-") for row in rows],
            title=f"The profile {name} agrees with the records.",
        )
        gaps = [(row.table, each) for row in rows for each in row.unknown]
        if gaps:
            headings = ("Column", "Code set", "Values", "Rows", *(["The values"] if show_values else []))
            console.table(
                headings,
                [
                    (f"{table}.{each.column}", each.code_set or "JSON", str(each.distinct), str(each.rows))
                    + ((_printable(each),) if show_values else ())
                    for table, each in gaps
                ],
                title="Values that no map knows: their cells would be blank. Map them under [values].",
            )
        for text in dict.fromkeys(each.effect for _, each in gaps if each.effect):
            console.line(text)
        for table, gap in gaps:
            if gap.numbers:
                console.line(
                    f"{table}: {gap.column} holds numbers, some of which are read as standard codes of {gap.code_set}. "
                    f"If they are the system's own, name the column in own_codes, and map each."
                )
        for row in rows:
            for field, why in row.blank.items():
                if why != NO_COLUMN and not why.endswith(EMPTY):
                    console.line(f"{row.table}: {field} will be blank in every row: {why}.")
        _lists_and_reports(rows)
        for row in unusable:
            console.line(
                f"{row.table} cannot be used: it lacks a column on which everything hangs. A build would stop."
            )
    if unusable:
        raise typer.Exit(1)


@app.command("init")
@guarded
def init(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name of the system; the file is NAME.toml.")],
    extracts: o.Extracts = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FOLDER", help="Folder for the proposal.  [default: this folder]")
    ] = None,
    db_password_env: o.DbPasswordEnv = None,
    db_password_file: o.DbPasswordFile = None,
    db_keyring: o.DbKeyring = None,
    config: o.Config = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    json: o.Json = False,
) -> None:
    """Propose a source profile for a system that annexa has never seen.

    Every table of the extract is looked over, and NAME.toml says what each table and column is taken for, how sure that
    is, and what is still to do. A file that is there already is left as it is. No value of an extract is shown or
    written, but for words and codes of columns that are plainly lists of codes.

    Example: annexa sources init --extracts path/to/extract --name ourtown
    """
    from annexa import console
    from annexa.cli.guard import stage
    from annexa.extract.files import Limits
    from annexa.pipeline.mapping import init_source

    resolved = given.resolve(config, db_password=given.db_password(db_password_env, db_password_file, db_keyring))
    place = given.place_given(extracts, resolved) if extracts else given.extracts_of(resolved)
    told = resolved.settings.limits
    limits = Limits(told.max_expanded_mb * 1024**2, told.max_ratio)
    with console.progress(quiet=quiet or json, verbose=verbose and not quiet, stage=stage) as tell:
        mapped = init_source(place, name, output or Path(), limits, tell)
    if json:
        console.document(_document(mapped))
    elif not quiet:
        _summary(mapped)


def _summary(mapped: "Mapped") -> None:
    from annexa import console
    from annexa.pipeline.mapping import record_lines
    from annexa.sources.propose import overlap, shown

    proposal = mapped.proposal
    rows = [(record, shown(table), *rest) for record, table, *rest in record_lines(mapped)]
    columns = sum(len(table.columns) for table in mapped.tables)
    console.table(
        ("Record", "Table", "Score", "Fields", "Needed and not found"),
        rows,
        title=f"{len(mapped.tables)} tables with {columns} columns were looked over.",
    )
    if proposal.doubles:
        pairs = ", ".join(f"{shown(each.table)} ({each.record})" for each in proposal.doubles)
        console.line(f"Like a record that has its table already: {pairs}.")
    if proposal.unmatched:
        console.line(f"None of the records: {', '.join(map(shown, proposal.unmatched))}.")
    for record, each in proposal.matches.items():
        for column in (column for column in each.columns if column.foreign):
            console.line(f"CHECK {record}: {column.field} is taken from {shown(column.column)}, and {overlap(column)}.")
    for form, names in mapped.unreadable_dates.items():
        console.line(f"Dates written as {form} cannot be read: {', '.join(map(shown, names))}.")
    for message in mapped.words:
        console.line(message)
    for message in mapped.refused:
        console.warning(message)
    _list_table(list(mapped.lists))
    console.line(f"The proposal is {mapped.path}. Open it and follow its comments; then run")
    console.line(f"annexa sources check {mapped.path} --extracts ...")


def _document(mapped: "Mapped") -> dict[str, object]:
    """Return the proposal as JSON: names and scores, never a value."""
    return {
        "path": str(mapped.path),
        "records": {
            record: {
                "table": each.table,
                "score": round(each.score, 3),
                "companion_of": each.companion_of,
                "needed": each.needs(),
                "columns": [
                    {
                        "field": c.field,
                        "columns": [c.column, *c.also],
                        "score": round(c.score, 3),
                        "readable": c.readable,
                        "found": None if c.found is None else round(c.found, 3),
                        "rivals": [name for name, _ in c.rivals],
                    }
                    for c in each.columns
                ],
            }
            for record, each in mapped.proposal.matches.items()
        },
        "doubles": [{"table": each.table, "record": each.record} for each in mapped.proposal.doubles],
        "unmatched": list(mapped.proposal.unmatched),
        "unreadable_dates": mapped.unreadable_dates,
        "words": list(mapped.words),
        "lists": [asdict(each) for each in mapped.lists],
        "refused": list(mapped.refused),
    }


def _lists_and_reports(rows: "list[TableState]") -> None:
    from annexa import console
    from annexa.pipeline.sourcing import list_states, report_states

    _list_table(list_states(rows))
    reports = [each for each in report_states(rows) if not each.supplied]
    if reports:
        console.table(
            ("Report", "Title", "For want of one of"),
            [(each.item, each.title, ", ".join(each.lacking)) for each in reports],
            title="Reports that are not supplied",
        )


def _list_table(lists: "list[Shortfall]") -> None:
    from annexa import console

    rows = []
    for each in lists:
        if not each.supplied:
            rows.append((str(each.number), each.title, "not supplied", "-", ", ".join(each.lacking)))
        else:
            rows.append((str(each.number), each.title, "can be built", *(("-", "-") if not each.blank else ("", ""))))
            rows += [("", "", "", heading, ", or ".join(wanted)) for heading, wanted in each.blank.items()]
    console.table(
        ("List", "Title", "State", "Columns that will be blank", "For want of"), rows, title="What each list lacks"
    )


def _named(name: str) -> str:
    """Return a profile as load_source takes it: NAME.toml of this folder where no profile of annexa has the name."""
    own = Path(f"{name}.toml")
    return str(own) if not name.endswith(".toml") and name not in source_names() and own.is_file() else name


def _printable(gap: "UnknownValues") -> str:
    """Return values a line each, and how many are not shown; what a terminal would obey is replaced."""
    lines = ["".join(letter if letter.isprintable() else "\ufffd" for letter in value) for value in gap.values]
    hidden = gap.distinct - len(lines)
    if hidden:
        what = "a code" if hidden == 1 else "codes"
        lines.append(f"{'and ' if lines else ''}{hidden} not shown: rare, or not plainly {what}")
    return "\n".join(lines)
