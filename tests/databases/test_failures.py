"""What goes wrong with a server: one message, its exit code, nothing half-written, and no password anywhere."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from annexa.extract.databases import read
from tests.databases.conftest import DAY, PASSWORD, READER, VARIABLE
from tests.support import postgresql
from tests.support.cli import Ran, annexa, contents

# The password as it stands, and as it is written in an address.
PLANTED = (PASSWORD, "Planted", "P@ss", "P%40ss", "hunter2")


@dataclass
class Desk:
    """A user at her desk: runs a build, and looks whether anything tells the password."""

    folder: Path

    def build(self, extracts: str, *options: str) -> Ran:
        ran = annexa(
            "build", "--inspection-date", DAY.isoformat(), "--extracts", extracts, "--output", self.folder / "out",
            "--log-file", self.folder / "annexa.log", "--debug-file", self.folder / "debug.txt", *options,
        )  # fmt: skip
        told = {"stdout": ran.out.encode(), "stderr": ran.err.encode(), **contents(self.folder)}
        for name, text in told.items():
            if name not in ("password", "annexa.toml"):
                assert not [each for each in PLANTED if each.encode() in text], name
        assert "annexa.log" in told
        return ran

    def fails(self, code: int, message: str, extracts: str, *options: str) -> str:
        """Build, and return what to do next."""
        ran = self.build(extracts, *options)
        lines = ran.err.splitlines()
        assert (ran.code, lines[0]) == (code, f"Error: {message}")
        assert len(lines) == 2, ran.err
        assert ran.out == ""
        assert not (self.folder / "out").exists()
        assert not (self.folder / "debug.txt").exists()
        return lines[1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


BY_VARIABLE = ("--db-password-env", VARIABLE)


def where(server: postgresql.Server, database: str = "cms") -> str:
    return f"PostgreSQL {database} on 127.0.0.1:{server.port}"


def test_success_tells_no_password(desk: Desk, cms: postgresql.Server) -> None:
    ran = desk.build(cms.address(READER, "cms"), *BY_VARIABLE)
    assert ran.code == 0, ran.err
    manifest = (desk.folder / "out" / "manifest.json").read_text()
    assert f'"name": "{where(cms)}"' in manifest
    assert READER not in manifest
    assert READER not in (desk.folder / "annexa.log").read_text()


def test_a_password_from_a_file(desk: Desk, cms: postgresql.Server) -> None:
    kept = desk.folder / "password"
    kept.write_text(PASSWORD + "\n")
    kept.chmod(0o600)
    (desk.folder / "annexa.toml").write_text('[database]\npassword_file = "password"\n')
    ran = desk.build(cms.address(READER, "cms"), "--config", str(desk.folder / "annexa.toml"))
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:hunter2@127.0.0.1/cms",
        "PostgreSQL://reader:hunter2@127.0.0.1/cms",
        "postgresql://reader%3Ahunter2@127.0.0.1/cms",
        "postgresql://reader:hunter2/x@y@127.0.0.1/cms",
        "postgresql:/reader:hunter2@127.0.0.1/cms",
        "postgresql://reader@127.0.0.1/cms?password=hunter2",
        "postgresql://127.0.0.1/cms?user=reader&sslpassword=hunter2",
        "mssql://reader:hunter2@127.0.0.1/cms",
        "jdbc:sqlserver://db.local;user=reader;password=hunter2",
        "postgresql+psycopg2://reader:hunter2@127.0.0.1/cms",
        "reader:hunter2@127.0.0.1/cms",
        "host=127.0.0.1 user=reader password=hunter2",
        "Server=127.0.0.1;Uid=reader;Pwd=hunter2",
    ],
)
def test_an_address_with_a_password(desk: Desk, address: str) -> None:
    hint = desk.fails(2, "The address of the extract contains a password.", address)
    assert "--db-password-env, --db-password-file or --db-keyring" in hint


def test_a_settings_file_with_a_password_in_its_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "annexa.toml").write_text('extracts = "postgresql://reader:hunter2@127.0.0.1/cms"\n')
    for command in (["build", "--inspection-date", "2018-06-04"], ["config", "show"], ["config", "show", "--json"]):
        ran = annexa(*command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("Error: The address of the extract contains a password.\n")
        assert "hunter2" not in ran.err


def test_a_password_in_the_settings_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "annexa.toml").write_text('[database]\npassword = "hunter2"\n')
    ran = annexa("build", "--inspection-date", "2018-06-04")
    assert ran.code == 2
    assert "there is no setting named database.password." in ran.err
    assert "hunter2" not in ran.err


def test_a_wrong_password(desk: Desk, cms: postgresql.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "hunter2")
    message = f"{where(cms)}: the user or the password was not accepted."
    log, wrong = cms.folder / "log", 'password authentication failed for user "reader"'
    before = log.read_text().count(wrong)
    desk.fails(3, message, cms.address(READER, "cms"), *BY_VARIABLE)
    # It is not tried again: some servers lock a user who is wrong too often.
    assert log.read_text().count(wrong) == before + 1


def test_no_password(desk: Desk, cms: postgresql.Server) -> None:
    message = f"{where(cms)}: the server asks for a password, and none was given."
    assert "--db-password-env" in desk.fails(3, message, cms.address(READER, "cms"))


def test_an_unknown_database(desk: Desk, server: postgresql.Server) -> None:
    message = f"{where(server, 'gone')}: the server has no database of that name."
    desk.fails(3, message, server.address(READER, "gone"), *BY_VARIABLE)


def test_a_connection_that_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = count(monkeypatch)
    message = "PostgreSQL cms on 127.0.0.1:1: the connection was refused."
    desk.fails(3, message, f"postgresql://{READER}@127.0.0.1:1/cms", *BY_VARIABLE)
    assert len(tried) == 4
    assert (desk.folder / "annexa.log").read_text().count(f"{message} It is tried again.") == 3


def test_a_host_that_nobody_knows(desk: Desk) -> None:
    message = "PostgreSQL cms on no.such.host.invalid: the server cannot be reached."
    desk.fails(3, message, f"postgresql://{READER}@no.such.host.invalid/cms", *BY_VARIABLE)


def test_a_server_that_speaks_another_language(desk: Desk) -> None:
    told = "SFATAL\0VFATAL\0C28P01\0MPasswort-Authentifizierung für Benutzer »SECRET« fehlgeschlagen\0\0".encode()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        asked: list[bytes] = []

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                while len(request := connection.recv(1000)) == 8:  # for TLS, or for Kerberos
                    connection.sendall(b"N")
                asked.append(request)
                connection.sendall(b"E" + (len(told) + 4).to_bytes(4, "big") + told)

        server = threading.Thread(target=serve)
        server.start()
        message = f"PostgreSQL cms on 127.0.0.1:{port}: the server answered, and did not let annexa in, in words that"
        hint = desk.fails(
            3, f"{message} annexa does not know.", f"postgresql://{READER}@127.0.0.1:{port}/cms", *BY_VARIABLE
        )
        server.join()
    assert "psql" in hint
    assert b"client_encoding\0UTF8\0" in asked[0]
    assert "SECRET" not in hint + (desk.folder / "annexa.log").read_text()


def test_a_connection_that_is_not_secure(desk: Desk, cms: postgresql.Server) -> None:
    message = f"{where(cms)}: the connection cannot be made as secure as the address asks."
    desk.fails(3, message, cms.address(READER, "cms") + "?sslmode=require", *BY_VARIABLE)


def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the connections that are opened."""
    tried: list[str] = []
    real = read.OPENERS["postgresql"]
    monkeypatch.setitem(read.OPENERS, "postgresql", lambda address: tried.append("x") or real(address))
    return tried


