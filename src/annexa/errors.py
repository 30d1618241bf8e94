"""What can go wrong that is not a bug: one message, one hint, one exit code each.

A message names the file, the table and the column, and never a value from a child's record. Anything that is not an
AnnexaError is a bug in annexa and is reported as such by the command line (exit 70).
"""


class AnnexaError(Exception):
    """A failure the user can act on.

    Args:
        message: what is wrong, in one sentence, without a value from a record.
        hint: what to do next, in one sentence; empty only where the message already says it.
    """

    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AnnexaError):
    """A wrong option, or a configuration file that cannot be used (edition, source profile, annexa.toml)."""

    exit_code = 2


class SourceError(AnnexaError):
    """The extract cannot be read, or lacks something without which no list can be trusted."""

    exit_code = 3


class OutputError(AnnexaError):
    """The output could not be written; what stood there before is as it was."""

    exit_code = 4


class BusyError(AnnexaError):
    """Another run of annexa is at work with the same history; nothing was read or written."""

    exit_code = 5
