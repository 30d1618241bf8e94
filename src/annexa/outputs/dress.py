"""The looks of a cell that openpyxl writes, worked out once for all the cells that have the same."""

from copy import copy
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell import Cell

_Looks = tuple[str, tuple[tuple[str, int], ...]]
# Each style with the objects that it was made of: while they are held, no other object has their id.
_known: WeakKeyDictionary[Workbook, dict[_Looks, tuple[Any, tuple[object, ...]]]] = WeakKeyDictionary()


def dress(cell: Cell, **looks: object) -> None:
    """Give a cell its looks beside its number format: font, fill, alignment, border, as openpyxl names them.

    The looks are to be objects that live on, such as constants: they are told apart by identity. openpyxl would compare
    each of them, part by part, with all that the workbook has, which takes most of the time of a small workbook.

    Args:
        cell: of a worksheet; its number format is set, and nothing else of its style.
        looks: attribute of the cell -> style object.
    """
    known = _known.setdefault(cell.parent.parent, {})
    key = (cell.number_format, tuple((name, id(look)) for name, look in looks.items()))
    if key in known:
        # openpyxl has no other way to give a cell the style of another; its documentation names this one.
        cell._style = copy(known[key][0])  # noqa: SLF001
        return
    for name, look in looks.items():
        setattr(cell, name, look)
    known[key] = copy(cell._style), tuple(looks.values())  # noqa: SLF001
