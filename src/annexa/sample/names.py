"""Invented names. No person, place or authority of these names is meant; forenames are plants, surnames are made up."""

from typing import Final

from annexa.sample.draw import Draw

FORENAMES: Final = (
    "Alder", "Aspen", "Bramble", "Briar", "Bryony", "Campion", "Cedar", "Clover", "Comfrey", "Cress", "Elder", "Fennel",
    "Fern", "Hawthorn", "Hazel", "Heather", "Holly", "Hyssop", "Ivy", "Juniper", "Larch", "Laurel", "Linden", "Lovage",
    "Mallow", "Maple", "Myrtle", "Oakley", "Olive", "Poppy", "Privet", "Rowan", "Rue", "Sage", "Sorrel", "Tansy",
    "Teasel", "Thyme", "Willow", "Yarrow",
)  # fmt: skip
_HEADS: Final = ("Test", "Sample", "Mock", "Fabri", "Demo", "Pretend", "Dummy", "Invent", "Exam", "Trial")
_TAILS: Final = ("wood", "ley", "worth", "ham", "field", "combe", "shaw", "stead", "gate", "mere", "croft", "well")

OWN_CODE: Final = "X01"
OWN_NAME: Final = "Exshire"
NEIGHBOURS: Final = (("X02", "Wyemarsh"), ("X03", "Norbeck"), ("X04", "Eastholme"), ("X05", "Sallowby"))
ABROAD: Final = ("WAL", "SCO", "NIR", "NUK")
CONFIDENTIAL: Final = "CON"


def forename(draw: Draw) -> str:
    """Return an invented forename."""
    return FORENAMES[draw.between(0, len(FORENAMES) - 1)]


def surname(draw: Draw) -> str:
    """Return an invented surname."""
    return _HEADS[draw.between(0, len(_HEADS) - 1)] + _TAILS[draw.between(0, len(_TAILS) - 1)]


def postcode(draw: Draw, *, inside: bool) -> str:
    """Return a postcode of a valid form in an area that does not exist: WW inside the authority, RR outside it."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    unit = letters[draw.between(0, 19)] + letters[draw.between(0, 19)]
    return f"{'WW' if inside else 'RR'}{draw.between(1, 29)} {draw.between(1, 9)}{unit}"
