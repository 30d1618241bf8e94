"""Opening a filled workbook: what it is by its own bytes, whatever its name says, and taking its password off.

The file itself is never changed, and nothing in it is run or followed.
"""

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import fastexcel
import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from annexa.environment import Secret
from annexa.errors import SourceError

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_KINDS_READ: Final = "annexa reads workbooks of the kinds .xlsx, .xlsm, .xls and .ods."
SAVE_AGAIN: Final = "Open it in Excel, and save it as an Excel Workbook (.xlsx)."
# Excel encrypts a workbook under this name where only its structure is protected, and opens it without asking.
_NO_PASSWORD: Final = "VelvetSweatshop"  # noqa: S105
# What msoffcrypto raises for a container that is damaged, beside errors of its own.
_BROKEN: Final = (
    ParseError, DecryptionError, OSError, struct.error, ValueError, KeyError, IndexError, TypeError,
    AttributeError, AssertionError, OverflowError, UnboundLocalError,
)  # fmt: skip


class Kind(Enum):
    """What a workbook is, whatever its name ends in."""

    XLSX = "xlsx"  # XLSM too: the macros are beside the sheets
    XLS = "xls"
    ODS = "ods"


@dataclass(frozen=True)
class Container:
    """A workbook that can be read.

    Args:
        path: the file.
        name: how messages and findings name it.
        kind: what it is.
        content: what was in it under the password; None where the file can be read as it is.
    """

    path: Path
    name: str
    kind: Kind
    content: bytes | None = None

    def stream(self) -> BinaryIO:
        """Open it for reading; the caller closes it."""
        return self.path.open("rb") if self.content is None else BytesIO(self.content)

    def reader(self) -> fastexcel.ExcelReader:
        """Open it with fastexcel.

        Raises:
            SourceError: it is damaged.
        """
        # fastexcel goes by the ending of a name, and can take no name that is no text.
        plain = self.path.suffix.lower() in _SUFFIXES[self.kind] and self.path.name == self.name
        with fastexcel_errors(self.name):
            if self.content is None and plain and str(self.path.resolve()).isprintable():
                return fastexcel.read_excel(self.path.resolve())
            return fastexcel.read_excel(self.path.read_bytes() if self.content is None else self.content)


@contextmanager
def fastexcel_errors(where: str) -> Iterator[None]:
    """Turn whatever fastexcel raises for a workbook that is not whole into one message.

    Raises:
        SourceError: it is damaged.
    """
    try:
        yield
    except fastexcel.FastExcelError as error:
        raise damaged(where) from error
    except BaseException as error:
        # A panic of the library cannot be named otherwise: its class is not importable.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(where) from error


_SUFFIXES: Final = {Kind.XLSX: (".xlsx", ".xlsm"), Kind.XLS: (".xls",), Kind.ODS: (".ods",)}


def damaged(where: str) -> SourceError:
    """Return the error for a workbook that is not whole; `where` names the file, and the sheet where it is known."""
    return SourceError(f"{where} cannot be read: the workbook is damaged or incomplete.", SAVE_AGAIN)


def open_container(path: Path, name: str, password: Secret | None) -> Container:
    """Say what a file is, and take its password off.

    Raises:
        SourceError: no workbook of a kind that annexa reads, damaged, or protected by a password that is not given or
            is not this one.
    """
    with path.open("rb") as file:
        first = file.read(512)
    if first.startswith(_ZIP):
        return Container(path, name, _kind_of_package(path, name))
    if first.startswith(_OLE):
        return _open_ole(path, name, password)
    raise _no_workbook(name, first)


def _no_workbook(name: str, first: bytes) -> SourceError:
    if not first:
        return SourceError(f"{name} is empty.", "Check that it was copied whole.")
    if name.startswith("~$"):
        return SourceError(
            f"{name} is no workbook: Excel made it beside one that is open.", "Name the workbook without ~$."
        )
    text = first.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head")):
        return SourceError(f"{name} is a web page under the name of a workbook.", SAVE_AGAIN)
    if text.startswith(b"<?xml"):
        return SourceError(f"{name} is an XML file under the name of a workbook.", SAVE_AGAIN)
    return SourceError(f"{name} is no workbook, or it is damaged.", f"{_KINDS_READ} {SAVE_AGAIN}")