@pytest.fixture
def own(cms: postgresql.Server) -> Iterator[Callable[[str], str]]:
    """Make a database of one table of people and what else a script makes; return its address."""
    made = []

    def make(script: str) -> str:
        name = f"own{time.monotonic_ns()}"
        cms.sql(f"CREATE DATABASE {name}")
        made.append(name)
        cms.sql(
            "CREATE TABLE ssd_person (pers_person_id text, pers_dob date);"
            "INSERT INTO ssd_person VALUES ('SECRET1', '2010-01-01'), ('SECRET2', NULL);"
            f"{script}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER};",
            name,
        )
        return cms.address(READER, name)

    yield make
    for name in made:
        cms.sql(f"DROP DATABASE {name} WITH (FORCE)")


CONTACTS = "CREATE VIEW ssd_contacts AS SELECT 'C'::text AS cont_contact_id, {} AS cont_person_id FROM ssd_person"


def told(address: str) -> str:
    database = address.rpartition("/")[2]
    port = address.rpartition(":")[2].partition("/")[0]
    return f"PostgreSQL {database} on 127.0.0.1:{port}"


def test_a_missing_table_is_not_supplied(desk: Desk, own: Callable[[str], str]) -> None:
    ran = desk.build(own("SELECT 1"), *BY_VARIABLE)
    assert ran.code == 0, ran.err
    assert '"state": "not supplied"' in (desk.folder / "out" / "manifest.json").read_text()


def test_no_known_table(desk: Desk, cms: postgresql.Server) -> None:
    message = f"{where(cms, 'postgres')} has no table that is known."
    desk.fails(3, message, cms.address(READER, "postgres"), *BY_VARIABLE)


def test_a_schema_that_is_not_there(desk: Desk, cms: postgresql.Server) -> None:
    profile = desk.folder / "ours.toml"
    profile.write_text('title = "Ours"\nextends = "ssd"\nschema = "reporting"\n')
    message = f"{where(cms)} has no schema reporting with a table in it that the user may see."
    desk.fails(3, message, cms.address(READER, "cms"), *BY_VARIABLE, "--source", str(profile))


