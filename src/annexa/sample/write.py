"""Writing a sample, to the byte the same wherever it is written.

Workbooks are stored without compression, because deflate differs between builds of Python; SQLite's version number in
the header of a database is set to a fixed one. A DuckDB file holds the same tables each time, and other bytes: it
numbers itself by chance.
"""

import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from annexa.errors import OutputError, UsageError
from annexa.extract.databases.failures import not_installed

MARKER: Final = ".annexa-sample"
_FIRST_LINE: Final = "Invented data, made by `annexa sample`: no real child, worker or authority."
_DEFECTS_HEADING: Final = "kind,table,row,expected_check,expected_consequence"
_SHEET_ROWS: Final = 1_048_576
_SQLITE_VERSION: Final = (3_040_000).to_bytes(4, "big")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_sample(
    tables: dict[str, pl.DataFrame],
    output: Path,
    format: str,  # noqa: A002
    inspection_date: date,
    defects: pl.DataFrame | None = None,
) -> list[Path]:
    """Write a sample into a folder, which is complete or not there at all; return the files written.

    Args:
        tables: frames of text columns by table name.
        output: the folder. It may be absent, empty, or hold an earlier sample, which is replaced.
        format: `csv` or `parquet` (a file a table), `xlsx` (extract.xlsx, a sheet a table), `sqlite`
            (extract.sqlite) or `duckdb` (extract.duckdb).
        inspection_date: named in .annexa-sample, the file by which a later run knows a sample.
        defects: written to `<output>.defects.csv` beside the folder. Without them, such a file of an earlier sample is
            removed.

    Raises:
        UsageError: the format is none of them; DuckDB is not installed.
        OutputError: the folder holds something else, or cannot be written.
    """
    if format not in _WRITERS:
        raise UsageError(f"The sample format {format} is unknown.", f"Choose one of {', '.join(_WRITERS)}.")
    output = output.absolute()
    earlier = _earlier_sample(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
        try:
            files = _WRITERS[format](tables, partial)
            files.append(_text_file(partial / MARKER, f"{_FIRST_LINE}\nInspection date {inspection_date}.\n"))
            for file in files:
                file.chmod(0o600)
            _replace(partial, output)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return [output / file.name for file in files] + _write_defects(output, defects, earlier=earlier)
    except OSError as error:
        raise OutputError(
            f"The sample could not be written to {output.name}: {error.strerror}.",
            "Check that the folder can be written to and that the disk has room.",
        ) from error


def _earlier_sample(output: Path) -> bool:
    """Return whether the folder holds an earlier sample; refuse anything else that would be lost."""
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output.name} is a file, not a folder.", "Name another folder for the sample.")
    if not output.exists() or not any(output.iterdir()):
        return False
    marker = output / MARKER
    if not marker.is_file() or not marker.read_text("utf-8", errors="replace").startswith(_FIRST_LINE):
        raise OutputError(
            f"The folder {output.name} is not empty and holds no earlier sample.", "Name another folder, or empty it."
        )
    return True


def _replace(partial: Path, output: Path) -> None:
    if not output.exists():
        partial.rename(output)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent)) / "earlier"
    try:
        output.rename(aside)
        try:
            partial.rename(output)
        except OSError:
            aside.rename(output)
            raise
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


def _write_defects(output: Path, defects: pl.DataFrame | None, *, earlier: bool) -> list[Path]:
    path = output.with_name(f"{output.name}.defects.csv")
    if defects is not None:
        partial = path.with_name(f".{path.name}.partial")
        _csv(defects, partial)
        partial.chmod(0o600)
        return [partial.replace(path)]
    if earlier and path.is_file() and path.read_text("utf-8", errors="replace").startswith(_DEFECTS_HEADING):
        path.unlink()
    return []


