"""One PostgreSQL server for all tests of this folder, with the small sample in it."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from annexa.sample import generate
from tests.support import postgresql

DAY = date(2018, 6, 4)
READER, PASSWORD = "reader", "Planted/P@ss:w0rd?"
VARIABLE = "ANNEXA_TEST_PASSWORD"


@pytest.fixture(scope="session")
def tables() -> dict[str, pl.DataFrame]:
    return generate(40, DAY, 1)


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    if postgresql.binaries() is None:
        pytest.skip("PostgreSQL's server is not installed")
    with postgresql.server() as running:
        running.sql(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'; CREATE ROLE stranger LOGIN PASSWORD 'x';")
        yield running


@pytest.fixture(scope="session")
def cms(server: postgresql.Server, tables: dict[str, pl.DataFrame]) -> postgresql.Server:
    """The server with a database cms: the sample with timestamps and integers, which `reader` may read."""
    server.sql("CREATE DATABASE cms")
    postgresql.load(server, "cms", tables, typed=True)
    server.sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", "cms")
    return server


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may pass is tried again at once; and the password is where the tests say it is."""
    from annexa.extract.databases import read

    monkeypatch.setattr(read, "WAITS", [0.0, 0.0, 0.0])
    monkeypatch.setenv(VARIABLE, PASSWORD)
    for name in ("PGPASSWORD", "PGPASSFILE", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
