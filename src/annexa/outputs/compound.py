"""Compound files ([MS-CFB], version 3): the container that Office puts an encrypted workbook in.

Sectors of 512 bytes, in this order: the directory, the table of the mini stream, the mini stream, each large stream,
the table of sectors (FAT), and the sectors that list where that table is beyond what the header can list (DIFAT).

Written by hand because msoffcrypto-tool (6.1) writes a wrong one from about 7 MB on: one entry too many in the last
DIFAT sector, and no end mark where there should be one.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Union

__all__ = ["LARGEST", "compound_file"]

LARGEST: Final = 2**31 - 1  # bytes of a stream in version 3
_SECTOR: Final = 512
_MINI: Final = 64
_SMALL: Final = 4096  # a stream of fewer bytes stands in the mini stream
_NUMBERS: Final = _SECTOR // 4  # numbers of sectors that a sector holds
_IN_HEADER: Final = 109  # FAT sectors that the header lists
_DIFAT, _FAT, _END, _FREE = 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_NOBODY: Final = 0xFFFFFFFF  # in place of the number of a directory entry
_UNUSED, _STORAGE, _STREAM, _ROOT = 0, 1, 2, 5
_RED, _BLACK = 0, 1

Tree = Mapping[str, Union[bytes, "Tree"]]


@dataclass
class _Entry:
    """One line of the directory; `start` is known once its sectors are given out."""

    name: str = ""
    kind: int = _UNUSED
    content: bytes = b""
    size: int = 0
    start: int = 0
    colour: int = _RED
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY

    def packed(self) -> bytes:
        # Times and class are zero, as they may be: the same contents give the same bytes.
        name = f"{self.name}\0".encode("utf-16-le") if self.name else b""
        links = (self.left, self.right, self.child)
        return struct.pack("<64sHBBIII36xIQ", name, len(name), self.kind, self.colour, *links, self.start, self.size)


def compound_file(root: Tree) -> Iterator[bytes]:
    """Yield the bytes of a compound file, a piece at a time.

    Args:
        root: name -> the bytes of a stream, or the same again of a folder; names of at most 31 characters.

    Raises:
        ValueError: a stream is larger than such a file can hold (LARGEST).
    """
    directory = [_Entry("Root Entry", _ROOT, colour=_BLACK)]
    directory[0].child = _add(directory, root)
    small = [each for each in directory if each.kind == _STREAM and each.size < _SMALL]
    large = [each for each in directory if each.kind == _STREAM and each.size >= _SMALL]
    if any(each.size > LARGEST for each in large):
        raise ValueError("a stream of more than 2 GB")

    mini: list[int] = []
    for each in small:
        each.start = _chained(mini, _number(each.size, _MINI))
    directory[0].size = len(mini) * _MINI

    fat: list[int] = []
    lines = _number(len(directory), 4) * 4
    first_line = _chained(fat, lines // 4)
    tables = _number(len(mini), _NUMBERS)
    first_table = _chained(fat, tables)
    directory[0].start = _chained(fat, _number(directory[0].size, _SECTOR))
    for each in large:
        each.start = _chained(fat, _number(each.size, _SECTOR))

    fats, difats = _own_sectors(len(fat))
    places = range(len(fat), len(fat) + fats)
    fat += [_FAT] * fats + [_DIFAT] * difats
    yield struct.pack(
        "<8s16x5H6x9I",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        *(0x3E, 3, 0xFFFE, 9, 6),  # version, byte order, sizes of sectors as powers of two
        *(0, fats, first_line, 0, _SMALL, first_table, tables),
        *(places.stop if difats else _END, difats),
    )
    yield _packed(places[:_IN_HEADER], _IN_HEADER)
    yield b"".join(each.packed() for each in directory) + _Entry().packed() * (lines - len(directory))
    yield _packed(mini, tables * _NUMBERS)
    yield _whole(b"".join(_whole(each.content, _MINI) for each in small), _SECTOR)
    for each in large:
        yield each.content
        yield bytes(-each.size % _SECTOR)
    yield _packed(fat, fats * _NUMBERS)
    beyond, next_one = places[_IN_HEADER:], places.stop + 1
    for at in range(difats):
        yield _packed(beyond[at * (_NUMBERS - 1) : (at + 1) * (_NUMBERS - 1)], _NUMBERS - 1)
        yield struct.pack("<I", next_one + at if at + 1 < difats else _END)


def _add(directory: list[_Entry], tree: Tree) -> int:
    """Add what is in a folder to the directory; return the entry on top of its tree."""
    first = len(directory)
    names = sorted(tree, key=lambda name: (len(name), name.upper()))
    for name in names:
        content = tree[name]
        if isinstance(content, bytes):
            directory.append(_Entry(name, _STREAM, content, len(content)))
        else:
            directory.append(_Entry(name, _STORAGE))
    for number, name in enumerate(names, start=first):
        content = tree[name]
        if not isinstance(content, bytes):
            directory[number].child = _add(directory, content)
    return _balanced(directory, first, first + len(names), (len(names) + 1).bit_length() - 1)


def _balanced(directory: Sequence[_Entry], first: int, after: int, black: int) -> int:
    """Link sorted entries as a search tree; return its top.

    Cut in the middle each time, all levels are full but for the last: with that one red and the others (`black` many)
    black it is a red-black tree.
    """
    if first == after:
        return _NOBODY
    middle = (first + after) // 2
    top = directory[middle]
    top.colour = _BLACK if black > 0 else _RED
    top.left = _balanced(directory, first, middle, black - 1)
    top.right = _balanced(directory, middle + 1, after, black - 1)
    return middle


def _chained(table: list[int], sectors: int) -> int:
    """Give out sectors that follow one another; return the first of them, or the end mark where there is none."""
    first = len(table)
    if not sectors:
        return _END
    table += [*range(first + 1, first + sectors), _END]
    return first


def _own_sectors(others: int) -> tuple[int, int]:
    """Return how many FAT and DIFAT sectors list `others` sectors and themselves."""
    fats = difats = 0
    while True:
        needed = _number(others + fats + difats, _NUMBERS)
        beyond = _number(max(0, needed - _IN_HEADER), _NUMBERS - 1)
        if (needed, beyond) == (fats, difats):
            return fats, difats
        fats, difats = needed, beyond


def _packed(numbers: Sequence[int], room: int) -> bytes:
    return struct.pack(f"<{room}I", *numbers, *[_FREE] * (room - len(numbers)))


def _whole(content: bytes, unit: int) -> bytes:
    return content + bytes(-len(content) % unit)


def _number(size: int, unit: int) -> int:
    return -(-size // unit)