def _text_file(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def _csv(frame: pl.DataFrame, path: Path) -> Path:
    return _text_file(path, frame.write_csv(line_terminator="\n"))


def _csv_files(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    return [_csv(frame, folder / f"{table}.csv") for table, frame in tables.items()]


def _parquet_files(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    files = []
    for table, frame in tables.items():
        path = folder / f"{table}.parquet"
        frame.write_parquet(path, compression="uncompressed", statistics=False, row_group_size=100_000)
        files.append(path)
    return files


def _database(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    path = folder / "extract.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
        for table, frame in tables.items():
            columns = ", ".join(f'"{column}" TEXT' for column in frame.columns)
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            marks = ", ".join("?" * frame.width)
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', frame.iter_rows())  # noqa: S608
        connection.execute("COMMIT")
    finally:
        connection.close()
    with path.open("r+b") as file:
        file.seek(96)  # the version of the library that wrote the file, of use to nobody
        file.write(_SQLITE_VERSION)
    return [path]


def _duckdb(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    try:
        import duckdb
    except ImportError:
        raise not_installed("duckdb") from None
    path = folder / "extract.duckdb"
    try:
        with duckdb.connect(str(path)) as connection:
            for table, frame in tables.items():
                columns = ", ".join(f'"{column}" VARCHAR' for column in frame.columns)
                connection.execute(f'CREATE TABLE "{table}" ({columns})')
                connection.register("sample", frame)
                connection.execute(f'INSERT INTO "{table}" SELECT * FROM sample')  # noqa: S608
                connection.unregister("sample")
    except duckdb.Error as error:
        raise OutputError(
            f"The sample could not be written by DuckDB ({type(error).__name__}).", "Check that the disk has room."
        ) from None
    return [path]


def _workbook(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    path = folder / "extract.xlsx"
    too_long = [table for table, frame in tables.items() if frame.height >= _SHEET_ROWS]
    if too_long:
        raise OutputError(
            f"The table {too_long[0]} has more rows than a worksheet can hold.", "Choose another format, such as csv."
        )
    sheets = range(1, len(tables) + 1)
    parts = {
        "[Content_Types].xml": _content_types(len(tables)),
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(sheets, tables, strict=True))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in sheets
        )
        + "</Relationships>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(_entry(name), text)
        for n, frame in zip(sheets, tables.values(), strict=True):
            archive.writestr(_entry(f"xl/worksheets/sheet{n}.xml"), _sheet(frame))
    return [path]


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{overrides}</Types>'
    )


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # else it would name the system that wrote it
    entry.external_attr = 0o600 << 16
    return entry


def _sheet(frame: pl.DataFrame) -> str:
    """Return the XML of a sheet with every value as text, headings first."""
    headings = pl.DataFrame({column: [column] for column in frame.columns})
    rows = pl.concat([headings, frame]).with_row_index("_row", offset=1)
    number = pl.col("_row").cast(pl.String)
    cells = [
        pl.when(pl.col(column).is_null())
        .then(pl.lit(""))
        .otherwise(
            pl.concat_str(
                pl.lit(f'<c r="{_letters(n)}'),
                number,
                pl.lit('" t="inlineStr"><is><t xml:space="preserve">'),
                pl.col(column).str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"]),
                pl.lit("</t></is></c>"),
            )
        )
        for n, column in enumerate(frame.columns)
    ]
    lines = rows.select(pl.concat_str(pl.lit('<row r="'), number, pl.lit('">'), *cells, pl.lit("</row>")))
    data = "\n".join(lines.to_series())
    extent = f"A1:{_letters(frame.width - 1)}{rows.height}"
    return f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="{extent}"/><sheetData>\n{data}\n</sheetData></worksheet>'


def _letters(n: int) -> str:
    return (_letters(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


_WRITERS: Final[dict[str, Callable[[Mapping[str, pl.DataFrame], Path], list[Path]]]] = {
    "csv": _csv_files,
    "parquet": _parquet_files,
    "xlsx": _workbook,
    "sqlite": _database,
    "duckdb": _duckdb,
}
