"""What becomes of a column's cells, a function a treatment; each distinct text is worked on once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from annexa.extract.clean import Judged
from annexa.lists.outcomes import with_flags
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.treatments import NOT_KNOWN
from annexa.records import UNREADABLE
from annexa.reports.exploitation_flags import says_yes

_POSTCODE: Final = r"^\s*([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9])[A-Z]{2}\s*$"
_SECTOR: Final = r"^\s*([A-Z]{1,2}[0-9][A-Z0-9]?)\s+([0-9])\s*$"


@dataclass(frozen=True)
class Cells:
    """A column of the copy: its text, and how many values of the source are not in it for want of a meaning."""

    values: pl.Series
    left_out: int = 0


def failed(texts: pl.Series, judged: Judged) -> int:
    """Return how many cells hold a text that is not what its column holds."""
    return int(texts.is_in(list(judged.failed)).sum()) if judged.failed else 0


def named(texts: pl.Series, prepared: pl.Series, pseudonyms: Pseudonyms) -> pl.Series:
    """Return pseudonyms; a placeholder ("-1", "unknown") stays, or all whom it stands for would become one child.

    Args:
        texts: the column as it stands.
        prepared: the same trimmed, blank where a placeholder stands.
        pseudonyms: of the key.
    """
    trimmed = pl.col("t").str.strip_chars()
    placeholder = pl.when(pl.col("p").is_null() & (trimmed != "")).then(trimmed)
    given = pl.DataFrame({"t": texts, "p": pseudonyms.column(prepared)})
    return given.select(pl.coalesce(placeholder, "p").alias("v"))["v"]


def words(values: pl.Series, patterns: Sequence[str], pseudonyms: Pseudonyms) -> pl.Series:
    """Return the texts that one of the patterns matches as they are, and pseudonyms of all others."""
    given = pl.DataFrame({"v": values, "p": pseudonyms.column(values)})
    known = pl.any_horizontal(pl.col("v").str.contains(pattern) for pattern in patterns)
    return given.select(pl.when(known).then("v").otherwise("p").alias("v"))["v"]


def sector(values: pl.Series) -> Cells:
    """Return the sectors of postcodes ("EX1 2" of "EX1 2AB"); what has no form of a postcode is left out."""
    text = values.to_frame("v").select(pl.col("v").str.to_uppercase())["v"]
    parts = [pl.col("v").str.extract_groups(pattern) for pattern in (_POSTCODE, _SECTOR)]
    found = [pl.concat_str(each.struct[0], each.struct[1], separator=" ") for each in parts]
    kept = text.to_frame("v").select(pl.coalesce(found).alias("v"))["v"]
    return Cells(kept, kept.null_count() - values.null_count())


def codes(texts: pl.Series, read: Sequence[pl.Series]) -> Cells:
    """Return the texts of a coded column that a map knows; NOT_KNOWN in the place of any other.

    Args:
        texts: the column as it stands.
        read: the column as each of its fields reads it: a code, UNREADABLE, or blank.
    """
    frame = pl.DataFrame([texts.alias("t"), *(each.alias(str(position)) for position, each in enumerate(read))])
    every = pl.exclude("t")
    known = pl.any_horizontal((every != UNREADABLE).fill_null(False))
    some = pl.any_horizontal(every.is_not_null())
    value = pl.when(known).then(pl.col("t").str.strip_chars()).when(some).then(pl.lit(NOT_KNOWN))
    return Cells(frame.select(value.alias("v"))["v"], int(frame.select((some & ~known).sum()).item()))


def flags(values: pl.Series, keys: Iterable[str]) -> pl.Series:
    """Return JSON objects with the yes/no flags that rules read, as rules read them: {"NFA_FLAG":"Y"}."""
    names = list(keys)
    texts = with_flags(values.drop_nulls().unique().to_frame("t"), "t", names)
    parts = [pl.when(pl.col(name).is_not_null()).then(pl.format(f'"{name}":"{{}}"', name)) for name in names]
    return _composed(values, texts, parts, "{", "}")


def factors(values: pl.Series, keys: Iterable[str]) -> pl.Series:
    """Return JSON lists with the factors that rules read: ["10A"]."""
    texts = values.drop_nulls().unique().to_frame("t")
    parts = [pl.when(says_yes("t", key)).then(pl.lit(f'"{key}"')) for key in keys]
    return _composed(values, texts, parts, "[", "]")


def _composed(values: pl.Series, texts: pl.DataFrame, parts: Sequence[pl.Expr], left: str, right: str) -> pl.Series:
    inner = pl.concat_str(parts, separator=",", ignore_nulls=True)
    made = texts.select("t", pl.concat_str(pl.lit(left), inner, pl.lit(right)).alias("v"))
    return values.replace_strict(made["t"], made["v"], default=None, return_dtype=pl.String)
