"""Workbooks under a password: encrypted in memory, and believed only once what was written opens again.

`Sealed` stands where a path does: a workbook is written to it as to a file, and nothing of it reaches the disk in
plain. Encryption is AES-256 (agile), which Excel and LibreOffice open with the password. The library that proves it
puts up with much in a container; that this one holds to the rules of its kind is proved by the tests of `compound`.
"""

import struct
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Final, Literal

from annexa.environment import Secret
from annexa.errors import OutputError
from annexa.filled.open import unsealed
from annexa.outputs.agile import encrypted_package
from annexa.outputs.compound import LARGEST, Tree, compound_file

__all__ = ["Place", "Sealed", "seal"]

_MOST: Final = LARGEST - 4096  # bytes of a workbook, so that its encrypted form is no larger than the container holds


class Sealed:
    """A place for an encrypted workbook, in place of a Path.

    Args:
        path: the file.
        password: what it is to be opened with.
    """

    def __init__(self, path: Path, password: Secret) -> None:
        self._path = path
        self._password = password

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._path.name

    def open(self, mode: Literal["wb"]) -> "_Unsealed":  # noqa: ARG002
        """Return a file in memory, for a `with` statement: it is encrypted and written where that ends without error.

        Raises:
            OutputError: at that end: what was written does not open again.
            OSError: at that end: it cannot be written.
        """
        return _Unsealed(self._path, self._password)

    def unlink(self, *, missing_ok: bool = False) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=missing_ok)


Place = Path | Sealed


class _Unsealed(BytesIO):
    def __init__(self, path: Path, password: Secret) -> None:
        super().__init__()
        self._path = path
        self._password = password

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                seal(self._path, self.getvalue(), self._password)
        finally:
            self.close()


def seal(path: Path, package: bytes, password: Secret) -> None:
    """Write a workbook encrypted, read the file again, and compare what it opens to.

    Args:
        path: the file; nothing is left there where this fails.
        package: the bytes of the workbook.
        password: what it is to be opened with.

    Raises:
        OutputError: what was written does not open to the same bytes; the workbook is larger than can be encrypted.
        OSError: it cannot be written.
    """
    if len(package) > _MOST:
        raise OutputError(
            f"{path.name} is larger than 2 GB and cannot be encrypted.", "Leave out lists with --lists, or check it."
        )
    info, content = encrypted_package(package, password.reveal())
    try:
        with path.open("wb") as file:
            file.writelines(compound_file({**_DATA_SPACES, "EncryptionInfo": info, "EncryptedPackage": content}))
        whole = unsealed(path, password) == package
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not whole:
        path.unlink(missing_ok=True)
        raise OutputError(
            f"{path.name} was encrypted, and does not open again to what was to be in it. Nothing is left of it.",
            "Run annexa again; if it fails again, check the disk and report the error.",
        )


def _counted(text: str) -> bytes:
    """Return a text behind its length, filled up to a multiple of four bytes."""
    plain = text.encode("utf-16-le")
    return struct.pack("<I", len(plain)) + plain + bytes(-len(plain) % 4)


_SPACE: Final = "StrongEncryptionDataSpace"
_TRANSFORM: Final = "StrongEncryptionTransform"
_VERSIONS: Final = struct.pack("<6H", 1, 0, 1, 0, 1, 0)  # of the reader, the updater and the writer


def _mapped() -> bytes:
    entry = struct.pack("<II", 1, 0) + _counted("EncryptedPackage") + _counted(_SPACE)
    return struct.pack("<III", 8, 1, len(entry) + 4) + entry


def _transform() -> bytes:
    kind = struct.pack("<I", 1) + _counted("{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}")
    named = _counted("Microsoft.Container.EncryptionTransform")
    return struct.pack("<I", len(kind) + 4) + kind + named + _VERSIONS + struct.pack("<IIII", 0, 0, 0, 4)


# What says that the package is encrypted and how, the same for every file ([MS-OFFCRYPTO] 2.1 and 2.2).
_DATA_SPACES: Final[Tree] = {
    "\x06DataSpaces": {
        "Version": _counted("Microsoft.Container.DataSpaces") + _VERSIONS,
        "DataSpaceMap": _mapped(),
        "DataSpaceInfo": {_SPACE: struct.pack("<II", 8, 1) + _counted(_TRANSFORM)},
        "TransformInfo": {_TRANSFORM: {"\x06Primary": _transform()}},
    }
}
