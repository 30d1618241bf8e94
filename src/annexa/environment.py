"""Secrets that the user keeps elsewhere: in an environment variable, a file of her own, or the system's keyring.

So a password never stands on a command line, in annexa.toml or in an address. No message here repeats what it was
given: where a variable or a file is to be named, people write the password itself.
"""

import os
import stat
from pathlib import Path
from typing import Final

from annexa.errors import UsageError

_LONGEST: Final = 4096
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SHORTEST: Final = 12  # characters of a password that workbooks are encrypted with; whoever has a file may try for ever
_LONGEST_OF_OFFICE: Final = 255  # as Office counts: units of UTF-16, of which an emoji has two

_PLAIN: Final = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT"),
    }
)


class Secret:
    """A password on its way to a driver: what prints it, logs it or compares it sees no more than this name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the password, for the driver alone."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("A secret is not written anywhere.")


def secret(variable: str, option: str) -> str:
    """Return what an environment variable holds.

    Args:
        variable: its name.
        option: the option or setting that named it, for the message.

    Raises:
        UsageError: there is no such variable.
    """
    value = os.environ.get(variable)
    if value is None:
        raise UsageError(
            f"{option}: there is no environment variable of that name.",
            "Name the variable that holds the password, not the password itself.",
        )
    return value


def sealing_secret(variable: str, option: str) -> Secret:
    """Return the password that an environment variable holds, where workbooks may be encrypted with it.

    Args:
        variable: its name.
        option: the option that named it, for messages.

    Raises:
        UsageError: there is no such variable; the password is blank, short, longer than Office takes, has blanks
            around it, or characters that nobody can type, such as the end of a line.
    """
    value = secret(variable, option)
    hint = f"Put a password of at least {_SHORTEST} characters into the variable, such as three or four words."
    if not value.strip():
        raise UsageError(f"{option}: the variable is blank.", hint)
    if len(value) < _SHORTEST:
        raise UsageError(f"{option}: the password is too short to encrypt children's data with.", hint)
    if not value.isprintable():
        raise UsageError(
            f"{option}: the password holds a character that cannot be typed, such as the end of a line.",
            "Set the variable to the password alone.",
        )
    if len(value.encode("utf-16-le")) > 2 * _LONGEST_OF_OFFICE:
        raise UsageError(
            f"{option}: the password is longer than Excel takes.", f"At most {_LONGEST_OF_OFFICE} characters are read."
        )
    if value != value.strip():
        raise UsageError(
            f"{option}: the password begins or ends with a blank, which whoever is told it would not type.",
            'Set the variable to the words alone; in the Windows command prompt as set "NAME=the words".',
        )
    return Secret(value)


def secret_of_file(path: Path, option: str) -> Secret:
    """Return the first line of a file that nobody but its owner may read.

    Args:
        path: the file.
        option: the option or setting that named it, for messages.

    Raises:
        UsageError: there is no such file, others may read it (where the system has such rights), it cannot be read,
            it is blank or no text.
    """
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise UsageError(
                    f"{option}: others than its owner may use the file with the password.",
                    "Take their rights away, as with chmod 600, and change the password if they may have seen it.",
                )
            value = file.read(_LONGEST).decode("utf-8-sig").partition("\n")[0].rstrip("\r")
    except FileNotFoundError:
        raise UsageError(
            f"{option}: there is no file of that name.",
            "Name the file that holds the password, not the password itself.",
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{option}: the file with the password is no text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(
            f"{option}: the file with the password cannot be read: {error.strerror}.", "Check that you may read it."
        ) from None
    if not value:
        raise UsageError(f"{option}: the first line of the file is blank.", "Write the password into its first line.")
    return Secret(value)


def secret_of_keyring(service: str, user: str, option: str) -> Secret:
    """Return what the system's keyring holds for a service and a user.

    Raises:
        UsageError: the package keyring is not installed, the system has no keyring, or it has no such entry.
    """
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise UsageError(f"{option}: the package keyring is not installed.", 'pip install "annexa[db]"') from None
    try:
        value = keyring.get_password(service, user)
    except keyring.errors.KeyringError:
        raise UsageError(
            f"{option}: this computer has no keyring that can be used.",
            "Unlock it, or keep the password in a file or an environment variable.",
        ) from None
    if value is None:
        raise UsageError(
            f"{option}: the keyring has no entry for that service and the user of the address.",
            "Store it once with: keyring set SERVICE USER",
        )
    return Secret(value)


def data_folder() -> Path:
    """Return the folder in which annexa keeps what is the user's own, on this system."""
    from platformdirs import user_data_path

    return user_data_path("annexa", appauthor=False)


def settings_folder() -> Path:
    """Return the folder in which the user keeps her settings of annexa, on this system."""
    from platformdirs import user_config_path

    return user_config_path("annexa", appauthor=False)


def plain_environment() -> dict[str, str]:
    """Return the variables that any program needs, and no others: among those may be passwords."""
    return {name: value for name, value in os.environ.items() if name.upper() in _PLAIN or name.startswith("LC_")}


def silence_native_logs() -> None:
    """Keep drivers that are written in Rust from printing what a server told them on stderr."""
    os.environ["RUST_LOG"] = "off"
