"""One connection to a database, whatever its engine: a query goes in, a frame comes out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol, TypeAlias

import polars as pl

from annexa.extract.address import Address
from annexa.extract.databases import connectorx, duckdb, oracle, postgresql


class Session(Protocol):
    """An open connection that sees, where the engine has such a thing, one state of the database."""

    def rows(self, sql: str) -> pl.DataFrame:
        """Run a query and return all its rows.

        Raises:
            DatabaseFailure: it cannot be run, or the connection breaks.
        """


Opener: TypeAlias = Callable[[Address], AbstractContextManager[Session]]

OPENERS: Final[dict[str, Opener]] = {
    "postgresql": postgresql.session,
    "duckdb": duckdb.session,
    "oracle": oracle.session,
    "mssql": connectorx.session,
    "mysql": connectorx.session,
}
# Each query of these has a connection of its own.
APART: Final = frozenset({"mssql", "mysql"})
