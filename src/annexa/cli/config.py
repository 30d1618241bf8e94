"""annexa config."""

from typing import Annotated

import typer

from annexa.cli import options as o
from annexa.cli.guard import guarded

app = typer.Typer(help="Explain the settings.", no_args_is_help=True)


@app.command("show")
@guarded
def show(
    config: o.Config = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show every setting, its value, and where the value came from.

    Example: annexa config show
    """
    from annexa import console

    resolved = o.resolve(config)
    values = resolved.settings.model_dump(mode="json", exclude={"options", "limits"})
    for part in ("options", "limits"):
        dumped = getattr(resolved.settings, part).model_dump(mode="json")
        values.update({f"{part}.{name}": value for name, value in dumped.items()})
    origins = {name: resolved.origins.get(name, resolved.origins.get(name.split(".")[0], "default")) for name in values}
    if json:
        console.document({name: {"value": value, "from": origins[name]} for name, value in values.items()})
    else:
        console.table(
            ("Setting", "Value", "From"),
            [(name, _shown(value), origins[name]) for name, value in values.items()],
        )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value in ("", None) else str(value)
