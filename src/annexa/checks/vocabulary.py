"""Importing this module registers every check."""

from annexa.checks import front_door  # noqa: F401
