"""Checks of List 8: placements, where they are, who provides them, and whether they fit together."""

from typing import Final

import polars as pl

from annexa.checks.care_rows import (
    ADOPTIVE,
    ADULT,
    EPISODES,
    LIST,
    PLACEMENTS,
    SHORT_BREAKS,
    STATUSES,
    Run,
    Trial,
    Trials,
    children_listed,
    day_of,
    of_open_children,
    together,
    years_old,
)
from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, Unable, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.editions import code_sets
from annexa.extract.tables import ROW
from annexa.lists.context import Context
from annexa.lists.people import with_people
from annexa.lists.placements import (
    ABROAD,
    CONFIDENTIAL,
    TEMPORARY,
    folded,
    gives_authority,
    own_authority,
    placements_in_order,
    with_location,
)
from annexa.lists.registry import ID
from annexa.period import completed_years

LOCATIONS, ADDRESSES = "placement_locations", "addresses"
FOSTERING: Final = ("U1", "U2", "U3", "U4", "U5", "U6")
OTHER: Final = ("Z1", "Z11", "Z12", "Z13", "Z14")
YOUTH_JUSTICE: Final = ("J1", "J2", "J3")
_NO_URN: Final = ("P1", "P2", "P3", "R1", "R2", "R5", *TEMPORARY, *OTHER)
_UNREGISTERED: Final = "XXXXXXX"  # stands for a setting that has no number
_POSTCODE: Final = r"^(GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2})$"
_DATES: Final = ("start_date", "end_date")
_LOCATED: Final = {LOCATIONS: ("placement_id", "la_code", "la_name")}

made("AA-838", reads={EPISODES: _DATES, PLACEMENTS: _DATES, **_LOCATED}, counted=PLACEMENTS)


def _located(context: Context) -> pl.DataFrame:
    """Return every placement with its authority (lists.placements.with_location)."""
    return with_location(context, placements_in_order(context))


