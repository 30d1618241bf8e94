"""The proposal of a source profile: a TOML file that can be used as it is, with the reasons and what to do in comments.

Whatever cannot be used as it stands is commented out, so that the file always loads.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annexa.editions import code_sets
from annexa.records import RECORDS, Kind
from annexa.sources.matches import ColumnMatch, Proposal, TableMatch
from annexa.sources.model import DATE_FORMATS
from annexa.sources.profile_of import DATE_SHAPES, ColumnProfile, TableProfile
from annexa.sources.suggest import Suggestion, roles, unknown_values
from annexa.sources.wording import synonyms

DOUBTFUL: Final = 0.6  # score below which a person has to look
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


def proposal_text(
    name: str, extract: str, tables: Sequence[TableProfile], proposal: Proposal, lists: Sequence[str]
) -> str:
    """Return the proposed profile.

    Args:
        name: of the system, and of the file.
        extract: the name of the extract.
        tables: what it holds.
        proposal: what that is taken for.
        lists: what each list still lacks, in lines.
    """
    columns = {(table.name, each.name): each for table in tables for each in table.columns}
    used = {(m.table, c) for m in proposal.matches.values() for each in m.columns for c in (each.column, *each.also)}
    head = _HEAD.format(
        extract=shown(extract), file=f"{name}.toml", matched=len(used), columns=len(columns), tables=len(tables)
    )
    parts = [head, f"title = {quoted(name)}", f"reference = {quoted('Proposed by annexa sources init')}"]
    parts += _dates(dates_of(proposal, columns))
    parts += _blanks(proposal, columns)
    parts += _options(proposal, columns)
    by_name = {table.name: table for table in tables}
    for match in proposal.matches.values():
        parts += ["", *_table(match, by_name[match.table], used)]
    parts += _left(proposal)
    parts += _values(proposal, columns)
    parts += ["", "# What each list still lacks with this profile:", *(f"#   {shown(each)}" for each in lists)]
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


def _options(proposal: Proposal, columns: Mapping[tuple[str, str], ColumnProfile]) -> list[str]:
    match = proposal.matches.get("involvements")
    held = next((each for each in match.columns if each.field == "role"), None) if match else None
    if match is None or held is None:
        return []
    names = roles(columns[match.table, held.column], synonyms().vocabulary.words(held.column))
    if not names:
        return []
    return [
        "",
        "# Lists 6 to 8 show the allocated worker. Keep the roles that mean that worker, and switch both lines on.",
        "# [options]",
        f"# case_worker_roles = [{', '.join(map(quoted, names))}]",
    ]


def _table(match: TableMatch, table: TableProfile, used: set[tuple[str, str]]) -> list[str]:
    """Return the lines of one record; all of them switched off where a column is missing that it needs."""
    fields = RECORDS[match.record].fields()
    needs = match.needs()
    off = "# " if needs else ""
    lines = [f"# {match.record}: {RECORDS[match.record].__doc__}".splitlines()[0]]
    if needs:
        lines.append(
            f"# CHECK: switched off, since it cannot be used without {', '.join(needs)}: name that column below,"
        )
        lines.append("# and take the marks away from all the lines of this table.")
    note = f"score {match.score:.2f}"
    if match.companion_of:
        note = f"the same table as {match.companion_of}: it has a column of this record too"
    rivals = "; ".join(f"{record} {score:.2f}" for record, score in match.rivals)
    check = "CHECK: " if match.score < DOUBTFUL and not match.companion_of else ""
    lines.append(f"{off}[tables.{match.record}] # {check}{note}{f'; or else {rivals}' if rivals else ''}")
    lines.append(f"{off}table = {quoted(match.table)}")
    lines.append(f"{off}[tables.{match.record}.columns]")
    held = {each.field: each for each in match.columns}
    for field in fields.values():
        if field.name in held:
            lines.append(_column(held[field.name], off))
        elif field.name in needs:
            lines.append(f'# {field.name} = "" # NEEDED: {field.description}')
    missing = [field for name, field in fields.items() if name not in held and name not in needs]
    if missing:
        lines.append("# No column was found for these; without one they stay blank:")
        lines += [f'# {field.name} = "" # {field.description}' for field in missing]
    if not match.companion_of:
        free = [each.name for each in table.columns if (match.table, each.name) not in used]
        lines += [f"# Columns that nothing is read from: {', '.join(map(shown, free))}"] if free else []
    return lines


def _column(match: ColumnMatch, off: str) -> str:
    names = [match.column, *match.also]
    value = quoted(names[0]) if len(names) == 1 else f"[{', '.join(map(quoted, names))}]"
    notes = [f"{match.score:.2f}"]
    if match.rivals:
        notes.append(f"it could also be {', '.join(f'{name} {score:.2f}' for name, score in match.rivals)}")
    if match.others:
        notes.append(f"or take {', '.join(f'{shown(name)} {score:.2f}' for name, score in match.others)}")
    if match.content is None:
        notes.append("the column is empty")
    near = any(score > match.score - 0.1 for _, score in (*match.rivals, *match.others))
    check = "CHECK: " if match.score < DOUBTFUL or near or match.content is None else ""
    if not match.readable:
        return (
            f"# {match.field} = {value} # {match.score:.2f}; switched off: it says this in words, and annexa reads JSON"
        )
    return f"{off}{match.field} = {value} # {check}{'; '.join(notes)}"


def _left(proposal: Proposal) -> list[str]:
    lines: list[str] = []
    if proposal.doubles:
        lines += [
            "",
            "# These tables look like a record that is read from another table already. A record has one table:",
        ]
        lines.append("# if both are needed, let the system (or a view) put them together.")
        for each in proposal.doubles:
            lines.append(f"#   {shown(each.table)}: {each.record} {each.score:.2f}")
            lines += [f"#     {c.field} = {quoted(c.column)} # {c.score:.2f}" for c in each.columns]
    if proposal.unmatched:
        lines += ["", "# Tables that are none of the records, as far as annexa can tell:"]
        lines += [f"#   {shown(name)}" for name in proposal.unmatched]
    absent = [record for record in RECORDS if record not in proposal.matches]
    if absent:
        lines += ["", "# Records that no table was found for. What starts from them is not supplied:"]
        lines += [f"#   {record}: {(RECORDS[record].__doc__ or '').splitlines()[0]}" for record in absent]
    return lines


def _values(proposal: Proposal, columns: Mapping[tuple[str, str], ColumnProfile]) -> list[str]:
    """Return the value maps: every value that no code set knows, switched off, with the codes it is most like."""
    found: dict[str, list[str]] = {}
    for record, match in proposal.matches.items():
        for each in match.columns:
            field = RECORDS[record].fields()[each.field]
            for name in (each.column, *each.also):
                words = synonyms().vocabulary.words(name)
                suggestions, hidden = unknown_values(columns[match.table, name], field, words)
                if suggestions or hidden:
                    lines = found.setdefault(field.code_set, [])
                    lines.append(f"# {shown(match.table)}.{shown(name)}, for {record}.{each.field}:")
                    lines += [_value(one) for one in suggestions]
                    if hidden:
                        lines.append(
                            f"#   and {hidden} more that are rare, or not plainly codes; "
                            "`annexa sources check --show-values` tells of them"
                        )
    if not found:
        return []
    parts = ["", "# Values that no map knows. Write the code that is meant, and switch the line on.", "[values]"]
    for code_set in sorted(found):
        codes = ", ".join(sorted(code_sets()[code_set].codes))
        parts += ["", f"[values.{code_set}] # {codes}", *_once(found[code_set])]
    return parts


def _once(lines: list[str]) -> list[str]:
    """Leave out the second line for a value that two columns have: a key stands once in a table."""
    seen: set[str] = set()
    answer = []
    for line in lines:
        key = line.split('" = "')[0]
        if '" = "' not in line or key not in seen:
            answer.append(line)
        seen.add(key)
    return answer


def _value(one: Suggestion) -> str:
    code = one.codes[0][0] if one.codes else ""
    like = ", ".join(f"{each} {score:.2f}" for each, score in one.codes) or "no code"
    rows = "1 row" if one.rows == 1 else f"{one.rows:,} rows"
    return f"# {quoted(one.value)} = {quoted(code)} # {rows}; like {like}"
