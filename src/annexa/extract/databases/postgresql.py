"""PostgreSQL through its ADBC driver: one connection, one transaction that reads one state and can write nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import polars as pl

from annexa.extract.address import ENGINES, Address
from annexa.extract.databases.failures import DatabaseFailure, by_state, by_words, not_installed

if TYPE_CHECKING:
    from annexa.extract.databases.session import Session

_OPTIONS: Final = {
    "connect_timeout": 10,
    "application_name": "annexa",
    # The driver takes every text for UTF-8; without this the server sends it as the database keeps it.
    "client_encoding": "UTF8",
    # A server that has gone without a word is noticed after a minute, not after hours.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
_BEGIN: Final = (
    "START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL statement_timeout = {milliseconds}",
    # Dates as ISO, floats as short as they are exact.
    "SET LOCAL DateStyle = 'ISO'",
    "SET LOCAL extra_float_digits = 1",
    # Rows come as they are stored, so that they have the same numbers whenever nothing has changed.
    "SET LOCAL max_parallel_workers_per_gather = 0",
    "SET LOCAL synchronize_seqscans = off",
    # A query that fails would end the transaction, and with it the state that all of them see.
    "SAVEPOINT annexa",
)


class _Session:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, statement: str) -> None:
        with _failures(), self._connection.cursor() as cursor:
            cursor.execute(statement)

    def rows(self, sql: str) -> pl.DataFrame:
        try:
            return self._rows(sql)
        except DatabaseFailure:
            with suppress(DatabaseFailure):  # the connection itself may be gone
                self.run("ROLLBACK TO SAVEPOINT annexa")
            raise

    def _rows(self, sql: str) -> pl.DataFrame:
        with _failures(), self._connection.cursor() as cursor:
            cursor.execute(sql)
            # Through pyarrow's reader, whose errors carry the server's code; what Polars reads itself has words alone.
            frame = pl.from_arrow(cursor.fetch_arrow_table())
            return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


@contextmanager
def session(address: Address) -> Iterator["Session"]:
    """Connect and begin the transaction; it is rolled back in the end, whatever happens.

    Raises:
        DatabaseFailure: no connection, or one that breaks.
        UsageError: the driver is not installed.
    """
    try:
        import pyarrow  # noqa: F401, ICN001  (the driver's own import fails late without it)
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise not_installed("adbc-driver-postgresql") from None
    with _failures():
        connection = dbapi.connect(uri(address), autocommit=True)
    try:
        opened = _Session(connection)
        for statement in _BEGIN:
            opened.run(statement.format(milliseconds=address.query_seconds * 1000))
        yield opened
    finally:
        # What has gone wrong before is what counts.
        with suppress(Exception):
            connection.close()


def uri(address: Address) -> str:
    """Return the address with its password, as the driver takes it."""
    password = f":{quote(address.password.reveal(), safe='')}" if address.password else ""
    login = f"{quote(address.user, safe='')}{password}@" if address.user else ""
    options = {**_OPTIONS, **dict(address.options)}
    local = address.host.startswith("/")
    if local:
        options["host"] = address.host
    server = "" if local else address.host
    port = address.port or ENGINES[address.engine].port
    return (
        f"postgresql://{login}{server}:{port}/{quote(address.database, safe='')}?{urlencode(options, quote_via=quote)}"
    )


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except DatabaseFailure:
        raise
    except Exception as error:
        state = getattr(error, "sqlstate", None) or ""
        raise DatabaseFailure(by_state(state) or by_words(str(error)), state or type(error).__name__) from None
