"""annexa.toml of the user, as a pydantic model: what may be set, what it means, and where each value came from."""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from annexa.errors import UsageError

FILE_NAME = "annexa.toml"


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Options(_Part):
    """The closed list of options that change who is on a list or what a column says; the manifest records them."""

    drop_adults: bool = Field(False, description="Leave people off Lists 1 to 7 who were 18 or over at the event.")
    list6_additions: bool = Field(
        True, description="Add children to List 6 who have an open or ended service and no episode of need in scope."
    )
    include_short_breaks: bool = Field(False, description="Put periods that are short breaks on List 8.")
    case_worker_roles: Names = Field(
        ("CW",), description="Involvement roles of the allocated worker of Lists 6 to 8; a source profile sets its own."
    )
    own_la: Names = Field((), description="Names and codes of the authority itself, for the placement location.")
    postcode_lookup: str = Field(
        "", description="CSV with postcode, la_code and la_name that gives the authority of a placement's postcode."
    )


class Term(_Part):
    """One school term, both days included."""

    start: date = Field(description="First day of the term.")
    end: date = Field(description="Last day of the term.")


class ReportSettings(_Part):
    """Local targets and limits of the reports, and how they are written."""

    suppress: bool = Field(False, description="Write the reports for wider sharing: small counts hidden, no rows.")
    worker_names: bool = Field(False, description="Name workers in the reports beside their identifiers.")
    all_exploitation: bool = Field(
        False, description="Put children at risk of other than sexual exploitation on report 2.02."
    )
    social_worker_roles: Names = Field(
        ("Social worker", "Senior social worker", "Advanced practitioner"),
        description="Roles that make a worker a qualified social worker where no registration number is recorded.",
    )
    caseload_limit: float | None = Field(None, gt=0, description="Highest caseload of the local policy.")
    early_help_days: int | None = Field(
        None, gt=0, description="Days within which an early help assessment is to be completed."
    )
    letter_days: int | None = Field(
        None, gt=0, description="Days from the decision within which the letter before proceedings is to be sent."
    )
    plo_review_weeks: int = Field(12, gt=0, description="Weeks between reviews in the public law outline.")
    first_visit_days: int = Field(
        7, gt=0, description="Working days within which a privately fostered child is first visited."
    )
    dental_from_age: int = Field(
        1, ge=0, description="Age from which a looked-after child is expected to have dental checks."
    )
    adviser_contact_months: int = Field(2, gt=0, description="Months within which an adviser is in contact.")
    terms: tuple[Term, ...] = Field(
        (), description="School terms, for the last complete term; without them six months are looked back."
    )


class ReadingLimits(_Part):
    """How far a compressed workbook may expand before it is refused."""

    max_expanded_mb: int = Field(4096, gt=0, description="Largest size of a workbook once expanded, in megabytes.")
    max_ratio: int = Field(200, gt=0, description="Largest ratio of expanded to compressed size of a workbook.")


class DatabaseSettings(_Part):
    """Where the password of a database on a server is kept, never the password itself; and how long it may take."""

    password_env: str = Field("", description="Environment variable that holds the password.")
    password_file: str = Field(
        "", description="File with the password in its first line, which only its owner may read."
    )
    keyring: str = Field("", description="Service under which the system's keyring holds the password of the user.")
    query_seconds: int = Field(1800, gt=0, le=86_400, description="Longest time that one query may take, in seconds.")


class HistorySettings(_Part):
    """Where the history of dry runs lies, how long it is kept, and who is told when a night goes wrong."""

    folder: str = Field(
        "", description="Folder of the history and of the dry runs beside it; blank for one in the user's data folder."
    )
    keep_days: int = Field(400, gt=0, description="Days for which a run stays in the history.")
    keep_output_days: int = Field(
        14, gt=0, description="Days for which what a dry run wrote into a folder beside the history stays there."
    )
    hook: Names = Field(
        (),
        description="Command, with its arguments, that is told in counts when a dry run goes wrong; read only from a "
        "file that `--config` names, or from `annexa.toml` in the user's configuration folder.",
    )
    hook_seconds: int = Field(60, gt=0, description="Longest time that the hook may take, in seconds.")


class Settings(_Part):
    """Everything that annexa.toml may hold. A path in it is relative to the file's own folder."""

    authority: str = Field("", description="Name of the authority, for the front sheet.")
    extracts: str = Field(
        "", description="Folder, workbook, database file or address of a database that is the extract."
    )
    source: str = Field(
        "ssd", description="Source profile that says how the extract is laid out: a name, or a path ending in .toml."
    )
    edition: str = Field("", description="Edition of Annex A to build.")
    output: str = Field("", description="Folder for the outputs.")
    extract_date: date | None = Field(None, description="Day on which the extract was taken.")
    fail_on: str = Field("never", pattern="^(error|warning|never)$", description="Severity that makes a build exit 1.")
    early_help_note: str = Field("", description="The authority's own definition of early help, for the front sheet.")
    accepted: str = Field("", description="File of findings that an officer has accepted: accepted.toml.")
    closure_days: str = Field(
        "", description="File of days on which the authority is closed beside bank holidays, for working days."
    )
    packs: str = Field("", description="File with packs of the authority's own for kinds of visits.")
    options: Options = Field(default_factory=Options)
    checks: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Changes to the checks: severity, enabled, or a number of a condition."
    )
    limits: ReadingLimits = Field(default_factory=ReadingLimits)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    reports: ReportSettings = Field(default_factory=ReportSettings)
    history: HistorySettings = Field(default_factory=HistorySettings)
    _source_found: bool = PrivateAttr(default=False)

    @property
    def source_named(self) -> bool:
        """Whether the source profile was named by the user, or by a settings file that she named."""
        return not self._source_found

    def with_found_source(self) -> "Settings":
        """Return the same where the source profile is named by a file that merely stood in the folder."""
        copy = self.model_copy()
        copy._source_found = True  # noqa: SLF001  (its own)
        return copy


def load_settings(path: Path) -> Settings:
    """Read an annexa.toml.

    Raises:
        UsageError: the file cannot be read or is not TOML; an unknown key (with the nearest known one); a value of the
            wrong kind.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"{path.name} cannot be read: {error.strerror}.", "Check the name given with --config."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path.name} is not a TOML file: {error}.",
            "Correct the file at the place named. A text stands in quotation marks (a Windows path in single ones, "
            "such as 'C:\\extract'), a date, such as 2018-06-04, without.",
        ) from None
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise _first_fault(path, error) from None


def _first_fault(path: Path, error: ValidationError) -> UsageError:
    fault = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] != "extra_forbidden":
        return UsageError(f"{path.name}: {key}: {fault['msg']}.", "See docs/options.md for what it may be.")
    table: type[BaseModel] = Settings
    for part in fault["loc"][:-1]:
        inner: Any = table.model_fields[str(part)].annotation
        table = inner
    near = difflib.get_close_matches(str(fault["loc"][-1]), list(table.model_fields), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(table.model_fields)}."
    return UsageError(f"{path.name}: there is no setting named {key}.", hint)
