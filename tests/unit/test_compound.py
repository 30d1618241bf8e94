"""The container of an encrypted workbook holds to every rule of [MS-CFB], at every size where a table begins anew."""

from io import BytesIO

import olefile
import pytest

from annexa.outputs.compound import LARGEST, Tree, _own_sectors, compound_file
from tests.support.compound import END, Compound

NAMES = ["a", "B", "cc", "\x06DataSpaces", "EncryptedPackage", "EncryptionInfo", "DataSpaceInfo", "TransformInfo"]


def written(tree: Tree) -> bytes:
    return b"".join(compound_file(tree))


def read(tree: Tree) -> dict[str, bytes]:
    """The streams as the strict reader and as olefile see them."""
    data = written(tree)
    strict = Compound(data).streams
    with olefile.OleFileIO(BytesIO(data), raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert not ole.parsing_issues
        assert {"/".join(path): ole.openstream(path).read() for path in ole.listdir()} == strict
    return strict


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 128 * 64, 60_000, 128 * 512])
def test_a_stream_of_any_size(size: int) -> None:
    content = bytes(range(1, 251)) * (size // 250 + 1)
    tree: Tree = {"Info": b"i" * 1300, "Package": content[:size]}
    assert read(tree) == tree


@pytest.mark.parametrize("number", range(len(NAMES) + 1))
def test_folders_of_any_number_of_entries(number: int) -> None:
    inside = {name: name.encode() for name in NAMES[:number]}
    assert read({"folder": {"folder": inside}, **inside}) == {
        **{f"folder/folder/{name}": content for name, content in inside.items()},
        **inside,
    }


def sectors_of(total: int) -> bytes:
    """A file with so many sectors beside those of its own tables: one of the directory, and one large stream."""
    return written({"Package": b"\x01" * ((total - 1) * 512)})


def last_without(difats: int) -> int:
    """The most sectors that so many DIFAT sectors suffice for."""
    low, high = 8, 50_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _own_sectors(middle)[1] <= difats else (low, middle)
    return low


@pytest.mark.parametrize("difats", [0, 1, 2])
def test_where_the_header_or_a_difat_sector_is_full(difats: int) -> None:
    most = last_without(difats)
    for total, expected in ((most - 1, difats), (most, difats), (most + 1, difats + 1)):
        data = sectors_of(total)
        found = Compound(data)
        assert found.difats == expected
        assert found.first_difat == END or expected
        with olefile.OleFileIO(BytesIO(data), raise_defects=olefile.DEFECT_UNSURE) as ole:
            assert not ole.parsing_issues
            assert ole.get_size("Package") == (total - 1) * 512
    assert _own_sectors(most)[0] == 109 + 127 * difats, "full to the last place"


@pytest.mark.parametrize("others", [1, 127, 128, 129, 5_000, 13_842, 13_843, 13_844, 29_000, 4_200_000])
def test_the_tables_cover_themselves(others: int) -> None:
    fats, difats = _own_sectors(others)
    total = others + fats + difats
    assert (fats - 1) * 128 < total <= fats * 128
    assert difats == max(0, -(-(fats - 109) // 127))


def test_a_stream_that_is_too_large_is_refused() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return LARGEST + 1

    with pytest.raises(ValueError, match="2 GB"):
        written({"Package": Huge()})


def test_the_same_contents_give_the_same_bytes() -> None:
    assert written({"a": b"1", "b": b"2"}) == written({"b": b"2", "a": b"1"})


def damaged(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + value.to_bytes(4, "little") + data[at + 4 :]


def test_the_strict_reader_is_strict() -> None:
    """What msoffcrypto-tool writes from 7 MB on, and other faults, are seen."""
    from msoffcrypto.method.container.ecma376_encrypted import ECMA376Encrypted

    theirs = BytesIO()
    ECMA376Encrypted(bytes(8_000_000), b"info").write_to(theirs)
    with pytest.raises(AssertionError, match="the DIFAT ends with the end mark"):
        Compound(theirs.getvalue())
    good = sectors_of(last_without(0) + 1)
    Compound(good)
    end = len(good) - 4
    for at, value in ((end, 0), (end, 0xFFFFFFFF), (44, 109), (72, 2), (72, 0), (68, END), (76, 1), (512 + 116, 5)):
        with pytest.raises(AssertionError):
            Compound(damaged(good, at, value))