def _bare(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(r"\s", "").str.to_uppercase()


@on_extract(
    "AA-808",
    reads={PLACEMENTS: ("placement_type", "provider", "postcode"), STATUSES: ("status", *_DATES)},
)
def own_provision_elsewhere(run: ExtractRun, check: Definition) -> Answer:
    """A placement of the authority's own provision that is outside the authority; not in a short break."""
    if not own_authority(run.context.options.own_la):
        return _NOBODY
    if not gives_authority(run.context):
        return Unable("Nothing in the extract gives the authority of a placement")
    statuses = run.rows(STATUSES).filter(pl.col("status").is_in(SHORT_BREAKS))
    breaks = statuses.select("person_id", pl.col("start_date").alias("_from"), pl.col("end_date").alias("_to"))
    rows = run.context.once(_located)
    short = rows.join(breaks, on="person_id").filter(_in_both())[ROW].unique()
    rows = rows.filter(~pl.col(ROW).is_in(short.implode()) & pl.col("inside").is_not_null())
    outside = ~pl.col("inside")
    return run.looked(check, PLACEMENTS, rows, _own_provision("provider") & outside, _ELSEWHERE, column="provider")


@on_lists("AA-808", each={LIST: ("placement_type", "placement_provider", "placement_location", "legal_status")})
def row_own_provision_elsewhere(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row with own provision and the location Out; that the maker knew the own authority, the location shows."""
    located = pl.col("placement_location").is_not_null()
    rows = run.rows(number).filter(located & ~pl.col("legal_status").is_in(SHORT_BREAKS).fill_null(value=False))
    wrong = _own_provision("placement_provider") & (pl.col("placement_location") == "OUT")
    return run.looked(number, rows, wrong, _ELSEWHERE, column="placement_provider")


_NOBODY: Final = Unable("The name or code of the own authority is not set (own_la)")
_ELSEWHERE: Final = "The provider is the authority itself, and the placement is outside the authority."


def _own_provision(provider: str) -> pl.Expr:
    return (pl.col(provider) == "PR1") & ~pl.col("placement_type").is_in([*FOSTERING, *ADOPTIVE])


def _in_both() -> pl.Expr:
    """True where a placement and the span from _from to _to share more than a day on which one ends."""
    start = pl.col("_from").is_null() | (pl.col("_from") < pl.col("finish"))
    return start & (pl.col("_to").is_null() | (pl.col("begin") < pl.col("_to")))


@on_extract(
    "AA-809", reads={PLACEMENTS: ("placement_id",), LOCATIONS: ("placement_id", "la_code", "la_name", "location")}
)
def location_disagrees(run: ExtractRun, check: Definition) -> Answer:
    """A placement whose recorded location is not what its recorded authority says."""
    if not own_authority(run.context.options.own_la):
        return _NOBODY
    rows = run.context.once(_located).filter(pl.col("location").is_in(["IN", "OUT"]) & pl.col("inside").is_not_null())
    wrong = (pl.col("location") == "IN") != pl.col("inside")
    value = pl.concat_str("location", pl.coalesce("la_name", "la_code"), separator=", ")
    return run.looked(check, PLACEMENTS, rows, wrong, _DISAGREES, value=value)


@on_lists("AA-809", each={LIST: ("placement_location", "la_of_placement")})
def row_location_disagrees(run: ListsRun, _check: Definition, number: int) -> Answer:
    """A row whose location is not what its authority says."""
    own = own_authority(run.own_la)
    if not own:
        return _NOBODY
    authority = pl.col("la_of_placement")
    known = authority.is_not_null() & (authority != CONFIDENTIAL) & pl.col("placement_location").is_not_null()
    wrong = (pl.col("placement_location") == "IN") != folded(authority).is_in(list(own))
    value = pl.concat_str("placement_location", authority, separator=", ")
    return run.looked(
        number, run.rows(number).filter(known), wrong, _DISAGREES, column="placement_location", value=value
    )  # fmt: skip


_DISAGREES: Final = "Placement location and authority of placement disagree on whether it is the own authority."


@on_extract(
    "AA-810",
    reads={
        PLACEMENTS: ("placement_type", "start_date"), STATUSES: ("status", "start_date"), "persons": ("birth_date",)
    },
)  # fmt: skip
def too_young(run: ExtractRun, check: Definition) -> tuple[Looked, ...]:
    """A placement or a status of the youth courts that began at an age at which it is not to be expected."""
    placed, held = (with_people(run.context, run.rows(name), "birth_date") for name in (PLACEMENTS, STATUSES))
    return (
        run.looked(
            check, PLACEMENTS, placed, _placed_young(check, pl.col("start_date")), _YOUNG, column="placement_type"
        ),
        run.looked(check, STATUSES, held, _held_young(check, "status", "start_date"), _YOUNG, column="status"),
    )


@on_lists(
    "AA-810", each={LIST: ("birth_date", "placement_type", "placement_start", "legal_status", "legal_status_start")}
)
def row_too_young(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row whose placement or status began so."""
    rows = run.rows(number)
    held = _held_young(check, "legal_status", "legal_status_start")
    return together(
        rows.height,
        run.looked(number, rows, _placed_young(check, pl.col("placement_start")), _YOUNG, column="placement_type"),
        run.looked(number, rows, held, _YOUNG, column="legal_status"),
    )


_YOUNG: Final = "The child was very young for this placement or legal status when it began."


def _placed_young(check: Definition, start: pl.Expr) -> pl.Expr:
    kind, changed = pl.col("placement_type"), day_of(check, "supported_from")
    later = pl.lit(check.number("supported_age"))
    limit = (
        pl.when(kind == "S1").then(check.number("residential_school_age"))
        .when(kind == "R5").then(check.number("young_offender_age"))
        .when(kind.is_in(["P2", "H5"]) & (start >= changed)).then(later)
        .when(kind == "P2").then(check.number("independent_living_age"))
        .when(kind == "H5").then(check.number("semi_independent_age"))
    )  # fmt: skip
    return completed_years(pl.col("birth_date"), start) < limit


def _held_young(check: Definition, status: str, start: str) -> pl.Expr:
    age = completed_years(pl.col("birth_date"), pl.col(start))
    return pl.col(status).is_in(YOUTH_JUSTICE) & (age < check.number("youth_justice_age"))


@on_extract("AA-811", reads={PLACEMENTS: ("placement_type", "urn", *_DATES)})
def number_of_setting(run: ExtractRun, check: Definition) -> Looked:
    """A placement in England without Ofsted's number, or a placement of a kind that has none with one."""
    rows = run.context.once(_located)
    return together(
        rows.height,
        *(
            run.looked(check, PLACEMENTS, rows, wrong, message, column="urn")
            for message, wrong in _numbers(check, pl.col("end_date"), "urn", "special").items()
        ),
    )


@on_lists("AA-811", each={LIST: ("placement_type", "placement_urn", "la_of_placement", "end_date")})
def row_number_of_setting(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row with the same; a placement of a child who has left is in force to the day that care ended."""
    rows = run.rows(number)
    return together(
        rows.height,
        *(
            run.looked(number, rows, wrong, message, column="placement_urn")
            for message, wrong in _numbers(check, pl.col("end_date"), "placement_urn", "la_of_placement").items()
        ),
    )


def _numbers(check: Definition, end: pl.Expr, urn: str, authority: str) -> dict[str, pl.Expr]:
    """Return message -> what is wrong of the number; each row is wrong in one way at the most."""
    kind, given = pl.col("placement_type"), _bare(urn)
    registered = (end.is_null() | (end > day_of(check, "semi_independent_until"))) & (kind == "H5")
    exempt = kind.is_in(_NO_URN) | ((kind == "H5") & ~registered)
    english = ~pl.col(authority).is_in([*ABROAD, CONFIDENTIAL]).fill_null(value=False)
    return {
        "The placement has no number from Ofsted.": ~exempt & english & given.is_null(),
        "A placement of this kind has no number from Ofsted, and one is given.": exempt & (given != _UNREGISTERED),
        "Supported accommodation has to have a number from Ofsted; XXXXXXX is none.": (
            registered & english & (given == _UNREGISTERED)
        ),
    }


@of_open_children(
    "AA-824",
    ("placement_type", "placement_postcode", "placement_start", "la_of_placement"),
    {PLACEMENTS: ("placement_type", "postcode", *_DATES), ADDRESSES: ("person_id", "postcode", *_DATES)},
    optional=(ADDRESSES,),
)
def postcode_of_placement(run: Run, _check: Definition, rows: pl.DataFrame) -> Trials:
    """A placement in the United Kingdom without a postcode, with one that is none, or at the child's own address.

    Not of a placement for adoption, nor of a confidential one. The own address is that of the day before care began.
    """
    elsewhere = pl.col("la_of_placement").is_in(["NUK", CONFIDENTIAL]).fill_null(value=False)
    adoptive = pl.col("placement_type").is_in(ADOPTIVE).fill_null(value=False)
    placed = pl.col("placement_type").is_not_null() | pl.col("placement_start").is_not_null()
    rows = rows.filter(placed & ~elsewhere & ~adoptive)
    postcode, field = _bare("placement_postcode"), (PLACEMENTS, "postcode")
    trials = [
        Trial(postcode.is_null(), "The placement has no postcode.", "placement_postcode", field),
        Trial(~postcode.str.contains(_POSTCODE), "The postcode of the placement is not of a valid form.",
              "placement_postcode", field),
    ]  # fmt: skip
    if isinstance(run, ExtractRun) and run.has(ADDRESSES):
        home = _at_home(run, rows).unique().implode()
        wrong = pl.col(ID).is_in(home) & (pl.col("placement_type") != "P1")
        message = "The postcode of the placement is that of the child's own address before care began."
        trials.append(Trial(wrong, message, "placement_postcode", field))
    return rows, trials


def _at_home(run: ExtractRun, rows: pl.DataFrame) -> pl.Series:
    addresses = run.rows(ADDRESSES).select(
        "person_id", _bare("postcode").alias("_home"), pl.col("start_date").alias("_from"),
        pl.col("end_date").alias("_to"),
    )  # fmt: skip
    before = pl.col("start_date") - pl.duration(days=1)
    in_force = (pl.col("_from").is_null() | (pl.col("_from") <= before)) & (
        pl.col("_to").is_null() | (pl.col("_to") >= before)
    )
    lived = rows.join(addresses, on="person_id").filter(in_force & (pl.col("_home") == _bare("placement_postcode")))
    return lived[ID]


@of_open_children(
    "AA-830",
    ("birth_date", "placement_type", "placement_urn", "placement_postcode", "placement_start"),
    {"persons": ("birth_date",), PLACEMENTS: ("placement_type", "urn", "postcode", *_DATES)},
)
def may_be_unregistered(run: Run, check: Definition, rows: pl.DataFrame) -> Trials:
    """A child in a setting that may not be registered; the value is its type, its postcode area and its start."""
    kind, urn = pl.col("placement_type"), _bare("placement_urn")
    rows = rows.filter((years_old(run) < ADULT).fill_null(value=True))
    needs_number = ["K2", "H5"] if run.period.inspection_date >= day_of(check, "supported_from") else ["K2"]
    wrong = (urn == _UNREGISTERED) | kind.is_in(OTHER) | (kind.is_in(needs_number) & urn.is_null())
    area = _bare("placement_postcode").str.extract(r"^([A-Z]{1,2})")
    value = pl.concat_str(kind, area, pl.col("placement_start").cast(pl.String), separator=", ", ignore_nulls=True)
    message = "The child may be in a setting that is not registered."
    return rows, (Trial(wrong, message, "placement_urn", (PLACEMENTS, "urn"), value=value),)


@on_extract("AA-837", reads={EPISODES: _DATES, PLACEMENTS: ("postcode", *_DATES)})
def authority_unknown(run: ExtractRun, check: Definition) -> Answer:
    """A placement shown on List 8 whose authority nothing gives, or that names one which is no authority.

    Known are the own authority and those of the look-up; without a look-up, whatever is not a word for unknown.
    """
    context = run.context
    if not gives_authority(context):
        return Unable("Nothing in the extract gives the authority of a placement")
    rows = context.once(_located).join(
        children_listed(run).select(pl.col("placement_row").alias(ROW)), on=ROW, how="semi", maintain_order="left"
    )
    names = [folded(pl.col("la_code")), folded(pl.col("la_name"))]
    given = pl.any_horizontal(name.is_not_null() for name in names)
    known = ~pl.any_horizontal(name.is_in(check.words("unknown")).fill_null(value=False) for name in names)
    if context.postcodes is not None:
        listed = context.postcodes.select(folded(pl.col("la_code", "la_name")))
        every = {*listed["la_code"], *listed["la_name"], *own_authority(context.options.own_la)} - {None}
        known &= pl.any_horizontal(name.is_in(list(every)).fill_null(value=False) for name in names)
    wrong = pl.col("special").is_null() & ~(given & known)
    value = pl.coalesce("la_name", "la_code", "postcode")
    return run.looked(check, PLACEMENTS, rows, wrong, _UNKNOWN, column="postcode", value=value)


@on_lists("AA-837", each={LIST: ("placement_type", "la_of_placement")})
def row_authority_unknown(run: ListsRun, check: Definition, number: int) -> Answer:
    """A row with a placement and without its authority, on a list where others have one; or a word for unknown."""
    authority = pl.col("la_of_placement")
    rows = run.rows(number).filter(pl.col("placement_type").is_not_null() | authority.is_not_null())
    if rows.height and not rows["la_of_placement"].drop_nulls().len():
        return Unable(f"List {number} gives no authority of placement")
    special = code_sets()["la_of_placement"].codes
    known = authority.is_in(list(special)) | ~folded(authority).is_in(check.words("unknown"))
    return run.looked(number, rows, ~known.fill_null(value=False), _UNKNOWN, column="la_of_placement")


_UNKNOWN: Final = "The authority of the placement is not known, so nor is whether it is the own one."


@on_lists("AA-838", each={LIST: ("placement_location", "la_of_placement")})
def row_confidential(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of a confidential placement without a location."""
    rows = run.rows(number).filter(pl.col("la_of_placement") == CONFIDENTIAL)
    message = "Confidential placement without a location."
    return run.looked(number, rows, pl.col("placement_location").is_null(), message, column="placement_location")
