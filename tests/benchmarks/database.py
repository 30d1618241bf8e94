"""Reading a table of PostgreSQL as text, against the time that the driver itself takes into Polars.

`python -m tests.benchmarks.database ADDRESS RUNS` prints the median seconds of both, the connection included and what
Python loads once left out. The password is in the variable ANNEXA_BENCH_PASSWORD.
"""

import statistics
import sys
import time

ROWS, COLUMNS = 100_000, 30
TABLE = "bench_table"
_KINDS = (  # the kinds of columns that a case-management system has, over and over
    ("id", "integer", "i"),
    ("person", "varchar(48)", "'P' || (i * 7919 % 50000)"),
    ("event", "timestamp", "timestamp '2012-01-01' + (i % 2000) * interval '1 day'"),
    ("code", "varchar(10)", "(array['1A','2B','3C',null])[1 + i % 4]"),
    ("day", "date", "date '2012-01-01' + i % 3000"),
    ("words", "varchar(255)", "md5(i::text) || ' ' || md5((i + 1)::text)"),
    ("flag", "char(1)", "(array['Y','N',null])[1 + i % 3]"),
    ("end_day", "timestamp", "case when i % 3 = 0 then timestamp '2014-05-06 07:08:09' end"),
    ("team", "varchar(100)", "'Team ' || i % 40"),
    ("distance", "numeric(6,1)", "(i % 999) / 10.0"),
)


def columns() -> list[tuple[str, str, str]]:
    """Return name, type and value of each of the table's columns."""
    return [
        (f"{name}_{n // len(_KINDS)}", kind, value)
        for n in range(COLUMNS)
        for name, kind, value in [_KINDS[n % len(_KINDS)]]
    ]


def statements() -> str:
    """Return the SQL that makes the table."""
    named = ", ".join(f"{name} {kind}" for name, kind, _ in columns())
    values = ", ".join(value for _, _, value in columns())
    return (
        f"DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} ({named});"
        f" INSERT INTO {TABLE} SELECT {values} FROM generate_series(1, {ROWS}) AS g(i);"
        f" VACUUM ANALYZE {TABLE}; GRANT SELECT ON {TABLE} TO PUBLIC;"
    )


def ours(address: str) -> int:
    """Read the table as an extract is read; return the rows."""
    from annexa.environment import Secret, secret
    from annexa.extract.address import Address, place_of, with_password
    from annexa.extract.read import read_extract

    place = place_of(address)
    assert isinstance(place, Address)
    place = with_password(place, Secret(secret("ANNEXA_BENCH_PASSWORD", "bench")))
    extract = read_extract(place, {TABLE: frozenset(name for name, _, _ in columns())})
    return extract.tables[TABLE].frame.height


def driver(address: str) -> int:
    """Read the table with the driver alone; return the rows."""
    import polars as pl
    from adbc_driver_postgresql import dbapi

    from annexa.environment import Secret, secret
    from annexa.extract.address import Address, place_of, with_password
    from annexa.extract.databases.postgresql import uri

    place = place_of(address)
    assert isinstance(place, Address)
    place = with_password(place, Secret(secret("ANNEXA_BENCH_PASSWORD", "bench")))
    with dbapi.connect(uri(place), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLE}")
        return pl.from_arrow(cursor.fetch_arrow_table()).height


def main() -> None:
    """Read both ways in turn, and print the median seconds of each; the first time is left out."""
    address, runs = sys.argv[1], int(sys.argv[2])
    taken: dict[str, list[float]] = {"ours": [], "driver": []}
    for _ in range(runs + 1):
        for name, way in (("ours", ours), ("driver", driver)):
            begun = time.perf_counter()
            rows = way(address)
            taken[name].append(time.perf_counter() - begun)
            assert rows == ROWS
    print(*(statistics.median(each[1:]) for each in taken.values()))


if __name__ == "__main__":
    main()
