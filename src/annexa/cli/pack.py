"""annexa pack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.build import run
from annexa.cli.complete import pack_names
from annexa.cli.guard import debug_file, guarded
from annexa.errors import UsageError

if TYPE_CHECKING:
    from annexa.evidence.packs import Pack

Visit = Annotated[
    str | None,
    typer.Option(
        "--visit", metavar="NAME", help="Kind of visit, such as focused:care-leavers.", autocompletion=pack_names
    ),
]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="NAME", help="Topic of a monitoring visit, such as front-door; may be repeated."),
]


@guarded
def pack(
    visit: Visit = None,
    topic: Topics = None,
    list_: Annotated[bool, typer.Option("--list", help="Explain the packs and stop.")] = False,
    inspection_date: Annotated[
        str | None,
        typer.Option("--inspection-date", metavar="DATE", help="Inspection date: 2018-06-04 or 04/06/2018."),
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
            "--output", metavar="PATH", help="Folder for the outputs.  [default: ./annexa-<visit>-<inspection date>]"
        ),
    ] = None,
    config: o.Config = None,
    extract_date: o.ExtractDate = None,
    own_la: o.OwnLa = None,
    fail_on: o.FailOnOption = None,
    previous: o.Previous = None,
    accepted: o.AcceptedFile = None,
    no_values: o.NoValues = False,
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
    """Build what one kind of visit is given: its whole lists, its reports, its tracker and an index.

    Example: annexa pack --visit focused:care-leavers --inspection-date 2018-06-04 --extracts extract --output out
    """
    asked = dict(locals())
    debug_file.set(debug)
    from annexa import clock, log
    from annexa.checks.gate import Gate
    from annexa.evidence.packs import choose, load_packs
    from annexa.outputs.findings_files import Wanted
    from annexa.pipeline.building import Request
    from annexa.pipeline.checking import Judging
    from annexa.reports.spec import report_specs

    if log_file is not None:
        log.open_log(log_file)
    resolved = given.resolved_of(asked)
    settings = resolved.settings
    packs = load_packs(Path(settings.packs) if settings.packs else None)
    if list_:
        _explain(list(packs.values()), json=json)
        return
    if visit is None:
        raise UsageError(
            "It is not said what kind of visit it is.", "Give --visit NAME; `annexa pack --list` explains."
        )
    if inspection_date is None:
        raise UsageError("It is not said when the inspection is.", "Give --inspection-date DATE.")
    chosen = choose(packs, visit, topic or ())
    day = given.day(inspection_date, "--inspection-date")
    formats = {each.value for each in format_ or ()}
    items = chosen.item_numbers()
    request = Request(
        inspection_date=day,
        extracts=given.extracts_of(resolved, output),
        output=output or Path(f"annexa-{chosen.name.replace(':', '-')}-{day.isoformat()}"),
        settings=settings,
        created=clock.now(),
        lists=chosen.lists,
        judging=Judging(
            Gate(settings.fail_on), Path(settings.accepted) if settings.accepted else None, previous=previous
        ),
        wanted=Wanted(junit="junit" in formats, values=not no_values),
        reports=tuple(item for item in report_specs() if item in items),
        report_formats=tuple(sorted(formats - {"junit"})),
        items=items,
        title=chosen.title,
        command="pack",
        password=given.sealing(password_env, format_ or (), quiet=quiet),
    )
    run(request, quiet=quiet, verbose=verbose and not quiet, json=json)


def _explain(packs: list["Pack"], *, json: bool) -> None:
    from annexa import console

    if json:
        console.document([{**each.model_dump(mode="json"), "items": list(each.item_numbers())} for each in packs])
        return
    rows = []
    for each in packs:
        lists = ", ".join(map(str, each.lists)) or ("of its topics" if each.topics else "-")
        items = (
            "all" if each.everything else ", ".join(each.item_numbers()) or ("of its topics" if each.topics else "-")
        )
        rows.append((each.name, each.title, lists, items, each.when))
    console.table(("Visit", "Title", "Lists", "Items", "When"), rows)
