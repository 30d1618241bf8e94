"""Checks of Lists 1 to 3: contacts, early help, referrals."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, made, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import (
    first_of_child,
    unable,
    unable_without,
    window_of,
    with_latest_end,
    with_share,
    with_share_above,
)
from annexa.extract.tables import DROP, ROW
from annexa.lists.assessments import assessment_facts
from annexa.lists.children_in_need import tested_episodes
from annexa.lists.context import Context
from annexa.lists.early_help import helped_children
from annexa.lists.front_door import earlier_events, referrals_in_12_months
from annexa.lists.orders import id_order
from annexa.lists.registry import ID
from annexa.lists.services import CARE, CP_PLAN, open_kinds
from annexa.lists.spans import needed_window
from annexa.period import InspectionPeriod
from annexa.records import UNREADABLE

CONTACT_LIST, HELP_LIST, REFERRAL_LIST = 1, 2, 3
CONTACTS: Final = "contacts"
REFERRALS: Final = "cin_episodes"
HELP: Final = ("early_help_episodes", "early_help_assessments")
_HELP_STARTS: Final = dict.fromkeys(HELP, ("start_date",))
_HELP_SPANS: Final = {HELP[0]: ("start_date", "end_date"), HELP[1]: ("start_date", "completed_date")}
_HELP_NAMES: Final = dict.fromkeys(HELP, ("organisation",))
_STATUTORY: Final = {"cp_plans": ("start_date", "end_date"), "care_episodes": ("start_date", "end_date")}
_STATUTORY_LISTS: Final = dict.fromkeys((7, 8), ("person_id", "start_date", "end_date"))
_NFA: Final = ("nfa", "outcome_json")
_WORK: Final = ("assessments", "section_47_enquiries", "cin_plans", "cp_plans")
UNKNOWN_SOURCE: Final = "10"  # what the lists show for a blank one (K20)

made("AA-104", reads={CONTACTS: ("contact_date",)}, counted=CONTACTS)
made("AA-308", reads={REFERRALS: ("referral_date",)}, counted=REFERRALS)


@on_lists("AA-101", each={CONTACT_LIST: ("contact_date",)})
def contact_outside_window(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A contact of List 1 before the window or after D."""
    rows = run.rows(number).drop_nulls("contact_date")
    wrong = ~window_of(run, number).contains(pl.col("contact_date"))
    return run.looked(number, rows, wrong, "The contact is outside the window of the list.", column="contact_date")


@on_extract("AA-102", each={CONTACTS: ("contact_source",)})
def contact_source_unknown(run: ExtractRun, check: Definition, record: str) -> tuple[Looked, ...]:
    """Contacts without a source, where they are more than a share of all."""
    return _unknown_sources(run, check, record, "contact_source")


@on_lists("AA-102", each={CONTACT_LIST: ("contact_source",)})
def row_contact_source_unknown(run: ListsRun, check: Definition, number: int) -> tuple[Looked, ...]:
    """Rows of List 1 without a source, where they are more than a share of all."""
    return _unknown_sources(run, check, number, "contact_source")


@on_extract("AA-306", each={REFERRALS: ("referral_source",)})
def referral_source_unknown(run: ExtractRun, check: Definition, record: str) -> tuple[Looked, ...]:
    """Referrals without a source, where they are more than a share of all."""
    return _unknown_sources(run, check, record, "referral_source")


@on_lists("AA-306", each={REFERRAL_LIST: ("referral_source",)})
def row_referral_source_unknown(run: ListsRun, check: Definition, number: int) -> tuple[Looked, ...]:
    """Rows of List 3 without a source, where they are more than a share of all."""
    return _unknown_sources(run, check, number, "referral_source")


