"""Checks of who a child is: identifier, date of birth, age, gender, and one child under two identifiers."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.children import ACTIVITY, LISTS_OF_CHILDREN, persons, rows_of_children, unborn, with_activity
from annexa.checks.registry import Answer, Looked, Unable, looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import DROP, ROW
from annexa.filled.values import PLACEHOLDERS
from annexa.lists.orders import id_order
from annexa.lists.people import people
from annexa.period import completed_years

# The first list that starts from a record. Rows without a child are told by the account of that list.
_STARTS: Final = {
    "contacts": 1,
    "early_help_episodes": 2,
    "early_help_assessments": 2,
    "cin_episodes": 3,
    "assessments": 4,
    "section_47_enquiries": 5,
    "cp_plans": 7,
    "care_episodes": 8,
    "care_leavers": 9,
    "permanence": 10,
}
_OPTIONAL_ACTIVITY: Final = tuple(ACTIVITY)
_MALE_OR_FEMALE: Final = ("M", "F")
_TEMPORARY_UPN: Final = r"^UN([1-9]|10)$"
_ANY_LIST: Final = dict.fromkeys(LISTS_OF_CHILDREN, ("birth_date",))
_NO_ID: Final = "The record has no child identifier, or a placeholder: the child cannot be listed."
_NO_BIRTH: Final = "The child has no date of birth and is not marked as unborn."
_ESTIMATED: Final = "There is no date of birth, only an expected one that has passed: it is taken as an estimate."
_GENDER: Final = "The child is not born yet and a gender is recorded: it should be not stated."
_TOO_OLD: Final = "The person is older than those whom the lists are about: the date of birth looks wrong."

made("AA-G23", reads={"persons": ("birth_date",)})


@on_extract("AA-G01", each=dict.fromkeys(_STARTS, ("person_id",)))
def record_without_child(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Rows that a list leaves off because nothing says whose they are (K8); families' records are AA-R19."""
    number = _STARTS[record]
    account = run.lists[number].accounts[record]
    nobody = account.filter((pl.col("reason") == "NO_CHILD_ID") & pl.col("finding").is_null())
    rows = run.context.rows(record).filter(pl.col(DROP).is_null() | (pl.col(DROP) == "NO_CHILD_ID"))
    wrong = pl.col(ROW).is_in(nobody[ROW].implode())
    return run.looked(check, record, rows, wrong, _NO_ID, column="person_id", list=number, child=None, value=None)


