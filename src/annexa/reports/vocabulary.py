"""Importing this module registers every report."""

from annexa.reports import (
    care_leavers,
    early_help,
    health,
    home_education,
    missing_and_exploited,
    not_full_time,
    private_fostering,
    public_law_outline,
    secure_accommodation,
    virtual_school,
    workforce,
)

__all__ = [
    "care_leavers",
    "early_help",
    "health",
    "home_education",
    "missing_and_exploited",
    "not_full_time",
    "private_fostering",
    "public_law_outline",
    "secure_accommodation",
    "virtual_school",
    "workforce",
]