def _unknown_sources(
    run: ExtractRun | ListsRun, check: Definition, where: str | int, column: str
) -> tuple[Looked, ...]:
    """A finding for each contact or referral whose source is blank or unknown; one that no map knows is not tested."""
    source = pl.col(column)
    wrong = source.is_null() | (source == UNKNOWN_SOURCE)
    message, list_message = "The source is blank or unknown.", "Rows whose source is blank or unknown."
    if isinstance(run, ExtractRun):
        rows = run.rows(str(where)).filter(source.ne_missing(pl.lit(UNREADABLE)))
        answer = run.looked(check, str(where), rows, wrong, message, column=column)
    else:
        answer = run.looked(int(where), run.rows(int(where)), wrong, message, column=column)
    return with_share_above(answer, check.share("percent"), list_message, check.lists[0])


@on_extract("AA-103", each={CONTACTS: ("contact_date", "contact_source")})
def contact_twice(run: ExtractRun, check: Definition, record: str) -> Looked:
    """A contact on a day on which the child has another from the same source; the value is the first of them.

    A blank source is the source "unknown", as the list shows it.
    """
    keys = ["person_id", "contact_date", "_source"]
    contacts = (
        run.rows(record)
        .filter(pl.col("contact_date").is_not_null() & pl.col("contact_source").ne_missing(pl.lit(UNREADABLE)))
        .with_columns(pl.col("contact_source").fill_null(UNKNOWN_SOURCE).alias("_source"))
        .sort(*id_order(pl.col("contact_id")), nulls_last=True)
        .with_columns(pl.col("contact_id").first().over(keys).alias("_first"))
    )
    again = pl.col("contact_id").ne_missing(pl.col("_first"))
    return run.looked(check, record, contacts, again, _TWICE, column="contact_date", value=pl.col("_first"))


