"""Commands of annexa in processes of their own that are killed, held up or short of disk at a named point.

Loading annexa takes longer than a small build. So one process loads it and forks for every command: this module run as
a script. Polars begins the threads of its queries with the first of them, and only the forked processes ask one; an
alarm ends a process that hangs all the same. What kills a process is the system (SIGKILL), and nothing is cleaned up.
"""

import gc
import importlib
import itertools
import json
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

KILLED = "killed by signal 9"
HELD_UP = "held up"
_SECONDS = 120  # no command takes as long
_SMALL = 2000  # bytes: more than any message has, and less than any output


@dataclass(frozen=True)
class Point:
    """Where something befalls a command: a call of a function of annexa.

    Args:
        function: module:name, or module:class.name.
        turn: which of its calls, counted from 1.
        after: when it has ended, rather than when it begins.
        what: kill; hold up (until go_on()); full (no file can be longer than a few bytes from then on).
    """

    function: str
    turn: int = 1
    after: bool = False
    what: str = "kill"


@dataclass(frozen=True)
class Ended:
    """How a process ended, "exit code 4" or KILLED, or that it is HELD_UP; and what it printed."""

    pid: int
    how: str
    told: str


class Killer:
    """The process that forks for commands.

    Args:
        folder: for what they print.
    """

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told.txt"
        names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME")  # nothing of the user's own is looked at
        environment = {**os.environ, **dict.fromkeys(names, str(folder)), "COLUMNS": "300", "POLARS_MAX_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def run(self, point: Point, now: datetime, arguments: Sequence[object]) -> Ended:
        """Run a command at a moment, until it has ended or is held up."""
        words = [str(each) for each in arguments]
        return self._ask({"point": asdict(point), "now": now.isoformat(), "arguments": words, "told": str(self._told)})

    def go_on(self, ended: Ended) -> Ended:
        """Let a process that is held up go on."""
        return self._ask({"pid": ended.pid, "told": str(self._told)})

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, asked: dict[str, Any]) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        pid, how = json.loads(self._process.stdout.readline())
        return Ended(pid, how, self._told.read_text("utf-8"))


def _serve() -> None:
    _load()
    warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside the threads that Polars' import begins
    held: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = asked.get("pid") or os.fork()
        if pid == 0:
            _become(asked)
        if "pid" in asked:
            os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, os.WUNTRACED)
        (held.add if os.WIFSTOPPED(status) else held.discard)(pid)
        print(json.dumps([pid, _how(status)]), flush=True)  # noqa: T201
    for pid in held:
        os.kill(pid, signal.SIGKILL)


def _load() -> None:
    """Load what every command would load by itself."""
    import annexa

    for module in pkgutil.walk_packages(annexa.__path__, "annexa."):
        if not module.name.startswith(("annexa.extract.databases", "annexa.sample")):
            importlib.import_module(module.name)
    from annexa.checks.catalogue import pages
    from annexa.workdays import WorkingDays

    pages()
    WorkingDays().between(date(2025, 6, 2), date(2025, 6, 3))  # an expression, and no query
    gc.collect()
    gc.freeze()  # what is there need not be looked at, and so copied, by every process


def _how(status: int) -> str:
    if os.WIFSTOPPED(status):
        return HELD_UP
    if os.WIFSIGNALED(status):
        return f"killed by signal {os.WTERMSIG(status)}"
    return f"exit code {os.WEXITSTATUS(status)}"


def _become(asked: dict[str, Any]) -> None:
    """Run a command, and end with it."""
    from annexa import clock
    from annexa.cli.main import app

    signal.alarm(_SECONDS)
    told = os.open(asked["told"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(told, stream)
    now = datetime.fromisoformat(asked["now"])
    clock.now = lambda: now
    os.environ["ANNEXA_TODAY"] = now.date().isoformat()
    _patch(Point(**asked["point"]))
    code: object = 99
    try:
        app(asked["arguments"])
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def _patch(point: Point) -> None:
    module, _, name = point.function.partition(":")
    owner: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for each in path:
        owner = getattr(owner, each)
    real: Callable[..., Any] = getattr(owner, last)
    calls = itertools.count(1)
    befall = {"kill": _kill, "hold up": _hold_up, "full": _fill}[point.what]

    def call(*args: Any, **options: Any) -> Any:
        here = next(calls) == point.turn
        if here and not point.after:
            befall()
        result = real(*args, **options)
        if here and point.after:
            befall()
        return result

    setattr(owner, last, call)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hold_up() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _fill() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_SMALL, most))


if __name__ == "__main__":
    _serve()
