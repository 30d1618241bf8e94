"""The proposal of a source profile: a TOML file that can be used as it is, with the reasons and what to do in comments.

Whatever cannot be used as it stands is commented out, so that the file always loads.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annexa.editions import code_sets, normalise
from annexa.records import RECORDS, Kind, RecordField
from annexa.sources.content import may_be_own_numbers
from annexa.sources.load import starts_of_lists
from annexa.sources.matches import ColumnMatch, Proposal, TableMatch
from annexa.sources.model import DATE_FORMATS
from annexa.sources.outcomes import NONE, flags_of
from annexa.sources.private import own_names, showable
from annexa.sources.profile_of import DATE_SHAPES, ColumnProfile, TableProfile
from annexa.sources.suggest import Suggestion, unknown_values
from annexa.sources.wording import synonyms

DOUBTFUL: Final = 0.6  # score below which a person has to look
_MOSTLY: Final = 0.8  # share of a column's rows that says what it holds
_REPEATED: Final = 3  # rows of a value, on average, in a column of codes
_SEEN: Final = 0.02  # share of a column's values from which on a form of dates counts as one of the system's
_PLACEHOLDERS: Final = ("not known", "unknown", "not recorded", "tbc", "not applicable", "xx", "xxx", "n/k")
_DATES: Final = (Kind.DATE, Kind.BIRTH, Kind.PLANNED, Kind.MOMENT)
_HEAD: Final = """\
# Proposed by `annexa sources init` from {extract}: {matched} of {columns} columns in {tables} tables have a field.
# It loads as it is. Nobody has checked it yet: the scores tell how sure annexa is (1.00 is the most), not that it is
# right. Go through it from top to bottom:
#   1. Look at every line with CHECK: what the column is taken for, and what else it could be.
#   2. A line that begins with "# " and a name is switched off. Take the "# " away to use it.
#   3. Complete the value maps at the end: your word on the left, the standard code on the right.
#   4. Run `annexa sources check {file} --extracts ...` until it says what you expect, then build.
# docs/adding-a-source.md explains every key; docs/extract-layout.md the records and their fields.
"""


@dataclass(frozen=True)
class Dates:
    """Forms of dates: those to be named in the profile, and columns with others, which annexa cannot read."""

    formats: tuple[str, ...]
    unreadable: Mapping[str, tuple[str, ...]]  # form -> "table.column"


def quoted(text: str) -> str:
    """Return a text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def shown(text: str) -> str:
    """Return a name as it may stand in a comment or on the terminal: on one line."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def holds(column: ColumnProfile) -> str:
    """Return in words what a column holds, without any value of it."""
    if not column.filled:
        return "nothing"
    if column.dates > _MOSTLY:
        return "dates"
    if column.distinct == 1:
        return "one value in every row that has one"
    if column.filled >= _REPEATED * column.distinct:
        return f"{column.distinct:,} different values, again and again"
    if column.share("number") > _MOSTLY:
        return "numbers"
    return "identifiers" if column.unique > _MOSTLY and column.share("token") > _MOSTLY else "texts"


def overlap(match: ColumnMatch) -> str:
    """Return in words how many of a column's values are identifiers of the record that they should be of."""
    return f"{(match.found or 0):.0%} of its values are identifiers of {match.parent}"


def dates_of(proposal: Proposal, columns: Mapping[tuple[str, str], ColumnProfile]) -> Dates:
    """Return the forms of dates that the matched columns of dates have."""
    formats: set[str] = set()
    unreadable: dict[str, list[str]] = {}
    for record, match in proposal.matches.items():
        for each in match.columns:
            if RECORDS[record].fields()[each.field].kind in _DATES:
                column = columns[match.table, each.column]
                for form in DATE_SHAPES:
                    if column.share(form) >= _SEEN and form in DATE_FORMATS:
                        formats.add(form)
                    elif column.share(form) >= _SEEN:
                        unreadable.setdefault(form, []).append(f"{match.table}.{each.column}")
    known = tuple(form for form in DATE_FORMATS if form in formats) or ("YYYY-MM-DD", "DD/MM/YYYY")
    return Dates(known, {form: tuple(names) for form, names in sorted(unreadable.items())})


