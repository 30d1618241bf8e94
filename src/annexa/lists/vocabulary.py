"""Importing this module registers every cohort and derivation that a list file may name."""

import importlib
from importlib.util import find_spec

for _name in (
    "adopters",
    "adoption",
    "assessments",
    "care",
    "care_columns",
    "care_leavers",
    "children_in_need",
    "early_help",
    "front_door",
    "missing",
    "people",
    "placements",
    "protection",
    "section_47",
    "staff",
):
    if find_spec(f"annexa.lists.{_name}"):
        try:
            importlib.import_module(f"annexa.lists.{_name}")
        except ModuleNotFoundError:
            pass
