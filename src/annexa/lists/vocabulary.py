"""Importing this module registers every cohort and derivation that a list file may name."""

from annexa.lists import (
    adopters,
    adoption,
    assessments,
    care,
    care_columns,
    care_leavers,
    children_in_need,
    early_help,
    front_door,
    missing,
    people,
    placements,
    protection,
    section_47,
    staff,
)

__all__ = [
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
]
