"""docs/explain.md: how to ask why a child is on a list or not, with examples from the sample authority."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from annexa.lists.reasons import REASONS
from annexa.pipeline.building import Request, lists_of
from annexa.pipeline.checking import Judging, assess, extract_run, prepare
from annexa.settings import load_settings
from annexa.story.sentences import SENTENCES
from annexa.story.tell import story_of
from annexa.story.text import lines_of
from tests.support.markdown import code, fenced, page, table

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data"
DAY = date(2018, 6, 4)
# What stands in the gaps of a sentence, where the page shows it.
GAPS = {
    "it": "it",
    "its": "its",
    "date": "(date)",
    "window": "the window (its dates)",
    "as_at": "(as-at date)",
    "kept": "(the other record), which stands in its place",
    "shown": "(the row that is shown)",
    "cared": "was looked after on (as-at date)",
    "unended": "no end is recorded",
}
EXAMPLES = (("200426", 8), ("202327", 6))


def explain_page() -> str:
    """Return the page."""
    (not_in_care, _), (after_assessment, _) = EXAMPLES
    return page(
        "Why a child is on a list, or not",
        "`annexa.story`, `tests/support/pages/explain.py` and the sample authority",
        "An inspector asks why a child is not on List 8. `annexa explain` answers: it reads the extract, builds the "
        "lists and runs the checks as `annexa build` does, and tells what became of one child, in sentences with "
        "dates. With the sample authority:",
        fenced(_command(*EXAMPLES[0]), "sh"),
        fenced(_story(not_in_care, 8), "text"),
        "Without `--list` it tells of all lists, and of every record about the child in any table. The options that "
        "say what is read are those of `annexa build`; give the same ones, or use the same `annexa.toml`, and the "
        "answers are those of the build: the story decides nothing itself. `--json` prints the same as one document.",
        "A second example, of a rule that asks for more than dates:",
        fenced(_command(*EXAMPLES[1]), "sh"),
        fenced(_story(after_assessment, 6), "text"),
        "## How to read it",
        "- **The answer** stands first. Where several records are left out, the one that came nearest to the list "
        "speaks for them; each is told below.",
        "- **Lines with a dash** say what the rule looked at beside the records: the periods of care that the episodes "
        "make up (List 8), a period that ended with an adoption (List 10), which service belongs to which episode of "
        "need, and why none of them adds a row (List 6).",
        "- **Records** come with their table and the row in its file (headings = 1), their dates and codes, and what "
        "was made of each. A row of the list may stand on several records. Names, workers, postcodes and free text "
        "are left out: they decide nothing. A date later than the as-at date is not told either, because no rule has "
        "seen it, but for the one that makes the whole record a planned one (`FUTURE`), and for days on which "
        "something is due, runs out or is expected.",
        "- **Read as** says what no record says, and the list takes for granted. Care whose last episode ended with "
        "X1, and that no later episode follows, is read as still open, because X1 says that care goes on; care of a "
        "care leaver without a recorded end is read as ended on the 18th birthday. The findings `AA-805` and `AA-816` "
        "(or `AA-834`) say so too.",
        "- **The row on the list** is shown cell by cell where there is one.",
        "- **Other records** are those that put nobody on a list by themselves. Involvements are counted alone: who "
        "was involved is not told, and the days say nothing without it (`--json` has them).",
        "- **Findings** are those that name the child, or are about one of the child's records. With `--list` they "
        "are those about that list, about no one list, and, whatever their list, about a record that the story tells "
        "of: what is wrong with a referral stands at List 3, and may be why it is not on List 6. "
        "`annexa checks explain` says what a check tests.",
        "An identifier that was merged into another (`annexa_merged_ids`) leads to the current one. For List 11 give "
        "the identifier of an adopter. A family's early help record is told to each member of the family, with what "
        "it is for that member.",
        "An identifier that no table has ends with exit code 3, as an extract does that lacks a table it needs: what "
        "was asked for is not there. The message does not repeat the identifier. Identifiers are compared letter by "
        "letter: `0123` is not `123`. Quote one that has a blank.",
        "## The reasons",
        "The codes are those of `exclusions.csv`. Where several apply, the first of this table counts. Where the "
        "reason, or the date that decided, has another sense on a list, the story says it in other words.",
        table(
            ("Code", "What the story says"), ((code(each), SENTENCES[each].dated.format(**GAPS)) for each in REASONS)
        ),
        "## A child's record on your screen",
        "This is the one command whose purpose is a child's record. It prints to the terminal (stdout) and writes no "
        "file; a log (`--log-file`) has the stages and the times alone, the history and manifests nothing. Only "
        "`--debug-file`, which you name yourself after an error in annexa, may quote values. What remains is yours "
        "to look after: the window and its scroll-back, a file that you send the output to, and the command itself, "
        "which your shell may keep in its list of past commands, and other users of the machine may see while it runs.",
    )


def _command(child: str, number: int) -> str:
    return f"annexa explain {child} --list {number} --inspection-date {DAY} --config sample_data/annexa.toml"


def _story(child: str, number: int) -> str:
    return _stories()[child, number]


@cache
def _stories() -> dict[tuple[str, int], str]:
    settings = load_settings(SAMPLE / "annexa.toml")
    request = Request(DAY, SAMPLE / "extract", Path(), settings, datetime(2018, 6, 4))
    built = lists_of(request)
    prepared = prepare(settings, Judging(), built.context.edition.name)
    run = extract_run(built.context, built.lists, prepared)
    findings = assess(run, built.context.findings.frame(), prepared).findings
    told = {}
    for child, number in EXAMPLES:
        story = story_of(built.context, built.lists, findings, child, [number])
        assert story is not None
        told[child, number] = "\n".join(lines_of(story))
    return told
