"""The command as a process of its own: pipes, consoles, Ctrl+C, completion. Each test starts one, so there are few."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from annexa.editions import edition_names
from annexa.outputs.manifest import read_manifest, verify
from annexa.sources import source_names
from tests.support.cli import annexa as here
from tests.support.cli import contents

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and terminals")
DAY = "2018-06-04"
PLAIN = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "", "COLUMNS": "", "FORCE_COLOR": "", "TTY_COMPATIBLE": ""}


def environment(**changes: str) -> dict[str, str]:
    """The environment of the tests with these changes; an empty text takes a variable away."""
    together = {**os.environ, **PLAIN, **changes}
    return {name: value for name, value in together.items() if value}


def annexa(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "annexa", *map(str, arguments)],
        env=environment(**changes),
        capture_output=True,
        check=False,
    )


def test_into_a_pipe_go_whole_lines_without_colour_or_progress(extract, tmp_path):
    arguments = (
        "build",
        "--inspection-date",
        DAY,
        "--extracts",
        extract,
        "--output",
        tmp_path / "out",
        "--reports",
        "none",
    )
    ran = annexa(*arguments, PYTHONHASHSEED="7")
    assert ran.returncode == 0, ran.stderr
    assert b"\x1b" not in ran.stdout + ran.stderr
    assert b"reading the extract" not in ran.stderr
    lines = ran.stdout.decode().splitlines()
    assert any("Section 47 enquiries and Initial Child Protection Conferences" in text for text in lines)
    assert all(text == text.rstrip() for text in lines)
    # Nothing that differs between processes, such as the order of a set, reaches the files.
    assert here("build", "--inspection-date", DAY, "--extracts", extract, "--output", tmp_path / "other").code == 0
    one, two = contents(tmp_path / "out"), contents(tmp_path / "other")
    assert {name: each for name, each in one.items() if name != "manifest.json"} == {
        name: each for name, each in two.items() if name != "manifest.json"
    }
    manifests = [read_manifest(tmp_path / name) for name in ("out", "other")]
    assert manifests[0].model_copy(update={"created": manifests[1].created}) == manifests[1]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_that_cannot_encode_more_gets_plain_characters(tmp_path, encoding):
    settings = tmp_path / "settings.toml"
    settings.write_text('authority = "Łódź “quoted” café"\n', encoding="utf-8")
    ran = annexa("config", "show", "--config", settings, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (ran.returncode, ran.stderr) == (0, b"")
    text = ran.stdout.decode(encoding)
    (line,) = [each for each in text.splitlines() if each.startswith("authority")]
    assert "?ód? “quoted” café" in line if encoding == "cp1252" else "??d? ?quoted? caf?" in line
    assert text.splitlines()[1].strip("-") == ""
    assert len(text.splitlines()[1]) > 40


@posix
@pytest.mark.parametrize("words", [("editions", "list"), ("sources", "show", "ssd", "--json")], ids=" ".join)
def test_a_closed_pipe_is_no_error(words):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        ran = subprocess.run(
            [sys.executable, "-m", "annexa", *words],
            env=environment(),
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (0, b"")


@posix
def test_on_a_terminal_there_is_a_bar_on_stderr_and_it_goes(little, tmp_path):
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    arguments = (
        "build",
        "--inspection-date",
        DAY,
        "--extracts",
        str(little),
        "--output",
        str(tmp_path / "out"),
        "--reports",
        "none",
    )
    with subprocess.Popen(
        [sys.executable, "-m", "annexa", *arguments],
        env=environment(TERM="xterm-256color", NO_COLOR=""),
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        seen = _until_closed(ours)
        out = process.stdout.read()
    assert process.returncode == 0, seen
    assert b"\x1b[" in seen
    assert b"reading the extract" in seen
    assert b"\x1b" not in out
    assert b"reading the extract" not in out


def _until_closed(descriptor: int) -> bytes:
    parts = []
    try:
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:  # Linux says so when the other end of a terminal is closed
        pass
    finally:
        os.close(descriptor)
    return b"".join(parts)


# The real command, but the last file takes its time, so that the signal meets a run in the middle of writing.
SLOW = """
import sys, time
import annexa.outputs.annex_a

def slow(path, frame):
    path.write_text("half")
    sys.stderr.write("writing\\n")
    sys.stderr.flush()
    time.sleep(60)

annexa.outputs.annex_a.write_csv = slow
from annexa.cli.main import run
run()
"""


@posix
def test_ctrl_c_leaves_nothing_half_written(little, tmp_path):
    out, log = tmp_path / "out", tmp_path / "run.log"
    arguments = (
        "build",
        "--inspection-date",
        DAY,
        "--extracts",
        str(little),
        "--output",
        str(out),
        "--reports",
        "none",
    )
    assert here(*arguments, "--lists", "1").code == 0
    before = contents(out)
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments, "--log-file", log],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        first = process.stderr.readline()
        assert first == b"writing\n"
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert printed == b""
    assert said.startswith(b"Error: Interrupted: no file is half-written.")
    assert b"Traceback" not in said
    assert contents(out) == before
    assert verify(out) == []
    last = log.read_text("utf-8").splitlines()[-2:]
    assert last[0].endswith(" interrupted")
    assert " ended with exit code 130 " in last[1]


COMPLETE = """
import contextlib, sys
from annexa.cli.main import run
sys.argv = ["annexa"]
with contextlib.suppress(SystemExit):
    run()
sys.stderr.write(" ".join({"polars", "openpyxl", "annexa.editions", "annexa.pipeline"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("annexa build --edition ", edition_names()),
        ("annexa editions diff ilacs-2018 ", edition_names()),
        ("annexa build --source ssd-d", ["ssd-descriptions"]),
        ("annexa sources show ", source_names()),
    ],
)
def test_the_shell_completes_names_and_nothing_heavy_is_imported(words, names):
    position = str(len(words.split(" ")) - 1)
    ran = subprocess.run(
        [sys.executable, "-c", COMPLETE],
        env=environment(_ANNEXA_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=position),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.split() == sorted(names)
    assert ran.stderr == ""


def test_completion_can_be_shown_and_installed(tmp_path):
    # Without a shell to detect, the shell is named.
    variables = {
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
    }
    shown = annexa("--show-completion", "bash", **variables)
    assert b"COMPLETE=complete_bash" in shown.stdout
    installed = annexa("--install-completion", "bash", **variables)
    assert installed.returncode == 0, installed.stderr
    assert any(b"COMPLETE=complete_bash" in content for content in contents(tmp_path).values())
