"""An extract as a copy: every known column treated as its fields say, and nothing else taken along."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from annexa.editions import normalise, normalise_expr
from annexa.extract.clean import Judged, judge
from annexa.extract.files import ROW
from annexa.extract.read import RawExtract, RawTable
from annexa.pseudonyms.birthdays import without_birthdays
from annexa.pseudonyms.cells import Cells, codes, factors, failed, flags, named, sector, words
from annexa.pseudonyms.hashing import Pseudonyms
from annexa.pseudonyms.nameless import told_apart
from annexa.pseudonyms.treatments import Treatment, Words, treatment
from annexa.pseudonyms.whose import Births
from annexa.records import RECORDS, Kind, Record, RecordField
from annexa.records.flags import FACTORS, FLAGS
from annexa.sources import SourceProfile

_DAY: Final = "%Y-%m-%d"
_FORMS: Final[Mapping[Treatment, str]] = {Treatment.HOUR: "%Y-%m-%d %H:%M:%S", Treatment.DATE: _DAY}
# Of several kinds that read one column, these see most of what it holds.
_WIDEST: Final = (Kind.PERSON, Kind.MOMENT, Kind.SIGNED, Kind.DECIMAL)


@dataclass(frozen=True)
class Copied:
    """One table of the copy, or one list.

    Args:
        name: of the table, in lower case; of a list, of its sheet.
        frame: in the order of its own content, which tells nothing of the order in the source.
        columns_left_out: how many columns of the source are not copied.
        cells_left_out: column -> how many of its values were not copied, since nothing knows what they say.
    """

    name: str
    frame: pl.DataFrame
    columns_left_out: int
    cells_left_out: Mapping[str, int]


@dataclass(frozen=True)
class _Reading:
    """One field that is read from a column."""

    record: type[Record]
    field: RecordField

    @property
    def path(self) -> str:
        return f"{self.record.meta.name}.{self.field.name}"

    @property
    def treatment(self) -> Treatment:
        return treatment(self.record.meta.name, self.field)


class ExtractCopier:
    """Copies the tables of an extract.

    Args:
        source: where tables, columns and values are.
        pseudonyms: of the key.
        known: the words of the authority's settings that stay.
    """

    def __init__(self, source: SourceProfile, pseudonyms: Pseudonyms, known: Words) -> None:
        self._source = source
        self._pseudonyms = pseudonyms
        self._known = known

    def tables(self, raw: RawExtract) -> Iterator[Copied]:
        """Yield the copy of each table that the source profile knows, by name; each table's text is let go.

        Args:
            raw: the extract, read with source.wanted(); it is empty in the end.
        """
        births = Births(raw.tables, self._source)
        for name in sorted(raw.tables):
            yield self._table(raw.tables.pop(name), births)

    def _table(self, raw: RawTable, births: Births) -> Copied:
        copied: dict[str, pl.Series] = {}
        left_out: dict[str, int] = {}
        days: dict[str, Treatment] = {}
        for column in raw.frame.columns:
            readings = self._readings(raw.name, column)
            # Of several fields that are read from one column the strictest says what becomes of it.
            strictest = min((each.treatment for each in readings), default=Treatment.LEFT_OUT)
            if strictest is Treatment.LEFT_OUT:
                continue
            chosen = [each for each in readings if each.treatment is strictest]
            cells = self._column(raw.frame[column], strictest, chosen)
            copied[column] = cells.values.alias(column)
            if cells.left_out:
                left_out[column] = cells.left_out
            if strictest in _FORMS:
                days[column] = strictest
        frame = _without_birthdays(pl.DataFrame(copied), days, births.of(raw)) if days else pl.DataFrame(copied)
        frame = told_apart(raw, frame, self._source, self._pseudonyms)
        frame = frame.sort(frame.columns, nulls_last=True) if frame.width else frame
        return Copied(raw.name, frame, len(raw.columns_found) - len(copied), left_out)

    def _readings(self, table: str, column: str) -> list[_Reading]:
        readings = [
            _Reading(RECORDS[mapped.record], RECORDS[mapped.record].fields()[field])
            for mapped in self._source.tables.values()
            if mapped.table == table and column != ROW
            for field, columns in mapped.columns.items()
            if column in columns
        ]
        return sorted(readings, key=lambda each: each.field.kind not in _WIDEST)

    def _column(self, texts: pl.Series, strictest: Treatment, readings: Sequence[_Reading]) -> Cells:
        """Treat a column; a text that the source profile names as no business of any rule stays as it is."""
        paths = {each.path for each in readings}
        listed = {normalise(text) for path in paths for text in self._source.file.ignored.get(path, ())}
        if not listed:
            return self._treated(texts, strictest, readings)
        hit = normalise_expr(pl.col("t")).is_in(listed).fill_null(False)
        rest = texts.to_frame("t").select(pl.when(~hit).then("t").alias(texts.name))[texts.name]
        cells = self._treated(rest, strictest, readings)
        both = pl.DataFrame({"t": texts, "v": cells.values}).select(pl.when(hit).then("t").otherwise("v").alias("v"))
        return Cells(both["v"], cells.left_out)

    def _treated(self, texts: pl.Series, strictest: Treatment, readings: Sequence[_Reading]) -> Cells:
        judged = [self._judged(texts, each) for each in readings]
        paths = [each.path for each in readings]
        values, lost = judged[0].values, failed(texts, judged[0])
        if strictest is Treatment.PSEUDONYM:
            return Cells(named(texts, values, self._pseudonyms))
        if strictest is Treatment.WORD:
            patterns = [self._known.pattern(path) for path in paths]
            return Cells(words(values, patterns, self._pseudonyms))
        if strictest is Treatment.SECTOR:
            return sector(values)
        if strictest is Treatment.CODE:
            return codes(texts, [each.values for each in judged])
        if strictest is Treatment.FLAGS:
            return Cells(flags(values, dict.fromkeys(flag for path in paths for flag in FLAGS[path])), lost)
        if strictest is Treatment.FACTORS:
            return Cells(factors(values, dict.fromkeys(code for path in paths for code in FACTORS[path])), lost)
        if strictest is Treatment.NUMBER:
            trimmed = pl.DataFrame({"t": texts, "v": values}).select(
                pl.when(pl.col("v").is_not_null()).then(pl.col("t").str.strip_chars()).alias("v")
            )
            return Cells(trimmed["v"], lost)
        if strictest is Treatment.MONTH:
            return Cells(values.dt.truncate("1mo").dt.strftime(_DAY), lost)
        if strictest is Treatment.HOUR:
            values = values.dt.truncate("1h")
        return Cells(values.dt.strftime(_FORMS[strictest]), lost)

    def _judged(self, texts: pl.Series, reading: _Reading) -> Judged:
        fields = {texts.name: reading.field}
        return judge(texts.to_frame(), reading.record, fields, self._source)[texts.name]


def _without_birthdays(copied: pl.DataFrame, days: Mapping[str, Treatment], born: pl.Series) -> pl.DataFrame:
    """Mend the columns of days, which hold text in the form of their treatment; any other text in them stays."""
    read = copied.select(
        pl.col(column).str.to_datetime(_FORMS[done], strict=False)
        if done is Treatment.HOUR
        else pl.col(column).str.to_date(_FORMS[done], strict=False)
        for column, done in days.items()
    )
    mended = without_birthdays(read, born).select(
        pl.col(column).dt.strftime(_FORMS[done]) for column, done in days.items()
    )
    return copied.with_columns(mended[column].zip_with(mended[column].is_not_null(), copied[column]) for column in days)
