"""Workbooks under a password: what is written opens again with it and with no other, and nothing else is left."""

import errno
import os
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msoffcrypto
import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.container.ecma376_encrypted import DefaultContent
from openpyxl.writer.excel import ExcelWriter

from annexa.environment import Secret, sealing_secret
from annexa.errors import OutputError, SourceError, UsageError
from annexa.filled.open import asks_for_password, open_container, unsealed
from annexa.outputs import agile, sealing
from annexa.outputs.layout import package_parts
from annexa.outputs.sealing import Sealed, seal
from annexa.outputs.stage import Stage
from annexa.outputs.workbook import write_parts, write_workbook
from tests.support.compound import Compound
from tests.support.sealed import quick
from tests.support.workbooks import CODES, FRONT, STAMP, sheet

ROUNDS = agile.SPINS  # before a test makes them fewer
WORD, OTHER = Secret("planted horse battery"), Secret("another horse battery")


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


def package(size: int) -> bytes:
    """A package of at least so many bytes that do not compress."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", os.urandom(size))
    return content.getvalue()


# --- which passwords ---


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "is blank"),
        ("   ", "is blank"),
        (" " * 12, "is blank"),
        ("hunter2", "too short"),
        ("eleven char", "too short"),
        ("a" * 256, "longer than Excel takes"),
        ("\U0001f600" * 128, "longer than Excel takes"),
        ("three little words ", "begins or ends with a blank"),
        (" three little words", "begins or ends with a blank"),
        ("three little words\u3000", "cannot be typed"),
        ("correct horse\n", "cannot be typed"),
        ("correct\thorse", "cannot be typed"),
        ("correct horse \udc80", "cannot be typed"),
    ],
)
def test_a_password_that_is_refused_is_not_repeated(value: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PW": value})
    with pytest.raises(UsageError, match=f"^--password-env: .*{why}") as refused:
        sealing_secret("PW", "--password-env")
    told = refused.value.message + refused.value.hint
    assert not value.strip() or value.strip() not in told


@pytest.mark.parametrize(
    "value", ["twelve chars", "a" * 255, "Größe übt täglich", "\U0001f600" * 127 + "a", "inner  blanks stay"]
)
def test_a_password_that_is_taken(value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PW", value)
    word = sealing_secret("PW", "--password-env")
    assert value not in f"{word}{word!r}"
    seal(tmp_path / "a.xlsx", package(10), word)
    with (tmp_path / "a.xlsx").open("rb") as file:
        office = msoffcrypto.OfficeFile(file)
        office.load_key(password=value, verify_password=True)


def test_no_such_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PW", raising=False)
    with pytest.raises(UsageError, match=r"^--password-env: there is no environment variable of that name\.$"):
        sealing_secret("PW", "--password-env")


# --- what is written ---


@pytest.mark.parametrize("least", [0, 3_900, 4_096 - 114, 4_096, 8_192 - 114, 100_000])
def test_a_package_of_any_size_opens_with_its_password_alone(least: int, tmp_path: Path) -> None:
    content, path = package(least), tmp_path / "a.xlsx"
    seal(path, content, WORD)
    assert unsealed(path, WORD) == content
    assert unsealed(path, OTHER) is None
    streams = Compound(path.read_bytes()).streams
    assert sorted(streams) == [
        "\x06DataSpaces/DataSpaceInfo/StrongEncryptionDataSpace",
        "\x06DataSpaces/DataSpaceMap",
        "\x06DataSpaces/TransformInfo/StrongEncryptionTransform/\x06Primary",
        "\x06DataSpaces/Version",
        "EncryptedPackage",
        "EncryptionInfo",
    ]
    assert content[:30] not in path.read_bytes()


def test_how_it_is_encrypted(tmp_path: Path) -> None:
    """AES-256 with a key of 256 random bits, SHA-512, a seal of integrity; no two files alike."""
    seal(tmp_path / "a.xlsx", package(10), WORD)
    seal(tmp_path / "b.xlsx", package(10), WORD)
    keys = set()
    for name in ("a.xlsx", "b.xlsx"):
        with (tmp_path / name).open("rb") as file:
            office: Any = OOXMLFile(file)
            office.load_key(password=WORD.reveal(), verify_password=True)
            assert (office.type, office.info["passwordKeyBits"], office.info["spinValue"]) == ("agile", 256, 50)
            assert office.info["passwordHashAlgorithm"] == office.info["keyDataHashAlgorithm"] == "SHA512"
            assert len(office.secret_key) == 32
            keys |= {office.secret_key[:16], office.secret_key[16:], office.info["keyDataSalt"],
                     office.info["passwordSalt"]}  # fmt: skip
    assert len(keys) == 8, "msoffcrypto's own writer has the same second half in every key"


def test_the_number_of_rounds_is_that_of_excel() -> None:
    assert ROUNDS == 100_000


def test_what_says_that_a_package_is_encrypted_is_what_office_writes(tmp_path: Path) -> None:
    seal(tmp_path / "a.xlsx", package(10), WORD)
    streams = Compound((tmp_path / "a.xlsx").read_bytes()).streams
    assert streams["\x06DataSpaces/Version"] == DefaultContent.Version
    assert streams["\x06DataSpaces/DataSpaceMap"] == DefaultContent.DataSpaceMap
    info = streams["\x06DataSpaces/DataSpaceInfo/StrongEncryptionDataSpace"]
    assert info == DefaultContent.StrongEncryptionDataSpace
    primary = streams["\x06DataSpaces/TransformInfo/StrongEncryptionTransform/\x06Primary"]
    assert primary == DefaultContent.Primary


def test_a_workbook_is_the_same_inside(tmp_path: Path) -> None:
    write_workbook(tmp_path / "plain.xlsx", FRONT, [sheet()], CODES, STAMP)
    write_workbook(Sealed(tmp_path / "sealed.xlsx", WORD), FRONT, [sheet()], CODES, STAMP)
    assert unsealed(tmp_path / "sealed.xlsx", WORD) == (tmp_path / "plain.xlsx").read_bytes()


# --- what goes wrong ---


def broken(at: int) -> Any:
    """A container with one byte changed on its way to the disk."""
    real = sealing.compound_file

    def damaged(tree: Any) -> Iterator[bytes]:
        data = bytearray(b"".join(real(tree)))
        data[at] ^= 1
        yield bytes(data)

    return damaged


@pytest.mark.parametrize("at", [0, 48, 76, -1500, -5000])
def test_what_does_not_open_again_is_not_left(at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "compound_file", broken(at))
    with pytest.raises(OutputError, match=r"^a\.xlsx was encrypted, and does not open again"):
        seal(tmp_path / "a.xlsx", package(20_000), WORD)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_tree: Any) -> Iterator[bytes]:
        yield bytes(512)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sealing, "compound_file", full)
    for write in (
        lambda place: write_workbook(place, FRONT, [sheet()], CODES, STAMP),
        lambda place: write_parts(place, {"a": b"b"}, STAMP),
    ):
        with pytest.raises(OutputError, match=r"^a\.xlsx could not be written: No space left on device\.$") as error:
            write(Sealed(tmp_path / "a.xlsx", WORD))
        assert error.value.hint == "Free some space on the disk and run it again."
        assert list(tmp_path.iterdir()) == []


def test_an_error_while_it_is_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half"), Sealed(tmp_path / "a.xlsx", WORD).open("wb") as file:  # noqa: PT012
        file.write(b"half of it")
        raise ValueError("half")
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_no_container_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_MOST", 100)
    with pytest.raises(OutputError, match="larger than 2 GB"):
        seal(tmp_path / "a.xlsx", package(200), WORD)
    assert list(tmp_path.iterdir()) == []


def test_reading_with_another_password_or_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(Sealed(path, WORD), FRONT, [sheet()], CODES, STAMP)
    for word, why in ((None, "is password-protected."), (OTHER, "not by the password that was given.")):
        with pytest.raises(SourceError) as refused:
            open_container(path, "a.xlsx", word)
        assert refused.value.message.endswith(why)
        assert "--password-env" in refused.value.hint
    assert open_container(path, "a.xlsx", WORD).content == unsealed(path, WORD)
    assert [asks_for_password(path, "it", word) for word in (None, OTHER, WORD)] == [True, True, False]


# --- the output folder ---


def test_under_a_password_only_what_is_said_to_be_plain_is_written_so(tmp_path: Path) -> None:
    with Stage(tmp_path / "out", WORD) as stage:
        assert stage.sealed
        with pytest.raises(ValueError, match=r"findings\.csv would be in plain"):
            stage.path("findings.csv")
        assert isinstance(stage.workbook("a.xlsx"), Sealed)
        stage.plain("index.html").write_text("<p>12 children")
    with Stage(tmp_path / "out") as stage:
        assert not stage.sealed
        assert isinstance(stage.workbook("a.xlsx"), Path)
        assert stage.path("findings.csv").parent.is_dir()


# --- temporary files ---


def laid_out() -> Any:
    book = openpyxl.Workbook()
    book.active["A1"] = "Child 0001"
    book.active.merge_cells("A1:B1")
    other = book.create_sheet("Other")
    other["B2"] = 12
    other.auto_filter.ref = "A1:B9"
    return book


def test_no_temporary_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """openpyxl's own writer puts every sheet into one; the parts are the same."""
    theirs = BytesIO()
    ExcelWriter(laid_out(), ZipFile(theirs, "w")).save()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError):
        ExcelWriter(laid_out(), ZipFile(BytesIO(), "w")).save()
    parts = package_parts(laid_out(), "Title", STAMP)
    with ZipFile(theirs) as archive:
        assert sorted(parts) == sorted(archive.namelist())
        assert {name for name in parts if archive.read(name) != parts[name]} == {"docProps/core.xml"}
