"""What the options, annexa.toml and the defaults say together, and what the texts of options mean."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annexa.errors import UsageError

if TYPE_CHECKING:
    from annexa.environment import Secret
    from annexa.extract.address import Place
    from annexa.settings import Settings


@dataclass(frozen=True)
class Resolved:
    """The settings of a run, and where each came from: option, file name, or default.

    Args:
        settings: what holds.
        origins: setting -> where it came from.
        found: whether the settings file was not named, but merely stood in the working folder.
    """

    settings: "Settings"
    origins: dict[str, str] = field(default_factory=dict)
    found: bool = False


_REPORT_FLAGS = ("suppress", "worker_names", "all_exploitation")


def resolve(config: Path | None, **given: Any) -> Resolved:
    """Join options, annexa.toml and defaults: an option beats the file, which beats the default.

    Args:
        config: the settings file; annexa.toml of the working folder where None and it is there.
        given: setting name -> value given as an option, None where it was not; own_la, the flags of the reports and
            db_password (what db_password() returns) are settings of a table.

    Raises:
        UsageError: the settings file cannot be used; an address with a password in it.
    """
    from annexa.extract.address import place_of
    from annexa.settings import FILE_NAME, Options, ReportSettings, Settings, load_settings

    path = config or Path(FILE_NAME)
    settings = load_settings(path) if config is not None or path.is_file() else Settings()
    origins = _origins(settings, path.name)
    settings = _beside(path, settings)
    own_la = given.pop("own_la", None)
    if own_la:
        options = Options.model_validate({**settings.options.model_dump(exclude_unset=True), "own_la": tuple(own_la)})
        settings = settings.model_copy(update={"options": options})
        origins["options.own_la"] = "option"
    if password := given.pop("db_password", None):
        kept = settings.database.model_dump(include={"query_seconds"}, exclude_unset=True)
        settings = settings.model_copy(update={"database": type(settings.database).model_validate(kept | password)})
        origins.update({f"database.{name}": "option" for name in password})
    told = {name: value for name in _REPORT_FLAGS if (value := given.pop(name, None))}
    if told:
        reports = ReportSettings.model_validate({**settings.reports.model_dump(exclude_unset=True), **told})
        settings = settings.model_copy(update={"reports": reports})
        origins.update({f"reports.{name}": "option" for name in told})
    changes = {name: value for name, value in given.items() if value is not None}
    origins.update(dict.fromkeys(changes, "option"))
    settings = settings.model_copy(update=changes)
    if settings.extracts:
        place_of(settings.extracts)
    if config is None and origins["source"] == path.name:
        settings = settings.with_found_source()
    return Resolved(settings, origins, found=config is None)


def resolved_of(asked: Mapping[str, Any]) -> Resolved:
    """Return the settings of a command on an extract.

    Args:
        asked: the name of each of the command's parameters -> what was given.

    Raises:
        UsageError: an option, or the settings file, that cannot be used.
    """
    extract_date, fail_on = asked["extract_date"], asked.get("fail_on")
    return resolve(
        asked["config"],
        own_la=asked["own_la"],
        extracts=asked["extracts"] or None,
        db_password=db_password(asked["db_password_env"], asked["db_password_file"], asked["db_keyring"]),
        source=asked["source"],
        edition=asked["edition"],
        output=str(asked["output"]) if asked.get("output") else None,
        extract_date=day(extract_date, "--extract-date") if extract_date else None,
        fail_on=fail_on.value if fail_on else None,
        accepted=str(asked["accepted"]) if asked.get("accepted") else None,
        **{name: asked.get(name) for name in _REPORT_FLAGS},
    )


def db_password(env: str | None, file: Path | None, keyring: str | None) -> dict[str, str]:
    """Return where the options say that the password of the database is, as settings.

    Raises:
        UsageError: they name more than one place.
    """
    told = {"password_env": env, "password_file": str(file) if file else None, "keyring": keyring}
    given = {name: value for name, value in told.items() if value is not None}
    if len(given) > 1:
        raise UsageError(
            "The password of the database is to come from more than one place.",
            "Give one of --db-password-env, --db-password-file and --db-keyring.",
        )
    return given


def opening(password_env: str | None) -> "Secret | None":
    """Return the password that workbooks are opened with, however short; None where none is named.

    Raises:
        UsageError: there is no such variable.
    """
    from annexa.environment import Secret, secret

    return Secret(secret(password_env, "--password-env")) if password_env else None


def sealing(password_env: str | None, formats: Collection[Enum] = (), *, quiet: bool = False) -> "Secret | None":
    """Return the password that outputs are encrypted with, None where they are not; say what is left out under it.

    Args:
        password_env: what --password-env names.
        formats: the further forms that are asked for.
        quiet: print errors alone.

    Raises:
        UsageError: there is no such variable, or its password is none to encrypt with.
    """
    if password_env is None:
        return None
    from annexa import console
    from annexa.environment import sealing_secret

    password = sealing_secret(password_env, "--password-env")
    left = [form.value for form in formats if form.value in ("csv", "json")]
    if left:
        console.warning(
            f"--format {' and '.join(left)}: not written, since only workbooks can be encrypted; they hold the same.",
            quiet=quiet,
        )
    return password


def _origins(settings: "Settings", file: str) -> dict[str, str]:
    """Say of each setting whether it stands in the file or is the default; tables as in options.own_la."""
    origins = {name: file if name in settings.model_fields_set else "default" for name in type(settings).model_fields}
    for table in ("options", "limits", "database", "reports", "history"):
        part = getattr(settings, table)
        for name in type(part).model_fields:
            origins[f"{table}.{name}"] = file if name in part.model_fields_set else "default"
        del origins[table]
    del origins["checks"]
    origins |= {f"checks.{check}.{key}": file for check, entry in settings.checks.items() for key in entry}
    return origins


def _beside(path: Path, settings: "Settings") -> "Settings":
    """Read the paths of a settings file as relative to the file's own folder."""
    from annexa.extract.address import beside

    def joined(text: str) -> str:
        return str(path.parent / text) if text else ""

    source = joined(settings.source) if settings.source.endswith(".toml") else settings.source
    options = settings.options
    if options.postcode_lookup:
        options = options.model_copy(update={"postcode_lookup": joined(options.postcode_lookup)})
    return settings.model_copy(
        update={
            "extracts": beside(settings.extracts, path.parent) if settings.extracts else "",
            "database": settings.database.model_copy(update={"password_file": joined(settings.database.password_file)}),
            "output": joined(settings.output),
            "history": settings.history.model_copy(update={"folder": joined(settings.history.folder)}),
            "accepted": joined(settings.accepted),
            "closure_days": joined(settings.closure_days),
            "packs": joined(settings.packs),
            "source": source,
            "options": options,
        }
    )


