"""The postcode look-up that a user may supply: which authority a postcode lies in (2.12)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from annexa.errors import UsageError
from annexa.extract.files import InputFile, input_file
from annexa.extract.text_files import read_csv

COLUMNS: Final = ("postcode", "la_code", "la_name")


@dataclass(frozen=True)
class Postcodes:
    """What was read.

    Args:
        frame: postcode (upper case, without blanks; each once), la_code, la_name.
        file: the file, for the manifest.
        rows: its records.
    """

    frame: pl.DataFrame
    file: InputFile
    rows: int


def load_postcodes(path: Path) -> Postcodes:
    """Read a CSV with the columns postcode, la_code and la_name.

    Raises:
        UsageError: the file is missing or lacks a column.
        SourceError: it is no readable CSV.
    """
    if not path.is_file():
        raise UsageError(
            f"The postcode look-up {path.name} is not there.", "Check postcode_lookup in annexa.toml, or leave it out."
        )
    with input_file(path, path.name) as file:
        frame = read_csv(path, path.name, COLUMNS).frame
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise UsageError(
            f"The postcode look-up {path.name} has no column {', '.join(missing)}.",
            f"Its headings must be {', '.join(COLUMNS)}.",
        )
    bare = pl.col("postcode").str.replace_all(r"\s", "").str.to_uppercase()
    ready = (
        frame.select(bare.alias("postcode"), "la_code", "la_name")
        .filter(pl.col("postcode").is_not_null() & (pl.col("postcode") != ""))
        .sort(COLUMNS)
        .unique("postcode", keep="first", maintain_order=True)
    )
    return Postcodes(ready, file, frame.height)
