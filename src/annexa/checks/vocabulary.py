"""Importing this module registers every check."""

from annexa.checks import (  # noqa: F401
    across_adoption,
    across_care,
    across_need,
    across_open,
    across_plans,
    adopters,
    adoption,
    allocation,
    assessments,
    care_leavers,
    children_in_need,
    completeness,
    dates,
    deaths,
    front_door,
    identity,
    protection,
    protection_visits,
)
