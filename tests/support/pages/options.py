"""docs/options.md: every command, option, setting and exit code."""

import inspect
import re
from collections.abc import Iterator
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from annexa.cli.guard import BUG, INTERRUPTED
from annexa.cli.main import app
from annexa.editions import DEFAULT_EDITION
from annexa.errors import AnnexaError
from annexa.settings import FILE_NAME, Settings
from tests.support.markdown import code, codes, fenced, listed, page, table

TYPE_WORDS: dict[Any, str] = {str: "TEXT", Path: "PATH", int: "NUMBER", float: "NUMBER"}
SETTING_WORDS: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    date: "date, as 2018-06-04 without quotation marks",
    tuple: "text, or a list of texts",
}
# Where the model's own default is blank and something stands in for it.
DEFAULTS = {"edition": code(DEFAULT_EDITION), "output": "`annexa-<inspection date>` in the folder that you are in"}
_TODAY = "Today decides warnings, the default inspection date of `dry-run`, and how old its extract is."
# Typer gives these two to every program.
SHELL = {
    "--install-completion": "Let the shell complete annexa's commands and options from now on.",
    "--show-completion": "Print what completion needs, to copy it.",
}
HELP = ("`--help`", "", "", "Explain the command and stop.")


@cache
def commands() -> dict[str, Any]:
    """Return every command by its path, groups included: "annexa", "annexa build", "annexa editions show"."""

    def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
        yield path, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{path} {name}")

    return dict(walk(typer.main.get_command(app), "annexa"))


def exit_codes() -> dict[int, str]:
    """Return every exit code and what it says."""
    known = {
        0: "Done.",
        1: "Done, with findings as grave as `--fail-on` says; or `verify` or `sources check` found something wrong, or "
        "`evidence collect` left out a file that is ready; or something looks wrong with a `dry-run`.",
        BUG: "An error in annexa. Run it again with `--debug-file`, and report it.",
        INTERRUPTED: "Interrupted with Ctrl+C. No file is half-written.",
    }
    for error in AnnexaError.__subclasses__():
        known[error.exit_code] = (error.__doc__ or "").partition("\n")[0]
    return dict(sorted(known.items()))


def options_page() -> str:
    """Return the page."""
    return page(
        "Options, settings and exit codes",
        "the commands in `annexa.cli`, the settings in `annexa.settings` and the errors in `annexa.errors`",
        "An option of the command line beats the settings file, and the settings file beats the default. "
        "`annexa config show` prints every setting, its value, and where the value came from.",
        "Dates are written `2018-06-04` or `04/06/2018`.",
        "## Commands",
        *(_command(path, command) for path, command in commands().items()),
        f"## Settings file: {FILE_NAME}",
        f"annexa reads {code(FILE_NAME)} in the folder that you are in, or the file named with `--config`. A path in "
        "it starts at the folder of the file. A key that annexa does not know is refused, with the nearest key that it "
        "knows.",
        *_settings(Settings, ""),
        "## Exit codes",
        table(("Code", "Meaning"), ((str(number), meaning) for number, meaning in exit_codes().items())),
        "Errors and warnings go to stderr, results to stdout. No message quotes a value from a record.",
        "## Environment",
        table(
            ("Variable", "Meaning"),
            [("`ANNEXA_TODAY`", f"The day that annexa takes for today, as 2018-06-04. {_TODAY}")],
        ),
    )


def _command(path: str, command: Any) -> str:
    summary, _, example = inspect.cleandoc(command.help or "").partition("Example: ")
    example = example or (command.epilog or "").removeprefix("Example: ")
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    blocks = [f"### {path}", summary.strip()]
    if example:
        blocks.append(fenced(" ".join(example.split())))
    if arguments:
        blocks.append(table(("Argument", "Meaning"), ((code(each.name.upper()), each.help) for each in arguments)))
    blocks.append(
        table(("Option", "Value", "Default", "Meaning"), [*(_option(command, each) for each in options), HELP])
    )
    return "\n\n".join(blocks)


def _option(command: Any, option: Any) -> tuple[str, str, str, str]:
    names = codes([*option.opts, *option.secondary_opts])
    if option.opts[0] in SHELL:
        return names, "", "", SHELL[option.opts[0]]
    meaning, _, default = (option.help or "").partition("[default: ")
    if option.required:
        default = "required"
    elif not default and option.default not in (None, False, ()):
        default = str(option.default.value if isinstance(option.default, Enum) else option.default)
    value = "" if option.is_flag else option.metavar or _value(command, option.name)
    default = default.removesuffix("]")
    return names, value, code(default) if default not in ("", "required") else default, meaning.strip()


def _value(command: Any, name: str) -> str:
    """Return the kind of value in one word, from the annotation: Typer's own words differ between its versions."""
    annotation = get_type_hints(inspect.unwrap(command.callback))[name]
    kind = next((arm for arm in get_args(annotation) if arm is not type(None)), annotation)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return listed([code(member.value) for member in kind], "or")
    return TYPE_WORDS[kind]


def _settings(model: type[BaseModel], section: str) -> Iterator[str]:
    """Yield a table of the model's keys, then those of its tables."""
    rows, inner = [], []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner.append((name, field.annotation))
        else:
            default = DEFAULTS.get(name) or _default(field.default)
            rows.append((code(name), _kind(field), default, field.description or ""))
    if section:
        yield f"### [{section}]"
        yield (model.__doc__ or "").strip()
    yield table(("Key", "Value", "Default", "Meaning"), rows)
    for name, each in inner:
        yield from _settings(each, name)


def _kind(field: Any) -> str:
    for constraint in field.metadata:
        pattern = getattr(constraint, "pattern", None)
        choices = re.fullmatch(r"\^\(([a-z|]+)\)\$", pattern or "")
        if choices:
            return listed([code(choice) for choice in choices[1].split("|")], "or")
    if get_origin(field.annotation) is dict:
        return "a table for each check, as in [Checks](checks.md)"
    part = next(iter(get_args(field.annotation)), None)
    if isinstance(part, type) and issubclass(part, BaseModel):
        return f"a list of tables, each with {listed([code(name) for name in part.model_fields])}"
    kind = get_origin(field.annotation) if get_origin(field.annotation) is tuple else field.annotation
    kind = next((arm for arm in get_args(kind) if arm is not type(None)), kind)
    above = next((getattr(constraint, "gt", None) for constraint in field.metadata if hasattr(constraint, "gt")), None)
    return SETTING_WORDS[kind] + ("" if above is None else f" above {above}")


def _default(value: object) -> str:
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, tuple):
        return codes(value)
    return code(value) if value not in ("", None, PydanticUndefined) else ""
