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
# Everything else that a query may fail with is the fault of a view or of a SELECT.
_OF_THE_FILE: Final = ("IOException", "SerializationException", "InternalException", "FatalException")
_LOCKED: Final = ("could not set lock on file", "used by another process")


class _Session:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str) -> pl.DataFrame:
        with _failures(in_query=True):
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
def _failures(*, in_query: bool = False) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        name = type(error).__name__
        if any(words in str(error).lower() for words in _LOCKED):
            raise DatabaseFailure(Fault.LOCKED, name) from None
        of_a_query = in_query and name not in _OF_THE_FILE
        raise DatabaseFailure(Fault.QUERY if of_a_query else Fault.DAMAGED, name) from None
