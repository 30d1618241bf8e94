"""The names of the people in an extract, which nothing but the search for names in documents reads."""

from typing import Final

import polars as pl

from annexa.extract.address import Place
from annexa.extract.read import Limits, read_extract
from annexa.sources import SourceProfile

_FIELDS: Final = ("person_id", "forename", "surname")


def person_names(place: Place, source: SourceProfile, limits: Limits) -> pl.DataFrame | None:
    """Read who is called what.

    Args:
        place: the extract.
        source: where table and columns are.
        limits: how far a compressed workbook may expand.

    Returns:
        person_id, forename, surname (String, trimmed; blank and placeholder names are null), one row a row of the
        table; None where the source profile or the extract has no names.

    Raises:
        SourceError: the extract cannot be read.
    """
    mapped = source.tables.get("persons")
    if mapped is None or not all(mapped.columns[field] for field in _FIELDS):
        return None
    columns = {field: mapped.columns[field][0] for field in _FIELDS}
    wanted = {mapped.table: frozenset(columns.values())}
    raw = read_extract(place, wanted, limits, source.queries()).tables.get(mapped.table)
    if raw is None or not set(columns.values()) <= set(raw.frame.columns):
        return None
    blank = [text.casefold() for text in source.file.blank.texts]
    trimmed = raw.frame.select(pl.col(column).str.strip_chars().alias(field) for field, column in columns.items())
    return trimmed.with_columns(
        pl.when((pl.col(name) != "") & ~pl.col(name).str.to_lowercase().is_in(blank)).then(name).alias(name)
        for name in _FIELDS
    )
