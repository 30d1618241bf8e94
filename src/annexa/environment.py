"""Secrets that the user keeps in an environment variable, so that they never stand on a command line or in a file."""

import os

from annexa.errors import UsageError


def secret(variable: str, option: str) -> str:
    """Return what an environment variable holds.

    Args:
        variable: its name.
        option: the option that named it, for the message.

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
