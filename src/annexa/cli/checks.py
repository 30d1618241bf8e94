"""annexa checks: what is tested, and why."""

from typing import Annotated

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.complete import check_ids
from annexa.cli.guard import guarded

app = typer.Typer(help="Explain the checks of data quality.", no_args_is_help=True)


@app.command("list")
@guarded
def list_checks(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what reading and the rules of the lists report (AA-R).")
    ] = False,
    config: o.Config = None,
    json: o.Json = False,
) -> None:
    """List every check: its id, how grave it is, the lists it is about, and what it is called.

    Example: annexa checks list
    """
    from annexa import console
    from annexa.checks.catalogue import pages, with_changes

    definitions = with_changes(given.resolve(config).settings.checks)
    known = pages()
    shown = [each for each in definitions.values() if everything or not each.made_by_reading]
    if json:
        console.document(
            [
                {
                    "id": each.id,
                    "severity": each.severity,
                    "lists": list(each.lists),
                    "title": known[each.id].title,
                    "scope": each.scope,
                    "enabled": each.enabled,
                    "settings": dict(each.settings),
                }
                for each in shown
            ]
        )
        return
    console.table(
        ("Check", "Severity", "Lists", "Tests", "Title"),
        [
            (
                each.id,
                each.severity if each.enabled else "off",
                lists_in_words(each.lists),
                {"both": "extract, workbook", "history": "dry run"}.get(each.scope, each.scope),
                known[each.id].title,
            )
            for each in shown
        ],
        title=f"{len(shown)} checks",
    )
    console.line("`annexa checks explain` with an id says what a check tests and why it matters.")


@app.command("explain")
@guarded
def explain(
    check: Annotated[str, typer.Argument(help="Id of a check, such as AA-X02.", autocompletion=check_ids)],
    config: o.Config = None,
    json: o.Json = False,
) -> None:
    """Say what a check tests, why it matters, with an example and its reference.

    Example: annexa checks explain AA-X02
    """
    from annexa import console
    from annexa.checks.catalogue import known, pages, with_changes

    definition = with_changes(given.resolve(config).settings.checks)[known(check)]
    page = pages()[definition.id]
    settings = {name: list(v) if isinstance(v, tuple) else v for name, v in definition.settings.items()}
    if json:
        console.document(
            {
                "id": definition.id,
                "severity": definition.severity,
                "lists": list(definition.lists),
                "scope": definition.scope,
                "suppressed_by": list(definition.suppressed_by),
                "editions": list(definition.editions),
                "enabled": definition.enabled,
                "settings": settings,
                **vars(page),
            }
        )
        return
    tests = {"extract": "tests an extract", "workbook": "tests a finished workbook", "both": "tests both"}
    tests["history"] = "compares a dry run with the last good one"
    about = lists_in_words(definition.lists, noun=True)
    lines = [
        f"{definition.id}: {page.title}",
        f"{definition.severity.capitalize()}. {about}, {tests[definition.scope]}.",
        "",
        f"What it tests: {page.what}",
        f"Why it matters: {page.why}",
    ]
    if page.example:
        lines.append(f"Example: {page.example}")
    lines.append(f"Reference: {page.reference}")
    if settings:
        lines.append(f"Settings ([checks.{definition.id}] in annexa.toml):")
        lines += [f"  {name} = {console.as_toml(value)}" for name, value in settings.items()]
    if definition.suppressed_by:
        lines.append(f"Not reported where one of these says the same: {', '.join(definition.suppressed_by)}.")
    if definition.editions:
        lines.append(f"In these editions only: {', '.join(definition.editions)}.")
    if not definition.enabled:
        lines.append("It is switched off.")
    for text in lines:
        console.line(text)


def lists_in_words(numbers: tuple[int, ...], *, noun: bool = False) -> str:
    """Return list numbers with runs shortened: 1-10, or 4, 6-9; with the noun Lists 4, 6-9, or No single list."""
    if noun and not numbers:
        return "No single list"
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    text = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"{'List' if len(numbers) == 1 else 'Lists'} {text}" if noun else text