def test_a_table_that_may_not_be_read(desk: Desk, own: Callable[[str], str], cms: postgresql.Server) -> None:
    address = own("SELECT 1")
    cms.sql(f"REVOKE SELECT ON ssd_person FROM {READER}", address.rpartition("/")[2])
    desk.fails(3, f"{told(address)}, table ssd_person: the user may not read it.", address, *BY_VARIABLE)


def test_a_view_that_fails_on_a_value(desk: Desk, own: Callable[[str], str]) -> None:
    address = own(CONTACTS.format("pers_person_id::integer"))
    message = f"{told(address)}, table ssd_contacts: the query cannot be run (22P02)."
    ran = desk.fails(3, message, address, *BY_VARIABLE)
    assert "SECRET" not in ran + (desk.folder / "annexa.log").read_text()


def test_a_view_that_writes(desk: Desk, own: Callable[[str], str]) -> None:
    address = own(
        "CREATE SEQUENCE numbers;"
        + CONTACTS.format("nextval('numbers')::text")
        + f"; GRANT USAGE ON numbers TO {READER}"
    )
    message = f"{told(address)}, table ssd_contacts: the query cannot be run (25006)."
    desk.fails(3, message, address, *BY_VARIABLE)


def test_a_query_that_is_cancelled(desk: Desk, own: Callable[[str], str]) -> None:
    address = own(CONTACTS.format("pg_sleep(30)::text"))
    (desk.folder / "annexa.toml").write_text("[database]\nquery_seconds = 1\n")
    message = (
        f"{told(address)}, table ssd_contacts: a query was cancelled by the server, or took longer than 1 seconds."
    )
    options = (*BY_VARIABLE, "--config", str(desk.folder / "annexa.toml"))
    assert "query_seconds" in desk.fails(3, message, address, *options)


def test_a_server_that_ends_the_connection_half_way(
    desk: Desk, own: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = count(monkeypatch)
    # Two rows are sent before the third ends the session that asks for it.
    address = own(
        CONTACTS.format("pers_person_id") + " UNION ALL SELECT 'C', pg_terminate_backend(pg_backend_pid())::text"
    )
    message = f"{told(address)}, table ssd_contacts: the connection broke while it was read."
    desk.fails(3, message, address, *BY_VARIABLE)
    assert len(tried) == 4


def test_a_connection_that_breaks_once_is_made_again(
    desk: Desk, own: Callable[[str], str], cms: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = (
        "CREATE OR REPLACE VIEW ssd_contacts AS SELECT {}::text AS cont_contact_id, pers_person_id AS cont_person_id,"
    )
    view += " DATE '2018-06-01' AS cont_contact_date FROM ssd_person"
    address = own(view.format("pg_terminate_backend(pg_backend_pid())"))
    real = read.OPENERS["postgresql"]
    opened: list[str] = []

    def opener(place: object) -> object:
        opened.append("x")
        if len(opened) == 2:
            cms.sql(view.format("'C' || pers_person_id"), address.rpartition("/")[2])
        return real(place)  # type: ignore[arg-type]

    monkeypatch.setitem(read.OPENERS, "postgresql", opener)
    ran = desk.build(address, *BY_VARIABLE)
    assert ran.code == 0, ran.err
    assert len(opened) == 2
    assert '"rows_read": 2' in (desk.folder / "out" / "manifest.json").read_text()


def test_a_server_that_dies_half_way(desk: Desk, own: Callable[[str], str], cms: postgresql.Server) -> None:
    address = own(CONTACTS.format("pg_sleep(20)::text"))

    def kill() -> None:
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        while cms.sql(asleep) == "0":
            time.sleep(0.1)
        cms.stop()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        ran = desk.build(address, *BY_VARIABLE)
    finally:
        killer.join()
        cms.start()
    # By the last try nobody answers any more.
    assert ran.code == 3
    assert ran.err.splitlines()[0] in (
        f"Error: {told(address)}: the connection was refused.",
        f"Error: {told(address)}: the server takes no connections at the moment.",
        f"Error: {told(address)}: the connection broke while it was read.",
    )
    assert "the connection broke while it was read. It is tried again." in (desk.folder / "annexa.log").read_text()
    assert not (desk.folder / "out").exists()


def test_what_stood_there_before_stays(desk: Desk, cms: postgresql.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address = cms.address(READER, "cms")
    assert desk.build(address, *BY_VARIABLE).code == 0
    before = contents(desk.folder / "out")
    monkeypatch.setenv(VARIABLE, "hunter2")
    assert desk.build(address, *BY_VARIABLE).code == 3
    assert contents(desk.folder / "out") == before


def test_a_bug_tells_no_password(desk: Desk, cms: postgresql.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else fails while the password is in hand: the debug file, which quotes values, does not quote it."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(read, "plain", fail)
    ran = desk.build(cms.address(READER, "cms"), *BY_VARIABLE)
    assert ran.code == 70
    assert "a bug" in (desk.folder / "debug.txt").read_text()
