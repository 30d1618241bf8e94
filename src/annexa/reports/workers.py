"""The workforce for report 1.07: who is employed at D, who left, who is qualified, in which team and locality."""

from typing import Final

import polars as pl

from annexa.extract.tables import MASKED, ROW
from annexa.lists.orders import id_order
from annexa.period import completed_years
from annexa.reports.run import ReportRun

WORKERS: Final = "workers"
PROFESSIONALS: Final = "professionals"
BANDS: Final = ("under 1 year", "1 to under 2 years", "2 to under 5 years", "5 to under 10 years", "10 years or more")
UNKNOWN_BAND: Final = "not known"
_BAND_STARTS: Final = (0, 1, 2, 5, 10)  # completed years; the lower bound belongs to the band
_AGENCY: Final = "Y"


def plain(text: pl.Expr) -> pl.Expr:
    """Lower case with single blanks: how identifiers and names of workers and teams are compared (as AA-X27 does)."""
    return text.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def staff(run: ReportRun) -> pl.DataFrame:
    """Everybody in the workforce data, one row a worker, in the order of identifiers.

    The table of workers is the source; without it the staff table of the case records, which says neither when somebody
    was employed nor for whom: there everyone counts as employed, and nobody as an agency's.

    Returns:
        worker           number of the row, by which the report knows the worker
        worker_id, name, role, fte, start_date, leave_date, agency (Y, N or blank), registration_number: as recorded
        team             label of the team (see with_team); blank where none is recorded
        given_team       the team as recorded
        team_known       false where the table of teams is there and does not have it
        locality         the recorded one, else what the team belongs to
        employed         begun by A and not left by A: who leaves on D has left (K5), a blank start has begun (K7)
        permanent        not recorded as an agency's
        qualified        a registration number, or a role of `social_worker_roles`
        leaver, starter  permanent, and left or began in the twelve months, whether or not still there
        band             experience of a qualified worker at D: one of BANDS, or UNKNOWN_BAND; blank for others
        _row             row in the source

    Rows with neither identifier nor name are nobody's and are left out.
    """
    return run.once(_staff)


def source(run: ReportRun) -> str:
    """The record that staff() is made from."""
    return WORKERS if run.has(WORKERS) else PROFESSIONALS


def _staff(run: ReportRun) -> pl.DataFrame:
    rows = _workers(run) if source(run) == WORKERS else _professionals(run)
    rows = with_team(run, rows.filter(pl.col("worker_id").is_not_null() | pl.col("name").is_not_null()))
    permanent = pl.col("agency").ne_missing(_AGENCY)
    roles = [role.strip().casefold() for role in run.settings.social_worker_roles]
    qualified = pl.col("registration_number").is_not_null() | pl.col("role").str.to_lowercase().str.strip_chars().is_in(
        roles
    )
    rows = rows.with_columns(
        run.period.open_at(pl.col("start_date"), pl.col("leave_date")).alias("employed"),
        permanent.alias("permanent"),
        qualified.fill_null(value=False).alias("qualified"),
        (permanent & run.year().contains(pl.col("leave_date"))).alias("leaver"),
        (permanent & run.year().contains(pl.col("start_date"))).alias("starter"),
    ).with_columns(pl.when("qualified").then(_band(run)).alias("band"))
    order = [pl.col("worker_id").is_null(), *id_order(pl.col("worker_id")), "name", "start_date", ROW]
    found = rows.sort(order, nulls_last=True).with_row_index("worker")
    _report(run, found)
    return found


def _workers(run: ReportRun) -> pl.DataFrame:
    return run.rows(WORKERS).rename({"team": "given_team"})