def proposal_text(name: str, extract: str, tables: Sequence[TableProfile], proposal: Proposal) -> str:
    """Return the proposed profile, without what the lists still lack with it (lacks_text).

    Args:
        name: of the system, and of the file.
        extract: the name of the extract.
        tables: what it holds.
        proposal: what that is taken for.
    """
    columns = {(table.name, each.name): each for table in tables for each in table.columns}
    used = {(m.table, c) for m in proposal.matches.values() for each in m.columns for c in (each.column, *each.also)}
    head = _HEAD.format(
        extract=shown(extract), file=f"{name}.toml", matched=len(used), columns=len(columns), tables=len(tables)
    )
    parts = [head, f"title = {quoted(name)}", f"reference = {quoted('Proposed by annexa sources init')}"]
    parts += _dates(dates_of(proposal, columns))
    parts += _blanks(proposal, columns)
    names = own_names(tables)
    parts += _options(proposal, columns, names)
    by_name = {table.name: table for table in tables}
    for match in proposal.matches.values():
        parts += ["", *_table(match, by_name[match.table], used)]
    parts += _left(proposal, by_name)
    parts += _absent(proposal)
    parts += _values(proposal, columns, names)
    return "\n".join(parts) + "\n"


def lacks_text(lists: Sequence[str]) -> str:
    """Return the end of a proposal: what each list still lacks with it, given in lines."""
    parts = ["", "# What each list still lacks with this profile:", *(f"#   {shown(each)}" for each in lists)]
    return "\n".join(parts) + "\n"


def _dates(dates: Dates) -> list[str]:
    lines = [f"date_formats = [{', '.join(map(quoted, dates.formats))}] # the forms that were seen"]
    for form, names in dates.unreadable.items():
        lines.append(f"# CHECK: dates written as {form} cannot be read. Let the system write another form in:")
        lines += [f"#   {shown(name)}" for name in names]
    return lines


def _blanks(proposal: Proposal, columns: Mapping[tuple[str, str], ColumnProfile]) -> list[str]:
    found: set[str] = set()
    for record, match in proposal.matches.items():
        for each in match.columns:
            field = RECORDS[record].fields()[each.field]
            known = code_sets()[field.code_set].lookup if field.kind is Kind.CODE else {}
            codes = columns[match.table, each.column].codes
            found |= {value for value in codes if value.lower() in _PLACEHOLDERS and value.lower() not in known}
    if not found:
        return []
    texts = ", ".join(map(quoted, ["SSD_PH", "PLACEHOLDER_DATA", "NULL", *sorted(found)]))
    why = "# These look like words for nothing. Switched on, they are blank in every column."
    return ["", why, "# [blank]", f"# texts = [{texts}]"]


def _options(proposal: Proposal, columns: Mapping[tuple[str, str], ColumnProfile], names: frozenset[str]) -> list[str]:
    match = proposal.matches.get("involvements")
    held = next((each for each in match.columns if each.field == "role"), None) if match else None
    if match is None or held is None:
        return []
    column = columns[match.table, held.column]
    # Where none may be shown, the user writes them.
    roles = [value for value, _ in showable(column, synonyms().vocabulary.words(held.column), names, column.codes)]
    return [
        "",
        "# Lists 6 to 8 show the allocated worker. Keep the roles that mean that worker, and switch both lines on.",
        "# [options]",
        f"# case_worker_roles = [{', '.join(map(quoted, roles))}]",
    ]


