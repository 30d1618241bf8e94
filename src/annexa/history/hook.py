"""The command hook: a program of the user's own that is told, in counts, that a dry run went wrong."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from annexa.environment import plain_environment


@dataclass(frozen=True)
class Hook:
    """A command that is run where a dry run went wrong.

    Args:
        command: the program and its arguments; nothing is run where it is empty.
        seconds: how long it may take.
    """

    command: Sequence[str] = ()
    seconds: int = 60


def tell(hook: Hook, document: Mapping[str, object]) -> str:
    """Run a hook, with a JSON document of counts on its stdin; return why it failed, or an empty text.

    It is run without a shell, with a few variables of the environment alone (the others may hold passwords), and what
    it prints goes nowhere: it might say anything. When its time is up it is killed, with what it has started.
    """
    if not hook.command:
        return ""
    try:
        # A list of arguments that the user's own settings name, and no shell.
        process = subprocess.Popen(  # noqa: S603
            list(hook.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=plain_environment(),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"The hook could not be started: {getattr(error, 'strerror', None) or type(error).__name__}."
    try:
        process.communicate(json.dumps(document).encode() + b"\n", timeout=hook.seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        return f"The hook was stopped: it had not ended after {hook.seconds} s."
    return f"The hook ended with exit code {process.returncode}." if process.returncode else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
