"""The program `annexa`: its commands, and nothing heavy until one of them runs."""

import sys
from typing import Annotated

import typer

from annexa import __version__
from annexa.cli import (
    build,
    check,
    checks,
    clean,
    config,
    diff,
    dry_run,
    editions,
    evidence,
    explain,
    history,
    pack,
    pseudonymise,
    report,
    sample,
    sources,
    verify,
)
from annexa.cli.parser import Program
from annexa.errors import UsageError
from annexa.extract.address import refuse_passwords

app = typer.Typer(
    name="annexa",
    cls=Program,
    help="Builds Ofsted's Annex A child-level lists from a case-management extract.",
    epilog="Example: annexa build --inspection-date 2018-06-04 --extracts extract --output out",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("build")(build.build)
app.command("dry-run")(dry_run.dry_run)
app.command("report")(report.report)
app.command("pack")(pack.pack)
app.command("check")(check.check)
app.command("diff")(diff.diff)
app.command("explain")(explain.explain)
app.command("clean")(clean.clean)
app.command("verify")(verify.verify)
app.command("pseudonymise")(pseudonymise.pseudonymise)
app.command("sample")(sample.sample)
app.add_typer(history.app, name="history")
app.add_typer(evidence.app, name="evidence")
app.add_typer(checks.app, name="checks")
app.add_typer(editions.app, name="editions")
app.add_typer(sources.app, name="sources")
app.add_typer(config.app, name="config")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"annexa {__version__}")
        raise typer.Exit


@app.callback()
def main(
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Builds Ofsted's Annex A child-level lists from a case-management extract."""


def run() -> None:
    """Run the program; the console's encoding never decides whether a message can be shown."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        # A word in the wrong place would be repeated by the parser of the command line.
        refuse_passwords(sys.argv[1:])
    except UsageError as error:
        from annexa import console

        console.error(error.message, error.hint)
        sys.exit(error.exit_code)
    app()
