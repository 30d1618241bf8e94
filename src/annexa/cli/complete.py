"""What the shell completes: names from folder listings, so that nothing heavy is imported while someone types."""

from annexa.resources import resource


def edition_names() -> list[str]:
    """Return the names of the editions."""
    return sorted(path.parent.name for path in resource("configs", "editions").glob("*/edition.toml"))


def source_names() -> list[str]:
    """Return the names of the source profiles."""
    return sorted(path.stem for path in resource("configs", "sources").glob("*.toml"))


def check_ids() -> list[str]:
    """Return the ids of the checks."""
    text = resource("configs", "checks.toml").read_text("utf-8-sig")
    return [line.strip("[]") for line in text.splitlines() if line.startswith("[AA-")]
