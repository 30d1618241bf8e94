"""Where configs/ and sample_data/ are: inside the installed package, or at the checkout's root."""

from pathlib import Path

from annexa.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a file or folder that comes with annexa, named by its parts ("configs", "editions").

    The wheel carries both folders inside the package; an editable install does not see mapped files, so the checkout's
    root is tried after it.

    Raises:
        UsageError: neither place has it.
    """
    for root in (_PACKAGE, _PACKAGE.parent.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise UsageError(
        f"The file {'/'.join(parts)} that comes with annexa is missing.", "Install annexa again: it is not complete."
    )
