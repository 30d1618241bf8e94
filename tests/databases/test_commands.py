"""Every command that reads an extract reads it from a server too."""

from pathlib import Path

import polars as pl
import pytest

from annexa.sample import write_sample
from tests.databases.conftest import DAY, PASSWORD, READER, VARIABLE
from tests.support import postgresql
from tests.support.cli import annexa, contents

DATE = ("--inspection-date", DAY.isoformat())


@pytest.fixture
def options(cms: postgresql.Server) -> tuple[str, ...]:
    return ("--extracts", cms.address(READER, "cms"), "--db-password-env", VARIABLE)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (("check", *DATE, "--output", "out"), (0, 1)),
        (("report", "2.03", *DATE, "--output", "out"), (0,)),
        (("pack", "--visit", "focused:care-leavers", *DATE, "--output", "out"), (0,)),
        (("sources", "check", "ssd"), (0,)),
    ],
)
def test_a_command(
    words: tuple[str, ...],
    codes: tuple[int, ...],
    options: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = annexa(*words, *options)
    assert ran.code in codes, ran.err
    assert "planted" not in (ran.out + ran.err).lower()
    assert not [name for name, text in contents(tmp_path).items() if PASSWORD.encode() in text]
    if words[0] != "sources":
        assert '"name": "PostgreSQL cms on 127.0.0.1:' in (tmp_path / "out" / "manifest.json").read_text()
    monkeypatch.setenv(VARIABLE, "wrong")
    refused = annexa(*words, *options)
    assert refused.code == 3
    assert "the user or the password was not accepted" in refused.err


def test_a_proposal_for_an_unknown_system(
    options: tuple[str, ...], cms: postgresql.Server, tables: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    cms.sql('CREATE TABLE "Hidden" (x int)', "cms")  # the reader may not read it, and that is no matter
    try:
        ran = annexa("sources", "init", "--name", "ourtown", "--output", tmp_path, *options)
    finally:
        cms.sql('DROP TABLE "Hidden"', "cms")
    assert ran.code == 0, ran.err
    by_server = (tmp_path / "ourtown.toml").read_text()
    assert "planted" not in (by_server + ran.out + ran.err).lower()
    file = write_sample(tables, tmp_path / "sample", "duckdb", DAY)[0]
    ran = annexa("sources", "init", "--name", "ourduck", "--output", tmp_path, "--extracts", file)
    assert ran.code == 0, ran.err
    assert (tmp_path / "ourduck.toml").read_text().count("\n[tables.") == by_server.count("\n[tables.") > 20


def test_evidence(options: tuple[str, ...], tmp_path: Path) -> None:
    tracker = tmp_path / "tracker.xlsx"
    assert annexa("evidence", "init", *DATE, "--output", tracker).code == 0
    ran = annexa("evidence", "collect", "--tracker", tracker, "--output", tmp_path / "out", *options)
    assert ran.code == 0, ran.err
    assert "PostgreSQL cms on" in (tmp_path / "out" / "manifest.json").read_text()
