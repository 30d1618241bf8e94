"""What `--extracts` may be: the path of files, or the address of a database.

An address never holds a password, and nothing but engine, host and database of it is ever shown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, unquote

from annexa.environment import Secret
from annexa.errors import UsageError


@dataclass(frozen=True)
class Engine:
    """A kind of database.

    Args:
        title: its name.
        port: where its servers listen, unless an address says otherwise; None for a file.
        options: what may stand behind the question mark of an address.
    """

    title: str
    port: int | None
    options: frozenset[str] = frozenset()


ENGINES: Final[Mapping[str, Engine]] = {
    "postgresql": Engine("PostgreSQL", 5432, frozenset({"host", "sslmode", "sslrootcert"})),
    "mssql": Engine("SQL Server", 1433, frozenset({"encrypt", "trust_server_certificate", "trusted_connection"})),
    "oracle": Engine("Oracle", 1521),
    "mysql": Engine("MySQL", 3306),
    "sqlite": Engine("SQLite", None),
    "duckdb": Engine("DuckDB", None),
}
QUERY_SECONDS: Final = 1800

_ALIASES: Final = {"postgres": "postgresql", "sqlserver": "mssql"}
_SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):(/*)(.*)$", re.DOTALL)
_PASSWORD_KEY: Final = re.compile(r"(?i)(pass|pwd|secret|token)\w*\s*=")
_HOST: Final = re.compile(r"^[^\s/\\:@?#\[\]]+$|^\[[0-9A-Fa-f:.]+\]$")
# Oracle's way to write a login, as in scott/tiger@host.
_ORACLE_LOGIN: Final = re.compile(r"^[^\s/\\@]+/[^\s/\\@]+@\S+$")
_LAST_PORT: Final = 65_535
_NO_HOST: Final = "its host or its port cannot be read"
_HOW: Final = (
    "An address is written postgresql://user@host:port/database; the engines are "
    f"{', '.join(ENGINES)}. See docs/databases.md."
)


@dataclass(frozen=True)
class Address:
    """Where a database is, and how it is read.

    Args:
        engine: a key of ENGINES.
        host: name or number of the server; a folder where a local socket stands in its place.
        port: None where the engine's own.
        database: its name on the server.
        user: to log in as; "" where the driver knows.
        options: of the connection, such as sslmode.
        file: of SQLite and DuckDB.
        password: or None.
        query_seconds: how long one query may take.
    """

    engine: str
    host: str = ""
    port: int | None = None
    database: str = ""
    user: str = field(default="", repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    file: Path | None = None
    password: Secret | None = field(default=None, repr=False)
    query_seconds: int = QUERY_SECONDS

    def __str__(self) -> str:
        return shown(self)


Place: TypeAlias = Path | Address


def shown(place: Place) -> str:
    """Return how messages, the log and the manifest name a place: engine, database and host, or the file's name."""
    if isinstance(place, Path):
        return place.name or str(place)
    if place.file is not None:
        return place.file.name or str(place.file)
    local = place.host.startswith("/")
    host = "this computer" if local else place.host + (f":{place.port}" if place.port else "")
    # It is a name in the manifest, where a name has no slashes.
    return re.sub(r"[/\\\x00-\x1f\x7f]", "_", f"{ENGINES[place.engine].title} {place.database} on {host}")


def place_of(text: str) -> Place:
    """Read what `--extracts` was given.

    Args:
        text: a path, or an address such as postgresql://reader@db.local/cms or duckdb:///folder/cms.duckdb.

    Returns:
        The path, or the address without a password.

    Raises:
        UsageError: an address with a password in it, which the message does not repeat; an engine that is not known;
            an address that cannot be read.
    """
    matched = _SCHEME.match(text)
    if matched is None or not (matched[2].startswith("//") or _engine(matched[1])):
        if _PASSWORD_KEY.search(text) or _is_login(text):
            raise _with_password()
        return Path(text)
    rest = matched[3] if len(matched[2]) >= 2 else matched[2] + matched[3]
    if _has_password(rest) or _PASSWORD_KEY.search(unquote(rest)):
        raise _with_password()
    engine = _engine(matched[1])
    if engine is None:
        raise UsageError("The address of the extract names an engine that annexa does not know.", _HOW)
    if engine == "oracle" and _ORACLE_LOGIN.match(unquote(rest)):
        raise _with_password()
    if ENGINES[engine].port is None:
        return Address(engine, file=_file(text, engine))
    if len(matched[2]) not in (2, 3):
        raise _unreadable("it does not begin with the engine and ://")
    return _server(engine, "/" + rest if len(matched[2]) == 3 else rest)