def _table(match: TableMatch, table: TableProfile, used: set[tuple[str, str]]) -> list[str]:
    """Return the lines of one record; all of them switched off where a column is missing that it needs."""
    fields = RECORDS[match.record].fields()
    needs = match.needs()
    off = "# " if needs else ""
    lines = [f"# {match.record}: {_about(match.record)}"]
    if needs:
        lines.append(
            f"# CHECK: switched off, since it cannot be used without {', '.join(needs)}: name that column below,"
        )
        lines.append("# and take the marks away from all the lines of this table.")
    note = f"score {match.score:.2f}"
    if match.companion_of:
        note = f"the same table as {match.companion_of}: it has a column of this record too"
    rivals = "; ".join(f"{record} {score:.2f}" for record, score in match.rivals)
    better = bool(match.rivals) and match.rivals[0][1] > match.score
    strange = match.strangers()
    check = "CHECK: " if strange or ((match.score < DOUBTFUL or better) and not match.companion_of) else ""
    belong = "".join(f"; many of its rows belong to no row of {each.parent}" for each in strange)
    lines.append(f"{off}[tables.{match.record}] # {check}{note}{f'; or else {rivals}' if rivals else ''}{belong}")
    lines.append(f"{off}table = {quoted(match.table)}")
    lines += _own_codes(match, table)
    lines.append(f"{off}[tables.{match.record}.columns]")
    held = {each.field: each for each in match.columns}
    for field in fields.values():
        if field.name in held:
            lines.append(_column(match.record, held[field.name], off))
        elif field.name in needs:
            lines.append(f'# {field.name} = "" # NEEDED: {field.description}')
    missing = [field for name, field in fields.items() if name not in held and name not in needs]
    if missing:
        lines.append("# No column was found for these; without one they stay blank:")
        lines += [f'# {field.name} = "" # {field.description}' for field in missing]
    if not match.companion_of:
        free = [each for each in table.columns if (match.table, each.name) not in used]
        lines += ["# Columns that nothing is read from, and what they hold:"] if free else []
        lines += [f"#   {shown(each.name)}: {holds(each)}" for each in free]
    return lines


def _own_codes(match: TableMatch, table: TableProfile) -> list[str]:
    """Return a warning of numbers that are standard codes, or the system's own numbers that look like them."""
    fields = RECORDS[match.record].fields()
    held = {name: each for each in match.columns for name in (each.column, *each.also)}
    doubtful: dict[str, str] = {}
    for column in table.columns:
        field = fields[held[column.name].field] if column.name in held else None
        if field is not None and field.kind is Kind.CODE and may_be_own_numbers(column, field.code_set):
            doubtful[column.name] = field.code_set
    if not doubtful:
        return []
    names = ", ".join(f"{shown(name)} ({code_set})" for name, code_set in doubtful.items())
    return [
        f"# CHECK: numbers that may be standard codes, or the system's own: {names}.",
        "# Keep here those with numbers of the system's own, switch the line on, and map each number under [values]:",
        f"# own_codes = [{', '.join(map(quoted, doubtful))}]",
    ]


def _column(record: str, match: ColumnMatch, off: str) -> str:
    names = [match.column, *match.also]
    value = quoted(names[0]) if len(names) == 1 else f"[{', '.join(map(quoted, names))}]"
    notes = [f"{match.score:.2f}"]
    if match.rivals:
        notes.append(f"it could also be {', '.join(f'{name} {score:.2f}' for name, score in match.rivals)}")
    if match.others:
        notes.append(f"or take {', '.join(f'{shown(name)} {score:.2f}' for name, score in match.others)}")
    if match.content is None:
        notes.append("the column is empty")
    if match.foreign:
        notes.append(overlap(match))
    near = any(score > match.score - 0.1 for _, score in (*match.rivals, *match.others))
    check = "CHECK: " if match.score < DOUBTFUL or near or match.content is None or match.foreign else ""
    if not match.readable:
        return (
            f"# {match.field} = {value} # {match.score:.2f}; switched off: it says this in words. Map them under "
            f'[values."{record}.{match.field}"] at the end, then switch it on'
        )
    return f"{off}{match.field} = {value} # {check}{'; '.join(notes)}"


def _left(proposal: Proposal, tables: Mapping[str, TableProfile]) -> list[str]:
    """Return the tables that nothing is read from."""
    lines: list[str] = []
    if proposal.doubles:
        lines += [
            "",
            "# These tables look like a record that is read from another table already. A record has one table:",
        ]
        lines.append(
            "# if both are needed, put them together in a view or a SELECT (docs/adding-a-source.md, Two tables)."
        )
        for each in proposal.doubles:
            lines.append(f"#   {shown(each.table)}: {each.record} {each.score:.2f}")
            lines += [f"#     {c.field} = {quoted(c.column)} # {c.score:.2f}" for c in each.columns]
    if proposal.unmatched:
        lines += ["", "# Tables that are none of the records, as far as annexa can tell, with what their columns hold:"]
        for name in proposal.unmatched:
            columns = ", ".join(f"{shown(each.name)} ({holds(each)})" for each in tables[name].columns)
            lines.append(f"#   {shown(name)}: {columns}")
    return lines