def _professionals(run: ReportRun) -> pl.DataFrame:
    """Return the staff table in the shape of the table of workers: one row a professional identifier.

    Of several rows with one identifier the one with the fewest blanks stands, then the greater text.
    """
    fields = ["professional_id", "staff_id", "name", "registration_number", "job_title", "fte"]
    rows = run.rows(PROFESSIONALS).with_columns(
        pl.coalesce("professional_id", "staff_id").alias("worker_id"),
        pl.sum_horizontal(pl.col(fields).is_null()).alias("_blanks"),
    )
    ordered = rows.sort("worker_id", "_blanks", *fields, ROW, descending=[False, False, *[True] * 6, False])
    first = pl.col("worker_id").is_null() | pl.col("worker_id").is_first_distinct()
    blank = {"given_team": pl.String, "locality": pl.String, "agency": pl.String}
    blank_days = dict.fromkeys(("start_date", "leave_date", "qualified_date"), pl.Date)
    return ordered.filter(first).select(
        "worker_id",
        "name",
        "registration_number",
        "fte",
        ROW,
        pl.col("job_title").alias("role"),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in {**blank, **blank_days}.items()),
    )


def _band(run: ReportRun) -> pl.Expr:
    years = completed_years(pl.col("qualified_date"), run.period.inspection_date)
    band = pl.lit(None, dtype=pl.String)
    for start, label in zip(_BAND_STARTS, BANDS, strict=True):
        band = pl.when(years >= start).then(pl.lit(label)).otherwise(band)
    return band.fill_null(UNKNOWN_BAND)


# --- teams and localities ---


