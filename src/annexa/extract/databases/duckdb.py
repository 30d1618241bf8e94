"""DuckDB files through DuckDB's own package, opened so that they can neither be written nor lead to other files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from annexa.extract.address import Address
from annexa.extract.databases.failures import DatabaseFailure, Fault, not_installed

if TYPE_CHECKING:
    from annexa.extract.databases.session import Session

# A view in a file from elsewhere could name other files, or the network; and nothing is to be put down beside the file.
_CLOSED: Final[dict[str, Any]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "lock_configuration": "true",
}
_OF_A_QUERY: Final = ("BinderException", "CatalogException", "ParserException", "ConversionException", "InvalidInput")


class _Session:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str) -> pl.DataFrame:
        with _failures():
            return pl.DataFrame(self._connection.sql(sql))


@contextmanager
def session(address: Address) -> Iterator["Session"]:
    """Open a file for reading alone.

    Raises:
        DatabaseFailure: another program writes to it, it is no DuckDB file, or it is damaged.
        UsageError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise not_installed("duckdb") from None
    with _failures():
        connection = duckdb.connect(str(address.file), read_only=True, config=_CLOSED)
    try:
        yield _Session(connection)
    finally:
        connection.close()


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        name = type(error).__name__
        if "lock" in str(error).lower():
            raise DatabaseFailure(Fault.LOCKED, name) from None
        raise DatabaseFailure(Fault.QUERY if name.startswith(_OF_A_QUERY) else Fault.DAMAGED, name) from None
