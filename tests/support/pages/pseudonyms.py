"""docs/pseudonymised-fields.md: what becomes of every column in a pseudonymised copy."""

from annexa.editions import edition_names, load_edition
from annexa.pseudonyms.treatments import Treatment, column_decision, decision
from annexa.pseudonyms.whose import NO_CHILDS
from annexa.records import RECORDS, Record, RecordField
from annexa.records.flags import FACTORS, FLAGS
from tests.support.markdown import code, codes, page, table

WORDS = {
    Treatment.PSEUDONYM: "pseudonym",
    Treatment.LEFT_OUT: "left out",
    Treatment.MONTH: "first day of the month",
    Treatment.SECTOR: "sector of the postcode",
    Treatment.FLAGS: "only flags that a rule reads",
    Treatment.FACTORS: "only factors that a rule reads",
    Treatment.WORD: "a word that a rule looks for, else a pseudonym",
    Treatment.CODE: "a value that is known, else `(left out)`",
    Treatment.HOUR: "date and full hour; on a birthday the first day of the month",
    Treatment.DATE: "date; on a birthday the first day of the month",
    Treatment.NUMBER: "number",
}


def pseudonyms_page() -> str:
    """Return the page."""
    return page(
        "What a pseudonymised copy holds of each column",
        "the records in `annexa.records`, the editions, and `annexa.pseudonyms.treatments`",
        "See [Sharing a pseudonymised copy](pseudonymise.md). A column that is not on this page is not copied. Columns "
        "are named as the Standard Safeguarding Dataset names them; a source profile says what they are called in "
        "another layout. Where several fields are read from one column, the strictest holds.",
        "## Tables of an extract",
        table(("Table", "Column", "In the copy", "Kept"), _fields()),
        "## Lists of a submission",
        table(("Heading", "In the copy"), _headings()),
    )


def _fields() -> list[tuple[str, ...]]:
    rows = []
    for record in sorted(RECORDS.values(), key=lambda each: each.meta.table):
        for field in record.fields().values():
            path = f"{record.meta.name}.{field.name}"
            kept = codes((*FLAGS.get(path, ()), *FACTORS.get(path, ())))
            rows.append((code(record.meta.table), codes(field.columns), _words(record, field), kept))
    return rows


def _words(record: type[Record], field: RecordField) -> str:
    done = decision(record.meta.name, field)
    return "date" if done is Treatment.DATE and record.meta.name in NO_CHILDS else WORDS[done]


def _headings() -> list[tuple[str, ...]]:
    found = {}
    for edition in map(load_edition, edition_names()):
        for column in (column for spec in edition.lists.values() for column in spec.columns):
            words = WORDS[column_decision(column)]
            if column.codes:
                other = "a pseudonym" if edition.code_set(column.codes).free_text else "blank"
                words = f"a value that is known, else {other}"
            found[column.heading.strip()] = words
    return sorted(found.items())
