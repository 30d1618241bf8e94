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


def report_items() -> list[str]:
    """Return the items of Annex A that are data reports."""
    return sorted(path.name.partition("-")[0] for path in resource("configs", "reports").glob("*.toml"))


def pack_names() -> list[str]:
    """Return the names of the packs that come with annexa."""
    import tomllib

    packs = tomllib.loads(resource("configs", "packs.toml").read_text("utf-8-sig"))["pack"]
    return [pack["name"] for pack in packs]