def _absent(proposal: Proposal) -> list[str]:
    """Return the records that no table was found for; a frame to fill in for those that a list starts from."""
    absent = [record for record in RECORDS if record not in proposal.matches]
    starts = starts_of_lists()
    lines = []
    for record in (record for record in absent if record in starts):
        lines += ["", f"# {record}: {_about(record)}"]
        lines += [
            "# No table was found. If you have one, name it and its columns, and switch on the lines you fill in:"
        ]
        lines += [f"# [tables.{record}]", '# table = ""', f"# [tables.{record}.columns]"]
        needs = RECORDS[record].meta.needs
        fields = sorted(RECORDS[record].fields().values(), key=lambda field: field.name not in needs)
        lines += [
            f'# {field.name} = "" # {"NEEDED: " if field.name in needs else ""}{field.description}' for field in fields
        ]
    if others := [record for record in absent if record not in starts]:
        lines += ["", "# Records without a table that no list starts from (docs/extract-layout.md has their fields):"]
        lines += [f"#   {record}: {_about(record)}" for record in others]
    return lines


def _about(record: str) -> str:
    return (RECORDS[record].__doc__ or "").splitlines()[0]


def _values(proposal: Proposal, columns: Mapping[tuple[str, str], ColumnProfile], names: frozenset[str]) -> list[str]:
    """Return the value maps: every value that nothing knows, switched off, with the codes it is most like."""
    found: dict[str, list[str]] = {}  # key of the map -> its lines
    codes: dict[str, str] = {}  # key of the map -> what a value may be mapped to
    said: dict[str, set[str]] = {}
    for record, match in proposal.matches.items():
        for each in match.columns:
            field = RECORDS[record].fields()[each.field]
            for name in (each.column, *each.also) if field.kind is Kind.CODE or not each.readable else ():
                words = synonyms().vocabulary.words(name)
                suggestions, hidden = unknown_values(columns[match.table, name], field, words, names)
                if suggestions or hidden:
                    # A value stands once in a map, whatever the number of its columns.
                    key = field.code_set or quoted(f"{record}.{field.name}")
                    once = said.setdefault(key, set())
                    lines = found.setdefault(key, [])
                    lines.append(f"# {shown(match.table)}.{shown(name)}, for {record}.{each.field}:")
                    lines += [_value(one) for one in suggestions if normalise(one.value) not in once]
                    lines += _hidden(hidden, "AA-R02" if field.kind is Kind.CODE else "AA-R06")
                    once |= {normalise(one.value) for one in suggestions}
                    codes[key] = _codes(record, field)
    if not found:
        return []
    parts = ["", "# Values that no map knows. Write the code that is meant, and switch the line on.", "[values]"]
    for key in sorted(found):
        parts += ["", f"[values.{key}] # {codes[key]}", *found[key]]
    return parts


def _codes(record: str, field: RecordField) -> str:
    if field.kind is Kind.CODE:
        return ", ".join(sorted(code_sets()[field.code_set].codes))
    return f'{", ".join(flags_of(record, field.name))}; or "not ..." one of them, several between commas, or "{NONE}"'


def _hidden(number: int, check: str) -> list[str]:
    if not number:
        return []
    what = "1 value that is" if number == 1 else f"{number} values that are"
    return [f"#   and {what} not shown: rare, or not plainly a code. A build lists them in findings.xlsx ({check})"]


def _value(one: Suggestion) -> str:
    code = one.codes[0][0] if one.codes else ""
    like = ", ".join(f"{each} {score:.2f}" for each, score in one.codes) or "no code"
    rows = "1 row" if one.rows == 1 else f"{one.rows:,} rows"
    return f"# {quoted(one.value)} = {quoted(code)} # {rows}; like {like}"
