"""The words of the reports: configs/reports/*.toml, which an analyst can hold beside Ofsted's text."""

import tomllib
from functools import cache
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from annexa.errors import UsageError
from annexa.records import RECORDS
from annexa.resources import resource
from annexa.settings import ReportSettings

OR: Final = " or "


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FigureSpec(_Part):
    """One number of the summary.

    `needs` names the records ("missing_details") and fields ("missing_details.interview_date") without which it is
    not supplied; alternatives stand in one entry with " or " between. With `unless` it is left out where all of these
    are supplied.
    """

    key: str
    label: str
    definition: str
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class ColumnSpec(_Part):
    """One column of a sheet of rows; `needs` as for a figure. A column of `worker_names` is left out unless asked."""

    heading: str
    field: str
    needs: tuple[str, ...] = ()
    worker_name: bool = False
    meaning: str = ""


class SheetSpec(_Part):
    """A sheet of rows: one a child, family or worker. `mark` names a field: rows with Y in it are highlighted."""

    key: str
    name: str = Field(max_length=31)
    title: str
    one_row_per: str
    columns: tuple[ColumnSpec, ...]
    mark: str = ""


class GridSpec(_Part):
    """A table of numbers; a `wide` one has a sheet of its own."""

    key: str
    title: str
    heading: str
    needs: tuple[str, ...] = ()
    wide: bool = False


class Example(_Part):
    """A worked example for the documentation: what is recorded, and what the report says of it."""

    text: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class ReportSpec(_Part):
    """One report.

    `settings` names those of [reports] that decide anything. `starts` are the records of which at least one must be
    supplied, `inputs` all that are read. The figure `headline` and those of `further` stand in the index and the
    tracker too.
    """

    item: str
    slug: str
    title: str
    asks: str
    rule: str
    reference: str
    starts: tuple[str, ...]
    inputs: tuple[str, ...]
    settings: tuple[str, ...] = ()
    headline: str
    further: tuple[str, ...] = ()
    figures: tuple[FigureSpec, ...]
    sheets: tuple[SheetSpec, ...] = ()
    grids: tuple[GridSpec, ...] = ()
    notes: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    example: Example

    @property
    def name(self) -> str:
        """Name of its files, without the ending."""
        return f"{self.item}-{self.slug}"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for what, keys in (
            ("figures", [each.key for each in self.figures]),
            ("sheets", [each.key for each in self.sheets]),
            ("grids", [each.key for each in self.grids]),
            ("sheet names", ["Summary", "Tables", "Notes", *(each.name for each in self.sheets)]),
            *((f"columns of {each.key}", [c.heading for c in each.columns]) for each in self.sheets),
        ):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{what}: {', '.join(twice)} stands twice")
        for name in self.settings:
            if name not in ReportSettings.model_fields:
                raise ValueError(f"settings: there is no setting {name}")
        for key in (self.headline, *self.further):
            if key not in {each.key for each in self.figures}:
                raise ValueError(f"headline, further: there is no figure {key}")
        for entry in (*self.starts, *self.inputs, *(need for part in self._parts() for need in part)):
            for name in entry.split(OR):
                record, _, field = name.partition(".")
                if record not in RECORDS or (field and field not in RECORDS[record].fields()):
                    raise ValueError(f"{name} is no record or field")
        return self

    def _parts(self) -> list[tuple[str, ...]]:
        return [
            *(each.needs for each in self.figures),
            *(each.unless for each in self.figures),
            *(each.needs for each in self.grids),
            *(column.needs for sheet in self.sheets for column in sheet.columns),
        ]


@cache
def report_specs() -> dict[str, ReportSpec]:
    """Return the reports by item, in order.

    Raises:
        UsageError: a file that cannot be used; the message names file and key.
    """
    specs = {}
    for path in sorted(resource("configs", "reports").glob("*.toml")):
        try:
            spec = ReportSpec.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{path.name} is not a TOML file: {error}.", "Correct it at the place named.") from None
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{path.name}: {key}: {first['msg']}.", "See docs/reports.md for the keys.") from None
        if path.stem != spec.name:
            raise UsageError(f"{path.name}: item and slug make {spec.name}.", "Name the file as the report.")
        specs[spec.item] = spec
    return specs
