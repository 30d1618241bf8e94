"""What `--extracts` may be, what of it is shown, and where a password may come from."""

import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

from annexa.cli.main import run
from annexa.environment import Secret, secret_of_file, secret_of_keyring
from annexa.errors import UsageError
from annexa.extract.address import Address, beside, place_of, refuse_passwords, shown, with_password
from annexa.extract.databases import postgresql

ADDRESSES = [
    (
        "postgresql://reader@db.local/cms",
        ("postgresql", "db.local", None, "cms", "reader"),
        "PostgreSQL cms on db.local",
    ),
    ("postgres://db.local:6543/cms", ("postgresql", "db.local", 6543, "cms", ""), "PostgreSQL cms on db.local:6543"),
    (
        "MSSQL://LA%5Cann@sql01/Cms%20Live",
        ("mssql", "sql01", None, "Cms Live", "LA\\ann"),
        "SQL Server Cms Live on sql01",
    ),
    (
        "oracle://ann@ora:1521/svc.la.gov.uk",
        ("oracle", "ora", 1521, "svc.la.gov.uk", "ann"),
        "Oracle svc.la.gov.uk on ora:1521",
    ),
    ("mysql://ann@[::1]:3306/cms", ("mysql", "[::1]", 3306, "cms", "ann"), "MySQL cms on [::1]:3306"),
    ("postgresql://a%40b@srv@h/cms", ("postgresql", "h", None, "cms", "a@b@srv"), "PostgreSQL cms on h"),
    (
        "postgresql:///cms?host=/var/run/pg",
        ("postgresql", "/var/run/pg", None, "cms", ""),
        "PostgreSQL cms on this computer",
    ),
]


@pytest.mark.parametrize(("text", "parts", "told"), ADDRESSES)
def test_addresses(text: str, parts: tuple[object, ...], told: str) -> None:
    place = place_of(text)
    assert isinstance(place, Address)
    assert (place.engine, place.host, place.port, place.database, place.user) == parts
    assert shown(place) == str(place) == told
    assert beside(text, Path("/folder")) == text


def test_options_and_user_are_not_shown() -> None:
    place = place_of("postgresql://ann@h/a%2Fb?sslmode=verify-full&sslrootcert=ca.pem")
    assert isinstance(place, Address)
    assert place.options == (("sslmode", "verify-full"), ("sslrootcert", "ca.pem"))
    assert "ann" not in repr(place) + str(place)
    assert "verify-full" not in repr(place) + str(place)
    assert shown(place) == "PostgreSQL a_b on h"  # a name in the manifest has no slash
    known = with_password(place, Secret("hunter2"))
    assert "hunter2" not in repr(known) + str(known) + f"{known.password}{known.password!r}"


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("postgresql://ann@h/cms", "postgresql://ann@h:5432/cms?"),
        ("postgresql://h:6543/a%20b", "postgresql://h:6543/a%20b?"),
        ("postgresql:///cms?host=/var/run/pg", "postgresql://:5432/cms?"),
    ],
)
def test_what_the_driver_of_postgresql_is_given(text: str, beginning: str) -> None:
    place = place_of(text)
    assert isinstance(place, Address)
    uri = postgresql.uri(place)
    assert uri.startswith(beginning)
    assert "&client_encoding=UTF8&" in uri
    assert ("&host=%2Fvar%2Frun%2Fpg" in uri or "&host=/var/run/pg" in uri) == ("host=" in text)


@pytest.mark.parametrize(
    "text",
    [
        "extract",
        "/data/extract",
        r"C:\data\extract.xlsx",
        r"\\server\share\x.db",
        "a:b",
        "x.duckdb",
        "./p@q",
        "a=b.csv",
        "c:/x",
    ],
)
def test_paths(text: str) -> None:
    assert place_of(text) == Path(text)
    assert shown(place_of(text)) == (Path(text).name)


@pytest.mark.parametrize(
    "text",
    ["scott/tiger@orcl", "scott/tiger@//h:1521/svc", "oracle://scott/tiger@h/svc", "oracle://a%2Fb@h/s", "a:b@h"],
)
def test_a_login_as_oracle_writes_it(text: str) -> None:
    with pytest.raises(UsageError, match=r"The address of the extract contains a password\.") as caught:
        place_of(text)
    assert "tiger" not in caught.value.message + caught.value.hint


def test_an_address_with_a_password_in_the_wrong_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["build", "{}"],
        ["{}"],
        ["sources", "check", "{}"],
        ["build", "--extract={}"],
        ["build", "-x", "{}"],
    ):
        address = "postgresql://reader:hunter2@127.0.0.1/cms"
        monkeypatch.setattr(sys, "argv", ["annexa", *(word.format(address) for word in words)])
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        assert ended.value.code == 2
        assert said.err.startswith("Error: The address of the extract contains a password.\n")
        assert "hunter2" not in said.out + said.err
    refuse_passwords(["build", "--max-rate", "AA-1=2", "a:b", "postgresql://h:5432/cms", r"C:\x@y", "12:30@desk"])


