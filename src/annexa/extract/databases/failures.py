"""What can go wrong with a database, in annexa's own words: a driver's may quote a value, and are never shown."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from annexa.errors import SourceError, UsageError


class Fault(Enum):
    """The kinds of failure that a user can do something about; the first three may pass by themselves."""

    REFUSED = auto()
    BUSY = auto()
    BROKEN = auto()
    HOST = auto()
    LOGIN = auto()
    NOT_LET_IN = auto()
    SECURE = auto()
    NO_PASSWORD = auto()
    DATABASE = auto()
    DENIED = auto()
    CANCELLED = auto()
    GONE = auto()
    QUERY = auto()
    TWICE = auto()
    LOCKED = auto()
    DAMAGED = auto()
    CLIENT = auto()
    OTHER = auto()


MAY_PASS: Final = frozenset({Fault.REFUSED, Fault.BUSY, Fault.BROKEN})


@dataclass(frozen=True)
class _Told:
    message: str
    hint: str


_TOLD: Final = {
    Fault.REFUSED: _Told(
        "{where}: the connection was refused.", "Check host and port, and that the server is running."
    ),
    Fault.BUSY: _Told(
        "{where}: the server takes no connections at the moment.", "Run annexa again later, or ask who looks after it."
    ),
    Fault.BROKEN: _Told(
        "{where}: the connection broke while it was read.",
        "Run annexa again. If it happens again, ask who looks after the server whether it was stopped.",
    ),
    Fault.HOST: _Told("{where}: the server cannot be reached.", "Check the host's name, the network and the VPN."),
    Fault.LOGIN: _Told(
        "{where}: the user or the password was not accepted.",
        "Check the user in the address, and where the password comes from (docs/databases.md).",
    ),
    Fault.NOT_LET_IN: _Told(
        "{where}: the server answered, and did not let annexa in, in words that annexa does not know.",
        "Check user, password and database with psql or another program, which shows the server's own words.",
    ),
    Fault.SECURE: _Told(
        "{where}: the connection cannot be made as secure as the address asks.",
        "Check sslmode and the certificate (sslrootcert) of the address, and whether the server offers TLS.",
    ),
    Fault.NO_PASSWORD: _Told(
        "{where}: the server asks for a password, and none was given.",
        "Give it with --db-password-env, --db-password-file or --db-keyring (docs/databases.md).",
    ),
    Fault.DATABASE: _Told("{where}: the server has no database of that name.", "Check the address."),
    Fault.DENIED: _Told(
        "{where}: the user may not read it.", "Ask who looks after the server for the right to SELECT from it."
    ),
    Fault.CANCELLED: _Told(
        "{where}: a query was cancelled by the server, or took longer than {seconds} seconds.",
        "Try again when the server has less to do, or set query_seconds under [database] in annexa.toml.",
    ),
    Fault.GONE: _Told(
        "{where}: what it draws on is not there (any longer).", "Check the view, or the SELECT of the source profile."
    ),
    Fault.QUERY: _Told(
        "{where}: the query cannot be run ({detail}).",
        "Run the view, or the SELECT of the source profile, in another program: it says what is wrong with it.",
    ),
    Fault.TWICE: _Told(
        "{where}: the query gives two columns of the same name.", "Name the columns of the SELECT one by one."
    ),
    Fault.LOCKED: _Told("{where}: another program has locked the database.", "Close it there, and run annexa again."),
    Fault.DAMAGED: _Told(
        "{where} cannot be read: it is no database of that kind or of a newer version, or it is damaged ({detail}).",
        "Copy or write the database again.",
    ),
    Fault.CLIENT: _Told(
        "{where}: the driver lacks the client of the database's maker.", "See docs/databases.md for what to install."
    ),
    Fault.OTHER: _Told(
        "{where} cannot be read ({detail}).",
        "Try the same address and user in another program, and look at the log there.",
    ),
}


class DatabaseFailure(Exception):  # noqa: N818  (it is caught inside this package, and told as a SourceError)
    """A failure of a driver, without its words.

    Args:
        fault: what happened.
        detail: an error code or the name of a class, nothing that could hold a value.
    """

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(fault.name, detail)
        self.fault = fault
        self.detail = detail

    def told(self, where: str, seconds: int) -> SourceError:
        """Return it as the message for the user."""
        told = _TOLD[self.fault]
        return SourceError(told.message.format(where=where, detail=self.detail, seconds=f"{seconds:,}"), told.hint)


# The class or code of an SQLSTATE (the standard's, and PostgreSQL's own).
_STATES: Final = (
    ("57014", Fault.CANCELLED),
    ("40001", Fault.CANCELLED),  # by a standby server, whose state moves on
    ("57P03", Fault.BUSY),
    ("57P05", Fault.BROKEN),
    ("57P", Fault.BROKEN),
    ("53300", Fault.BUSY),
    ("25P03", Fault.CANCELLED),
    ("28", Fault.LOGIN),
    ("3D000", Fault.DATABASE),
    ("08", Fault.BROKEN),
    ("42501", Fault.DENIED),
    ("42P01", Fault.GONE),
    ("42703", Fault.GONE),
    ("3F000", Fault.GONE),
    ("55P03", Fault.LOCKED),
    ("22", Fault.QUERY),
    ("42", Fault.QUERY),
    ("25006", Fault.QUERY),
)
# Where a driver gives no code, as PostgreSQL's does for what fails before a session stands, its words decide; what
# they are not known for is told as OTHER. The client's own words are English everywhere; a server's are in a language
# that nobody but its administrator can choose (lc_messages), and known for a server's by their form.
_WORDS: Final = (
    (r"dpi-1047|client library", Fault.CLIENT),
    (r"appears more than once|duplicate column", Fault.TWICE),
    (r"no password supplied", Fault.NO_PASSWORD),
    (
        (
            r"password authentication failed|authentication failed|role \"[^\"]*\" does not exist"
            r"|is not permitted to log in|pg_hba\.conf"
            r"|login failed|access denied for user|error 18456|invalid username/password"
        ),
        Fault.LOGIN,
    ),
    (r"database \"[^\"]*\" does not exist|unknown database|cannot open database", Fault.DATABASE),
    (r"permission denied|select command denied|permission was denied", Fault.DENIED),
    (
        (
            r"too many connections|too many clients|remaining connection slots|starting up|shutting down"
            r"|in recovery mode|system is not yet accepting connections"
        ),
        Fault.BUSY,
    ),
    (r"statement timeout|maximum statement execution time|query execution was interrupted", Fault.CANCELLED),
    (r"refused|no such file or directory", Fault.REFUSED),
    (
        (
            r"could not translate host|name or service not known|no route to host|network is unreachable"
            r"|timeout expired|timed out|failed to lookup address|bb8"
        ),
        Fault.HOST,
    ),
    (
        (
            r"no connection to the server|server closed the connection|connection reset|broken pipe"
            r"|terminating connection|connection has been closed|connection not open"
            r"|could not receive data|unexpected eof|lost connection"
        ),
        Fault.BROKEN,
    ),
    (r"certificate|does not support ssl|ssl error", Fault.SECURE),
    (r"failed: [^:\n]+: {2}\S", Fault.NOT_LET_IN),
)


def by_state(state: str) -> Fault | None:
    """Return what an SQLSTATE means; None where it is none, or says nothing of use."""
    return next((fault for beginning, fault in _STATES if state.startswith(beginning)), None) if state else None


def by_words(text: str) -> Fault:
    """Return what the words of a driver mean; they themselves are shown nowhere."""
    folded = re.sub(r'"[^"]*"', '""', text.lower())  # a host, user or database may be called anything
    return next((fault for pattern, fault in _WORDS if re.search(pattern, folded)), Fault.OTHER)


def not_installed(package: str) -> UsageError:
    """Return the message for a driver that is not there."""
    return UsageError(f"The package {package} is not installed, which databases need.", 'pip install "annexa[db]"')
