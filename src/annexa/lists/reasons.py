"""Why a source record is not on a list: a closed list of reasons, in the order in which they count (section 1.12)."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from annexa.extract.tables import DROP

OUTPUT: Final = "output"
DUPLICATE: Final = "duplicate"
OUT_OF_WINDOW: Final = "out_of_window"
OUT_OF_SCOPE: Final = "out_of_scope"
EXCEPTION: Final = "exception"
CLASSES: Final = (OUTPUT, DUPLICATE, OUT_OF_WINDOW, OUT_OF_SCOPE, EXCEPTION)


@dataclass(frozen=True)
class Reason:
    """One reason, the class in which the account counts it, and its meaning for the documentation."""

    code: str
    class_: str
    meaning: str


REASONS: Final[dict[str, Reason]] = {
    reason.code: reason
    for reason in (
        Reason("DUPLICATE", DUPLICATE, "the same as a row that is kept"),
        Reason("CONFLICT", DUPLICATE, "another row with the same identifier is kept, with other content"),
        Reason("NO_CHILD_ID", EXCEPTION, "no usable identifier of the child or adopter, or a family without a child"),
        Reason("NO_DATE", EXCEPTION, "no usable date on which membership hangs"),
        Reason("CANCELLED", OUT_OF_SCOPE, "cancelled, or recorded in error"),
        Reason("FUTURE", OUT_OF_WINDOW, "starts or happens after the as-at date"),
        Reason("OTHER_LA_PLAN", OUT_OF_SCOPE, "a temporary plan held for another authority"),
        Reason("NOT_ADOPTION", OUT_OF_SCOPE, "about permanence, but no agency decision for adoption"),
        Reason("DIED", OUT_OF_WINDOW, "ended by a death before the window, or a care leaver who has died"),
        Reason("AGE_18", OUT_OF_WINDOW, "care ended on an 18th birthday before the window"),
        Reason("WINDOW", OUT_OF_WINDOW, "happened or ended before the window"),
        Reason("SHORT_BREAK", OUT_OF_SCOPE, "a period of short breaks only"),
        Reason("CLOSED_WITH_EPISODE", OUT_OF_SCOPE, "never authorised, and its episode closed before the window"),
        Reason("CARE_LEAVER_ONLY", OUT_OF_SCOPE, "a care leaver with nothing else open or recently ended"),
        Reason("REFERRAL_ONLY", OUT_OF_SCOPE, "nothing but a referral"),
        Reason("NFA", OUT_OF_SCOPE, "no further action, and nothing beyond an assessment"),
        Reason("RC8", OUT_OF_SCOPE, "closed after assessment, and nothing beyond it"),
        Reason("NO_ELIGIBILITY", OUT_OF_SCOPE, "not eligible for leaving care services"),
        Reason("SERVICE_ENDED", OUT_OF_SCOPE, "leaving care services have ended"),
        Reason("LOOKED_AFTER", OUT_OF_SCOPE, "a care leaver who is looked after"),
        Reason("AGE_25", OUT_OF_SCOPE, "25 or over, and no leaving care service is open"),
        Reason("ENQUIRY_ONLY", OUT_OF_SCOPE, "an adopter who has only enquired"),
        Reason("ON_HOLD", OUT_OF_SCOPE, "an adopter whose process is on hold"),
        Reason("ADULT", OUT_OF_SCOPE, "18 or over"),
        Reason("SUPERSEDED", OUT_OF_SCOPE, "in scope, but another record of the same child is the one shown"),
    )
}


def first_reason(**conditions: pl.Expr) -> pl.Expr:
    """Return the first reason that holds, in the order of REASONS, or null where none does: the row is on the list.

    Args:
        conditions: reason code -> expression; null counts as false. What reading itself has found (_drop) takes its
            place in the same order.

    Raises:
        KeyError: a code that is not a reason.
    """
    unknown = conditions.keys() - REASONS.keys()
    if unknown:
        raise KeyError(f"no such reason: {', '.join(sorted(unknown))}")
    arms = []
    for code in REASONS:
        holds = pl.col(DROP) == code
        if code in conditions:
            holds |= conditions[code].fill_null(False)
        arms.append(pl.when(holds).then(pl.lit(code)))
    return pl.coalesce(arms)
