"""Explaining: one child's story from the lists and the findings that a build would give."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from annexa.checks.gate import Gate
from annexa.errors import SourceError, UsageError
from annexa.extract.address import Place
from annexa.pipeline.building import Request, lists_of
from annexa.pipeline.checking import Judging, assess, extract_run, prepare
from annexa.settings import Settings
from annexa.story.model import Story
from annexa.story.tell import story_of

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ExplainRequest:
    """Whose story is asked for, and from what.

    Args:
        child: the identifier of a child or adopter. It never appears in a message.
        inspection_date: D.
        extracts: the extract.
        settings: annexa.toml, with the command line's options already in it.
        created: the moment of the run.
        number: the list to tell of; all where None.
    """

    child: str
    inspection_date: date
    extracts: Place
    settings: Settings
    created: datetime
    number: int | None = None


def explain(request: ExplainRequest, progress: Progress = lambda _: None) -> Story:
    """Read an extract, build its lists, run the checks, and tell one child's story. Nothing is written.

    Raises:
        UsageError: a list that the edition does not have.
        SourceError: the extract has nothing about the identifier.
        AnnexaError: whatever a stage raises.
    """
    settings = request.settings
    asked = Request(
        inspection_date=request.inspection_date,
        extracts=request.extracts,
        output=Path(),
        settings=settings,
        created=request.created,
    )
    built = lists_of(asked, progress)
    edition = built.context.edition
    if request.number is not None and request.number not in built.lists:
        raise UsageError(
            f"--list: edition {edition.name} has no list of that number.",
            f"Its lists are {min(edition.lists)} to {max(edition.lists)}.",
        )
    judging = Judging(Gate("never"), Path(settings.accepted) if settings.accepted else None)
    prepared = prepare(settings, judging, edition.name)
    progress("running the checks")
    found = built.context.findings.frame()
    assessed = assess(extract_run(built.context, built.lists, prepared), found, prepared)
    progress("telling the story")
    numbers = None if request.number is None else (request.number,)
    story = story_of(built.context, built.lists, assessed.findings, request.child, numbers)
    if story is None:
        raise SourceError(
            "The extract has no record of a child or adopter with this identifier.",
            "Check it for a slip: it is compared letter by letter, with the noughts in front.",
        )
    return story
