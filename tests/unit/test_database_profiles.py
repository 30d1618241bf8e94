"""What a source profile may say about a database, and which settings say where its password is."""

import sys
from pathlib import Path

import pytest

from annexa.cli import given
from annexa.environment import Secret
from annexa.errors import UsageError
from annexa.extract.address import Address
from annexa.settings import DatabaseSettings
from annexa.sources import Query, load_source
from tests.support.cli import annexa

HEAD = 'title = "Ours"\nextends = "ssd"\n'


def profile(folder: Path, text: str) -> str:
    path = folder / "ours.toml"
    path.write_text(HEAD + text)
    return str(path)


def test_schemas_and_selects(tmp_path: Path) -> None:
    text = (
        'schema = "Reporting"\n[tables.contacts]\nselect = " select 1 "\n[tables.persons]\ntable = "V"\nschema = "x"\n'
    )
    source = load_source(profile(tmp_path, text))
    queries = source.queries()
    assert queries["ssd_contacts"] == Query("Reporting", "select 1")
    assert queries["v"] == Query("x", "")
    assert queries["ssd_cp_plans"] == Query("Reporting", "")
    assert queries.keys() == source.wanted().keys()
    assert load_source("ssd").queries() == {}


@pytest.mark.parametrize("select", ["DELETE FROM x", "SELECT 1; DELETE FROM x", "SELECT ';'", "x"])
def test_what_is_no_select(tmp_path: Path, select: str) -> None:
    with pytest.raises(UsageError, match=r"ours.toml: tables.contacts.select: this is not one SELECT\."):
        load_source(profile(tmp_path, f'[tables.contacts]\nselect = "{select}"\n'))


def test_two_records_from_one_table_at_two_places(tmp_path: Path) -> None:
    text = '[tables.contacts]\ntable = "t"\nselect = "SELECT 1"\n[tables.cp_plans]\ntable = "T"\n'
    with pytest.raises(UsageError, match="another record reads the table t from another place"):
        load_source(profile(tmp_path, text))


def test_selects_of_a_profile_that_nobody_named(tmp_path: Path) -> None:
    plain = load_source(profile(tmp_path, 'schema = "x"\n'), named=False)
    assert plain.queries()["ssd_person"] == Query("x")
    found = load_source(profile(tmp_path, '[tables.contacts]\nselect = "SELECT 1"\n'), named=False)
    with pytest.raises(UsageError, match=r"The source profile ours has a SELECT, and only an annexa\.toml found in"):
        found.queries()


def test_whether_the_profile_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("annexa.toml").write_text('source = "ours.toml"\n')
    assert not given.resolve(None).settings.source_named
    assert not given.resolve(None, extracts="x").settings.source_named
    assert given.resolve(None, source="ours.toml").settings.source_named
    assert given.resolve(Path("annexa.toml")).settings.source_named
    Path("annexa.toml").write_text("")
    assert given.resolve(None).settings.source_named


ADDRESS = "postgresql://ann@h/cms"


def test_where_the_password_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A", "one")
    Path("kept").mkdir()
    Path("kept/pw").write_text("two")
    Path("kept/pw").chmod(0o600)
    config = Path("kept/annexa.toml")
    config.write_text(f'extracts = "{ADDRESS}"\n[database]\npassword_file = "pw"\nquery_seconds = 5\n')

    def password(**told: str | None) -> tuple[str, int]:
        options = given.db_password(told.get("env"), None, told.get("keyring"))
        place = given.extracts_of(given.resolve(config, db_password=options))
        assert isinstance(place, Address)
        assert isinstance(place.password, Secret)
        return place.password.reveal(), place.query_seconds

    assert password() == ("two", 5)
    assert password(env="A") == ("one", 5)  # an option replaces all that the file says
    with pytest.raises(UsageError, match=r"--db-password-env: there is no environment variable of that name\."):
        password(env="NO_SUCH")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match=r"--db-keyring: "):
        password(keyring="cms")
    config.write_text(f'extracts = "{ADDRESS}"\n[database]\npassword_file = "gone"\n')
    with pytest.raises(UsageError, match=r"database.password_file: there is no file of that name\."):
        password()
    config.write_text(f'extracts = "{ADDRESS}"\n[database]\npassword_file = "pw"\nkeyring = "x"\n')
    with pytest.raises(UsageError, match="more than one place: password_file, keyring"):
        password()
    with pytest.raises(UsageError, match="The password of the database is to come from more than one place"):
        password(env="A", keyring="x")


@pytest.mark.parametrize("more", ["", '[database]\npassword_env = "A"\n', '[database]\npassword_file = "pw"\n'])
def test_a_settings_file_that_was_merely_found_names_no_server(
    more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A", "hunter2")
    Path("pw").write_text("hunter2")
    Path("pw").chmod(0o600)
    config = Path("annexa.toml")
    config.write_text(f'extracts = "{ADDRESS}"\n{more}')
    for password in ({}, given.db_password("A", None, None)):
        with pytest.raises(UsageError, match=r"stands in an annexa\.toml that was merely found") as caught:
            given.extracts_of(given.resolve(None, db_password=password))
        assert "--config annexa.toml" in caught.value.hint
        assert "hunter2" not in caught.value.message + caught.value.hint
        named = given.extracts_of(given.resolve(config, db_password=password))
        assert isinstance(named, Address)
        assert bool(named.password) == bool(more or password)
        # The same address as the user's own word; where the password is may stand in the file.
        own = given.extracts_of(given.resolve(None, extracts="postgresql://ann@other/cms", db_password=password))
        assert isinstance(own, Address)
        assert (own.host, bool(own.password)) == ("other", bool(more or password))
    ran = annexa("build", "--inspection-date", "2018-06-04", "--output", "out")
    assert (ran.code, ran.out) == (2, "")
    assert not Path("out").exists()
    assert annexa("config", "show").code == 0


@pytest.mark.parametrize("extracts", ["extract", "x.duckdb", "duckdb:///x.data"])
def test_a_settings_file_that_was_merely_found_names_files(
    extracts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("annexa.toml").write_text(f'extracts = "{extracts}"\n')
    assert Path(str(given.extracts_of(given.resolve(None)))).name == extracts.rpartition("/")[2]


def test_a_path_needs_no_password(tmp_path: Path) -> None:
    resolved = given.Resolved(given.resolve(None, extracts="x").settings.model_copy(
        update={"database": DatabaseSettings(password_env="NO_SUCH")}))  # fmt: skip
    assert given.extracts_of(resolved) == Path("x")
    assert given.place_given("duckdb:///x", resolved) == Address("duckdb", file=Path("x"))


def test_settings_are_shown_without_user_and_query(tmp_path: Path) -> None:
    config = tmp_path / "annexa.toml"
    config.write_text(f'extracts = "{ADDRESS}?sslmode=require"\n[database]\npassword_env = "CMS_PASSWORD"\n')
    for ran in (annexa("config", "show", "--config", config), annexa("config", "show", "--config", config, "--json")):
        assert ran.code == 0
        assert "PostgreSQL cms on h" in ran.out
        assert "CMS_PASSWORD" in ran.out
        assert "ann@" not in ran.out
        assert "sslmode" not in ran.out
