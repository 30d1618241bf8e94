"""Editions: which lists there are, with which windows, headings and code labels; and how values are read as codes."""

from annexa.editions.codes import CodeSet
from annexa.editions.compare import Difference, compare
from annexa.editions.load import DEFAULT_EDITION, code_sets, edition_in_force, edition_names, load_edition
from annexa.editions.model import Code, ColumnSpec, Edition, EditionCodeSet, ListSpec
from annexa.editions.text import normalise, normalise_expr

__all__ = [
    "DEFAULT_EDITION",
    "Code",
    "CodeSet",
    "ColumnSpec",
    "Difference",
    "Edition",
    "EditionCodeSet",
    "ListSpec",
    "code_sets",
    "compare",
    "edition_in_force",
    "edition_names",
    "load_edition",
    "normalise",
    "normalise_expr",
]
