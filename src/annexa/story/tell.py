"""Puts one child's story together from what a run made: its tables, its lists with their accounts, its findings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from annexa.extract.tables import DROP, ROW
from annexa.lists.adoption import with_child
from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.lists.early_help import family_fates
from annexa.lists.inputs import inputs_of
from annexa.lists.people import people
from annexa.lists.reasons import REASONS
from annexa.records import Kind
from annexa.story import care
from annexa.story.because import BECAUSE, shown_row
from annexa.story.facts import FACTS
from annexa.story.model import NOT_SUPPLIED, OFF, ON, FindingStory, ListStory, RecordStory, RowStory, Story
from annexa.story.records import ALWAYS, READS, facts, identity, kept, records_of, title
from annexa.story.scene import Scene
from annexa.story.sentences import ASIDE, ASIDE_OF, sentence
from annexa.story.words import between, day, opened, series, shown

_OF_FAMILIES: Final = "early_help_assessments"
_STAND_IN: Final = ("DUPLICATE", "CONFLICT")


@dataclass(frozen=True)
class _Told:
    """One run as the story sees it, whose story it is, and the ids of the findings about that child."""

    context: Context
    child: str
    merged: tuple[str, ...]
    records: Mapping[str, pl.DataFrame]
    found: Collection[str]


def story_of(
    context: Context,
    lists: Mapping[int, BuiltList],
    findings: pl.DataFrame,
    asked: str,
    numbers: Collection[int] | None = None,
) -> Story | None:
    """Tell the story of a child, or of an adopter.

    Args:
        context: the run.
        lists: all lists of the run.
        findings: of the whole run: columns of findings.SCHEMA, and `accepted`.
        asked: the identifier, which may be one that was merged into another.
        numbers: the lists to tell of; all where None.

    Returns:
        None where no table of the extract has anything about this identifier.
    """
    child, merged = identity(context, asked)
    records = records_of(context, child, merged)
    about = _about(context, (child, *merged), records, findings)
    told = _Told(context, child, merged, records, frozenset(about["check"]))
    accounts = {number: _accounts(told, built) for number, built in lists.items()}
    if not told.records and not any(rows.height for each in accounts.values() for rows in each.values()):
        return None
    chosen = [number for number in lists if numbers is None or number in numbers]
    made = tuple(_list(told, lists[number], accounts[number]) for number in chosen)
    others = _others(told, [accounts[number] for number in chosen], _read_by(lists, numbers))
    return Story(
        child=child,
        merged=merged,
        inspection_date=context.period.inspection_date,
        as_at=context.period.as_at,
        edition=context.edition.name,
        person=_person(told),
        lists=made,
        others=others,
        findings=_findings(about if numbers is None else _within(about, made, others)),
    )


def _accounts(told: _Told, built: BuiltList) -> dict[str, pl.DataFrame]:
    """The child's rows of a list's accounts: _row, reason, date, finding; and what its family's records are to it."""
    columns = [ROW, "reason", "date", "finding"]
    found = {
        record: rows.filter(pl.col("person_id") == told.child).select(columns)
        for record, rows in built.accounts.items()
    }
    if built.spec.cohort == "early_help" and built.supplied and built.window:
        fates = family_fates(told.context, built.window, told.child, _rows(told, built)["assessment_row"])
        found[_OF_FAMILIES] = pl.concat([found[_OF_FAMILIES], fates.select(columns)])
    return found


def _rows(told: _Told, built: BuiltList) -> pl.DataFrame:
    """The child's rows as the cohort made them, with `_at`: their place in the list."""
    person = built.spec.columns[0].field or "person_id"
    rows = built.rows.with_row_index("_at")
    return rows.filter(pl.col(person) == told.child) if person in rows.columns else rows.clear()


def _list(told: _Told, built: BuiltList, accounts: Mapping[str, pl.DataFrame]) -> ListStory:
    spec, context = built.spec, told.context
    tables = " or ".join(context.tables[record].source for record in spec.records)
    name = spec.title.partition(":")[0]
    window = (built.window.start, built.window.end) if built.window else None
    if not built.supplied:
        answer = f"{name} was not built: the extract does not have {tables}."
        return ListStory(spec.number, spec.title, NOT_SUPPLIED, answer, window)
    scene = Scene(spec, built.window, context, told.found)
    own = _rows(told, built)
    rows = tuple(
        RowStory(BECAUSE[spec.cohort](row, scene), _cells(built, row["_at"])) for row in own.iter_rows(named=True)
    )
    instead = shown_row(own.row(0, named=True), scene) if own.height else "another"
    records = [
        _fate(told, built, record, row, instead)
        for record, account in accounts.items()
        for row in _joined(context, record, account)
    ]
    return ListStory(
        spec.number,
        spec.title,
        ON if rows else OFF,
        _answer(name, tables, rows, records, told.found),
        window,
        rows,
        tuple(each for _, each in records),
        tuple(FACTS[spec.cohort](scene, told.child, bool(rows)) if spec.cohort in FACTS else ()),
    )