@on_lists("AA-103", each={CONTACT_LIST: ("person_id", "contact_date", "contact_source")})
def row_contact_twice(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 1 of a child, a day and a source that an earlier row has too."""
    rows = run.rows(number).drop_nulls(["person_id", "contact_date"])
    again = ~pl.struct(
        "person_id", "contact_date", pl.col("contact_source").fill_null(UNKNOWN_SOURCE)
    ).is_first_distinct()
    return run.looked(number, rows, again, _TWICE, column="contact_date")


_TWICE: Final = "The child has another contact on this day from the same source: is it entered twice?"


@on_lists("AA-104", each={CONTACT_LIST: ("contact_date",)})
def row_contact_undated(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 1 without a date."""
    return _blank(run, number, "contact_date", "The contact has no date.")


@on_extract("AA-201", each=_HELP_SPANS)
def early_help_ended_before_it_began(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Early help that ends before it starts, on either source table."""
    end = run.context.tables[record].record.meta.end
    wrong = pl.col(end) < pl.col("start_date")
    return run.looked(check, record, helped_children(run.context, record), wrong, _ENDED_FIRST, column=end)


@on_lists("AA-201", each={HELP_LIST: ("start_date", "end_date")})
def row_completed_before_start(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 2 whose completion date is before its start date."""
    wrong = pl.col("end_date") < pl.col("start_date")
    return run.looked(number, run.rows(number), wrong, _ENDED_FIRST, column="end_date")


_ENDED_FIRST: Final = "Early help ends before it starts."


@on_extract("AA-202", each=_HELP_STARTS)
def early_help_undated(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Early help without a start, on either source table: a finding for each child of a family's record."""
    rows = helped_children(run.context, record)
    return run.looked(check, record, rows, pl.col("start_date").is_null(), _NO_HELP_START, column="start_date")


@on_lists("AA-202", each={HELP_LIST: ("start_date",)})
def row_early_help_undated(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 2 without a start."""
    return _blank(run, number, "start_date", _NO_HELP_START)


_NO_HELP_START: Final = "The early help record has no start date."


@on_extract("AA-203", reads=_HELP_NAMES, optional=HELP)
def no_organisation(run: ExtractRun, check: Definition) -> Answer:
    """Early help without an organisation; a record that makes one row with another table's takes that one's (R19)."""
    missing = unable(run, _HELP_NAMES)
    there = [record for record in HELP if run.has(record, "organisation")]
    if not there:
        return missing
    helped = {record: helped_children(run.context, record) for record in there}
    answers = []
    for record, rows in helped.items():
        others = [each.drop_nulls("organisation").select(_DAY) for name, each in helped.items() if name != record]
        named = pl.concat([rows.select(_DAY).clear(), *others]).drop_nulls().unique()
        unnamed = rows.join(named.with_columns(_named=pl.lit(value=True)), on=_DAY, how="left", maintain_order="left")
        wrong = pl.col("organisation").is_null() & pl.col("_named").is_null()
        answers.append(run.looked(check, record, unnamed, wrong, _NOBODY, column="organisation"))
    together = Looked(sum(each.tested for each in answers), pl.concat(each.found for each in answers))
    return *with_share(together, _NOBODY_ON_LIST, HELP_LIST), *missing


@on_lists("AA-203", each={HELP_LIST: ("organisation",)})
def row_without_organisation(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """Rows of List 2 without an organisation."""
    wrong = pl.col("organisation").is_null()
    answer = run.looked(number, run.rows(number), wrong, _NOBODY, column="organisation")
    return with_share(answer, _NOBODY_ON_LIST, number)


_DAY: Final = ["person_id", "start_date"]
_NOBODY: Final = "The early help record names no organisation."
_NOBODY_ON_LIST: Final = "Early help assessments that name no organisation."


@on_extract("AA-204", each=_HELP_SPANS)
def early_help_for_long(run: ExtractRun, check: Definition, record: str) -> Looked:
    """Early help, open at D, that began months ago."""
    wrong = pl.col("start_date") < run.period.months_before(check.number("months"))
    return run.looked(check, record, _open_help(run, record), wrong, _LONG_OPEN, column="start_date")


@on_lists("AA-204", each={HELP_LIST: ("start_date", "end_date")})
def row_early_help_for_long(run: ListsRun, check: Definition, number: int) -> Looked:
    """A row of List 2, open at D, that began months ago."""
    wrong = pl.col("start_date") < run.period.months_before(check.number("months"))
    return run.looked(number, _open_rows(run, number), wrong, _LONG_OPEN, column="start_date")


_LONG_OPEN: Final = "Early help has been open for longer than the months allowed."


@on_extract("AA-205", reads={**_HELP_SPANS, **_STATUTORY}, optional=(*_HELP_SPANS, *_STATUTORY))
def early_help_beside_statutory(run: ExtractRun, check: Definition) -> Answer:
    """Early help that is open while the child is on a protection plan or looked after; short breaks are neither."""
    missing = unable(run, {**_HELP_SPANS, **_STATUTORY})
    there = [record for record, fields in _HELP_SPANS.items() if run.has(record, *fields)]
    if not there or not any(run.has(record, *fields) for record, fields in _STATUTORY.items()):
        return missing
    children = open_kinds(run.context).filter(pl.col(CP_PLAN) | pl.col(CARE))["person_id"].implode()
    wrong = pl.col("person_id").is_in(children)
    answers = [
        run.looked(check, record, _open_help(run, record), wrong, _STEPPED_UP, column=_HELP_SPANS[record][1])
        for record in there
    ]
    return *answers, *missing


@on_lists(
    "AA-205",
    reads={HELP_LIST: ("person_id", "start_date", "end_date"), **_STATUTORY_LISTS},
    optional=tuple(_STATUTORY_LISTS),
)
def row_beside_statutory(run: ListsRun, _check: Definition) -> Answer:
    """An open row of List 2 of a child with an open row on List 7 or List 8."""
    missing = unable(run, _STATUTORY_LISTS)
    open_rows = [
        _open_rows(run, each)["person_id"] for each, names in _STATUTORY_LISTS.items() if run.has(each, *names)
    ]
    if not open_rows:
        return missing
    wrong = pl.col("person_id").is_in(pl.concat(open_rows).drop_nulls().unique().implode())
    return run.looked(HELP_LIST, _open_rows(run, HELP_LIST), wrong, _STEPPED_UP, column="end_date"), *missing


_STEPPED_UP: Final = "Early help is open, and the child is on a child protection plan or looked after."


@on_extract("AA-301", reads={REFERRALS: _NFA}, optional=[REFERRALS])
def nfa_blank(run: ExtractRun, check: Definition) -> Answer:
    """A referral that says neither itself nor among its outcomes whether no further action was taken (R18)."""
    if missing := unable_without(run, REFERRALS, *_NFA):
        return missing
    return run.looked(check, REFERRALS, _referrals(run), pl.col("nfa").is_null(), _NO_NFA, column="nfa")


@on_lists("AA-301", each={REFERRAL_LIST: ("referral_nfa",)})
def row_nfa_blank(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 3 that does not say whether no further action was taken."""
    return _blank(run, number, "referral_nfa", _NO_NFA)


_NO_NFA: Final = "The referral does not say whether no further action was taken."


@on_lists("AA-302", each={REFERRAL_LIST: ("person_id", "referrals_in_12_months")})
def count_of_referrals(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A child whose number of referrals is no number from 0, or not the same on all rows: one finding a child."""
    count = pl.col("referrals_in_12_months").cast(pl.Int64, strict=False)
    sides = run.rows(number).group_by("person_id").agg((count.max() != count.min()).alias("_differs"))
    differs = pl.col("_differs").fill_null(value=False)
    message = (
        pl.when(differs)
        .then(pl.lit("The number of referrals differs between the rows of the child."))
        .otherwise(pl.lit("The number of referrals is not a whole number from 0."))
    )
    wrong = first_of_child(count.is_null() | (count < 0) | (differs & pl.col("person_id").is_not_null()))
    rows = run.rows(number).join(sides, on="person_id", how="left", nulls_equal=True, maintain_order="left")
    rows = rows.with_columns(wrong.alias("_wrong"), message.alias("_message"))
    return run.looked(number, rows, pl.col("_wrong"), pl.col("_message"), column="referrals_in_12_months")


@on_lists("AA-303", each={REFERRAL_LIST: ("person_id", "referral_date", "referrals_in_12_months")})
def count_against_history(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A number of referrals that the history contradicts, or that is lower than the list itself shows (2.2).

    One finding a child; the value is the number given and the number worked out.
    """
    rows = run.rows(number).with_row_index(ID)
    dated = rows.drop_nulls(["person_id", "referral_date"]).with_columns(pl.col(ROW).cast(pl.String))
    shown = earlier_events(dated, "referral_date", ROW).select("person_id", pl.col("earlier").alias("_shown"))
    known = pl.DataFrame(schema={ID: pl.UInt32, "_known": pl.Int64})
    if run.extract is not None and run.extract.has(REFERRALS, "referral_date"):
        known = referrals_in_12_months(run.extract.context, rows).rename({"referrals_in_12_months": "_known"})
    count = pl.col("referrals_in_12_months").cast(pl.Int64, strict=False)
    rows = rows.join(shown, on="person_id", how="left", maintain_order="left").join(
        known, on=ID, how="left", maintain_order="left"
    )
    wrong = (count != pl.col("_known")).fill_null(value=False) | (count < pl.col("_shown")).fill_null(value=False)
    value = pl.format("{} given, {} worked out", count, pl.coalesce("_known", "_shown"))
    message = "The number of referrals does not agree with the referrals of the child."
    rows = rows.with_columns(first_of_child(wrong).alias("_wrong"))
    return run.looked(number, rows, pl.col("_wrong"), message, column="referrals_in_12_months", value=value)


@on_extract("AA-304", each={REFERRALS: ("referral_date",)})
def short_history(run: ExtractRun, check: Definition, record: str) -> Looked:
    """The earliest referral is too late for the counts of 12 months; the value is its date."""
    first = run.rows(record).select(pl.col("referral_date").min()).drop_nulls()
    start = needed_window(run.context, REFERRAL_LIST).start
    wrong = pl.col("referral_date") > InspectionPeriod(start).months_before(check.number("months"))
    message = "Referrals begin too late in the extract: numbers of referrals in 12 months are too low."
    return run.looked(check, record, first, wrong, message, column="referral_date")


@on_extract("AA-305", reads={REFERRALS: ("referral_date", "close_date")})
def referred_while_open(run: ExtractRun, check: Definition) -> Looked:
    """A referral in the window of a child who has an accepted one from before that is still open on the day (K5)."""
    accepted = (pl.col("nfa") == "N") | pl.col("nfa").is_null()
    rows = with_latest_end(
        _referrals(run), "referral_date", pl.col("ended"), counts=accepted, identifier="referral_id"
    ).filter(needed_window(run.context, REFERRAL_LIST).contains(pl.col("referral_date")))
    wrong = pl.col("_latest_end") > pl.col("referral_date")
    message = "The referral came while an earlier one was open: is it a contact?"
    return run.looked(check, REFERRALS, rows, wrong, message, column="referral_date")


@on_extract(
    "AA-307",
    reads={REFERRALS: _NFA, **dict.fromkeys(_WORK, ("referral_id",))},
    optional=[REFERRALS, *_WORK],
)
def nfa_and_work(run: ExtractRun, check: Definition) -> Answer:
    """A referral with no further action that work names, or that List 6 keeps for the work that belongs to it (R35)."""
    missing = unable(run, dict.fromkeys(_WORK, ("referral_id",)))
    there = [record for record in _WORK if run.has(record, "referral_id")]
    if lacking := unable_without(run, REFERRALS, *_NFA):
        return lacking
    if not there:
        return missing
    link = ["person_id", "referral_id"]
    named = pl.concat(_work(run.context, record).select(link) for record in there).drop_nulls().unique()
    rows = _referrals(run).filter(pl.col("nfa") == "Y")
    rows = rows.join(named.with_columns(_named=pl.lit(value=True)), on=link, how="left", maintain_order="left")
    wrong = pl.col("_named").is_not_null() | pl.col("reason").is_null()
    message = "The referral says no further action, and work followed."
    return run.looked(check, REFERRALS, rows, wrong, message, column="nfa"), *missing


def _work(context: Context, record: str) -> pl.DataFrame:
    """Return the records that stand for work on a referral; an assessment that was cancelled is none."""
    return assessment_facts(context) if record == "assessments" else context.live(record)


@on_lists("AA-308", each={REFERRAL_LIST: ("referral_date",)})
def row_referral_undated(run: ListsRun, _check: Definition, number: int) -> Looked:
    """A row of List 3 without a date."""
    return _blank(run, number, "referral_date", "The referral has no date.")


def _referrals(run: ExtractRun) -> pl.DataFrame:
    """Return the referrals that take part in rules, with what List 6 works out of them: nfa, ended, reason."""
    return tested_episodes(run.context).filter(pl.col(DROP).is_null()).rename({"start_date": "referral_date"})


def _open_help(run: ExtractRun, record: str) -> pl.DataFrame:
    # What begins later takes no part by now (K6), so what has not ended is open at D.
    return helped_children(run.context, record).filter(pl.col("ended").is_null())


def _open_rows(run: ListsRun, number: int) -> pl.DataFrame:
    return run.rows(number).filter(run.period.open_at(pl.col("start_date"), pl.col("end_date")))


def _blank(run: ListsRun, number: int, column: str, message: str) -> Looked:
    return run.looked(number, run.rows(number), pl.col(column).is_null(), message, column=column)