def refuse_passwords(arguments: Iterable[str]) -> None:
    """Look through the words of a command, before anything repeats one that it does not know.

    Raises:
        UsageError: one of them, wherever it stands, is an address with a password in it.
    """
    for each in arguments:
        matched = _SCHEME.match(re.sub(r"^--?[a-z-]+=", "", each))
        if matched is not None and len(matched[2]) >= 2 and _has_password(matched[3]):
            raise _with_password()


def beside(text: str, folder: Path) -> str:
    """Return what `--extracts` may be given, its path, where it has one, taken from a folder."""
    place = place_of(text)
    if isinstance(place, Path):
        return str(folder / place)
    return f"{place.engine}:///{(folder / place.file).as_posix()}" if place.file is not None else text


def with_password(address: Address, password: Secret | None, query_seconds: int = QUERY_SECONDS) -> Address:
    """Return the address with what is needed to read it."""
    return replace(address, password=password, query_seconds=query_seconds)


def _has_password(rest: str) -> bool:
    """Whether something stands behind a colon in the login of an address, whose scheme has been taken off."""
    # The last @ divides: a password may itself have one, or a slash.
    return ":" in unquote(rest.rpartition("@")[0])


def _is_login(text: str) -> bool:
    """Whether what could be a path is a login without a scheme: ann:tiger@host or ann/tiger@host."""
    if re.match(r"^(?:[^/\\]{2,}:|[^/\\]:(?![/\\])).*@", text):
        return not Path(text).exists()
    return bool(_ORACLE_LOGIN.match(text)) and not Path(text).parent.exists()


def _engine(scheme: str) -> str | None:
    name = scheme.lower()
    name = _ALIASES.get(name, name)
    return name if name in ENGINES else None


def _file(text: str, engine: str) -> Path:
    """Return the path behind three slashes; a fourth is the root's own, as in sqlite:////data/cms.sqlite."""
    matched = re.match(r"^[^:]+:///(.+)$", text, re.DOTALL)
    if matched is None:
        raise _unreadable(f"the path of a {ENGINES[engine].title} file stands behind three slashes")
    return Path(matched[1])


def _server(engine: str, rest: str) -> Address:
    where, _, query = rest.partition("?")
    login, _, server = where.rpartition("@")
    host_port, _, database = server.partition("/")
    host, port = _host_and_port(host_port)
    options = dict(parse_qsl(query, keep_blank_values=True))
    if options.keys() - ENGINES[engine].options:
        allowed = ", ".join(sorted(ENGINES[engine].options)) or "nothing"
        raise _unreadable(f"behind the question mark may stand {allowed}")
    host = unquote(options.pop("host", "") or host)
    if not host:
        raise _unreadable("it names no host")
    if not host.startswith("/") and not _HOST.match(host):
        raise _unreadable(_NO_HOST)
    database = unquote(database.strip("/"))
    if not database:
        raise _unreadable("it names no database")
    return Address(engine, host, port, database, unquote(login), tuple(sorted(options.items())))


def _host_and_port(text: str) -> tuple[str, int | None]:
    matched = re.match(r"^(.*?)(?::([0-9]{1,5}))?$", text)
    host, port = (matched[1], matched[2]) if matched else (text, None)
    if host and not _HOST.match(host):
        raise _unreadable(_NO_HOST)
    if port and not 0 < int(port) <= _LAST_PORT:
        raise _unreadable(_NO_HOST)
    return host, int(port) if port else None


def _with_password() -> UsageError:
    return UsageError(
        "The address of the extract contains a password.",
        "Write it without, change the password if others can see this command, and give it with --db-password-env, "
        "--db-password-file or --db-keyring. See docs/databases.md.",
    )


def _unreadable(why: str) -> UsageError:
    return UsageError(f"The address of the extract cannot be read: {why}.", _HOW)
