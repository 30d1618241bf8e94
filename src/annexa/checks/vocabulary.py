"""Importing this module registers every check."""

from annexa.checks import children_in_need, front_door, protection, protection_visits  # noqa: F401