def _cells(built: BuiltList, at: int) -> tuple[tuple[str, str], ...]:
    return tuple((heading.strip(), shown(value)) for heading, value in built.frame.row(at, named=True).items())


def _joined(context: Context, record: str, account: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a record with what the account says of them, in the order of the file."""
    renamed = account.rename({"date": "_date", "reason": "_reason", "finding": "_finding"})
    return context.rows(record).join(renamed, on=ROW).sort(ROW).to_dicts()


def _fate(told: _Told, built: BuiltList, record: str, row: Mapping[str, Any], instead: str) -> tuple[str, RecordStory]:
    """One record of a list's account; before it, its sentence as it reads in the list's answer."""
    table = told.context.tables[record]
    reason, decided, finding = row["_reason"], row["_date"], _named(told, row["_finding"])
    name = title(table, row)
    read = "" if reason == "AGE_18" else _read(told, record, row)
    if reason is None:
        fate = f"it counts towards a row of the list.{read}"
        return "", _record(told, record, row, None, fate, decided, finding)
    words = {
        "date": day(decided),
        "window": between(built.window) if built.window else "the window",
        "as_at": day(told.context.period.as_at),
        "kept": kept(table, row) if reason in _STAND_IN else "",
        "shown": instead,
        "cared": care.looked_after(told.context, told.found, told.child) if reason == "LOOKED_AFTER" else "",
        "unended": care.unended(told.context, told.found, told.child) if reason == "AGE_18" else "",
    }
    template = sentence(built.spec.cohort, reason, dated=decided is not None)
    fate = f"left out ({reason}): {template.format(it='it', its='its', **words)}.{read}"
    return (
        template.format(it=f"the {name}", its=f"the {name}'s", **words),
        _record(told, record, row, reason, fate, decided, finding),
    )


def _named(told: _Told, finding: str | None) -> str | None:
    """The finding that an account names; of care beyond the 18th birthday the one that there is."""
    if finding not in care.BEYOND_18:
        return finding
    return next((check for check in care.BEYOND_18 if check in told.found), None)


def _read(told: _Told, record: str, row: Mapping[str, Any]) -> str:
    """What is read into an episode of care that is the last of its period, as a sentence of its own."""
    read = care.of_episode(told.context, told.found, told.child, row[ROW]) if record == "care_episodes" else ""
    return f" {read[:1].upper()}{read[1:]}" if read else ""


def _record(
    told: _Told,
    record: str,
    row: Mapping[str, Any],
    reason: str | None,
    fate: str,
    decided: date | None = None,
    finding: str | None = None,
) -> RecordStory:
    table = told.context.tables[record]
    return RecordStory(
        record=record,
        table=table.source,
        file=table.file,
        row=row[ROW],
        title=title(table, row),
        facts=facts(told.context, table, row),
        reason=reason,
        fate=opened(fate.removesuffix(".")) if fate else "",
        decided=decided,
        finding=finding,
    )


def _answer(
    name: str,
    tables: str,
    rows: tuple[RowStory, ...],
    records: list[tuple[str, RecordStory]],
    found: Collection[str],
) -> str:
    """The list's answer: of several records that are left out, the one that came nearest to the list speaks."""
    if len(rows) == 1:
        return f"On {name}: yes, because {rows[0].because}."
    if rows:
        return f"On {name}: yes, with {len(rows)} rows, because {series(each.because for each in rows)}."
    if not records:
        return f"Not on {name}: nothing about this person is in {tables}."
    rank = {code: position for position, code in enumerate(REASONS)}
    left_out = [each for each in records if each[1].reason is not None]
    if not left_out:
        return f"Not on {name}: none of its rows is this person's."
    nearest = max(left_out, key=lambda each: (rank[each[1].reason or ""], f"{each[1].decided or ''}", -each[1].row))
    others = len(left_out) - 1
    told = "another record, which is" if others == 1 else f"{others} more records, which are"
    more = f" There {'is' if others == 1 else 'are'} {told} left out too." if others else ""
    see = f" See finding {nearest[1].finding}." if nearest[1].finding in found else ""
    return f"Not on {name}: {nearest[0]}.{see}{more}"


def _read_by(lists: Mapping[int, BuiltList], numbers: Collection[int] | None) -> Collection[str] | None:
    """The records from which these lists and their columns are made; None where all lists are told of."""
    if numbers is None:
        return None
    specs = [lists[number].spec for number in numbers]
    columns = [inputs_of(spec, column.derive or column.field or "") for spec in specs for column in spec.columns]
    paths = {path.partition(".")[0] for alternatives in columns for each in alternatives for path in each}
    return paths | {record for spec in specs for record in (*ALWAYS, *spec.records, *READS[spec.cohort])}


def _others(
    told: _Told, accounts: list[dict[str, pl.DataFrame]], wanted: Collection[str] | None
) -> tuple[RecordStory, ...]:
    """The child's records that none of the accounts tells of; of the wanted tables alone where they are given."""
    found = []
    for record, rows in told.records.items():
        if wanted is not None and record not in wanted:
            continue
        told_of = [each[record][ROW] for each in accounts if record in each]
        rest = rows.filter(~pl.col(ROW).is_in(pl.concat(told_of).implode())) if told_of else rows
        found += [_aside(told, record, row) for row in rest.iter_rows(named=True)]
    return tuple(found)


def _aside(told: _Told, record: str, row: Mapping[str, Any]) -> RecordStory:
    reason = row[DROP]
    fate = _read(told, record, row).strip()
    if record == "permanence" and not _is_own(told, row):
        fate = "it names this child, and its period of care is another child's: it counts for that one."
    if reason is not None:
        like = kept(told.context.tables[record], row) if reason in _STAND_IN else ""
        template = ASIDE_OF.get((record, reason), ASIDE[reason])
        fate = f"takes no part ({reason}): {template.format(it='it', as_at=day(told.context.period.as_at), kept=like)}."
    return _record(told, record, row, reason, fate)


def _is_own(told: _Told, row: Mapping[str, Any]) -> bool:
    """Whether a decision about permanence is this child's, and not that of the child of its period of care (R43)."""
    return told.child in with_child(told.context).filter(pl.col(ROW) == row[ROW])["person_id"]


def _person(told: _Told) -> str:
    rows = people(told.context).filter(pl.col("person_id") == told.child)
    if not rows.height:
        kinds = {told.context.tables[name].record.fields().get("person_id") for name in told.records}
        if not any(field is not None and field.kind is Kind.PERSON for field in kinds):
            return "The extract knows this identifier as a prospective adopter."
        return "The person table has no record with this identifier."
    person = rows.row(0, named=True)
    if person["birth_date"] is None:
        born = "No date of birth is recorded"
    elif person["unborn"]:
        born = f"Unborn: expected on {day(person['birth_date'])}"
    else:
        estimated = " (an estimate)" if person["estimated"] else ""
        born = f"Born on {day(person['birth_date'])}{estimated}"
    died = "" if person["death_date"] is None else f"; died on {day(person['death_date'])}"
    aged = "" if person["age"] is None or person["unborn"] else f"; aged {person['age']}"
    return f"{born}{aged}{died}."


def _about(
    context: Context, names: Collection[str], records: Mapping[str, pl.DataFrame], findings: pl.DataFrame
) -> pl.DataFrame:
    """The findings that name the child, and those that name nobody and are about one of the child's records."""
    named = pl.col("child").is_in(list(names)).fill_null(value=False)
    rows = [pl.DataFrame({"table": context.tables[record].source, ROW: rows[ROW]}) for record, rows in records.items()]
    keys = pl.concat([pl.DataFrame(schema={"table": pl.String, ROW: pl.UInt32}), *rows]).select(
        "table", pl.col(ROW).cast(pl.Int64).alias("row"), pl.lit(value=True).alias("_own")
    )
    return findings.join(keys.unique(), on=["table", "row"], how="left", maintain_order="left").filter(
        named | (pl.col("child").is_null() & pl.col("_own"))
    )


def _within(about: pl.DataFrame, lists: Collection[ListStory], others: Collection[RecordStory]) -> pl.DataFrame:
    """The findings about some lists, about no list, and about any record that the story of these lists tells of."""
    told = {(each.table, each.row) for each in (*others, *(each for one in lists for each in one.records))}
    schema = {"table": pl.String, "row": pl.Int64}
    keys = pl.DataFrame(sorted(told), schema=schema, orient="row").with_columns(pl.lit(value=True).alias("_told"))
    numbers = [each.number for each in lists]
    return about.join(keys, on=["table", "row"], how="left", maintain_order="left").filter(
        pl.col("list").is_null() | pl.col("list").is_in(numbers) | pl.col("_told")
    )


def _findings(about: pl.DataFrame) -> tuple[FindingStory, ...]:
    return tuple(
        FindingStory(**{name: row[name] for name in FindingStory.__dataclass_fields__})
        for row in about.iter_rows(named=True)
    )
