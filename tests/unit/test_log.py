"""The log file: appended to, one line an entry, and never in the way of a run."""

import errno
import io
import os
import re

import pytest

from annexa import log
from annexa.errors import OutputError


@pytest.fixture(autouse=True)
def _closed():
    yield
    log.end_log(0)


def test_lines_are_appended_with_their_time(tmp_path):
    path = tmp_path / "annexa.log"
    path.write_text("earlier\n", encoding="utf-8")
    log.open_log(path)
    log.note("read\n  3 rows of Łódź")
    log.note("a name that is no text: \udce9")
    log.end_log(3)
    log.note("after the end")
    first, second, third, fourth = path.read_text("utf-8").splitlines()
    assert first == "earlier"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d read 3 rows of Łódź", second)
    assert third.endswith(r"a name that is no text: \udce9")
    assert re.search(r"ended with exit code 3 after 0\.\d\d s$", fourth)


def test_a_log_that_cannot_be_opened(tmp_path):
    with pytest.raises(OutputError, match=r"annexa\.log cannot be written") as refused:
        log.open_log(tmp_path / "no" / "annexa.log")
    assert "--log-file" in refused.value.hint


class Full(io.StringIO):
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_fails_later_prints_nothing_and_stops_nothing(tmp_path, capsys):
    log.open_log(tmp_path / "annexa.log")
    (handler,) = [each for each in log._LOGGER.handlers if isinstance(each, log._LogFile)]
    handler.stream.close()
    handler.stream = Full()
    log.note("lost")
    log.end_log(0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the folder's rights apply")
def test_a_log_can_be_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "annexa.log"
    log.open_log(path)
    log.end_log(0)
    assert path.stat().st_mode & 0o777 == 0o600
