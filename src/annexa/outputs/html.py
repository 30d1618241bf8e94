"""Pages of HTML: a template and its values; everything that is put in is escaped, and no page asks for anything.

Templates lie in outputs/templates. `base.html.j2` holds the frame of every page: language, style (also for print), and
a rule of the browser's own that nothing is loaded from anywhere. A page fills its blocks `title`, `heading` and `main`.
`parts.html.j2` has what pages share: a table with a caption and scopes.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@dataclass(frozen=True)
class Link:
    """A cell or text that leads to a file.

    Args:
        text: what is shown.
        file: where the file is, relative to the page, with / between folders.
    """

    text: str
    file: str

    @property
    def href(self) -> str:
        """The address, escaped: "./" in front, so that no name is taken for a scheme."""
        return f"./{quote(self.file)}"


@dataclass(frozen=True)
class Mark:
    """A cell whose text stands in a colour of its own: red, amber, green or grey."""

    text: str
    colour: str


def render(template: str, **values: Any) -> str:
    """Return a page.

    Args:
        template: name of a file in outputs/templates.
        values: what it names; a Link and a Mark are shown as such in the cells of a table, anything else as text.

    Raises:
        jinja2.UndefinedError: the template names something that is not given.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["link"] = lambda value: isinstance(value, Link)
    environment.tests["mark"] = lambda value: isinstance(value, Mark)
    return environment
