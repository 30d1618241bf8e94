"""SQL Server and MySQL through connectorx: each query has a connection, and so a state of the database, of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import polars as pl

from annexa.environment import silence_native_logs
from annexa.extract.address import ENGINES, Address
from annexa.extract.databases.failures import DatabaseFailure, by_words, not_installed

if TYPE_CHECKING:
    from annexa.extract.databases.session import Session


class _Session:
    def __init__(self, address: Address) -> None:
        self._address = address

    def rows(self, sql: str) -> pl.DataFrame:
        import connectorx

        try:
            frame: pl.DataFrame = connectorx.read_sql(uri(self._address), sql, return_type="polars")
        except Exception as error:
            raise DatabaseFailure(by_words(str(error)), type(error).__name__) from None
        return frame


@contextmanager
def session(address: Address) -> Iterator["Session"]:
    """Make ready to connect; connectorx does so for each query, and tries for half a minute.

    Raises:
        UsageError: the driver is not installed.
    """
    silence_native_logs()
    try:
        import connectorx  # noqa: F401  (that it is there)
        import pyarrow  # noqa: F401, ICN001  (connectorx needs it for Polars)
    except ImportError:
        raise not_installed("connectorx") from None
    yield _Session(address)


def uri(address: Address) -> str:
    """Return the address with its password, as the driver takes it."""
    password = f":{quote(address.password.reveal(), safe='')}" if address.password else ""
    login = f"{quote(address.user, safe='')}{password}@" if address.user else ""
    options = f"?{urlencode(address.options, quote_via=quote)}" if address.options else ""
    port = address.port or ENGINES[address.engine].port
    return f"{address.engine}://{login}{address.host}:{port}/{quote(address.database, safe='')}{options}"
