"""annexa config."""

from typing import Any

import typer

from annexa.cli import given
from annexa.cli import options as o
from annexa.cli.guard import guarded

app = typer.Typer(help="Explain the settings.", no_args_is_help=True)


@app.command("show")
@guarded
def show(config: o.Config = None, json: o.Json = False) -> None:
    """Show every setting, its value, and where the value came from.

    Example: annexa config show
    """
    from annexa import console
    from annexa.editions import DEFAULT_EDITION
    from annexa.extract.address import place_of, shown
    from annexa.settings import FILE_NAME

    resolved = given.resolve(config)
    settings = resolved.settings.model_dump(mode="json")
    settings["edition"] = settings["edition"] or DEFAULT_EDITION
    settings["extracts"] = (
        shown(place_of(settings["extracts"])) if "://" in settings["extracts"] else settings["extracts"]
    )
    settings["output"] = settings["output"] or "annexa-<inspection date>"
    values = {}
    for name in resolved.origins:
        value: Any = settings
        for key in name.split("."):
            value = value[key]
        values[name] = value
    if json:
        console.document({name: {"value": value, "from": resolved.origins[name]} for name, value in values.items()})
        return
    console.table(
        ("Setting", "Value", "From"),
        [(name, _shown(value), resolved.origins[name]) for name, value in values.items()],
    )
    if config is None and FILE_NAME not in resolved.origins.values():
        console.line(f"There is no {FILE_NAME} with settings in this folder.")


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value in ("", None) else str(value)
