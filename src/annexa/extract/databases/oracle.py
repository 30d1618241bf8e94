"""Oracle through python-oracledb, which needs no client of Oracle's: one connection, one read-only transaction.

connectorx would try a wrong password seven times in half a minute, and Oracle locks a user after ten.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from annexa.extract.address import Address
from annexa.extract.databases.failures import DatabaseFailure, Fault, by_words, not_installed

if TYPE_CHECKING:
    from annexa.extract.databases.session import Session

_BATCH: Final = 20_000
_CONNECT_SECONDS: Final = 10
_CODES: Final = {
    "ORA-01017": Fault.LOGIN,
    "ORA-28000": Fault.LOGIN,
    "ORA-28001": Fault.LOGIN,
    "ORA-01031": Fault.DENIED,
    "ORA-00942": Fault.GONE,
    "ORA-00904": Fault.GONE,
    "ORA-01013": Fault.CANCELLED,
    "ORA-03156": Fault.CANCELLED,
    "DPY-4024": Fault.CANCELLED,
    "ORA-12514": Fault.DATABASE,
    "DPY-6001": Fault.DATABASE,
    "ORA-12541": Fault.REFUSED,
    "DPY-6005": Fault.REFUSED,
    "ORA-12516": Fault.BUSY,
    "ORA-00018": Fault.BUSY,
    "ORA-00020": Fault.BUSY,
    "ORA-01033": Fault.BUSY,
    "ORA-03113": Fault.BROKEN,
    "ORA-03114": Fault.BROKEN,
    "DPY-4011": Fault.BROKEN,
    "DPY-1001": Fault.BROKEN,
}


class _Session:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str) -> pl.DataFrame:
        with _failures(), self._connection.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = _BATCH
            cursor.execute(sql)
            schema = {column[0]: pl.String() for column in cursor.description}
            batches = [pl.DataFrame(schema=schema)]
            while batch := cursor.fetchmany(_BATCH):
                batches.append(pl.DataFrame(batch, schema=schema, orient="row"))
            return pl.concat(batches)


@contextmanager
def session(address: Address) -> Iterator["Session"]:
    """Connect and begin the transaction; nothing is committed in the end.

    Raises:
        DatabaseFailure: no connection, or one that breaks.
        UsageError: the driver is not installed.
    """
    try:
        import oracledb
    except ImportError:
        raise not_installed("oracledb") from None
    with _failures():
        oracledb.defaults.fetch_lobs = False
        connection = oracledb.connect(
            user=address.user or None,
            password=address.password.reveal() if address.password else None,
            dsn=f"{address.host}:{address.port or 1521}/{address.database}",
            tcp_connect_timeout=_CONNECT_SECONDS,
        )
    try:
        with _failures():
            connection.call_timeout = address.query_seconds * 1000
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
        yield _Session(connection)
    finally:
        # What has gone wrong before is what counts.
        with suppress(Exception):
            connection.close()


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except DatabaseFailure:
        raise
    except Exception as error:
        code = getattr(error.args[0], "full_code", "") if error.args else ""
        raise DatabaseFailure(_CODES.get(code) or by_words(str(error)), code or type(error).__name__) from None
