"""The only reader of the clock for dates. The command line calls it and passes the date on; no rule ever does."""

import os
from datetime import UTC, date, datetime

from annexa.errors import UsageError


def today() -> date:
    """Return the day of the run: ANNEXA_TODAY (YYYY-MM-DD) where it is set, else the machine's date.

    Raises:
        UsageError: ANNEXA_TODAY is set and is not a date.
    """
    fixed = os.environ.get("ANNEXA_TODAY")
    if not fixed:
        return date.today()
    try:
        return date.fromisoformat(fixed)
    except ValueError:
        raise UsageError("ANNEXA_TODAY is not a date.", "Write it as YYYY-MM-DD, or unset it.") from None


def now() -> datetime:
    """Return the moment of the run in UTC, for the manifest's `created` alone."""
    return datetime.now(UTC).replace(microsecond=0)
