"""Packages: the zip files that workbooks are, expanded with care.

Each part is expanded once, in blocks, before a library opens the package: to see that it is whole, and no larger than
it says.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from annexa.errors import SourceError
from annexa.extract.files import Limits

BLOCK: Final = 1 << 18
AGAIN: Final = "Save it again from Excel as an Excel Workbook (.xlsx)."
BROKEN: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError)  # what a damaged package raises
_LOCAL_HEADER: Final = 30


def check_limits(parts: Sequence[zipfile.ZipInfo], size: int, name: str, limits: Limits) -> None:
    """Refuse a package that declares more than the limits allow.

    Args:
        parts: of the package.
        size: of the package, in bytes.
        name: of the file, for messages.
        limits: see Limits.

    Raises:
        SourceError: it would expand to more.
    """
    expanded = sum(part.file_size for part in parts)
    if expanded > limits.max_expanded_bytes or expanded > limits.max_ratio * size:
        raise SourceError(
            f"{name} would expand to {expanded:,} bytes, {expanded / size:,.0f} times its size: allowed are "
            f"{limits.max_expanded_bytes:,} bytes and {limits.max_ratio:,.0f} times.",
            "If it is a real workbook, raise max_expanded_mb or max_ratio under [limits] in annexa.toml.",
        )


def expand(file: BinaryIO, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield a part's bytes, refusing one that is not what it declares to be.

    By hand, since the zip module stops at the declared size without a word where fastexcel would go on.

    Args:
        file: the package, open for reading; nothing else may read it meanwhile.
        part: one of its parts, not encrypted.
        name: of the file, for messages.

    Raises:
        SourceError: it expands to more than it declares.
        BadZipFile: and the others of BROKEN: it is damaged.
    """
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    packed = _blocks(file, part.compress_size)
    if part.compress_type == zipfile.ZIP_DEFLATED:
        packed = _inflate(packed)
    elif part.compress_type != zipfile.ZIP_STORED:
        raise NotImplementedError
    size = checksum = 0
    for block in packed:
        size += len(block)
        checksum = zlib.crc32(block, checksum)
        if size > part.file_size:
            raise SourceError(
                f"{name} expands to more than it declares: it is damaged, or made to fill the memory.", AGAIN
            )
        yield block
    if size != part.file_size or checksum != part.CRC:
        raise zipfile.BadZipFile


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (block := file.read(min(size, BLOCK))):
        size -= len(block)
        yield block


def _inflate(packed: Iterator[bytes]) -> Iterator[bytes]:
    expander = zlib.decompressobj(-zlib.MAX_WBITS)
    for block in packed:
        yield expander.decompress(block, BLOCK)
        while expander.unconsumed_tail:
            yield expander.decompress(expander.unconsumed_tail, BLOCK)
    yield expander.flush()