def test_a_path_that_looks_like_a_login_and_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ann:2018@home").mkdir()
    assert place_of("ann:2018@home") == Path("ann:2018@home")
    Path("extracts").mkdir()
    assert place_of("extracts/2018@june") == Path("extracts/2018@june")


@pytest.mark.parametrize(
    ("text", "file", "moved"),
    [
        ("sqlite:///cms.data", "cms.data", "sqlite:////folder/cms.data"),
        ("sqlite:////data/cms.data", "/data/cms.data", "sqlite:////data/cms.data"),
        ("duckdb:///a b/c%20d", "a b/c%20d", "duckdb:////folder/a b/c%20d"),
    ],
)
def test_files(text: str, file: str, moved: str) -> None:
    place = place_of(text)
    assert isinstance(place, Address)
    assert place.file == Path(file)
    assert shown(place) == Path(file).name
    assert beside(text, Path("/folder")) == moved
    assert beside("extract", Path("/folder")) == "/folder/extract"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://secretuser@h/x", "names an engine that annexa does not know"),
        ("postgresql://secretuser@h", "it names no database"),
        ("postgresql://secretuser@/cms", "it names no host"),
        ("postgresql:secretuser@h/cms", "it does not begin with the engine and ://"),
        ("postgresql://secretuser@h:1x/cms", "its host or its port cannot be read"),
        ("postgresql://h o/cms", "its host or its port cannot be read"),
        ("mssql://secretuser@h:65536/cms", "its host or its port cannot be read"),
        ("mssql://secretuser@h:0/cms", "its host or its port cannot be read"),
        ("postgresql:///cms?host=h%3Fsecret", "its host or its port cannot be read"),
        ("postgresql://h%253Fsecret/cms?host=a:b", "its host or its port cannot be read"),
        ("postgresql://h/cms?sslsecret", "behind the question mark may stand host, sslmode, sslrootcert"),
        ("oracle://h/cms?x=1", "behind the question mark may stand nothing"),
        ("sqlite://cms.db", "the path of a SQLite file stands behind three slashes"),
        ("duckdb:///", "the path of a DuckDB file stands behind three slashes"),
    ],
)
def test_what_is_no_address(text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        place_of(text)
    assert why in caught.value.message
    assert "secret" not in caught.value.message + caught.value.hint


def test_a_secret_is_neither_printed_nor_written() -> None:
    hidden = Secret("hunter2")
    assert hidden.reveal() == "hunter2"
    assert f"{hidden} {hidden!r} {[hidden]}" == "Secret(hidden) Secret(hidden) [Secret(hidden)]"
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(hidden)


def test_a_file_with_a_password(tmp_path: Path) -> None:
    path = tmp_path / "hunter2"
    for content, expected in ((b"pass word \r\nmore", "pass word "), (b"\xef\xbb\xbfx", "x"), ("pä".encode(), "pä")):
        path.write_bytes(content)
        path.chmod(0o600)
        assert secret_of_file(path, "--x").reveal() == expected
    for content, why in ((b"\nx", "first line of the file is blank"), (b"\xff", "is no text"), (b"", "is blank")):
        path.write_bytes(content)
        with pytest.raises(UsageError, match=why):
            secret_of_file(path, "--x")
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(UsageError, match="others than its owner may use"):
            secret_of_file(path, "--x")
    for other, why in (
        (tmp_path / "hunter2x", "there is no file of that name"),
        (tmp_path, "cannot be read: Is a dir"),
    ):
        with pytest.raises(UsageError, match=why) as caught:
            secret_of_file(other, "--x")
        assert "hunter2" not in caught.value.message + caught.value.hint


def test_an_entry_of_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    ring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    ring.errors = errors  # type: ignore[attr-defined]
    entries = {("cms", "ann"): "hunter2"}
    ring.get_password = lambda service, user: entries.get((service, user))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert secret_of_keyring("cms", "ann", "--x").reveal() == "hunter2"
    with pytest.raises(UsageError, match="the keyring has no entry for that service"):
        secret_of_keyring("cms", "bob", "--x")

    def locked(*_: str) -> str:
        raise errors.KeyringError("hunter2")

    ring.get_password = locked  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="this computer has no keyring that can be used"):
        secret_of_keyring("cms", "ann", "--x")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="the package keyring is not installed"):
        secret_of_keyring("cms", "ann", "--x")