def with_team(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add team, team_known and locality to rows with given_team and locality.

    A team is looked up by identifier, then by name. Its label is its name, with the identifier behind it where several
    teams have that name; one that no table knows is shown as recorded. A recorded locality is kept; where it is blank,
    it is what the team belongs to in the table of teams.
    """
    joined = rows.with_columns(plain(pl.col("given_team")).alias("_key")).join(
        run.once(_teams), left_on="_key", right_on="key", how="left", maintain_order="left"
    )
    known = pl.col("label").is_not_null() | pl.col("given_team").is_null() | pl.lit(not run.has("teams"))
    return joined.with_columns(
        known.alias("team_known"),
        pl.coalesce("label", "given_team").alias("team"),
        pl.coalesce("locality", "area").alias("locality"),
    ).drop("_key", "label", "area")


def _teams(run: ReportRun) -> pl.DataFrame:
    """Return key (identifier or name, as plain() has it), label and area (what the team belongs to), one row a key."""
    listed = (
        run.rows("teams")
        .drop_nulls("team_id")
        .sort("team_id", "name", "parent_name", descending=[False, True, True], nulls_last=True)
        .unique("team_id", keep="first", maintain_order=True)
        .with_columns(pl.col("name").fill_null(pl.col("team_id")))
        .with_columns(plain(pl.col("name")).alias("name_key"))
    )
    several = pl.len().over("name_key") > 1
    label = pl.when(several).then(pl.format("{} ({})", "name", "team_id")).otherwise("name")
    by_id = listed.select(plain(pl.col("team_id")).alias("key"), label.alias("label"), pl.col("parent_name"))
    # A name that several teams have does not say which of them is meant; it is known all the same.
    by_name = listed.group_by(pl.col("name_key").alias("key"), maintain_order=True).agg(
        pl.col("name").first().alias("label"),
        pl.when(pl.col("parent_name").n_unique() == 1).then(pl.col("parent_name").first()).alias("parent_name"),
    )
    together = pl.concat([by_id, by_name]).rename({"parent_name": "area"})
    return together.unique("key", keep="first", maintain_order=True)


def posts(run: ReportRun) -> pl.DataFrame:
    """The posts with team, team_known and locality as with_team() has them: established_fte and vacant_fte."""
    return run.once(_posts)


def _posts(run: ReportRun) -> pl.DataFrame:
    found = with_team(run, run.rows("posts").rename({"team": "given_team"}))
    _report_teams(run, "posts", found)
    return found


# --- sickness ---


def sickness(run: ReportRun) -> pl.DataFrame:
    """Working days lost through sickness in the twelve months, of each absence.

    Of an absence that began before the twelve months the days are taken in proportion to its calendar days within
    them; one that continues runs to A. Where its last day lies after A (and is blank for that reason), the recorded
    days can include days to come, so that no more count than there were working days.

    Returns:
        worker   as in staff(); blank where the workforce data does not have the worker
        permanent
        dated    false where the absence has no date at all
        inside   it shares a day with the twelve months
        lost     days; blank where none are recorded
        _row, worker_id
    """
    return run.once(_sickness)


def _sickness(run: ReportRun) -> pl.DataFrame:
    year, as_at, day = run.year(), run.period.as_at, pl.duration(days=1)
    start = pl.coalesce("start_date", "end_date")
    end = pl.max_horizontal(start, pl.col("end_date").fill_null(as_at))
    first, last = pl.max_horizontal(start, pl.lit(year.start)), pl.min_horizontal(end, pl.lit(year.end))
    # The largest and smallest of several leave blanks out, so that an absence without a date is told apart here.
    within = pl.when(start.is_not_null()).then((last - first + day).dt.total_days())
    lost = pl.col("working_days_lost") * within / (end - start + day).dt.total_days()
    most = run.calendar.between(first - day, last)
    people = staff(run).drop_nulls("worker_id").unique("worker_id", keep="first", maintain_order=True)
    found = (
        run.rows("absences")
        .with_columns(
            start.is_not_null().alias("dated"),
            (within > 0).fill_null(value=False).alias("inside"),
            # Not the smallest of the two, which would leave blank days out.
            pl.when(pl.col(MASKED) & (most < lost)).then(most).otherwise(lost).alias("lost"),
        )
        .join(people.select("worker_id", "worker", "permanent"), on="worker_id", how="left", maintain_order="left")
        .select("worker", "permanent", "dated", "inside", "lost", "worker_id", ROW)
    )
    _report_absences(run, found)
    return found


# --- findings ---


def _report(run: ReportRun, found: pl.DataFrame) -> None:
    record = source(run)
    table = run.context.tables[record]
    if record == PROFESSIONALS:
        several = run.rows(record).filter(pl.col("professional_id").is_not_null())
        again = several.filter(pl.col("professional_id").is_duplicated()).sort("professional_id", ROW)
        run.context.findings.add(
            "AA-R43",
            f"{table.source} has several rows for one worker: the fullest stands.",
            frame=again.unique("professional_id", keep="first", maintain_order=True),
            table=table.source,
            file=table.file,
            row=pl.col(ROW),
            worker=pl.col("professional_id"),
        )
        return
    _report_teams(run, record, found.filter(pl.col("employed") | pl.col("leaver")))
    run.context.findings.add(
        "AA-R43",
        "The worker left before the first day: the leaving date decides.",
        frame=found.filter(pl.col("leave_date") < pl.col("start_date")),
        table=table.source,
        file=table.file,
        row=pl.col(ROW),
        column=table.column("leave_date"),
        worker=pl.col("worker_id"),
    )


def _report_teams(run: ReportRun, record: str, rows: pl.DataFrame) -> None:
    """Add a finding for each team of a table that the table of teams does not have."""
    table, teams = run.context.tables[record], run.context.tables["teams"]
    unknown = rows.filter(~pl.col("team_known")).sort("given_team", ROW)
    run.context.findings.add(
        "AA-R45",
        f"{teams.source} does not have the team, which is shown as given.",
        frame=unknown.unique("given_team", keep="first", maintain_order=True),
        table=table.source,
        file=table.file,
        row=pl.col(ROW),
        column=table.column("team"),
        value=pl.col("given_team"),
    )


def _report_absences(run: ReportRun, found: pl.DataFrame) -> None:
    if not run.has(WORKERS):
        return
    table = run.context.tables["absences"]
    lost = found.filter(pl.col("worker").is_null() & pl.col("inside")).sort("worker_id", ROW, nulls_last=True)
    run.context.findings.add(
        "AA-R45",
        "The workforce data does not have the worker, whose absences are in no number.",
        frame=lost.unique("worker_id", keep="first", maintain_order=True),
        table=table.source,
        file=table.file,
        row=pl.col(ROW),
        column=table.column("worker_id"),
        worker=pl.col("worker_id"),
    )
