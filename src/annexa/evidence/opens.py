"""Whether a document opens, told from its bytes: nothing in it is run, followed or expanded without a limit."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from annexa.environment import Secret
from annexa.errors import SourceError
from annexa.extract.files import Limits
from annexa.extract.package import BLOCK, BROKEN, check_limits, expand
from annexa.filled.open import asks_for_password

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP: Final = b"PK"
_RTF: Final = b"{\\rtf"
_PDF_HEAD: Final = 1024  # bytes among which readers look for the mark at the beginning, and at the end
_PDF_END: Final = 2048
_PDF_LOCK: Final = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_PDF_OVERLAP: Final = 64

_PASSWORD: Final = "asks for a password: save it without one"  # noqa: S105
_LOCKED_PDF: Final = "is a PDF with a password or restrictions: save it without them"
_DAMAGED: Final = "does not open: it is damaged or incomplete"
_OTHER: Final = "does not open as what its name says it is: it is another kind of file under that name"

# Ending -> the part that a package of that kind has.
_PARTS: Final = {
    **dict.fromkeys((".xlsx", ".xlsm"), ("xl/workbook.xml",)),
    ".xlsb": ("xl/workbook.bin",),
    **dict.fromkeys((".docx", ".docm"), ("word/document.xml",)),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), ("ppt/presentation.xml",)),
    **dict.fromkeys((".ods", ".odt", ".odp", ".odg"), ("content.xml",)),
    ".zip": (),
}
_OLD: Final = (".doc", ".xls", ".ppt")
_TEXTS: Final = (".csv", ".txt", ".tsv", ".md")


def fault(path: Path, limits: Limits, password: Secret | None = None) -> str:
    """Say why a file cannot be handed over, in words that follow "the file"; blank where nothing is wrong.

    A workbook, document, presentation or zip must be whole in all its parts, a PDF have its beginning and its end, an
    old Office file be one, a text be readable; anything else must be there and not empty. None may ask for a password.

    Args:
        path: an ordinary file.
        limits: how far a package may expand.
        password: a file that is encrypted with it, as annexa's own are, may ask for it.
    """
    try:
        if not path.stat().st_size:
            return "is empty"
        if path.name.startswith("~$"):
            return "is what Office makes beside a document that is open: name the document without ~$"
        with path.open("rb") as file:
            first = file.read(_PDF_HEAD)
        if first.startswith(_OLE) and path.suffix.lower() in _PARTS:
            return _PASSWORD if asks_for_password(path, "it", password) else ""
        return _looked_at(path)(path, first, limits)
    except SourceError as error:
        # Without the name of the file, which stands beside it and may be that of a child.
        return f"does not open: {error.message.partition(' ')[2].rstrip('.')}"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _looked_at(path: Path) -> Callable[[Path, bytes, Limits], str]:
    ending = path.suffix.lower()
    if ending in _PARTS:
        return _package
    if ending == ".pdf":
        return _pdf
    if ending in _OLD:
        return _old
    return _text if ending in _TEXTS else _any


def _any(path: Path, first: bytes, limits: Limits) -> str:  # noqa: ARG001
    return ""


def _package(path: Path, first: bytes, limits: Limits) -> str:
    if not first.startswith(_ZIP):
        return _OTHER
    wanted = _PARTS[path.suffix.lower()]
    try:
        with zipfile.ZipFile(path) as package, path.open("rb") as file:
            parts = package.infolist()
            if any(part.flag_bits & 1 for part in parts):
                return _PASSWORD
            names = {part.filename.lower() for part in parts}
            if not parts:
                return "is an empty package"
            if not names.issuperset(wanted):
                return _OTHER
            check_limits(parts, path.stat().st_size, "it", limits)
            for part in parts:
                package.open(part).close()  # compares the two places where a part is described
                for _ in expand(file, part, "it"):
                    pass
    except BROKEN:
        return _DAMAGED
    return ""


def _pdf(path: Path, first: bytes, limits: Limits) -> str:  # noqa: ARG001
    if b"%PDF-" not in first:
        return _OTHER
    last = b""
    for block in _blocks(path):
        if _PDF_LOCK.search(last[-_PDF_OVERLAP:] + block):
            return _LOCKED_PDF
        last = (last + block)[-_PDF_END:]
    return "" if b"%%EOF" in last else _DAMAGED


def _old(path: Path, first: bytes, limits: Limits) -> str:  # noqa: ARG001
    if path.suffix.lower() == ".doc" and first.startswith(_RTF):
        return ""  # Word opens it
    if not first.startswith(_OLE):
        return _OTHER
    return _PASSWORD if asks_for_password(path, "it") else ""


def _text(path: Path, first: bytes, limits: Limits) -> str:  # noqa: ARG001
    encoding = "utf-16" if first.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    whole = path.read_bytes()
    for each in (encoding, "cp1252"):
        try:
            text = whole.decode(each)
        except UnicodeDecodeError:
            continue
        return "is no text, whatever its name says" if "\0" in text else ""
    return "is no text that can be read: save it again as UTF-8"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
