"""A strict reading of compound files, written from the rules of [MS-CFB] and not from annexa's writer.

What other programs put up with is an error here: a chain that is too long, a sector that nothing leads to, a mark in
the wrong place, a directory that is no search tree.
"""

import struct
from dataclasses import dataclass

DIFAT, FAT, END, FREE = 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
MAX_REGULAR = 0xFFFFFFFA
NOBODY = 0xFFFFFFFF
UNUSED, STORAGE, STREAM, ROOT = 0, 1, 2, 5
RED, BLACK = 0, 1


@dataclass(frozen=True)
class Line:
    """A line of the directory."""

    name: str
    kind: int
    colour: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """A compound file of version 3, taken apart; an AssertionError says what is wrong with it."""

    def __init__(self, data: bytes) -> None:
        assert len(data) % 512 == 0, "whole sectors"
        self.sectors = [data[at : at + 512] for at in range(512, len(data), 512)]
        self.owner: dict[int, str] = {}  # sector -> the one thing that it belongs to
        self._header(data[:512])
        self._fat()
        self._directory()
        self._mini()
        self.streams: dict[str, bytes] = {}
        self._walk(self.lines[0].child, "")
        self._nothing_left_over()

    def _header(self, head: bytes) -> None:
        assert head[:8] == bytes.fromhex("D0CF11E0A1B11AE1")
        assert head[8:24] == bytes(16), "no class"
        minor, major, order, shift, mini_shift = struct.unpack("<5H", head[24:34])
        assert (minor, major, order, shift, mini_shift) == (0x3E, 3, 0xFFFE, 9, 6)
        assert head[34:40] == bytes(6), "reserved"
        (
            directories, self.fats, self.first_directory, signature, cutoff,
            self.first_mini, self.minis, self.first_difat, self.difats,
        ) = struct.unpack("<9I", head[40:76])  # fmt: skip
        assert (directories, signature, cutoff) == (0, 0, 4096), "version 3 counts no directory sectors"
        self.in_header = struct.unpack("<109I", head[76:])

    def _own(self, sector: int, what: str) -> bytes:
        assert sector <= MAX_REGULAR, f"{what}: {sector:#x} is no sector"
        assert sector < len(self.sectors), f"{what}: sector {sector} is beyond the end of the file"
        assert sector not in self.owner, f"sector {sector} is of {self.owner.get(sector)} and of {what}"
        self.owner[sector] = what
        return self.sectors[sector]

    def _fat(self) -> None:
        places = list(self.in_header)
        following = self.first_difat
        for _ in range(self.difats):
            *numbers, following = struct.unpack("<128I", self._own(following, "DIFAT"))
            places += numbers
        assert following == END, "the DIFAT ends with the end mark, after as many sectors as the header says"
        used = [place for place in places if place != FREE]
        assert used == places[: len(used)], "no gap among the places of FAT sectors"
        assert len(used) == self.fats, f"{len(used)} FAT sectors are listed, {self.fats} are counted"
        needed = max(0, self.fats - 109)
        assert self.difats == -(-needed // 127), "no more DIFAT sectors than are needed"
        self.fat = [number for place in used for number in struct.unpack("<128I", self._own(place, "FAT"))]
        assert len(self.fat) - 128 < len(self.sectors) <= len(self.fat), "the FAT covers the file and no more"
        for sector, what in self.owner.items():
            assert self.fat[sector] == {"FAT": FAT, "DIFAT": DIFAT}[what]
        assert self.fat.count(FAT) == self.fats
        assert self.fat.count(DIFAT) == self.difats
        assert all(number == FREE for number in self.fat[len(self.sectors) :]), "beyond the file all is free"
        assert FREE not in self.fat[: len(self.sectors)], "no sector lies idle"

    def _chain(self, start: int, what: str, sectors: int | None = None) -> bytes:
        held = []
        while start != END:
            held.append(self._own(start, what))
            start = self.fat[start]
        assert sectors is None or len(held) == sectors, f"{what}: {len(held)} sectors, {sectors} are needed"
        return b"".join(held)

    def _directory(self) -> None:
        listing = self._chain(self.first_directory, "directory")
        self.lines = [self._line(listing[at : at + 128]) for at in range(0, len(listing), 128)]
        assert [number for number, line in enumerate(self.lines) if line.kind == ROOT] == [0]
        root = self.lines[0]
        assert (root.name, root.left, root.right) == ("Root Entry", NOBODY, NOBODY)
        self.reached = {0}

    def _line(self, data: bytes) -> Line:
        name, length, kind, colour, left, right, child = struct.unpack("<64sHBBIII", data[:80])
        identity, state, times, start, size = (
            data[80:96],
            data[96:100],
            data[100:116],
            *struct.unpack("<IQ", data[116:]),
        )
        assert kind in (UNUSED, STORAGE, STREAM, ROOT)
        if kind == UNUSED:
            assert (length, left, right, child) == (0, NOBODY, NOBODY, NOBODY)
            assert data[:64] + data[80:] == bytes(64 + 48)
            return Line("", kind, colour, left, right, child, start, size)
        assert 4 <= length <= 64
        assert length % 2 == 0
        text = name[:length].decode("utf-16-le")
        assert text[-1] == "\0", "the name ends in a zero, which is counted"
        assert not set(text[:-1]) & set("/\\:!\0")
        assert not any(name[length:])
        assert colour in (RED, BLACK)
        assert (identity, state, times) == (bytes(16), bytes(4), bytes(16))
        assert size < 2**31, "version 3"
        if kind == STREAM:
            assert child == NOBODY
        if kind == STORAGE:
            assert (start, size) == (0, 0)
        return Line(text[:-1], kind, colour, left, right, child, start, size)

    def _mini(self) -> None:
        root = self.lines[0]
        listing = self._chain(self.first_mini, "mini FAT", self.minis)
        self.mini_fat = list(struct.unpack(f"<{len(listing) // 4}I", listing))
        self.mini_stream = self._chain(root.start, "mini stream", -(-root.size // 512))
        assert root.size % 64 == 0
        self.mini_owner: dict[int, str] = {}

    def _walk(self, top: int, path: str) -> None:
        """Take a folder's tree apart: in order, no red below red, as many black ones on every way down."""
        if top == NOBODY:
            return
        assert self.lines[top].colour == BLACK, f"{path}: the top of the tree is black"
        order: list[int] = []
        self._descend(top, order)
        keys = [(len(name), name.upper()) for name in (self.lines[at].name for at in order)]
        assert keys == sorted(set(keys)), f"{path}: shorter names first, then by their letters, each once"
        for at in order:
            line = self.lines[at]
            name = f"{path}{line.name}"
            if line.kind == STREAM:
                self.streams[name] = self._content(line, name)
            else:
                self._walk(line.child, f"{name}/")

    def _descend(self, at: int, order: list[int]) -> int:
        """Return how many black ones stand on each way down from here."""
        if at == NOBODY:
            return 1
        assert at not in self.reached, "each line of the directory is reached once"
        self.reached.add(at)
        line = self.lines[at]
        below = [self.lines[each] for each in (line.left, line.right) if each != NOBODY]
        assert line.colour == BLACK or all(each.colour == BLACK for each in below), "no red below red"
        left = self._descend(line.left, order)
        order.append(at)
        right = self._descend(line.right, order)
        assert left == right, "as many black ones on every way down"
        return left + line.colour

    def _content(self, line: Line, name: str) -> bytes:
        if line.size >= 4096:
            return self._cut(self._chain(line.start, name, -(-line.size // 512)), line.size)
        held, at = [], line.start if line.size else END
        assert line.size or line.start == END
        while at != END:
            assert at < len(self.mini_stream) // 64, f"{name}: beyond the mini stream"
            assert at not in self.mini_owner, f"{name}: {at} is of {self.mini_owner.get(at)} too"
            self.mini_owner[at] = name
            held.append(self.mini_stream[at * 64 : at * 64 + 64])
            at = self.mini_fat[at]
        assert len(held) == -(-line.size // 64), f"{name}: as many mini sectors as its size needs"
        return self._cut(b"".join(held), line.size)

    def _cut(self, content: bytes, size: int) -> bytes:
        assert not any(content[size:]), "nothing of the memory behind a stream"
        return content[:size]

    def _nothing_left_over(self) -> None:
        assert self.reached == {number for number, line in enumerate(self.lines) if line.kind != UNUSED}
        assert set(self.owner) == set(range(len(self.sectors))), "every sector belongs to something"
        minis = self.lines[0].size // 64
        assert set(self.mini_owner) == set(range(minis))
        assert all(number == FREE for number in self.mini_fat[minis:])
