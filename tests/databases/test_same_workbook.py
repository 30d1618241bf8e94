"""The same authority in each form gives the same workbook, to the byte."""

from pathlib import Path

import polars as pl
import pytest

from annexa.sample import write_sample
from tests.databases.conftest import DAY, READER, VARIABLE
from tests.support import postgresql
from tests.support.cli import annexa


def workbook(output: Path, extracts: str | Path, *options: str) -> bytes:
    ran = annexa("build", "--inspection-date", DAY.isoformat(), "--extracts", extracts, "--output", output, *options)
    assert ran.code == 0, ran.err
    return (output / "annex-a.xlsx").read_bytes()


@pytest.fixture(scope="module")
def expected(tables: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("csv")
    write_sample(tables, folder / "extract", "csv", DAY)
    return workbook(folder / "out", folder / "extract")


@pytest.mark.parametrize("form", ["parquet", "xlsx", "sqlite", "duckdb"])
def test_a_file(form: str, expected: bytes, tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    files = write_sample(tables, tmp_path / "extract", form, DAY)
    extracts = tmp_path / "extract" if form == "parquet" else files[0]
    assert workbook(tmp_path / "out", extracts) == expected
    if form in ("sqlite", "duckdb"):
        other = files[0].rename(tmp_path / "cms.data")
        assert workbook(tmp_path / "again", f"{form}:///{other}") == expected
        assert [each.name for each in tmp_path.glob("cms.data*")] == ["cms.data"]


def test_a_server(expected: bytes, cms: postgresql.Server, tmp_path: Path) -> None:
    address = cms.address(READER, "cms")
    assert workbook(tmp_path / "typed", address, "--db-password-env", VARIABLE) == expected


def test_a_server_with_text_alone_in_a_schema_of_its_own(
    expected: bytes, cms: postgresql.Server, tables: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    cms.sql("CREATE DATABASE texts")
    # Names in capitals, rows in the other order: neither matters.
    turned = {name.upper(): table.reverse() for name, table in tables.items()}
    postgresql.load(cms, "texts", turned, schema="Reporting")
    cms.sql(f'GRANT USAGE ON SCHEMA "Reporting" TO {READER}', "texts")
    cms.sql(f'GRANT SELECT ON ALL TABLES IN SCHEMA "Reporting" TO {READER}', "texts")
    profile = tmp_path / "ours.toml"
    profile.write_text('title = "Ours"\nextends = "ssd"\nschema = "reporting"\n')
    address = cms.address(READER, "texts")
    options = ("--db-password-env", VARIABLE, "--source", str(profile))
    assert workbook(tmp_path / "out", address, *options) == expected