@on_lists("AA-G01", each=dict.fromkeys(LISTS_OF_CHILDREN, ()))
def row_without_child(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Rows whose Child Unique ID is blank or stands for none; one finding for a list that has no such column."""
    if not run.has(number, "person_id"):
        rows = run.rows(number)
        message = f"List {number} has no column of child identifiers: nobody on it can be told apart."
        return Looked(rows.height, run.looked(number, rows.head(1), pl.lit(value=True), message, child=None).found)
    person = pl.col("person_id").cast(pl.String)
    wrong = person.is_null() | person.str.strip_chars().str.to_lowercase().is_in(["", *PLACEHOLDERS])
    return run.looked(number, run.rows(number), wrong, _NO_ID, column="person_id", child=None)


@on_extract(
    "AA-G02",
    reads={"persons": ("person_id",), **dict.fromkeys(ACTIVITY, ("person_id",))},
    optional=_OPTIONAL_ACTIVITY,
)
def activity_without_person(run: ExtractRun, _check: Definition) -> Looked:
    """Children whom some record names and the person table does not have, after the merge map (K8)."""
    table = run.context.tables["persons"]
    known = run.rows("persons")["person_id"].implode()
    return looked(
        with_activity(run.context).sort("person_id"),
        ~pl.col("person_id").is_in(known),
        "The child has activity but no person record: gender, ethnicity, date of birth and age are blank.",
        list=pl.col("list"),
        child=pl.col("person_id"),
        table=table.source,
        file=table.file,
    )


@on_extract("AA-G03", reads={"persons": ("birth_date",)})
def no_birth_date(run: ExtractRun, check: Definition) -> Looked:
    """Children with activity who have neither a date of birth nor an expected one."""
    wrong = pl.col("birth_date").is_null() & pl.col("expected_birth_date").is_null()
    return _of_persons(run, check, persons(run.context), wrong, _NO_BIRTH, "birth_date")


@on_lists("AA-G03", each=dict.fromkeys(LISTS_OF_CHILDREN, ("birth_date", "age_in_years")))
def row_without_birth_date(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Children of a list whose date of birth is blank and whose age does not say unborn; one finding a child."""
    wrong = pl.col("birth_date").is_null() & (pl.col("age_in_years") != -1).fill_null(value=True)
    children = run.rows(number).sort(wrong, maintain_order=True, descending=True)
    named = children.unique("person_id", keep="first", maintain_order=True)
    return run.looked(number, named, wrong, _NO_BIRTH, column="birth_date")


@on_lists("AA-G04", reads=_ANY_LIST, optional=LISTS_OF_CHILDREN)
def birth_dates_differ(run: ListsRun, _check: Definition) -> Looked | Unable:
    """One identifier with two dates of birth on the lists."""
    return _differing(run, "birth_date", "The child has different dates of birth on these lists.")


@on_lists("AA-G05", reads=dict.fromkeys(LISTS_OF_CHILDREN, ("gender", "ethnicity")), optional=LISTS_OF_CHILDREN)
def gender_or_ethnicity_differs(run: ListsRun, _check: Definition) -> tuple[Looked | Unable, ...]:
    """One identifier with two genders, or two ethnicities, on the lists."""
    return (
        _differing(run, "gender", "The child's gender differs between these lists."),
        _differing(run, "ethnicity", "The child's ethnicity differs between these lists."),
    )


def _differing(run: ListsRun, column: str, message: str) -> Looked | Unable:
    """Children for whom a column says two things on the lists; the value says what stands on which lists."""
    view = next((view for view in run.lists.values() if {"person_id", column} <= view.present), None)
    if view is None:
        return Unable(f"no list with the column {column.replace('_', ' ')} is there")
    said = pl.col(column).cast(pl.String)
    filled = rows_of_children(run, column).drop_nulls(column)
    sides = filled.group_by("person_id").agg((said.min() != said.max()).alias("differ"))
    texts = (
        filled.join(sides.filter("differ"), on="person_id", how="semi")
        .group_by("person_id", pl.col(column).cast(pl.String).alias("said"))
        .agg(pl.col("list").unique().sort())
        .sort("person_id", pl.col("list").list.first(), "said")
        .with_columns(pl.col("list").cast(pl.List(pl.String)).list.join(", ").alias("lists"))
    )
    children = texts.group_by("person_id", maintain_order=True).agg(
        pl.col("list").list.first().first().alias("list"),
        pl.format("{} (List {})", "said", "lists").str.join("; ").alias("said"),
    )
    answer = looked(
        children,
        pl.lit(value=True),
        message,
        child=pl.col("person_id"),
        column=view.heading(column),
        value=pl.col("said"),
    )
    return Looked(sides.height, answer.found)


@on_extract("AA-G09", reads={"persons": ("birth_date", "expected_birth_date")})
def birth_date_estimated(run: ExtractRun, check: Definition) -> Looked:
    """Children with activity of whom only an expected date of birth is known, and that long past (K12, R10)."""
    latest = pl.lit(run.period.inspection_date) - pl.duration(days=check.number("days"))
    wrong = pl.col("birth_date").is_null() & (pl.col("expected_birth_date") < latest)
    return _of_persons(run, check, persons(run.context), wrong, _ESTIMATED, "expected_birth_date")


@on_lists("AA-G09", each=dict.fromkeys(LISTS_OF_CHILDREN, ("birth_date", "age_in_years")))
def row_with_estimated_birth_date(run: ListsRun, check: Definition, number: int) -> Looked:
    """Children whom a list calls unborn although the date that it gives is long past."""
    latest = pl.lit(run.period.inspection_date) - pl.duration(days=check.number("days"))
    wrong = (pl.col("age_in_years") == -1) & (pl.col("birth_date") < latest)
    children = run.rows(number).unique("person_id", keep="first", maintain_order=True)
    return run.looked(number, children, wrong, _ESTIMATED, column="birth_date")


@on_lists("AA-G11", each=dict.fromkeys(LISTS_OF_CHILDREN, ("person_id", "birth_date", "age_in_years")))
def age_does_not_fit(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Rows whose age is not that of the date of birth at D, or at the death where one is known (2.1).

    A list does not say whether a date of birth is an expected one: up to 28 days before D the age may be -1 too (K12).
    """
    rows = run.rows(number).join(_deaths(run), on="person_id", how="left", maintain_order="left")
    day, birth, age = pl.lit(run.period.inspection_date), pl.col("birth_date"), pl.col("age_in_years")
    computed = completed_years(birth, pl.min_horizontal(day, "death_date"))
    is_unborn = age.eq_missing(-1)
    agrees = (
        pl.when(birth.is_null())
        .then(age.is_null() | is_unborn)
        .when(birth > day)
        .then(is_unborn)
        .otherwise(age.eq_missing(computed) | (is_unborn & (birth >= run.period.unborn_from)))
    )
    message = "The age does not agree with the date of birth."
    return run.looked(number, rows, ~agrees, message, column="age_in_years")


def _deaths(run: ListsRun) -> pl.DataFrame:
    """Return person_id and death_date: from the extract, or else of children whom Lists 6 and 8 close as dead."""
    if run.extract is not None:
        return people(run.extract.context).select("person_id", "death_date").drop_nulls()
    parts = [pl.DataFrame(schema={"person_id": pl.String, "death_date": pl.Date})]
    for number, end, reason, died in ((6, "close_date", "close_reason", "RC2"), (8, "end_date", "end_reason", "E2")):
        if run.has(number, "person_id", end, reason):
            closed = run.rows(number).filter(pl.col(reason) == died)
            parts.append(closed.select("person_id", pl.col(end).cast(pl.Date).alias("death_date")))
    return pl.concat(parts).drop_nulls().group_by("person_id").agg(pl.col("death_date").min())


@on_extract("AA-G12", reads={"persons": ("birth_date",)})
def unborn_with_gender(run: ExtractRun, check: Definition) -> Answer:
    """Unborn children with activity of whom it is recorded that they are male or female (K12, R17)."""
    table = run.context.tables["persons"]
    if {"gender", "sex"} <= table.absent:
        return Unable(f"{table.source} has neither gender nor sex")
    children = persons(run.context).filter("unborn").with_columns(pl.coalesce("gender", "sex").alias("gender"))
    return _of_persons(run, check, children, pl.col("gender").is_in(_MALE_OR_FEMALE), _GENDER, "gender")


@on_lists("AA-G12", each=dict.fromkeys((1, 2, 3, 4, 5, 6, 7, 10), ("gender", "birth_date", "age_in_years")))
def row_unborn_with_gender(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """Rows of unborn children that say male or female, or give another age than -1."""
    rows = run.rows(number).filter(unborn(run))
    return (
        run.looked(number, rows, pl.col("gender").is_in(_MALE_OR_FEMALE), _GENDER, column="gender"),
        _without_count(
            run.looked(
                number,
                rows,
                pl.col("age_in_years").ne_missing(-1),
                "The child is not born yet: the age should be -1.",
                column="age_in_years",
            )
        ),
    )


def _without_count(answer: Looked) -> Looked:
    """A second look at the same rows, which are counted once."""
    return Looked(0, answer.found)


@on_extract("AA-G19", reads={"persons": ("birth_date",)})
def one_child_twice(run: ExtractRun, _check: Definition) -> Answer:
    """Two identifiers with the same date of birth, sex and permanent UPN, or NHS number, after the merge map (K9).

    One finding for each group, under its first identifier; the value names the others. A blank never matches.
    """
    table = run.context.tables["persons"]
    if {"nhs_number", "upn"} <= table.absent:
        return Unable(f"{table.source} has neither pupil nor NHS numbers")
    if {"gender", "sex"} <= table.absent:
        return Unable(f"{table.source} has neither gender nor sex")
    born = run.rows("persons").select(
        "person_id",
        "birth_date",
        pl.coalesce("sex", "gender").alias("sex"),
        *(pl.col(name).str.replace_all(r"\s", "").str.to_uppercase() for name in ("nhs_number", "upn")),
    )
    # Where a pupil number is not known, a reason such as UN1 stands in its place.
    born = born.with_columns(pl.when(~pl.col("upn").str.contains(_TEMPORARY_UPN)).then("upn").alias("upn"))
    groups = [_alike(born, number) for number in ("nhs_number", "upn")]
    found = pl.concat(groups).unique("ids", keep="first", maintain_order=True)
    message = "Another identifier has the same date of birth, sex and pupil or NHS number: merge them, or confirm."
    answer = looked(
        found,
        pl.lit(value=True),
        message,
        child=pl.col("ids").list.first(),
        table=table.source,
        file=table.file,
        value=pl.col("ids").list.slice(1).list.join(", "),
    )
    return Looked(born.height, answer.found)


def _alike(born: pl.DataFrame, number: str) -> pl.DataFrame:
    """Return `ids`: the identifiers of each group of persons who share this number, date of birth and sex."""
    key = ["birth_date", "sex", number]
    rows = born.drop_nulls(["person_id", *key])
    shared = rows.filter(pl.struct(key).is_duplicated())
    groups = (
        shared.sort(*key, *id_order(pl.col("person_id")))
        .group_by(key, maintain_order=True)
        .agg(pl.col("person_id").unique(maintain_order=True).alias("ids"))
    )
    return groups.select("ids").filter(pl.col("ids").list.len() > 1)


@on_extract("AA-G22", reads={"persons": ("birth_date",)})
def too_old(run: ExtractRun, check: Definition) -> Looked:
    """Persons on a list who are older at D than anybody whom the lists are about."""
    listed = rows_of_children(run.built).group_by("person_id").agg(pl.col("list").min())
    children = persons(run.context).drop("list").join(listed, on="person_id")
    return _of_persons(run, check, children, pl.col("age") > check.number("age"), _TOO_OLD, "birth_date")


@on_lists("AA-G22", each=dict.fromkeys(LISTS_OF_CHILDREN, ("birth_date",)))
def row_too_old(run: ListsRun, check: Definition, number: int) -> Looked:
    """Persons on a list who are older at D than anybody whom the lists are about."""
    age = completed_years(pl.col("birth_date"), run.period.inspection_date)
    rows = run.rows(number).unique("person_id", keep="first", maintain_order=True)
    return run.looked(number, rows, age > check.number("age"), _TOO_OLD, column="birth_date")


@on_lists("AA-G23", each=dict.fromkeys((8, 9), ("birth_date", "age_in_years")))
def unborn_in_care(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Rows of Lists 8 and 9 whose child is not born yet."""
    message = f"An unborn child cannot be on List {number}."
    return run.looked(number, run.rows(number), unborn(run), message, column="birth_date")


def _of_persons(
    run: ExtractRun, check: Definition, frame: pl.DataFrame, wrong: pl.Expr, message: str, column: str
) -> Looked:
    """Return the answer of a check over persons(): about the child as a whole, so without an event."""
    rows = frame.sort("person_id")
    return run.looked(check, "persons", rows, wrong, message, column=column, list=pl.col("list"), event=None)