def _kind_of_package(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as package:
            parts = set(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise damaged(name) from error
    if "xl/workbook.xml" in parts:
        return Kind.XLSX
    if "content.xml" in parts:
        return Kind.ODS
    if "xl/workbook.bin" in parts:
        raise SourceError(f"{name} is an Excel Binary Workbook (.xlsb).", f"{_KINDS_READ} {SAVE_AGAIN}")
    raise SourceError(f"{name} is a package of some other kind, and no workbook.", f"{_KINDS_READ} {SAVE_AGAIN}")


def _open_ole(path: Path, name: str, password: Secret | None) -> Container:
    """Tell an old workbook from a protected one: both have the older container."""
    with path.open("rb") as file:
        try:
            office = msoffcrypto.OfficeFile(file)
            # In this container a new workbook is always encrypted.
            kind = {"xls97": Kind.XLS, "ooxml": Kind.XLSX}.get(office.format)
            encrypted = kind is not None and office.is_encrypted()
        except FileFormatError:
            # A workbook of Excel 5.0 or 95, if any: fastexcel reads those.
            return Container(path, name, Kind.XLS)
        except _BROKEN as error:
            raise damaged(name) from error
        if kind is None:
            raise SourceError(f"{name} is an Office file that is no workbook.", f"{_KINDS_READ} {SAVE_AGAIN}")
        if not encrypted:
            return Container(path, name, kind)
        content = _decrypt(office, name, password)
    if kind is Kind.XLSX:
        with zipfile.ZipFile(BytesIO(content)) as package:
            if "xl/workbook.xml" not in package.namelist():
                raise SourceError(f"{name} is an Office file that is no workbook of XLSX.", SAVE_AGAIN)
    return Container(path, name, kind, content)


def _decrypt(office: Any, name: str, password: Secret | None) -> bytes:
    for word in dict.fromkeys((password.reveal() if password else "", _NO_PASSWORD)):
        content = BytesIO()
        try:
            if not word:
                continue
            office.load_key(password=word, **({"verify_password": True} if office.format == "ooxml" else {}))
            office.decrypt(content)
        except InvalidKeyError:
            continue
        except _BROKEN as error:
            raise damaged(name) from error
        return content.getvalue()
    if password is None:
        raise SourceError(
            f"{name} is password-protected.",
            "Put the password into an environment variable, and name the variable with --password-env.",
        )
    raise SourceError(
        f"{name} is password-protected, and not by the password that was given.",
        "Check the value of the environment variable that --password-env names.",
    )


def unsealed(path: Path, password: Secret) -> bytes | None:
    """Return what is in a workbook that was encrypted a moment ago, its seal of integrity checked as well.

    Returns:
        The bytes of the workbook; None where the file does not open with the password, or is not whole.
    """
    content = BytesIO()
    with path.open("rb") as file:
        try:
            office = msoffcrypto.OfficeFile(file)
            office.load_key(password=password.reveal())
            office.decrypt(content, verify_integrity=True)
        except (FileFormatError, InvalidKeyError, *_BROKEN):
            return None
    return content.getvalue()


def asks_for_password(path: Path, name: str, password: Secret | None = None) -> bool:
    """True where an Office file in the older container (DOC, XLS, PPT; a newer one, encrypted) opens by password alone.

    Args:
        path: the file.
        name: how messages name it.
        password: a newer one that opens with it does not ask for another.

    Raises:
        SourceError: it is damaged, or no Office file.
    """
    with path.open("rb") as file:
        try:
            office = msoffcrypto.OfficeFile(file)
            if not office.is_encrypted():
                return False
            if office.format != "ooxml":
                return True
            words = [_NO_PASSWORD, *([password.reveal()] if password else [])]
            return not any(_opens(office, word) for word in words)
        except (FileFormatError, *_BROKEN) as error:
            raise SourceError(f"{name} is no Office file, or it is damaged.", SAVE_AGAIN) from error


def _opens(office: Any, password: str) -> bool:
    try:
        office.load_key(password=password, verify_password=True)
    except InvalidKeyError:
        return False
    return True
