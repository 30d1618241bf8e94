"""The privacy check: whether a document's name, or a column of a table in it, holds a person's forename and surname.

They are looked for next to each other, either way round, as whole words: forename and surname of one and the same
person. Words are what lies between anything that is no letter, without capitals, accents and apostrophes, so that
"O'Brien", "OBRIEN" and "obrien" are one word, and "Smith-Jones" are two. A name of several words is looked for whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from annexa.environment import Secret
from annexa.errors import SourceError
from annexa.evidence.files import Checked
from annexa.evidence.rows import Row
from annexa.extract.files import Limits
from annexa.filled.open import Kind, fastexcel_errors, open_container
from annexa.filled.structure import read_structure

NAMES: Final = {"person_id": pl.String, "forename": pl.String, "surname": pl.String}
COULD_NOT_RUN: Final = "The privacy check could not run: the extract has no names of persons."
NOT_ASKED: Final = "The privacy check did not run: no extract was given."

_WORKBOOKS: Final = (".xlsx", ".xlsm")
_TABLES: Final = (".csv", ".tsv")
_TWO_WORDS: Final = r"\p{L}[^\p{L}]+\p{L}"
_APOSTROPHES: Final = "['’‘ʼ`´]"


@dataclass(frozen=True)
class Known:
    """The names of the extract's persons.

    Args:
        names: words (the name as words with one blank between, both ways round) and length (how many they are); each
            once.
    """

    names: pl.DataFrame

    @property
    def lengths(self) -> list[int]:
        """The numbers of words that names have."""
        return sorted(self.names["length"].unique().to_list())


@dataclass(frozen=True)
class Found:
    """What the check found in one document.

    Args:
        in_name: whether the document's own name holds one.
        cells: cells of its tables that hold one.
        unread: true where its tables could not be looked at.
    """

    in_name: bool = False
    cells: int = 0
    unread: bool = False


def known_names(people: pl.DataFrame | None) -> Known | None:
    """Return the names to look for; None where there are none, and the check cannot run.

    Args:
        people: columns of NAMES, a row a person; persons without forename or surname are left out.
    """
    if people is None:
        return None
    both = people.select(words_of(pl.col("forename")).alias("forename"), words_of(pl.col("surname")).alias("surname"))
    both = both.filter((pl.col("forename") != "") & (pl.col("surname") != ""))
    if not both.height:
        return None
    forwards = pl.concat_str("forename", "surname", separator=" ")
    backwards = pl.concat_str("surname", "forename", separator=" ")
    words = pl.concat([both.select(forwards.alias("words")), both.select(backwards.alias("words"))]).unique()
    return Known(words.sort("words").with_columns((pl.col("words").str.count_matches(" ") + 1).alias("length")))


def words_of(text: pl.Expr) -> pl.Expr:
    """Return a text as its words, with one blank between, in small letters, without accents and apostrophes."""
    return (
        text.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all(rf"{_APOSTROPHES}s\b", "")  # of a possessive
        .str.replace_all(_APOSTROPHES, "")
        .str.replace_all(r"[^\p{L}]+", " ")
        .str.strip_chars(" ")
    )


def holding(texts: pl.Series, known: Known) -> int:
    """Return how many of these texts (String) hold a name."""
    frame = texts.to_frame("text").drop_nulls().filter(pl.col("text").str.contains(_TWO_WORDS))
    counted = frame.group_by("text").len()
    words = counted.select("len", words_of(pl.col("text")).str.split(" ").alias("word")).with_row_index("at")
    listed = words.select("at", "word").explode("word")
    hits = []
    for length in known.lengths:
        following = [pl.col("word").shift(-by).over("at") for by in range(length)]
        runs = listed.select("at", pl.concat_str(following, separator=" ", ignore_nulls=False).alias("words"))
        hits.append(runs.drop_nulls().join(known.names, on="words", how="semi").select("at"))
    return int(words.join(pl.concat(hits).unique(), on="at", how="semi")["len"].sum())


def look_for_names(name: str, path: Path | None, known: Known, limits: Limits, password: Secret | None = None) -> Found:
    """Look for names in a document's own name, and in the columns of its tables where it is a workbook or CSV.

    Args:
        name: of the document.
        path: where it is; None where it must not be opened.
        known: from known_names().
        limits: how far a workbook may expand.
        password: what a workbook is opened with where it is encrypted.
    """
    in_name = bool(holding(pl.Series([name.rpartition(".")[0] or name], dtype=pl.String), known))
    if path is None:
        return Found(in_name)
    try:
        cells = sum(holding(column, known) for table in _tables(path, limits, password) for column in table)
    except (SourceError, OSError, pl.exceptions.PolarsError):
        return Found(in_name, unread=True)
    return Found(in_name, cells)


def _tables(path: Path, limits: Limits, password: Secret | None) -> Iterable[pl.DataFrame]:
    ending = path.suffix.lower()
    if ending in _WORKBOOKS:
        return _sheets(path, limits, password)
    return [_csv(path, "\t" if ending == ".tsv" else None)] if ending in _TABLES else []


def _sheets(path: Path, limits: Limits, password: Secret | None) -> list[pl.DataFrame]:
    container = open_container(path, "it", password)
    structure = read_structure(container, limits) if container.kind is Kind.XLSX else None
    reader = container.reader()
    tables = []
    for name in reader.sheet_names:
        if structure is None or name not in structure.without_cells:
            with fastexcel_errors("it"):
                loaded = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
                tables.append(loaded.to_polars())
    return tables


def _csv(path: Path, separator: str | None) -> pl.DataFrame:
    """Return a CSV file as columns of text, forgivingly: nothing is made of it but the search."""
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    given = separator or max(",;\t", key=first.count)
    return pl.read_csv(
        BytesIO(text.encode()),
        has_header=False,
        infer_schema=False,
        separator=given,
        truncate_ragged_lines=True,
        ignore_errors=True,
    )


def check_names(
    rows: Sequence[Row],
    checked: Mapping[int, Checked],
    known: Known,
    limits: Limits,
    password: Secret | None = None,
) -> dict[tuple[int, int], Found]:
    """Look for names in the name of every file, and in the tables of those that can be opened.

    Returns:
        By position of the row and of the file in it.
    """
    seen: dict[tuple[str, Path | None], Found] = {}
    found = {}
    for at in range(len(rows)):
        for number, each in enumerate(checked[at].files):
            key = (each.located.name, None if each.problem else each.located.path)
            if key not in seen:
                seen[key] = look_for_names(*key, known, limits, password)
            found[at, number] = seen[key]
    return found


def warnings(rows: Sequence[Row], found: Mapping[tuple[int, int], Found]) -> tuple[str, ...]:
    """Return a sentence for each document that holds names: which row it is of and how many, never a name."""
    texts = []
    for (at, number), each in found.items():
        which = f"{rows[at].name}, file {number + 1}" if len(rows[at].files) > 1 else rows[at].name
        if each.in_name:
            texts.append(f"{which}: the name of the file holds the forename and surname of a person.")
        if each.cells:
            some = "1 cell of its tables holds" if each.cells == 1 else f"{each.cells:,} cells of its tables hold"
            texts.append(f"{which}: {some} the forename and surname of a person.")
        if each.unread:
            texts.append(f"{which}: its tables could not be looked at for names.")
    return tuple(texts)
