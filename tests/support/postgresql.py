"""A throw-away PostgreSQL server on a free loopback port, for tests and benchmarks.

PostgreSQL refuses to run as root: where the tests do, it runs as the user postgres that Debian's package makes.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ADMIN, ADMIN_PASSWORD = "boss", "admin-8f2c"


def binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl, the newest version's; None where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name), reverse=True)
    found = [each for each in folders if (each / "initdb").exists() and (each / "pg_ctl").exists()]
    if found:
        return found[0]
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Server:
    """A running server."""

    folder: Path
    bin: Path
    port: int

    def address(self, user: str = ADMIN, database: str = "postgres") -> str:
        """Return the address without a password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run a script as the administrator, COPY ... FROM STDIN with its rows too; return what it answers."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", ADMIN, database]
        done = subprocess.run(
            [str(self.bin / "psql"), "-qtAX", "-v", "ON_ERROR_STOP=1", *where],
            input=f"SET client_min_messages = warning;\n{text}",
            text=True,
            check=True,
            env={**os.environ, "PGPASSWORD": ADMIN_PASSWORD},
            stdout=subprocess.PIPE,
        )
        return done.stdout.strip()

    def control(self, *arguments: str) -> None:
        """Run pg_ctl: start, or stop."""
        _run(self.bin / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", *arguments)

    def start(self) -> None:
        """Start it; only from this computer, and with a password alone, can it be reached."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off"
        self.control("-o", options, "start")

    def stop(self) -> None:
        """Stop it as a power cut would."""
        self.control("-m", "immediate", "stop")


@contextmanager
def server() -> Iterator[Server]:
    """Make a cluster, start it, and remove it in the end; binaries() must not be None."""
    bin_folder = binaries()
    assert bin_folder is not None
    # Not in pytest's own folder, which the user postgres may not enter; and short, as paths of sockets must be.
    folder = Path(tempfile.mkdtemp(prefix="annexa-pg-"))
    made = Server(folder, bin_folder, _free_port())
    try:
        (folder / "pw").write_text(ADMIN_PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            shutil.chown(folder / "pw", "postgres", "postgres")
        _run(
            bin_folder / "initdb", "-D", folder / "data", "-U", ADMIN, "-A", "scram-sha-256", "--pwfile", folder / "pw",
            "-E", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load(
    where: Server, database: str, tables: dict[str, pl.DataFrame], *, typed: bool = False, schema: str = ""
) -> None:
    """Write tables of text into a database.

    Args:
        where: the server.
        database: is there already.
        tables: by name.
        typed: dates become timestamps and whole numbers integers, as a case-management system holds them.
        schema: to write them to; it is made.
    """
    script = [f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}";'] if schema else []
    for name, table in tables.items():
        columns = ", ".join(f'"{column}" {_type(table[column]) if typed else "text"}' for column in table.columns)
        script.append(f'CREATE TABLE "{name}" ({columns});\nCOPY "{name}" FROM STDIN WITH (FORMAT csv, HEADER);')
        script.append(f"{table.write_csv()}\\.")
    where.sql("\n".join(script) + "\n", database)


def _type(cells: pl.Series) -> str:
    texts = cells.drop_nulls()
    if texts.len() and texts.str.contains(r"^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$").all():
        return "timestamp"
    return "integer" if texts.len() and texts.str.contains(r"^(0|[1-9]\d{0,8})$").all() else "text"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(*command: str | Path) -> None:
    before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # Output goes to a file: the server would keep a pipe open.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run([*before, *map(str, command)], stdout=output, stderr=output, cwd="/", check=False)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()