FIRST_YEAR, LAST_YEAR = 1950, 2150


def day(text: str, option: str) -> date:
    """Read a date option written as 2018-06-04 or 04/06/2018.

    Raises:
        UsageError: anything else, a day that no calendar has, and a year that can only be a slip.
    """
    from pydantic_core import PydanticCustomError

    from annexa.records.types import parse_date

    try:
        given = parse_date(text.strip())
    except PydanticCustomError:
        # The text is not repeated: an identifier may have got into its place, and a log keeps the message.
        raise UsageError(f"{option}: what is given is not a date.", "Write it as 2018-06-04 or 04/06/2018.") from None
    # Beyond these years windows and ages would leave the calendar that Python and Excel know.
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise UsageError(
            f"{option}: {text} is not between {FIRST_YEAR} and {LAST_YEAR}.", "Check the year: is it a slip?"
        )
    return given


def numbers(text: str | None, option: str) -> tuple[int, ...] | None:
    """Read list numbers between commas, such as 1,7,8.

    Raises:
        UsageError: anything else.
    """
    if text is None:
        return None
    try:
        return tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        raise UsageError(f"{option}: {text} is not a list of numbers.", "Write it as 1,7,8.") from None


def report_items(text: str) -> tuple[str, ...]:
    """Read items of reports between commas, or all, or none."""
    from annexa.reports.spec import report_specs

    asked = tuple(part.strip() for part in text.split(",") if part.strip())
    if asked == ("all",):
        return tuple(report_specs())
    return () if asked == ("none",) else asked


def extracts_of(resolved: Resolved, output: Path | None = None) -> "Place":
    """Return where the extract is: a path, or the address of a database with its password.

    Args:
        resolved: what the options and annexa.toml say.
        output: the folder to be written to, which must be another than the extract's.

    Raises:
        UsageError: neither an option nor annexa.toml says so; an address that cannot be used, or that is not the
            user's own word; its password is not where it is said to be; the outputs would lie among the tables.
    """
    from annexa.settings import FILE_NAME

    if not resolved.settings.extracts:
        raise UsageError(
            "It is not said where the extract is.",
            'Give --extracts PATH, or put extracts = "PATH" into annexa.toml in this folder.',
        )
    if resolved.found and resolved.origins.get("extracts") == FILE_NAME and _is_server(resolved.settings.extracts):
        # Whatever logs her in (a password, a ticket, her Windows account) would go where the file says.
        raise UsageError(
            f"The address of a database server stands in an {FILE_NAME} that was merely found in this folder.",
            f"If you trust that file, name it with --config {FILE_NAME}; or give the address with --extracts. "
            "See docs/databases.md.",
        )
    place = place_given(resolved.settings.extracts, resolved)
    if output is not None and isinstance(place, Path) and place.is_dir() and output.resolve() == place.resolve():
        raise UsageError(
            "--output: this is the folder of the extract: the next run would read the outputs as tables.",
            "Choose another folder.",
        )
    return place


def _is_server(extracts: str) -> bool:
    from annexa.extract.address import place_of

    place = place_of(extracts)
    return not isinstance(place, Path) and place.file is None


def place_given(text: str, resolved: Resolved) -> "Place":
    """Return what a text given with --extracts means; errors as in extracts_of()."""
    from annexa.environment import Secret, secret, secret_of_file, secret_of_keyring
    from annexa.extract.address import place_of, with_password

    place = place_of(text)
    database = resolved.settings.database
    if isinstance(place, Path) or place.file is not None:
        return place
    named = {name: getattr(database, name) for name in ("password_env", "password_file", "keyring")}
    named = {name: value for name, value in named.items() if value}
    if len(named) > 1:
        raise UsageError(
            f"database: the password is to come from more than one place: {', '.join(named)}.", "Keep one of them."
        )
    password = None
    for name, value in named.items():
        by_option = resolved.origins.get(f"database.{name}") == "option"
        told = f"--db-{name.replace('_', '-')}" if by_option else f"database.{name}"
        if name == "password_env":
            password = Secret(secret(value, told))
        elif name == "password_file":
            password = secret_of_file(Path(value), told)
        else:
            password = secret_of_keyring(value, place.user, told)
    return with_password(place, password, database.query_seconds)
