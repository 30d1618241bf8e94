"""What the shell completes: names from folder listings, so that nothing heavy is imported while someone types."""

from annexa.resources import resource


def edition_names() -> list[str]:
    """Return the names of the editions."""
    return sorted(path.parent.name for path in resource("configs", "editions").glob("*/edition.toml"))


def source_names() -> list[str]:
    """Return the names of the source profiles."""
    return sorted(path.stem for path in resource("configs", "sources").glob("*.toml"))
