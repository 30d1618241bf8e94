"""The options that commands on an extract share."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from annexa.cli.complete import edition_names, source_names


class FailOn(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """The severity from which on a run exits 1."""

    error = "error"
    warning = "warning"
    never = "never"


class Severity(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """How grave a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


class FindingsFormat(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """A further form of the findings."""

    junit = "junit"


class BuildFormat(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """A further form of the findings (junit) or of the reports (csv, json)."""

    junit = "junit"
    csv = "csv"
    json = "json"


class ReportFormat(str, Enum):  # noqa: UP042  (typer reads the members' values)
    """A further form of a report."""

    csv = "csv"
    json = "json"


InspectionDate = Annotated[
    str, typer.Option("--inspection-date", metavar="DATE", help="Inspection date: 2018-06-04 or 04/06/2018.")
]
Extracts = Annotated[
    str | None,
    typer.Option(
        "--extracts",
        metavar="PATH",
        help="The extract: a folder, a CSV, Parquet or XLSX file, a database file, or an address such as "
        "postgresql://user@host/database.",
    ),
]
DbPasswordEnv = Annotated[
    str | None,
    typer.Option(
        "--db-password-env", metavar="NAME", help="Environment variable that holds the password of the database."
    ),
]
DbPasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--db-password-file",
        metavar="PATH",
        help="File with the password of the database in its first line, which only its owner may read.",
    ),
]
DbKeyring = Annotated[
    str | None,
    typer.Option(
        "--db-keyring", metavar="SERVICE", help="Entry of the system's keyring that holds the password of the database."
    ),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="Source profile: its name, or the path of your own file ending in .toml.  [default: ssd]",
        autocompletion=source_names,
    ),
]
SourceName = Annotated[str, typer.Argument(help="Name of a source profile.", autocompletion=source_names)]
Edition = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="NAME",
        help="Edition of Annex A.  [default: ilacs-2018]",
        autocompletion=edition_names,
    ),
]
EditionOfBooks = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="NAME",
        help="Edition of Annex A.  [default: that of annexa's own front sheet, else ilacs-2018]",
        autocompletion=edition_names,
    ),
]
EditionName = Annotated[str, typer.Argument(help="Name of an edition.", autocompletion=edition_names)]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="PATH", help="Folder for the outputs.  [default: ./annexa-<inspection date>]"),
]
Lists = Annotated[
    str | None,
    typer.Option("--lists", metavar="NUMBERS", help="Write these lists alone, such as 1,7,8.  [default: all]"),
]
Require = Annotated[
    str | None,
    typer.Option(
        "--require", metavar="NUMBERS", help="Stop with exit code 3 where the extract lacks one of these lists."
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="PATH", help="Settings file.  [default: annexa.toml in this folder, if it is there]"
    ),
]
ExtractDate = Annotated[
    str | None, typer.Option("--extract-date", metavar="DATE", help="Day on which the extract was taken.")
]
OwnLa = Annotated[
    list[str] | None,
    typer.Option("--own-la", metavar="NAME", help="Name or code of the authority itself; may be given several times."),
]
FailOnOption = Annotated[
    FailOn | None, typer.Option("--fail-on", help="Exit 1 where a finding is as grave as this.  [default: never]")
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous", metavar="PATH", help="manifest.json of an earlier run, for the checks that compare with one."
    ),
]
AcceptedFile = Annotated[
    Path | None, typer.Option("--accepted", metavar="PATH", help="Findings that an officer has accepted, as TOML.")
]
NoValues = Annotated[
    bool, typer.Option("--no-values", help="Leave the values of records out of every file of findings.")
]
ByTeam = Annotated[bool, typer.Option("--by-team", help="Write the missing evidence of each team into its own file.")]
Format = Annotated[
    list[FindingsFormat] | None,
    typer.Option("--format", metavar="junit", help="A further file of findings: junit, for a CI service."),
]
BuildFormats = Annotated[
    list[BuildFormat] | None,
    typer.Option(
        "--format",
        metavar="FORM",
        help="A further form: junit of the findings, csv or json of the reports; may be repeated.",
    ),
]
ReportFormats = Annotated[
    list[ReportFormat] | None,
    typer.Option("--format", metavar="FORM", help="A further form of the report: csv or json; may be repeated."),
]
Reports = Annotated[
    str,
    typer.Option("--reports", metavar="ITEMS", help="Data reports to write: all, none, or items such as 2.02,3.09."),
]
Suppress = Annotated[
    bool, typer.Option("--suppress", help="Write the reports for wider sharing: small counts hidden, no rows.")
]
WorkerNames = Annotated[
    bool, typer.Option("--worker-names", help="Name workers in the reports beside their identifiers.")
]
AllExploitation = Annotated[
    bool,
    typer.Option("--all-exploitation", help="Put children at risk of other than sexual exploitation on report 2.02."),
]
MaxErrors = Annotated[
    int | None, typer.Option("--max-errors", metavar="N", min=0, help="Let this many errors pass, and not one more.")
]
MaxRate = Annotated[
    list[str] | None,
    typer.Option(
        "--max-rate",
        metavar="ID=PERCENT",
        help="Let a check's findings pass up to this rate; may be repeated.",
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="PATH", help="findings.json of an earlier run: only new findings fail."),
]
ValueMap = Annotated[
    Path | None,
    typer.Option("--value-map", metavar="PATH", help="An edited value-map.toml: values, and the codes they stand for."),
]
PasswordEnv = Annotated[
    str | None,
    typer.Option(
        "--password-env",
        metavar="NAME",
        help="Environment variable with a password: workbooks that ask for one are opened with it, and whatever is "
        "written about children is encrypted with it.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors alone.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Add stages, timings and counts on stderr.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")]
LogFile = Annotated[
    Path | None, typer.Option("--log-file", metavar="PATH", help="Append stages, timings and counts to this file.")
]
DebugFile = Annotated[
    Path | None,
    typer.Option(
        "--debug-file", metavar="PATH", help="Where to put the details of an error in annexa; may quote values."
    ),
]
